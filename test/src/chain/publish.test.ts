import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Abi,
  type AbiFunction,
  type Address,
  encodeFunctionData,
  type Hex,
  numberToHex,
  toFunctionSelector,
  zeroAddress,
} from 'viem'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { feesAbove } from '../../../src/chain/fees.js'
import { SOLVENCY_REGISTRY_ABI } from '../../../src/chain/generated/abi.js'
import {
  type ChainConnection,
  connectChain,
  type Deployment,
  type PublishEvent,
  planPublication,
  publishEpoch,
  venueId,
} from '../../../src/chain/index.js'
import { terminateProving } from '../../../src/proving/index.js'
import { readPrivateKey } from '../../../src/venue/index.js'
import { plimsoll, plimsollIn, start, temporaryFolder } from '../../helpers/cli.js'
import { EXAMPLES } from '../../helpers/commands.js'
import {
  ask,
  type RegistryFixture,
  registryFixture,
  senderOf,
  signedOther,
  TAKEN,
  TERMS,
  VENUE,
} from '../../helpers/registry.js'
import { startLyingNode } from '../../helpers/rpc-server.js'

const make = registryFixture()
const folder = temporaryFolder()
const FINAL = { confirmations: 1 }
/** Opening, batches of two keys, the proof of solvency. */
const STEPS = 4

let fixture: RegistryFixture
let chain: ChainConnection
let account: Address
let registry: Address
let clean: string
let first: bigint

beforeAll(async () => {
  fixture = await make()
  ;({ chain, account } = await senderOf(fixture, fixture.operatorFile))
  registry = fixture.registry.address
})
beforeEach(async () => {
  clean = await ask(fixture, 'evm_snapshot')
  first = await chain.reader.getBlockNumber({ cacheTime: 0 })
})
afterEach(async () => {
  await ask(fixture, 'evm_setAutomine', true)
  await ask(fixture, 'anvil_dropAllTransactions')
  await ask(fixture, 'evm_revert', clean)
})
afterAll(async () => {
  await terminateProving()
  await fixture?.local.stop()
})

/** Everything that was sent to the registry since the test began, and what became of it. */
async function sent(): Promise<{ from: Address; hash: Hex; status: string }[]> {
  const last = await chain.reader.getBlockNumber({ cacheTime: 0 })
  const found = []
  for (let block = first + 1n; block <= last; block++) {
    const { transactions } = await chain.reader.getBlock({ blockNumber: block, includeTransactions: true })
    for (const { from, to, hash } of transactions) {
      if (to?.toLowerCase() !== registry.toLowerCase()) continue
      const { status } = await chain.reader.getTransactionReceipt({ hash })
      found.push({ from, hash, status })
    }
  }
  return found
}

/** Sends a call from an account, and waits until a block has it. */
async function mined(from: ChainConnection, call: { to: Address; data: Hex; value?: bigint; gas?: bigint }) {
  const hash = await from.writer!.sendTransaction(call)
  await from.reader.waitForTransactionReceipt({ hash, pollingInterval: 20 })
}

const about = (rest: object = {}) => ({ chain, registry, epoch: fixture.epoch, finality: FINAL, ...rest })
const state = async () => (await fixture.registry.standing(fixture.epoch)).state

