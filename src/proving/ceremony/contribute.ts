import { closeSync, existsSync, openSync, writeSync } from 'node:fs'
import { copyFile, mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Curve } from 'ffjavascript'
import { roundRandomness, roundTime } from '../../beacon/index.js'
import { ArtifactError, InputError } from '../../errors/index.js'
import {
  fileError,
  readJsonFile,
  readTextFile,
  removeOnExit,
  sha256File,
  writeJson,
  writeNewFolder,
} from '../../files/index.js'
import { curveEngine } from '../../groth16/index.js'
import { formatJson } from '../../schema/index.js'
import type { Progress } from '../compile.js'
import { curveCode } from '../curve-code.js'
import { CurveMemory } from '../curve-memory.js'
import { assertSigned } from './attestation.js'
import { attestationText } from './attestation-text.js'
import { BEACON_ITERATIONS, beaconSeed, beaconValue, CLOSING_SECONDS } from './beacon.js'
import { type Contribution, contributionHash, deriveKey, parseContributions } from './contributions.js'
import {
  assertLatest,
  assertNewContributor,
  assertOpen,
  attestationOf,
  type Contributor,
} from './contributor.js'
import { Effort } from './effort.js'
import {
  type Attestation,
  attestationSchema,
  beaconSchema,
  type Closing,
  ceremonyPaths,
  closingSchema,
  turnPaths,
} from './files.js'

import { assertSameCircuit, type KeyParts, keyBytes, openKey, openTurn } from './key-parts.js'
import { ELSEWHERE, freshSeed } from './make-turn.js'
import { PointCheck, withCurveFor } from './points.js'
import { type CeremonyState, openLatest, readCeremony } from './read.js'
import { assertNextTurn, cutTurn, turnPointsFault, writeTurn } from './turn.js'

/**
 * Contributes to every instance of a ceremony: a fresh factor each, of which nothing is kept. The folder is
 * only read, and each file held to the hash that the ceremony has of it; what it makes goes into a folder of
 * its own, for the coordinator.
 *
 * @param entropy bytes of the contributor's own, mixed with those of Web Crypto
 * @param out must not exist yet
 * @throws {InputError} `CEREMONY_FOLDER`, `CEREMONY_CLOSED`, `CONTRIBUTOR`, `FILE_EXISTS`, `FILE_ACCESS`
 * @throws {ArtifactError} `NO_RANDOMNESS`, `ARTIFACT_FORMAT`, `CEREMONY_CHANGED`, `CEREMONY_CONTRIBUTIONS`,
 * `CEREMONY_TURN`
 */
export async function contribute(
  folder: string,
  contributor: Contributor,
  entropy: Uint8Array,
  out: string,
  onProgress?: Progress,
): Promise<Attestation> {
  return handIn(
    folder,
    contributor,
    out,
    async (curve, name, latest, path, count) => {
      onProgress?.(`contributing to ${name}`)
      const seed = freshSeed(entropy, name)
      const key = deriveKey(curve, seed)
      try {
        return await writeTurn(curve, latest, key, { name: contributor.name }, path, count)
      } finally {
        seed.fill(0)
        key.factor.fill(0)
      }
    },
    onProgress,
  )
}

/**
 * Takes a contribution that another tool made to the keys of `exportKeys`, and attests to it: the turns are
 * cut out of them.
 *
 * @param made holds a key for each instance, as `<instance>.zkey`
 * @throws {InputError} as `contribute`
 * @throws {ArtifactError} `CEREMONY_CHANGED`, `CEREMONY_CONTRIBUTIONS`, `ARTIFACT_FORMAT`
 */
export async function importContribution(
  folder: string,
  contributor: Contributor,
  made: string,
  out: string,
): Promise<Attestation> {
  const state = await readCeremony(folder)
  return handIn(folder, contributor, out, async (_, name, __, path) => {
    const key = openKey(turnPaths(made).key(name))
    const { records } = parseContributions(key.contributions, key.path)
    const record = records.at(-1)
    if (record === undefined) {
      throw new ArtifactError('CEREMONY_CONTRIBUTIONS', 'nobody contributed to this key', { where: key.path })
    }
    await cutTurn(openLatest(state, name).initial, key, path)
    return record
  })
}

/**
 * Writes the latest key of every instance, for another tool: `<instance>.zkey` in a new folder. What that
 * makes of a point that is none of the curve would tell its secret: there is none.
 *
 * @throws {InputError} `CEREMONY_FOLDER`, `FILE_EXISTS`, `FILE_ACCESS`
 * @throws {ArtifactError} `ARTIFACT_FORMAT`, `CEREMONY_TURN`
 */
