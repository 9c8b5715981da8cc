import { buildPoseidonReference } from 'circomlibjs'

const reference = await buildPoseidonReference()

/** circomlibjs's plain rounds from an initial capacity: they share no code with the hash under test. */
export function poseidonFrom(tag: bigint, inputs: readonly bigint[]): bigint {
  return reference.F.toObject(reference([...inputs], tag))
}

/**
 * A sponge as it is documented: 15 elements a block, the count before the first, what came out before others.
 */
export function spongeFrom(tag: bigint, elements: readonly bigint[]): bigint {
  let h = poseidonFrom(tag, [BigInt(elements.length), ...elements.slice(0, 15)])
  for (let i = 15; i < elements.length; i += 15) h = poseidonFrom(1n, [h, ...elements.slice(i, i + 15)])
  return h
}
