import { ArtifactError } from '../errors/index.js'

export function proverFailed(why: string, cause?: unknown): ArtifactError {
  return new ArtifactError('PROVER_FAILED', `no proof was made: ${why}`, {
    cause,
    hint: 'Make room in memory and run the command again, or prove with `--prover snarkjs`.',
  })
}
