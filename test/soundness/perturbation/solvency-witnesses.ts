import type { CircuitInputs } from '../../../src/field/index.js'
import type { Instrument, RiskTable } from '../../../src/risk/index.js'
import { solvencyContext, solvencyInputs, solvencyWitness } from '../../../src/statements/index.js'

const TOTAL = (1n << 96n) - 1n
const MARK = (1n << 64n) - 1n
const ONE = 1_000_000n // of ratios

interface Books {
  long: (instrument: number) => bigint
  short: (instrument: number) => bigint
  reserves: (instrument: number) => bigint
  insurance?: bigint
  mark: bigint
  /** Every shortfall sum is what all reserves are worth. */
  lacking?: boolean
  ratio: bigint
  loanFactor: bigint
  /** Every third instrument is a perp. */
  perps?: boolean
}

const zero = () => 0n

/** Honest books at the edges of what a `solvency` instance takes, by what is special about them. */
export function solvencyWitnesses(params: Record<string, number>): Map<string, CircuitInputs> {
  const [instruments, scenarios, tiered] = ['INSTRUMENTS', 'SCENARIOS', 'TIERED'].map(
    (name) => params[name] ?? 0,
  ) as [number, number, number]
  const perp = (i: number) => i % 3 === 2
  const books: Record<string, Books> = {
    'all zero': { long: zero, short: zero, reserves: zero, mark: 0n, ratio: 0n, loanFactor: 0n },
    'every number at its largest': {
      long: () => TOTAL,
      short: () => TOTAL,
      reserves: () => TOTAL,
      insurance: TOTAL,
      mark: MARK,
      ratio: ONE,
      loanFactor: (1n << 32n) - 1n,
    },
    'reserves and no liabilities': {
      long: zero,
      short: zero,
      reserves: (i) => BigInt(7 * i + 1),
      mark: 3n,
      ratio: ONE,
      loanFactor: 0n,
    },
    'covered to the unit, loans counted in full': {
      long: (i) => BigInt(100 * i + 100),
      short: (i) => BigInt(10 * i),
      reserves: (i) => BigInt(90 * i + 100),
      mark: 5n,
      ratio: ONE,
      loanFactor: ONE,
    },
    'loans that count for nothing, and derivatives': {
      long: (i) => BigInt(100 * i + 100),
      short: (i) => (perp(i) ? BigInt(100 * i + 100) : BigInt(10 * i)),
      reserves: (i) => (perp(i) ? 0n : BigInt(100 * i + 105)),
      mark: 5n,
      ratio: ONE,
      loanFactor: 0n,
      perps: true,
    },
    'shortfalls as large as what is over': {
      long: zero,
      short: zero,
      reserves: () => 2n,
      mark: 1n,
      ratio: ONE,
      loanFactor: 0n,
      lacking: true,
    },
  }
  return new Map(
    Object.entries(books).map(([name, parts]) => [
      name,
      inputsOf(parts, { instruments, scenarios }, tiered === 1),
    ]),
  )
}

function inputsOf(
  books: Books,
  sizes: { instruments: number; scenarios: number },
  tiered: boolean,
): CircuitInputs {
  const of = <T>(value: (i: number) => T) => Array.from({ length: sizes.instruments }, (_, i) => value(i))
  // Instruments 1, 4, 7… are tiers of the one before: they hold nothing but totals.
  const isTier = (i: number) => tiered && i % 3 === 1
  const isPerp = (i: number) => books.perps === true && i % 3 === 2
  const held = (i: number) => (isTier(i) ? 0n : books.reserves(i))
  const worth = of(held).reduce((sum, units) => sum + units * books.mark, 0n)
  const table: RiskTable = {
    timestamp: 1_767_225_600,
    quote: 'USD',
    valueDecimals: 0,
    instruments: of(
      (i): Instrument => ({
        symbol: `I${i}`,
        kind: isPerp(i) ? 'perp' : 'spot',
        decimals: 0,
        mark: books.mark,
        ...(isTier(i) ? { tier: { list: 'holding', width: 1_000n } } : {}),
      }),
    ),
    scenarios: Array.from({ length: sizes.scenarios }, (_, s) => ({
      name: `scenario ${s}`,
      values: of(() => ({ long: books.mark, short: books.mark })),
    })),
  }
  return solvencyInputs(
    solvencyWitness({
      sizes,
      state: {
        batchIndex: 3,
        accountsRoot: 987_654_321n,
        totals: of((i) => (isTier(i) ? [0n, 0n] : [books.long(i), books.short(i)])).flat(),
        shortfalls: Array.from({ length: sizes.scenarios }, (_, s) =>
          books.lacking !== true || (tiered && s === 0) ? 0n : worth,
        ),
        blind: 424_242n,
      },
      table,
      policy: {
        valueRatio: books.ratio,
        instruments: of((i) => ({
          derivative: isPerp(i),
          minimumRatio: books.ratio,
          loanFactor: books.loanFactor,
        })),
      },
      reserves: of(held),
      ...(sizes.scenarios > 0
        ? { insurance: of((i) => (isTier(i) || isPerp(i) ? 0n : (books.insurance ?? 0n))) }
        : {}),
      reservesBlind: 5_555n,
      context: solvencyContext({ venue: 'Test Venue', epoch: '1', waterfall: '' }),
    }),
  )
}
