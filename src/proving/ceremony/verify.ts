import { existsSync, readFileSync } from 'node:fs'
import { roundRandomness } from '../../beacon/index.js'
import {
  Checks,
  type EpochCheck,
  type Found,
  fail,
  type KeyPins,
  knownPowers,
  passed,
} from '../../bundle/index.js'

import { EXIT, type ExitCode } from '../../errors/index.js'
import { sha256File } from '../../files/index.js'
import { formatJson } from '../../schema/index.js'
import type { Progress } from '../compile.js'
import { curveCode } from '../curve-code.js'
import { CurveMemory } from '../curve-memory.js'
import type { CircuitsLocation } from '../instances.js'
import { BEACON_ITERATIONS, beaconValue } from './beacon.js'
import { sameBytes } from './bytes.js'
import { contributionHash } from './contributions.js'
import { Effort, instanceEffort, powersEffort } from './effort.js'
import { ceremonyPaths, type Transcript, transcriptSchema } from './files.js'
import { PointCheck, withCurveFor } from './points.js'
import { assertEnoughPowers, blake2bFile, openPowers, powersFault } from './powers.js'
import { type CeremonyState, readCeremony, turnCount } from './read.js'
import { attestationsFault, closingFault, type ReadTranscript, readTranscript } from './transcript.js'
import { INSTANCE_CHECKS, type VerifiedInstance, verifyInstance } from './verify-instance.js'

export interface VerifyCeremonyOptions extends CircuitsLocation {
  /** A file of powers of tau: the very one that the ceremony began with. */
  powers: string
  /** BLAKE2b-512 of powers of tau that the verifier vouches for, beside those that are known here. */
  trustPowers?: string
  onCheck?: (check: EpochCheck) => void
  onProgress?: Progress
}

/** Report on a ceremony. */
export interface CeremonyReport {
  valid: boolean
  name: string
  checks: EpochCheck[]
  /** Who contributed, in order. */
  contributors: { name: string; signer: string }[]
  /** The transcript, and its SHA-256, of a ceremony that is valid. */
  transcript?: Transcript
  transcriptHash?: string
  /** The pins of a ceremony that is valid. */
  pins?: KeyPins
  exitCode: ExitCode
}

/** The checks that are not of one instance. */
const COMMON_CHECKS = ['7-powers', '16-contributions', '17-beacon', '20-attestations', '21-transcript']

/**
 * Verifies a whole ceremony from nothing but its folder, a file of powers of tau and the sources of the
 * circuits: 22 numbered checks, most of them once for each instance. What could not be checked is reported as
 * failed. It shares no code with snarkjs.
 *
 * @throws {InputError} `CEREMONY_FOLDER`, `POWERS_FORMAT`, `POWERS_SMALL`, `INSTANCE_UNKNOWN`,
 * `PACKAGE_MISSING`, what `readJsonFile` throws
 * @throws {ArtifactError} `NO_RANDOMNESS`
 * @example
 * const { valid, pins } = await verifyCeremony('ceremony', { powers: 'powersOfTau28_hez_final_18.ptau' })
 * if (valid) console.log(pins)
 */
export async function verifyCeremony(
  folder: string,
  options: VerifyCeremonyOptions,
): Promise<CeremonyReport> {
  const state = await readCeremony(folder)
  const { file, instances, attestations } = state
  const sizes = Object.values(file.instances)
  const domain = Math.max(...sizes.map((size) => size.domain))
  const checks = new Checks(options.onCheck)
  const opened = openPowers(options.powers)
  assertEnoughPowers(
    opened,
    Object.fromEntries(instances.map((name) => [name, file.instances[name]!.domain])),
  )
  const turns = turnCount(state)
  const total = sizes.reduce((sum, size) => sum + instanceEffort(size, turns), powersEffort(domain))
  const { count } = new Effort(total, options.onProgress)
  const verified = await withCurveFor(domain, async (curve) => {
    const points = new PointCheck(new CurveMemory(await curveCode()))
    const powers = await checks.run(
      '7-powers',
      async () => {
        const hash = await blake2bFile(opened.path)
        if (hash !== file.powers.blake2b) fail('is another file than the one that ceremony.json names')
        const known = knownPowers(hash)
        if (known === undefined && hash !== options.trustPowers) {
          fail(`is no file that is known here; its BLAKE2b hash is ${hash}`, {
            todo: 'If you vouch for these powers of tau yourself, name the hash with --trust-ptau.',
          })
        }
        const fault = await powersFault(curve, points, opened, domain, count)
        if (fault) fail(fault)
        return { found: opened, detail: known ?? 'powers of tau that you vouch for, in every row' }
      },
      EXIT.artifact,
    )
    const found: VerifiedInstance[] = []
    const { circuitsDir } = options
    for (const name of instances) {
      options.onProgress?.(`checking ${name}`)
      const instance = await verifyInstance(
        {
          state,
          checks,
          curve,
          points,
          powers,
          count,
          ...(circuitsDir === undefined ? {} : { circuitsDir }),
        },
        name,
      )
      if (instance !== undefined) found.push(instance)
    }
    await checks.run(
      '20-attestations',
      () => verifyAttestations(state, found, (record) => contributionHash(curve, record)),
      EXIT.artifact,
    )
    return found
  })
  await checks.run('16-contributions', () => verifyCount(state, verified), EXIT.artifact)
  await checks.run('17-beacon', () => verifyBeacon(state, verified), EXIT.artifact)
  const read = await checks.run('21-transcript', () => verifyTranscript(state, verified), EXIT.artifact)
  const ran = new Set(checks.list.map(({ id }) => id))
  const wanted = [
    ...COMMON_CHECKS,
    ...instances.flatMap((name) => INSTANCE_CHECKS.map((id) => `${id}:${name}`)),
  ]
  for (const id of wanted) {
    if (!ran.has(id)) checks.add({ id, valid: false, detail: 'was not run' }, EXIT.artifact)
  }
  const report = {
    name: file.name,
    checks: checks.list,
    contributors: attestations.map(({ name, signer }) => ({ name, signer })),
    exitCode: checks.exitCode,
  }
  if (!checks.valid || read === undefined) return { valid: false, ...report }
  const { transcript, hash, pins } = read
  return { valid: true, ...report, transcript, transcriptHash: hash, pins }
}

