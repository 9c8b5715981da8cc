import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import { ArtifactError } from '../errors/index.js'
import { sha256Schema } from '../schema/index.js'
import {
  type CircuitHashes,
  type FrozenInstance,
  frozenInstance,
  type Instance,
  type InstanceSnapshot,
  instanceNamed,
  namedInstance,
  shippedInstances,
  shippedSnapshot,
} from '../statements/index.js'

/**
 * Where the circuits are. Only tests and tools have a reason to name a place: without one, they are this
 * version's own.
 */
export interface CircuitsLocation {
  /** Holds `instances.json`, `constraints.json`, `production.json`, the main circuits and `lib/`. */
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

const productionSchema = z.record(
  z.string(),
  z
    .strictObject({
      r1cs: sha256Schema,
      transcript: sha256Schema.nullable(),
      keyHash: sha256Schema.exactOptional(),
    })
    .refine(({ transcript, keyHash }) => (transcript === null) === (keyHash === undefined), {
      error: 'has to name the key of its ceremony, and none without one',
    }) satisfies z.ZodType<FrozenInstance>,
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
 * The instance of a name: of this version, or of a project's own sizes, which its name says.
 *
 * @throws {InputError} `INSTANCE_UNKNOWN`, naming the known ones; `INSTANCE_SIZE` for own sizes beyond a
 * bound
 */
export function findInstance(name: string, location: CircuitsLocation = {}): Instance {
  return location.circuitsDir === undefined
    ? namedInstance(name)
    : instanceNamed(name, loadInstances(location))
}

/**
 * The snapshots of a folder's circuits, by instance.
 *
 * @throws {ArtifactError} `INSTANCES_FILE`
 */
export function loadSnapshots({ circuitsDir }: Required<CircuitsLocation>): Record<string, InstanceSnapshot> {
  return readJson(circuitsDir, 'constraints.json', snapshotSchema)
}

/** The hashes that an instance's circuit has to have; none for circuits and sizes of somebody's own. */
export function shippedHashes(name: string, location: CircuitsLocation = {}): CircuitHashes | undefined {
  return snapshotNamed(name, location)?.sha256
}

/** The snapshot of an instance, where it has one. */
export function snapshotNamed(name: string, { circuitsDir }: CircuitsLocation): InstanceSnapshot | undefined {
  if (circuitsDir === undefined) return shippedSnapshot(name)
  if (!existsSync(join(circuitsDir, 'constraints.json'))) return undefined
  const snapshots = loadSnapshots({ circuitsDir })
  return Object.hasOwn(snapshots, name) ? snapshots[name] : undefined
}

/**
 * The production set of a folder's circuits, by instance.
 *
 * @throws {ArtifactError} `INSTANCES_FILE`
 */
export function loadProduction({ circuitsDir }: Required<CircuitsLocation>): Record<string, FrozenInstance> {
  return readJson(circuitsDir, 'production.json', productionSchema)
}

/** What is frozen of an instance, if it is of the production set. */
export function frozenNamed(name: string, { circuitsDir }: CircuitsLocation): FrozenInstance | undefined {
  if (circuitsDir === undefined) return frozenInstance(name)
  if (!existsSync(join(circuitsDir, 'production.json'))) return undefined
  const production = loadProduction({ circuitsDir })
  return Object.hasOwn(production, name) ? production[name] : undefined
}

function readJson<T>(circuitsDir: string, file: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(readFileSync(join(circuitsDir, file), 'utf8')))
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message
    throw new ArtifactError('INSTANCES_FILE', why, { cause, where: `circuits/${file}` })
  }
}
