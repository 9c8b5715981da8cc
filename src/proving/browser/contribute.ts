import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { InputError } from '../../errors/index.js'
import { curveEngine } from '../../groth16/index.js'
import { formatJson, parseJsonAs, sha256Text } from '../../schema/index.js'
import { attestationText } from '../ceremony/attestation-text.js'
import { contributionHash, deriveKey } from '../ceremony/contributions.js'
import {
  assertLatest,
  assertNewContributor,
  assertOpen,
  attestationOf,
  type Contributor,
} from '../ceremony/contributor.js'
import { POINT_BYTES } from '../ceremony/curve-points.js'
import {
  type Attestation,
  attestationSchema,
  ceremonyPaths,
  ceremonySchema,
  turnPaths,
} from '../ceremony/files.js'
import { freshSeed, makeTurn } from '../ceremony/make-turn.js'
import {
  HEADER_BYTES,
  MOST_CONTRIBUTIONS_BYTES,
  parseHeader,
  TURN_MAGIC,
  TURN_SECTIONS,
} from '../ceremony/turn-format.js'
import { formatError } from '../format-error.js'
import { ZKEY_SECTION } from '../zkey-section.js'

/** The files of a ceremony's folder, by their paths in it. */
export type CeremonyFiles = ReadonlyMap<string, Blob>

/** What a contributor hands in, by the names of its files. */
export interface HandedIn {
  attestation: Attestation
  files: ReadonlyMap<string, Blob>
}

/** Told of what is being done, and which share of all of it is done, 0 to 1. */
export type ContributeProgress = (what: string, share: number) => void

/** Points that are multiplied at once, and bytes that are hashed at once. */
const CHUNK_POINTS = 1 << 13
const CHUNK_BYTES = 1 << 22

/**
 * Contributes to every instance of a ceremony in a browser: what `ceremony contribute` does, of files that
 * were chosen. Each is held to the hash that the ceremony has of it. Nothing of the secrets is kept; their
 * memory goes with the worker that this runs in.
 *
 * @param files of the ceremony's folder, at least those that a contribution goes on from
 * @param entropy bytes of the contributor's own, mixed with those of Web Crypto
 * @throws {InputError} `CEREMONY_FOLDER`, `CEREMONY_CLOSED`, `CONTRIBUTOR`, what `parseJsonAs` throws
 * @throws {ArtifactError} `NO_RANDOMNESS`, `ARTIFACT_FORMAT`, `CEREMONY_CHANGED`, `CEREMONY_CONTRIBUTIONS`,
 * `CEREMONY_TURN`
 */
export async function contributeTo(
  files: CeremonyFiles,
  contributor: Contributor,
  entropy: Uint8Array,
  onProgress?: ContributeProgress,
): Promise<HandedIn> {
  const state = await readState(files)
  assertOpen(state)
  assertNewContributor(state, contributor)
  // Words that cannot stand in an attestation are found before the work, not after it.
  attestationOf(state, contributor, {})
  const curve = await curveEngine()
  const sizes = Object.values(state.file.instances)
  const total = sizes.reduce((sum, { wires, domain }) => sum + wires + domain, 0)
  let done = 0
  const made = new Map<string, Blob>()
  const contributions: Attestation['contributions'] = {}
  for (const name of Object.keys(state.file.instances).sort()) {
    onProgress?.(`checking the key of ${name}`, done / total)
    const count = state.attestations.length
    const path = count > 0 ? PATHS.turn(name, count) : PATHS.initial(name)
    const blob = fileAt(files, path)
    assertLatest(state, name, await hashOf(blob), path)
    onProgress?.(`contributing to ${name}`, done / total)
    const before = await openBlob(blob, path, count > 0 ? TURN_MAGIC : 'zkey')
    const seed = freshSeed(entropy, name)
    const turn = makeTurn(curve, before, path, deriveKey(curve, seed), { name: contributor.name })
    seed.fill(0)
    const scaled = async (run: Section) => {
      const parts: Uint8Array[] = []
      const size = CHUNK_POINTS * POINT_BYTES.g1
      for (let at = 0; at < run.length; at += size) {
        const bytes = await bytesOf(blob, run.at + at, Math.min(size, run.length - at), path)
        parts.push(await turn.scaled(bytes))
        done += bytes.length / POINT_BYTES.g1
        onProgress?.(`contributing to ${name}`, done / total)
      }
      return parts
    }
    const file = turnBlob({
      header: [turn.header],
      c: await scaled(before.k),
      h: await scaled(before.h),
      contributions: [turn.contributions],
    })
    turn.wipe()
    made.set(turnPaths('').turn(name).slice(1), file)
    contributions[name] = { hash: contributionHash(curve, turn.record), turn: await hashOf(file) }
  }
  const attestation = attestationOf(state, contributor, contributions)
  made.set('attestation.json', new Blob([formatJson(attestation)]))
  made.set('attestation.txt', new Blob([attestationText(attestation)]))
  return { attestation, files: made }
}

