import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { ArtifactError } from '../errors/index.js'
import { inFolders, removeOnExit, sha256File, withFileLock } from '../files/index.js'
import { assertSoundKey, verificationKeyHash } from '../groth16/index.js'
import { formatJson } from '../schema/index.js'
import { domainSizeOf, type Instance } from '../statements/index.js'
import {
  assertCacheUnexposed,
  assertUnexposed,
  type CacheOptions,
  cacheFolder,
  leftoversOf,
  type Place,
  placeOf,
} from './cache.js'
import { compileInstance, type Progress } from './compile.js'
import { makeDevelopmentKey } from './development-key-process.js'
import { type CircuitsLocation, shippedHashes } from './instances.js'
import { ARTIFACT_FILES, KEY_FILE, KEY_FILE_SCHEMA, type KeyFile, keyFileSchema } from './key-file.js'
import { countR1cs, openR1cs, type R1cs } from './r1cs.js'
import { circomCompiler } from './sources.js'
import { readMainSignals, signalOf } from './symbols.js'
import { assertProvingKey, readVerificationKey } from './zkey.js'

/** An instance's compiled circuit and keys: files that were checked, and what the manifest says of them. */
export interface Artifacts extends Omit<KeyFile, 'instance' | 'files'> {
  instance: Instance
  /** Which circuit it is: SHA-256 of the constraint system. */
  circuitHash: string
  directory: string
  r1cs: string
  wasm: string
  symbols: string
  zkey: string
}

export interface ArtifactOptions extends CacheOptions {
  onProgress?: Progress
}

/**
 * The artifacts of an instance: from the cache, or compiled and with a fresh development key: about a quarter
 * of a millisecond of processor time for each constraint, and as much again to compile it. Of several
 * processes one makes them, and the others wait for it.
 *
 * @throws {InputError} `INSTANCE_UNKNOWN`
 * @throws {ArtifactError} `COMPILE_FAILED`, `ARTIFACT_BROKEN`, `INSTANCE_SIGNALS`, `CIRCUIT_FOREIGN`,
 * `CACHE_EXPOSED`
 * @example
 * const artifacts = await ensureArtifacts('ledger-tiny', { onProgress: console.error })
 * console.log(artifacts.keyHash, artifacts.keyKind) // … development
 */
export async function ensureArtifacts(name: string, options: ArtifactOptions = {}): Promise<Artifacts> {
  const found = await loadArtifacts(name, options)
  if (found) return found
  const place = placeOf(name, options)
  let told = false
  const wait = async ({ who }: { who: string }) => {
    if (!told) options.onProgress?.(`waiting for ${who}, which is making the artifacts of ${name}`)
    told = true
    await setTimeout(200)
  }
  await inFolders([{ path: cacheFolder(options), mode: 0o700 }], async () => {
    await assertCacheUnexposed(cacheFolder(options))
    await withFileLock(place.lock, () => makeIn(place, options), wait)
  })
  return (await loadArtifacts(name, options))!
}

/** Makes the artifacts beside their place and moves them there atomically. The caller holds the lock. */
async function makeIn(place: Place, options: ArtifactOptions): Promise<void> {
  // Another process may have been first. Whatever else was being made there was left by one that is dead.
  if (existsSync(place.directory)) return
  for (const path of await leftoversOf(place, options)) await rm(path, { recursive: true, force: true })
  const making = `${place.directory}.making.${randomBytes(6).toString('hex')}`
  const remove = removeOnExit(making)
  try {
    await inFolders([{ path: making, mode: 0o700 }], () => build(making, place, options))
    await rename(making, place.directory)
  } finally {
    remove()
  }
}

/**
 * The artifacts of an instance when the cache has them for the circuit as it is now, every file checked:
 * against the manifest, the circuit against the one that this version ships, the proving key against the
 * verification key, and the folder for others who could write to it.
 *
 * @throws {InputError} `INSTANCE_UNKNOWN`
 * @throws {ArtifactError} `ARTIFACT_BROKEN` naming the first file that is not what the manifest says,
 * `CIRCUIT_FOREIGN`, `CACHE_EXPOSED`, `KEY_UNSOUND`, `KEY_MISMATCH`
 */
export async function loadArtifacts(
  name: string,
  options: ArtifactOptions = {},
): Promise<Artifacts | undefined> {
  const place = placeOf(name, options)
  const { instance, directory } = place
  if (!existsSync(directory)) return undefined
  await assertUnexposed(directory)
  const read = await readManifest(place)
  const { files, instance: _, ...manifest } = read
  options.onProgress?.(`checking the artifacts of ${name}`)
  for (const file of ARTIFACT_FILES) {
    const actual = await sha256File(join(directory, file)).catch(() => undefined)
    if (actual !== files[file]) throw broken(instance, directory, file)
  }
  assertShipped(place, files, options)
  const paths = pathsIn(directory)
  const r1cs = openR1cs(paths.r1cs)
  const described = await keyFileOf(place, paths.symbols, r1cs)
  const { constraints } = manifest
  const fits = Object.entries(described).every(([field, value]) =>
    isDeepStrictEqual(read[field as keyof typeof described], value),
  )
  if (!fits || constraints.nonLinear + constraints.linear !== r1cs.constraints) {
    throw broken(instance, directory, KEY_FILE)
  }
  await assertSoundKey(manifest.verificationKey)
  await assertProvingKey(paths.zkey, manifest.verificationKey, r1cs)
  return { ...manifest, instance, circuitHash: files['circuit.r1cs'], directory, ...paths }
}

