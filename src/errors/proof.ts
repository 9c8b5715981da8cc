import { EXIT, PlimsollError } from './base.js'

/**
 * A proof, or a chain of proofs, that does not verify.
 *
 * @example
 * try {
 *   await openMarginGate(chain, '0x5fbdb2315678afecb367f032d93f642f64180aa3')
 * } catch (error) {
 *   if (error instanceof ProofError) console.error(error.code) // GATE_REFUSED
 * }
 */
export class ProofError extends PlimsollError {
  readonly exitCode = EXIT.invalid
}
