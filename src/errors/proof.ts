import { EXIT, PlimsollError } from './base.js'

/** A proof, or a chain of proofs, that does not verify. */
export class ProofError extends PlimsollError {
  readonly exitCode = EXIT.invalid
}