/**
 * The hash and the kind of the verification key that the cache has for an instance, and its circuit, from its
 * manifest alone: enough to check proofs against, not to make any.
 *
 * @throws {InputError} `INSTANCE_UNKNOWN`
 * @throws {ArtifactError} `ARTIFACT_BROKEN`, `CACHE_EXPOSED`
 */
export async function cachedKey(
  name: string,
  options: ArtifactOptions = {},
): Promise<Pick<Artifacts, 'keyHash' | 'keyKind' | 'circuitHash'> | undefined> {
  const place = placeOf(name, options)
  if (!existsSync(place.directory)) return undefined
  await assertUnexposed(place.directory)
  const { keyHash, keyKind, files } = await readManifest(place)
  return { keyHash, keyKind, circuitHash: files['circuit.r1cs'] }
}

async function build(directory: string, place: Place, options: ArtifactOptions): Promise<void> {
  const { instance } = place
  const compiled = await compileInstance(directory, instance, options)
  const r1cs = openR1cs(compiled.r1cs)
  const described = await keyFileOf(place, compiled.symbols, r1cs)
  const declared = [...new Set(described.publicSignals.map(signalOf))]
  if (declared.join() !== instance.public.join()) {
    throw new ArtifactError(
      'INSTANCE_SIGNALS',
      `the circuit's public signals are ${declared.join(', ')}, in this order`,
      {
        where: `circuits/instances.json, ${instance.name}`,
        hint: 'List them as the circuit declares them: outputs first, then inputs.',
      },
    )
  }
  const hashOf = (file: string) => sha256File(join(directory, file))
  const circuit = {
    'circuit.r1cs': await hashOf('circuit.r1cs'),
    'circuit.wasm': await hashOf('circuit.wasm'),
    'circuit.sym': await hashOf('circuit.sym'),
  }
  assertShipped(place, circuit, options)
  const { zkey } = pathsIn(directory)
  await makeDevelopmentKey(compiled.r1cs, zkey, options.onProgress)
  const verificationKey = await readVerificationKey(zkey)
  const { nonLinear, linear } = countR1cs(r1cs)
  const manifest: KeyFile = {
    ...described,
    constraints: { nonLinear, linear },
    files: { ...circuit, 'proving.zkey': await hashOf('proving.zkey') },
    verificationKey,
    keyHash: verificationKeyHash(verificationKey),
  }
  await writeFile(join(directory, KEY_FILE), formatJson(keyFileSchema.parse(manifest)))
}

/** Fields of a manifest that follow from the instance and its compiled circuit. */
async function keyFileOf({ instance, sourceHash }: Place, symbols: string, r1cs: R1cs) {
  return {
    schema: KEY_FILE_SCHEMA,
    instance: instance.name,
    statement: instance.statement,
    sizes: instance.params,
    sourceHash,
    compiler: circomCompiler().version,
    keyKind: 'development',
    wires: r1cs.wires,
    domainSize: domainSizeOf(r1cs.constraints, r1cs.publicSignals),
    ...(await readMainSignals(symbols, r1cs)),
  } as const
}

/**
 * Refuses a compiled circuit that is not the one that is shipped under the instance's name. Of the very
 * sources that are shipped, what calculates witnesses has to be the same, too: its hash in a manifest says
 * nothing, as whoever brings the folder writes the manifest.
 *
 * @throws {ArtifactError} `CIRCUIT_FOREIGN`
 */
function assertShipped(
  { instance, sourceHash, directory }: Place,
  files: Readonly<Record<'circuit.r1cs' | 'circuit.wasm' | 'circuit.sym', string>>,
  location: CircuitsLocation,
): void {
  const shipped = shippedHashes(instance.name, location)
  if (shipped === undefined) return
  const same =
    files['circuit.r1cs'] === shipped.r1cs &&
    (sourceHash !== shipped.sources ||
      (files['circuit.wasm'] === shipped.wasm && files['circuit.sym'] === shipped.symbols))
  if (same) return
  throw new ArtifactError('CIRCUIT_FOREIGN', `is not the circuit of ${instance.name} that this version has`, {
    where: directory,
    hint: `Delete the folder, if it is there, and run \`plimsoll setup ${instance.name}\`. Who changes a circuit counts it again: \`npx tsx scripts/count-constraints.ts ${instance.name}\`.`,
  })
}

async function readManifest({ instance, sourceHash, directory }: Place): Promise<KeyFile> {
  const read = async () => keyFileSchema.parse(JSON.parse(await readFile(join(directory, KEY_FILE), 'utf8')))
  const manifest = await read().catch((cause: unknown) => {
    throw broken(instance, directory, KEY_FILE, cause)
  })
  const fits =
    manifest.sourceHash === sourceHash &&
    manifest.instance === instance.name &&
    manifest.keyHash === verificationKeyHash(manifest.verificationKey)
  if (!fits) throw broken(instance, directory, KEY_FILE)
  return manifest
}

function pathsIn(directory: string): Pick<Artifacts, 'r1cs' | 'wasm' | 'symbols' | 'zkey'> {
  return {
    r1cs: join(directory, 'circuit.r1cs'),
    wasm: join(directory, 'circuit.wasm'),
    symbols: join(directory, 'circuit.sym'),
    zkey: join(directory, 'proving.zkey'),
  }
}

function broken(instance: Instance, directory: string, file: string, cause?: unknown): ArtifactError {
  return new ArtifactError('ARTIFACT_BROKEN', 'missing, or not the file that was made here', {
    where: join(directory, file),
    hint: `Delete ${directory} and run \`plimsoll setup ${instance.name}\`.`,
    cause,
  })
}
