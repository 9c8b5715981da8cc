import { InputError, StatementError } from '../../errors/index.js'
import type { Proven } from '../../groth16/index.js'
import type { Prover } from '../prover.js'
import { proverFailed } from '../prover-failed.js'
import type { BrowserArtifacts } from './artifacts.js'
import type { Given, PageMessage, WorkerReply } from './messages.js'
import { unpackError } from './portable-error.js'
import { type BrowserWorker, hardwareThreads, sharesMemory, type ThreadPort } from './workers.js'

export interface BrowserProverOptions {
  /** Starts a worker that runs the module `plimsoll/prove-worker`. */
  worker: () => BrowserWorker
  /**
   * How many threads prove (default: as many as the machine runs at once). Without cross-origin isolation
   * threads cannot share memory: there is one.
   */
  threads?: number
}

/** A prover in a browser, with workers that stay until they are ended. */
export interface BrowserProver extends Prover<BrowserArtifacts> {
  /** How many threads prove. */
  threads: number
  /**
   * Proves from a witness that was calculated elsewhere, with artifacts that need no `witnessCode`.
   *
   * @param witness in the `wtns` format: it is taken away, and wiped
   * @throws {InputError} `WITNESS_FORMAT`
   * @throws {ArtifactError} `KEY_MISMATCH`, `NO_RANDOMNESS`, `PROVER_FAILED`
   */
  proveWitness(artifacts: BrowserArtifacts, witness: Uint8Array): Promise<Proven>
  /** Ends the workers, and whatever they were proving. The next proof starts others. */
  end(): void
}

/**
 * Plimsoll's own prover in a browser: the same WebAssembly as in Node, in Web Workers, so that the page stays
 * free. A proof is verified, and then made another with fresh randomness, before it leaves the worker; the
 * witness and all memory that it was in are wiped.
 *
 * @example
 * const prover = browserProver({
 *   worker: () => new Worker(new URL('plimsoll/prove-worker', import.meta.url), { type: 'module' }),
 * })
 */
export function browserProver(options: BrowserProverOptions): BrowserProver {
  const threads = sharesMemory() ? Math.max(1, options.threads ?? hardwareThreads()) : 1
  let crew: Crew | undefined

  async function ask(artifacts: BrowserArtifacts, given: Given): Promise<Proven> {
    // A worker that ended while nobody asked it for anything has ended all of them.
    const mine = crew?.ended === false ? crew : new Crew(options.worker, threads)
    crew = mine
    try {
      return await mine.prove(artifacts, given)
    } catch (error) {
      // What is refused leaves the workers as they were; after anything else, others start afresh.
      if (!(error instanceof InputError || error instanceof StatementError)) {
        mine.end(error)
        if (crew === mine) crew = undefined
      }
      throw error
    }
  }

  return {
    name: 'browser',
    threads,
    prove: (artifacts, inputs) => ask(artifacts, { inputs }),
    proveWitness: (artifacts, witness) => ask(artifacts, { witness }),
    end() {
      crew?.end(proverFailed('it was ended'))
      crew = undefined
    },
  }
}

/** The workers of a page: one that proves, and its threads where memory can be shared. */
class Crew {
  private readonly asked = new Map<number, { resolve(proven: Proven): void; reject(error: unknown): void }>()
  private readonly workers: BrowserWorker[]
  private readonly prover: BrowserWorker
  private count = 0
  /** Whether its workers are gone. */
  ended = false

  constructor(start: () => BrowserWorker, threads: number) {
    const ports: ThreadPort[] = []
    const startWorker = () => {
      const worker = start()
      const ended = () => this.end(proverFailed('a worker could not be started, or ended'))
      worker.addEventListener('error', ended)
      worker.addEventListener('messageerror', ended)
      return worker
    }
    this.prover = startWorker()
    this.workers = [this.prover]
    for (let i = 0; sharesMemory() && i < threads; i++) {
      const worker = startWorker()
      const { port1, port2 } = new MessageChannel() as unknown as Record<'port1' | 'port2', ThreadPort>
      worker.postMessage({ kind: 'thread', port: port1 } satisfies PageMessage, [port1])
      ports.push(port2)
      this.workers.push(worker)
    }
    this.prover.postMessage({ kind: 'prover', threads: ports } satisfies PageMessage, ports)
    this.prover.addEventListener('message', ({ data }) => {
      const reply = data as WorkerReply
      const asked = this.asked.get(reply.id)
      this.asked.delete(reply.id)
      if ('proven' in reply) asked?.resolve(reply.proven)
      else asked?.reject(unpackError(reply.failed))
    })
  }

  prove(artifacts: BrowserArtifacts, given: Given): Promise<Proven> {
    return new Promise((resolve, reject) => {
      if (this.ended) return reject(proverFailed('a worker could not be started, or ended'))
      const id = this.count++
      this.asked.set(id, { resolve, reject })
      const taken = 'witness' in given ? [given.witness.buffer] : []
      this.prover.postMessage({ kind: 'prove', id, artifacts, given } satisfies PageMessage, taken)
    })
  }

  end(error: unknown): void {
    this.ended = true
    for (const worker of this.workers) worker.terminate()
    for (const { reject } of this.asked.values()) reject(error)
    this.asked.clear()
  }
}
