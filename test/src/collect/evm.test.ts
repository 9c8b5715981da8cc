import { type Hex, toRlp } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CollectTask, evmCollector, jsonRpc } from '../../../src/collect/index.js'
import {
  type AccountName,
  decodeEvmHeaders,
  EvmState,
  type EvmToken,
  openToken,
  parseAccount,
  parseAsset,
  parseChain,
  readSafe,
  reservesMessage,
  TrieNodes,
  verifyControl,
} from '../../../src/reserves/index.js'
import {
  enableModule,
  HELD,
  keyOf,
  pointTo,
  type ReservesChain,
  startReservesChain,
} from '../../helpers/reserves-chain.js'
import { type RpcAnswer, type RpcRequest, startRpcServer } from '../../helpers/rpc-server.js'

let chain: ReservesChain
beforeAll(async () => {
  chain = await startReservesChain()
})
afterAll(() => chain.stop())

const account = (address: string): AccountName => parseAccount(`${chain.chain}:${address}`, '')
const ether = () => parseAsset(`${chain.chain}/slip44:60`, '')
const token = (name: keyof ReservesChain['tokens']) =>
  parseAsset(`${chain.chain}/erc20:${chain.tokens[name]}`, '')
const TOKENS = ['zeppelin', 'slot6', 'vyper', 'proxied', 'lying'] as const

/** Collects, and gives what evidence of it holds: the files' bytes, and the amounts. */
async function collected(
  tasks: CollectTask[],
  options: { urls?: string[]; tokens?: Map<string, EvmToken>; moment?: number } = {},
) {
  const { urls = [chain.url], tokens = new Map<string, EvmToken>(), moment = await chain.moment() } = options
  const nodes = urls.map((url, i) => jsonRpc(url, `node ${i + 1}`, []))
  const collector = evmCollector(parseChain(chain.chain, ''), nodes, tokens)
  const kept = await collector.start([moment], undefined)
  const found = await collector.findTokens(tasks)
  const accounts = []
  for (const task of tasks) accounts.push(await collector.collect(task, 0))
  const parts = accounts.flatMap(({ nodes }) => nodes ?? [])
  return {
    kept,
    tokens: new Map([...tokens, ...found.map((each) => [each.asset, each] as const)]),
    holdings: accounts.flatMap(({ holdings }) => holdings),
    header: (await collector.headers())!,
    parts,
    nodes: TrieNodes.format(parts),
  }
}

type Collected = Pick<Awaited<ReturnType<typeof collected>>, 'header' | 'nodes' | 'tokens'>

/** What evidence shows, with nothing but its bytes; nodes that nothing needs are refused. */
function shown({ header, nodes, tokens }: Collected, tasks: CollectTask[]): bigint[] {
  const trie = TrieNodes.read(nodes, 'nodes.bin')
  const [, head] = decodeEvmHeaders(header, 'headers.bin')
  const state = new EvmState(head!, trie)
  const amounts = tasks.flatMap(({ account, assets, control }) => {
    const address = account.address as Hex
    if (control === 'safe') readSafe(state, address)
    return assets.map((asset) =>
      asset.namespace === 'slip44'
        ? (state.account(address)?.balance ?? 0n)
        : openToken(state, tokens.get(asset.id)!)(address).amount,
    )
  })
  if (trie.unused > 0) throw new Error('a node is not used')
  return amounts
}

