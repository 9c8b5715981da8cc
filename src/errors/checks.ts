import { EXIT, type ExitCode, PlimsollError } from './base.js'

/** One thing that was checked. */
export interface EpochCheck {
  id: string
  valid: boolean
  detail: string
  /** What the reader can do about a failure, where known. */
  todo?: string
}

/** The checks of one verification, in their order. Each runs, whatever became of those before it. */
export class Checks {
  readonly list: EpochCheck[] = []
  /** That of the worst failure: a worse one is never covered by a better one. */
  exitCode: ExitCode = EXIT.ok

  constructor(private readonly onCheck: ((check: EpochCheck) => void) | undefined) {}

  get valid(): boolean {
    return this.list.every(({ valid }) => valid)
  }

  /**
   * Runs one check, and hands back what it found; nothing when it fails.
   *
   * @param work gives what was found and the detail to show; throws `fail(reason)` or a `PlimsollError`
   * @param failure exit code of a failure that does not carry one
   */
  async run<T>(
    id: string,
    work: () => Promise<Found<T>> | Found<T>,
    failure: ExitCode = EXIT.invalid,
  ): Promise<T | undefined> {
    try {
      const { found, detail } = await work()
      this.add({ id, valid: true, detail })
      return found
    } catch (error) {
      if (!(error instanceof PlimsollError) && !(error instanceof Failed)) throw error
      const todo = error instanceof PlimsollError ? error.hint : error.todo
      const exitCode = error.exitCode ?? failure
      this.add({ id, valid: false, detail: error.message, ...(todo === undefined ? {} : { todo }) }, exitCode)
      return undefined
    }
  }

  add(check: EpochCheck, failure: ExitCode = EXIT.ok): void {
    this.list.push(check)
    this.onCheck?.(check)
    if (failure > this.exitCode) this.exitCode = failure
  }
}

/** Result of a passing check, and its wording. */
export interface Found<T> {
  found: T
  detail: string
}

/** A check that passes with these words, and nothing to hand on but that it did. */
export function passed(detail: string): Found<true> {
  return { found: true, detail }
}

/** Failure of a check. */
class Failed extends Error {
  constructor(
    reason: string,
    readonly todo: string | undefined,
    readonly exitCode: ExitCode | undefined,
  ) {
    super(reason)
  }
}

/** Ends a check: it fails for this reason. */
export function fail(reason: string, options: { todo?: string; exitCode?: ExitCode } = {}): never {
  throw new Failed(reason, options.todo, options.exitCode)
}
