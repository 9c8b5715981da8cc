import { readManifest } from '../epoch/index.js'
import { folderSource } from '../inputs/index.js'
import type { Reserves } from '../reserves/index.js'
import type { RiskTable } from '../risk/index.js'
import { type PolicyFile, resolveWaterfall } from '../statements/index.js'
import { batchesOfRecord, readPrivate } from './private-record.js'
import { readOwnTable } from './prove-solvency.js'
import { openLastState } from './state-opening.js'
import { booksOf, type StressLine, stressLines } from './stress-lines.js'

/**
 * What a venue owes and holds in each scenario, and who pays for shortfalls, from the private opening of the
 * last state. Private.
 *
 * @throws {InputError} `EPOCH_UNFINISHED` when the ledger is not proven yet.
 */
export async function stressReport(options: {
  folder: string
  privateFolder: string
  reserves: (table: RiskTable) => Promise<Reserves>
  policy: PolicyFile
}): Promise<StressLine[]> {
  const record = await readPrivate(options.privateFolder)
  const manifest = await readManifest(folderSource(options.folder), batchesOfRecord(record))
  const table = await readOwnTable(options.folder, manifest)
  const ledger = openLastState(manifest, record, options.folder)
  const held = await options.reserves(table)
  const books = booksOf(table, ledger, manifest.sizes, held)
  return stressLines(books, resolveWaterfall(options.policy, table))
}