describe('evidence of a local chain (reserves.43)', () => {
  test('is collected, and shows offline what accounts, tokens and Safes hold', async () => {
    const assets = [...TOKENS.map(token), ether()]
    const tasks: CollectTask[] = [
      { account: account(chain.holder.address), assets, control: 'eip191' },
      ...Object.values(chain.safes).map((safe) => ({ account: account(safe), assets, control: 'safe' })),
      { account: account(chain.nobody.address), assets, control: 'eip191' },
    ]
    const evidence = await collected(tasks)
    const held = [...TOKENS.map(() => HELD.token), HELD.ether]
    const all = [...held, ...held, ...held, ...held.map(() => 0n)]
    expect(evidence.holdings.map(({ amount }) => amount)).toEqual(all)
    expect(shown(evidence, tasks)).toEqual(all)
    expect(new Set(evidence.holdings.map(({ balance }) => balance.kind))).toEqual(
      new Set(['evm-token', 'evm-native']),
    )
    const layouts = TOKENS.map((name) => evidence.tokens.get(token(name).id)!.layout)
    expect(layouts).toEqual([
      { kind: 'mapping', slot: '0', order: 'solidity' },
      { kind: 'mapping', slot: '6', order: 'solidity' },
      { kind: 'mapping', slot: '2', order: 'vyper' },
      { kind: 'mapping', slot: '3', order: 'solidity' },
      { kind: 'mapping', slot: '1', order: 'solidity' },
    ])
    expect(evidence.tokens.get(token('proxied').id)).toMatchObject({
      delegates: [{ address: chain.implementation }],
      state: [{ value: `0x${chain.implementation.slice(2).padStart(64, '0')}` }],
    })
  })

  test('is of the first block at or after its moment, which the block before it shows', async () => {
    const moment = await chain.moment()
    const { header } = await collected(only(ether()), { moment: moment - 10 })
    const [parent, head] = decodeEvmHeaders(header, '')
    expect(head).toMatchObject({ timestamp: moment, parent: parent!.hash })
    expect(parent!.timestamp).toBeLessThan(moment - 10)
    await expect(collected(only(ether()), { moment: 1 })).rejects.toMatchObject({ code: 'RESERVES_MOMENT' })
  })

  test('is taken up where an earlier run chose the block', async () => {
    const tasks = [{ account: account(chain.holder.address), assets: [ether()], control: 'eip191' }]
    const { kept, holdings } = await collected(tasks)
    await chain.send({ to: chain.nobody.address, value: 0n })
    const again = evmCollector(parseChain(chain.chain, ''), [jsonRpc(chain.url, 'node 1')], new Map())
    expect(await again.start([await chain.moment()], kept)).toEqual(kept)
    expect((await again.collect(tasks[0]!, 0)).holdings).toEqual(holdings)
  })

  test('R25: is refused with any byte of it changed, and with any node left out', async () => {
    const tasks = [
      { account: account(chain.holder.address), assets: [token('slot6'), ether()], control: 'eip191' },
    ]
    const evidence = await collected(tasks)
    expect(shown(evidence, tasks)).toEqual([HELD.token, HELD.ether])
    const { hash } = decodeEvmHeaders(evidence.header, '')[1]!
    for (let i = 0; i < evidence.nodes.length; i++) {
      const nodes = evidence.nodes.with(i, evidence.nodes[i]! ^ (1 << (i % 8)))
      expect(() => shown({ ...evidence, nodes }, tasks), `byte ${i} of the nodes`).toThrow()
    }
    for (let i = 0; i < evidence.header.length; i++) {
      const header = Uint8Array.from(evidence.header).with(i, evidence.header[i]! ^ (1 << (i % 8)))
      const changed = () => {
        const [before, head] = decodeEvmHeaders(header, '')
        if (head!.hash !== hash || head!.parent !== before!.hash) throw new Error('another block')
        return shown({ ...evidence, header }, tasks)
      }
      expect(changed, `byte ${i} of the header`).toThrow()
    }
    const stranger = toRlp([`0x20${'11'.repeat(32)}`, '0x01'], 'bytes')
    const more = TrieNodes.format([...evidence.parts, stranger])
    expect(() => shown({ ...evidence, nodes: more }, tasks)).toThrow('not used')
    for (const left of evidence.parts) {
      const nodes = TrieNodes.format(evidence.parts.filter((node) => node !== left))
      expect(() => shown({ ...evidence, nodes }, tasks)).toThrow()
    }
  })
})

