import { randomBytes } from 'node:crypto'
import { closeSync, openSync, readSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { ChunkWriter } from './chunks.js'
import { fileError } from './disk.js'
import { removeOnExit } from './process.js'

/** Bytes that are read at once. */
const CHUNK = 1 << 20
/** Bytes before each record, which say its length. */
const HEAD_BYTES = 4

/**
 * Private records on the disk, to be read in the order in which they were added or one by one: for what is
 * too much for memory and too dear to be made twice. The file loses its name as soon as it is open, so that
 * nothing is left of it however the process ends.
 */
export class Spool {
  private readonly writer: ChunkWriter
  private size = 0

  private constructor(
    private readonly file: number,
    private readonly path: string,
    private readonly discard: () => void,
  ) {
    this.writer = new ChunkWriter(file, path)
  }

  /**
   * Runs `work` with an empty spool in a private folder.
   *
   * @throws {InputError} `FILE_ACCESS`, and what `work` throws
   */
  static async with<T>(folder: string, work: (spool: Spool) => Promise<T>): Promise<T> {
    const spool = Spool.open(folder)
    try {
      return await work(spool)
    } finally {
      spool.close()
    }
  }

  /** @throws {InputError} `FILE_ACCESS` */
  static open(folder: string): Spool {
    const path = join(folder, `.spool.${randomBytes(6).toString('hex')}.tmp`)
    const discard = removeOnExit(path)
    try {
      const file = openSync(path, 'wx+', 0o600)
      try {
        unlinkSync(path)
      } catch {
        // A system that keeps names of open files: it goes when the spool is closed.
      }
      return new Spool(file, path, discard)
    } catch (error) {
      discard()
      throw fileError(path, error)
    }
  }

  /**
   * Adds a record, and says where it is.
   *
   * @throws {InputError} `FILE_ACCESS`, when the disk is full for instance
   */
  add(record: Uint8Array): number {
    const place = this.size
    const head = Buffer.allocUnsafe(HEAD_BYTES)
    head.writeUInt32LE(record.length)
    this.writer.addBytes(head)
    this.writer.addBytes(record)
    this.size += HEAD_BYTES + record.length
    return place
  }

  /**
   * The record at a place.
   *
   * @throws {InputError} `FILE_ACCESS`
   */
  at(place: number): Uint8Array {
    this.writer.flush()
    const head = this.whole(HEAD_BYTES, place)
    return this.whole(head.readUInt32LE(), place + HEAD_BYTES)
  }

  /**
   * All records. The bytes of one are good until the next is asked for.
   *
   * @throws {InputError} `FILE_ACCESS`
   */
  *records(): Generator<Uint8Array, void, undefined> {
    this.writer.flush()
    let chunk = Buffer.allocUnsafe(CHUNK)
    let [start, end, read] = [0, 0, 0]
    /** The next bytes of the file, which lie in one piece then. */
    const take = (bytes: number): Buffer => {
      if (end - start < bytes) {
        const bigger = bytes > chunk.length ? Buffer.allocUnsafe(bytes) : chunk
        chunk.copy(bigger, 0, start, end)
        ;[chunk, start, end] = [bigger, 0, end - start]
        while (end < bytes) {
          const got = this.read(chunk, end, read)
          end += got
          read += got
        }
      }
      start += bytes
      return chunk.subarray(start - bytes, start)
    }
    for (let left = this.size; left > 0; ) {
      const length = take(HEAD_BYTES).readUInt32LE()
      yield take(length)
      left -= HEAD_BYTES + length
    }
  }

  close(): void {
    closeSync(this.file)
    this.discard()
  }

  private whole(length: number, position: number): Buffer {
    const bytes = Buffer.allocUnsafe(length)
    for (let at = 0; at < length; ) at += this.read(bytes, at, position + at)
    return bytes
  }

  private read(into: Buffer, at: number, position: number): number {
    try {
      const got = readSync(this.file, into, at, into.length - at, position)
      if (got === 0) throw new Error('the file is shorter than what was written')
      return got
    } catch (error) {
      throw fileError(this.path, error)
    }
  }
}
