import { ArtifactError } from '../../errors/index.js'
import { blindProof, type Groth16Proof, type Proven, verifyProof } from '../../groth16/index.js'
import type { Artifacts } from '../artifacts.js'
import { type Prover, proveSignals } from '../prover.js'
import { answerSchema, errorOf, type Failure, type WorkerUse } from './answer.js'
import { encodeInputs, type ProofInputs } from './elements.js'
import { jobId } from './job.js'
import type { JobEvent, JobQueue } from './queue.js'
import { sealJob } from './seal.js'
import { measured } from './use.js'

/** A proof that a pool is asked for. Private. */
export interface ProofTask extends ProofInputs {
  /** A secret name of this very proof, the same whenever it is asked for. */
  name: string
  /** Of the run that it belongs to: 64 hexadecimal digits, which tell nothing of it. */
  run: string
  /** Place of the batch in the ledger. */
  index: number
  artifacts: Artifacts
}

/** A proof that was verified, and who made it. */
export interface PooledProof {
  proven: Proven
  /** The worker's name; none when this very process proved. */
  worker?: string
  use: WorkerUse
  /** To be called when the proof is safe: until then a run that is taken up again finds it where it was. */
  release(): Promise<void>
}

/** Makes many proofs at once, in any order, and verifies each before it hands it out. */
export interface ProofPool {
  /** Proofs to ask for at once. */
  readonly room: number
  /** @throws what the prover throws, when it is no fault of a worker */
  prove(task: ProofTask): Promise<PooledProof>
  /** To be called when a run has all its proofs: nothing of it is left anywhere. */
  finish(run: string): Promise<void>
}

/** A fault of a worker, after which its job is done again. */
export interface PoolNotice {
  worker: string
  /** Place of the batch in the ledger. */
  index: number
  fault: 'wrong' | 'failed' | 'lost'
  /** In words, such as `returned a proof that does not verify`. */
  what: string
}

/** How often one job may come back without a proof before the run ends. */
const MAX_ATTEMPTS = 8
/** How often the same failure is reported before it is believed. */
const BELIEVED = 2

interface Pending {
  task: ProofTask
  expected: readonly bigint[]
  attempt: number
  faults: number
  failures: Failure[]
  resolve(proof: PooledProof): void
  reject(error: unknown): void
}

/** A pool over a queue. It gives out sealed jobs, and believes no answer. */
export class QueuePool implements ProofPool {
  private readonly pending = new Map<string, Pending>()
  private listening = false
  private closed = false

  /**
   * @param publicKey the public half of the workers' key
   * @param onNotice told of every fault of a worker
   */
  constructor(
    private readonly queue: JobQueue,
    private readonly publicKey: Uint8Array,
    private readonly onNotice: (notice: PoolNotice) => void = () => {},
  ) {}

  get room(): number {
    return this.queue.depth
  }

  async prove(task: ProofTask): Promise<PooledProof> {
    const { artifacts, signals } = task
    const expected = artifacts.instance.public.map((name) => signals[name]!)
    return new Promise((resolve, reject) => {
      const pending = { task, expected, attempt: 0, faults: 0, failures: [], resolve, reject }
      this.handOut(pending).then(() => this.listen(), reject)
    })
  }

  async finish(run: string): Promise<void> {
    await this.queue.finish(run)
  }

  /** What was asked for and is not there yet is given up. */
  async close(): Promise<void> {
    this.closed = true
    this.giveUp(new Error('the pool is closed'))
    await this.queue.close()
  }

  private async handOut(pending: Pending): Promise<void> {
    const { run, index, artifacts } = pending.task
    const { instance, keyHash, circuitHash, manifestHash, domainSize } = artifacts
    const id = jobId(pending.task.name, pending.attempt)
    const content = encodeInputs(artifacts, pending.task)
    const key = { instance: instance.name, keyHash, circuitHash, manifestHash, domainSize }
    const header = { id, run, index, ...key }
    const job = await sealJob(this.publicKey, header, content)
    content.fill(0)
    if (this.closed) return pending.reject(new Error('the pool is closed'))
    this.pending.set(id, pending)
    await this.queue.put(job)
  }

  private async listen(): Promise<void> {
    if (this.listening) return
    this.listening = true
    try {
      while (this.pending.size > 0) for (const event of await this.queue.events()) await this.take(event)
    } catch (error) {
      this.giveUp(error)
    } finally {
      this.listening = false
    }
  }

  private giveUp(error: unknown): void {
    for (const { reject } of this.pending.values()) reject(error)
    this.pending.clear()
  }

  private async take(event: JobEvent): Promise<void> {
    const pending = this.pending.get(event.id)
    // What was asked for twice is answered twice, and counts once.
    if (pending === undefined) return
    if (event.kind === 'lost') return this.again(event, pending, 'lost', event.why)
    const read = answerSchema.safeParse(event.answer)
    if (!read.success) return this.wrong(event, pending, 'returned no proof')
    const answer = read.data
    if ('failure' in answer) {
      const { code } = answer.failure
      pending.failures.push(answer.failure)
      const same = pending.failures.filter((failure) => failure.code === code).length
      if (same >= BELIEVED) return this.give(event.id, pending, errorOf(answer.failure))
      return this.again(event, pending, 'failed', `reported ${code}`)
    }
    const { proof, ...use } = answer
    if (!(await this.holds(pending, proof))) {
      return this.wrong(event, pending, 'returned a proof that does not verify')
    }
    const { verificationKey } = pending.task.artifacts
    const proven = {
      proof: await blindProof(verificationKey, proof),
      publicSignals: [...pending.expected],
    }
    this.pending.delete(event.id)
    pending.resolve({ proven, worker: event.worker, use, release: () => this.queue.remove(event.id) })
  }

  private async holds({ task, expected }: Pending, proof: Groth16Proof): Promise<boolean> {
    return verifyProof(task.artifacts.verificationKey, expected, proof)
  }

  private async wrong(event: JobEvent, pending: Pending, what: string): Promise<void> {
    await this.queue.dismiss(event.worker)
    await this.again(event, pending, 'wrong', what)
  }

  /** Has a job done again: one that was lost by the queue itself, any other as a new one. */
  private async again(
    { id, worker, kind }: JobEvent,
    pending: Pending,
    fault: PoolNotice['fault'],
    what: string,
  ): Promise<void> {
    const { index, artifacts } = pending.task
    this.onNotice({ worker, index, fault, what })
    if (++pending.faults === MAX_ATTEMPTS) {
      const error = new ArtifactError(
        'WORKERS_FAILED',
        `${MAX_ATTEMPTS} workers in turn made no proof of batch ${index} by ${artifacts.instance.name}; the last one, ${worker}, ${what}`,
        {
          hint: 'Look at the workers, for memory above all. What is proven is kept: run the same command again.',
        },
      )
      return this.give(id, pending, error)
    }
    if (kind === 'lost') return
    this.pending.delete(id)
    await this.queue.remove(id)
    pending.attempt++
    await this.handOut(pending)
  }

  private async give(id: string, { reject }: Pending, error: unknown): Promise<void> {
    this.pending.delete(id)
    reject(error)
    await this.queue.remove(id)
  }
}

/** A pool that is one prover in this process. */
export function poolOf(prover: Prover | ProofPool): ProofPool {
  if ('room' in prover) return prover
  return {
    room: 1,
    async prove({ artifacts, inputs, signals }) {
      const { result: proven, use } = await measured(() => proveSignals(prover, artifacts, inputs, signals))
      return { proven, use, release: async () => {} }
    },
    finish: async () => {},
  }
}
