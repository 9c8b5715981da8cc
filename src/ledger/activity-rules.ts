import { InputError } from '../errors/index.js'
import { fits, MAGNITUDE_BITS, type Slot } from '../field/index.js'
import { DERIVATIVE_NUMBERS, instrumentNumbers } from '../risk/index.js'
import { type CellFault, faultOf } from './cell-fault.js'
import type { Layout } from './columns.js'
import type { Fault, PlacedFault } from './findings.js'
import { shortName } from './header.js'
import { assertAccountId } from './identifiers.js'
import type { InstrumentKeys } from './instrument-keys.js'
import type { Account } from './ledger.js'
import { type QuantityReader, quantityReader } from './quantity.js'
import type { AccountRows } from './rows.js'
import { type AccountShape, shapeOf } from './shape.js'

export interface ActivityRulesOptions {
  /** Whether rows may be of derivatives. */
  derivatives: boolean
  /** Whether what comes in and what goes out of an instrument stay apart; else they are netted. */
  apart: boolean
  /** Why there is no room for rows of a shape; default: there is for any. */
  misfit?: (shape: AccountShape) => string | undefined
}

/** All rows of one customer, and all that is wrong with them. Private. */
export interface CheckedActivity {
  faults: PlacedFault[]
  /** What they come to; nothing when one of them cannot be used. */
  slots?: Slot[]
}

/**
 * What rows of activity are held to. They are signed, as often as they come, and those of one customer and
 * instrument add up.
 */
export class ActivityRules {
  private readonly numbers: readonly number[]
  private readonly readQuantity: QuantityReader

  constructor(
    private readonly keys: InstrumentKeys,
    layout: Layout,
    private readonly options: ActivityRulesOptions,
  ) {
    this.numbers = instrumentNumbers(keys.table)
    this.readQuantity = quantityReader(layout, keys)
  }

  check({ id, cells }: AccountRows): CheckedActivity {
    const faults: PlacedFault[] = []
    const add = (line: number, column: string | undefined, fault: CellFault & Partial<Fault>) =>
      faults.push({ severity: 'error', amounts: {}, line, ...(column && { column }), ...fault })
    const first = cells[0]!.line
    const idFault = faultOf(() => assertAccountId(id))
    if (idFault !== undefined) add(first, 'account_id', idFault)
    for (const { key, line, text } of cells) {
      if (key === null) {
        add(line, 'instrument', { ...UNKNOWN, instrument: shortName(text) })
        continue
      }
      const { instrument } = this.keys.of(key)
      if (!this.options.derivatives && this.numbers[instrument]! >= DERIVATIVE_NUMBERS) {
        const { symbol } = this.keys.instruments[instrument]!
        add(line, 'instrument', { ...DERIVATIVE, instrument: symbol })
      }
      const fault = faultOf(() => this.readQuantity(key, text))
      if (fault !== undefined) add(line, 'quantity', fault)
    }
    if (faults.length > 0) return { faults }
    const slots = this.slotsOf(cells)
    const wide = slots.find(({ quantity }) => !fits(quantity, MAGNITUDE_BITS))
    if (wide !== undefined) {
      const { symbol } = this.keys.instruments[wide.instrument]!
      add(first, undefined, { ...TOO_LARGE, instrument: symbol })
    }
    const misfit = this.options.misfit?.(shapeOf(slots, this.numbers))
    if (misfit !== undefined) add(first, undefined, { code: 'LEDGER_SLOTS', reason: misfit })
    return faults.length > 0 ? { faults } : { faults, slots }
  }

  /** Rows in which nothing is wrong, as one account. */
  account({ id, cells }: AccountRows): Account {
    return { id, owner: 0n, slots: this.slotsOf(cells) }
  }

  /** The shape of an account, which says where it has room. */
  shapeOf(slots: readonly Slot[]): AccountShape {
    return shapeOf(slots, this.numbers)
  }

  private slotsOf(cells: AccountRows['cells']): Slot[] {
    const sums = new Map<number, { in: bigint; out: bigint }>()
    for (const { key, text } of cells) {
      const { instrument } = this.keys.of(key!)
      const sum = sums.get(instrument) ?? { in: 0n, out: 0n }
      const quantity = this.readQuantity(key!, text)
      if (quantity < 0n) sum.out += quantity
      else sum.in += quantity
      sums.set(instrument, sum)
    }
    return [...sums]
      .sort(([a], [b]) => a - b)
      .flatMap(([instrument, sum]) =>
        (this.options.apart ? [sum.in, sum.out] : [sum.in + sum.out]).map((quantity) => ({
          instrument,
          quantity,
        })),
      )
      .filter(({ quantity }) => quantity !== 0n)
  }
}

const UNKNOWN = {
  code: 'LEDGER_INSTRUMENT',
  reason: 'not an instrument of either risk table',
  hint: 'Write the symbol as the risk tables do, upper and lower case included.',
}
const DERIVATIVE = {
  code: 'ACTIVITY_DERIVATIVE',
  reason: 'a derivative, and only spot instruments come in, go out or are paid as fees',
  hint: 'Write what a position was opened, closed or moved by into the rows of trades, takers or allocations.',
}
const TOO_LARGE = {
  code: 'LEDGER_RANGE',
  reason: 'in all, too large a quantity',
  hint: 'Give the instrument fewer decimals in the risk table.',
}

/** @throws {InputError} `ACTIVITY_FORMAT` for what has no rows of activity */
export function assertActivity(layout: Layout, where: string): void {
  const fault =
    layout.format === 'wide'
      ? 'has a column for each asset'
      : layout.owner !== undefined
        ? 'has a column owner'
        : undefined
  if (fault === undefined) return
  throw new InputError('ACTIVITY_FORMAT', `${fault}, which rows of activity do not have`, {
    where,
    hint: 'Write account_id,instrument,quantity: a row for each account and instrument, its quantity with its sign.',
  })
}
