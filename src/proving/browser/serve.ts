import { InputError } from '../../errors/index.js'
import { type Proven, randomness } from '../../groth16/index.js'
import { formatError } from '../format-error.js'
import { seal } from '../seal.js'
import { Groth16Prover } from '../wasm/prover.js'
import { type ByteSource, openProvingKey } from '../wasm/proving-key.js'
import { type Message, messageHandler, type Reply, type StartThread } from '../wasm/threads.js'
import { assertWitness, witnessBytes, witnessOf } from '../witness.js'
import type { BrowserArtifacts } from './artifacts.js'
import type { Given, PageMessage, WorkerReply } from './messages.js'
import { packError } from './portable-error.js'
import type { ThreadPort, WorkerScope } from './workers.js'

/**
 * Makes a Web Worker one of a page's: it proves, or is a thread of the one that does, as the page tells it.
 * The module `plimsoll/prove-worker` does nothing else.
 *
 * @param scope `globalThis`
 */
export function serveProver(scope: WorkerScope): void {
  let prover: Groth16Prover | undefined
  scope.addEventListener('message', ({ data }) => {
    const message = data as PageMessage
    if (message.kind === 'thread') serveThread(message.port)
    else if (message.kind === 'prover') prover = proverOf(message.threads)
    else {
      const { id, artifacts, given } = message
      const answer = (reply: WorkerReply) => scope.postMessage(reply)
      prove(prover!, artifacts, given).then(
        (proven) => answer({ id, proven }),
        (error: unknown) => answer({ id, failed: packError(error) }),
      )
    }
  })
}

function serveThread(port: ThreadPort): void {
  const handle = messageHandler()
  port.onmessage = ({ data }) => port.postMessage(handle(data as Message))
}

function proverOf(ports: readonly ThreadPort[]): Groth16Prover {
  if (ports.length === 0) return new Groth16Prover(undefined, 1)
  let next = 0
  const start: StartThread = ({ reply }) => {
    const port = ports[next++ % ports.length]!
    port.onmessage = ({ data }) => reply(data as Reply)
    return {
      post: (message) => port.postMessage(message),
      hold: () => {},
      // The worker goes on: the page ends it, or the next proof starts on it.
      end: async () => {},
    }
  }
  return new Groth16Prover(start, ports.length)
}

async function prove(prover: Groth16Prover, artifacts: BrowserArtifacts, given: Given): Promise<Proven> {
  randomness()
  const witness = 'witness' in given ? given.witness : await calculate(artifacts, given)
  try {
    assertWitness(witness)
    const source = blobSource(artifacts.provingKey, `${artifacts.directory}/proving.zkey`)
    return await seal(artifacts, await prover.prove(await openProvingKey(source), witnessBytes(witness)))
  } finally {
    witness.fill(0)
  }
}

async function calculate(
  { witnessCode, inputs: shapes, directory }: BrowserArtifacts,
  { inputs }: Extract<Given, { inputs: unknown }>,
): Promise<Uint8Array> {
  if (witnessCode === undefined) {
    throw new InputError('WITNESS_CODE', 'was left out, and calculates the witness from the inputs', {
      where: `${directory}/circuit.wasm`,
      hint: 'Give `witnessCode` to `openBrowserArtifacts`, or prove from a witness.',
    })
  }
  return witnessOf(await WebAssembly.compile(await witnessCode.arrayBuffer()), shapes, inputs)
}

function blobSource(blob: Blob, where: string): ByteSource {
  return {
    where,
    size: blob.size,
    async read(at, into) {
      const bytes = new Uint8Array(await blob.slice(at, at + into.length).arrayBuffer())
      if (bytes.length !== into.length) throw formatError(where)
      into.set(bytes)
    },
  }
}
