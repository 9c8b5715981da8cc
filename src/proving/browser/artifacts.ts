import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import * as z from 'zod'
import {
  assertPinnedCircuit,
  type KeyPin,
  type KeyPins,
  kindOfPin,
  pinOf,
  TAKE_PINS,
} from '../../bundle/index.js'
import { ArtifactError } from '../../errors/index.js'
import { assertSoundKey, verificationKeyHash } from '../../groth16/index.js'
import { parseJsonAs, sha256Schema, sha256Text } from '../../schema/index.js'
import { circuitHashOf, namedInstance, shippedSnapshot } from '../../statements/index.js'
import type { DescribedArtifacts } from '../artifacts.js'
import { type KeyFile, keyFileSchema, mostBytesOf } from '../key-file.js'

/** A file's contents: bytes, a `Blob`, or an answer of `fetch`, which is read as a stream. */
export type FileContents = Uint8Array<ArrayBuffer> | Blob | Response

/** The files of an instance's folder, as `plimsoll setup` or a ceremony leaves them. */
export interface ArtifactContents {
  /** The text of `key.json`. */
  manifest: string
  /**
   * Keys to take, and no others. Without them nothing shows that a key came out of a ceremony, and it counts
   * as a development key.
   */
  pins?: KeyPins
  /** The text of `transcript.json`, which the pin of a ceremony's key names by its hash. */
  transcript?: string
  /** `proving.zkey`. */
  provingKey: FileContents | Promise<FileContents>
  /** `circuit.wasm`; not needed to prove from a witness. */
  witnessCode?: FileContents | Promise<FileContents>
}

/** Artifacts in a browser: their files are blobs, which it may keep outside of memory. */
export interface BrowserArtifacts extends DescribedArtifacts {
  provingKey: Blob
  witnessCode: Blob | undefined
}

/** Told of a file that is being read: its name, bytes so far, and how many there are, if that is known. */
export type ReadProgress = (file: string, done: number, total: number | undefined) => void

/**
 * Takes the artifacts of an instance from bytes, blobs or a server. Both files are held to the hashes of the
 * manifest, and the circuit to the one that this version ships. The manifest itself comes from whoever gives
 * the page its key, like the page: pins say which key it has to be, and of a ceremony's key the transcript
 * which proving key.
 *
 * @throws {InputError} `INSTANCE_UNKNOWN`, and what `parseJsonAs` throws
 * @throws {ArtifactError} `ARTIFACT_BROKEN` naming the file, `ARTIFACT_FETCH`, `CIRCUIT_FOREIGN`,
 * `KEY_UNSOUND`, `KEY_UNPINNED`, `CIRCUIT_UNPINNED`, `CEREMONY_UNPINNED`
 * @example
 * const at = 'https://example.com/keys/margin-4'
 * const artifacts = await openBrowserArtifacts({
 *   manifest: await (await fetch(`${at}/key.json`)).text(),
 *   provingKey: fetch(`${at}/proving.zkey`),
 *   witnessCode: fetch(`${at}/circuit.wasm`),
 * })
 */
export async function openBrowserArtifacts(
  contents: ArtifactContents,
  onProgress?: ReadProgress,
): Promise<BrowserArtifacts> {
  const described = parseJsonAs(contents.manifest, keyFileSchema, 'key.json')
  const { files, instance: name, ceremony: _, ...manifest } = described
  const instance = namedInstance(name)
  if (verificationKeyHash(manifest.verificationKey) !== manifest.keyHash) throw broken('key.json')
  const shipped = shippedSnapshot(name)?.sha256
  if (shipped && (files['circuit.r1cs'] !== shipped.r1cs || files['circuit.wasm'] !== shipped.wasm)) {
    throw new ArtifactError('CIRCUIT_FOREIGN', `is not the circuit of ${name} that this version has`, {
      where: 'key.json',
    })
  }
  await assertSoundKey(manifest.verificationKey)
  const pin = contents.pins && pinnedKey(described, contents.pins, contents.transcript)
  const open = async (file: 'proving.zkey' | 'circuit.wasm', given: FileContents) => {
    const { blob, hash } = await readWhole(given, file, mostBytesOf(manifest), onProgress)
    if (hash !== files[file]) throw broken(file)
    return blob
  }
  const [provingKey, witnessCode] = await Promise.all([contents.provingKey, contents.witnessCode])
  return {
    ...manifest,
    keyKind: kindOfPin(pin),
    ...(pin?.ceremony && { ceremony: pin.ceremony }),
    instance,
    circuitHash: files['circuit.r1cs'],
    manifestHash: sha256Text(contents.manifest),
    directory: name,
    provingKey: await open('proving.zkey', provingKey),
    witnessCode: witnessCode && (await open('circuit.wasm', witnessCode)),
  }
}

