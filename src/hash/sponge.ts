import { poseidon } from './poseidon.js'
import { ROLES, type Role } from './roles.js'

/** Elements one permutation takes beside its chaining value (or the count, in the first block). */
export const SPONGE_RATE = 15

/**
 * Any number of field elements under a role's tag:
 * `h = P(tag; count, e…)`, then `h = P(spongeTag; h, e…)`, up to 15 elements a block.
 * The count comes first, so no input is another's prefix; a last block is only as wide as what is left.
 */
export function sponge(role: Role, elements: readonly bigint[]): bigint {
  let h = poseidon([BigInt(elements.length), ...elements.slice(0, SPONGE_RATE)], ROLES[role].tag)
  for (let i = SPONGE_RATE; i < elements.length; i += SPONGE_RATE) {
    h = poseidon([h, ...elements.slice(i, i + SPONGE_RATE)], ROLES.sponge.tag)
  }
  return h
}
