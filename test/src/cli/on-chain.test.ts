import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type ChainConnection,
  connectChain,
  type LocalChain,
  startLocalChain,
} from '../../../src/chain/index.js'
import { checkEpochOnChain } from '../../../src/cli/on-chain.js'
import type { Manifest } from '../../../src/epoch/index.js'
import { type Artifacts, type Proven, terminateProving } from '../../../src/proving/index.js'
import { LEDGER_SIGNALS } from '../../../src/statements/index.js'
import { provePowers, testKey } from '../../contracts/support/statements.js'
import { temporaryFolder } from '../../helpers/cli.js'

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

/** Proofs as an epoch's folder holds those of its batches, and as much of its manifest as is read. */
function epochOf(proofs: readonly Proven[]): { folder: string; manifest: Manifest } {
  const folder = temporaryFolder()
  for (const [i, { proof, publicSignals }] of proofs.entries()) {
    const path = join(folder, 'ledger', `${i}`.padStart(5, '0').concat('.json'))
    mkdirSync(dirname(path), { recursive: true })
    const file = {
      schema: 'plimsoll/proof/1',
      statement: 'ledger',
      instance: key.instance.name,
      keyHash: key.keyHash,
      keyKind: key.keyKind,
      signals: Object.fromEntries(LEDGER_SIGNALS.map((name, j) => [name, `${publicSignals[j]}`])),
      proof,
    }
    writeFileSync(path, JSON.stringify(file))
  }
  const batches = proofs.map(() => key.instance.name)
  return { folder, manifest: { batches, solvency: null } as unknown as Manifest }
}

const check = (proofs: readonly Proven[], keys: readonly Artifacts[]) => {
  const { folder, manifest } = epochOf(proofs)
  return checkEpochOnChain(chain, folder, manifest, keys, () => {})
}

test('an epoch is verified on a chain only when every one of its proofs is (proof.6)', async () => {
  expect(await check(proven, [key])).toMatchObject({ verified: true, chainId: chain.chainId })
  const [first, second] = proven as [Proven, Proven]
  const wrong = { ...second, publicSignals: second.publicSignals.with(1, 37n) }
  expect(await check([first, wrong], [key])).toMatchObject({ verified: false })
})

test('an epoch is not verified by checking none of its proofs (proof.6)', async () => {
  await expect(check(proven, [])).rejects.toMatchObject({ code: 'KEY_MISSING', exitCode: 3 })
  expect(await check([], [key])).toMatchObject({ verified: false, gas: {} })
})
