import { simulatedKey } from '../../scripts/simulated-proofs.js'
import type { KeyPins, ProofFile, SolvencyPurpose } from '../../src/bundle/index.js'
import { proofFile } from '../../src/bundle/index.js'
import { toField } from '../../src/field/index.js'
import { type VerificationKey, verificationKeyHash } from '../../src/groth16/index.js'
import { sha256Text } from '../../src/schema/index.js'
import { circuitHashOf, type Instance, namedInstance } from '../../src/statements/index.js'

/** A key of an instance whose secrets are known, and proofs under it of any signals whatever. */
export interface SimulatedInstance {
  instance: Instance
  keyHash: string
  circuitHash: string
  keyKind: 'ceremony' | 'development'
  verificationKey: VerificationKey
  /** A file that verifies, for these signals in the circuit's order. */
  file: (signals: readonly bigint[], purpose?: SolvencyPurpose) => ProofFile
}

const made = new Map<string, SimulatedInstance>()

/**
 * The simulated key of an instance: what is refused under it is refused for what it says, as every proof
 * holds.
 */
export function simulated(name: string): SimulatedInstance {
  const known = made.get(name)
  if (known) return known
  const instance = namedInstance(name)
  let count = 0
  const draw = () => toField(BigInt(`0x${sha256Text(`${name} ${count++}`)}`))
  const { verificationKey, prove } = simulatedKey(
    Array.from({ length: 1 + instance.public.length }, draw),
    draw,
  )
  const own = {
    instance,
    keyHash: verificationKeyHash(verificationKey),
    circuitHash: circuitHashOf(name)!,
    keyKind: 'development' as const,
    verificationKey,
  }
  const one: SimulatedInstance = {
    ...own,
    file: (signals, purpose) => proofFile(own, prove([...signals]), purpose),
  }
  made.set(name, one)
  return one
}

/** Pins of simulated keys. */
export function simulatedPins(names: readonly string[]): KeyPins {
  return Object.fromEntries(
    names.map((name) => {
      const { keyHash, circuitHash, keyKind } = simulated(name)
      return [name, { keyHash, circuitHash, keyKind }]
    }),
  )
}
