import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import {
  assertRecordedCeremony,
  type CeremonyPin,
  type KeyPin,
  type KeyPins,
  kindOfPin,
  pinOf,
  TAKE_PINS,
} from '../bundle/index.js'
import { ArtifactError } from '../errors/index.js'
import { inFolders, type LockHolder, removeOnExit, sha256File, withFileLock } from '../files/index.js'
import { assertSoundKey, verificationKeyHash } from '../groth16/index.js'
import { formatJson } from '../schema/index.js'
import { domainSizeOf, type Instance } from '../statements/index.js'
import {
  assertCacheUnexposed,
  assertUnexposed,
  type CacheOptions,
  cacheFolder,
  cacheItems,
  ceremonyPlaceOf,
  leftoversOf,
  ownInCache,
  type Place,
  placeOf,
  placesOf,
} from './cache.js'
import type { Transcript } from './ceremony/files.js'
import { readTranscript } from './ceremony/transcript.js'
import { compileInstance, type Progress } from './compile.js'
import { makeDevelopmentKey } from './development-key-process.js'
import { type CircuitsLocation, frozenNamed, loadInstances, shippedHashes } from './instances.js'
import {
  ARTIFACT_FILES,
  KEY_FILE,
  KEY_FILE_SCHEMA,
  type KeyFile,
  keyFileSchema,
  TRANSCRIPT_FILE,
} from './key-file.js'
import { countR1cs, openR1cs, type R1cs } from './r1cs.js'
import { circomCompiler } from './sources.js'
import { readMainSignals, signalOf } from './symbols.js'
import { assertProvingKey, readVerificationKey } from './zkey.js'

/** What the manifest says of an instance's compiled circuit and keys, wherever their files are. */
export interface DescribedArtifacts extends Omit<KeyFile, 'instance' | 'files'> {
  instance: Instance
  /** Which circuit it is: SHA-256 of the constraint system. */
  circuitHash: string
  /** Which files they are: SHA-256 of the manifest, which has those of all others. */
  manifestHash: string
  /** Where they are, for messages. */
  directory: string
}

/** An instance's compiled circuit and keys: files that were checked, and what the manifest says of them. */
export interface Artifacts extends DescribedArtifacts {
  r1cs: string
  wasm: string
  symbols: string
  zkey: string
}

export interface ArtifactOptions extends CacheOptions {
  /**
   * Keys to take, and no others: the cache is then trusted for nothing. The pin of a ceremony's key fixes the
   * very file that proofs are made with, by the transcript that it names.
   */
  pins?: KeyPins
  onProgress?: Progress
}

/**
 * The artifacts of an instance: from the cache, or compiled and with a fresh development key: about a quarter
 * of a millisecond of processor time for each constraint, and as much again to compile it. Of several
 * processes one makes them, and the others wait for it.
 *
 * @throws {InputError} `INSTANCE_UNKNOWN`
 * @throws {ArtifactError} `COMPILE_FAILED`, `INSTANCE_SIGNALS`, `KEY_MISSING` when a key is pinned that the
 * cache does not have, and what `loadArtifacts` throws
 * @example
 * const artifacts = await ensureArtifacts('ledger-tiny', { onProgress: console.error })
 * console.log(artifacts.keyHash, artifacts.keyKind) // … development
 */
export async function ensureArtifacts(name: string, options: ArtifactOptions = {}): Promise<Artifacts> {
  const found = await loadArtifacts(name, options)
  if (found) return found
  if (options.pins !== undefined) {
    throw new ArtifactError(
      'KEY_MISSING',
      `this machine has no key of ${name}, and a new one is not pinned`,
      {
        hint: 'Keep the keys of a ceremony with `plimsoll ceremony verify FOLDER --ptau FILE --install`, or leave out --pins.',
      },
    )
  }
  const place = placeOf(name, options)
  let told = false
  const wait = async ({ who }: { who: string }) => {
    if (!told) options.onProgress?.(`waiting for ${who}, which is making the artifacts of ${name}`)
    told = true
    await setTimeout(200)
  }
  await lockPlace(place, options, () => makeIn(place, options), wait)
  return (await loadArtifacts(name, options))!
}

/**
 * Runs `work` while no other process makes or removes artifacts in a place of the cache, which need not be
 * there yet.
 *
 * @param wait told who does, as long as somebody does
 * @throws {ArtifactError} `CACHE_EXPOSED`
 */