const PATHS = ceremonyPaths('.')

/** A file of the folder. @throws {InputError} `CEREMONY_FOLDER` */
function fileAt(files: CeremonyFiles, path: string): Blob {
  const found = files.get(path.slice(2))
  if (found) return found
  throw new InputError('CEREMONY_FOLDER', `has no ${path.slice(2)}`, {
    where: 'the folder',
    hint: 'Choose the whole folder of a ceremony, as its coordinator passed it on: it has ceremony.json.',
  })
}

/** The small files of a ceremony: see `readCeremony`. */
async function readState(files: CeremonyFiles) {
  const text = await fileAt(files, PATHS.ceremony).text()
  const file = parseJsonAs(text, ceremonySchema, 'ceremony.json')
  const attestations: Attestation[] = []
  for (let number = 1; ; number++) {
    const path = PATHS.attestation(number)
    const blob = files.get(path.slice(2))
    if (!blob) break
    attestations.push(parseJsonAs(await blob.text(), attestationSchema, path))
  }
  const closing = files.has(PATHS.closing.slice(2)) ? true : undefined
  return { folder: file.name, file, hash: sha256Text(text), attestations, closing }
}

interface Section {
  at: number
  length: number
}

/** The parts that a contribution changes, of a key or a turn, as strictly as `openTurn` reads them. */
async function openBlob(blob: Blob, where: string, magic: string) {
  const sections = new Map<number, Section>()
  const start = viewOf(await bytesOf(blob, 0, 12, where))
  const found = String.fromCharCode(...[0, 1, 2, 3].map((i) => start.getUint8(i)))
  if (found !== magic || start.getUint32(4, true) !== 1) throw formatError(where)
  let end = 12
  for (let i = 0; i < start.getUint32(8, true); i++) {
    const head = viewOf(await bytesOf(blob, end, 12, where))
    const [id, length] = [head.getUint32(0, true), Number(head.getBigUint64(4, true))]
    if (sections.has(id) || length > blob.size - end - 12) throw formatError(where)
    sections.set(id, { at: end + 12, length })
    end += 12 + length
  }
  const [at, k, h, record] = TURN_SECTIONS.map((id) => sections.get(id))
  const fits = at?.length === HEADER_BYTES && record && record.length <= MOST_CONTRIBUTIONS_BYTES
  if (!fits || !k || !h || end !== blob.size) throw formatError(where)
  const header = await bytesOf(blob, at.at, at.length, where)
  const { wires, publicSignals, domain, points } = parseHeader(header, where)
  const counts =
    k.length === (wires - publicSignals - 1) * POINT_BYTES.g1 && h.length === domain * POINT_BYTES.g1
  if (!counts) throw formatError(where)
  return { header, points, k, h, contributions: await bytesOf(blob, record.at, record.length, where) }
}

function viewOf({ buffer }: Uint8Array): DataView {
  return new DataView(buffer)
}

async function bytesOf(blob: Blob, at: number, length: number, where: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(await blob.slice(at, at + length).arrayBuffer())
  if (bytes.length !== length) throw formatError(where)
  return bytes
}

async function hashOf(blob: Blob): Promise<string> {
  const hash = sha256.create()
  for (let at = 0; at < blob.size; at += CHUNK_BYTES) {
    hash.update(new Uint8Array(await blob.slice(at, at + CHUNK_BYTES).arrayBuffer()))
  }
  return bytesToHex(hash.digest())
}

function turnBlob(parts: Record<'header' | 'c' | 'h' | 'contributions', Uint8Array[]>): Blob {
  const start = new Uint8Array(12)
  start.set(new TextEncoder().encode(TURN_MAGIC))
  viewOf(start).setUint32(4, 1, true)
  viewOf(start).setUint32(8, Object.keys(parts).length, true)
  const pieces: Uint8Array[] = [start]
  for (const [name, some] of Object.entries(parts)) {
    const head = new Uint8Array(12)
    viewOf(head).setUint32(0, ZKEY_SECTION[name as keyof typeof parts], true)
    viewOf(head).setBigUint64(4, BigInt(some.reduce((sum, part) => sum + part.length, 0)), true)
    pieces.push(head, ...some)
  }
  return new Blob(pieces as Uint8Array<ArrayBuffer>[])
}