/** Does what changes the chain, and takes it back. */
async function apart<T>(work: () => Promise<T>): Promise<T> {
  const snapshot = await chain.ask('evm_snapshot', [])
  try {
    return await work()
  } finally {
    await chain.ask('evm_revert', [snapshot])
  }
}

const only = (...assets: CollectTask['assets']): CollectTask[] => [
  { account: account(chain.holder.address), assets, control: 'eip191' },
]

describe('a token is proven as long as it is what was known of it (reserves.44)', () => {
  const as = (name: keyof ReservesChain['tokens'], slot: string, order: 'solidity' | 'vyper') => {
    const { id } = token(name)
    const known: EvmToken = { asset: id, decimals: 18, layout: { kind: 'mapping', slot, order } }
    return { tokens: new Map([[id, known]]) }
  }

  test('R21: not by a layout that lies, nor in the other order of a mapping', async () => {
    const asset = token('lying')
    await expect(collected(only(asset), as('lying', '0', 'solidity'))).rejects.toMatchObject({
      code: 'RESERVES_LAYOUT',
      where: asset.id,
    })
    const honest = await collected(only(asset), as('lying', '1', 'solidity'))
    expect(shown(honest, only(asset))).toEqual([HELD.token])
    await expect(collected(only(token('vyper')), as('vyper', '2', 'solidity'))).rejects.toMatchObject({
      code: 'RESERVES_LAYOUT',
    })
    const vyper = await collected(only(token('vyper')), as('vyper', '2', 'vyper'))
    expect(() => shown({ ...vyper, ...as('vyper', '2', 'solidity') }, only(token('vyper')))).toThrow()
    expect(shown(vyper, only(token('vyper')))).toEqual([HELD.token])
  })

  test('R22: not after its proxy has turned to another contract, or its code is another', async () => {
    const { tokens } = await collected(only(token('proxied'), token('slot6')))
    const again = (asset: ReturnType<typeof token>) => collected(only(asset), { tokens })
    await apart(async () => {
      await chain.send({ to: chain.tokens.proxied, data: pointTo(chain.tokens.slot6) })
      await expect(again(token('proxied'))).rejects.toThrow('hands calls to another one')
    })
    await apart(async () => {
      const code = await chain.ask('eth_getCode', [chain.tokens.vyper, 'latest'])
      await chain.ask('anvil_setCode', [chain.implementation, code])
      await expect(again(token('proxied'))).rejects.toThrow('hands calls to has other code')
      await chain.ask('anvil_setCode', [chain.tokens.slot6, code])
      await expect(again(token('slot6'))).rejects.toThrow('other code at the block')
    })
    expect(shown(await again(token('proxied')), only(token('proxied')))).toEqual([HELD.token])
    expect(shown(await again(token('slot6')), only(token('slot6')))).toEqual([HELD.token])
  })

  test('and is observed where no slot holds its balances', async () => {
    const { id } = token('slot6')
    const tokens = new Map<string, EvmToken>([[id, { asset: id, decimals: 18, layout: { kind: 'none' } }]])
    const { holdings, nodes } = await collected(only(token('slot6')), { tokens })
    expect(holdings).toMatchObject([{ amount: HELD.token, balance: { kind: 'observed', source: 'node 1' } }])
    expect(nodes).toHaveLength(0)
  })
})

