import { createHash } from 'node:crypto'
import { copyFile, type FileHandle, open, stat } from 'node:fs/promises'
import * as z from 'zod'
import { InputError } from '../errors/index.js'
import { fileError, readBytes, withFileLock, writeFileAtomic } from '../files/index.js'
import { bySchema, decodeText, MAX_TIMESTAMP } from '../schema/index.js'

/** Seconds since 1970-01-01 UTC, with a fraction, up to the end of the year 9999. */
export const momentSchema = z.number().min(0).max(MAX_TIMESTAMP)

/** Largest journal that is read, in bytes, and from where on one is begun anew when it is opened. */
const [MAX_BYTES, ANEW] = [1 << 28, 1 << 24]

/**
 * A file of JSON lines that remembers what was decided, for one process at a time. A line that was added is
 * on the disk; what a killed process left of one is cut off when the file is opened again.
 */
export class Journal<T> {
  /** Lines that the disk did not take, in their order. */
  private unwritten: string[] = []
  /** Who writes waits for the one before. */
  private turn: Promise<void> = Promise.resolve()

  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
    /** Bytes up to the end of the last whole line. */
    private size: number,
    private readonly release: () => Promise<void>,
  ) {}

  /**
   * Opens a journal, and makes it where there is none.
   *
   * @param snapshot the records that stand for all that were read, with which a long journal begins anew; the
   * old one stays beside it
   * @throws {InputError} `LOCK_BUSY` when another process has it, `WATCH_JOURNAL` when a line is none of it,
   * `FILE_ACCESS`
   */
  static async open<S extends z.ZodType>(
    path: string,
    schema: S,
    snapshot: (records: readonly z.output<S>[]) => readonly z.output<S>[],
  ): Promise<{ journal: Journal<z.output<S>>; records: readonly z.output<S>[] }> {
    const release = await hold(`${path}.lock`)
    try {
      let text = await textOf(path)
      let records = recordsOf(text, schema, path)
      if (Buffer.byteLength(text) > ANEW) {
        const name = createHash('sha256').update(text).digest('hex').slice(0, 16)
        await copyFile(path, path.replace(/(\.jsonl)?$/, `-${name}.jsonl`))
        records = [...snapshot(records)]
        text = records.map((record) => `${JSON.stringify(record)}\n`).join('')
        await writeFileAtomic(path, text, { mode: 0o600 })
      }
      const file = await open(path, 'a', 0o600)
      const size = Buffer.byteLength(text)
      await file.truncate(size)
      return { journal: new Journal(path, file, size, release), records }
    } catch (error) {
      await release()
      throw (error as NodeJS.ErrnoException).syscall === undefined ? error : fileError(path, error)
    }
  }

  /** Whether the disk has everything. */
  get isWritten(): boolean {
    return this.unwritten.length === 0
  }

  /**
   * Adds records. What a full disk does not take is kept, and written before the next.
   *
   * @throws {InputError} `FILE_ACCESS` when the disk did not take all of it
   */
  add(...records: readonly T[]): Promise<void> {
    this.unwritten.push(...records.map((record) => `${JSON.stringify(record)}\n`))
    const writing = this.turn.then(() => this.write())
    this.turn = writing.catch(() => {})
    return writing
  }

  private async write(): Promise<void> {
    if (this.isWritten) return
    const lines = this.unwritten.length
    const data = Buffer.from(this.unwritten.join(''))
    try {
      // A write that ended in the middle of a line is made again from its beginning.
      await this.file.truncate(this.size)
      let written = 0
      while (written < data.length) written += (await this.file.write(data, written)).bytesWritten
      await this.file.datasync()
      this.size += data.length
      this.unwritten.splice(0, lines)
    } catch (error) {
      await this.file.truncate(this.size).catch(() => {})
      throw fileError(this.path, error)
    }
  }

  /** Takes records back that the disk did not take. */
  drop(): void {
    this.unwritten = []
  }

  async close(): Promise<void> {
    await this.turn
    await this.file.close()
    await this.release()
  }
}

/** Holds a lock until it is released. */
async function hold(path: string): Promise<() => Promise<void>> {
  let free = () => {}
  let done: Promise<void> = Promise.resolve()
  await new Promise<void>((resolve, reject) => {
    done = withFileLock(
      path,
      () =>
        new Promise<void>((end) => {
          free = end
          resolve()
        }),
      async ({ who, hint: ofLock }) => {
        const hint = `${ofLock} Beside a running watch, --once needs a configuration without alerts.`
        throw new InputError('LOCK_BUSY', `${who} watches with the same state`, { where: path, hint })
      },
    )
    done.catch(reject)
  })
  return async () => {
    free()
    await done
  }
}

/** The whole lines of a journal; nothing where there is none. */
async function textOf(path: string): Promise<string> {
  const isThere = await stat(path).then(
    () => true,
    ({ code }: NodeJS.ErrnoException) => code !== 'ENOENT',
  )
  if (!isThere) return ''
  const bytes = await readBytes(path, MAX_BYTES)
  return decodeText(bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1), path)
}

/**
 * The records of a journal's text.
 *
 * @throws {InputError} `WATCH_JOURNAL`
 */
export function recordsOf<S extends z.ZodType>(text: string, schema: S, path: string): z.output<S>[] {
  const lines = text.split('\n').slice(0, -1)
  return lines.map((line, i) => {
    let value: unknown
    try {
      value = JSON.parse(line)
    } catch {
      // Falls through: what is no JSON is no record.
    }
    const read = bySchema(schema, value)
    if (read.fault === undefined) return read.data
    throw new InputError('WATCH_JOURNAL', 'not a line that a watch has written', {
      where: `${path}:${i + 1}`,
      hint: 'Move the file away: a watch without it begins anew, and tells of what fires once more.',
    })
  })
}
