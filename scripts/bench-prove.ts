/**
 * Proves one full batch of a `ledger` instance and says what it took: its constraints, how many of its wires
 * have values of full size (they are what a prover's time goes into), and with --wires nothing else.
 *
 *     npx tsx scripts/bench-prove.ts ledger-4-18 [--wires]
 */
import { statSync } from 'node:fs'
import { calculateWitness } from '../src/proving/circuit-witness.js'
import { ensureArtifacts, terminateProving, wasmProver } from '../src/proving/index.js'
import { witnessElements } from '../src/proving/witness.js'
import { fullBatch } from './bench-batch.js'

const name = process.argv[2] ?? 'ledger-4-16'
const wiresOnly = process.argv.includes('--wires')
const seconds = async <T>(work: () => Promise<T>): Promise<[T, number]> => {
  const started = performance.now()
  const result = await work()
  return [result, (performance.now() - started) / 1000]
}

const [artifacts, ready] = await seconds(() =>
  ensureArtifacts(name, { onProgress: (what) => console.error(what) }),
)
const { ACCOUNTS = 0 } = artifacts.instance.params
const [inputs, fold] = await seconds(async () => fullBatch(artifacts.instance))
const elements = witnessElements(await calculateWitness(artifacts, inputs))
const full = elements.filter((value) => value >> 128n > 0n).length
const constraints = artifacts.constraints.nonLinear + artifacts.constraints.linear
const figures = {
  instance: name,
  constraints,
  wires: elements.length,
  fullSizeWires: full,
  fullSizeWiresAnAccount: Number((full / ACCOUNTS).toFixed(1)),
}
if (wiresOnly) {
  console.log(JSON.stringify(figures))
} else {
  const [, prove] = await seconds(() => wasmProver.prove(artifacts, inputs))
  console.log(
    JSON.stringify({
      ...figures,
      artifactSeconds: Number(ready.toFixed(1)),
      foldSeconds: Number(fold.toFixed(2)),
      proveSeconds: Number(prove.toFixed(1)),
      accountsPerSecond: Number((ACCOUNTS / prove).toFixed(1)),
      keyBytesPerConstraint: Number((statSync(artifacts.zkey).size / constraints).toFixed(0)),
      peakGiB: Number((process.resourceUsage().maxRSS / 2 ** 20).toFixed(2)),
    }),
  )
}
await terminateProving()