describe('a Safe is controlled by as many owners as it asks for (reserves.45)', () => {
  const statement = (id: string) =>
    reservesMessage({
      venue: 'V',
      epoch: 'E',
      account: id,
      holdsFor: 'customers',
      challenge: 'ab'.repeat(32),
    })

  async function opened(safe: Hex) {
    const tasks = [{ account: account(safe), assets: [ether()], control: 'safe' }]
    const { header, nodes } = await collected(tasks)
    return readSafe(new EvmState(decodeEvmHeaders(header, '')[1]!, TrieNodes.read(nodes, '')), safe)
  }

  test.each(['1.3.0', '1.4.1'] as const)('R28: of version %s', async (version) => {
    const safe = chain.safes[version]
    const wallet = await opened(safe)
    expect(wallet).toMatchObject({ version, threshold: 2, modules: [] })
    expect(wallet.owners.toSorted()).toEqual(chain.owners.map((each) => each.address.toLowerCase()).sort())
    expect(wallet.guard).toBeUndefined()
    const text = statement(account(safe).id)
    const sign = (names: string[], over = text) =>
      Promise.all(names.map((name) => keyOf(name).signMessage({ message: over })))
    const status = async (signatures: Promise<Hex[]>) =>
      verifyControl({ kind: 'safe', signatures: await signatures }, { account: account(safe), text, wallet })
        .status
    expect(await status(sign(['owner 1', 'owner 3']))).toBe('valid')
    expect(await status(sign(['owner 2']))).toBe('invalid')
    expect(await status(sign(['owner 2', 'owner 2']))).toBe('invalid')
    expect(await status(sign(['owner 2', 'stranger']))).toBe('invalid')
    expect(await status(sign(['owner 1', 'owner 2'], statement(account(chain.holder.address).id)))).toBe(
      'invalid',
    )
  })

  test('R28: and what can move or hinder its funds beside them is named', async () => {
    const safe = chain.safes['1.4.1']
    const [module, guard] = [keyOf('module'), keyOf('guard')].map((key) => key.address.toLowerCase() as Hex)
    await apart(async () => {
      await chain.ask('anvil_setBalance', [safe, '0xde0b6b3a7640000'])
      await chain.send({ from: safe, to: safe, data: enableModule(module!) })
      await chain.ask('anvil_setStorageAt', [
        safe,
        '0x4a204f620c8c5ccdca3fd54d003badd85ba500436a431f0cbda4f558c93c34c8',
        `0x${guard!.slice(2).padStart(64, '0')}`,
      ])
      expect(await opened(safe)).toMatchObject({ modules: [module], guard })
    })
  })

  test('R28: and is no other contract, nor one that hands calls to another', async () => {
    const none = (address: Hex) => expect(opened(address)).rejects.toMatchObject({ code: 'RESERVES_SAFE' })
    await none(chain.tokens.slot6)
    await none(chain.holder.address.toLowerCase() as Hex)
    const safe = chain.safes['1.4.1']
    const slot = (index: number, value: bigint) =>
      chain.ask('anvil_setStorageAt', [
        safe,
        `0x${index.toString(16)}`,
        `0x${value.toString(16).padStart(64, '0')}`,
      ])
    for (const [index, value] of [
      [0, BigInt(chain.tokens.slot6)],
      [0, 1n << 160n],
      [3, 2n],
      [4, 4n],
    ] as const) {
      await apart(async () => {
        await slot(index, value)
        await none(safe)
      })
    }
    expect(await opened(safe)).toMatchObject({ threshold: 2 })
  })
})