describe('an epoch is taken to a registry (publish.1)', () => {
  test('by the fewest transactions, and a second time by none', async () => {
    const events: PublishEvent[] = []
    const done = await publishEpoch(about({ onEvent: (event: PublishEvent) => events.push(event) }))
    expect(done.transactions.map(({ step }) => step)).toEqual([
      'opening epoch 7',
      'batches 0 to 3 of ledger-tiny',
      'batch 4 of ledger-tiny-stress',
      'the proof of solvency',
    ])
    expect(done.status).toEqual({
      ...{ state: 'solvent', epoch: 7, takenAt: TAKEN, until: TAKEN + TERMS.maxAge },
    })
    expect(events.filter(({ event }) => event === 'sent')).toHaveLength(STEPS)
    expect((await sent()).map(({ status }) => status)).toEqual(Array(STEPS).fill('success'))
    const again = await publishEpoch(about())
    expect(again.transactions).toEqual([])
    expect(await sent()).toHaveLength(STEPS)
  })

  test('in parts where a transaction may take less gas, each within what it may', async () => {
    const gasLimit = 420_000n
    const { transactions } = await publishEpoch(about({ gasLimit }))
    expect(transactions.map(({ step }) => step).slice(1, 4)).toEqual([
      'batches 0 to 2 of ledger-tiny',
      'batch 3 of ledger-tiny',
      'batch 4 of ledger-tiny-stress',
    ])
    for (const { gasUsed } of transactions) expect(BigInt(gasUsed)).toBeLessThanOrEqual(gasLimit)
  })

  test('by any other account too, from the data of the calls', async () => {
    const file = join(folder, 'calldata.json')
    const run = await cli('--calldata', file)
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing was sent.') })
    expect(await sent()).toEqual([])
    const { chain: other, account: from } = await senderOf(fixture, fixture.strangerFile)
    const { transactions } = JSON.parse(readFileSync(file, 'utf8'))
    for (const { to, data, value, gas } of transactions) {
      await mined(other, { to, data, value: BigInt(value), gas: (BigInt(gas) * 13n) / 10n })
    }
    expect(await state()).toBe('final')
    expect((await sent()).map((one) => one.from)).toEqual(Array(STEPS).fill(from.toLowerCase()))
  })

  test('for the gas that was told before, of which nothing is sent', async () => {
    const plan = await planPublication(about())
    expect(plan.simulated).toBe(true)
    expect(await sent()).toEqual([])
    const run = await cli('--dry-run', '--json')
    expect(run.code, run.stderr).toBe(0)
    const { transactions: told, cost, gasPrice } = JSON.parse(run.stdout)
    expect(told.map(({ gas }: { gas: string }) => gas)).toEqual(plan.steps.map(({ gas }) => `${gas}`))
    const total = plan.steps.reduce((sum, { gas }) => sum + gas, 0n)
    expect(cost).toBe(`${total * BigInt(gasPrice)}`)
    const { transactions } = await publishEpoch(about())
    expect(transactions.map(({ step }) => step)).toEqual(plan.steps.map(({ title }) => title))
    for (const [i, { gasUsed }] of transactions.entries()) {
      const off = Number(BigInt(gasUsed) - plan.steps[i]!.gas)
      expect(Math.abs(off) / Number(gasUsed), transactions[i]!.step).toBeLessThan(0.02)
    }
    expect(await cli('--dry-run')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Nothing is left'),
    })
  })
})

/** The command line with the epoch, in this process. */
const cli = (...more: string[]) => plimsoll(...ARGS(), ...more)
const ARGS = () => {
  const { folder, local, operatorFile, pinsFile } = fixture
  return ['publish', folder, '--rpc', local.rpcUrl, '--sender', operatorFile, '--pins', pinsFile]
}

