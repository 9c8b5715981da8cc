import Table from 'cli-table3'
import type { Shortage } from '../epoch/index.js'
import { ArtifactError, type ExitCode, InputError, PlimsollError } from '../errors/index.js'

/** Where a command's words go: results to standard output, everything else to standard error. */
export interface Ui {
  json: boolean
  /** A line of progress, on standard error. */
  say(line: string): void
  /** Runs one step and says how long it took. `update` replaces what the running step says of itself. */
  step<T>(title: string, work: (update: (detail: string) => void) => Promise<T>): Promise<T>
  /** The result: `text` for people, or `value` as one JSON object. Called once. */
  result(value: unknown, text: () => string): void
}

export function createUi(json: boolean): Ui {
  const err = process.stderr
  const say = (line: string) => err.write(`${line}\n`)
  return {
    json,
    say,
    async step(title, work) {
      const started = performance.now()
      const elapsed = () => `${((performance.now() - started) / 1000).toFixed(1)} s`
      let detail = ''
      const draw = () => err.write(`\r\x1b[K… ${title}${detail ? ` · ${detail}` : ''}  ${elapsed()}`)
      const timer = err.isTTY ? setInterval(draw, 200) : undefined
      if (!err.isTTY) say(`… ${title}`)
      try {
        const result = await work((next) => {
          detail = next
          if (!err.isTTY) say(`  ${next}`)
        })
        err.write(`${err.isTTY ? '\r\x1b[K' : ''}✓ ${title}  ${elapsed()}\n`)
        return result
      } catch (error) {
        err.write(`${err.isTTY ? '\r\x1b[K' : ''}✗ ${title}  ${elapsed()}\n`)
        throw error
      } finally {
        clearInterval(timer)
      }
    },
    result(value, text) {
      process.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : `${text()}\n`)
    },
  }
}

/** A readable table: a header and rows of text. */
export function table(head: string[], rows: (string | number)[][]): string {
  const drawn = new Table({ head, style: { head: [], border: [] } })
  drawn.push(...rows)
  return drawn.toString()
}

/** An exact decimal for people: two decimals, cut off, with thousands apart. */
export function cents(amount: string): string {
  const [whole = '0', part = ''] = amount.split('.')
  return `${BigInt(whole).toLocaleString('en-US')}.${part.slice(0, 2).padEnd(2, '0')}`
}

/** What every proof made with a development key is announced with. */
export const DEVELOPMENT_WARNING =
  'WARNING: development keys. Whoever made them can forge every proof. Not for production.'

/** Says what went wrong, where, and what to do; the exit code that goes with it. */
export function reportError(error: unknown, json: boolean): ExitCode {
  const known = error instanceof PlimsollError ? error : unexpected(error)
  if (json) {
    const extra = 'shortages' in known ? { shortages: known.shortages } : {}
    process.stdout.write(`${JSON.stringify({ error: { ...known.toJSON(), ...extra } }, null, 2)}\n`)
    return known.exitCode
  }
  process.stderr.write(`\nerror ${known.code}\n  ${known.message}\n`)
  if ('shortages' in known) {
    const rows = (known.shortages as Shortage[]).map((s) =>
      'symbol' in s ? [s.symbol, s.missing] : [`scenario ${s.scenario}`, `${s.missing} ${s.quote}`],
    )
    if (rows.length > 0) process.stderr.write(`${table(['where', 'missing'], rows)}\n`)
  }
  if (known.hint) process.stderr.write(`  ${known.hint}\n`)
  return known.exitCode
}

/** What the operating system says of a path that a user named. */
const FILE_ERRORS: Record<string, string> = {
  EACCES: 'no permission',
  EEXIST: 'is there already',
  EISDIR: 'is a folder',
  ENOENT: 'no such file or folder',
  ENOSPC: 'no space is left',
  ENOTDIR: 'a part of the path is a file',
  EPERM: 'is not permitted',
  EROFS: 'the file system is read-only',
}

/** A bug: its stack may help, its message may hold anything, so only its kind is shown unless asked for. */
function unexpected(error: unknown): PlimsollError {
  if (process.env.PLIMSOLL_DEBUG) process.stderr.write(`${(error as Error)?.stack ?? error}\n`)
  const { code, path } = (error ?? {}) as NodeJS.ErrnoException
  const reason = code === undefined ? undefined : FILE_ERRORS[code]
  if (reason !== undefined) {
    return new InputError('FILE_ACCESS', reason, {
      cause: error,
      ...(path === undefined ? {} : { where: path }),
    })
  }
  return new ArtifactError(
    'UNEXPECTED',
    `an unexpected ${(error as Error)?.name ?? 'error'}${code ? ` (${code})` : ''}`,
    {
      cause: error,
      hint: 'This is a fault of Plimsoll. PLIMSOLL_DEBUG=1 shows where; what it shows may hold private data.',
    },
  )
}