describe('a node that does not tell the truth is refused (reserves.46)', () => {
  /** Collects from a node whose answers are changed on their way. */
  async function through(
    change: (result: never, request: RpcRequest) => unknown,
    { second = false, tasks = only(token('slot6'), ether()) } = {},
  ) {
    const seen: RpcRequest[] = []
    const server = await startRpcServer(async (request): Promise<RpcAnswer> => {
      seen.push(request)
      const result = await chain.ask(request.method, request.params)
      return { result: change(structuredClone(result) as never, request) }
    })
    const { tokens } = await collected(tasks)
    const urls = second ? [chain.url, server.url] : [server.url]
    const outcome = await collected(tasks, { urls, tokens }).then(
      ({ holdings }) => holdings.map(({ amount }) => amount),
      (error: { code: string; message: string }) => error,
    )
    server.stop()
    return { outcome, seen }
  }
  interface Proof {
    accountProof: Hex[]
    storageProof: { proof: Hex[] }[]
  }
  const proofs =
    (change: (proof: Proof) => void) =>
    (result: Proof, { method }: RpcRequest) => {
      if (method === 'eth_getProof') change(result)
      return result
    }

  test('while one that does is taken, asked for blocks by their hashes', async () => {
    const { outcome, seen } = await through((result) => result)
    expect(outcome).toEqual([HELD.token, HELD.ether])
    for (const { method, params } of seen) {
      if (method === 'eth_getProof') expect(params[2]).toEqual({ blockHash: expect.any(String) })
      if (method === 'eth_call') expect(params[1]).toEqual({ blockHash: expect.any(String) })
    }
    expect(new Set(seen.map(({ method }) => method))).toContain('eth_getProof')
  })

  const LEAF = toRlp([`0x20${'11'.repeat(32)}`, '0x01'])
  test.each<[string, (proof: Proof) => void, string]>([
    ['an empty trie', (proof) => proof.accountProof.splice(0), 'a node is missing'],
    ['an empty storage', (proof) => proof.storageProof[0]?.proof.splice(0), 'a node is missing'],
    [
      'an empty storage by its one byte',
      (proof) => proof.storageProof[0]?.proof.splice(0, 9, '0x80'),
      'a node is missing',
    ],
    ['a node too many', (proof) => proof.accountProof.push(LEAF), 'lead nowhere'],
    ['a huge proof', (proof) => proof.accountProof.push(...Array<Hex>(1000).fill(LEAF)), 'at most 65'],
    ['a huge node', (proof) => proof.accountProof.push(`0x${'00'.repeat(4096)}`), 'at most 532 bytes'],
    [
      'another balance',
      (proof) => {
        proof.accountProof.push(tampered(proof.accountProof.pop()!))
      },
      'a node is missing',
    ],
    ['fewer slots', (proof) => proof.storageProof.pop(), 'not a proof for each slot'],
  ])('R27: with %s', async (_, change, why) => {
    const { outcome } = await through(proofs(change))
    expect(outcome).toMatchObject({ code: 'RPC_ANSWER', message: expect.stringContaining(why) })
  })

  test.each<[string, (result: never, request: RpcRequest) => unknown, string]>([
    [
      'with another block',
      (result: { parentHash: Hex }, { method }) =>
        method === 'eth_getBlockByHash' ? chain.ask(method, [result.parentHash, false]) : result,
      'RPC_ANSWER',
    ],
    [
      'with no block',
      (result, { method }) => (method === 'eth_getBlockByHash' ? null : result),
      'RPC_ANSWER',
    ],
    [
      'with a field of a fork that nobody knows',
      (result, { method }) =>
        method === 'eth_getBlockByHash' ? { ...(result as object), requestsHash: undefined } : result,
      'RPC_ANSWER',
    ],
    ['on another chain', (result, { method }) => (method === 'eth_chainId' ? '0x1' : result), 'CHAIN_ID'],
    [
      'with another amount than it proves',
      (result, { method }) => (method === 'eth_call' ? `0x${'01'.repeat(32)}` : result),
      'RESERVES_LAYOUT',
    ],
  ])('R27: %s', async (_, change, code) => {
    expect((await through(change)).outcome).toMatchObject({ code })
  })

  test('R27: and so is one that has another block than the second', async () => {
    const other = (result: { hash: Hex }, { method }: RpcRequest) =>
      method === 'eth_getBlockByNumber' ? { ...result, hash: `0x${'22'.repeat(32)}` } : result
    const { outcome } = await through(other, { second: true })
    expect(outcome).toMatchObject({ code: 'RESERVES_BLOCK', message: expect.stringContaining('node 2') })
    expect((await through((result) => result, { second: true })).outcome).toEqual([HELD.token, HELD.ether])
  })

  test('and a moment that the chain has not reached has no block', async () => {
    const moment = (await chain.moment()) + 1
    await expect(collected(only(ether()), { moment })).rejects.toMatchObject({ code: 'RESERVES_MOMENT' })
  })
})

/** A node with its last byte changed. */
function tampered(node: Hex): Hex {
  return `${node.slice(0, -1) as Hex}${node.endsWith('0') ? '1' : '0'}`
}