describe('what was sent is not sent again (publish.2)', () => {
  test('after kill -9 before, between and after blocks, however often', async () => {
    const args = [...ARGS(), '--confirmations', '1', '--json']
    /** Runs it until it says that something happened, and kills it there. */
    const killedAt = async (event: string) => {
      const { child, ended } = start(args)
      let said = ''
      for await (const chunk of child.stderr!) {
        said += chunk
        if (said.includes(`"event":"${event}"`)) break
      }
      child.kill('SIGKILL')
      await ended
      return said
    }
    await ask(fixture, 'evm_setAutomine', false)
    expect(await killedAt('sent')).toContain('opening epoch 7')
    expect(await killedAt('waiting')).not.toContain('"event":"sent"')
    await ask(fixture, 'evm_mine')
    await ask(fixture, 'evm_setAutomine', true)
    expect(await state()).toBe('open')
    expect(await killedAt('sent')).toContain('batches 0 to 3')
    const last = await cli('--confirmations', '1', '--json')
    expect(last.code, last.stderr).toBe(0)
    expect(JSON.parse(last.stdout)).toMatchObject({ status: { state: 'solvent', epoch: 7 } })
    const again = await cli('--confirmations', '1', '--json')
    expect(again.code).toBe(0)
    expect(JSON.parse(again.stdout).transactions).toEqual([])
    expect((await sent()).map(({ status }) => status)).toEqual(Array(STEPS).fill('success'))
    const { privateKey } = JSON.parse(readFileSync(fixture.operatorFile, 'utf8'))
    expect([last, again].map(({ stdout, stderr }) => stdout + stderr).join()).not.toContain(privateKey)
  })

  test('when no block takes it: what takes its place has its number and pays more', async () => {
    await ask(fixture, 'evm_setAutomine', false)
    const numbers: number[] = []
    const onEvent = (event: PublishEvent) => {
      if (event.event !== 'sent') return
      numbers.push(event.nonce)
      if (event.replaces) void ask(fixture, 'evm_mine').then(() => ask(fixture, 'evm_setAutomine', true))
    }
    const { transactions } = await publishEpoch(about({ onEvent, replaceAfter: 0.5 }))
    expect(transactions).toHaveLength(STEPS)
    expect(numbers[1]).toBe(numbers[0])
    expect(new Set(numbers).size).toBe(STEPS)
    expect(await sent()).toHaveLength(STEPS)
  })

  test('when an earlier run sent it: it is waited for, and replaced as its own', async () => {
    await ask(fixture, 'evm_setAutomine', false)
    const { steps } = await planPublication(about())
    const { to, data } = steps[0]!
    await chain.writer!.sendTransaction({ to, data, gas: 200_000n })
    const events: PublishEvent[] = []
    const onEvent = (event: PublishEvent) => {
      events.push(event)
      if (event.event === 'sent')
        void ask(fixture, 'evm_mine').then(() => ask(fixture, 'evm_setAutomine', true))
    }
    await publishEpoch(about({ onEvent, replaceAfter: 0.5 }))
    expect(events[0]).toEqual({ event: 'waiting', for: 'transaction' })
    expect(events[1]).toMatchObject({ event: 'sent', replaces: true })
    expect(await sent()).toHaveLength(STEPS)
  })

  test('when something else of the account is under way, which stays', async () => {
    await ask(fixture, 'evm_setAutomine', false)
    await chain.writer!.sendTransaction({ to: account, value: 1n, gas: 21_000n })
    await expect(publishEpoch(about({ replaceAfter: 0.2 }))).rejects.toMatchObject({
      code: 'TRANSACTION_PENDING',
    })
  })

  test('when the node drops it, until it is clear that it is gone', async () => {
    await ask(fixture, 'evm_setAutomine', false)
    let dropped = false
    const onEvent = (event: PublishEvent) => {
      if (event.event !== 'sent' || dropped) return
      dropped = true
      void ask(fixture, 'anvil_dropAllTransactions').then(() => ask(fixture, 'evm_setAutomine', true))
    }
    await publishEpoch(about({ onEvent, replaceAfter: 0.3 }))
    expect(await sent()).toHaveLength(STEPS)
  })
})

