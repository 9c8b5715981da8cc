import { encodeFunctionData, type Hex, parseAbi } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { proveSignals, testKey } from '../../../scripts/contract-fixtures/statements.js'
import {
  type ChainConnection,
  compileSolidity,
  connectChain,
  type DeployedVerifier,
  deployMarginGate,
  deployOwnedEpochs,
  deployVerifier,
  type LocalChain,
  type MarginGate,
  type OwnedEpochs,
  openMarginGate,
  openOwnedEpochs,
  requirementId,
  startLocalChain,
  venueId,
  verifyOnChain,
} from '../../../src/chain/index.js'
import type { MarginProofFile } from '../../../src/margin/index.js'
import { type Artifacts, terminateProving } from '../../../src/proving/index.js'
import { MARGIN_SIGNALS } from '../../../src/statements/index.js'
import { gateProof } from '../../helpers/gate-proof.js'
import { watchOnce } from '../../helpers/watch-once.js'

const LABEL = requirementId('Example Desk')
const ID = requirementId('initial')
const VENUE = venueId('Example Exchange')
const ROOTS = { accountsRoot: 11n, riskRoot: 12n }
const REQUIREMENT = 13n
const HANDLE = 14n

let local: LocalChain
let chain: ChainConnection
let gate: MarginGate
let epochs: OwnedEpochs
let key: Artifacts
let verifier: DeployedVerifier
let other: DeployedVerifier
let now: number

beforeAll(async () => {
  local = await startLocalChain()
  chain = await connectChain(local.rpcUrl)
  epochs = await openOwnedEpochs(chain, (await deployOwnedEpochs(chain)).address)
  const at = { source: epochs.address, venue: VENUE }
  gate = await openMarginGate(chain, (await deployMarginGate(chain, LABEL, at)).address)
  key = await testKey('fifths-6')
  verifier = await deployVerifier(chain, key)
  other = await deployVerifier(chain, await testKey('squares-1'))
  now = Number((await chain.reader.getBlock()).timestamp)
  await accept()
})
afterAll(async () => {
  await local?.stop()
  await terminateProving()
})

/** What the owner believes when all is well. */
async function accept(): Promise<void> {
  await gate.setVerifier(verifier.address, verifier)
  await epochs.setRoots(VENUE, ROOTS, now + 7_200)
  await gate.setRequirement(ID, REQUIREMENT)
}

/** A margin proof for the gate and its first account. */
function marginProof(nonce: bigint): Promise<MarginProofFile> {
  const claim = { ...ROOTS, requirement: REQUIREMENT, handle: HANDLE, nonce, expiry: now + 3_600 }
  return gateProof({ chain, gate, key }, claim)
}

const rpc = (method: string, params: unknown[] = []) =>
  chain.reader.request({ method, params } as unknown as Parameters<typeof chain.reader.request>[0])
const block = () => rpc('evm_mine')
/** What is sent while blocks are held back. */
async function heldBack<T>(during: () => Promise<T>): Promise<T> {
  await rpc('evm_setAutomine', [false])
  try {
    return await during()
  } finally {
    await rpc('evm_setAutomine', [true])
  }
}
/** Waits until the pool holds so many transactions. */
async function pooled(count: number): Promise<void> {
  await expect
    .poll(() => rpc('txpool_status').then((status) => Number((status as { pending: Hex }).pending)), {
      timeout: 60_000,
    })
    .toBe(count)
}
const outcome = (call: Promise<unknown>) =>
  call.then(
    (gas) => ({ gas }),
    (error: unknown) => ({ error: error as Error & { code: string } }),
  )

test('S21: of two transactions with one proof in one block the second is refused, by its hash and reason (gate.13)', async () => {
  const proof = await marginProof(1n)
  const outcomes = await heldBack(async () => {
    const calls = []
    for (const count of [1, 2]) {
      calls.push(outcome(gate.submit(verifier.address, ID, proof)))
      await pooled(count)
    }
    await block()
    return Promise.all(calls)
  })
  const { transactions } = await chain.reader.getBlock()
  expect(transactions).toHaveLength(2)
  const [taken, refused] = outcomes.toSorted((a, b) => Number('error' in a) - Number('error' in b))
  expect(taken).toEqual({ gas: expect.any(BigInt) })
  expect(refused).toMatchObject({ error: { code: 'GATE_REFUSED', exitCode: 1 } })
  const { message } = (refused as { error: Error }).error
  expect(message).toMatch(/reverted in block \d+: NonceUsed\(0x[0-9a-fA-F]{40}, 1\)/)
  expect(message).toContain(`transaction ${transactions[1]}`)
  expect(await gate.hasMargin(HANDLE, ID)).toBe(true)
})

