import { afterAll, beforeAll, expect, test } from 'vitest'
import { provePowers, testKey } from '../../../scripts/contract-fixtures/statements.js'
import {
  type ChainConnection,
  connectChain,
  type LocalChain,
  startLocalChain,
} from '../../../src/chain/index.js'
import { verifyEpochOnChain } from '../../../src/cli/on-chain.js'
import type { Proven } from '../../../src/groth16/index.js'
import { type Artifacts, terminateProving } from '../../../src/proving/index.js'

let local: LocalChain
let chain: ChainConnection
let key: Artifacts
let proven: Proven[]

beforeAll(async () => {
  local = await startLocalChain()
  chain = await connectChain(local.rpcUrl)
  key = await testKey('squares-3')
  proven = [await provePowers(key, [2n, 3n, 4n]), await provePowers(key, [5n, 6n, 7n])]
})
afterAll(async () => {
  await local?.stop()
  await terminateProving()
})

const check = (proofs: readonly Proven[], keys: readonly Artifacts[]) => {
  const epoch = { proofs: proofs.map((proof) => ({ ...proof, instance: key.instance.name })) }
  return verifyEpochOnChain(chain, epoch, keys, () => {})
}

test('an epoch is verified on a chain only when every one of its proofs is (proof.6)', async () => {
  expect(await check(proven, [key])).toMatchObject({ valid: true, chainId: chain.chainId })
  const [first, second] = proven as [Proven, Proven]
  const wrong = { ...second, publicSignals: second.publicSignals.with(1, 37n) }
  expect(await check([first, wrong], [key])).toMatchObject({ valid: false })
})

test('an epoch is not verified by checking none of its proofs (proof.6)', async () => {
  await expect(check(proven, [])).rejects.toMatchObject({ code: 'KEY_MISSING', exitCode: 3 })
  expect(await check([], [key])).toMatchObject({ valid: false, gas: {} })
})
