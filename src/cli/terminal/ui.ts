import {
  ArtifactError,
  type ExitCode,
  fileReason,
  InputError,
  PlimsollError,
  printableJson,
} from '../../errors/index.js'
import type { Shortage } from '../../venue/index.js'
import { columnsOf, layOut, statusLine, type Text } from './layout.js'
import { table } from './table.js'

/**
 * Where a command's output goes: results to standard output, all else to standard error. All of it is made
 * printable here.
 */
export interface Ui {
  json: boolean
  /** Prints a line of progress on standard error. */
  say(line: string): void
  /**
   * Shows how far a long work is: in place on a terminal, where other lines pass above it, and as a line
   * elsewhere. Empty text ends it.
   */
  status(text: string): void
  /** Prints a text for people on standard error: what is not the result. */
  show(text: Text): void
  /** Asks for a line on a terminal; nothing is asked for where there is none. */
  ask(question: string, preset: string): Promise<string>
  /** Tells a program what happens: with `--json` one line of JSON on standard error, else nothing. */
  event(event: object): void
  /** Prints notes on standard error: what a reader should know, and no fault. */
  notes(notes: readonly string[]): void
  /** Warns on standard error when keys are of a kind that nothing may rest on. */
  warnOfKeys(keyKind: string | undefined): void
  /** Runs one step, and prints how long it took. `update` replaces the detail that the running step shows. */
  step<T>(title: string, work: (update: (detail: string) => void) => Promise<T>): Promise<T>
  /** Prints the result: `text` for people, or `value` as one JSON document. Called once. */
  result(value: unknown, text: () => Text): void
}

export function createUi({ json = false }: { json?: boolean }): Ui {
  const err = process.stderr
  let status = ''
  const drawStatus = () => err.write(`\r\x1b[K${statusLine(status, columnsOf(err))}`)
  const say = (line: string) => {
    if (status !== '') err.write('\r\x1b[K')
    show(err, line)
    if (status !== '') drawStatus()
  }
  return {
    json,
    say,
    status(text) {
      if (!err.isTTY) return text === '' ? undefined : say(text)
      status = text
      drawStatus()
    },
    show: (text) => show(err, text),
    ask: (question, preset) => ask(question, preset),
    event(event) {
      if (json) err.write(`${printableJson(event, 0)}\n`)
    },
    notes(notes) {
      for (const note of notes) say(`note: ${note}`)
    },
    warnOfKeys(keyKind) {
      if (keyKind === 'development') say(DEVELOPMENT_WARNING)
    },
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

/** Whether there is somebody to ask. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY
}

/**
 * An answer on the terminal; an empty one is `preset`.
 *
 * @throws {InputError} `USAGE` when the question is left by Ctrl-C or the end of the input
 */
async function ask(question: string, preset: string): Promise<string> {
  if (!canAsk()) return preset
  const { createInterface } = await import('node:readline/promises')
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  // A line that is closed without an answer would be waited for in vain.
  const left = new Promise<never>((_, reject) => {
    lines.once('close', () => reject(new InputError('USAGE', 'a question was left without an answer')))
  })
  try {
    const text = `${question}${preset === '' ? '' : ` [${preset}]`} `
    const answer = (await Promise.race([lines.question(text), left])).trim()
    return answer === '' ? preset : answer
  } finally {
    lines.close()
  }
}

/** Writes text for people. */
export function show(stream: NodeJS.WriteStream, text: Text): void {
  stream.write(layOut(text, columnsOf(stream)))
}

function showJson(value: unknown): void {
  process.stdout.write(`${printableJson(value)}\n`)
}

const DEVELOPMENT_WARNING =
  'WARNING: development keys. Whoever made them can forge every proof. Not for production.'

/** Prints what went wrong, where, and what to do. Returns the exit code that goes with it. */
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
      'symbol' in s ? [s.symbol, s.missing] : [scenarioText(s), `${s.missing} ${unitText(s)}`],
    ),
  )
}

type ScenarioShortage = Extract<Shortage, { scenario: string }>

function scenarioText({ scenario, limit }: ScenarioShortage): string {
  return `scenario ${scenario}${limit === undefined ? '' : ", beyond the policy's limit"}`
}

function unitText({ quote, limit, missing }: ScenarioShortage): string {
  if (limit !== 'accounts') return quote
  return missing === '1' ? 'account' : 'accounts'
}

/**
 * Hides the message of an error that is not ours: it may hold private data. Only its kind is shown, unless
 * asked for.
 */
function unexpected(error: unknown): PlimsollError {
  if (process.env.PLIMSOLL_DEBUG) show(process.stderr, `${(error as Error)?.stack ?? error}`.split('\n'))
  const { code, path } = (error ?? {}) as NodeJS.ErrnoException
  const reason = code === undefined ? undefined : fileReason(code)
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
      hint: 'This is a bug in Plimsoll. PLIMSOLL_DEBUG=1 shows where; its output may contain private data.',
    },
  )
}
