import { InputError } from '../../errors/index.js'
import { formatDecimal, Rational, VALUE_BITS } from '../../field/index.js'
import {
  assertIndices,
  INDEX_DECIMALS,
  INDEX_ONE,
  type Instrument,
  indexOf,
  indexValue,
  type RiskTable,
  type ShareIndex,
  stepGrain,
} from '../../risk/index.js'
import { borrowRate, type Rates } from './rates.js'

/** Seconds of the year that rates are of, as in Aave and Compound: 365 days. */
const YEAR = 31_536_000n

/** Shares of an instrument over all accounts, in smallest units. */
export interface ShareTotals {
  long: bigint
  short: bigint
}

export interface AccrueOptions {
  /** The table of the moment that interest was last charged at. */
  table: RiskTable
  rates: Rates
  /** By symbol: what all accounts of the epoch to come hold and owe. */
  totals: ReadonlyMap<string, ShareTotals>
  /** Losses that all holders share, by symbol, in smallest units of the instrument. */
  losses: ReadonlyMap<string, bigint>
  /** What gives back losses of before, by symbol, in smallest units: all holders get the same of it. */
  recoveries?: ReadonlyMap<string, bigint>
  /** The moment of the new table, in seconds since 1970-01-01 UTC. */
  to: number
}

/** What accrual did to one instrument. Private: utilisation and amounts are the venue's. */
export interface Accrued {
  symbol: string
  /** Share of what is owed that is lent, in parts per million, rounded down. */
  utilisation: string
  /** Rate a year that borrowers pay, rounded down to nine decimals. */
  rate: string
  before: { long: string; short: string }
  after: { long: string; short: string }
  /** Interest and loss in units of the instrument, exact. */
  charged: string
  paid: string
  lost: string
  recovered: string
  /** What gives back a loss, in units a share: `settlement prove --recovered` takes it. */
  recoveredStep: string
}

/**
 * A risk table with the indices of a later moment: borrowers are charged simple interest by their curve, its
 * depositors are paid at most what comes in less the reserve factor, and a loss is cut from every long share
 * alike, as a recovery raises it. Marks and values follow the indices; prices do not change.
 *
 * With L, S the indices, l, s the shares and r the rate: S′ = S + ⌊S·r·t⌋, L′ = L + ⌊(1 − reserveFactor)·
 * s·(S′ − S)/l⌋ − ⌈loss/l⌉ + ⌊recovery/l⌋. Both steps of interest are cut to what fits 32 bits times a power
 * of ten, so that a proof of l·(L′ − L) ≤ s·(S′ − S) has exactly them.
 *
 * @throws {InputError} `ACCRUE_INSTRUMENT` for a symbol that cannot bear interest, `ACCRUE_TIME` when `to` is
 * before the table, `ACCRUE_LOSS` for a loss or a recovery of an instrument that nobody holds, or for both
 * of one, or for a loss of all of it, `ACCRUE_RANGE`, and what
 * `parseRiskTable` throws of the indices
 * @example
 * const table = await readRiskTable('examples/lending/risk.json')
 * const rates = await readRates('examples/lending/rates.json')
 * const totals = new Map([['USDC', { long: 1_000_000n, short: 800_000n }]])
 * const { table: next } = accrue({ table, rates, totals, losses: new Map(), to: table.timestamp + 86_400 })
 */
export function accrue({ table, rates, totals, losses, recoveries = new Map(), to }: AccrueOptions): {
  table: RiskTable
  accrued: Accrued[]
} {
  const bearing = new Set([...Object.keys(rates.curves), ...losses.keys(), ...recoveries.keys()])
  for (const symbol of bearing) {
    if (!table.instruments.some((row) => row.symbol === symbol)) {
      throw new InputError('ACCRUE_INSTRUMENT', `${symbol} is not in the risk table`, {
        hint: 'Write the symbol as the risk table does, or leave it out.',
      })
    }
  }
  const seconds = BigInt(to) - BigInt(table.timestamp)
  if (seconds < 0n) {
    throw new InputError('ACCRUE_TIME', 'the moment is before that of the risk table', {
      hint: 'Name a later one with --to, or take the table of an earlier moment.',
    })
  }
  const accrued: Accrued[] = []
  const moved = table.instruments.map((row) => {
    const from = indexOf(row)
    if (!bearing.has(row.symbol)) return { row, from, index: row.index }
    const step = stepOf(row, from, { rates, totals, losses, recoveries, seconds })
    accrued.push(step.accrued)
    return { row, from, index: step.index }
  })
  const next: RiskTable = {
    ...table,
    timestamp: to,
    instruments: moved.map(({ row, from, index }) =>
      index === undefined ? row : { ...row, index, mark: markOf(table, row, from, index) },
    ),
    scenarios: table.scenarios.map((scenario) => ({
      ...scenario,
      values: scenario.values.map(({ long, short }, i) => {
        const { from, index } = moved[i]!
        if (index === undefined) return { long, short }
        const scaled = {
          long: (long * index.long) / from.long,
          short: (short * index.short + from.short - 1n) / from.short,
        }
        assertValue(scaled.short, moved[i]!.row)
        return scaled
      }),
    })),
  }
  assertIndices(next)
  return { table: next, accrued }
}