test('a watch tells for how long a record still holds, and 0 where there is none (watch.33)', async () => {
  await gate.submit(verifier.address, ID, await marginProof(99n))
  const requirement = 'initial'
  const records = [
    { name: 'ours', handle: `${HANDLE}`, requirement },
    { name: 'nobody', handle: `${HANDLE + 1n}`, requirement },
    { name: 'other', handle: `${HANDLE}`, requirement: 'maintenance' },
  ]
  const gates = [{ name: 'desk', address: gate.address.toLowerCase(), records }]
  const samples = await watchOnce(now + 600, {
    chains: [{ name: 'local', rpc: local.rpcUrl, chainId: `${local.chainId}`, finality: 0, gates }],
  })
  const left = samples.filter(({ name }) => name === 'plimsoll_gate_record_left_seconds')
  expect(
    Object.fromEntries(left.map(({ labels, value }) => [`${labels.gate} ${labels.record}`, value])),
  ).toEqual({ 'desk ours': 3_000, 'desk nobody': 0, 'desk other': 0 })
})

test('S21: a transaction whose number another one takes is no success (gate.13)', async () => {
  const { account } = chain.writer!
  const refused = await heldBack(async () => {
    const nonce = await chain.reader.getTransactionCount({ address: account.address })
    const call = outcome(gate.setRequirement(requirementId('replaced'), 1n))
    await pooled(1)
    const [price, to] = [100_000_000_000n, account.address]
    await chain.writer!.sendTransaction({ to, nonce, maxFeePerGas: price, maxPriorityFeePerGas: price })
    await block()
    return call
  })
  expect(refused).toMatchObject({
    error: { code: 'GATE_REFUSED', message: expect.stringMatching(/took its number \(transaction 0x/) },
  })
})

test('a call that the gate would revert is refused before it is sent (gate.13)', async () => {
  const before = await chain.reader.getBlockNumber({ cacheTime: 0 })
  await expect(gate.submit(verifier.address, ID, await marginProof(1n))).rejects.toMatchObject({
    code: 'GATE_REFUSED',
    message: expect.stringContaining('the gate refused the call: NonceUsed('),
  })
  expect(await chain.reader.getBlockNumber({ cacheTime: 0 })).toBe(before)
})

describe('there is no margin, and no error, where something is withdrawn (gate.5)', () => {
  beforeAll(async () => {
    await gate.submit(verifier.address, ID, await marginProof(2n))
  })

  test.each([
    ['the verifier', () => gate.setVerifier(verifier.address, false)],
    ['the requirement', () => gate.setRequirement(ID, 0n)],
    ['the roots', () => epochs.setRoots(VENUE, ROOTS, 0)],
  ])('%s', async (_, withdraw) => {
    expect(await gate.hasMargin(HANDLE, ID)).toBe(true)
    await withdraw()
    expect(await gate.hasMargin(HANDLE, ID)).toBe(false)
    await accept()
  })

  test('or when other roots are accepted, for good (gate.11)', async () => {
    await epochs.setRoots(VENUE, { ...ROOTS, accountsRoot: 21n }, now + 7_200)
    expect(await gate.hasMargin(HANDLE, ID)).toBe(false)
    await accept()
    expect(await gate.hasMargin(HANDLE, ID)).toBe(false)
    await gate.submit(verifier.address, ID, await marginProof(3n))
    expect(await gate.hasMargin(HANDLE, ID)).toBe(true)
  })
})

describe('what is not as it should be is refused by name, and nothing is sent (gate.13)', () => {
  test.each(MARGIN_SIGNALS)('a proof without the signal %s', async (name) => {
    const proof = await marginProof(9n)
    delete proof.proof.signals[name]
    await expect(gate.submit(verifier.address, ID, proof)).rejects.toMatchObject({
      code: 'MARGIN_PROOF',
      exitCode: 2,
      message: expect.stringContaining('signals'),
    })
  })

  test.each([
    ['chainId', '1', 'this is chain 31337'],
    ['contract', `0x${'11'.repeat(20)}`, 'this gate is'],
    ['label', requirementId('Other Desk'), 'the label of this gate is'],
    ['caller', `0x${'22'.repeat(20)}`, 'you are'],
  ])('a proof for another %s', async (field, value, said) => {
    const proof = await marginProof(9n)
    Object.assign((proof.for as { gate: object }).gate, { [field]: value })
    await expect(gate.submit(verifier.address, ID, proof)).rejects.toMatchObject({
      code: 'GATE_PURPOSE',
      where: `for.gate.${field}`,
      message: expect.stringContaining(said),
    })
  })

  test('a verifier of another key, for a proof or for the owner', async () => {
    await expect(gate.submit(other.address, ID, await marginProof(9n))).rejects.toMatchObject({
      code: 'WRONG_VERIFIER',
      exitCode: 3,
      message: expect.stringContaining(other.keyHash),
    })
    await expect(gate.setVerifier(other.address, verifier)).rejects.toMatchObject({ code: 'WRONG_VERIFIER' })
  })

  test.each([
    [
      'a time in milliseconds',
      () => epochs.setRoots(VENUE, ROOTS, Date.now()),
      'EPOCHS_REFUSED',
      'TimeTooLate',
    ],
    [
      'a time that is no whole number',
      () => epochs.setRoots(VENUE, ROOTS, 1.5),
      'CALL_ARGUMENTS',
      'setRoots',
    ],
    [
      'a negative root',
      () => epochs.setRoots(VENUE, { ...ROOTS, riskRoot: -1n }, now),
      'CALL_ARGUMENTS',
      'setRoots',
    ],
    ['an id of 31 bytes', () => gate.setRequirement('0x00', 1n), 'CALL_ARGUMENTS', 'setRequirement'],
    ['an address that is none', () => gate.setVerifier('0x12', verifier), 'ADDRESS', 'verifier'],
  ])('%s', async (_, call, code, said) => {
    const before = await chain.reader.getBlockNumber({ cacheTime: 0 })
    await expect(call()).rejects.toMatchObject({ code, message: expect.stringContaining(said) })
    expect(await chain.reader.getBlockNumber({ cacheTime: 0 })).toBe(before)
  })
})

describe('what is at an address is asked what it is before it is believed (gate.13)', () => {
  const EMPTY = '0x00000000000000000000000000000000000000aa'
  /** A contract that answers every call with these words. */
  async function answering(words: Hex): Promise<Hex> {
    const source = `pragma solidity ^0.8.25;
      contract A {
        bytes answer;
        constructor(bytes memory a) { answer = a; }
        fallback(bytes calldata) external returns (bytes memory) { return answer; }
      }`
    compiled ??= compileSolidity({ 'A.sol': source }, 'A.sol', 'A')
    const hash = await chain.writer!.deployContract({ ...(await compiled), args: [words] })
    return (await chain.reader.waitForTransactionReceipt({ hash, pollingInterval: 50 })).contractAddress!
  }
  let compiled: ReturnType<typeof compileSolidity> | undefined
  const word = (n: bigint) => n.toString(16).padStart(64, '0')

  test('S21: no gate and no verifier is at an address without code, though a transaction to it succeeds', async () => {
    const data = encodeFunctionData({
      abi: parseAbi(['function setRoots(uint256, uint256, uint64)']),
      args: [1n, 2n, 3n],
    })
    const hash = await chain.writer!.sendTransaction({ to: EMPTY, data })
    const { status } = await chain.reader.waitForTransactionReceipt({ hash, pollingInterval: 50 })
    expect(status, 'the attack works where nobody asks').toBe('success')
    const nothing = {
      code: 'NOT_THE_CONTRACT',
      exitCode: 3,
      message: expect.stringContaining('no contract answers'),
    }
    await expect(openMarginGate(chain, EMPTY)).rejects.toMatchObject(nothing)
    await expect(gate.setVerifier(EMPTY, verifier)).rejects.toMatchObject(nothing)
  })

  test('a verifier is no gate, and a gate no verifier', async () => {
    await expect(openMarginGate(chain, verifier.address)).rejects.toMatchObject({ code: 'NOT_THE_CONTRACT' })
    await expect(gate.setVerifier(gate.address, verifier)).rejects.toMatchObject({ code: 'NOT_THE_CONTRACT' })
  })

  test.each([
    ['two words', `0x${word(1n)}${word(1n)}`],
    ['31 bytes', `0x${'00'.repeat(30)}01`],
    ['one word, the same for everything', `0x${word(1n)}`],
  ] as const)('a contract that answers with %s is no gate', async (_, words) => {
    await expect(openMarginGate(chain, await answering(words))).rejects.toMatchObject({
      code: 'NOT_THE_CONTRACT',
    })
  })

  test('a contract with the right key hash that answers with no verdict gives none', async () => {
    const address = await answering(`0x${verifier.keyHash}`)
    const proven = await proveSignals(key, [1n, 2n, 3n, 4n, 5n, 6n])
    await expect(verifyOnChain(chain, { address, keyHash: verifier.keyHash }, proven)).rejects.toMatchObject({
      code: 'NO_VERDICT',
      exitCode: 3,
    })
    await expect(verifyOnChain(chain, { ...other, keyHash: verifier.keyHash }, proven)).rejects.toMatchObject(
      {
        code: 'WRONG_VERIFIER',
      },
    )
  })

  test('a gate of another chain, as a proxy of this address would show it', async () => {
    const elsewhere = { ...chain, chainId: chain.chainId + 1 }
    await expect(openMarginGate(elsewhere, gate.address)).rejects.toMatchObject({
      code: 'NOT_THE_CONTRACT',
      message: expect.stringContaining('another gate or chain'),
    })
  })
})
