/**
 * Proves one full batch of a `ledger` instance and says what it took: its constraints, how many of its wires
 * have values of full size (they are what a prover's time goes into), and with --wires nothing else.
 *
 *     npx tsx scripts/bench-prove.ts ledger-4-18 [--wires]
 */
import { statSync } from 'node:fs'
import { ensureArtifacts, snarkjsProver, terminateProving } from '../src/proving/index.js'
import { calculateWitness, witnessElements } from '../src/proving/witness.js'
import { DERIVATIVE_NUMBERS, riskRootOf, TIER_NUMBERS } from '../src/risk/index.js'
import { ledgerInputs } from '../src/statements/index.js'
import { foldSample } from './soundness/samples/fold.js'

const name = process.argv[2] ?? 'ledger-4-16'
const wiresOnly = process.argv.includes('--wires')
const SPOTS = 64
const TIER_WIDTH = 1n << 62n

/** A number of 40 bits, another one for every `i`. */
const scattered = (i: number) => ((BigInt(i) * 0x9e3779b97f4a7c15n) & ((1n << 64n) - 1n)) >> 24n
const seconds = async <T>(work: () => Promise<T>): Promise<[T, number]> => {
  const started = performance.now()
  const result = await work()
  return [result, (performance.now() - started) / 1000]
}

const [artifacts, ready] = await seconds(() =>
  ensureArtifacts(name, { onProgress: (what) => console.error(what) }),
)
const { ACCOUNTS = 0, SLOTS = 0, SCENARIOS = 0, PLEDGED = 0 } = artifacts.instance.params
const sizes = { accounts: ACCOUNTS, slots: SLOTS, scenarios: SCENARIOS, pledged: PLEDGED }
const table = {
  sizes: { spots: SPOTS, derivatives: SPOTS, tiers: PLEDGED, scenarios: SCENARIOS },
  marks: Array.from({ length: 2 * SPOTS }, (_, i) => scattered(i)),
  scenarios: Array.from({ length: SCENARIOS }, (_, s) => ({
    name: BigInt(s + 1),
    requirement: false,
    values: Array.from({ length: 4 * SPOTS + PLEDGED }, (_, k) => scattered((s + 1) * SPOTS + (k >> 1))),
  })),
  tiers: Array.from({ length: PLEDGED }, (_, t) => ({ width: TIER_WIDTH, owner: t % SPOTS })),
}
const opening = { columns: table, rowsDigest: 7n, timestamp: 0n }
/** Every slot in use; every third one of a stressed account short, every fifth in a derivative. */
const accounts = Array.from({ length: ACCOUNTS }, (_, u) => ({
  holder: BigInt(u) ** 9n + 1n,
  slots: Array.from({ length: SLOTS }, (_, s) => {
    const quantity = scattered(u * SLOTS + s + 1) + 1n
    if (s < PLEDGED) return { instrument: TIER_NUMBERS + s, quantity }
    const derivative = SCENARIOS > 0 && (u + s) % 5 === 0 ? DERIVATIVE_NUMBERS : 0
    const short = SCENARIOS > 0 && (u + s) % 3 === 0
    return { instrument: derivative + ((u + s) % SPOTS), quantity: short ? -quantity : quantity }
  }),
}))
const [witness, fold] = await seconds(async () => {
  const { witnesses } = foldSample({ ...opening, riskRoot: riskRootOf(opening) }, [{ sizes, accounts }])
  return witnesses[0]!
})
const inputs = ledgerInputs(witness)
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
  const [, prove] = await seconds(() => snarkjsProver.prove(artifacts, inputs))
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
