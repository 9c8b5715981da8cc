import { EXIT, PlimsollError } from './base.js'

/** A circuit, key or verifier that is missing, altered, unpinned, or not fit for its use. */
export class ArtifactError extends PlimsollError {
  readonly exitCode = EXIT.artifact
}
