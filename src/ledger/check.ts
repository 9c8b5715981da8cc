import { InputError } from '../errors/index.js'
import { accountIdFault, parseFieldElement } from '../field/index.js'
import type { Database } from './database.js'
import { type Places, rowError } from './errors.js'
import type { Layout } from './layout.js'
import type { LedgerOptions } from './ledger.js'
import type { QuantityReader } from './quantity.js'

const PLAIN_ID = /^[!-~](?:[ -~]{0,254}[!-~])?$/

/** What the checks find out on the way. */
export interface LedgerShape {
  count: number
  maxSlots: number
  slotCounts: Map<number, number>
}

/**
 * Checks every cell of the table `cells` and returns the ledger's shape. Of all cells at fault, the first line is named.
 *
 * @throws {InputError} `LEDGER_EMPTY`, `LEDGER_ACCOUNT_ID`, `LEDGER_OWNER`, `LEDGER_INSTRUMENT`, `LEDGER_NEGATIVE`, `LEDGER_RANGE`,
 * `LEDGER_DUPLICATE_ACCOUNT`, `LEDGER_OWNER_CONFLICT`, `DECIMAL_SYNTAX`, `DECIMAL_SIGN`, `DECIMAL_PRECISION`
 */
export async function checkCells(
  db: Database,
  context: { layout: Layout; places: Places; readQuantity: QuantityReader; options: LedgerOptions },
): Promise<LedgerShape> {
  const faults = new FirstFault(context.places)
  const names = columnNames(context.layout)
  await checkQuantities(db, faults, names, context.readQuantity, context.options.spotOnly ?? false)
  const shape = await checkAccounts(db, faults, names)
  faults.raise()
  if (shape.count === 0) {
    throw new InputError('LEDGER_EMPTY', 'no accounts', { where: context.places.path })
  }
  await refuseDuplicates(db, context.places, context.layout)
  await refuseOwnerConflicts(db, context.places)
  return shape
}

/** Keeps the fault on the lowest line, whatever order the rows come in. */
class FirstFault {
  private line = Number.POSITIVE_INFINITY
  private error: InputError | undefined

  constructor(private readonly places: Places) {}

  note(line: bigint, column: string | undefined, raise: () => void): void {
    if (Number(line) >= this.line) return
    try {
      raise()
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      this.line = Number(line)
      this.error = rowError(this.places, { line: this.line, column }, error.code, error.message, error.hint)
    }
  }

  raise(): void {
    if (this.error) throw this.error
  }
}

async function checkQuantities(
  db: Database,
  faults: FirstFault,
  names: ColumnNames,
  readQuantity: QuantityReader,
  spotOnly: boolean,
): Promise<void> {
  for await (const [lines, keys, quantities] of db.columns('SELECT line, key, quantity FROM cells')) {
    for (let i = 0; i < lines!.length; i++) {
      const line = lines![i] as bigint
      const key = keys![i] as number | null
      if (key === null) {
        faults.note(line, 'instrument', () => {
          throw new InputError('LEDGER_INSTRUMENT', 'not an instrument of the risk table', {
            hint: 'Write the symbol as the risk table does, upper and lower case included.',
          })
        })
        continue
      }
      faults.note(line, names.quantity(key), () => {
        const quantity = readQuantity(key, quantities![i] as string)
        if (spotOnly && quantity < 0n) {
          throw new InputError('LEDGER_NEGATIVE', 'a loan or a short where only spot holdings are allowed')
        }
      })
    }
  }
}

async function checkAccounts(db: Database, faults: FirstFault, names: ColumnNames): Promise<LedgerShape> {
  const bySlots = new Map<number, number>()
  let count = 0
  const perAccount = `
    SELECT id, min(line), owner, count(*) FILTER (ltrim(quantity, '0.') <> '')::INTEGER
    FROM cells GROUP BY id, owner`
  for await (const [ids, lines, owners, slots] of db.columns(perAccount)) {
    for (let i = 0; i < ids!.length; i++) {
      const line = lines![i] as bigint
      const id = ids![i] as string
      const owner = owners![i] as string
      if (!PLAIN_ID.test(id)) faults.note(line, names.account, () => checkAccountId(id))
      if (owner !== '') faults.note(line, 'owner', () => checkOwner(owner))
      const n = slots![i] as number
      bySlots.set(n, (bySlots.get(n) ?? 0) + 1)
      count++
    }
  }
  const slotCounts = new Map([...bySlots].sort(([a], [b]) => a - b))
  return { count, maxSlots: Math.max(0, ...slotCounts.keys()), slotCounts }
}

/** @throws {InputError} `LEDGER_ACCOUNT_ID` */
export function checkAccountId(id: string): void {
  if (PLAIN_ID.test(id)) return
  const fault = accountIdFault(id)
  if (fault !== undefined) {
    throw new InputError('LEDGER_ACCOUNT_ID', `an account id ${fault}`, {
      hint: 'A customer has to see in the id what is hashed: write it without the characters that do not show, in NFC.',
    })
  }
}

/** @throws {InputError} `LEDGER_OWNER` */
export function checkOwner(owner: string): void {
  try {
    parseFieldElement(owner)
  } catch {
    throw new InputError('LEDGER_OWNER', 'an owner that is not a canonical field element', {
      hint: "Write the owner's commitment as decimal digits, or leave it blank.",
    })
  }
}

async function refuseDuplicates(db: Database, places: Places, layout: Layout): Promise<void> {
  const [found] = await db.rows(
    `SELECT min(line), max(line) FROM cells GROUP BY id, key HAVING count(*) > 1 ORDER BY min(line) LIMIT 1`,
  )
  if (!found) return
  const what = layout.format === 'wide' ? '' : ' with the same instrument'
  throw twice(places, 'LEDGER_DUPLICATE_ACCOUNT', found, `is given twice${what}`)
}

async function refuseOwnerConflicts(db: Database, places: Places): Promise<void> {
  const [found] = await db.rows(
    `SELECT min(line), max(line) FROM (SELECT id, min(line) AS line FROM cells GROUP BY id, owner)
    GROUP BY id HAVING count(*) > 1 ORDER BY min(line) LIMIT 1`,
  )
  if (found) throw twice(places, 'LEDGER_OWNER_CONFLICT', found, 'has two different owners')
}

function twice(places: Places, code: string, [first, second]: unknown[], message: string): InputError {
  const rows = `${places.row(Number(first))} and ${places.row(Number(second))}`
  return new InputError(code, `one account ${message}`, { where: rows })
}

/** What messages call the columns of a file. */
export interface ColumnNames {
  account: string
  quantity(key: number): string
}

export function columnNames(layout: Layout): ColumnNames {
  if (layout.format === 'tidy') return { account: 'account_id', quantity: () => 'quantity' }
  const byKey = new Map([...layout.quantities, ...layout.pledges].map(({ key, name }) => [key, name]))
  return { account: 'id', quantity: (key) => byKey.get(key)! }
}