describe('it goes on where the chain is (publish.3)', () => {
  test('S44: after a re-organisation of three blocks what vanished is sent again, and what stayed is not', async () => {
    let waits = 0
    const events: PublishEvent[] = []
    const onEvent = (event: PublishEvent) => {
      events.push(event)
      if (event.event !== 'waiting' || event.for !== 'finality') return
      waits++
      void (waits === 1 ? ask(fixture, 'anvil_reorg', 3, []) : ask(fixture, 'anvil_mine', '0x8'))
    }
    const { transactions, status } = await publishEpoch(about({ finality: { confirmations: 6 }, onEvent }))
    expect(events.filter(({ event }) => event === 'reorganised')).toHaveLength(1)
    expect(transactions.map(({ step }) => step)).toEqual([
      'opening epoch 7',
      ...transactions.slice(1, 4).map(({ step }) => step),
      ...transactions.slice(1, 4).map(({ step }) => step),
    ])
    expect(status.state).toBe('solvent')
    const there = await sent()
    expect(there).toHaveLength(STEPS)
    expect(there[0]!.hash).toBe(transactions[0]!.transaction)
  })

  test('S44: an epoch is not taken for final before the chain says so', async () => {
    let done!: ReturnType<typeof publishEpoch>
    const waiting = new Promise<void>((resolve) => {
      const onEvent = (event: PublishEvent) => {
        if (event.event === 'waiting' && event.for === 'finality') resolve()
      }
      done = publishEpoch(about({ finality: 'finalized', onEvent }))
    })
    let isDone = false
    await waiting
    void done.then(() => {
      isDone = true
    })
    await ask(fixture, 'anvil_mine', '0xa')
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(isDone).toBe(false)
    await ask(fixture, 'anvil_mine', '0x60')
    expect((await done).status.state).toBe('solvent')
  })
  test('when somebody else has sent a part of it', async () => {
    const other = await senderOf(fixture, fixture.strangerFile)
    const { steps } = await planPublication(about({ gasLimit: 420_000n }))
    // The opening, and three of the four batches of the first key.
    for (const { to, data } of steps.slice(0, 2)) await mined(other.chain, { to, data })
    const { transactions } = await publishEpoch(about())
    expect(transactions.map(({ step }) => step)).toEqual([
      'batch 3 of ledger-tiny',
      'batch 4 of ledger-tiny-stress',
      'the proof of solvency',
    ])
  })

  test('when somebody else is faster with the same, in the same block', async () => {
    const other = await senderOf(fixture, fixture.strangerFile)
    const { steps } = await planPublication(about())
    await ask(fixture, 'evm_setAutomine', false)
    const onEvent = async (event: PublishEvent): Promise<unknown> => {
      if (event.event !== 'sent' || event.replaces) return undefined
      const step = steps.find(({ title }) => title === event.step)!
      if (step.kind !== 'batches') return ask(fixture, 'evm_mine')
      const maxPriorityFeePerGas = 100n * 10n ** 9n
      const { to, data } = step
      await other.chain.writer!.sendTransaction({
        to,
        data,
        gas: 900_000n,
        maxPriorityFeePerGas,
        maxFeePerGas: 2n * maxPriorityFeePerGas,
      })
      return ask(fixture, 'evm_mine')
    }
    const { status } = await publishEpoch(about({ onEvent: (event: PublishEvent) => void onEvent(event) }))
    expect(status.state).toBe('solvent')
    const own = (await sent()).filter(({ from }) => from === account.toLowerCase())
    expect(own.map((one) => one.status)).toEqual(['success', 'reverted', 'reverted', 'success'])
  })
})

describe('a status is for everyone to read (publish.4)', () => {
  test('never, solvent, and stale after its time, by exit code, as the help has it', async () => {
    const place = join(folder, 'place')
    cpSync(fixture.folder, join(place, 'epoch'), { recursive: true })
    cpSync(fixture.pinsFile, join(place, 'pins.json'))
    const run = (command: string) => {
      const { words } = EXAMPLES.find(({ shownBy }) => shownBy === command)!
      const own = words.map((word) =>
        word.replace('http://127.0.0.1:8545', fixture.local.rpcUrl).replace('Example Exchange', VENUE),
      )
      return plimsollIn(place, ...own.slice(1))
    }
    expect(await run('publish status')).toMatchObject({ code: 1, stdout: expect.stringContaining('NEVER') })
    await ask(fixture, 'evm_setIntervalMining', 1)
    const done = await run('publish')
    await ask(fixture, 'evm_setIntervalMining', 0)
    expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining('Epoch 7 is FINAL.') })
    expect(await run('publish status')).toMatchObject({
      ...{ code: 0, stdout: expect.stringContaining('SOLVENT') },
      // The chain of this test stands at the time of its books.
      stderr: expect.stringMatching(/the word of one node[\s\S]*last block is of .* s behind this clock/),
    })
    await ask(fixture, 'evm_increaseTime', TERMS.maxAge)
    await ask(fixture, 'evm_mine')
    expect(await run('publish status')).toMatchObject({ code: 1, stdout: expect.stringContaining('STALE') })
  })
})

