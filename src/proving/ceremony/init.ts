import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { QUICKNET } from '../../beacon/index.js'
import { knownPowers } from '../../bundle/index.js'
import { ArtifactError, InputError } from '../../errors/index.js'
import { resolveOptional, runNode, sha256File, writeJson, writeNewFolder } from '../../files/index.js'
import { domainSizeOf, type Instance } from '../../statements/index.js'
import { compileInstance, type Progress } from '../compile.js'
import { curveCode } from '../curve-code.js'
import { CurveMemory } from '../curve-memory.js'
import { type CircuitsLocation, findInstance, snapshotNamed } from '../instances.js'
import { openR1cs } from '../r1cs.js'
import { circomCompiler } from '../sources.js'
import { BEACON_ITERATIONS } from './beacon.js'
import { sameBytes } from './bytes.js'
import { circuitHashOf } from './circuit-hash.js'
import { parseContributions } from './contributions.js'
import { Effort, powersEffort } from './effort.js'
import { type CeremonyFile, ceremonyPaths, ceremonySchema } from './files.js'
import { openKey } from './key-parts.js'
import { PointCheck, withCurveFor } from './points.js'
import { assertEnoughPowers, blake2bFile, openPowers, type Powers, powersFault } from './powers.js'

export interface InitCeremonyOptions extends CircuitsLocation {
  instances: readonly string[]
  /** A prepared file of powers of tau. */
  powers: string
  /** BLAKE2b-512 of powers of tau that the coordinator vouches for, beside those that are known here. */
  trustPowers?: string
  name: string
  coordinator: string
  /** Contributions without which no key of the ceremony counts (default: 3). */
  minContributions?: number
  /** This package's name and version. */
  software: string
  /** Seconds since 1970-01-01 UTC (default: the clock of this machine). */
  now?: number
  /** Seconds after which snarkjs is ended (default: 10 minutes, and 20 ms for each row of the circuit). */
  timeLimit?: number
  onProgress?: Progress
}

const DEFAULT_CONTRIBUTIONS = 3

/**
 * Begins a ceremony: compiles the circuits, verifies the powers of tau and makes the initial keys, which
 * everyone can make again.
 *
 * @param folder must not exist yet
 * @throws {InputError} `FILE_EXISTS`, `FILE_ACCESS`, `INSTANCE_UNKNOWN`, `POWERS_FORMAT`, `POWERS_SMALL`,
 * `POWERS_UNKNOWN`, `POWERS_RAW`, `JSON_SCHEMA`, `PACKAGE_MISSING`
 * @throws {ArtifactError} `POWERS_UNSOUND`, `COMPILE_FAILED`, `KEY_FAILED`
 */
