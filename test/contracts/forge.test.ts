import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { makeFixtures } from '../../scripts/contract-fixtures/need.js'
import { GENERATED } from '../../scripts/contract-fixtures/statements.js'
import { type Ran, run } from '../../scripts/run.js'
import { compileSolidity } from '../../src/chain/index.js'
import { cases } from '../helpers/sweep.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const FORGE = join(ROOT, 'scripts/bin/forge')
/** The agreed figures: gas, and bytes of code. `UPDATE_GAS=1` writes them anew. */
const GAS = join(ROOT, 'test/contracts/gas.json')
/** The longest code that a chain takes (EIP-170), in bytes. */
const MAX_CODE = 24_576
/** The contracts under examples/contracts that are deployed. */
const EXAMPLES = [
  'DutchAuction',
  'MarginModule',
  'PledgedCredit',
  'SolvencyFeed',
  'SolventPoolHook',
  'SolventVault',
  'SwapTaker',
]
/** Keys and proofs are fresh, and a little gas depends on their bytes. */
const TOLERANCE = 0.01

let forge: Ran

beforeAll(async () => {
  await makeFixtures()
  // Sequences of random calls and the calls of each: 10,000 steps, or 100,000 in the full sweep.
  const env = { FOUNDRY_INVARIANT_RUNS: `${cases(100, 1_000)}`, FOUNDRY_INVARIANT_DEPTH: '100' }
  forge = await run(process.execPath, [FORGE, 'test'], { env })
})

test('every test of the contracts passes (backing.12, breaker.1, fund.1, gate.1, gate.18, register.1, registry.1, proof.7)', () => {
  if (forge.code !== 0) throw new Error(forge.said)
  expect(forge.said).toMatch(/[1-9]\d* tests passed, 0 failed, 0 skipped/)
})

test('S17: gas and sizes of code stay within 1 % of the agreed figures, and a chain takes the code (proof.10)', async () => {
  const measured: Record<string, number> = {
    ...(await gasFigures(join(GENERATED, 'snapshots/verifier.json'))),
    ...(await gasFigures(join(GENERATED, 'snapshots/gate.json'))),
    ...(await gasFigures(join(GENERATED, 'snapshots/registry.json'))),
    ...(await gasFigures(join(GENERATED, 'snapshots/risk.json'))),
    ...(await gasFigures(join(GENERATED, 'snapshots/breaker.json'))),
    ...(await gasFigures(join(GENERATED, 'snapshots/fund.json'))),
    ...(await gasFigures(join(GENERATED, 'snapshots/backing.json'))),
    ...(await gasFigures(join(GENERATED, 'snapshots/examples.json'))),
  }
  for (const name of [
    'BackingRegister',
    'CircuitBreaker',
    'InsuranceFund',
    'LiquidationGate',
    'MarginGate',
    'OwnedEpochs',
    'RiskRegister',
    'SolvencyRegistry',
    'Squares2Verifier',
    'Squares10Verifier',
  ]) {
    const size = await codeSize(name)
    expect(size, name).toBeLessThan(MAX_CODE)
    measured[`bytes of ${name}`] = size
  }
  if (process.env.UPDATE_GAS === '1') await writeFile(GAS, `${JSON.stringify(measured, null, 2)}\n`)
  const agreed = await gasFigures(GAS)
  expect(Object.keys(measured).sort()).toEqual(Object.keys(agreed).sort())
  for (const [name, gas] of Object.entries(measured)) {
    const drift = Math.abs(gas - agreed[name]!) / agreed[name]!
    expect(drift, `${name}: ${gas}, agreed ${agreed[name]}`).toBeLessThan(TOLERANCE)
  }
})

test.each(EXAMPLES)('a chain takes the code of the example %s (proof.10)', async (name) => {
  expect(await codeSize(name)).toBeLessThan(MAX_CODE)
})

test('forge and this package compile a verifier to the same bytecode (proof.9)', async () => {
  const files = ['interfaces/IGroth16Verifier.sol', 'libraries/Groth16.sol', 'Squares3Verifier.sol']
  const sources = Object.fromEntries(
    await Promise.all(
      files.map(async (file) => [file, await readFile(join(GENERATED, file), 'utf8')] as const),
    ),
  )
  const artifact = z
    .object({ bytecode: z.object({ object: z.string() }) })
    .parse(JSON.parse(await readFile(join(ROOT, 'out/Squares3Verifier.sol/Squares3Verifier.json'), 'utf8')))
  const { bytecode } = await compileSolidity(sources, 'Squares3Verifier.sol', 'Squares3Verifier')
  expect(bytecode).toBe(artifact.bytecode.object)
})

test('the Solidity is formatted (cli.12)', async () => {
  const { code, said } = await run(process.execPath, [
    FORGE,
    'fmt',
    '--check',
    'contracts',
    'examples/contracts',
  ])
  expect(code, said).toBe(0)
})

/** Bytes of a contract's code as forge compiled it. */
async function codeSize(name: string): Promise<number> {
  const { deployedBytecode } = z
    .object({ deployedBytecode: z.object({ object: z.string().regex(/^0x([0-9a-f]{2})+$/) }) })
    .parse(JSON.parse(await readFile(join(ROOT, `out/${name}.sol/${name}.json`), 'utf8')))
  return (deployedBytecode.object.length - 2) / 2
}

async function gasFigures(path: string): Promise<Record<string, number>> {
  return z
    .record(z.string(), z.coerce.number().int().positive())
    .parse(JSON.parse(await readFile(path, 'utf8')))
}
