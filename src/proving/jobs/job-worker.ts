import { ArtifactError } from '../../errors/index.js'
import { type Artifacts, loadArtifacts } from '../artifacts.js'
import type { CacheOptions } from '../cache.js'
import { type Prover, proveSignals } from '../prover.js'
import { type Answer, failureOf } from './answer.js'
import { decodeInputs } from './elements.js'
import type { SealedJob } from './job.js'
import { openJob } from './seal.js'
import { measured } from './use.js'

export interface JobWorkerOptions extends CacheOptions {
  /** The secret half of the workers' key. */
  secretKey: Uint8Array
  prover: Prover
}

/** Opens jobs and makes their proofs, one at a time. */
export class JobWorker {
  private readonly artifacts = new Map<string, Promise<Artifacts>>()

  constructor(private readonly options: JobWorkerOptions) {}

  /**
   * The proof of a job, or why there is none.
   *
   * @throws {InputError} `JOB_SEAL`, `INSTANCE_UNKNOWN`
   * @throws {ArtifactError} `WORKER_KEY` and what `loadArtifacts` throws: this worker can do none of these
   * jobs
   */
  async answer(job: SealedJob): Promise<Answer> {
    const content = await openJob(this.options.secretKey, job)
    const artifacts = await this.artifactsFor(job)
    const { inputs, signals } = decodeInputs(artifacts, content)
    content.fill(0)
    try {
      const { result, use } = await measured(() =>
        proveSignals(this.options.prover, artifacts, inputs, signals),
      )
      return { proof: result.proof, ...use }
    } catch (error) {
      return { failure: failureOf(error) }
    }
  }

  /** The artifacts with the job's very key: checked once, and again when they are another job's. */
  private async artifactsFor({ instance, keyHash, circuitHash }: SealedJob): Promise<Artifacts> {
    const known = this.artifacts.get(instance) ?? this.load(instance)
    this.artifacts.set(instance, known)
    const artifacts = await known.catch((error: unknown) => {
      this.artifacts.delete(instance)
      throw error
    })
    if (artifacts.keyHash === keyHash && artifacts.circuitHash === circuitHash) return artifacts
    this.artifacts.delete(instance)
    throw new ArtifactError(
      'WORKER_KEY',
      `the key of ${instance} here is not the one that the proof has to verify under`,
      { where: artifacts.directory, hint: SAME_KEYS },
    )
  }

  private async load(instance: string): Promise<Artifacts> {
    const artifacts = await loadArtifacts(instance, this.options)
    if (artifacts !== undefined) return artifacts
    throw new ArtifactError('WORKER_KEY', `there is no key of ${instance} here`, { hint: SAME_KEYS })
  }
}

const SAME_KEYS =
  'Workers need the very keys of the coordinator: copy its folder of artifacts here, or share it and name it in PLIMSOLL_CACHE.'
