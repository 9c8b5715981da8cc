import { EXIT, PlimsollError } from './base.js'

/**
 * A file, a flag or an argument that cannot be used as it is.
 *
 * @example
 * try {
 *   await readRiskTable('missing.json')
 * } catch (error) {
 *   if (error instanceof InputError) console.error(error.code) // FILE_ACCESS
 * }
 */
export class InputError extends PlimsollError {
  readonly exitCode = EXIT.input

  /** The same error, of a place inside `outer`: the file that turned out wrong only when it was used. */
  within(outer: string): InputError {
    const { code, what, hint, cause, where } = this
    return new InputError(code, what, {
      cause,
      where: where === undefined ? outer : `${outer}: ${where}`,
      ...(hint === undefined ? {} : { hint }),
    })
  }
}

/**
 * Does what may find fault with what was read from a file, and says which file that was.
 *
 * @param codes the prefix of the codes concerned (default: every code)
 * @example
 * const scenarios = await inPlace('stress.json', () => stressScenarios(table, request))
 */
export async function inPlace<T>(
  place: string | undefined,
  work: () => T | Promise<T>,
  codes = '',
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (place === undefined || !(error instanceof InputError) || !error.code.startsWith(codes)) throw error
    throw error.within(place)
  }
}