export async function lockPlace(
  { lock }: Place,
  options: CacheOptions,
  work: () => Promise<void>,
  wait: (holder: LockHolder) => Promise<void> = () => setTimeout(200),
): Promise<void> {
  await inFolders([{ path: cacheFolder(options), mode: 0o700 }], async () => {
    await assertCacheUnexposed(cacheFolder(options))
    await withFileLock(lock, work, wait)
  })
}

/**
 * Keeps a key that came out of a ceremony, which was verified, and compiles its circuit: from now on proofs
 * of the instance are made with it. Another key of a ceremony that is kept there gives way.
 *
 * @param zkey the final key
 * @throws {ArtifactError} `CIRCUIT_FOREIGN`, `KEY_MISMATCH`, `ARTIFACT_BROKEN`, `CACHE_EXPOSED`
 */
export async function installCeremonyKey(
  name: string,
  zkey: string,
  { transcript, ceremony }: { transcript: Transcript; ceremony: CeremonyPin },
  options: ArtifactOptions = {},
): Promise<Artifacts> {
  const place = ceremonyPlaceOf(name, options)
  if (place === undefined) {
    throw new ArtifactError('CIRCUIT_FOREIGN', `this version has no circuit of ${name} to compare with`, {
      where: zkey,
    })
  }
  await lockPlace(place, options, async () => {
    await rm(place.directory, { recursive: true, force: true })
    await makeIn(place, options, {
      ceremony,
      async make(directory) {
        await copyFile(zkey, join(directory, 'proving.zkey'))
        await writeFile(join(directory, TRANSCRIPT_FILE), formatJson(transcript))
      },
    })
  })
  return (await loadFrom(place, options))!
}

/** Where the key of artifacts comes from. */
interface KeySource {
  ceremony?: CeremonyPin
  make(directory: string, r1cs: string): Promise<void>
}

/** Makes artifacts in their place. The caller holds the lock. */
async function makeIn(
  place: Place,
  options: ArtifactOptions,
  key: KeySource = {
    make: (directory, r1cs) => makeDevelopmentKey(r1cs, pathsIn(directory).zkey, options.onProgress),
  },
): Promise<void> {
  await fillPlace(place, options, (making) => build(making, place, options, key))
}

/**
 * Has a folder filled beside its place, and moves it there atomically; what is there already stays. The
 * caller holds the lock.
 */
export async function fillPlace(
  place: Place,
  options: CacheOptions,
  fill: (directory: string) => Promise<void>,
): Promise<void> {
  // Another process may have been first. Whatever else was being made there was left by one that is dead.
  if (existsSync(place.directory)) return
  for (const path of await leftoversOf(place, options)) await rm(path, { recursive: true, force: true })
  const making = `${place.directory}.making.${randomBytes(6).toString('hex')}`
  const remove = removeOnExit(making)
  try {
    await inFolders([{ path: making, mode: 0o700 }], () => fill(making))
    await rename(making, place.directory)
  } finally {
    remove()
  }
}

/**
 * The artifacts of an instance when the cache has them for the circuit as it is now, every file checked:
 * against the manifest, the circuit against the one that this version ships, the proving key against the
 * verification key and, if it came out of a ceremony, against the transcript, the key against its pin, where
 * there are pins, and the folder for others who could write to it.
 *
 * @throws {InputError} `INSTANCE_UNKNOWN`
 * @throws {ArtifactError} `ARTIFACT_BROKEN` naming the first file that is not what the manifest says,
 * `CIRCUIT_FOREIGN`, `CACHE_EXPOSED`, `KEY_UNSOUND`, `KEY_MISMATCH`, `KEY_UNPINNED`, `CEREMONY_UNPINNED`
 */
export async function loadArtifacts(
  name: string,
  options: ArtifactOptions = {},
): Promise<Artifacts | undefined> {
  return loadFrom(keptPlace(name, options), options)
}

/** Where the key that proofs of an instance are made with is kept, or is to be. */
function keptPlace(name: string, options: ArtifactOptions): Place {
  const places = placesOf(name, options)
  return places.find(({ directory }) => existsSync(directory)) ?? places.at(-1)!
}

