import { type ExitCode, PlimsollError } from '../errors/index.js'

/** What a customer is told where something that is needed cannot be read. */
export interface Unanswered {
  verdict: 'cannot tell'
  error: ReturnType<PlimsollError['toJSON']>
  /** 2 what cannot be read, 3 a key that is broken. */
  exitCode: ExitCode
}

/**
 * The answer of some work. A customer gets one of three verdicts, also when something cannot be read.
 *
 * @param work reads what it takes, and verifies it
 */
export async function answering<T>(work: () => Promise<T>): Promise<T | Unanswered> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof PlimsollError)) throw error
    return { verdict: 'cannot tell', error: error.toJSON(), exitCode: error.exitCode }
  }
}
