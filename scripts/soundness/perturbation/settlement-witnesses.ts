import { type CircuitInputs, TOTAL_BITS, VALUE_BITS } from '../../../src/field/index.js'
import { FUND_WORTH_BITS, settlementInputs } from '../../../src/statements/index.js'
import { SETTLED_ROOTS, settlement } from '../samples/settlement.js'

const most = (bits: number) => (1n << BigInt(bits)) - 1n

/** Honest pairs of epochs at the edges of what a `settlement` instance takes, by what is special in each. */
export function settlementWitnesses(params: Record<string, number>): Map<string, CircuitInputs> {
  const of = (amount: (spot: number) => bigint) => Array.from({ length: params.SPOTS! }, (_, i) => amount(i))
  const all = (amount: bigint) => of(() => amount)
  const [zero, full] = [all(0n), all(most(TOTAL_BITS))]
  const some = of((i) => BigInt(7 * i + 1))
  const nothing = { in: zero, out: zero, fees: zero, accruals: zero, closing: zero }
  const empty = { reserves: zero, insurance: zero, blind: 0n }
  const allocated = { ...SETTLED_ROOTS, allocations: 1_007n }
  const pairs = {
    'no rows, no fund, all zero': {
      ...{ flows: nothing, before: empty, after: empty, terms: { dust: 0n, marks: zero } },
      roots: { ...allocated, ...Object.fromEntries(Object.keys(allocated).map((reason) => [reason, 0n])) },
    },
    'every number at its largest, and a fund that paid all it had': {
      flows: { in: full, out: full, fees: full, accruals: all(-most(TOTAL_BITS)), closing: full },
      before: { reserves: full, insurance: full, blind: 1n },
      after: { reserves: full, insurance: zero, blind: 2n },
      ...{ terms: { dust: most(FUND_WORTH_BITS), marks: all(most(VALUE_BITS)) } },
      ...{ roots: allocated, loss: true },
    },
    'a fund worth exactly the dust, and a loss': {
      ...{ flows: nothing, before: { ...empty, insurance: some }, after: { ...empty, insurance: some } },
      terms: { dust: some.reduce((sum, units) => sum + 3n * units, 0n), marks: all(3n) },
      ...{ roots: allocated, loss: true },
    },
    'a fund that gained, from liquidations alone': {
      flows: { ...nothing, closing: of((i) => -BigInt(i) - 1n), fees: of((i) => BigInt(i) - 2n) },
      before: { ...empty, reserves: some },
      after: { ...empty, reserves: some, insurance: some },
      ...{ terms: { dust: 0n, marks: all(2n) } },
    },
  }
  return new Map(Object.entries(pairs).map(([name, parts]) => [name, settlementInputs(settlement(parts))]))
}