export async function exportKeys(folder: string, out: string): Promise<void> {
  const state = await readCeremony(folder)
  const curve = await curveEngine()
  const points = new PointCheck(new CurveMemory(await curveCode()))
  await writeNewFolder(out, async (making) => {
    for (const name of state.instances) {
      const { initial, latest } = openLatest(state, name)
      const fault = await turnPointsFault(curve, points, latest)
      if (fault) throw new ArtifactError('CEREMONY_TURN', fault, { where: latest.path, hint: ELSEWHERE })
      writePieces(turnPaths(making).key(name), keyBytes(initial, latest))
    }
  })
}

/** Writes a file that must not exist yet, piece by piece. */
export function writePieces(path: string, pieces: Iterable<Uint8Array>): void {
  const fd = openSync(path, 'wx')
  try {
    for (const piece of pieces) {
      for (let done = 0; done < piece.length; ) done += writeSync(fd, piece, done, piece.length - done)
    }
  } finally {
    closeSync(fd)
  }
}

/** The largest domain of a ceremony's circuits, and what counts the work on one turn of each. */
function workOf({ file }: CeremonyState, onProgress: Progress | undefined) {
  const sizes = Object.values(file.instances)
  const total = sizes.reduce((sum, { wires, domain }) => sum + 2 * (wires + domain), 0)
  const { count } = new Effort(total, onProgress)
  return { domain: Math.max(...sizes.map(({ domain }) => domain)), count }
}

type MakeTurn = (
  curve: Curve,
  instance: string,
  latest: KeyParts,
  path: string,
  count: (cost: number) => void,
) => Promise<Contribution>

async function handIn(
  folder: string,
  contributor: Contributor,
  out: string,
  make: MakeTurn,
  onProgress?: Progress,
): Promise<Attestation> {
  const state = await readCeremony(folder)
  assertOpen(state)
  assertNewContributor(state, contributor)
  const { domain, count } = workOf(state, onProgress)
  const contributions: Attestation['contributions'] = {}
  let attestation: Attestation | undefined
  await writeNewFolder(out, async (making) => {
    const paths = turnPaths(making)
    await withCurveFor(domain, async (curve) => {
      for (const name of state.instances) {
        const path = paths.turn(name)
        const { latest } = openLatest(state, name)
        assertLatest(state, name, await sha256File(latest.path), latest.path)
        const record = await make(curve, name, latest, path, count)
        contributions[name] = { hash: contributionHash(curve, record), turn: await sha256File(path) }
      }
    })
    attestation = attestationOf(state, contributor, contributions)
    await writeFile(paths.attestation, formatJson(attestation), { flag: 'wx' })
    await writeFile(paths.text, attestationText(attestation), { flag: 'wx' })
  })
  return attestation!
}

/**
 * Accepts what a contributor handed in, when it is the next contribution to every instance, and signed.
 *
 * @param handedIn the contributor's folder
 * @throws {InputError} `CEREMONY_FOLDER`, `CEREMONY_CLOSED`, `CONTRIBUTOR`, `ATTESTATION_OTHER`,
 * `ATTESTATION_UNSIGNED`, what `readJsonFile` throws
 * @throws {ArtifactError} what `assertNextTurn` throws
 */
export async function acceptContribution(
  folder: string,
  handedIn: string,
  onProgress?: Progress,
): Promise<Attestation> {
  const state = await readCeremony(folder)
  assertOpen(state)
  const [from, paths] = [turnPaths(handedIn), ceremonyPaths(folder)]
  const read = await readJsonFile(from.attestation, attestationSchema)
  const attestation = existsSync(from.signature)
    ? { ...read, signature: (await readTextFile(from.signature, { maxBytes: 4_096 })).trim() }
    : read
  assertNewContributor(state, attestation)
  const number = state.attestations.length + 1
  const other = (why: string) =>
    new InputError('ATTESTATION_OTHER', why, {
      where: from.attestation,
      hint: 'Ask for a contribution to the latest state of this folder.',
    })
  if (attestation.ceremony !== state.hash) throw other('is of another ceremony')
  if (attestation.number !== number) {
    throw other(`is of contribution ${attestation.number}, and the next one is ${number}`)
  }
  if (Object.keys(attestation.contributions).sort().join() !== state.instances.join()) {
    throw other('names other instances than the ceremony has')
  }
  await assertSigned(attestation, from.attestation)
  const { domain, count } = workOf(state, onProgress)
  const code = await curveCode()
  const copies = state.instances.map((name) => ({ name, copy: `${paths.turn(name, number)}.tmp` }))
  const discard = copies.map(({ copy }) => removeOnExit(copy))
  try {
    await withCurveFor(domain, async (curve) => {
      const points = new PointCheck(new CurveMemory(code))
      for (const { name, copy } of copies) {
        onProgress?.(`checking the turn of ${name}`)
        const { initial, latest } = openLatest(state, name)
        const said = attestation.contributions[name]!
        // A file of another form or length is not even copied.
        assertSameCircuit(initial, openTurn(from.turn(name)))
        // What is checked is what is kept: the contributor's file may change meanwhile.
        await copyFile(from.turn(name), copy).catch((error: unknown) => {
          throw fileError(from.turn(name), error)
        })
        const turn = { ...openTurn(copy), path: from.turn(name) }
        const record = await assertNextTurn(curve, points, initial, latest, turn, count)
        if (record.beacon !== undefined) throw other(`has a beacon for ${name}, which nobody may contribute`)
        if (said.hash !== contributionHash(curve, record) || said.turn !== (await sha256File(copy))) {
          throw other(`is of another contribution to ${name}`)
        }
      }
    })
    for (const { name, copy } of copies) await rename(copy, paths.turn(name, number))
  } finally {
    for (const remove of discard) remove()
  }
  await mkdir(dirname(paths.attestation(number)), { recursive: true })
  // Only now the contribution counts.
  await writeJson(paths.attestation(number), attestation)
  return attestation
}

