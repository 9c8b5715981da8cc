import { type CircuitInputs, TOTAL_BITS } from '../../../src/field/index.js'
import { backingInputs } from '../../../src/statements/index.js'
import { backing } from '../samples/backing.js'

/** Honest venues at the edges of what a `backing` instance takes, by what is special about them. */
export function backingWitnesses(params: Record<string, number>): Map<string, CircuitInputs> {
  const of = (amount: (spot: number) => bigint) => Array.from({ length: params.SPOTS! }, (_, i) => amount(i))
  const [zero, most] = [of(() => 0n), of(() => (1n << BigInt(TOTAL_BITS)) - 1n)]
  const some = of((i) => BigInt(7 * i + 1))
  const venues = {
    'all zero': { reserves: zero, insurance: zero, shown: zero },
    'every number at its largest, and the most that may be shown beside it': {
      ...{ reserves: most, insurance: most },
      shown: most.map((amount) => 3n * amount),
    },
    'nothing held, and as much shown as there is room for': { reserves: zero, insurance: zero, shown: most },
    'shown to the unit': { reserves: some, insurance: some, shown: some.map((amount) => 2n * amount) },
    'no fund, and more shown than held': {
      ...{ reserves: some, insurance: zero },
      shown: some.map((amount) => amount + 100n),
    },
  }
  return new Map(Object.entries(venues).map(([name, parts]) => [name, backingInputs(backing(parts))]))
}
