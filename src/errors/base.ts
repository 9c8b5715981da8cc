import { printable } from './printable.js'

/**
 * Exit codes of the process.
 *
 * @example
 * const { exitCode } = await verifyEpoch(await openSource('epoch'), { pins })
 * if (exitCode === EXIT.artifact) console.error('a key is broken or not pinned')
 */
export const EXIT = { ok: 0, invalid: 1, input: 2, artifact: 3 } as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

export interface ErrorOptions {
  /** One sentence on what the reader can do. */
  hint?: string
  /** The error underneath, if any. */
  cause?: unknown
  /** Where it happened: a file, a line, a field. Never a private value. */
  where?: string
}

/**
 * The one base of every error that Plimsoll raises on purpose. Messages never carry private values. Message
 * and hint are for people and `printable`, as names from files may stand in them; `where` is as it was given.
 *
 * @example
 * try {
 *   await readRiskTable('missing.json')
 * } catch (error) {
 *   if (!(error instanceof PlimsollError)) throw error
 *   console.error(error.code, error.message, error.hint, error.exitCode)
 * }
 */
export abstract class PlimsollError extends Error {
  /** Stable, machine-readable name of the failure, e.g. `LEDGER_DUPLICATE_ACCOUNT`. */
  readonly code: string
  readonly hint: string | undefined
  readonly where: string | undefined
  /** The message without its place. */
  readonly what: string
  abstract readonly exitCode: ExitCode

  constructor(code: string, message: string, options: ErrorOptions = {}) {
    super(printable(options.where ? `${options.where}: ${message}` : message), { cause: options.cause })
    this.name = new.target.name
    this.code = code
    this.hint = options.hint === undefined ? undefined : printable(options.hint)
    this.where = options.where
    this.what = printable(message)
  }

  toJSON(): { code: string; message: string; hint?: string; where?: string } {
    return {
      code: this.code,
      message: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.where === undefined ? {} : { where: this.where }),
    }
  }
}