/** Check 20: what each contributor signed is what the files hold, and nobody stands in it twice. */
async function verifyAttestations(
  { hash, file, attestations, instances }: CeremonyState,
  verified: readonly VerifiedInstance[],
  hashOf: (record: VerifiedInstance['records'][number]) => string,
): Promise<Found<true>> {
  if (verified.length !== instances.length) fail('not checked: an instance failed')
  const fault = await attestationsFault(file, hash, attestations)
  if (fault) fail(fault)
  for (const [i, { name: who, contributions }] of attestations.entries()) {
    for (const { name, records, turnHashes } of verified) {
      const said = contributions[name]!
      if (said.turn !== turnHashes[i] || said.hash !== hashOf(records[i]!)) {
        fail(`attestation ${i + 1} by ${who} is not of the contribution to ${name} that the folder has`)
      }
    }
  }
  return passed(`${attestations.length} signed, of at least ${file.minContributions}`)
}

/** Check 16: contributions that are no beacon, each attested, and enough of them; no factor used twice. */
function verifyCount(
  { file, attestations, instances }: CeremonyState,
  verified: readonly VerifiedInstance[],
): Found<true> {
  if (verified.length !== instances.length) fail('not checked: an instance failed')
  const seen = new Set<string>()
  for (const { name, records } of verified) {
    const plain = records.filter(({ beacon }) => beacon === undefined)
    if (plain.length !== attestations.length) {
      fail(
        `${name} has ${plain.length} contributions that are no beacon, and ${attestations.length} are attested`,
      )
    }
    if (plain.length < file.minContributions) {
      fail(
        `${name} has ${plain.length} contributions that are no beacon, of at least ${file.minContributions}`,
      )
    }
    for (const { s, sx } of records) {
      for (const point of [s, sx]) {
        const key = Buffer.from(point).toString('hex')
        if (seen.has(key)) fail(`a proof of knowledge of ${name} stands in another contribution, too`)
        seen.add(key)
      }
    }
  }
  return passed(`${attestations.length} contributions of different people, and a factor of its own in each`)
}

/** Check 17: the beacon is the last record, of the round that was announced when the ceremony was closed. */
async function verifyBeacon(
  state: CeremonyState,
  verified: readonly VerifiedInstance[],
): Promise<Found<true>> {
  const { hash, file, instances, attestations } = state
  if (verified.length !== instances.length) fail('not checked: an instance failed')
  const closing = state.closing ?? fail('the ceremony was not closed')
  const beacon = state.beacon ?? fail('the ceremony has no beacon')
  const fault = await closingFault(file, hash, attestations, closing, beacon)
  if (fault) fail(fault)
  const randomness = await roundRandomness(beacon.round, beacon.signature)
  for (const { name, records, turnHashes } of verified) {
    if (closing.heads[name] !== turnHashes[closing.contributions - 1]) {
      fail(`closing.json names another last turn of ${name}`)
    }
    const beacons = records.flatMap((record, i) =>
      record.beacon === undefined ? [] : [{ i, ...record.beacon }],
    )
    const [only] = beacons
    if (only === undefined || beacons.length !== 1 || only.i !== records.length - 1) {
      fail(`the beacon of ${name} is not its one last contribution`)
    }
    if (only.iterations !== BEACON_ITERATIONS || !sameBytes(only.value, beaconValue(randomness, name))) {
      fail(`the beacon of ${name} is not that of the announced round`)
    }
  }
  return passed(`drand quicknet's round ${beacon.round}, announced before, is the last contribution`)
}

/** Check 21: the transcript, and the final keys where they are there already. */
async function verifyTranscript(
  { folder, file, attestations, closing, beacon }: CeremonyState,
  verified: readonly VerifiedInstance[],
): Promise<Found<ReadTranscript>> {
  if (verified.length !== Object.keys(file.instances).length) fail('not checked: an instance failed')
  const paths = ceremonyPaths(folder)
  const transcript: Transcript = transcriptSchema.parse({
    schema: 'plimsoll/ceremony-transcript/1',
    ceremony: file,
    attestations,
    closing: closing ?? fail('the ceremony was not closed'),
    beacon: { schema: 'plimsoll/ceremony-beacon/1', ...(beacon ?? fail('the ceremony has no beacon')) },
    keys: Object.fromEntries(
      verified.map(({ name, provingKey, keyHash }) => [name, { provingKey, keyHash }]),
    ),
  })
  const text = formatJson(transcript)
  const { hash, pins } = await readTranscript(text, paths.transcript)
  if (existsSync(paths.transcript) && readFileSync(paths.transcript, 'utf8') !== text) {
    fail('transcript.json is not what the other files make')
  }
  for (const { name, provingKey } of verified) {
    if (existsSync(paths.final(name)) && (await sha256File(paths.final(name))) !== provingKey) {
      fail(`the final key of ${name} is not what the turns make`)
    }
  }
  return { found: { transcript, hash, pins }, detail: `its SHA-256 is ${hash}` }
}
