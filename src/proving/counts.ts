import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ArtifactError } from '../errors/index.js'
import {
  type ConstraintCount,
  domainSizeOf,
  ESTIMATE_ERROR,
  estimateCount,
  type Instance,
  isOwnInstance,
} from '../statements/index.js'
import { type CacheOptions, cacheFolder, placeOf } from './cache.js'
import { findInstance, snapshotNamed } from './instances.js'
import { KEY_FILE, keyFileSchema } from './key-file.js'

export interface InstanceDescription extends Instance {
  constraints: { nonLinear: number; linear: number }
  /** Whether somebody has counted them; else they are estimated, within some percent. */
  counted: boolean
  wires: number
  /** Rows of the proof system's domain, a power of two. */
  domainSize: number
  /** How much of the domain the circuit uses, 0 to 1. */
  fill: number
}

/**
 * Describes an instance for `setup --list` without compiling it: from its snapshot, of own sizes from what
 * was compiled here, else about.
 *
 * @throws {InputError} `INSTANCE_UNKNOWN`
 * @throws {ArtifactError} `SNAPSHOT_MISSING` when the snapshot does not know the instance.
 * @example
 * const { constraints, fill } = describeInstance('ledger-4-16')
 */
export function describeInstance(name: string, location: CacheOptions = {}): InstanceDescription {
  const instance = findInstance(name, location)
  const { constraints, counted, wires, domainSize } = estimateInstance(instance, location)
  const rows = constraints.nonLinear + constraints.linear + instance.public.length + 1
  return { ...instance, constraints, counted, wires, domainSize, fill: Math.min(1, rows / domainSize) }
}

/**
 * How large an instance is: as shipped or as compiled here, or where nobody has counted it, about. Instances
 * are made to fill their domain, so one that an estimate puts a little above a power of two is taken to be
 * within it, unless its sizes are a project's own.
 */
export function estimateInstance(
  instance: Instance,
  location: CacheOptions = {},
): Pick<InstanceDescription, 'constraints' | 'counted' | 'wires' | 'domainSize'> {
  const counted = snapshotNamed(instance.name, location) ?? compiledCount(instance, location)
  const count = counted ?? estimateCount(instance)
  if (count === undefined) {
    throw new ArtifactError(
      'SNAPSHOT_MISSING',
      `circuits/constraints.json does not know "${instance.name}"`,
      {
        hint: 'Count the constraints of every instance again and commit the file.',
      },
    )
  }
  const constraints = count.nonLinear + count.linear
  const error = counted ? 0 : isOwnInstance(instance.name) ? ESTIMATE_ERROR : -ESTIMATE_ERROR
  const domainSize = domainSizeOf(constraints * (1 + error), count.public)
  return {
    constraints: { nonLinear: count.nonLinear, linear: count.linear },
    counted: counted !== undefined,
    wires: Math.min(count.wires, domainSize),
    domainSize,
  }
}

/** What a proof takes whatever its circuit is, in rows. */
const ROWS_OF_ANY_PROOF = 2 ** 14

/**
 * What a proof by an instance takes, in rows of the proof system: its time goes by the wires and the domain
 * of the circuit.
 */
export function proofRows(instance: Instance): number {
  const { wires, domainSize } = estimateInstance(instance)
  return wires + domainSize + ROWS_OF_ANY_PROOF
}

/**
 * How large the circuit of a project's own sizes is, once this machine has compiled it. It serves to plan
 * with: what is proven with is read and checked by `loadArtifacts`.
 */
function compiledCount({ name }: Instance, options: CacheOptions): ConstraintCount | undefined {
  if (options.circuitsDir !== undefined || !isOwnInstance(name)) return undefined
  try {
    if (!readdirSync(cacheFolder(options)).some((entry) => entry.startsWith(`${name}-`))) return undefined
    const { directory } = placeOf(name, options)
    const { constraints, wires, publicSignals } = keyFileSchema.parse(
      JSON.parse(readFileSync(join(directory, KEY_FILE), 'utf8')),
    )
    return { ...constraints, wires, public: publicSignals.length }
  } catch {
    return undefined
  }
}
