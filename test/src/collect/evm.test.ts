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
  TrieNodes,
} from '../../../src/reserves/index.js'
import { HELD, type ReservesChain, startReservesChain } from '../../helpers/reserves-chain.js'

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
  const [head] = decodeEvmHeaders(header, 'headers.bin')
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

  test('is taken up where an earlier run chose the block', async () => {
    const tasks = [{ account: account(chain.holder.address), assets: [ether()], control: 'eip191' }]
    const { kept, holdings } = await collected(tasks)
    await chain.send({ to: chain.nobody.address, value: 0n })
    const again = evmCollector(parseChain(chain.chain, ''), [jsonRpc(chain.url, 'node 1')], new Map())
    expect(await again.start([await chain.moment()], kept)).toEqual(kept)
    expect((await again.collect(tasks[0]!, 0)).holdings).toEqual(holdings)
  })

  test('is refused with any byte of it changed, and with any node left out', async () => {
    const tasks = [
      { account: account(chain.holder.address), assets: [token('slot6'), ether()], control: 'eip191' },
    ]
    const evidence = await collected(tasks)
    expect(shown(evidence, tasks)).toEqual([HELD.token, HELD.ether])
    const { hash } = decodeEvmHeaders(evidence.header, '')[0]!
    for (let i = 0; i < evidence.nodes.length; i++) {
      const nodes = evidence.nodes.with(i, evidence.nodes[i]! ^ (1 << (i % 8)))
      expect(() => shown({ ...evidence, nodes }, tasks), `byte ${i} of the nodes`).toThrow()
    }
    for (let i = 0; i < evidence.header.length; i++) {
      const header = Uint8Array.from(evidence.header).with(i, evidence.header[i]! ^ (1 << (i % 8)))
      const changed = () => {
        if (decodeEvmHeaders(header, '')[0]!.hash !== hash) throw new Error('another block')
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