/** What a transcript says of keys. Its hash is pinned, so nothing else of it has to be looked at. */
const transcriptKeysSchema = z.object({
  keys: z.record(z.string(), z.object({ provingKey: sha256Schema, keyHash: sha256Schema })),
})

/**
 * The pin of a key.
 *
 * @throws {ArtifactError} `KEY_UNPINNED` when it is another key; `ARTIFACT_BROKEN` when the transcript is
 * missing, not the pinned one, or of another proving key
 */
function pinnedKey(
  { instance: name, keyHash, files }: KeyFile,
  pins: KeyPins,
  transcript: string | undefined,
): KeyPin {
  const pin = pinOf(pins, name)
  if (pin?.keyHash !== keyHash || pin.circuitHash !== files['circuit.r1cs']) {
    throw new ArtifactError('KEY_UNPINNED', `the key of ${name} is not the pinned one`, {
      where: 'key.json',
      hint: TAKE_PINS,
    })
  }
  if (circuitHashOf(name) !== undefined) assertPinnedCircuit(name, pin)
  if (kindOfPin(pin) !== 'ceremony') return pin
  const where = 'transcript.json'
  if (transcript === undefined || sha256Text(transcript) !== pin.ceremony!.transcript) throw broken(where)
  const key = parseJsonAs(transcript, transcriptKeysSchema, where).keys[name]
  if (key?.provingKey !== files['proving.zkey'] || key.keyHash !== keyHash) throw broken(where)
  return pin
}

/** A file as a blob, and its SHA-256. */
async function readWhole(
  given: FileContents,
  file: string,
  most: number,
  onProgress: ReadProgress | undefined,
): Promise<{ blob: Blob; hash: string }> {
  const hash = sha256.create()
  const parts: Uint8Array<ArrayBuffer>[] = []
  const { stream, total } = streamOf(given, file)
  let done = 0
  for (const reader = stream.getReader(); ; ) {
    const { value } = await reader.read().catch((cause: unknown) => {
      throw fetchError(file, 'stopped before its end', cause)
    })
    if (value === undefined) break
    hash.update(value)
    // Bytes and blobs are there already.
    if (given instanceof Response) parts.push(value as Uint8Array<ArrayBuffer>)
    done += value.length
    if (done > most) {
      await reader.cancel().catch(() => {})
      throw broken(file)
    }
    onProgress?.(file, done, total)
  }
  const blob = given instanceof Blob ? given : new Blob(given instanceof Response ? parts : [given])
  return { blob, hash: bytesToHex(hash.digest()) }
}

function streamOf(
  given: FileContents,
  file: string,
): { stream: ReadableStream<Uint8Array>; total: number | undefined } {
  if (!(given instanceof Response)) {
    const blob = given instanceof Blob ? given : new Blob([given])
    return { stream: blob.stream() as ReadableStream<Uint8Array>, total: blob.size }
  }
  if (!given.ok || given.body === null) throw fetchError(file, `answered with status ${given.status}`)
  const length = given.headers.get('content-length')
  // The length is that of the bytes on the way: of compressed ones, it says nothing.
  const known = length !== null && given.headers.get('content-encoding') === null
  return { stream: given.body as ReadableStream<Uint8Array>, total: known ? Number(length) : undefined }
}

function fetchError(file: string, why: string, cause?: unknown): ArtifactError {
  return new ArtifactError('ARTIFACT_FETCH', `could not be fetched: the server ${why}`, {
    where: file,
    cause,
  })
}

function broken(file: string): ArtifactError {
  return new ArtifactError('ARTIFACT_BROKEN', 'is not the file that the manifest names', {
    where: file,
    hint: "Serve the files of one instance's folder together, unchanged.",
  })
}
