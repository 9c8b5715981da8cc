import { estimateInstance } from '../../proving/index.js'
import type { Instance } from '../../statements/index.js'

/**
 * What a proof by an instance costs, in rows of the proof system: its time goes by the wires and the domain
 * of the circuit, for a counted instance the shipped ones.
 */
export function proofCost(instance: Instance): number {
  const { wires, domainSize } = estimateInstance(instance)
  return wires + domainSize
}

/** The part of a proof's cost that it takes to check the artifacts of one more instance before they are used. */
export const OPENING_SHARE = 0.05
