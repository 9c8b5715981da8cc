import { EQUITY_BITS, formatDecimal, keyOf, parseFieldElement, type Slot } from '../field/index.js'
import { type Asset, assetsOf, instrumentNumbers, type RiskTable } from '../risk/index.js'
import { faultOf, faultOfError } from './cell-fault.js'
import { type ColumnNames, columnNames, type Layout } from './columns.js'
import type { Fault, PlacedFault } from './findings.js'
import { shortName } from './header.js'
import { holdingsOf, type InstrumentHolding, slotsOf } from './holdings.js'
import { assertAccountId, assertOwner } from './identifiers.js'
import type { InstrumentKeys } from './instrument-keys.js'
import type { Account } from './ledger.js'
import { cutNotes, type QuantityReader, quantityReader } from './quantity.js'
import type { AccountRows, Cell } from './rows.js'
import { type Valuation, valuationsOf } from './scenario-sums.js'
import { type AccountShape, shapeOf } from './shape.js'
import { tierFaults } from './tier-faults.js'

export interface AccountRulesOptions {
  /** Why there is no room for an account of a shape; default: there is for any. */
  misfit?: (shape: AccountShape) => string | undefined
  /** Whether to value accounts, at mark and in each scenario. What is found so stops no proof. */
  valued: boolean
}

/** One account, and all that is wrong with it. Private. */
export interface CheckedAccount {
  id: string
  /** What cells are wrong, in their order, then what is wrong with the whole account. */
  faults: PlacedFault[]
  /** What it has; nothing when one of its cells cannot be used. */
  readable?: {
    holdings: InstrumentHolding[]
    slots: Slot[]
    shape: AccountShape
    /** By valuation: what it is worth, in 10^-valueDecimals of the quote currency. */
    equities: bigint[]
  }
}

/**
 * What accounts are held to by a risk table, whether they are checked, read or planned for. An account is
 * worth its long units at their long value less its short units at their short value (see `valuationsOf`).
 * Without scenarios no quantity is negative. By a table with tiers an account is held to its collateral (see
 * `tierFaults`).
 */
export class AccountRules {
  readonly valuations: readonly Valuation[]
  private readonly assets: readonly Asset[]
  private readonly numbers: readonly number[]
  private readonly bounds: readonly number[]
  private readonly names: ColumnNames
  private readonly readQuantity: QuantityReader
  /** Amounts of the accounts checked so far that were cut off at the decimals of their instrument. */
  cut = 0

  constructor(
    private readonly table: RiskTable,
    private readonly keys: InstrumentKeys,
    private readonly layout: Layout,
    private readonly options: AccountRulesOptions,
  ) {
    this.valuations = options.valued ? valuationsOf(table) : []
    this.assets = assetsOf(table)
    this.numbers = instrumentNumbers(table)
    this.bounds = boundsOf(table)
    this.names = columnNames(layout)
    this.readQuantity = quantityReader(layout, keys, () => this.cut++)
  }

  /** What the file says that is not used, by the accounts checked so far. */
  notes(): string[] {
    return [...this.layout.notes, ...cutNotes(this.cut)]
  }

  /** All that is wrong with an account, and what it is worth. */
  check({ id, cells }: AccountRows): CheckedAccount {
    const { line, owner } = cells[0]!
    const faults: PlacedFault[] = []
    const unusable = (fault: Pick<PlacedFault, 'line' | 'column' | 'code' | 'reason'> & Partial<Fault>) =>
      faults.push({ severity: 'error', amounts: {}, ...fault })
    const attempt = (at: { line: number; column: string }, use: () => void) => {
      const fault = faultOf(use)
      if (fault !== undefined) unusable({ ...at, ...fault })
    }
    attempt({ line, column: this.names.account }, () => assertAccountId(id))
    if (owner !== '') attempt({ line, column: 'owner' }, () => assertOwner(owner))
    let readable = faults.length === 0
    const quantities = new Map<number, bigint>()
    let repeated: number | undefined
    let hasTwoOwners = false
    for (const cell of cells) {
      const { key } = cell
      if (key === null) {
        readable = false
        unusable(unknownInstrument(cell))
      } else if (quantities.has(key)) {
        readable = false
        if (repeated !== cell.line) unusable({ line: cell.line, column: this.names.account, ...REPEATED })
        repeated = cell.line
      } else if (!this.take(key, cell, quantities, faults)) readable = false
      if (cell.owner !== owner && !hasTwoOwners) {
        readable = false
        hasTwoOwners = true
        unusable({ line: cell.line, column: 'owner', ...TWO_OWNERS })
      }
    }
    if (!readable) return { id, faults }
    const holdings = holdingsOf(quantities, this.keys, this.layout.format)
    const slots = slotsOf(holdings, this.assets)
    const shape = shapeOf(slots, this.numbers)
    const equities = this.equitiesOf(slots)
    for (const fault of this.wholeFaults(holdings, slots, shape, equities)) faults.push({ line, ...fault })
    return { id, faults, readable: { holdings, slots, shape, equities } }
  }

