import { EXIT, PlimsollError } from './base.js'

/**
 * A circuit, key or verifier that is missing, altered, unpinned, or not fit for its use.
 *
 * @example
 * try {
 *   await verifyProofFile(await openSource('epoch'), 'ledger/0000/0000000.json', { pins: {} })
 * } catch (error) {
 *   if (error instanceof ArtifactError) console.error(error.code, error.hint) // KEY_UNPINNED …
 * }
 */
export class ArtifactError extends PlimsollError {
  readonly exitCode = EXIT.artifact
}
