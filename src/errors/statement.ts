import { EXIT, PlimsollError } from './base.js'

/** The books do not satisfy the statement: there is nothing true to prove. */
export class StatementError extends PlimsollError {
  readonly exitCode = EXIT.invalid
}
