/**
 * Proves one full batch of an instance and says what it took.
 *
 *     npx tsx scripts/bench-prove.ts ledger-18
 */
import { statSync } from 'node:fs'
import { ensureArtifacts, snarkjsProver, terminateProving } from '../src/proving/index.js'
import { riskRootOf } from '../src/risk/index.js'
import { LedgerFold, ledgerInputs } from '../src/statements/index.js'

const name = process.argv[2] ?? 'ledger-small'
/** A number of 64 bits, another one for every `i`. */
const scattered = (i: number) => (BigInt(i) * 0x9e3779b97f4a7c15n) & ((1n << 64n) - 1n)
const seconds = async <T>(work: () => Promise<T>): Promise<[T, number]> => {
  const started = performance.now()
  const result = await work()
  return [result, (performance.now() - started) / 1000]
}

const [artifacts, ready] = await seconds(() =>
  ensureArtifacts(name, { onProgress: (what) => console.error(what) }),
)
const { ACCOUNTS = 0, SLOTS = 0, INSTRUMENTS = 0, SCENARIOS = 0, TIERED = 0 } = artifacts.instance.params
const sizes = { accounts: ACCOUNTS, slots: SLOTS, instruments: INSTRUMENTS, scenarios: SCENARIOS }
const accounts = Array.from({ length: ACCOUNTS }, (_, u) => ({
  holder: BigInt(u) ** 9n + 1n,
  slots: Array.from({ length: SLOTS }, (_, s) => ({
    instrument: TIERED === 1 ? s : (u + s) % INSTRUMENTS, // keys rise where there are tiers
    quantity: scattered(u * SLOTS + s + 1) * (SCENARIOS > 0 && (u + s) % 3 === 0 ? -1n : 1n),
  })),
}))
const opening = {
  columns: {
    marks: Array.from({ length: INSTRUMENTS }, (_, i) => scattered(i)),
    scenarios: Array.from({ length: SCENARIOS }, (_, s) => ({
      name: BigInt(s + 1),
      values: Array.from({ length: 2 * INSTRUMENTS }, (_, k) => scattered((s + 1) * INSTRUMENTS + (k >> 1))),
    })),
    ...(TIERED === 1
      ? { widths: Array.from({ length: INSTRUMENTS }, (_, i) => (i % 4 > 0 ? 1n << 63n : 0n)) }
      : {}),
  },
  rowsDigest: 7n,
  timestamp: 0n,
}
const table = { ...opening, riskRoot: riskRootOf(opening) }
const [witness, fold] = await seconds(async () => new LedgerFold(sizes, table).fold(sizes, accounts, 5n))
const [, prove] = await seconds(() => snarkjsProver.prove(artifacts, ledgerInputs(witness)))
const constraints = artifacts.constraints.nonLinear + artifacts.constraints.linear
console.log(
  JSON.stringify({
    instance: name,
    constraints,
    artifactSeconds: Number(ready.toFixed(1)),
    foldSeconds: Number(fold.toFixed(2)),
    proveSeconds: Number(prove.toFixed(1)),
    accountsPerSecond: Number((ACCOUNTS / prove).toFixed(1)),
    keyBytesPerConstraint: Number((statSync(artifacts.zkey).size / constraints).toFixed(0)),
    peakGiB: Number((process.resourceUsage().maxRSS / 2 ** 20).toFixed(2)),
  }),
)
await terminateProving()
