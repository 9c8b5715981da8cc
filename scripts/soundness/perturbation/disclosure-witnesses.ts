import { type CircuitInputs, RATIO_BITS, TOTAL_BITS, VALUE_BITS } from '../../../src/field/index.js'
import { keyCount, type TableSizes } from '../../../src/risk/index.js'
import { disclosureInputs } from '../../../src/statements/index.js'
import { disclosure } from '../samples/disclosure.js'
import { tableOfColumns } from '../samples/ledger.js'

const most = (bits: number) => (1n << BigInt(bits)) - 1n

/** Honest venues at the edges of what a `disclosure` instance takes, by what is special about them. */
export function disclosureWitnesses(params: Record<string, number>): Map<string, CircuitInputs> {
  const [spots, derivatives, tiers] = [params.SPOTS!, params.DERIVATIVES!, params.TIERS!]
  const sizes: TableSizes = { spots, derivatives, tiers, scenarios: tiers + derivatives > 0 ? 2 : 0 }
  const keys = keyCount(sizes)
  const of = (length: number, amount: (i: number) => bigint) => Array.from({ length }, (_, i) => amount(i))
  const all = (amount: bigint) => of(spots, () => amount)
  const tableWith = (mark: bigint) =>
    tableOfColumns({
      sizes,
      marks: of(spots + derivatives, () => mark),
      scenarios: of(sizes.scenarios, BigInt).map((name) => ({
        name,
        requirement: name === 0n,
        values: of(keys, () => mark),
      })),
      tiers: of(tiers, (t) => BigInt(t % spots)).map((owner) => ({ width: 9n, owner: Number(owner) })),
    })
  const everything = {
    totalsOf: of(spots + derivatives, BigInt).map(Number),
    reservesOf: of(spots, BigInt).map(Number),
  }
  const [TOTAL, RATIO] = [most(TOTAL_BITS), most(RATIO_BITS)]
  // Pairs of longs and shorts, and nothing in tiers.
  const pairs = (long: (i: number) => bigint, short: (i: number) => bigint) =>
    of(keys, (k) => {
      if (k >= 2 * (spots + derivatives)) return 0n
      return (k % 2 === 0 || k >= 2 * spots ? long : short)(k >> 1)
    })
  const some = (i: number) => BigInt(7 * i + 1)
  const venues = {
    'all zero, all shown': {
      ...{ table: tableWith(0n), totals: of(keys, () => 0n), ...everything, loanFactors: all(0n) },
      ...{ held: { reserves: all(0n), insurance: all(0n), blind: 0n }, ratios: all(0n), valueRatio: 0n },
    },
    'every number at its largest, all shown': {
      ...{
        table: tableWith(most(VALUE_BITS)),
        totals: pairs(
          () => TOTAL,
          () => TOTAL,
        ),
        ...everything,
      },
      ...{ held: { reserves: all(TOTAL), insurance: all(TOTAL), blind: 1n }, loanFactors: all(RATIO) },
      ...{ ratios: all(RATIO), valueRatio: RATIO },
    },
    'covered to the unit, ratios alone shown': {
      ...{ table: tableWith(3n), totals: pairs(some, () => 0n), totalsOf: [], reservesOf: [] },
      ...{ held: { reserves: of(spots, some), insurance: all(5n), blind: 2n }, loanFactors: all(0n) },
      ...{ ratios: all(1_000_000n), valueRatio: 1_000_000n },
    },
    'reserves that take no part, and totals of the last instrument': {
      ...{ table: tableWith(2n), totals: pairs(some, () => 2n), totalsOf: [spots + derivatives - 1] },
      ...{ held: undefined, reservesOf: [], loanFactors: all(500_000n), ratios: all(0n), valueRatio: 0n },
    },
  }
  return new Map(Object.entries(venues).map(([name, parts]) => [name, disclosureInputs(disclosure(parts))]))
}