  /** An account in which nothing stops a proof. */
  account({ id, cells }: AccountRows): Account {
    const quantities = new Map<number, bigint>()
    for (const { key, text } of cells) quantities.set(key!, this.readQuantity(key!, text))
    const holdings = holdingsOf(quantities, this.keys, this.layout.format)
    return { id, owner: parseFieldElement(cells[0]!.owner || '0'), slots: slotsOf(holdings, this.assets) }
  }

  /** Reads one quantity, and notes what is wrong with it. Returns whether it can be used. */
  private take(
    key: number,
    { line, text }: Cell,
    quantities: Map<number, bigint>,
    faults: PlacedFault[],
  ): boolean {
    try {
      const quantity = this.readQuantity(key, text)
      quantities.set(key, quantity)
      if (quantity < 0n && this.table.scenarios.length === 0) {
        faults.push({ line, column: this.names.quantity(key), ...this.negative(key, quantity) })
      }
      return true
    } catch (error) {
      const fault = faultOfError(error)
      faults.push({ severity: 'error', amounts: {}, line, column: this.names.quantity(key), ...fault })
      return false
    }
  }

  private negative(key: number, quantity: bigint): Fault {
    const { symbol, decimals } = this.assets[this.keys.of(key).instrument]!
    return {
      severity: 'error',
      code: 'LEDGER_NEGATIVE',
      reason: 'a loan or a short where the risk table has no scenario to judge it by',
      instrument: symbol,
      amounts: { quantity: formatDecimal(quantity, decimals) },
    }
  }

  private equitiesOf(slots: readonly Slot[]): bigint[] {
    const equities = new Array<bigint>(this.valuations.length).fill(0n)
    for (const slot of slots) {
      const key = keyOf(slot)
      for (let v = 0; v < equities.length; v++) {
        equities[v]! += slot.quantity * this.valuations[v]!.values[key]!
      }
    }
    return equities
  }

  /** The first scenario in which an account is worth more than can be proven. */
  private beyond(slots: readonly Slot[]): string | undefined {
    let bound = 0
    for (const slot of slots) bound += Math.abs(Number(slot.quantity)) * this.bounds[slot.instrument]!
    if (bound < 2 ** (EQUITY_BITS - 1)) return undefined
    return this.table.scenarios.find(({ values }) => {
      const equity = slots.reduce((sum, { instrument, quantity }) => {
        const { long, short } = values[instrument]!
        return sum + quantity * (quantity < 0n ? short : long)
      }, 0n)
      return equity < -MOST_EQUITY || equity >= MOST_EQUITY
    })?.name
  }

  /** What is wrong with an account whose cells can all be used. */
  private wholeFaults(
    holdings: readonly InstrumentHolding[],
    slots: readonly Slot[],
    shape: AccountShape,
    equities: readonly bigint[],
  ): Fault[] {
    const faults = tierFaults(this.table, this.assets, holdings, slots)
    const misfit = this.options.misfit?.(shape)
    if (misfit !== undefined) {
      faults.push({ severity: 'error', code: 'LEDGER_SLOTS', reason: misfit, amounts: {} })
    }
    const scenario = this.beyond(slots)
    if (scenario !== undefined)
      faults.push({ ...BEYOND, scenario, reason: `${BEYOND.reason} in ${scenario}` })
    const value = (units: bigint) => formatDecimal(units, this.table.valueDecimals)
    for (let v = 0; v < equities.length; v++) {
      const equity = equities[v]!
      if (equity >= 0n) continue
      const { scenario, requirement } = this.valuations[v]!
      const amounts = { equity: value(equity), shortfall: value(-equity) }
      faults.push(
        scenario === undefined
          ? { severity: 'error', code: 'EQUITY_BELOW_ZERO', reason: 'equity below zero at mark', amounts }
          : {
              severity: 'warning',
              ...(requirement
                ? { code: 'REQUIREMENT_SHORTFALL', reason: `below the requirement ${scenario}` }
                : { code: 'SCENARIO_SHORTFALL', reason: `equity below zero in ${scenario}` }),
              scenario,
              amounts,
            },
      )
    }
    return faults
  }
}

const MOST_EQUITY = 1n << BigInt(EQUITY_BITS)

const BEYOND = {
  severity: 'error',
  code: 'LEDGER_EQUITY',
  reason: `worth ±2^${EQUITY_BITS} units of value or more`,
  hint: 'Give the risk table fewer valueDecimals, or the instruments that the account holds fewer decimals.',
  amounts: {},
} as const

/** The largest magnitude of a unit value of each row, in all scenarios. */
function boundsOf({ instruments, scenarios }: RiskTable): number[] {
  return instruments.map((_, row) =>
    scenarios.reduce((most, { values }) => {
      const { long, short } = values[row]!
      return Math.max(most, Math.abs(Number(long)), Math.abs(Number(short)))
    }, 0),
  )
}

const REPEATED = { code: 'LEDGER_DUPLICATE_ACCOUNT', reason: 'given a second time' }
const TWO_OWNERS = { code: 'LEDGER_OWNER_CONFLICT', reason: 'another owner than on its first line' }

function unknownInstrument({ line, text }: Cell) {
  return {
    line,
    column: 'instrument',
    code: 'LEDGER_INSTRUMENT',
    reason: 'not an instrument of the risk table',
    hint: 'Write the symbol as the risk table does, upper and lower case included.',
    instrument: shortName(text),
  }
}
