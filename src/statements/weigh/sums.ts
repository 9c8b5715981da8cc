import { FIELD_ORDER, invertAll, magnitudeOf, toField } from '../../field/index.js'
import { isAccount, type WeighPlace } from './chunk.js'
import { FLOW_GROUPS, flowPole, reasonOf } from './reasons.js'
import type { WeighPoints } from './transcript.js'

/** What a chunk adds to a state. */
export interface WeighSums {
  sum: bigint
  /** 0n of accounts, and of allocations. */
  flowSum: bigint
}

/** The sign with which a tree is weighed: the accounts after, less those before, less all rows. */
export function signOf(tree: number): bigint {
  return tree === 1 ? 1n : -1n
}

/**
 * What the places of a chunk add to both identities: see "Soundness of a settlement" in circuits/README.md.
 *
 * @param tree that they stand in
 * @throws {RangeError} where a point is a pole, which happens to nobody: another blind gives other points
 */
export function chunkSums(places: readonly WeighPlace[], tree: number, points: WeighPoints): WeighSums {
  const accounts = places.filter(isAccount)
  const held = accounts.map(({ slots }) => slots.filter(({ quantity }) => quantity !== 0n))
  const numbers = [...new Set(held.flat().map(({ instrument }) => instrument))]
  const inverses = invertAll([
    ...numbers.map((number) => points.instrumentPoint - BigInt(number)),
    ...accounts.map(({ accountId }) => points.idPoint - accountId),
  ])
  const weights = new Map(numbers.map((number, i) => [number, inverses[i]!]))
  let sum = 0n
  for (const [u, slots] of held.entries()) {
    if (slots.length === 0) continue
    const own = slots.reduce(
      (total, { instrument, quantity }) => total + quantity * weights.get(instrument)!,
      0n,
    )
    sum += ((own % FIELD_ORDER) * inverses[numbers.length + u]!) % FIELD_ORDER
  }
  return { sum: toField(signOf(tree) * sum), flowSum: flowsOf(held.flat(), tree, points) }
}

/** What rows add to the sum of flows. */
function flowsOf(
  slots: readonly { instrument: number; quantity: bigint }[],
  tree: number,
  { flowPoint }: Pick<WeighPoints, 'flowPoint'>,
): bigint {
  const reason = reasonOf(tree)
  const group = reason && FLOW_GROUPS[reason]
  if (group === undefined) return 0n
  const apart = reason === 'transfers'
  const totals = new Map<bigint, bigint>()
  for (const { instrument, quantity } of slots) {
    const pole = flowPole(group, instrument, apart && quantity < 0n)
    totals.set(pole, (totals.get(pole) ?? 0n) + (apart ? magnitudeOf(quantity) : quantity))
  }
  const inverses = invertAll([...totals.keys()].map((pole) => flowPoint - pole))
  const sum = [...totals.values()].reduce(
    (total, value, i) => (total + value * inverses[i]!) % FIELD_ORDER,
    0n,
  )
  return toField(sum)
}
