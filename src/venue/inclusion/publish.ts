import { randomBytes, randomInt } from 'node:crypto'
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { InputError } from '../../errors/index.js'
import { fileError, Spool, writeJson, writeNewFolder } from '../../files/index.js'
import {
  ARCHIVE_PATHS,
  BUCKET_ENTRIES,
  bucketOf,
  entryBytesOf,
  type InclusionArchive,
  nobody,
  packEntry,
  padEntry,
  passphraseRecipient,
  sealTo,
  unnoticedChance,
} from '../../inclusion/index.js'
import { withLock } from '../epoch-lock.js'
import { assertUnpublished, privateLayout } from '../folders.js'
import { assertPrivate } from '../private-record.js'
import { type BooksOfEpoch, foldBooks } from './books.js'
import { type Channel, readChannels } from './channels.js'
import { finishedFiles } from './sign.js'

export interface PublishInclusionOptions extends BooksOfEpoch {
  /** CSV: which customers get their files, and how. Private. */
  channels: string
  /** The public folder to make. */
  out: string
  /** Gets how many files are sealed, of how many. */
  onFile?: (done: number, of: number) => void
}

/** What was published, and how many customers can look. The count of accounts is private. */
export interface PublishedInclusion {
  archive: InclusionArchive
  accounts: number
  /** Accounts whose files are in it. */
  covered: number
  /** Channels of accounts that the ledger does not have. */
  strangers: number
  /**
   * The chance that nobody notices when as many accounts are left out: where every customer whose file is in
   * it looks, and where a tenth of them do.
   */
  unnoticed: { omitted: number; allLook: number; tenthLooks: number }[]
}

/** Entries that a bucket is filled up to a multiple of: a single one would count its files. */
const ENTRIES_STEP = 64

/** Accounts left out, that chances are computed for. */
const OMITTED = [1, 10, 100, 1000]

/** A file that is to be sealed. */
interface Parcel {
  publicKey: string
  bucket: number
  /** Its place in the bucket. */
  entry: number
}

/**
 * Publishes the inclusion files of all customers who have a channel: each sealed to its customer, in buckets
 * of one length whose entries have one length. Nobody has to ask the venue for a file, and whoever serves the
 * folder sees which bucket is taken, and not whose file.
 *
 * @throws {InputError} `CHANNELS_NONE` when no account has a channel, what `exportAllInclusions` throws but
 * `EPOCH_FOLDERS`, and the codes of a channels file
 * @example
 * import { writeFile } from 'node:fs/promises'
 *
 * const { publicKey } = await ownerRecipient(await readOwner('owner.json'))
 * await writeFile('channels.csv', `account_id,key\nalice@example.com,${publicKey}\n`)
 * const table = await readRiskTable('risk.json')
 * const ledger = await readLedger('accounts.csv', table)
 * const channels = 'channels.csv'
 * try {
 *   const books = { folder: 'epoch', privateFolder: 'private', table, ledger }
 *   await publishInclusion({ ...books, channels, out: 'archive' })
 * } finally {
 *   await ledger.close()
 * }
 */
export async function publishInclusion(options: PublishInclusionOptions): Promise<PublishedInclusion> {
  assertUnpublished(options.folder, [options.out])
  const channels = await readChannels(options.channels)
  assertPrivate(options.privateFolder)
  return withLock(privateLayout(options.privateFolder).lock, async () => {
    let published: PublishedInclusion | undefined
    await writeNewFolder(options.out, async (making) => {
      published = await seal(options, channels, making)
    })
    return published!
  })
}

