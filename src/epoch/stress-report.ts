import { formatDecimal } from '../field/index.js'
import { readJsonFile } from '../files/index.js'
import type { Reserves } from '../reserves/index.js'
import { type RiskTable, readRiskTable } from '../risk/index.js'
import { epochLayout, privateLayout } from './layout.js'
import { openLastState } from './opening.js'
import { manifestSchema, privateSchema } from './schema.js'

/** One scenario of an epoch. Amounts are exact, in whole units of the quote currency, and the venue's own. */
export interface StressLine {
  scenario: string
  quote: string
  /** What the venue then owes to accounts above zero. */
  owed: string
  /** Of that, what accounts below zero would have had to bring. */
  shortfalls: string
  /** What reserves and insurance fund are then worth. */
  held: string
}

/**
 * What a venue owes and holds in each scenario, from the private opening of the last state. Private.
 *
 * @throws {InputError} `EPOCH_UNFINISHED` when the ledger is not proven yet.
 */
export async function stressReport(options: {
  folder: string
  privateFolder: string
  reserves: (table: RiskTable) => Promise<Reserves>
}): Promise<StressLine[]> {
  const at = epochLayout(options.folder)
  const manifest = await readJsonFile(at.manifest, manifestSchema)
  const record = await readJsonFile(privateLayout(options.privateFolder).record, privateSchema)
  const table = await readRiskTable(at.risk)
  const { totals, shortfalls } = openLastState(manifest, record, options.folder)
  const { reserves, insurance } = await options.reserves(table)
  const amount = (value: bigint) => formatDecimal(value, table.valueDecimals)
  return table.scenarios.map(({ name, values }, s) => {
    const lacking = shortfalls[s]!
    let owed = lacking
    let held = 0n
    for (const [i, { long, short }] of values.entries()) {
      owed += totals[2 * i]! * long - totals[2 * i + 1]! * short
      held += (reserves[i]! + insurance[i]!) * long
    }
    return {
      scenario: name,
      quote: table.quote,
      owed: amount(owed),
      shortfalls: amount(lacking),
      held: amount(held),
    }
  })
}
