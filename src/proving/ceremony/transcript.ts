import { roundRandomness, roundTime } from '../../beacon/index.js'
import type { KeyPins } from '../../bundle/index.js'
import { ArtifactError } from '../../errors/index.js'
import { formatJson, parseJsonAs, sha256Text } from '../../schema/index.js'
import { signatureFault } from './attestation.js'
import { CLOSING_SECONDS } from './beacon.js'
import {
  type Attestation,
  type CeremonyFile,
  type Closing,
  type Transcript,
  transcriptSchema,
} from './files.js'

import { repeatedName } from './names.js'

/** A transcript that holds in itself. */
export interface ReadTranscript {
  transcript: Transcript
  /** SHA-256 of its text: what pins name it by. */
  hash: string
  /** The pins of its keys. */
  pins: KeyPins
}

/**
 * Reads a transcript and checks all that it shows by itself: who signed what, in one ceremony, closed before
 * its beacon, whose signature it has. Whether its keys came out of these contributions only the ceremony's
 * files show: a transcript counts by its hash, in pins of somebody who verified it.
 *
 * @param where the file's name, for messages
 * @throws {InputError} what `parseJsonAs` throws
 * @throws {ArtifactError} `TRANSCRIPT_UNSOUND`
 * @example
 * import { readFile } from 'node:fs/promises'
 *
 * const { pins } = await readTranscript(await readFile('transcript.json', 'utf8'), 'transcript.json')
 */
export async function readTranscript(text: string, where: string): Promise<ReadTranscript> {
  const transcript = parseJsonAs(text, transcriptSchema, where)
  const hash = sha256Text(text)
  const fault = formatJson(transcript) === text ? await knownFault(transcript, hash) : OTHER_FORM
  if (fault !== undefined) throw new ArtifactError('TRANSCRIPT_UNSOUND', fault, { where })
  return { transcript, hash, pins: pinsOf(transcript, hash) }
}

const OTHER_FORM = 'is written in another way than `plimsoll ceremony finalize` writes it'

/** What was found of transcripts, by hash: several instances share one. */
const faults = new Map<string, Promise<string | undefined>>()

function knownFault(transcript: Transcript, hash: string): Promise<string | undefined> {
  const known = faults.get(hash) ?? transcriptFault(transcript)
  faults.set(hash, known)
  return known
}

async function transcriptFault(transcript: Transcript): Promise<string | undefined> {
  const { ceremony, attestations, closing, beacon, keys } = transcript
  const hash = sha256Text(formatJson(ceremony))
  if (!sameNames(keys, ceremony.instances)) return 'it has keys of other instances than the ceremony'
  if (attestations.length < ceremony.minContributions) {
    return `it has ${attestations.length} contributions, of at least ${ceremony.minContributions}`
  }
  return (
    (await attestationsFault(ceremony, hash, attestations)) ??
    (await closingFault(ceremony, hash, attestations, closing, beacon))
  )
}

/** Why attestations are not those of one contributor after the other to a ceremony, or `undefined`. */
export async function attestationsFault(
  file: CeremonyFile,
  hash: string,
  attestations: readonly Attestation[],
): Promise<string | undefined> {
  for (const [i, attestation] of attestations.entries()) {
    const who = `attestation ${i + 1} by ${attestation.name}`
    if (attestation.ceremony !== hash) return `${who} is of another ceremony`
    if (attestation.number !== i + 1) return `${who} is numbered ${attestation.number}`
    if (!sameNames(attestation.contributions, file.instances)) {
      return `${who} names other instances than the ceremony has`
    }
    const fault = await signatureFault(attestation)
    if (fault) return `${who}: ${fault}`
  }
  const signers = attestations.map(({ signer }) => signer)
  const signer = signers.find((value, i) => signers.indexOf(value) !== i)
  if (signer !== undefined) return `${signer} contributed twice`
  const name = repeatedName(attestations.map((attestation) => attestation.name))
  return name && `${name} contributed twice, or two names read alike`
}

/**
 * Why a ceremony was not closed with these attestations and ended by the beacon that was announced then, or
 * `undefined`.
 *
 * @throws {InputError} `BEACON_SIGNATURE`
 */
export async function closingFault(
  file: CeremonyFile,
  hash: string,
  attestations: readonly Attestation[],
  closing: Closing,
  beacon: { round: number; signature: string },
): Promise<string | undefined> {
  if (closing.ceremony !== hash) return 'closing.json is of another ceremony'
  const count = attestations.length
  if (closing.contributions !== count) {
    return `the ceremony was closed with ${closing.contributions} contributions, and has ${count}`
  }
  if (!sameNames(closing.heads, file.instances)) {
    return 'closing.json names other instances than the ceremony has'
  }
  const last = attestations.at(-1)?.contributions
  const other = Object.keys(closing.heads).find((name) => closing.heads[name] !== last?.[name]?.turn)
  if (other !== undefined) return `closing.json names another last turn of ${other}`
  if (closing.closed < file.opened) return 'the ceremony was closed before it was opened'
  if (beacon.round !== closing.round) {
    return `the beacon is of round ${beacon.round}, and ${closing.round} was announced`
  }
  if (roundTime(closing.round) < closing.closed + CLOSING_SECONDS) {
    return 'the announced round came less than an hour after the ceremony was closed: it could be known'
  }
  await roundRandomness(beacon.round, beacon.signature)
  return undefined
}

function sameNames(a: object, b: object): boolean {
  return Object.keys(a).sort().join() === Object.keys(b).sort().join()
}

/** The pins of a transcript's keys. */
export function pinsOf({ ceremony, attestations, beacon, keys }: Transcript, hash: string): KeyPins {
  return Object.fromEntries(
    Object.entries(keys).map(([name, { keyHash }]) => [
      name,
      {
        keyHash,
        circuitHash: ceremony.instances[name]!.r1csHash,
        keyKind: 'ceremony',
        ceremony: {
          transcript: hash,
          powers: ceremony.powers.blake2b,
          contributors: attestations.map(({ name }) => name),
          beaconRound: beacon.round,
        },
      },
    ]),
  )
}
