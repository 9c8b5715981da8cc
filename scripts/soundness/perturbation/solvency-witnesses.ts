import type { CircuitInputs } from '../../../src/field/index.js'
import type { Instrument, RiskTable } from '../../../src/risk/index.js'
import { solvencyInputs, solvencyWitness } from '../../../src/statements/index.js'
import { SAMPLE_CONTEXT } from '../samples/solvency.js'

const TOTAL = (1n << 96n) - 1n
const MARK = (1n << 64n) - 1n
const SHORTFALL = (1n << 160n) - 1n
const RATIO = (1n << 32n) - 1n
const BATCHES = 1 << 16
const ONE = 1_000_000n // of ratios

interface Books {
  /** Of every row, and of a tier as well; what is held for a tier is held in its instrument. */
  long: (row: number) => bigint
  short: (row: number) => bigint
  reserves: (row: number) => bigint
  insurance?: bigint
  mark: bigint
  batches?: number
  /** Most that an account holds of a tier. */
  width?: bigint
  /** Every shortfall sum is what is held beyond what is owed, if there is room for so much. */
  lacking?: boolean
  ratio: bigint
  loanFactor: bigint
  /** Every third instrument is a perp. */
  perps?: boolean
}

const zero = () => 0n
const sum = (numbers: readonly bigint[]) => numbers.reduce((total, n) => total + n, 0n)
const least = (a: bigint, b: bigint) => (a < b ? a : b)

/** Honest books at the edges of what a `solvency` instance takes, by what is special about them. */
export function solvencyWitnesses(params: Record<string, number>): Map<string, CircuitInputs> {
  const [instruments, scenarios, tiered] = ['INSTRUMENTS', 'SCENARIOS', 'TIERED'].map(
    (name) => params[name] ?? 0,
  ) as [number, number, number]
  const perp = (i: number) => i % 3 === 2
  const allButTiers = tiered === 1 ? ', but no tier held in reserve and no shortfall of collateral' : ''
  const books: Record<string, Books> = {
    'all zero': { long: zero, short: zero, reserves: zero, mark: 0n, ratio: 0n, loanFactor: 0n },
    [`every number at its largest, no derivative${allButTiers}`]: {
      long: () => TOTAL,
      short: () => TOTAL,
      reserves: () => TOTAL,
      insurance: TOTAL,
      mark: MARK,
      batches: BATCHES,
      width: MARK,
      lacking: true,
      ratio: RATIO,
      loanFactor: RATIO,
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
    [`${scenarios > 0 ? 'shortfalls as large as what is over, ' : ''}less held than owed of some instruments`]:
      {
        long: (i) => (i % 2 === 1 ? 8n : 0n),
        short: zero,
        reserves: () => 7n,
        mark: 1n,
        ratio: 0n,
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
  const isPerp = (i: number) => books.perps === true && i % 3 === 2
  // Every other instrument that is no perp has one tier, the others two: rows 1, 2, 4 and 7, 8, 10.
  const isTier = (i: number) => tiered && (i % 3 === 1 || (i % 6 === 2 && !isPerp(i)))
  const rows = of((i) => i)
  const insured = (i: number) => (isTier(i) || isPerp(i) ? 0n : (books.insurance ?? 0n))
  const withTiers = (i: number) => {
    const next = rows.find((row) => row > i && !isTier(row))
    return rows.slice(i, next)
  }
  const held = (i: number) =>
    isTier(i) ? 0n : least(TOTAL, sum(withTiers(i).map((row) => books.reserves(row))))
  const over = sum(of((i) => held(i) + insured(i) + books.short(i) - books.long(i))) * books.mark
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
        ...(isTier(i) ? { tier: { list: 'holding', width: books.width ?? 1_000n } } : {}),
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
        batchIndex: books.batches ?? 3,
        accountsRoot: 987_654_321n,
        totals: of((i) => [books.long(i), books.short(i)]).flat(),
        shortfalls: Array.from({ length: sizes.scenarios }, (_, s) =>
          books.lacking !== true || (tiered && s === 0) ? 0n : least(SHORTFALL, over),
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
      ...(sizes.scenarios > 0 ? { insurance: of(insured) } : {}),
      reservesBlind: 5_555n,
      context: SAMPLE_CONTEXT,
    }),
  )
}
