import { InputError } from '../../src/errors/index.js'

/** The code of the `InputError` that some work throws. */
export function codeOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof InputError) return error.code
  }
  return 'nothing thrown'
}
