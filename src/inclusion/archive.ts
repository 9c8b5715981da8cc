import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { deflateSync, inflateSync } from 'fflate'
import * as z from 'zod'
import { labelSchema, placeOf, readJsonFrom, type Source } from '../bundle/index.js'
import { InputError } from '../errors/index.js'
import { decodeText, fieldElementSchema, MAX_TEXT_BYTES, sha256Schema } from '../schema/index.js'
import { type Inclusion, parseInclusion } from './file.js'
import { opener, type Recipient, SEAL_BYTES } from './recipient.js'

/** Bytes of a bucket: what a telephone downloads. */
const MAX_BUCKET = 1 << 28
/** Entries that a bucket has about: as many may be whose file it is that someone takes a bucket. */
export const BUCKET_ENTRIES = 256
/** Bytes that every entry is rounded up to a multiple of. */
const ENTRY_STEP = 512
/** Length of the deflated text, and of the text. */
const HEAD_BYTES = 8
const BUCKETS_IN_FOLDER = 1000
/** What the head of an archive and each file in it say alike. */
const OF_EPOCH = ['venue', 'epoch', 'state', 'accountsRoot'] as const

/** The public head of an archive of sealed inclusion files. */
export const archiveSchema = z
  .strictObject({
    schema: z.literal('plimsoll/inclusion-archive/1'),
    venue: labelSchema,
    epoch: labelSchema,
    state: fieldElementSchema,
    accountsRoot: fieldElementSchema,
    /** Random, in hex: another in each archive. */
    id: sha256Schema,
    buckets: z
      .int()
      .positive()
      .max(2 ** 24),
    /** Of each bucket, and the bytes of each entry. */
    entries: z
      .int()
      .positive()
      .max(2 ** 20),
    entryBytes: z.int().positive().max(MAX_BUCKET),
    /** Percentage of the accounts whose files are in it, rounded down: the venue's word. */
    covered: z.int().min(0).max(100),
  })
  .refine(({ entries, entryBytes }) => entries * entryBytes <= MAX_BUCKET, {
    path: ['entryBytes'],
    message: `must not make a bucket of more than ${MAX_BUCKET} bytes`,
  })

/**
 * The public head of an archive of sealed inclusion files.
 *
 * @useDeclaredType
 */
export type InclusionArchive = z.infer<typeof archiveSchema>

/** Where everything of an archive lies. */
export const ARCHIVE_PATHS = {
  head: 'archive.json',
  bucket(number: number): string {
    const folder = Math.floor(number / BUCKETS_IN_FOLDER)
    return `buckets/${String(folder).padStart(5, '0')}/${String(number).padStart(8, '0')}.bin`
  },
} as const

/** The bucket of a recipient's file: whoever knows the public key finds it, and nobody else. */
export function bucketOf(
  publicKey: string,
  { id, buckets }: Pick<InclusionArchive, 'id' | 'buckets'>,
): number {
  const hash = sha256(concatBytes(utf8ToBytes('plimsoll/bucket\0'), hexToBytes(id), hexToBytes(publicKey)))
  return Number(new DataView(hash.buffer).getBigUint64(0) % BigInt(buckets))
}

/** The text of an inclusion file as an entry holds it, before it is padded. */
export function packEntry(text: string): Uint8Array {
  const bytes = utf8ToBytes(text)
  const deflated = deflateSync(bytes)
  const packed = new Uint8Array(HEAD_BYTES + deflated.length)
  const view = new DataView(packed.buffer)
  view.setUint32(0, deflated.length)
  view.setUint32(4, bytes.length)
  packed.set(deflated, HEAD_BYTES)
  return packed
}

/** Bytes of every entry of an archive whose longest packed file has `longest` bytes. */
export function entryBytesOf(longest: number): number {
  return Math.ceil((longest + SEAL_BYTES) / ENTRY_STEP) * ENTRY_STEP
}

/** A packed file with zeros behind it, so that it fills an entry once it is sealed. */
export function padEntry(packed: Uint8Array, entryBytes: number): Uint8Array {
  const padded = new Uint8Array(entryBytes - SEAL_BYTES)
  padded.set(packed)
  return padded
}

/** @throws {InputError} `ARCHIVE_ENTRY` */
function unpackEntry(padded: Uint8Array, where: string): string {
  if (padded.length < HEAD_BYTES) throw broken(where)
  const view = new DataView(padded.buffer, padded.byteOffset, padded.length)
  const [deflated, length] = [view.getUint32(0), view.getUint32(4)]
  if (length > MAX_TEXT_BYTES || deflated > padded.length - HEAD_BYTES) throw broken(where)
  try {
    // No more than `length` bytes are written, whatever is in the entry.
    const out = new Uint8Array(length)
    inflateSync(padded.subarray(HEAD_BYTES, HEAD_BYTES + deflated), { out })
    return decodeText(out, where)
  } catch {
    throw broken(where)
  }
}

function broken(where: string): InputError {
  return new InputError('ARCHIVE_ENTRY', 'the entry that is sealed to you has no inclusion file in it', {
    where,
    hint: 'Tell the venue: it made the entry so.',
  })
}

/**
 * Reads the head of an archive.
 *
 * @throws {InputError} what `readJsonFrom` throws
 * @example
 * const { venue, epoch, covered } = await readArchive(await openSource('archive'))
 */
export function readArchive(source: Source): Promise<InclusionArchive> {
  return readJsonFrom(source, ARCHIVE_PATHS.head, archiveSchema)
}

/**
 * Takes a recipient's inclusion file out of an archive. The whole bucket is read and every entry is tried,
 * so that whoever serves the archive sees which bucket was read, and not whose file was in it.
 *
 * @throws {InputError} `ARCHIVE_BUCKET` when a bucket is missing or has another length, `ARCHIVE_NOT_FOUND`
 * when nothing in it is sealed to the recipient, `ARCHIVE_ENTRY`, and what `parseInclusion` throws
 * @example
 * const source = await openSource('archive')
 * const archive = await readArchive(source)
 * const recipient = await ownerRecipient(await readOwner('owner.json'))
 * const inclusion = await openInclusion(source, archive, recipient)
 */
export async function openInclusion(
  source: Source,
  archive: InclusionArchive,
  recipient: Recipient,
): Promise<Inclusion> {
  const path = ARCHIVE_PATHS.bucket(bucketOf(recipient.publicKey, archive))
  const where = placeOf(source, path)
  const { entries, entryBytes } = archive
  const bytes = await source.read(path, entries * entryBytes)
  if (bytes?.length !== entries * entryBytes) {
    const what = bytes === undefined ? 'there is no such bucket' : 'the bucket is not as long as all are'
    throw new InputError('ARCHIVE_BUCKET', what, {
      where,
      hint: 'Take the whole archive from the venue again.',
    })
  }
  const open = await opener(recipient, archive.id)
  for (let i = 0; i < entries; i++) {
    const opened = await open(bytes.subarray(i * entryBytes, (i + 1) * entryBytes))
    if (opened === undefined) continue
    const file = parseInclusion(unpackEntry(opened, where), where)
    if (!OF_EPOCH.every((field) => file[field] === archive[field])) {
      throw new InputError(
        'ARCHIVE_ENTRY',
        'what is sealed to you is of another epoch than the archive says',
        {
          where,
          hint: 'Tell the venue: it made the entry so.',
        },
      )
    }
    return file
  }
  throw new InputError('ARCHIVE_NOT_FOUND', 'nothing in the archive is sealed to you', {
    where,
    hint: 'Make sure that the venue had your key or passphrase before the epoch, and that you named it as it was then. If it had, ask for your file: an account that was left out has none.',
  })
}