/** Packs every file once, and seals it when the longest of all is known. */
async function seal(
  options: PublishInclusionOptions,
  channels: ReadonlyMap<string, Channel>,
  making: string,
): Promise<PublishedInclusion> {
  const { ledger, onFile } = options
  const books = await foldBooks(options)
  const id = randomBytes(32).toString('hex')
  return Spool.with(books.privateFolder, async (packed) => {
    /** By account, in the order of what is packed. */
    const keys = new Map<string, string>()
    let longest = 0
    for await (const { account, text } of finishedFiles(books, options)) {
      const channel = channels.get(account)
      if (channel === undefined) continue
      keys.set(account, await keyOf(channel, account, id))
      const entry = packEntry(text)
      longest = Math.max(longest, entry.length)
      packed.add(entry)
    }
    if (keys.size === 0) {
      throw new InputError('CHANNELS_NONE', 'no account of the ledger has a channel', {
        where: options.channels,
        hint: 'Write account ids as the accounts file does, upper and lower case included.',
      })
    }
    const buckets = Math.ceil(keys.size / BUCKET_ENTRIES)
    const counts = new Array<number>(buckets).fill(0)
    for (const publicKey of keys.values()) counts[bucketOf(publicKey, { id, buckets })]!++
    const entries = Math.ceil(Math.max(...counts) / ENTRIES_STEP) * ENTRIES_STEP
    /** The places of each bucket that are not taken yet, in no order. */
    const free = counts.map(() => shuffled(entries))
    const { venue, epoch, parts } = books.manifest
    const archive: InclusionArchive = {
      schema: 'plimsoll/inclusion-archive/1',
      ...{ venue, epoch },
      state: parts.ledger.state,
      accountsRoot: books.accountsRoot.toString(),
      ...{ id, buckets, entries },
      entryBytes: entryBytesOf(longest),
      covered: Math.floor((100 * keys.size) / ledger.count),
    }
    const files = new BucketFiles(making, archive)
    await files.create()
    const records = packed.records()
    let done = 0
    for (const publicKey of keys.values()) {
      const bucket = bucketOf(publicKey, { id, buckets })
      const parcel: Parcel = { publicKey, bucket, entry: free[bucket]!.pop()! }
      await files.put(parcel, records.next().value!)
      onFile?.(++done, keys.size)
    }
    // What fills a bucket looks like a file: nobody sees how many there are.
    for (const [bucket, rest] of free.entries()) {
      for (const entry of rest) {
        await files.put({ publicKey: await nobody(), bucket, entry }, new Uint8Array())
      }
    }
    files.flush()
    await writeJson(join(making, ARCHIVE_PATHS.head), archive)
    return {
      archive,
      accounts: ledger.count,
      covered: keys.size,
      strangers: [...channels.keys()].filter((account) => !keys.has(account)).length,
      unnoticed: OMITTED.filter((omitted) => omitted <= ledger.count).map((omitted) => {
        const chance = (looking: number) => unnoticedChance({ accounts: ledger.count, looking, omitted })
        return { omitted, allLook: chance(keys.size), tenthLooks: chance(Math.floor(keys.size / 10)) }
      }),
    }
  })
}

/** The numbers below `count` in a random order. */
function shuffled(count: number): number[] {
  const numbers = Array.from({ length: count }, (_, i) => i)
  for (let i = count - 1; i > 0; i--) {
    const j = randomInt(i + 1)
    ;[numbers[i], numbers[j]] = [numbers[j]!, numbers[i]!]
  }
  return numbers
}

async function keyOf(channel: Channel, account: string, archive: string): Promise<string> {
  if ('key' in channel) return channel.key
  return (await passphraseRecipient(channel.passphrase, account, archive)).publicKey
}

/** The buckets of an archive, filled in any order. */
class BucketFiles {
  constructor(
    private readonly folder: string,
    private readonly archive: InclusionArchive,
  ) {}

  async create(): Promise<void> {
    for (let bucket = 0; bucket < this.archive.buckets; bucket++) {
      await mkdir(dirname(this.path(bucket)), { recursive: true })
      closeSync(openSync(this.path(bucket), 'wx'))
    }
  }

  async put({ publicKey, bucket, entry }: Parcel, packed: Uint8Array): Promise<void> {
    const { id, entryBytes } = this.archive
    const sealed = await sealTo(publicKey, id, padEntry(packed, entryBytes))
    this.use(bucket, (file) => {
      for (let at = 0; at < sealed.length; )
        at += writeSync(file, sealed, at, sealed.length - at, entry * entryBytes + at)
    })
  }

  flush(): void {
    for (let bucket = 0; bucket < this.archive.buckets; bucket++) this.use(bucket, fsyncSync)
  }

  private use(bucket: number, work: (file: number) => void): void {
    const path = this.path(bucket)
    try {
      const file = openSync(path, 'r+')
      try {
        work(file)
      } finally {
        closeSync(file)
      }
    } catch (error) {
      throw fileError(path, error)
    }
  }

  private path(bucket: number): string {
    return join(this.folder, ARCHIVE_PATHS.bucket(bucket))
  }
}
