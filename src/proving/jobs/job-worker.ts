import { ArtifactError } from '../../errors/index.js'
import { type Artifacts, loadArtifacts } from '../artifacts.js'
import type { CacheOptions } from '../cache.js'
import { type Prover, proveSignals } from '../prover.js'
import { type Answer, failureOf } from './answer.js'
import { copiedArtifacts } from './artifact-copy.js'
import { decodeInputs } from './elements.js'
import type { SealedJob } from './job.js'
import { openJob } from './seal.js'
import { measured } from './use.js'

export interface JobWorkerOptions extends CacheOptions {
  /** The secret half of the workers' key. */
  secretKey: Uint8Array
  prover: Prover
  /**
   * Where the coordinator's artifacts are, for those that this machine has not: a folder, or an address of
   * http or https.
   */
  artifacts?: string | undefined
  /** Told when artifacts are copied. */
  onSay?: (what: string) => void
}

/** Opens jobs and makes their proofs, one at a time. */
export class JobWorker {
  private readonly artifacts = new Map<string, Promise<Artifacts>>()

  constructor(private readonly options: JobWorkerOptions) {}

  /**
   * The proof of a job, or why there is none.
   *
   * @throws {InputError} `JOB_SEAL`, `INSTANCE_UNKNOWN`, `ARTIFACTS_AWAY`, `FILE_ACCESS`
   * @throws {ArtifactError} `WORKER_KEY` and what `loadArtifacts` throws: this worker can do none of these
   * jobs
   */
  async answer(job: SealedJob): Promise<Answer> {
    const content = await openJob(this.options.secretKey, job)
    const artifacts = await this.artifactsFor(job)
    try {
      const { inputs, signals } = decodeInputs(artifacts, content)
      const { result, use } = await measured(() =>
        proveSignals(this.options.prover, artifacts, inputs, signals),
      )
      return { proof: result.proof, ...use }
    } catch (error) {
      return { failure: failureOf(error) }
    } finally {
      content.fill(0)
    }
  }

  /** The artifacts with the job's very key, checked once. */
  private async artifactsFor(job: SealedJob): Promise<Artifacts> {
    const name = [job.instance, job.keyHash, job.circuitHash].join()
    const known = this.artifacts.get(name) ?? this.load(job)
    this.artifacts.set(name, known)
    return known.catch((error: unknown) => {
      this.artifacts.delete(name)
      throw error
    })
  }

  private async load(job: SealedJob): Promise<Artifacts> {
    const { instance } = job
    const { artifacts: from, onSay } = this.options
    const isOf = ({ keyHash, circuitHash }: Artifacts) =>
      keyHash === job.keyHash && circuitHash === job.circuitHash
    const own = await loadArtifacts(instance, this.options)
    if (own !== undefined && isOf(own)) return own
    const copied = await copiedArtifacts(job, from, this.options, () =>
      onSay?.(`copying the artifacts of ${instance} from ${from}`),
    )
    if (copied !== undefined && isOf(copied)) return copied
    const why =
      own === undefined
        ? `there is no key of ${instance} here`
        : `the key of ${instance} here is not the one that the proof has to verify under`
    throw new ArtifactError('WORKER_KEY', why, {
      ...(own === undefined ? {} : { where: own.directory }),
      hint: SAME_KEYS,
    })
  }
}

const SAME_KEYS =
  'Workers need the very keys of the coordinator: name its folder of artifacts, or an address of it, with --artifacts, or share the folder and name it in PLIMSOLL_CACHE.'
