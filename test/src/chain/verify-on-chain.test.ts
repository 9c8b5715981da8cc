import { encodeFunctionData, hexToBytes, parseAbi } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Case,
  malleated,
  wrongPoints,
  wrongSignals,
} from '../../../scripts/contract-fixtures/mutations.js'
import { provePowers, testKey } from '../../../scripts/contract-fixtures/statements.js'
import {
  type ChainConnection,
  connectChain,
  deployVerifier,
  type LocalChain,
  proofWords,
  startLocalChain,
  verifyOnChain,
} from '../../../src/chain/index.js'
import { type Proven, verifyProof } from '../../../src/groth16/index.js'
import { type Artifacts, terminateProving } from '../../../src/proving/index.js'

let local: LocalChain
let chain: ChainConnection
let key: Artifacts
let verifier: Awaited<ReturnType<typeof deployVerifier>>
let proven: Proven[]

beforeAll(async () => {
  local = await startLocalChain()
  chain = await connectChain(local.rpcUrl)
  key = await testKey('squares-3')
  verifier = await deployVerifier(chain, key)
  proven = []
  for (const roots of [
    [2n, 3n, 4n],
    [5n, 6n, 7n],
    [8n, 1n, 10n],
    [0n, 12n, 13n],
  ]) {
    proven.push(await provePowers(key, roots))
  }
})

afterAll(async () => {
  await local?.stop()
  await terminateProving()
})

const asProven = ({ proof, signals }: Case): Proven => ({ proof, publicSignals: signals })

/** A proof that is no canonical proof at all is refused before it is verified. */
async function acceptedHere({ proof, signals }: Case): Promise<boolean> {
  try {
    return await verifyProof(key.verificationKey, signals, proof)
  } catch (error) {
    expect(error).toMatchObject({ code: 'PROOF_SHAPE' })
    return false
  }
}

async function acceptedThere(batch: Proven | Proven[]): Promise<boolean> {
  return (await verifyOnChain(chain, verifier, batch)).valid
}

describe('V11: this package and the contract give one verdict (proof.6)', () => {
  test('on every valid, malleated and mutated proof, alone and in batches', async () => {
    const counts = { accepted: 0, rejected: 0 }
    for (const [i, honest] of proven.entries()) {
      const other = proven[(i + 1) % proven.length]!
      const cases: Case[] = [
        { name: 'valid', proof: honest.proof, signals: honest.publicSignals },
        ...malleated(honest, key.verificationKey, BigInt(i) + 2n),
        ...wrongSignals(honest),
        ...wrongPoints(honest, other.proof),
      ]
      for (const item of cases) {
        const verdict = await acceptedHere(item)
        const changed = asProven(item)
        expect(await acceptedThere(changed), item.name).toBe(verdict)
        expect(await acceptedThere([changed]), `${item.name}, batch of one`).toBe(verdict)
        expect(await acceptedThere([other, changed]), `${item.name}, batch of two`).toBe(verdict)
        counts[verdict ? 'accepted' : 'rejected']++
      }
    }
    expect(counts.accepted).toBe(4 * proven.length)
    expect(counts.accepted + counts.rejected).toBeGreaterThanOrEqual(200)
  })

  test('on a proof under another key', async () => {
    const cube = await provePowers(await testKey('cubes-3'), [2n, 3n, 4n])
    expect(await acceptedThere(cube)).toBe(false)
    expect(await verifyProof(key.verificationKey, cube.publicSignals, cube.proof)).toBe(false)
  })
})

test('a batch is cheaper than its proofs one by one (proof.10)', async () => {
  const one = await verifyOnChain(chain, verifier, proven[0]!)
  const four = await verifyOnChain(chain, verifier, proven)
  expect(four).toMatchObject({ valid: true })
  expect(four.gas).toBeLessThan((one.gas * 4n * 6n) / 10n)
})

test('the reported gas is what a transaction pays beyond its base and its calldata (proof.10)', async () => {
  const [honest] = proven
  const { gas } = await verifyOnChain(chain, verifier, honest!)
  const data = encodeFunctionData({
    abi: parseAbi(['function verify(uint256[8] proof, uint256[] signals) view returns (bool)']),
    args: [proofWords(honest!.proof), honest!.publicSignals],
  })
  const hash = await chain.writer!.sendTransaction({ to: verifier.address, data })
  const { gasUsed } = await chain.reader.waitForTransactionReceipt({ hash, pollingInterval: 50 })
  const intrinsic = hexToBytes(data).reduce((sum, byte) => sum + (byte === 0 ? 4 : 16), 21_000)
  const paid = gasUsed - BigInt(intrinsic)
  // The measuring call costs its own few hundred.
  expect(gas).toBeGreaterThanOrEqual(paid)
  expect(gas - paid).toBeLessThan(500n)
})

test('V06: a wrong number of signals is refused, not judged (proof.8)', async () => {
  const [honest] = proven
  for (const publicSignals of [honest!.publicSignals.slice(1), [...honest!.publicSignals, 0n], []]) {
    const check = verifyOnChain(chain, verifier, { proof: honest!.proof, publicSignals })
    await expect(check).rejects.toMatchObject({
      code: 'VERIFIER_REVERTED',
      exitCode: 1,
      message: expect.stringContaining(`WrongSignalCount(3, ${publicSignals.length})`),
    })
  }
})

test('an empty batch is refused (proof.8)', async () => {
  await expect(verifyOnChain(chain, verifier, [])).rejects.toMatchObject({ code: 'VERIFIER_REVERTED' })
})

test('an address without a contract gives no verdict (proof.8)', async () => {
  const nobody = '0x00000000000000000000000000000000000000aa'
  const there = { ...verifier, address: nobody } as const
  await expect(verifyOnChain(chain, there, proven[0]!)).rejects.toMatchObject({
    code: 'NOT_THE_CONTRACT',
    exitCode: 3,
  })
})

test('a connection that cannot write deploys nothing (proof.12)', async () => {
  const { chainId, reader } = chain
  await expect(deployVerifier({ chainId, reader }, key)).rejects.toMatchObject({
    code: 'NO_ACCOUNT',
    exitCode: 2,
  })
})
