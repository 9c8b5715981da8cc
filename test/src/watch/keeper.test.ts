import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Address, formatEther, type Hex, parseEther } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  type ChainConnection,
  connectChain,
  type LocalChain,
  readEvents,
  startLocalChain,
} from '../../../src/chain/index.js'
import { actSchema } from '../../../src/watch/act/config.js'
import { type KeeperEvent, openKeeper } from '../../../src/watch/act/index.js'
import type { WatchPart } from '../../../src/watch/index.js'
import type { Sample } from '../../../src/watch/samples.js'
import { temporaryFolder } from '../../helpers/cli.js'

const BREAKER: Address = `0x${'b0'.repeat(20)}`
/** Code at the breaker's address: a call always succeeds, reverts, or takes all its gas and reverts. */
const [DUE, NOTHING_DUE, BURNS] = ['0x00', '0x5f5ffd', '0xfe'] as const
const GWEI = 10n ** 9n
const START = 1_790_000_000

const folders = Array.from({ length: 8 }, () => temporaryFolder())
let local: LocalChain
let chain: ChainConnection
let folder: string
let privateKey: Hex
let account: Address
let now: number
let part: WatchPart | undefined
let events: KeeperEvent[]

beforeAll(async () => {
  local = await startLocalChain([])
  chain = await connectChain(local.rpcUrl)
})
afterAll(async () => {
  await local?.stop()
})
const ask = (method: string, ...params: unknown[]) => chain.reader.request({ method, params } as never)
beforeEach(async () => {
  folder = folders.pop()!
  privateKey = generatePrivateKey()
  account = privateKeyToAccount(privateKey).address
  now = START
  await ask('anvil_setBalance', account, `0x${parseEther('100').toString(16)}`)
  await ask('evm_setAutomine', false)
  await code(DUE)
})
afterEach(async () => {
  await part?.close()
  part = undefined
  await ask('anvil_dropAllTransactions')
})
const code = (bytes: Hex) => ask('anvil_setCode', BREAKER, bytes)
const mine = async () => {
  await ask('evm_mine')
}

