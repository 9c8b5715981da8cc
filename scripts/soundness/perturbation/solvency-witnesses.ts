import {
  ACCOUNT_COUNT_BITS,
  type CircuitInputs,
  RATIO_BITS,
  RATIO_ONE,
  SHORTFALL_BITS,
  TOTAL_BITS,
  VALUE_BITS,
} from '../../../src/field/index.js'
import { keyCount, type TableSizes } from '../../../src/risk/index.js'
import { NO_LIMIT, solvencyInputs } from '../../../src/statements/index.js'
import { tableOfColumns } from '../samples/ledger.js'
import { ledgerOf, policy, solvencyOf } from '../samples/solvency.js'

const most = (bits: number) => (1n << BigInt(bits)) - 1n
const [TOTAL, MARK, SHORTFALL] = [most(TOTAL_BITS), most(VALUE_BITS), most(SHORTFALL_BITS)]
const [RATIO, ACCOUNTS] = [most(RATIO_BITS), most(ACCOUNT_COUNT_BITS)]

interface Books {
  /** Of every spot instrument; what is held of it with what is held in its tiers. */
  long: (spot: number) => bigint
  short: (spot: number) => bigint
  reserves: (spot: number) => bigint
  derivative?: bigint
  insurance?: bigint
  mark: bigint
  batches?: number
  /** Most that an account holds of a tier. */
  width?: bigint
  /** Every shortfall sum is what is held beyond what is owed, if there is room for so much. */
  lacking?: boolean
  /** Every scenario is a requirement. */
  required?: boolean
  ratio: bigint
  loanFactor: bigint
}

const zero = () => 0n
const least = (a: bigint, b: bigint) => (a < b ? a : b)

/** Honest books at the edges of what a `solvency` instance takes, by what is special about them. */
export function solvencyWitnesses(params: Record<string, number>): Map<string, CircuitInputs> {
  const [spots, derivatives, tiers, scenarios] = ['SPOTS', 'DERIVATIVES', 'TIERS', 'SCENARIOS'].map(
    (name) => params[name] ?? 0,
  ) as [number, number, number, number]
  const books: Record<string, Books> = {
    'all zero, one batch': {
      ...{ long: zero, short: zero, reserves: zero, mark: 0n, ratio: 0n, loanFactor: 0n, batches: 1 },
    },
    'every number at its largest, the last batch the first of another node': {
      ...{
        long: () => TOTAL,
        short: () => TOTAL,
        reserves: () => TOTAL,
        derivative: TOTAL,
        insurance: TOTAL,
      },
      ...{ mark: MARK, batches: 257, width: MARK, lacking: true, ratio: RATIO, loanFactor: RATIO },
    },
    'reserves and no liabilities': {
      ...{ long: zero, short: zero, reserves: (i) => BigInt(7 * i + 1), mark: 3n },
      ...{ ratio: RATIO_ONE, loanFactor: 0n },
    },
    'covered to the unit, loans counted in full': {
      long: (i) => BigInt(100 * i + 100),
      short: (i) => BigInt(10 * i),
      reserves: (i) => BigInt(90 * i + 100),
      ...{ mark: 5n, ratio: RATIO_ONE, loanFactor: RATIO_ONE },
    },
    'loans that count for nothing, derivatives, the last place of a node': {
      long: (i) => BigInt(100 * i + 100),
      short: (i) => BigInt(10 * i),
      reserves: (i) => BigInt(100 * i + 105),
      ...{ derivative: 77n, mark: 5n, ratio: RATIO_ONE, loanFactor: 0n, batches: 16 },
    },
    'nothing but requirements that accounts do not meet, and less held than owed': {
      ...{ long: (i: number) => (i % 2 === 1 ? 8n : 0n), short: zero, reserves: () => 7n, mark: 1n },
      ...{ ratio: 0n, loanFactor: 0n, lacking: true, required: true },
    },
  }
  return new Map(
    Object.entries(books).map(([name, parts]) => [
      name,
      inputsOf(parts, { spots, derivatives, tiers, scenarios }),
    ]),
  )
}

function inputsOf(books: Books, sizes: TableSizes): CircuitInputs {
  const { spots, derivatives, tiers, scenarios } = sizes
  const of = <T>(count: number, value: (i: number) => T) => Array.from({ length: count }, (_, i) => value(i))
  const { mark, insurance = 0n, derivative = 0n } = books
  // The first tier of an instrument has all that is owed of it, the others have nothing.
  const tiered = (spot: number) => spot < tiers
  const totals = [
    ...of(spots, (i) => [tiered(i) ? 0n : books.long(i), books.short(i)]).flat(),
    ...new Array<bigint>(2 * derivatives).fill(derivative),
    ...of(tiers, (t) => (t < spots ? books.long(t) : 0n)),
  ]
  const over = of(spots, (i) => books.reserves(i) + insurance + books.short(i) - books.long(i))
  const worth = over.reduce((sum, net) => sum + net * mark, 0n)
  const table = tableOfColumns({
    sizes,
    marks: [...of(spots, () => mark), ...of(derivatives, () => -mark)],
    scenarios: of(scenarios, (s) => ({
      name: BigInt(s + 1),
      requirement: books.required === true || (s === 0 && tiers > 0),
      values: of(keyCount(sizes), (key) => (key < 2 * spots ? mark : -mark)),
    })),
    tiers: of(tiers, (t) => ({ width: books.width ?? 1_000n, owner: t % spots })),
  })
  const shortfalls = of(scenarios, (s) => {
    if (!books.lacking || (tiers > 0 && s === 0)) return { sum: 0n, accounts: 0n }
    const sum = books.required ? SHORTFALL : least(SHORTFALL, worth)
    return { sum, accounts: ACCOUNTS }
  })
  const rules = policy(sizes, {
    valueRatio: books.ratio,
    instruments: of(spots, () => ({ minimumRatio: books.ratio, loanFactor: books.loanFactor })),
    scenarios: of(scenarios, () => NO_LIMIT),
  })
  return solvencyInputs(
    solvencyOf(ledgerOf(table, { totals, shortfalls, batches: books.batches ?? 3 }), table, {
      reserves: of(spots, books.reserves),
      insurance: of(spots, () => insurance),
      policy: rules,
    }),
  )
}
