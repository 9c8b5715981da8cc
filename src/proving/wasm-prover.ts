import { open } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { randomness } from '../groth16/index.js'
import { calculateWitness } from './circuit-witness.js'
import { formatError } from './format-error.js'
import type { Prover } from './prover.js'
import { seal } from './seal.js'
import { startWorker } from './start-worker.js'
import { Groth16Prover } from './wasm/prover.js'
import { type ByteSource, openProvingKey } from './wasm/proving-key.js'
import type { Message, Reply, StartThread } from './wasm/threads.js'
import { witnessBytes } from './witness.js'

/**
 * Plimsoll's own prover, on every core: WebAssembly that is made at the start, over one memory that its
 * threads share. It reads a proving key piece by piece. A proof is verified, and then made another with fresh
 * randomness, before it is returned.
 *
 * @example
 * // Among the options of proveLedger, proveSolvency and proveMargin:
 * const options = { artifacts: ensureArtifacts, prover: wasmProver }
 */
export const wasmProver: Prover = wasmProverOn()

/** The same prover on so many threads; default: one for each core. */
export function wasmProverOn(threads?: number): Prover {
  return {
    name: 'wasm',
    async prove(artifacts, inputs) {
      randomness()
      const witness = await calculateWitness(artifacts, inputs)
      try {
        const source = await fileSource(artifacts.zkey)
        try {
          const made = await wasmThreads(threads).prove(await openProvingKey(source), witnessBytes(witness))
          return await seal(artifacts, made)
        } finally {
          await source.close()
        }
      } finally {
        witness.fill(0)
      }
    },
  }
}

const provers = new Map<number, Groth16Prover>()

/** The prover of this process with so many threads; default: one for each core. */
export function wasmThreads(threads = availableParallelism()): Groth16Prover {
  const prover = provers.get(threads) ?? new Groth16Prover(startThread, threads)
  provers.set(threads, prover)
  return prover
}

/** Ends the provers' threads, once they have proven what they were asked to. */
export async function endThreads(): Promise<void> {
  await Promise.all([...provers.values()].map((prover) => prover.end()))
}

const startThread: StartThread = ({ reply, ended }) => {
  const worker = startWorker(new URL('./wasm/node-thread', import.meta.url), undefined)
  worker.on('message', (message: Reply) => reply(message))
  worker.on('error', ended)
  worker.on('exit', () => ended(new Error('a thread has ended before its work')))
  return {
    post: (message: Message) => worker.postMessage(message),
    hold: (held) => (held ? worker.ref() : worker.unref()),
    end: () => worker.terminate(),
  }
}

async function fileSource(path: string): Promise<ByteSource & { close(): Promise<void> }> {
  const file = await open(path)
  return {
    where: path,
    size: (await file.stat()).size,
    async read(at, into) {
      for (let done = 0; done < into.length; ) {
        const { bytesRead } = await file.read(into, done, into.length - done, at + done)
        if (bytesRead === 0) throw formatError(path)
        done += bytesRead
      }
    },
    close: () => file.close(),
  }
}