function stepOf(
  row: Instrument,
  from: ShareIndex,
  given: Required<Pick<AccrueOptions, 'rates' | 'totals' | 'losses' | 'recoveries'>> & { seconds: bigint },
): { index: ShareIndex; accrued: Accrued } {
  const { symbol, decimals } = row
  const { long, short } = given.totals.get(symbol) ?? { long: 0n, short: 0n }
  const curve = Object.hasOwn(given.rates.curves, symbol) ? given.rates.curves[symbol] : undefined
  const owed = Rational.of(long * from.long)
  const utilisation = long === 0n ? Rational.ZERO : Rational.of(short * from.short).div(owed)
  const rate = curve === undefined ? Rational.ZERO : borrowRate(curve, utilisation)
  const kept = Rational.parse(curve?.reserveFactor ?? '0')
  const charged = rate.mul(Rational.of(from.short * given.seconds, YEAR)).floor()
  const due = (ofCharge: bigint) =>
    long === 0n
      ? 0n
      : Rational.ONE.sub(kept)
          .mul(Rational.of(short * ofCharge, long))
          .floor()
  const grain = stepGrain(charged, due(charged))
  const interest = { short: (charged / grain) * grain, long: 0n }
  interest.long = (due(interest.short) / grain) * grain
  const [loss, back] = [given.losses.get(symbol) ?? 0n, given.recoveries.get(symbol) ?? 0n]
  if (loss > 0n && back > 0n) {
    throw new InputError('ACCRUE_LOSS', `${symbol}: a loss and a recovery at one moment`, {
      hint: 'Name what is left of the one that is greater.',
    })
  }
  // A loss is rounded up and a recovery down: both for the venue, which pays what it says.
  const cut = loss === 0n ? 0n : (eachOf(row, loss, long) + long - 1n) / long
  const raise = back === 0n ? 0n : eachOf(row, back, long) / long
  const index = { long: from.long + interest.long - cut + raise, short: from.short + interest.short }
  if (raise > 0n && index.long > index.short) {
    throw new InputError('ACCRUE_LOSS', `${symbol}: a balance would be more than a loan of as many shares`, {
      hint: 'Give back less, or the rest as rows of transfers.',
    })
  }
  if (index.long <= 0n) {
    throw new InputError('ACCRUE_LOSS', `${symbol}: nothing is left of it`, {
      hint: 'A loss of all that is owed is no cut of an index.',
    })
  }
  const text = (each: bigint) => formatDecimal(each, INDEX_DECIMALS)
  const units = (shares: bigint, each: bigint) => formatDecimal(shares * each, decimals + INDEX_DECIMALS)
  return {
    index,
    accrued: {
      symbol,
      utilisation: formatDecimal(utilisation.mul(Rational.of(1_000_000n)).floor(), 6),
      rate: formatDecimal(rate.mul(Rational.of(1_000_000_000n)).floor(), 9),
      before: { long: text(from.long), short: text(from.short) },
      after: { long: text(index.long), short: text(index.short) },
      charged: units(short, interest.short),
      paid: units(long, interest.long),
      lost: units(long, cut),
      recovered: units(long, raise),
      recoveredStep: text(raise),
    },
  }
}

/** Units of 10^-12 that all holders lose or get back together. */
function eachOf({ symbol }: Instrument, units: bigint, long: bigint): bigint {
  if (long === 0n) {
    throw new InputError('ACCRUE_LOSS', `${symbol}: nobody holds it, so that nobody can share a loss of it`, {
      hint: 'Leave out its --loss or --recovery.',
    })
  }
  return units * INDEX_ONE
}

function markOf(table: RiskTable, row: Instrument, from: ShareIndex, index: ShareIndex): bigint {
  const { symbol, mark, decimals } = row
  const next =
    symbol === table.quote
      ? indexValue(index.long, decimals, table.valueDecimals)
      : (mark * index.long) / from.long
  assertValue(next, row)
  return next
}

function assertValue(value: bigint, { symbol }: Instrument): void {
  if (value >> BigInt(VALUE_BITS) === 0n) return
  throw new InputError(
    'ACCRUE_RANGE',
    `the value of a share of ${symbol} does not stay below 2^${VALUE_BITS}`,
    {
      hint: 'Lower valueDecimals, or give the instrument more decimals.',
    },
  )
}
