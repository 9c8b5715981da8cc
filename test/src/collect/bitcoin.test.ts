import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js'
import { afterEach, describe, expect, test } from 'vitest'
import * as z from 'zod'
import {
  askUnspent,
  type BitcoinCollectorOptions,
  bitcoinCollector,
  jsonRpc,
} from '../../../src/collect/index.js'
import {
  addressScript,
  BITCOIN_NETWORKS,
  branchOf,
  HeaderChain,
  hash256,
  placeOfProof,
  readTransaction,
  verifyBitcoinMovement,
  verifyOutput,
} from '../../../src/reserves/bitcoin/index.js'
import { parseAccount, parseAsset, parseChain } from '../../../src/reserves/index.js'
import { bitcoinEvidence } from '../../helpers/bitcoin-evidence.js'
import {
  ADDRESSES,
  little,
  proofOf,
  REGTEST,
  Regtest,
  type RegtestNode,
  SPACING,
  startRegtestNode,
  transactionOf,
} from '../../helpers/regtest.js'

const CHAIN = parseChain(`bip122:${REGTEST}`, '')
const COIN = parseAsset(`bip122:${REGTEST}/slip44:1`, '')
const accounts = Object.values(ADDRESSES).map((address) => parseAccount(`${CHAIN.id}:${address}`, ''))
const tasks = accounts.map((account) => ({ account, assets: [COIN], control: 'bip322' }))

const nodes: RegtestNode[] = []
afterEach(async () => {
  for (const node of nodes.splice(0)) await node.close()
})

/** A chain of 140 blocks; addresses of all forms were paid in block 121, and twice in one transaction. */
function paidChain() {
  const chain = new Regtest()
  chain.mine(120)
  const all = Object.values(ADDRESSES)
  const paid = chain.pay([...all, all[0]!].map((address, i) => ({ address, value: BigInt(1000 + i) })))
  const again = chain.pay([{ address: ADDRESSES.p2tr, value: 77n }], { witness: true })
  chain.mine(1, { transactions: [paid, again] })
  chain.mine(19)
  return { chain, paid: readTransaction(paid)!, again: readTransaction(again)! }
}

async function collectorOf(
  chains: readonly Regtest[],
  options: Omit<Partial<BitcoinCollectorOptions>, 'nodes'> = {},
) {
  const started = await Promise.all(chains.map((chain) => startRegtestNode(chain)))
  nodes.push(...started)
  const [first, ...others] = started.map(({ url }, i) => jsonRpc(url, `node ${i + 1}`, []))
  const collector = bitcoinCollector(CHAIN, { nodes: [first!, ...others], accounts, ...options })
  return { collector, nodes: started }
}

const momentOf = (chain: Regtest, height: number) => chain.blocks[height]!.time - SPACING / 2