describe('the registry of a deployment (publish.7)', () => {
  /** A record that says so of where the registry is. */
  function recordOf(address: string, chainId = `${chain.chainId}`): string {
    const hash = `0x${'1'.repeat(64)}`
    const path = join(folder, 'deployment.json')
    const record: Deployment = {
      ...{ schema: 'plimsoll/deployment/1', chainId, deployedAt: 1, deployer: account.toLowerCase() },
      contracts: {
        accessManager: { address: fixture.authority.toLowerCase(), transaction: hash },
        solvencyRegistry: { address: address.toLowerCase(), transaction: hash },
      },
      settings: {},
      governance: {
        ...{ admin: `0x${'a'.repeat(40)}`, governor: [], riskOperator: [], guardian: [] },
        delays: { admin: 1, governor: 1, grant: 1 },
      },
      ...{ keys: [], venues: [] },
    }
    writeFileSync(path, JSON.stringify(record))
    return path
  }
  const status = (...more: string[]) =>
    plimsoll('publish', 'status', VENUE, '--rpc', fixture.local.rpcUrl, ...more)

  test('is taken from its record, in place of an address', async () => {
    const path = recordOf(registry)
    const run = await cli('--dry-run', '--json', '--deployment', path)
    expect(run.code).toBe(0)
    expect(JSON.parse(run.stdout).transactions).toHaveLength(STEPS)
    const said = await status('--deployment', path, '--json')
    expect(said.code).toBe(1)
    expect(JSON.parse(said.stdout)).toMatchObject({ registry: registry.toLowerCase(), state: 'never' })
  })

  test('is refused where the record is of another registry or chain, or is none', async () => {
    const refused = async (run: ReturnType<typeof cli>, message: string) => {
      const { code, stderr } = await run
      expect(stderr).toContain(message)
      expect(code).toBe(2)
    }
    const other = recordOf(fixture.authority)
    await refused(cli('--deployment', other), `the epoch is meant for ${registry.toLowerCase()}`)
    const elsewhere = recordOf(registry, '1')
    await refused(cli('--deployment', elsewhere), `the node is on chain ${chain.chainId}, not on 1`)
    await refused(status('--deployment', elsewhere), `the node is on chain ${chain.chainId}, not on 1`)
    await refused(status('--deployment', fixture.pinsFile), 'plimsoll/deployment/1')
    await refused(status(), 'give --registry or --deployment')
    await refused(status('--deployment', recordOf(registry), '--registry', registry), '--registry')
    expect(await sent()).toEqual([])
  })
})

/** What a governor of the registry changes. */
async function govern(functionName: string, ...args: unknown[]) {
  const data = encodeFunctionData({ abi: SOLVENCY_REGISTRY_ABI as Abi, functionName, args })
  await mined(fixture.chain, { to: registry, data })
}

/** Puts code at an address that answers everything with one word. */
async function answering(word: 0 | 1): Promise<Address> {
  const address = `0x${'ab'.repeat(20)}` as const
  await ask(fixture, 'anvil_setCode', address, `0x600${word}60005260206000f3`)
  return address
}

const keyHash = (instance: string) => `0x${fixture.epoch.manifest.keys[instance]!.keyHash}`
const guards = (one: object) => ({ tables: zeroAddress, levels: zeroAddress, backing: zeroAddress, ...one })
type Options = Parameters<typeof publishEpoch>[0]

