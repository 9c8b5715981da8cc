import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { ArtifactError } from '../errors/index.js'
import { inFolders, processIsAlive, sha256File } from '../files/index.js'
import { compileInstance, type Progress } from './compile.js'
import { writeDevelopmentKey } from './development-key.js'
import { type CircuitsLocation, domainSizeOf, findInstance, type Instance } from './instances.js'
import { ARTIFACT_FILES, MANIFEST_FILE, MANIFEST_SCHEMA, type Manifest, manifestSchema } from './manifest.js'
import { verificationKeyHash } from './proof.js'
import { countR1cs, openR1cs } from './r1cs.js'
import { COMPILER, circuitHash, gatherSources } from './sources.js'
import { readMainSignals, signalOf } from './symbols.js'
import { assertSoundKey } from './verify.js'
import { assertProvingKey, readVerificationKey } from './zkey.js'

/** An instance's compiled circuit and keys: files that were checked against the manifest, and what it says of them. */
export interface Artifacts extends Omit<Manifest, 'instance' | 'files'> {
  instance: Instance
  directory: string
  r1cs: string
  wasm: string
  symbols: string
  zkey: string
}

export interface ArtifactOptions extends CircuitsLocation {
  /** Where artifacts are kept, unless in `PLIMSOLL_CACHE`, `XDG_CACHE_HOME/plimsoll` or `~/.cache/plimsoll`. */
  cacheDir?: string
  onProgress?: Progress
}

/**
 * The artifacts of an instance: from the cache, or compiled and with a fresh development key: about a
 * quarter of a millisecond of processor time for each constraint, and as much again to compile it.
 *
 * @throws {InputError} `INSTANCE_UNKNOWN`
 * @throws {ArtifactError} `COMPILE_FAILED`, `ARTIFACT_BROKEN`, `INSTANCE_SIGNALS`
 * @example
 * const artifacts = await ensureArtifacts('ledger-tiny', { onProgress: console.error })
 * const { proof, publicSignals } = await snarkjsProver.prove(artifacts, inputs)
 */
export async function ensureArtifacts(name: string, options: ArtifactOptions = {}): Promise<Artifacts> {
  const found = await loadArtifacts(name, options)
  if (found) return found
  const { instance, hash, directory } = locate(name, options)
  await sweep(directory)
  const building = `${directory}.${process.pid}.${randomBytes(6).toString('hex')}`
  await inFolders([{ path: building }], async () => {
    try {
      await build(building, instance, hash, options)
      await rename(building, directory).catch((error: NodeJS.ErrnoException) => {
        // Another process was first: its key is the one to use.
        if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
      })
    } finally {
      await rm(building, { recursive: true, force: true })
    }
  })
  return (await loadArtifacts(name, options))!
}

/**
 * The artifacts of an instance when the cache has them for the circuit as it is now, every file checked.
 *
 * @throws {InputError} `INSTANCE_UNKNOWN`
 * @throws {ArtifactError} `ARTIFACT_BROKEN` naming the first file that is not what the manifest says.
 */
export async function loadArtifacts(
  name: string,
  options: ArtifactOptions = {},
): Promise<Artifacts | undefined> {
  const { instance, hash, directory } = locate(name, options)
  if (!existsSync(directory)) return undefined
  const { files, ...manifest } = await readManifest(directory, instance, hash)
  options.onProgress?.(`checking the artifacts of ${name}`)
  for (const file of ARTIFACT_FILES) {
    const actual = await sha256File(join(directory, file)).catch(() => undefined)
    if (actual !== files[file]) throw broken(instance, directory, file)
  }
  await assertSoundKey(manifest.verificationKey)
  await assertProvingKey(pathsIn(directory).zkey, manifest.verificationKey, openR1cs(pathsIn(directory).r1cs))
  return { ...manifest, instance, directory, ...pathsIn(directory) }
}

/**
 * The hash and the kind of the verification key that the cache has for an instance, from its manifest alone: enough to
 * check proofs against, not to make any.
 *
 * @throws {InputError} `INSTANCE_UNKNOWN`
 * @throws {ArtifactError} `ARTIFACT_BROKEN`
 */
export async function cachedKey(
  name: string,
  options: ArtifactOptions = {},
): Promise<Pick<Artifacts, 'keyHash' | 'keyKind'> | undefined> {
  const { instance, hash, directory } = locate(name, options)
  if (!existsSync(directory)) return undefined
  const { keyHash, keyKind } = await readManifest(directory, instance, hash)
  return { keyHash, keyKind }
}

/** Removes what a process that was killed in the middle of building left beside `directory`. */
async function sweep(directory: string): Promise<void> {
  const cache = dirname(directory)
  for (const name of await readdir(cache).catch(() => [])) {
    const [pid] = name.startsWith(`${basename(directory)}.`)
      ? name.slice(basename(directory).length + 1).split('.')
      : []
    if (pid !== undefined && !processIsAlive(Number(pid)))
      await rm(join(cache, name), { recursive: true, force: true })
  }
}

function locate(
  name: string,
  options: ArtifactOptions,
): { instance: Instance; hash: string; directory: string } {
  const instance = findInstance(name, options)
  const hash = circuitHash(instance, gatherSources([instance.file], options))
  const { PLIMSOLL_CACHE, XDG_CACHE_HOME } = process.env
  const shared = () => join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'plimsoll')
  const cache = options.cacheDir ?? (PLIMSOLL_CACHE || shared())
  return { instance, hash, directory: join(cache, `${name}-${hash.slice(0, 16)}`) }
}

async function build(
  directory: string,
  instance: Instance,
  hash: string,
  options: ArtifactOptions,
): Promise<void> {
  const { onProgress } = options
  const compiled = await compileInstance(directory, instance, options)
  const r1cs = openR1cs(compiled.r1cs)
  const signals = await readMainSignals(compiled.symbols, r1cs)
  const declared = [...new Set(signals.publicSignals.map(signalOf))]
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
  const { zkey } = pathsIn(directory)
  await writeDevelopmentKey(compiled.r1cs, zkey, onProgress ? { onProgress } : {})
  const verificationKey = await readVerificationKey(zkey)
  const { nonLinear, linear, wires } = countR1cs(r1cs)
  const hashes = await Promise.all(
    ARTIFACT_FILES.map(async (file) => [file, await sha256File(join(directory, file))]),
  )
  const manifest: Manifest = {
    schema: MANIFEST_SCHEMA,
    instance: instance.name,
    statement: instance.statement,
    sizes: instance.params,
    circuitHash: hash,
    compiler: COMPILER.version,
    keyKind: 'development',
    constraints: { nonLinear, linear },
    wires,
    domainSize: domainSizeOf(r1cs.constraints, r1cs.publicSignals),
    ...signals,
    files: Object.fromEntries(hashes) as Manifest['files'],
    verificationKey,
    keyHash: verificationKeyHash(verificationKey),
  }
  await writeFile(
    join(directory, MANIFEST_FILE),
    `${JSON.stringify(manifestSchema.parse(manifest), null, 2)}\n`,
  )
}

async function readManifest(directory: string, instance: Instance, hash: string): Promise<Manifest> {
  const read = async () =>
    manifestSchema.parse(JSON.parse(await readFile(join(directory, MANIFEST_FILE), 'utf8')))
  const manifest = await read().catch((cause: unknown) => {
    throw broken(instance, directory, MANIFEST_FILE, cause)
  })
  const fits =
    manifest.circuitHash === hash &&
    manifest.instance === instance.name &&
    manifest.keyHash === verificationKeyHash(manifest.verificationKey)
  if (!fits) throw broken(instance, directory, MANIFEST_FILE)
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
