import { EXIT, PlimsollError } from './base.js'

/** A file, a flag or an argument that cannot be used as it is. */
export class InputError extends PlimsollError {
  readonly exitCode = EXIT.input
}
