import { InputError } from '../errors/index.js'
import { INSTANCES, PRODUCTION, SNAPSHOTS } from './generated/instances.js'
import { isOwnInstance, ownInstanceNamed, shippedAlike } from './own-instances.js'

/** A statement at fixed sizes: what one proving key is for. */
export interface Instance {
  name: string
  statement: string
  /** The circuit's file, by its bare name. */
  file: string
  template: string
  /** Sizes, in the order of the template's arguments. */
  params: Record<string, number>
  /** Public signals in the order in which a verifier reads them. */
  public: string[]
}

/** The shipped description of an instance: its size, and which circuit it is. */
export interface InstanceSnapshot extends ConstraintCount {
  /**
   * The compiler's results for the instance: every counted file is named by its hash, so that nothing else
   * passes for it.
   */
  sha256: CircuitHashes
}

/** How large a compiled instance is. */
export interface ConstraintCount {
  nonLinear: number
  linear: number
  wires: number
  /** Public signals. */
  public: number
}

/** SHA-256 of an instance's sources, and of what the compiler makes of them. */
export interface CircuitHashes {
  /** Of all that decides what the compiler makes. */
  sources: string
  r1cs: string
  wasm: string
  symbols: string
}

/**
 * Every instance of this version, in the order of `circuits/instances.json`.
 *
 * @example
 * const names = shippedInstances().map(({ name }) => name)
 */
export function shippedInstances(): readonly Instance[] {
  return INSTANCES
}

/**
 * The instance of a name, of this version or of a project's own sizes, which its name says.
 *
 * @throws {InputError} `INSTANCE_UNKNOWN`, naming the known ones; `INSTANCE_SIZE` for own sizes beyond a
 * bound
 */
export function namedInstance(name: string): Instance {
  return ownInstanceNamed(name) ?? instanceNamed(name, INSTANCES)
}

/** The same for a name that somebody else has written; `undefined` when there can be no such instance. */
export function knownInstance(name: string): Instance | undefined {
  return isOwnInstance(name) ? ownInstanceNamed(name) : INSTANCES.find((instance) => instance.name === name)
}

/**
 * The instance of a name among some.
 *
 * @throws {InputError} `INSTANCE_UNKNOWN`, naming the known ones
 */
export function instanceNamed(name: string, instances: readonly Instance[]): Instance {
  const found = instances.find((instance) => instance.name === name)
  if (found) return found
  throw new InputError('INSTANCE_UNKNOWN', `there is no instance "${name}"`, {
    hint: `Known instances: ${instances.map((instance) => instance.name).join(', ')}.`,
  })
}

/**
 * The size and the hashes of an instance's circuit in this version; `undefined` for circuits and sizes of
 * somebody's own.
 */
export function shippedSnapshot(name: string): InstanceSnapshot | undefined {
  const shipped = shippedAlike(name)?.name ?? name
  return Object.hasOwn(SNAPSHOTS, shipped) ? SNAPSHOTS[shipped] : undefined
}

/**
 * Which circuit an instance of this version is: SHA-256 of its constraint system, which comments, line ends
 * and the names of files do not change. `undefined` for sizes that this version does not ship: whoever pins
 * the key vouches for its circuit.
 */
export function circuitHashOf(name: string): string | undefined {
  return shippedSnapshot(name)?.sha256.r1cs
}

/**
 * An instance of the production set: its circuit may no longer change, and once its keys have come out of a
 * ceremony, no other ceremony's count for it.
 */
export interface FrozenInstance {
  /** SHA-256 of the constraint system. */
  r1cs: string
  /** SHA-256 of the transcript of its ceremony; `null` until there is one. */
  transcript: string | null
  /** Hash of the verification key that came out of that ceremony. */
  keyHash?: string
}

/** What this version freezes of an instance; `undefined` for one that is not of the production set. */
export function frozenInstance(name: string): FrozenInstance | undefined {
  const shipped = shippedAlike(name)?.name ?? name
  return Object.hasOwn(PRODUCTION, shipped) ? PRODUCTION[shipped] : undefined
}
