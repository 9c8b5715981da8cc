import { estimateInstance } from '../../proving/index.js'
import type { Instance } from '../../statements/index.js'

/** What a proof takes whatever its circuit is. */
const EACH = 2 ** 14

/**
 * What a proof by an instance costs, in rows of the proof system: its time goes by the wires and the domain
 * of the circuit, for a counted instance the shipped ones.
 */
export function proofCost(instance: Instance): number {
  const { wires, domainSize } = estimateInstance(instance)
  return wires + domainSize + EACH
}

/**
 * The part of a proof's cost that one more instance in a plan has to save: its key is to be made, pinned, kept,
 * and checked in every run.
 */
export const OPENING_SHARE = 0.5