describe('outputs of Bitcoin are collected from nodes (reserves.64)', () => {
  test('and the evidence checks without them', async () => {
    const { chain, paid, again } = paidChain()
    const { collector } = await collectorOf([chain, chain])
    const kept = await collector.start([momentOf(chain, 130)], undefined)
    expect(kept).toEqual({ height: 136, hash: chain.blocks[136]!.hash })
    const collected = await Promise.all(tasks.map((task) => collector.collect(task, 0)))

    const headers = new HeaderChain(REGTEST, { where: 'headers' })
    headers.append((await collector.headers())!)
    expect(headers.height).toBe(136)
    const sums = collected.map(({ holdings }, i) =>
      holdings.map(({ amount, block, balance, asset, part }) => {
        if (balance.kind !== 'bitcoin-output') throw new Error(balance.kind)
        expect([asset, block]).toEqual([COIN.id, chain.blocks[130]!.hash])
        expect(balance.unspent).toEqual({ source: '2 nodes', height: 140 })
        const { address } = accounts[i]!
        const proven = verifyOutput(balance, { chain: headers, at: headers.block(130), address, where: '' })
        expect(proven).toMatchObject({ outpoint: part, value: amount, age: expect.any(Number) })
        return [part.split(':')[0], amount]
      }),
    )
    expect(sums[0]).toEqual([
      [paid.id, 1000n],
      [paid.id, 1005n],
    ])
    expect(sums[1]).toEqual([[paid.id, 1001n]])
    expect(sums[4]!.toSorted()).toEqual(
      [
        [paid.id, 1004n],
        [again.id, 77n],
      ].toSorted(),
    )
    // Of what pays miners, blocks 2 to 31 had passed their hundred blocks at block 130; two of them were spent.
    expect(sums[3]!.length).toBe(1 + 31 - 2)
  })

  test('with what shows that an address moved coins to itself (reserves.29)', async () => {
    const { chain, paid } = paidChain()
    const script = addressScript(BITCOIN_NETWORKS.get(REGTEST)!, ADDRESSES.p2pkh)!
    const note = concatBytes(Uint8Array.of(0x6a, 0x20), new Uint8Array(32).fill(5))
    const spends = [0, 5].map((index) => ({ id: paid.id, index }))
    const moved = transactionOf(spends, [
      { script: note, value: 0n },
      { script, value: 2000n },
    ])
    chain.mine(1, { transactions: [moved] })
    chain.mine(6)
    const { id } = readTransaction(moved)!
    for (const how of ['unspent', 'by the index']) {
      if (how !== 'unspent') for (const index of [0, 1]) chain.unspent.delete(`${id}:${index}`)
      const { collector } = await collectorOf([chain], { movements: [id] })
      expect(await collector.start([momentOf(chain, 130)], undefined)).toMatchObject({ height: 147 })
      const proof = await collector.movement(id)
      const headers = new HeaderChain(REGTEST, { where: 'headers' })
      headers.append((await collector.headers())!)
      if (proof.kind !== 'bitcoin-transaction') throw new Error(proof.kind)
      expect(proof.spent).toHaveLength(1)
      const place = { chain: headers, address: ADDRESSES.p2pkh, where: '' }
      expect(verifyBitcoinMovement(proof, place)).toEqual({
        ...{ id, data: '05'.repeat(32), block: headers.block(141) },
      })
    }
    const { collector } = await collectorOf([chain], { movements: [id] })
    chain.blocks.pop()
    await expect(collector.start([momentOf(chain, 130)], undefined)).rejects.toMatchObject({
      code: 'COLLECT_EARLY',
    })
  })

  test('a later run goes on with the blocks of the first, whatever has come since', async () => {
    const { chain, paid } = paidChain()
    const moments = [momentOf(chain, 125), momentOf(chain, 130)]
    const first = await collectorOf([chain])
    const kept = JSON.parse(JSON.stringify(await first.collector.start(moments, undefined)))
    const before = await first.collector.collect(tasks[0]!, 1)
    chain.mine(3)
    chain.unspent.delete(`${paid.id}:5`)
    const second = await collectorOf([chain])
    expect(await second.collector.start(moments, kept)).toEqual(kept)
    expect(await second.collector.headers()).toEqual(await first.collector.headers())
    const after = await second.collector.collect(tasks[0]!, 1)
    expect(before.holdings.map(({ amount }) => amount)).toEqual([1000n, 1005n])
    // What was spent in between is not asked for again where it was collected, and missing where it was not.
    expect(after.holdings.map(({ amount }) => amount)).toEqual([1000n])
    expect(after.holdings[0]!.balance).toMatchObject({ unspent: { height: 143 } })
    const other = await collectorOf([paidChain().chain])
    const replaced = other.collector.start(moments, { ...kept, hash: 'ab'.repeat(32) })
    await expect(replaced).rejects.toMatchObject({ code: 'COLLECT_REPLACED' })
  })

  test('an output counts at a moment if its block is no later, and if all nodes call it unspent', async () => {
    const { chain, paid } = paidChain()
    const { collector, nodes } = await collectorOf([chain, chain])
    await collector.start([momentOf(chain, 120), momentOf(chain, 121)], undefined)
    nodes[1]!.answers.gettxout = ([id, index], honest) => (id === paid.id && index === 5 ? null : honest)
    const amounts = async (moment: number) =>
      (await collector.collect(tasks[0]!, moment)).holdings.map(({ amount }) => amount)
    expect(await amounts(0)).toEqual([])
    expect(await amounts(1)).toEqual([1000n])
  })

  test('outputs that a proof of funds lists need no scan', async () => {
    const { chain, paid, again } = paidChain()
    const listed = [
      { txid: paid.id, index: 4 },
      { txid: again.id, index: 0 },
      { txid: 'ab'.repeat(32), index: 0 },
    ]
    const outputs = new Map([[accounts[4]!.id, listed]])
    const { collector, nodes } = await collectorOf([chain], { outputs })
    await collector.start([momentOf(chain, 130)], undefined)
    const { holdings } = await collector.collect(tasks[4]!, 0)
    expect(holdings.map(({ amount }) => amount).toSorted()).toEqual([1004n, 77n])
    expect(holdings[0]!.balance).toMatchObject({ height: 121, unspent: { source: '1 node' } })
    expect(nodes[0]!.asked).not.toContain('scantxoutset')
  })

  test('one scan serves many accounts', async () => {
    const { chain } = paidChain()
    const { collector, nodes } = await collectorOf([chain])
    await collector.start([momentOf(chain, 130)], undefined)
    for (const task of tasks) await collector.collect(task, 0)
    expect(nodes[0]!.asked.filter((method) => method === 'scantxoutset')).toHaveLength(1)
  })

  test('there is no evidence before six blocks stand on that of the moment', async () => {
    const { chain } = paidChain()
    const { collector } = await collectorOf([chain])
    await expect(collector.start([momentOf(chain, 135)], undefined)).rejects.toMatchObject({
      code: 'COLLECT_EARLY',
    })
    const enough = await collectorOf([chain])
    expect(await enough.collector.start([momentOf(chain, 134)], undefined)).toMatchObject({ height: 140 })
  })

  test('R08: two nodes with different blocks are no evidence', async () => {
    const { chain } = paidChain()
    const other = new Regtest()
    other.mine(140, { to: ADDRESSES.p2wpkh })
    const { collector } = await collectorOf([chain, other])
    await expect(collector.start([momentOf(chain, 130)], undefined)).rejects.toMatchObject({
      code: 'RPC_DISAGREE',
      where: 'node 2',
    })
  })
})