describe('a node cannot have more spent than was meant (publish.8)', () => {
  const GWEI = 10n ** 9n
  const through = async (
    lie: Parameters<typeof startLyingNode>[1],
    changes: object = {},
  ): Promise<{ error: unknown; fees: [fee: bigint, tip: bigint][] }> => {
    const liar = await startLyingNode(fixture.local.rpcUrl, lie)
    const privateKey = await readPrivateKey(fixture.operatorFile)
    const lied = await connectChain(liar.url, { privateKey })
    const error = await publishEpoch(about({ chain: lied, ...changes })).then(
      () => undefined,
      (error: unknown) => error,
    )
    liar.stop()
    const fees = await Promise.all(
      (await sent()).map(async ({ hash }): Promise<[bigint, bigint]> => {
        const one = await chain.reader.getTransaction({ hash })
        return [one.maxFeePerGas ?? 0n, one.maxPriorityFeePerGas ?? 0n]
      }),
    )
    return { error, fees }
  }
  const dear = (base: bigint, tip: bigint) => (method: string, truth: unknown) => {
    if (method === 'eth_maxPriorityFeePerGas') return numberToHex(tip)
    if (method !== 'eth_getBlockByNumber' || truth === null) return truth
    return { ...(truth as object), baseFeePerGas: numberToHex(base) }
  }

  test('by the tip that it proposes, nor by the price that it tells', async () => {
    const { error, fees } = await through(dear(GWEI, 9_000n * GWEI))
    expect(error).toBeUndefined()
    expect(fees.map(([, tip]) => tip)).toEqual(Array(STEPS).fill(50n * GWEI))
    for (const [fee] of fees) expect(fee).toBeLessThan(60n * GWEI)
    await ask(fixture, 'evm_revert', clean)
    clean = await ask(fixture, 'evm_snapshot')
    const refused = await through(dear(9_000n * GWEI, GWEI))
    expect(refused.error).toMatchObject({ code: 'GAS_PRICE' })
    expect(refused.fees).toEqual([])
  })

  test('nor by replacing what it keeps from blocks for ever more', async () => {
    const start = { maxFeePerGas: 400n * GWEI, maxPriorityFeePerGas: 40n * GWEI }
    const raised = (fees: Parameters<typeof feesAbove>[1], limits = {}) => feesAbove(chain, fees, limits)
    const next = await raised(start)
    expect(next).toEqual({ maxFeePerGas: 452n * GWEI + 1n, maxPriorityFeePerGas: 45_200_000_001n })
    expect(await raised(next!)).toBeUndefined()
    expect(await raised({ ...next!, maxPriorityFeePerGas: GWEI })).toBeUndefined()
    // Who sets a limit has it.
    const limits = { maxFeePerGas: 600n * GWEI, maxPriorityFeePerGas: GWEI }
    expect(await raised(next!, limits)).toMatchObject({ maxFeePerGas: 600n * GWEI })
  })

  test('nor by never showing what it took', async () => {
    const selectorOf = (name: string) =>
      toFunctionSelector(
        (SOLVENCY_REGISTRY_ABI as Abi).find((one) => 'name' in one && one.name === name) as AbiFunction,
      )
    const [opening, ...views] = ['openEpoch', 'epochOf', 'lastOpened'].map(selectorOf)
    const { error } = await through((method, truth, params) => {
      if (method === 'eth_estimateGas') return truth ?? numberToHex(100_000)
      if (method === 'eth_getTransactionReceipt') return truth && { ...(truth as object), status: '0x1' }
      if (method !== 'eth_call') return truth
      const selector = (params[0] as { data: Hex }).data.slice(0, 10) as Hex
      if (selector === opening) return '0x'
      return views.includes(selector) ? (truth as string).replace(/[1-9a-f]/g, '0') : truth
    })
    expect(error).toMatchObject({ code: 'NODE_CONTRADICTS' })
    expect((await sent()).map(({ status }) => status)).toEqual(['success', ...Array(5).fill('reverted')])
  })
})

