import { ArtifactError } from '../errors/index.js'

export function formatError(path: string): ArtifactError {
  return new ArtifactError('ARTIFACT_FORMAT', 'cut short, or not a file of its kind over BN254', {
    where: path,
  })
}
