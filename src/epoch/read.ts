import { InputError } from '../errors/index.js'
import { readJsonFile } from '../files/index.js'
import type { Proven } from '../proving/index.js'
import { epochLayout } from './layout.js'
import { orderedSignals } from './proof-file.js'
import { type Manifest, proofFileSchema } from './schema.js'

/** Every proof of a complete epoch, batches first, ready for a verifier. Nothing is checked here but their shape. */
export async function readEpochProofs(
  folder: string,
  manifest: Manifest,
): Promise<(Proven & { instance: string })[]> {
  const at = epochLayout(folder)
  const paths = [...manifest.batches.map((_, i) => at.batch(i)), ...(manifest.solvency ? [at.solvency] : [])]
  return Promise.all(
    paths.map(async (path) => {
      const file = await readJsonFile(path, proofFileSchema)
      const publicSignals = orderedSignals(file)
      if (!publicSignals)
        throw new InputError('PROOF_SIGNALS', 'has not the signals of its statement', { where: path })
      return { instance: file.instance, proof: file.proof, publicSignals }
    }),
  )
}