export async function initCeremony(folder: string, options: InitCeremonyOptions): Promise<CeremonyFile> {
  const { onProgress } = options
  const location = options.circuitsDir === undefined ? {} : { circuitsDir: options.circuitsDir }
  const instances = options.instances.map((name) => findInstance(name, location))
  const powers = openPowers(options.powers)
  if (!powers.prepared) {
    throw new InputError('POWERS_RAW', 'has raw powers alone, and no Lagrange bases to make keys from', {
      where: powers.path,
      hint: 'Take a prepared file, or prepare this one: `npx snarkjs powersoftau prepare phase2`.',
    })
  }
  const blake2b = await blake2bFile(powers.path)
  if (knownPowers(blake2b) === undefined && blake2b !== options.trustPowers) {
    throw new InputError('POWERS_UNKNOWN', `is no file that is known here; its BLAKE2b hash is ${blake2b}`, {
      where: powers.path,
      hint: 'Take one of the published files, or vouch for this one yourself: --trust-ptau HASH.',
    })
  }
  // What is counted already need not be compiled to be known as too large.
  assertEnoughPowers(powers, countedDomains(instances, location))
  let file: CeremonyFile | undefined
  await writeNewFolder(folder, async (making) => {
    const paths = ceremonyPaths(making)
    const box = await mkdtemp(join(making, '.box-'))
    const described: CeremonyFile['instances'] = {}
    const circuits: { name: string; r1cs: string; domain: number }[] = []
    for (const instance of instances) {
      onProgress?.(`compiling ${instance.name}`)
      const directory = join(box, instance.name)
      await mkdir(directory)
      const { r1cs } = await compileInstance(directory, instance, location)
      const { constraints, publicSignals } = openR1cs(r1cs)
      circuits.push({ name: instance.name, r1cs, domain: domainSizeOf(constraints, publicSignals) })
    }
    assertEnoughPowers(powers, Object.fromEntries(circuits.map(({ name, domain }) => [name, domain])))
    // snarkjs never ends on powers that are not in order.
    await assertSoundPowers(powers, Math.max(...circuits.map(({ domain }) => domain)), onProgress)
    for (const { name, r1cs, domain } of circuits) {
      onProgress?.(`making the initial key of ${name}`)
      const path = paths.initial(name)
      await mkdir(dirname(path))
      await makeInitialKey(r1cs, powers, path, options.timeLimit ?? 600 + 0.02 * domain)
      const { wires, publicSignals } = openR1cs(r1cs)
      described[name] = {
        r1csHash: await sha256File(r1cs),
        wires,
        publicSignals,
        domain,
        initialKey: await sha256File(path),
        circuitHash: Buffer.from(await assertInitialKey(path, powers)).toString('hex'),
      }
    }
    await rm(box, { recursive: true })
    file = ceremonySchema.parse({
      schema: 'plimsoll/ceremony/1',
      name: options.name,
      opened: options.now ?? Math.floor(Date.now() / 1000),
      coordinator: options.coordinator,
      software: options.software,
      compiler: circomCompiler().version,
      powers: { blake2b, power: powers.power },
      beacon: { kind: QUICKNET.kind, chainHash: QUICKNET.chainHash, iterations: BEACON_ITERATIONS },
      minContributions: options.minContributions ?? DEFAULT_CONTRIBUTIONS,
      instances: described,
    } satisfies CeremonyFile)
    await writeJson(paths.ceremony, file)
  })
  return file!
}

/** Rows of the instances that somebody has counted, by name. */
function countedDomains(instances: readonly Instance[], location: CircuitsLocation): Record<string, number> {
  const counted = instances.map(({ name }) => ({ name, count: snapshotNamed(name, location) }))
  return Object.fromEntries(
    counted.flatMap(({ name, count }) =>
      count ? [[name, domainSizeOf(count.nonLinear + count.linear, count.public)]] : [],
    ),
  )
}

async function assertSoundPowers(powers: Powers, domain: number, onProgress?: Progress): Promise<void> {
  onProgress?.('verifying the powers of tau')
  const { count } = new Effort(powersEffort(domain), onProgress)
  const fault = await withCurveFor(domain, async (curve) =>
    powersFault(curve, new PointCheck(new CurveMemory(await curveCode())), powers, domain, count),
  )
  if (fault) throw new ArtifactError('POWERS_UNSOUND', fault, { where: powers.path })
}

/**
 * snarkjs leaves its files to the garbage collector and never ends on some inputs: it has its own process.
 */
const KEY_PROCESS = `
  const [snarkjs, r1cs, powers, key] = process.argv.slice(1)
  import(snarkjs)
    .then(({ zKey }) => zKey.newZKey(r1cs, powers, key))
    .then((hash) => process.exit(hash instanceof Uint8Array ? 0 : 1), (error) => { require('node:fs').writeSync(2, error.message); process.exit(1) })
`

async function makeInitialKey(r1cs: string, powers: Powers, key: string, seconds: number): Promise<void> {
  const snarkjs = pathToFileURL(resolveOptional('snarkjs', 'snarkjs')).href
  const args = ['--eval', KEY_PROCESS, '--', snarkjs, r1cs, powers.path, key]
  const { code, stderr } = await runNode(args, { env: {}, timeout: Math.ceil(1000 * seconds) })
  if (code === 0 && existsSync(key)) return
  const why = code === null ? `was ended after ${Math.round(seconds)} s` : stderr.trim() || 'made no key'
  throw new ArtifactError('KEY_FAILED', `snarkjs ${why}`, { where: key })
}

/** The hash of an initial key that nobody contributed to, made from these powers of tau. */
async function assertInitialKey(path: string, powers: Powers): Promise<Uint8Array> {
  const key = openKey(path)
  const { circuitHash, records } = parseContributions(key.contributions, path)
  if (records.length === 0 && sameBytes(circuitHash, await circuitHashOf(key, powers))) return circuitHash
  throw new ArtifactError('KEY_FAILED', 'snarkjs made another key than the circuit and the powers give', {
    where: path,
  })
}