/**
 * Closes a ceremony: no contribution can follow, and the round of the beacon is named, which is still to
 * come.
 *
 * @param now seconds since 1970-01-01 UTC
 * @throws {InputError} `CEREMONY_FOLDER`, `CEREMONY_CLOSED`, `CEREMONY_FEW`, `BEACON_ROUND`
 */
export async function closeCeremony(
  folder: string,
  round: number,
  now = Math.floor(Date.now() / 1000),
): Promise<Closing> {
  const state = await readCeremony(folder)
  assertOpen(state)
  const { attestations, file, instances, hash } = state
  if (attestations.length < file.minContributions) {
    throw new InputError(
      'CEREMONY_FEW',
      `has ${attestations.length} contributions of at least ${file.minContributions}`,
      { where: folder, hint: 'Accept more before closing: a key of fewer people is not worth its name.' },
    )
  }
  const earliest = now + CLOSING_SECONDS
  if (roundTime(round) < earliest) {
    const first = Math.ceil((earliest - roundTime(1)) / (roundTime(2) - roundTime(1))) + 1
    throw new InputError('BEACON_ROUND', `round ${round} comes too early, or is known already`, {
      where: '--beacon-round',
      hint: `Name round ${first} or a later one: an hour is left to publish closing.json before anyone can know it.`,
    })
  }
  const closing = closingSchema.parse({
    schema: 'plimsoll/ceremony-closing/1',
    ceremony: hash,
    contributions: attestations.length,
    heads: Object.fromEntries(
      instances.map((name) => [name, attestations.at(-1)!.contributions[name]!.turn]),
    ),
    round,
    closed: now,
  } satisfies Closing)
  await writeJson(ceremonyPaths(folder).closing, closing)
  return closing
}

/**
 * Ends a closed ceremony with the randomness of the announced round.
 *
 * @param signature the network's signature of the round, in hex
 * @throws {InputError} `CEREMONY_OPEN`, `CEREMONY_ENDED`, `BEACON_SIGNATURE`
 */
export async function applyBeacon(folder: string, signature: string, onProgress?: Progress): Promise<number> {
  const state = await readCeremony(folder)
  const { closing, beacon, instances, attestations } = state
  if (closing === undefined) {
    throw new InputError('CEREMONY_OPEN', 'is still open', {
      where: folder,
      hint: 'Close it first: `plimsoll ceremony close` names the round before anyone knows it.',
    })
  }
  if (beacon !== undefined) {
    throw new InputError('CEREMONY_ENDED', 'has its beacon already', { where: folder })
  }
  const randomness = await roundRandomness(closing.round, signature)
  const paths = ceremonyPaths(folder)
  const number = attestations.length + 1
  const { domain, count } = workOf(state, onProgress)
  const made: (readonly [temporary: string, path: string])[] = []
  const discards: (() => void)[] = []
  try {
    await withCurveFor(domain, async (curve) => {
      for (const name of instances) {
        onProgress?.(`applying the beacon to ${name}`)
        const value = { value: beaconValue(randomness, name), iterations: BEACON_ITERATIONS }
        const key = deriveKey(curve, beaconSeed(value))
        const path = paths.turn(name, number)
        const temporary = join(dirname(path), `.${number}.${process.pid}.tmp`)
        discards.push(removeOnExit(temporary))
        const about = { name: `drand quicknet ${closing.round}`, beacon: value }
        await writeTurn(curve, openLatest(state, name).latest, key, about, temporary, count)
        made.push([temporary, path])
      }
    })
    for (const [temporary, path] of made) await rename(temporary, path)
    await writeJson(
      paths.beacon,
      beaconSchema.parse({
        schema: 'plimsoll/ceremony-beacon/1',
        round: closing.round,
        signature: signature.toLowerCase(),
      }),
    )
  } finally {
    for (const discard of discards) discard()
  }
  return closing.round
}
