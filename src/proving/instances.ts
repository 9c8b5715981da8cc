import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import { ArtifactError } from '../errors/index.js'
import { sha256Schema } from '../schema/index.js'
import {
  type CircuitHashes,
  domainSizeOf,
  estimateCount,
  type Instance,
  type InstanceSnapshot,
  instanceNamed,
  shippedInstances,
  shippedSnapshot,
} from '../statements/index.js'

/**
 * Where the circuits are. Only tests and tools have a reason to name a place: without one, they are this
 * version's own.
 */
export interface CircuitsLocation {
  /** Holds `instances.json`, `constraints.json`, the main circuits and `lib/`. */
  circuitsDir?: string
}

/** Folder that the package ships, two levels above this file in `src` and in `dist`. */
export const PACKAGE_CIRCUITS = fileURLToPath(new URL('../../circuits', import.meta.url))

const identifier = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'has to be an identifier')
const instanceSchema = z.strictObject({
  statement: z.string().min(1),
  file: z.string().regex(/^[a-z0-9-]+\.circom$/, 'has to be the name of a circuit file'),
  template: identifier,
  params: z.record(identifier, z.int().nonnegative()),
  public: z.array(identifier).min(1),
}) satisfies z.ZodType<Omit<Instance, 'name'>>
const instancesSchema = z.record(
  z.string().regex(/^[a-z0-9-]+$/, 'has to be lower-case letters, digits and hyphens'),
  instanceSchema,
)

const snapshotSchema = z.record(
  z.string(),
  z.strictObject({
    nonLinear: z.int().nonnegative(),
    linear: z.int().nonnegative(),
    wires: z.int().positive(),
    public: z.int().nonnegative(),
    sha256: z.strictObject({
      sources: sha256Schema,
      r1cs: sha256Schema,
      wasm: sha256Schema,
      symbols: sha256Schema,
    }),
  }) satisfies z.ZodType<InstanceSnapshot>,
)

/**
 * Every instance, in the order of `instances.json`.
 *
 * @throws {ArtifactError} `INSTANCES_FILE`
 * @example
 * const names = loadInstances().map(({ name }) => name)
 */
export function loadInstances({ circuitsDir }: CircuitsLocation = {}): Instance[] {
  if (circuitsDir === undefined) return [...shippedInstances()]
  const instances = readJson(circuitsDir, 'instances.json', instancesSchema)
  return Object.entries(instances).map(([name, instance]) => ({ name, ...instance }))
}

/**
 * The instance of a name.
 *
 * @throws {InputError} `INSTANCE_UNKNOWN`, naming the known ones.
 */
export function findInstance(name: string, location: CircuitsLocation = {}): Instance {
  return instanceNamed(name, loadInstances(location))
}

/**
 * The snapshots of a folder's circuits, by instance.
 *
 * @throws {ArtifactError} `INSTANCES_FILE`
 */
export function loadSnapshots({ circuitsDir }: Required<CircuitsLocation>): Record<string, InstanceSnapshot> {
  return readJson(circuitsDir, 'constraints.json', snapshotSchema)
}

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
 * Describes an instance for `setup --list` from its snapshot, or about where it has none, without compiling
 * it.
 *
 * @throws {InputError} `INSTANCE_UNKNOWN`
 * @throws {ArtifactError} `SNAPSHOT_MISSING` when the snapshot does not know the instance.
 * @example
 * const { constraints, fill } = describeInstance('ledger-4-16')
 */
export function describeInstance(name: string, location: CircuitsLocation = {}): InstanceDescription {
  const instance = findInstance(name, location)
  const { constraints, counted, wires, domainSize } = estimateInstance(instance, location)
  const rows = constraints.nonLinear + constraints.linear + instance.public.length + 1
  return { ...instance, constraints, counted, wires, domainSize, fill: Math.min(1, rows / domainSize) }
}

/**
 * How large an instance is: as shipped, or where nobody has counted it, about. Instances are made to fill
 * their domain, so one that an estimate puts a little above a power of two is taken to be within it.
 */
export function estimateInstance(
  instance: Instance,
  location: CircuitsLocation = {},
): Pick<InstanceDescription, 'constraints' | 'counted' | 'wires' | 'domainSize'> {
  const counted = snapshotNamed(instance.name, location)
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
  const domainSize = domainSizeOf(counted ? constraints : constraints * (1 - ESTIMATE_ERROR), count.public)
  return {
    constraints: { nonLinear: count.nonLinear, linear: count.linear },
    counted: counted !== undefined,
    wires: Math.min(count.wires, domainSize),
    domainSize,
  }
}

const ESTIMATE_ERROR = 0.04

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

/** The hashes that an instance's circuit has to have; `undefined` for circuits of somebody's own. */
export function shippedHashes(name: string, location: CircuitsLocation = {}): CircuitHashes | undefined {
  return snapshotNamed(name, location)?.sha256
}

function snapshotNamed(name: string, { circuitsDir }: CircuitsLocation): InstanceSnapshot | undefined {
  if (circuitsDir === undefined) return shippedSnapshot(name)
  if (!existsSync(join(circuitsDir, 'constraints.json'))) return undefined
  const snapshots = loadSnapshots({ circuitsDir })
  return Object.hasOwn(snapshots, name) ? snapshots[name] : undefined
}

function readJson<T>(circuitsDir: string, file: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(readFileSync(join(circuitsDir, file), 'utf8')))
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message
    throw new ArtifactError('INSTANCES_FILE', why, { cause, where: `circuits/${file}` })
  }
}
