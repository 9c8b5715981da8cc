import { areProofsOf, type ProofFile, proofFileSchema } from '../bundle/index.js'
import { batchInstance, type LedgerPart } from '../epoch/index.js'
import { readJsonFile } from '../files/index.js'
import type { Artifacts } from '../proving/index.js'

/** Batches whose proofs are verified together, when the first of them is asked for. */
const AT_ONCE = 64

/** What finished proofs are of. */
interface Fold {
  /** Of the batches from the first to the last. */
  batches: LedgerPart['batches']
  /** The states that they are between: one more than there are batches. */
  states: readonly bigint[]
  artifacts: (instance: string) => Promise<Artifacts>
}

/** The proofs of batches that an earlier run has finished. */
export class FinishedProofs {
  private first = -1
  private found: Promise<ReadonlySet<number>> = Promise.resolve(new Set())

  /** @param pathOf where the proof of a batch is, if it is finished */
  constructor(
    private readonly pathOf: (index: number) => string,
    private readonly fold: Fold,
  ) {}

  /**
   * Whether a batch has a proof that verifies between its states, by the artifacts of now. Batches are asked
   * for in their order; in any other, more is read than needs to be.
   */
  async holds(index: number): Promise<boolean> {
    const first = index - (index % AT_ONCE)
    if (first !== this.first) {
      this.first = first
      this.found = this.verify(first)
    }
    return (await this.found).has(index)
  }

  private async verify(first: number): Promise<ReadonlySet<number>> {
    const { batches, states, artifacts: artifactsOf } = this.fold
    const known = new Map<string, Artifacts>()
    const claims: (Parameters<typeof areProofsOf>[0][number] & { index: number })[] = []
    for (let index = first; index < Math.min(first + AT_ONCE, states.length - 1); index++) {
      const file = await readFinished(this.pathOf(index))
      if (file === undefined) continue
      const name = batchInstance(batches, index)!
      const artifacts = known.get(name) ?? (await artifactsOf(name))
      known.set(name, artifacts)
      const signals = { stateBefore: states[index]!, stateAfter: states[index + 1]! }
      claims.push({ index, file, artifacts, signals })
    }
    const verdicts = await areProofsOf(claims)
    return new Set(claims.filter((_, i) => verdicts[i]).map(({ index }) => index))
  }
}

/** A finished proof of an earlier run; one that cannot be read is proven again. */
async function readFinished(path: string): Promise<ProofFile | undefined> {
  try {
    return await readJsonFile(path, proofFileSchema)
  } catch {
    return undefined
  }
}
