import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { ArtifactError, InputError } from '../errors/index.js'
import { sha256Schema } from '../schema/index.js'

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

/** Where the circuits are. Only tests and tools have a reason to name another place than the package's own. */
export interface CircuitsLocation {
  /** Holds `instances.json`, `constraints.json`, the main circuits and `lib/`. */
  circuitsDir?: string
}

/** What the package ships: two levels above this file, in `src` as in `dist`. */
export const PACKAGE_CIRCUITS = fileURLToPath(new URL('../../circuits', import.meta.url))

const identifier = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'has to be an identifier')
const instanceSchema = z.strictObject({
  statement: z.string().min(1),
  file: z.string().regex(/^[a-z0-9-]+\.circom$/, 'has to be the name of a circuit file'),
  template: identifier,
  params: z.record(identifier, z.int().nonnegative()),
  public: z.array(identifier).min(1),
})
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
    /** What the compiler makes of the instance: whatever is counted is named, so that nothing else passes for it. */
    sha256: z.strictObject({
      /** Of all that decides what the compiler makes: see `sourceHash`. */
      sources: sha256Schema,
      r1cs: sha256Schema,
      wasm: sha256Schema,
      symbols: sha256Schema,
    }),
  }),
)

/** What is shipped of an instance: how large it is, and which circuit it is. */
export type InstanceSnapshot = z.infer<typeof snapshotSchema>[string]
/** How large a compiled instance is. */
export type ConstraintCount = Omit<InstanceSnapshot, 'sha256'>
/** SHA-256 of an instance's sources, and of what the compiler makes of them. */
export type CircuitHashes = InstanceSnapshot['sha256']

/**
 * Every instance of `circuits/instances.json`, in the file's order.
 *
 * @throws {ArtifactError} `INSTANCES_FILE`
 */
export function loadInstances(location: CircuitsLocation = {}): Instance[] {
  const instances = readJson('instances.json', instancesSchema, location)
  return Object.entries(instances).map(([name, instance]) => ({ name, ...instance }))
}

/**
 * The instance of a name.
 *
 * @throws {InputError} `INSTANCE_UNKNOWN`, naming the known ones.
 */
export function findInstance(name: string, location: CircuitsLocation = {}): Instance {
  const instances = loadInstances(location)
  const found = instances.find((instance) => instance.name === name)
  if (found) return found
  throw new InputError('INSTANCE_UNKNOWN', `there is no instance "${name}"`, {
    hint: `Known instances: ${instances.map((instance) => instance.name).join(', ')}.`,
  })
}

export interface InstanceDescription extends Instance {
  constraints: { nonLinear: number; linear: number }
  wires: number
  /** Rows of the proof system's domain, a power of two. */
  domainSize: number
  /** How much of the domain the circuit uses, 0 to 1. */
  fill: number
}

/**
 * What `setup --list` says of an instance, from the committed snapshot `circuits/constraints.json`: compiles nothing.
 *
 * @throws {InputError} `INSTANCE_UNKNOWN`
 * @throws {ArtifactError} `SNAPSHOT_MISSING` when the snapshot does not know the instance.
 */
export function describeInstance(name: string, location: CircuitsLocation = {}): InstanceDescription {
  const instance = findInstance(name, location)
  const count = readJson('constraints.json', snapshotSchema, location)[name]
  if (!count) {
    throw new ArtifactError('SNAPSHOT_MISSING', `circuits/constraints.json does not know "${name}"`, {
      hint: 'Count the constraints of every instance again and commit the file.',
    })
  }
  const rows = count.nonLinear + count.linear + count.public + 1
  const domainSize = domainSizeOf(count.nonLinear + count.linear, count.public)
  return {
    ...instance,
    constraints: { nonLinear: count.nonLinear, linear: count.linear },
    wires: count.wires,
    domainSize,
    fill: rows / domainSize,
  }
}

/** What this version ships of an instance's circuit; `undefined` for circuits of somebody's own. */
export function shippedHashes(name: string, location: CircuitsLocation = {}): CircuitHashes | undefined {
  const { circuitsDir = PACKAGE_CIRCUITS } = location
  if (!existsSync(join(circuitsDir, 'constraints.json'))) return undefined
  const snapshot = readJson('constraints.json', snapshotSchema, location)
  return Object.hasOwn(snapshot, name) ? snapshot[name]!.sha256 : undefined
}

/**
 * Which circuit an instance of this version is: SHA-256 of its constraint system, which comments, line ends and the names of
 * files do not change. `undefined` when there is no such instance.
 */
export function circuitHashOf(name: string): string | undefined {
  return shippedHashes(name)?.r1cs
}

/** The smallest power of two that holds the constraints and a row for each public signal and for the one. */
export function domainSizeOf(constraints: number, publicSignals: number): number {
  return 2 ** Math.max(1, Math.ceil(Math.log2(constraints + publicSignals + 1)))
}

function readJson<T>(
  file: string,
  schema: z.ZodType<T>,
  { circuitsDir = PACKAGE_CIRCUITS }: CircuitsLocation,
): T {
  try {
    return schema.parse(JSON.parse(readFileSync(join(circuitsDir, file), 'utf8')))
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message
    throw new ArtifactError('INSTANCES_FILE', why, { cause, where: `circuits/${file}` })
  }
}