/** The artifacts in a place, every file checked (see `loadArtifacts`). */
export async function loadFrom(place: Place, options: ArtifactOptions): Promise<Artifacts | undefined> {
  const { instance, directory } = place
  const { name } = instance
  if (!existsSync(directory)) return undefined
  await assertUnexposed(directory)
  const read = await readManifest(place)
  const { files, instance: _, ...manifest } = read
  if (options.pins !== undefined) assertPinned(place, read, options.pins)
  options.onProgress?.(`checking the artifacts of ${name}`)
  for (const file of ARTIFACT_FILES) {
    const actual = await sha256File(join(directory, file)).catch(() => undefined)
    if (actual !== files[file]) throw broken(instance, directory, file)
  }
  assertShipped(place, files, options)
  if (place.keyKind === 'ceremony') await assertOfTranscript(place, read, options)
  const paths = pathsIn(directory)
  const r1cs = openR1cs(paths.r1cs)
  const described = await keyFileOf(place, paths.symbols, r1cs, read.sourceHash)
  const { constraints } = manifest
  const fits = Object.entries(described).every(([field, value]) =>
    isDeepStrictEqual(read[field as keyof typeof described], value),
  )
  if (!fits || constraints.nonLinear + constraints.linear !== r1cs.constraints) {
    throw broken(instance, directory, KEY_FILE)
  }
  await assertSoundKey(manifest.verificationKey)
  await assertProvingKey(paths.zkey, manifest.verificationKey, r1cs)
  const manifestHash = await sha256File(join(directory, KEY_FILE))
  return { ...manifest, instance, circuitHash: files['circuit.r1cs'], manifestHash, directory, ...paths }
}

/**
 * The hash and the kind of the verification key that the cache has for an instance, and its circuit, from its
 * manifest and, of a ceremony's key, the transcript: enough to check proofs against, not to make any.
 *
 * @throws {InputError} `INSTANCE_UNKNOWN`
 * @throws {ArtifactError} `ARTIFACT_BROKEN`, `CACHE_EXPOSED`
 */
export async function cachedKey(
  name: string,
  options: ArtifactOptions = {},
): Promise<Pick<Artifacts, 'keyHash' | 'keyKind' | 'circuitHash' | 'ceremony'> | undefined> {
  const place = keptPlace(name, options)
  if (!existsSync(place.directory)) return undefined
  await assertUnexposed(place.directory)
  const manifest = await readManifest(place)
  if (place.keyKind === 'ceremony') await assertOfTranscript(place, manifest, options)
  const { keyHash, keyKind, files, ceremony } = manifest
  return { keyHash, keyKind, circuitHash: files['circuit.r1cs'], ...(ceremony && { ceremony }) }
}

/**
 * The pins of all keys that the cache has for instances as they are now (see `cachedKey`).
 *
 * @throws {InputError} `PACKAGE_MISSING` where the circuits' packages are not installed
 * @throws {ArtifactError} `ARTIFACT_BROKEN`, `CACHE_EXPOSED`
 */
export async function cachedKeys(options: ArtifactOptions = {}): Promise<KeyPins> {
  // Which circuit a key is of takes the compiler, whatever the cache has.
  circomCompiler()
  const known = new Set([...loadInstances(options).map(({ name }) => name), ...(await ownInCache(options))])
  const names = new Set((await cacheItems(options)).map(({ instance }) => instance))
  const pins: Record<string, KeyPin> = {}
  for (const name of names) {
    const key = known.has(name) ? await cachedKey(name, options) : undefined
    if (key !== undefined) pins[name] = key
  }
  return pins
}

async function build(
  directory: string,
  place: Place,
  options: ArtifactOptions,
  { ceremony, make }: KeySource,
): Promise<void> {
  const { instance } = place
  const compiled = await compileInstance(directory, instance, options)
  const r1cs = openR1cs(compiled.r1cs)
  const described = await keyFileOf(place, compiled.symbols, r1cs, place.sourceHash)
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
  await make(directory, compiled.r1cs)
  const verificationKey = await readVerificationKey(zkey)
  const { nonLinear, linear } = countR1cs(r1cs)
  const manifest: KeyFile = {
    ...described,
    ...(ceremony && { ceremony }),
    constraints: { nonLinear, linear },
    files: { ...circuit, 'proving.zkey': await hashOf('proving.zkey') },
    verificationKey,
    keyHash: verificationKeyHash(verificationKey),
  }
  await writeFile(join(directory, KEY_FILE), formatJson(keyFileSchema.parse(manifest)))
}

