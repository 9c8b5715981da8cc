import { ArtifactError } from '../../errors/index.js'
import { readLittleEndian } from '../../field/index.js'
import { blindPoints, curveEngine, type Groth16Proof, type Proven } from '../../groth16/index.js'
import { WORD_BYTES } from '../../kernel/index.js'
import { proverFailed } from '../prover-failed.js'
import { MOST_PAGES, proverCode } from './code.js'
import { Engine } from './engine.js'
import { planProof } from './plan.js'
import type { ProvingKey } from './proving-key.js'
import { type Sums, sumUp, type TaskRunner } from './sum-up.js'
import { perform } from './tasks.js'
import { type StartThread, Threads } from './threads.js'

const PAGE_BYTES = 2 ** 16

/** Threads and memory that one proof after the other is made with. Everything here also runs in a browser. */
export class Groth16Prover {
  private queue: Promise<unknown> = Promise.resolve()
  private module: Promise<WebAssembly.Module> | undefined
  private threads: Threads | undefined
  private memory: WebAssembly.Memory | undefined

  /**
   * @param start how a thread is started; without it, or where no memory can be shared, there are none, and
   * all is done here
   * @param count how many threads
   */
  constructor(
    private readonly start: StartThread | undefined,
    private readonly count: number,
  ) {}

  /**
   * A proof, not verified yet. One is made at a time; others wait.
   *
   * @param witness the wires' values, 32 bytes each: it is wiped, whatever comes of it
   * @throws {ArtifactError} `KEY_MISMATCH`, `ARTIFACT_FORMAT`, `PROVER_FAILED`
   */
  prove(key: ProvingKey, witness: Uint8Array): Promise<Proven> {
    const made = this.queue.then(() => this.proveNow(key, witness)).finally(() => witness.fill(0))
    this.queue = made.catch(() => {})
    return made
  }

  /** Ends the threads, once nothing is being proven. A proof starts new ones. */
  async end(): Promise<void> {
    await this.queue
    await this.drop()
  }

  private async proveNow(key: ProvingKey, witness: Uint8Array): Promise<Proven> {
    if (witness.length !== WORD_BYTES * key.wires) {
      throw new ArtifactError('KEY_MISMATCH', 'the proving key does not fit the circuit', {
        where: key.source.where,
      })
    }
    const publicSignals = Array.from({ length: key.publicSignals }, (_, i) =>
      readLittleEndian(witness, WORD_BYTES * (i + 1)),
    )
    const plan = planProof(key, proverCode(), Math.max(1, this.count))
    if (plan.end > MOST_PAGES * PAGE_BYTES) throw proverFailed('its key is too large for 32-bit memory')
    await this.provide(Math.ceil(plan.end / PAGE_BYTES))
    const memory = this.memory!
    const bytes = new Uint8Array(memory.buffer)
    this.threads?.hold(true)
    let over = false
    try {
      const setup = { module: await this.module!, memory, plan }
      bytes.set(witness, plan.witness)
      witness.fill(0)
      let run: TaskRunner
      if (this.threads) {
        const threads = this.threads
        await threads.begin(setup)
        run = (task, urgent) => threads.run(task, urgent)
      } else {
        const engine = new Engine(setup, 0)
        run = async (task) => {
          await pause()
          if (over) throw new Error('the proof is over')
          return perform(engine, task) as never
        }
      }
      const sums = await sumUp(key, plan, bytes, run)
      return { proof: await assemble(key, sums), publicSignals }
    } catch (cause) {
      // Threads may still be writing to memory, or be gone.
      await this.drop()
      if (cause instanceof ArtifactError) throw cause
      throw proverFailed('a thread failed or ended', cause)
    } finally {
      over = true
      // What is secret goes, and the next proof finds zeros, wherever it lays its rows.
      bytes.fill(0)
      this.threads?.hold(false)
    }
  }

  /** Memory of so many pages, at least, and threads. */
  private async provide(pages: number): Promise<void> {
    const shared = this.start !== undefined && typeof SharedArrayBuffer === 'function'
    this.module ??= WebAssembly.compile(
      proverCode().module.encode({ initial: 1, maximum: MOST_PAGES, shared }),
    )
    if (this.memory && this.memory.buffer.byteLength >= pages * PAGE_BYTES && !this.threads?.failed) return
    await this.drop()
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared })
    if (shared) this.threads = new Threads(this.start!, this.count)
  }

  private async drop(): Promise<void> {
    const { threads } = this
    this.threads = undefined
    this.memory = undefined
    await threads?.end()
  }
}

/**
 * The proof that the sums make, blinded with fresh numbers. Without them its points would be
 * α + Σ, β + Σ and Σ, the same for the same witness; blinding those needs no sum of B in G1.
 */
async function assemble({ points }: ProvingKey, sums: Sums): Promise<Groth16Proof> {
  const curve = await curveEngine()
  const { G1, G2 } = curve
  const g1 = (sum: bigint[] | undefined) => (sum ? G1.fromObject([sum[0]!, sum[1]!]) : G1.zeroAffine)
  const g2 = (sum: bigint[] | undefined) =>
    sum
      ? G2.fromObject([
          [sum[0]!, sum[1]!],
          [sum[2]!, sum[3]!],
        ])
      : G2.zeroAffine
  const { alpha1, beta2, delta2 } = points
  const made = { a: G1.add(alpha1, g1(sums.a)), b: G2.add(beta2, g2(sums.b)), c: g1(sums.c) }
  return blindPoints(curve, made, delta2)
}

/** Lets other work of this thread go on. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve))
}