/** A keeper that settles one scope whenever a trial does not revert. */
async function keeper(changes: object = {}, key: Hex | undefined = privateKey): Promise<void> {
  const act = actSchema.parse({
    ...{ chain: 'local', calls: ['circuitBreaker.settle'], send: true, state: 'keeper.jsonl' },
    ...{ limit: { ether: '1' }, every: 0.1, pause: 10, replaceAfter: 30, ...changes },
  })
  const settings = {
    ...{ name: 'local', chainId: `${chain.chainId}`, venues: ['Tiny Venue'], scopes: [], breaker: BREAKER },
  }
  const config = { file: 'watch.json', at: (path: string) => join(folder, path), chains: [settings] }
  const make = await openKeeper(act, config as never, {
    privateKey: key,
    onEvent: (event) => events.push(event),
  })
  part = make({ config, chain: async () => chain, newestEpoch: () => undefined } as never)
  events = []
}
/** One round, with what it says of itself in the next one. */
async function tick(seconds = 1): Promise<{ spent: number; up: number }> {
  now += seconds
  await part!.onSamples([], now)
  await (part as unknown as { acting?: Promise<void> }).acting
  // The same moment once more: what is due is a tenth of a second away.
  const samples = (await part!.onSamples([], now)) as readonly Sample[]
  const value = (name: string) => samples.find((each) => each.name === name)!.value
  return { spent: value('plimsoll_keeper_spent_ratio'), up: value('plimsoll_source_up') }
}
const journal = () =>
  readFileSync(join(folder, 'keeper.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
const kinds = () => journal().map(({ kind }) => kind)
const did = () => events.map(({ event }) => event)
const balance = () => chain.reader.getBalance({ address: account })

test('what no block takes is sent again for a step more, never for more than the limit of a unit, and counts once (watch.30)', async () => {
  await keeper({ maxFee: '40' })
  await tick()
  for (let i = 0; i < 4; i++) await tick(31)
  const sent = journal()
  expect(kinds()).toEqual(['signed', 'signed', 'signed', 'signed', 'signed'])
  expect(new Set(sent.map(({ nonce }) => nonce))).toEqual(new Set([0]))
  const fees = sent.map(({ maxFeePerGas }) => BigInt(maxFeePerGas))
  for (const [i, fee] of fees.slice(1).entries()) {
    expect(fee >= (fees[i]! * 11n) / 10n && fee < (fees[i]! * 12n) / 10n).toBe(true)
  }
  const { spent } = await tick()
  const most = BigInt(sent.at(-1)!.gas) * fees.at(-1)!
  expect(spent).toBeCloseTo(Number((most * 1_000_000n) / parseEther('1')) / 1_000_000, 6)
  // A clock that goes back a day does not hold the next step up.
  await tick(-86_400)
  expect(kinds()).toHaveLength(6)
  const before = await balance()
  await mine()
  await tick()
  const { cost, hash, succeeded } = journal().at(-1)
  expect([hash, succeeded]).toEqual([journal().at(-2)!.hash, true])
  expect(before - (await balance())).toBe(BigInt(cost))
  expect(before - (await balance())).toBeLessThanOrEqual((most * 12n) / 10n)
})

test('the limit counts what reverted calls burnt, is kept over restarts and a clock that goes back, and is not passed (watch.31)', async () => {
  const limit = parseEther('0.004')
  const settings = { limit: { ether: '0.004', seconds: 3600 }, maxFee: '3', maxGas: 2_000_000 }
  await ask('anvil_setNextBlockBaseFeePerGas', `0x${GWEI.toString(16)}`)
  await mine()
  const begun = await balance()
  let rounds = 0
  await keeper(settings)
  for (; rounds < 200 && !did().includes('held-back'); rounds++) {
    await code(DUE)
    await tick(11)
    await code(BURNS)
    await ask('anvil_setNextBlockBaseFeePerGas', `0x${GWEI.toString(16)}`)
    await mine()
    await tick()
    if (rounds % 10 === 4) {
      await part!.close()
      await keeper(settings)
    }
    if (rounds % 7 === 6) now -= 40
  }
  expect(events.at(-1)).toMatchObject({ event: 'held-back', why: expect.stringContaining('the limit') })
  expect(rounds).toBeGreaterThan(10)
  const mined = journal().filter(({ kind }) => kind === 'mined')
  expect(mined.every(({ succeeded }) => succeeded === false)).toBe(true)
  const burnt = begun - (await balance())
  expect(burnt).toBe(mined.reduce((sum, { cost }) => sum + BigInt(cost), 0n))
  expect(burnt).toBeLessThanOrEqual(limit)
  // Once what was spent is out of the window there is room again.
  await code(DUE)
  const count = kinds().length
  await tick(3700)
  expect(kinds()).toHaveLength(count + 1)
})

test('a block that is gone makes no room in the limit: each number counts with the most of its attempts (watch.31)', async () => {
  await keeper({ limit: { ether: '0.0001' }, maxFee: '3' })
  const first = (await ask('evm_snapshot')) as Hex
  await ask('anvil_setNextBlockBaseFeePerGas', `0x${GWEI.toString(16)}`)
  await tick()
  await mine()
  await tick()
  expect(kinds()).toEqual(['signed', 'mined'])
  const most = BigInt(journal()[0].gas) * BigInt(journal()[0].maxFeePerGas)
  // The block is gone with what was in it, and the number is free again.
  await ask('evm_revert', first)
  await ask('anvil_dropAllTransactions')
  await part!.close()
  // Between what the block took and what it could have taken.
  const ether = formatEther((BigInt(journal()[1].cost) + most) / 2n)
  await keeper({ limit: { ether }, maxFee: '3' })
  await tick(100)
  expect(did()).toEqual(['held-back'])
})

test('a number that another transaction took is given up, and counts whole; what is none of its own is waited for (watch.32)', async () => {
  await keeper()
  await tick()
  const [{ gas, maxFeePerGas }] = journal()
  await ask('anvil_dropAllTransactions')
  const other = privateKeyToAccount(privateKey)
  const request = { type: 'eip1559', chainId: Number(chain.chainId), to: account, gas: 21_000n } as const
  const fees = { maxFeePerGas: 100n * GWEI, maxPriorityFeePerGas: GWEI }
  const send = async (nonce: number) =>
    chain.reader.sendRawTransaction({
      serializedTransaction: await other.signTransaction({ ...request, ...fees, nonce }),
    })
  await send(0)
  await mine()
  for (let i = 0; i < 3; i++) await tick()
  expect(kinds()).toEqual(['signed', 'mined'])
  expect(journal()[1]).not.toHaveProperty('hash')
  expect(BigInt(journal()[1].cost)).toBe(BigInt(gas) * BigInt(maxFeePerGas))
  // Of another program with the same account: nothing is sent over it.
  await send(1)
  expect((await tick(60)).up).toBe(0)
  expect(kinds()).toHaveLength(2)
  await mine()
  await tick()
  expect(journal().at(-1)).toMatchObject({ kind: 'signed', nonce: 2 })
})

test('a second keeper, one of another account, and a dry run send nothing from the same journal (watch.32)', async () => {
  await keeper({ send: false }, undefined)
  await tick()
  await tick()
  expect(did()).toEqual(['would-send'])
  await expect(keeper()).rejects.toMatchObject({ code: 'LOCK_BUSY' })
  await part!.close()
  await keeper()
  await tick()
  expect(did()).toEqual(['sent'])
  await part!.close()
  const other = keeper({}, generatePrivateKey())
  await expect(other).rejects.toMatchObject({ code: 'ACT_STATE' })
  // A trial that reverts sends nothing, and a clock that goes back makes no call wait for its old time.
  await keeper()
  await mine()
  await tick()
  await code(NOTHING_DUE)
  await tick(60)
  expect(kinds()).toEqual(['signed', 'mined'])
  await code(DUE)
  await tick(-86_400)
  expect(kinds()).toEqual(['signed', 'mined', 'signed'])
})

test('a node that refuses what is sent is told of, and the very same is sent again (watch.32)', async () => {
  await keeper()
  await ask('anvil_setBalance', account, '0x0')
  expect((await tick()).up).toBe(0)
  expect(kinds()).toEqual(['signed'])
  await ask('anvil_setBalance', account, `0x${parseEther('1').toString(16)}`)
  expect((await tick()).up).toBe(1)
  await mine()
  await tick()
  expect(kinds()).toEqual(['signed', 'mined'])
})

test('a chain on which the contracts of a record are not has no quiet history of them (incident.5)', async () => {
  const contracts = { insuranceFund: { address: `0x${'d0'.repeat(20)}`, transaction: '0x' } }
  const reading = readEvents(chain, { contracts, deployedAt: 0 } as never, 0)
  await expect(reading).rejects.toMatchObject({ code: 'NOT_THE_CONTRACT' })
})