describe('a node that lies about outputs of Bitcoin (reserves.64)', () => {
  const flipped = (hex: unknown, at: number) => {
    const bytes = hexToBytes(hex as string)
    bytes.at(at)
    bytes[at < 0 ? bytes.length + at : at]! ^= 1
    return bytesToHex(bytes)
  }

  test.each<[string, string, (params: readonly unknown[], honest: never) => unknown, string]>([
    [
      'with a header that does not link',
      'getblockheader',
      (_, honest) => flipped(honest, 4),
      'RESERVES_HEADERS',
    ],
    ['with no header', 'getblockheader', () => '00', 'RPC_ANSWER'],
    ['with another transaction', 'getrawtransaction', (_, honest) => flipped(honest, -5), 'RPC_ANSWER'],
    [
      'with the proof of another one',
      'gettxoutproof',
      (_, honest) => flipped(honest, 84 + 1 + 32),
      'RPC_ANSWER',
    ],
    [
      'with a proof that leads elsewhere',
      'gettxoutproof',
      (_, honest) => flipped(honest, 85),
      'RESERVES_OUTPUT',
    ],
    [
      'with an output that is not the address’s',
      'scantxoutset',
      (_, honest: { unspents: { vout: number }[] }) => ({
        ...honest,
        unspents: honest.unspents.map((unspent) => ({ ...unspent, vout: unspent.vout === 0 ? 1 : 0 })),
      }),
      'RESERVES_OUTPUT',
    ],
    ['with a scan that was cut short', 'scantxoutset', () => ({ success: false }), 'RPC_ANSWER'],
  ])('R09: %s is found at once', async (_, method, answer, code) => {
    const { chain } = paidChain()
    const { collector, nodes } = await collectorOf([chain], { accounts: accounts.slice(0, 1) })
    nodes[0]!.answers[method] = answer as (params: readonly unknown[], honest: unknown) => unknown
    const work = async () => {
      await collector.start([momentOf(chain, 130)], undefined)
      return collector.collect(tasks[0]!, 0)
    }
    await expect(work()).rejects.toMatchObject({ code })
  })

  test('and one that refuses does not learn or show the password', async () => {
    const started = await startRegtestNode(new Regtest(), { user: 'venue', password: 'hunter2 secret' })
    nodes.push(started)
    const wrong = jsonRpc(started.url.replace('hunter2', 'hunter3'), 'node 1', [])
    const error: unknown = await wrong.ask('getblockcount', [], z.int()).catch((error: unknown) => error)
    expect(error).toMatchObject({ code: 'RPC_UNREACHABLE' })
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toMatch(/hunter|secret|venue/)
    const right = jsonRpc(started.url, 'node 1', [])
    expect(await right.ask('getblockcount', [], z.int())).toBe(0)
  })
})

test('whoever reads the evidence asks a node of their own what is still unspent (reserves.67)', async () => {
  const { folder, chain } = bitcoinEvidence()
  const started = await startRegtestNode(chain)
  nodes.push(started)
  const own = new Map([[CHAIN.id, [jsonRpc(started.url, 'node 1', [])]]])
  expect(await askUnspent(folder, own)).toEqual({ asked: 5, unspent: 5 })
  const { transactions } = chain.blocks[3]!
  chain.unspent.delete(`${transactions[1]!.id}:0`)
  expect(await askUnspent(folder, own)).toEqual({ asked: 5, unspent: 4 })
  expect(started.asked).not.toContain('scantxoutset')
  expect(await askUnspent(folder, new Map())).toEqual({ asked: 0, unspent: 0 })
})

describe('the proof that a node gives of a transaction (reserves.64)', () => {
  const header = new Uint8Array(80)
  const whole = (tree: Uint8Array) => Uint8Array.from([...header, ...tree])
  const hashes = Array.from({ length: 13 }, (_, i) => hash256(little(i, 4)))

  test('has its place and branch, in blocks of every size', () => {
    for (let size = 1; size <= hashes.length; size++) {
      const block = hashes.slice(0, size)
      for (let position = 0; position < size; position++) {
        expect(placeOfProof(whole(proofOf(block, position))), `${position} of ${size}`).toEqual({
          hash: block[position],
          position,
          branch: branchOf(block, position),
        })
      }
    }
  })

  test('is refused where a byte is too many or too few, and shows another place or hash otherwise', () => {
    const honest = whole(proofOf(hashes, 6))
    const place = placeOfProof(honest)
    expect(place?.position).toBe(6)
    expect(placeOfProof(Uint8Array.from([...honest, 0]))).toBeUndefined()
    for (let length = 0; length < honest.length; length++) {
      expect(placeOfProof(honest.slice(0, length)), `${length} bytes`).toBeUndefined()
    }
    for (let at = 85; at < honest.length; at++) {
      const changed = Uint8Array.from(honest)
      changed[at]! ^= 1
      expect(placeOfProof(changed), `byte ${at}`).not.toEqual(place)
    }
  })
})
