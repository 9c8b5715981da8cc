import { createReadStream } from 'node:fs'
import { open, stat, truncate } from 'node:fs/promises'
import * as z from 'zod'
import { InputError } from '../errors/index.js'
import { fileError } from '../files/index.js'
import { balanceSchema, controlSchema, linesOf } from '../reserves/index.js'
import { bySchema } from '../schema/index.js'

/** Bytes of one line: all that was collected of an account. */
const MAX_LINE = 1 << 29
const PIECE = 1 << 20

const recordSchema = z.strictObject({
  account: z.string(),
  /** Where it was completed while it was collected. */
  control: controlSchema.exactOptional(),
  holdings: z.array(
    z.strictObject({
      asset: z.string(),
      amount: z.string().regex(/^[0-9]+$/, 'must be a whole number of smallest units in quotes'),
      block: z.string(),
      balance: balanceSchema,
    }),
  ),
  /** Nodes of tries, in base64. */
  nodes: z.array(z.string()),
})

/** What was collected of one account. */
export type CollectedRecord = z.infer<typeof recordSchema>

/**
 * A file to which one line is added for each account that is done. What a process that was killed left of a
 * line is cut off, and the next one goes on behind it.
 */
export class Journal {
  constructor(private readonly path: string) {}

  /** The lines that are whole, after whatever follows them is cut off. */
  async *resume(): AsyncGenerator<CollectedRecord> {
    const size = await stat(this.path).then(
      (entry) => entry.size,
      () => 0,
    )
    if (size === 0) return
    await truncate(this.path, await endOfLines(this.path)).catch((error: unknown) => {
      throw fileError(this.path, error)
    })
    yield* this.records()
  }

  /** All lines, one by one. */
  async *records(): AsyncGenerator<CollectedRecord> {
    const pieces = createReadStream(this.path, { highWaterMark: PIECE })
    for await (const { text, number } of linesOf(pieces, MAX_LINE, this.path)) {
      const read = bySchema(recordSchema, parsed(text))
      if (read.fault === undefined) yield read.data
      else {
        throw new InputError('COLLECT_JOURNAL', 'not a line that collecting has written', {
          where: `${this.path}:${number}`,
          hint: 'Remove the folder, and collect again.',
        })
      }
    }
  }

  /** Adds lines, each in one piece. */
  async appending<T>(work: (add: (record: CollectedRecord) => Promise<void>) => Promise<T>): Promise<T> {
    const file = await open(this.path, 'a', 0o600).catch((error: unknown) => {
      throw fileError(this.path, error)
    })
    try {
      const result = await work(async (record) => {
        await file.appendFile(`${JSON.stringify(record)}\n`)
      })
      await file.datasync()
      return result
    } catch (error) {
      throw (error as NodeJS.ErrnoException).syscall === undefined ? error : fileError(this.path, error)
    } finally {
      await file.close()
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Bytes up to the last end of a line. */
async function endOfLines(path: string): Promise<number> {
  let [at, end] = [0, 0]
  for await (const piece of createReadStream(path, { highWaterMark: PIECE })) {
    const last = (piece as Buffer).lastIndexOf(0x0a)
    if (last >= 0) end = at + last + 1
    at += (piece as Buffer).length
  }
  return end
}
