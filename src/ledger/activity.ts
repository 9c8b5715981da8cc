import type { RiskTable } from '../risk/index.js'
import { ActivityRules, type ActivityRulesOptions, assertActivity } from './activity-rules.js'
import { type PlacedFault, stopsProof } from './findings.js'
import { InstrumentKeys } from './instrument-keys.js'
import type { Account, AccountOrder, Ledger, LedgerOptions } from './ledger.js'
import { openLedger } from './open.js'
import { assertSeed } from './ordered-accounts.js'
import { accountRows, countRows, type RowsOptions } from './rows.js'
import { ShapeCounts } from './shape.js'
import { stopError } from './stop-error.js'

export interface ReadActivityOptions
  extends Pick<LedgerOptions, 'memoryLimit' | 'threads'>,
    ActivityRulesOptions {
  /** Gets what is wrong, and whose row it is. Default: the first fault of the file is thrown. */
  onFault?: (account: string, fault: PlacedFault) => void
}

/** All rows of one reason, checked: each customer's as one account. Close it when done. */
export type Activity = Pick<
  Ledger,
  'sha256' | 'count' | 'maxSlots' | 'shapes' | 'accounts' | 'sorted' | 'close'
>

/**
 * Reads and checks rows of activity: a tidy file, CSV or Parquet, of `account_id,instrument,quantity`, its
 * quantities signed, with any number of rows for each account and instrument, or none at all. A customer
 * whose rows come to nothing is left out.
 *
 * @param table the instruments of both epochs: see `joinedInstruments`
 * @throws {InputError} that names file, line and column; its codes start with `LEDGER_`, `ACTIVITY_`,
 * `DECIMAL_` or `FILE_`
 */
export async function readActivity(
  path: string,
  table: RiskTable,
  options: ReadActivityOptions,
): Promise<Activity> {
  const keys = new InstrumentKeys(table)
  const { db, layout, sha256, places } = await openLedger(path, keys, { ...options, noRows: 'allow' })
  try {
    assertActivity(layout, places.path)
    const rules = new ActivityRules(keys, layout, options)
    const shapes = new ShapeCounts()
    const unusable = new Set<string>()
    let count = 0
    let stop: PlacedFault | undefined
    const isEmpty = (await countRows(db)) === 0
    const read = async function* (order: Pick<RowsOptions, 'order' | 'seed'>) {
      if (!isEmpty) yield* accountRows(db, { ...order, where: places.path })
    }
    for await (const accounts of read({ order: 'sorted' })) {
      for (const account of accounts) {
        const { faults, slots } = rules.check(account)
        for (const fault of faults) {
          options.onFault?.(account.id, fault)
          if (stopsProof(fault) && (stop === undefined || fault.line < stop.line)) stop = fault
        }
        if (slots === undefined) unusable.add(account.id)
        else if (slots.length > 0) {
          count++
          shapes.add(rules.shapeOf(slots))
        }
      }
    }
    if (stop && !options.onFault) throw await stopError(stop, db, places)
    const accountsIn = async function* (order: Pick<RowsOptions, 'order' | 'seed'>) {
      for await (const accounts of read(order)) {
        for (const rows of accounts) {
          const account = unusable.has(rows.id) ? undefined : rules.account(rows)
          if (account !== undefined && account.slots.length > 0) yield account
        }
      }
    }
    return {
      ...{ sha256, count },
      maxSlots: Math.max(0, ...shapes.bySlots().keys()),
      shapes: shapes.sorted(),
      sorted: (): AsyncGenerator<Account, void, undefined> => accountsIn({ order: 'sorted' }),
      accounts: ({ shuffleSeed }: AccountOrder) => {
        assertSeed(shuffleSeed)
        return accountsIn({ order: 'shuffled', seed: shuffleSeed })
      },
      close: () => db.close(),
    }
  } catch (error) {
    await db.close()
    throw error
  }
}
