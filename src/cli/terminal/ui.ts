import { ArtifactError, type ExitCode, InputError, PlimsollError, printableJson } from '../../errors/index.js'
import type { Shortage } from '../../venue/index.js'
import { columnsOf, layOut, statusLine, type Text } from './layout.js'
import { table } from './table.js'

export { table }

/** Where a command's words go: results to standard output, everything else to standard error. All of it is made printable here. */
export interface Ui {
  json: boolean
  /** A line of progress, on standard error. */
  say(line: string): void
  /** Runs one step and says how long it took. `update` replaces what the running step says of itself. */
  step<T>(title: string, work: (update: (detail: string) => void) => Promise<T>): Promise<T>
  /** The result: `text` for people, or `value` as one JSON object. Called once. */
  result(value: unknown, text: () => Text): void
}

export function createUi(json: boolean): Ui {
  const err = process.stderr
  const say = (line: string) => show(err, line)
  return {
    json,
    say,
    async step(title, work) {
      const started = performance.now()
      const elapsed = () => `${((performance.now() - started) / 1000).toFixed(1)} s`
      let detail = ''
      const draw = () => {
        const status = statusLine(`… ${title}${detail ? ` · ${detail}` : ''}  ${elapsed()}`, columnsOf(err))
        err.write(`\r\x1b[K${status}`)
      }
      const timer = err.isTTY ? setInterval(draw, 200) : undefined
      const end = (mark: string) => {
        clearInterval(timer)
        if (err.isTTY) err.write('\r\x1b[K')
        say(`${mark} ${title}  ${elapsed()}`)
      }
      if (!err.isTTY) say(`… ${title}`)
      try {
        const result = await work((next) => {
          detail = next
          if (!err.isTTY) say(`  ${next}`)
        })
        end('✓')
        return result
      } catch (error) {
        end('✗')
        throw error
      }
    },
    result(value, text) {
      if (json) showJson(value)
      else show(process.stdout, text())
    },
  }
}

/** Writes for people. */
export function show(stream: NodeJS.WriteStream, text: Text): void {
  stream.write(layOut(text, columnsOf(stream)))
}

function showJson(value: unknown): void {
  process.stdout.write(`${printableJson(value)}\n`)
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
    showJson({ error: { ...known.toJSON(), ...extra } })
    return known.exitCode
  }
  show(process.stderr, [
    '',
    `error ${known.code}`,
    `  ${known.message}`,
    ...('shortages' in known ? [shortages(known.shortages as Shortage[])] : []),
    ...(known.hint ? [`  ${known.hint}`] : []),
  ])
  return known.exitCode
}

function shortages(all: Shortage[]): Text {
  if (all.length === 0) return []
  return table(
    ['where', 'missing'],
    all.map((s) =>
      'symbol' in s ? [s.symbol, s.missing] : [`scenario ${s.scenario}`, `${s.missing} ${s.quote}`],
    ),
  )
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
  if (process.env.PLIMSOLL_DEBUG) show(process.stderr, `${(error as Error)?.stack ?? error}`.split('\n'))
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