describe('nothing is sent for an epoch that the registry would refuse (publish.5)', () => {
  test.each<[said: string, code: string, change: () => Promise<Partial<Options> | undefined>]>([
    ['is meant for', 'REGISTRY_EPOCH', async () => ({ registry: fixture.authority })],
    [
      'is a number, such as 7',
      'REGISTRY_EPOCH',
      async () => ({ epoch: (await signedOther(fixture, fixture.operator, { epoch: '2026-01' }))[0] }),
    ],
    [
      'has not signed the epoch',
      'PUBLISH_UNSIGNED',
      async () => {
        const { signature: _, ...epoch } = fixture.epoch
        return { epoch }
      },
    ],
    [
      'does not know the venue Other Venue',
      'REGISTRY_REFUSED',
      async () => ({ epoch: (await signedOther(fixture, fixture.operator, { venue: 'Other Venue' }))[0] }),
    ],
    [
      'it is signed by',
      'REGISTRY_REFUSED',
      async () => ({ epoch: (await signedOther(fixture, fixture.stranger, {}))[0] }),
    ],
    [
      'the signature could be taken until',
      'REGISTRY_REFUSED',
      async () => ({ epoch: (await signedOther(fixture, fixture.operator, {}, { deadline: TAKEN }))[0] }),
    ],
    ['the venue is paused', 'REGISTRY_REFUSED', async () => void (await govern('pause', venueId(VENUE)))],
    [
      'of ledger-tiny-stress is stopped, for ever',
      'REGISTRY_REFUSED',
      async () => void (await govern('stopKey', keyHash('ledger-tiny-stress'))),
    ],
    [
      'of solvency-tiny-stress counts from',
      'REGISTRY_REFUSED',
      async () => void (await govern('retireKey', keyHash('solvency-tiny-stress'), TAKEN)),
    ],
    [
      'of ledger-tiny is not registered',
      'REGISTRY_REFUSED',
      async () => {
        const { keys } = fixture.epoch.manifest
        const changed = { ...keys, 'ledger-tiny': { ...keys['ledger-tiny']!, keyHash: '1'.repeat(64) } }
        return { epoch: (await signedOther(fixture, fixture.operator, { keys: changed }))[0] }
      },
    ],
    [
      'of ledger-tiny is registered for another statement',
      'REGISTRY_REFUSED',
      async () => {
        const { keys } = fixture.epoch.manifest
        const changed = { ...keys, 'ledger-tiny': keys['solvency-tiny-stress']! }
        return { epoch: (await signedOther(fixture, fixture.operator, { keys: changed }))[0] }
      },
    ],
    [
      'its policy is not the accepted one',
      'REGISTRY_REFUSED',
      async () => void (await fixture.registry.setPolicy(VENUE, { digest: 12n, text: '0'.repeat(64) })),
    ],
    [
      'other scenarios than crash',
      'REGISTRY_REFUSED',
      async () => void (await fixture.registry.setScenarios(VENUE, ['crash', 'depeg'])),
    ],
    [
      'other scenarios than maintenance',
      'REGISTRY_REFUSED',
      async () => {
        await fixture.registry.setScenarios(VENUE, ['maintenance'])
        return { scenarios: ['maintenance'] }
      },
    ],
    [
      's old, and may be 100000 s',
      'REGISTRY_REFUSED',
      async () => {
        const epoch = (await signedOther(fixture, fixture.operator, {}, { deadline: TAKEN + 500_000 }))[0]
        await ask(fixture, 'evm_increaseTime', TERMS.maxLag)
        await ask(fixture, 'evm_mine')
        return { epoch }
      },
    ],
    [
      'its books are of the future',
      'REGISTRY_REFUSED',
      async () => ({
        epoch: { ...fixture.epoch, table: { ...fixture.epoch.table, timestamp: TAKEN + 90_000 } },
      }),
    ],
    [
      'its risk table is not accepted now',
      'REGISTRY_REFUSED',
      async () => void (await govern('setGuards', venueId(VENUE), guards({ tables: await answering(0) }))),
    ],
    [
      'was accepted with other marks',
      'REGISTRY_REFUSED',
      async () => void (await govern('setGuards', venueId(VENUE), guards({ tables: await answering(1) }))),
    ],
    [
      'its reserves have to be backed by evidence',
      'REGISTRY_REFUSED',
      async () => void (await govern('setGuards', venueId(VENUE), guards({ backing: await answering(0) }))),
    ],
    ['takes 3', 'GAS_LIMIT', async () => ({ gasLimit: 300_000n })],
    [
      'the sender cannot pay for the gas: it has 0.00001 and needs about',
      'SENDER_FUNDS',
      async () => void (await ask(fixture, 'anvil_setBalance', account, '0x9184e72a000')),
    ],
    [
      'abandoned or overtaken',
      'REGISTRY_BURNED',
      async () => {
        const later = await signedOther(fixture, fixture.operator, { epoch: '8' })
        await fixture.registry.openEpoch(...later)
        return undefined
      },
    ],
  ])('%s', async (said, code, change) => {
    const changes = await change()
    first = await chain.reader.getBlockNumber({ cacheTime: 0 })
    await expect(publishEpoch(about(changes))).rejects.toMatchObject({
      code,
      message: expect.stringContaining(said),
    })
    expect(await sent()).toEqual([])
  })

  test('or that does not verify, whose faults are shown', async () => {
    const copy = join(folder, 'broken')
    cpSync(fixture.folder, copy, { recursive: true })
    const path = join(copy, 'solvency.json')
    const proof = JSON.parse(readFileSync(path, 'utf8'))
    writeFileSync(path, JSON.stringify({ ...proof, proof: { ...proof.proof, a: proof.proof.c } }))
    const [, , ...rest] = ARGS()
    const run = await plimsoll('publish', copy, ...rest, '--confirmations', '1')
    expect(run).toMatchObject({ code: 1, stdout: expect.stringContaining('Nothing was sent.') })
    expect(await sent()).toEqual([])
  })
})
