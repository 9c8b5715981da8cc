import { createReadStream, createWriteStream } from 'node:fs'
import { open, stat, symlink } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { InputError } from '../errors/index.js'
import { fileError, type RegularFile, statFile } from '../files/index.js'

/** The name of standard input on a command line. */
const STANDARD_INPUT = '-'

/** A file of accounts as the command line names it, looked at before it is read. */
export interface LedgerSource {
  path: string
  /** Its name in messages. */
  name: string
  /** The file as it was first seen; none for a pipe. */
  before: RegularFile | undefined
}

/** A file of accounts as it lies where it is read from. */
export interface LedgerInput {
  name: string
  isParquet: boolean
  /** Bytes to read, decompressed. */
  size: bigint
  /** Throws when the file is no longer what it was. @throws {InputError} `LEDGER_CHANGED` */
  assertUnchanged(): Promise<void>
}

/** @throws {InputError} `FILE_ACCESS` */
export async function lookAt(path: string): Promise<LedgerSource> {
  if (path === STANDARD_INPUT) return { path, name: 'standard input', before: undefined }
  const isPipe = (await stat(path).catch(() => undefined))?.isFIFO() === true
  return { path, name: path, before: isPipe ? undefined : await statFile(path) }
}

/**
 * Puts a file of accounts at `target`: a regular file by a link to it, standard input (`-`) or a pipe as a
 * copy, and what is compressed by gzip as a copy of what it holds, so that all who read it read the same
 * bytes. What it is, its first bytes say, not its name.
 *
 * @param target a path in a folder of its own, which nobody else can read
 * @throws {InputError} `FILE_ACCESS`, `LEDGER_COMPRESSION`
 */
export async function takeInput({ path, name, before }: LedgerSource, target: string): Promise<LedgerInput> {
  if (before !== undefined && !isGzip(await firstBytes(path))) await symlink(resolve(path), target)
  else await copy(path === STANDARD_INPUT ? process.stdin : createReadStream(path), target, name)
  const isParquet =
    (await firstBytes(target)).toString('latin1') === 'PAR1' || path.toLowerCase().endsWith('.parquet')
  return {
    name,
    isParquet,
    size: (await statFile(target)).size,
    assertUnchanged: async () => {
      if (before !== undefined) await assertUnchanged(path, before)
    },
  }
}

async function assertUnchanged(path: string, before: RegularFile): Promise<void> {
  if ((await statFile(path)).version !== before.version) {
    throw new InputError('LEDGER_CHANGED', 'the file changed while it was read', { where: path })
  }
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

async function firstBytes(path: string): Promise<Buffer> {
  try {
    const file = await open(path)
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (error) {
    throw fileError(path, error)
  }
}

/**
 * How many times larger than its file a decompressed file may be, once it has more bytes than `ANY_GROWTH`.
 * Accounts stay below 50.
 */
const MAX_GROWTH = 200
const ANY_GROWTH = 64 * 2 ** 20

/** Copies a stream, decompressed where it is gzip. A small file that would fill the disk is refused. */
async function copy(from: Readable, target: string, name: string): Promise<void> {
  const chunks = from[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  let head = Buffer.alloc(0)
  let taken = 0
  const whole = async function* (): AsyncGenerator<Buffer> {
    taken = head.length
    yield head
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
      taken += next.value.length
      yield next.value
    }
  }
  const bounded = async function* (parts: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let given = 0
    for await (const part of parts) {
      given += part.length
      if (given > ANY_GROWTH && given > MAX_GROWTH * taken) throw tooGrown(name)
      yield part
    }
  }
  try {
    while (head.length < 2) {
      const next = await chunks.next()
      if (next.done) break
      head = Buffer.concat([head, next.value])
    }
    const to = createWriteStream(target, { flags: 'wx', mode: 0o600 })
    if (isGzip(head)) await pipeline(Readable.from(whole()), createGunzip(), bounded, to)
    else await pipeline(Readable.from(whole()), to)
  } catch (error) {
    if (!/^Z_/.test((error as NodeJS.ErrnoException).code ?? '')) throw fileError(name, error)
    throw new InputError('LEDGER_COMPRESSION', 'what gzip has compressed is damaged or cut short', {
      where: name,
      cause: error,
      hint: 'Check that the file is complete: `gzip -t` tests it.',
    })
  }
}

function tooGrown(name: string): InputError {
  return new InputError(
    'LEDGER_COMPRESSION',
    `grows to more than ${MAX_GROWTH} times its size when it is decompressed`,
    {
      where: name,
      hint: 'Accounts never shrink that much: check what the file holds, or decompress it first.',
    },
  )
}
