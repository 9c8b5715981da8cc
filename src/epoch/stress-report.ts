import { readJsonFile } from '../files/index.js'
import type { Reserves } from '../reserves/index.js'
import { type RiskTable, readRiskTable } from '../risk/index.js'
import { type PolicyFile, resolveWaterfall } from '../statements/index.js'
import { epochLayout, privateLayout } from './layout.js'
import { openLastState } from './opening.js'
import { manifestSchema, privateSchema } from './schema.js'
import { type StressLine, stressLines } from './stress-lines.js'

/**
 * What a venue owes and holds in each scenario, and who pays for shortfalls, from the private opening of the last state. Private.
 *
 * @throws {InputError} `EPOCH_UNFINISHED` when the ledger is not proven yet.
 */
export async function stressReport(options: {
  folder: string
  privateFolder: string
  reserves: (table: RiskTable) => Promise<Reserves>
  policy: PolicyFile
}): Promise<StressLine[]> {
  const at = epochLayout(options.folder)
  const manifest = await readJsonFile(at.manifest, manifestSchema)
  const record = await readJsonFile(privateLayout(options.privateFolder).record, privateSchema)
  const table = await readRiskTable(at.risk)
  const { totals, shortfalls } = openLastState(manifest, record, options.folder)
  const held = await options.reserves(table)
  return stressLines({ table, totals, shortfalls, held }, resolveWaterfall(options.policy, table))
}
