/**
 * Makes what the contract tests run on, in `test/contracts/generated`: fresh keys, their verifiers, real
 * proofs.
 */
import { mkdir } from 'node:fs/promises'
import { exportContracts, proofWords, verifierSource } from '../src/chain/index.js'
import { writeFileAtomic } from '../src/files/index.js'
import { type Proven, verificationKeyHash } from '../src/groth16/index.js'
import { type Artifacts, ensureArtifacts, terminateProving } from '../src/proving/index.js'
import { liquidationFixtures } from './contract-fixtures/liquidation.js'
import { marginFixtures } from './contract-fixtures/margin.js'
import {
  type Case,
  cancellingPair,
  malleated,
  wrongPoints,
  wrongSignals,
} from './contract-fixtures/mutations.js'
import { registryFixtures, registryValues } from './contract-fixtures/registry.js'
import { GENERATED, provePowers, proveSignals, testKey } from './contract-fixtures/statements.js'
import { TEST_CACHE } from './soundness/bench/cache.js'

const BATCH = 16

const fixture = (cases: readonly Case[]) => ({
  names: cases.map(({ name }) => name),
  proofs: cases.map(({ proof }) => proofWords(proof).map(String)),
  signals: cases.map(({ signals }) => signals.map(String)),
})

const valid = ({ proof, publicSignals }: Proven): Case => ({ name: 'valid', proof, signals: publicSignals })

async function proveAll(key: Artifacts, roots: readonly (readonly bigint[])[]): Promise<Proven[]> {
  const proven: Proven[] = []
  for (const root of roots) proven.push(await provePowers(key, root))
  return proven
}

await mkdir(GENERATED, { recursive: true })
const [one, two, three, ten, cubes, fifths, fifths7, sevenths] = [
  await testKey('squares-1'),
  await testKey('squares-2'),
  await testKey('squares-3'),
  await testKey('squares-10'),
  await testKey('cubes-3'),
  await testKey('fifths-6'),
  await testKey('fifths-7'),
  await testKey('sevenths-6'),
]
const registryKeys = {
  ledger: await testKey('fifths-2'),
  otherLedger: await testKey('sevenths-2'),
  solvency: await testKey('fifths-10'),
  backing: await testKey('fifths-3'),
  realBacking: await ensureArtifacts('backing-tiny', { cacheDir: TEST_CACHE }),
  margin: fifths,
}
await exportContracts(GENERATED, [
  ...[one, two, three, ten, cubes, sevenths, fifths7],
  ...Object.values(registryKeys),
])

const first = 2n
const batch = await proveAll(
  three,
  Array.from({ length: BATCH }, (_, i) => [BigInt(i) + first, BigInt(i) + 100n, 2n ** 60n + BigInt(i)]),
)
const [proven, other] = [batch[0]!, batch[1]!]
const { first: margin, margin: marginSets } = await marginFixtures((signals) => proveSignals(fifths, signals))
const { first: liquidation, liquidation: liquidationSets } = await liquidationFixtures((signals) =>
  proveSignals(fifths7, signals),
)
const fixtures = {
  keyHash: `0x${verificationKeyHash(three.verificationKey)}`,
  /** All words of the key of squares3, as its verifier has them. */
  keyWords: [...(await verifierSource(three)).matchAll(/hex"([0-9a-f]{64})"/g)].map(([, hex]) => `0x${hex}`),
  /** The points of the key of squares3 that the first signal is added to, and that it multiplies. */
  firstPoints: three.verificationKey.ic.slice(0, 2).flat(),
  squares1: fixture((await proveAll(one, [[5n]])).map(valid)),
  squares3: fixture(batch.map(valid)),
  // As many signals as a batch of a ledger has, and as solvency has.
  squares2: fixture(
    (
      await proveAll(
        two,
        Array.from({ length: BATCH }, (_, i) => [BigInt(i) + first, 2n ** 60n + BigInt(i)]),
      )
    ).map(valid),
  ),
  squares10: fixture(
    (await proveAll(ten, [Array.from({ length: 10 }, (_, i) => BigInt(i) + 5n)])).map(valid),
  ),
  cubes3: fixture((await proveAll(cubes, [[2n, 3n, 4n]])).map(valid)),
  // Signals 0 and 1, which take short ways through the arithmetic, and equal signals.
  edges: fixture(
    (
      await proveAll(three, [
        [0n, 0n, 0n],
        [1n, 1n, 1n],
        [0n, 1n, 7n],
      ])
    ).map(valid),
  ),
  malleated: fixture(malleated(proven, three.verificationKey, 123_456_789n)),
  wrongSignals: fixture(wrongSignals(proven)),
  wrongPoints: fixture(wrongPoints(proven, other.proof)),
  cancelling: fixture(cancellingPair(proven, other)),
  liquidation: liquidationSets,
  liquidationMalleated: fixture(malleated(liquidation, fifths7.verificationKey, 987_654_321n)),
  margin: marginSets,
  marginMalleated: fixture(malleated(margin, fifths.verificationKey, 123_456_789n)),
  marginWrongPoints: fixture(wrongPoints(margin, other.proof)),
  // The same signals as the first of the margin cases, under another key.
  marginOtherKey: fixture([valid(await proveSignals(sevenths, margin.publicSignals))]),
}
await writeFileAtomic(`${GENERATED}/fixtures.json`, `${JSON.stringify(fixtures, null, 1)}\n`)
const registry = await registryFixtures(registryKeys, proveSignals)
await writeFileAtomic(`${GENERATED}/registry.json`, `${JSON.stringify(registry, null, 1)}\n`)
await writeFileAtomic(`${GENERATED}/registry-values.json`, `${JSON.stringify(registryValues())}\n`)
await terminateProving()
