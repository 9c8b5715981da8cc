import { poseidon } from './poseidon.js'
import { ROLES, type Role } from './roles.js'

/**
 * Elements one permutation takes beside its tag and its chaining value (or the count, in the first block).
 */
export const SPONGE_RATE = 13

/**
 * Any number of field elements under a role's tag:
 * `h = P(tag, count, e…)`, then `h = P(spongeTag, h, e…)`, up to 13 elements a block.
 * The count comes first, so no input is another's prefix; a last block is only as wide as what is left.
 */
export function sponge(role: Role, elements: readonly bigint[]): bigint {
  let h = poseidon([ROLES[role].tag, BigInt(elements.length), ...elements.slice(0, SPONGE_RATE)])
  for (let i = SPONGE_RATE; i < elements.length; i += SPONGE_RATE) {
    h = poseidon([ROLES.sponge.tag, h, ...elements.slice(i, i + SPONGE_RATE)])
  }
  return h
}