/** Fields of a manifest that follow from the instance and its compiled circuit. */
async function keyFileOf({ instance, keyKind, ...place }: Place, symbols: string, r1cs: R1cs, made: string) {
  // The key of a ceremony is of the constraints, whatever the comments were when it was kept.
  const sourceHash = keyKind === 'ceremony' ? made : place.sourceHash
  return {
    schema: KEY_FILE_SCHEMA,
    instance: instance.name,
    statement: instance.statement,
    sizes: instance.params,
    sourceHash,
    compiler: circomCompiler().version,
    keyKind,
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
  { instance, keyKind, sourceHash, directory }: Place,
  files: Readonly<Record<'circuit.r1cs' | 'circuit.wasm' | 'circuit.sym', string>>,
  location: CircuitsLocation,
): void {
  const shipped = shippedHashes(instance.name, location)
  if (shipped === undefined) return
  const same =
    files['circuit.r1cs'] === shipped.r1cs &&
    (sourceHash !== shipped.sources ||
      (files['circuit.wasm'] === shipped.wasm && files['circuit.sym'] === shipped.symbols)) &&
    // Comments change the names of the symbols' file alone.
    (keyKind === 'development' || files['circuit.wasm'] === shipped.wasm)
  if (same) return
  throw new ArtifactError('CIRCUIT_FOREIGN', `is not the circuit of ${instance.name} that this version has`, {
    where: directory,
    hint: `Delete the folder, if it is there, and run \`plimsoll setup ${instance.name}\`. Who changes a circuit counts it again: \`npx tsx scripts/count-constraints.ts ${instance.name}\`.`,
  })
}

/**
 * Refuses a key whose file, circuit, verification key or ceremony is not the one that the transcript beside
 * it names, a transcript that does not hold, and one of another ceremony than this version freezes.
 *
 * @throws {ArtifactError} `ARTIFACT_BROKEN`, `CEREMONY_UNPINNED`
 */
async function assertOfTranscript(
  { instance, directory }: Place,
  manifest: KeyFile,
  location: CircuitsLocation,
): Promise<void> {
  const { name } = instance
  const path = join(directory, TRANSCRIPT_FILE)
  const refuse = (cause?: unknown) => broken(instance, directory, TRANSCRIPT_FILE, cause)
  const read = async () => readTranscript(await readFile(path, 'utf8'), path)
  const { transcript, pins } = await read().catch((cause: unknown) => {
    throw refuse(cause)
  })
  const { keyHash, keyKind, ceremony, files } = manifest
  const { 'circuit.r1cs': circuitHash, 'proving.zkey': provingKey } = files
  const fits =
    isDeepStrictEqual(pins[name], { keyHash, circuitHash, keyKind, ceremony }) &&
    transcript.keys[name]?.provingKey === provingKey
  if (!fits) throw refuse()
  assertRecordedCeremony(name, manifest, frozenNamed(name, location))
}

/**
 * Refuses a key that is not the pinned one: of a ceremony's, the transcript counts, which names its file.
 *
 * @throws {ArtifactError} `KEY_UNPINNED`
 */
function assertPinned(
  { instance: { name }, directory }: Place,
  { keyHash, keyKind, ceremony, files }: KeyFile,
  pins: KeyPins,
): void {
  const pin = pinOf(pins, name)
  const same =
    pin?.keyHash === keyHash &&
    pin.circuitHash === files['circuit.r1cs'] &&
    kindOfPin(pin) === keyKind &&
    pin.ceremony?.transcript === ceremony?.transcript
  if (same) return
  throw new ArtifactError('KEY_UNPINNED', `the key of ${name} in the cache is not the pinned one`, {
    where: directory,
    hint: TAKE_PINS,
  })
}

async function readManifest({ instance, keyKind, sourceHash, directory }: Place): Promise<KeyFile> {
  const read = async () => keyFileSchema.parse(JSON.parse(await readFile(join(directory, KEY_FILE), 'utf8')))
  const manifest = await read().catch((cause: unknown) => {
    throw broken(instance, directory, KEY_FILE, cause)
  })
  const fits =
    manifest.keyKind === keyKind &&
    (keyKind === 'ceremony') === (manifest.ceremony !== undefined) &&
    (keyKind === 'ceremony' || manifest.sourceHash === sourceHash) &&
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

/**
 * The text of the transcript beside artifacts whose key came out of a ceremony, which loading them checked.
 */
export async function transcriptOf({ keyKind, directory }: Artifacts): Promise<string | undefined> {
  return keyKind === 'ceremony' ? readFile(join(directory, TRANSCRIPT_FILE), 'utf8') : undefined
}
