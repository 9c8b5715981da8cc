import { createMerkleProof, createMPT } from '@ethereumjs/mpt'
import { bytesToHex as bare, hexToBytes as bytesOf, concatBytes } from '@noble/hashes/utils.js'
import { bytesToHex, type Hex, hexToBytes, keccak256, numberToHex, toRlp } from 'viem'
import { describe, expect, test } from 'vitest'
import { provenItem } from '../../../src/collect/evm-movement.js'
import { readTransaction } from '../../../src/reserves/bitcoin/index.js'
import {
  type CheckReservesOptions,
  checkReserves,
  movementAmount,
  movementDigest,
  type ReservesReport,
} from '../../../src/reserves/index.js'
import { bitcoinEvidence, COIN, HOLDERS } from '../../helpers/bitcoin-evidence.js'
import { evmAccount, wallet } from '../../helpers/control.js'
import { CHAIN, EPOCH, type MadeUpHolding, MOMENT, madeUpEvidence } from '../../helpers/evidence.js'
import { madeUpState } from '../../helpers/evm-state.js'
import { uniform } from '../../helpers/random.js'
import { transactionOf } from '../../helpers/regtest.js'

/** Where a report first fails, and why. */
const fault = ({ checks }: ReservesReport) => {
  const failed = checks.find(({ valid }) => !valid)
  return failed && `${failed.id}: ${failed.detail}`
}

const CHAIN_ID = 31_337
const self = evmAccount(2, CHAIN_ID).address as Hex
const WEI = 5n * 10n ** 17n

/** Keys of a block's transactions: their numbers in RLP. */
const numberKey = (index: number) =>
  toRlp(index === 0 ? '0x' : bytesToHex(hexToBytes(numberToHex(index))), 'bytes')

/** A block of some transactions, and what shows one of them. */
async function blockOf(raws: readonly Hex[], index: number, time: number) {
  const trie = await createMPT()
  for (const [i, raw] of raws.entries()) await trie.put(numberKey(i), hexToBytes(raw))
  const { header, hash } = madeUpState(new Map(), {
    number: 107,
    timestamp: time,
    root: bytesToHex(trie.root()),
  })
  const nodes = await createMerkleProof(trie, numberKey(index))
  return { hash, proof: { kind: 'evm-transaction', header: bare(header), index, nodes: nodes.map(bare) } }
}

interface Change {
  key?: number
  to?: Hex
  value?: (text: string) => bigint
  data?: (text: string) => Hex
  chainId?: number
  type?: 'legacy' | 'eip2930' | 'eip1559'
  time?: number
  control?: (control: { kind: string; transaction: Hex; proof: Record<string, unknown> }) => unknown
}

const stranger = wallet(9)

/** What a movement of key 2 shows, as it is changed; key 1 signs. */
async function moved(change: Change = {}, options: CheckReservesOptions = {}) {
  const { key = 2, to = self, chainId = CHAIN_ID, type = 'eip1559', time = MOMENT + 60 } = change
  const { value = () => 0n, data = (text) => `0x${movementDigest(text)}`, control = (all) => all } = change
  let block: Hex = '0x'
  const mover: MadeUpHolding = {
    key: 2,
    wei: WEI,
    control: {
      kind: 'movement',
      async of(text) {
        const fees = type === 'eip1559' ? { maxFeePerGas: 9n, maxPriorityFeePerGas: 1n } : { gasPrice: 9n }
        const sent = {
          chainId,
          to,
          value: value(text),
          data: data(text),
          nonce: 3,
          gas: 30_000n,
          type,
          ...fees,
        }
        const raw = await wallet(key).signTransaction(sent as never)
        const other = await stranger.signTransaction({ ...sent, nonce: 4 } as never)
        const { proof, hash } = await blockOf([other, raw, other], 1, time)
        block = hash
        return control({ kind: 'movement', transaction: keccak256(raw), proof })
      },
    },
  }
  const { folder, hashes } = await madeUpEvidence({ holdings: [{ key: 1, wei: 1n }, mover] })
  const trust = { epoch: EPOCH, blocks: new Map([[CHAIN, hashes]]), ...options }
  const { report } = await checkReserves(folder, trust)
  return { report, block, hashes }
}

const amount = { value: movementAmount, data: () => '0x' as Hex }

describe('a transaction from an account to itself shows control of it, offline (reserves.29)', () => {
  test.each(['eip1559', 'eip2930', 'legacy'] as const)('by the digest that it carries: %s', async (type) => {
    const { report } = await moved({ type })
    expect(fault(report)).toBeUndefined()
    expect(report.shown).toMatchObject([{ instrument: 'ETH', proven: '0.500000000000000001', observed: '0' }])
    // Its own signature is over the digest, so that no block has to be trusted for it.
    expect(report.words.join()).not.toContain('moved coins')
  })

  test('by its amount, as far as its block is on the chain', async () => {
    const { report, block, hashes } = await moved(amount)
    expect(fault(report)).toBeUndefined()
    expect(report.words.join()).toContain(`that block ${block}, in which an account moved coins`)
    const pinned = await moved(amount, { blocks: new Map([[CHAIN, [...hashes, block]]]) })
    expect(pinned.report.words.join()).not.toContain('moved coins')
    const ask = async (_: unknown, height: number) => [height === 107 ? `0x${'22'.repeat(32)}` : hashes[0]!]
    expect(fault((await moved(amount, { ask })).report)).toMatch(/^evidence: a node has another block/)
  })

  test('and leaves it inconclusive without the proof', async () => {
    const { report } = await moved({ control: ({ proof: _, ...rest }) => rest })
    expect(fault(report)).toBeUndefined()
    expect(report.uncounted.named).toMatchObject([{ why: expect.stringContaining('inconclusive') }])
    expect(report.shown[0]!.proven).toBe('0.000000000000000001')
  })

  test.each<[what: string, why: RegExp, change: Change]>([
    ['of another key', /not from this account/, { key: 3 }],
    ['to another account', /not to the account itself/, { to: evmAccount(1).address as Hex }],
    [
      'with the digest of another text',
      /neither its amount nor/,
      { data: (text) => `0x${movementDigest(`${text}.`)}` },
    ],
    [
      'of another amount',
      /neither its amount nor/,
      { ...amount, value: (text) => movementAmount(text) + 1n },
    ],
    ['of an amount, older than the moment', /older than the challenge/, { ...amount, time: MOMENT - 1 }],
    ['after the challenge expired', /after the challenge expired/, { time: MOMENT + 86_400 }],
    ['for another chain', /for another chain/, { chainId: 1 }],
    [
      'by another id',
      /of another transaction/,
      { control: (all) => ({ ...all, transaction: `0x${'11'.repeat(32)}` }) },
    ],
    [
      'of another number in the block',
      /a node (is missing|of its proof shows nothing)|does not hold|of another transaction/,
      { control: (all) => ({ ...all, proof: { ...all.proof, index: 0 } }) },
    ],
    [
      'with a node too many',
      /shows nothing/,
      { control: (all) => ({ ...all, proof: { ...all.proof, nodes: [...(all.proof.nodes as []), 'c0'] } }) },
    ],
    [
      'with a node too few',
      /a node is missing/,
      {
        control: (all) => ({ ...all, proof: { ...all.proof, nodes: (all.proof.nodes as []).slice(0, -1) } }),
      },
    ],
    [
      'of another kind of chain',
      /another kind of chain/,
      {
        control: (all) => ({
          ...all,
          proof: {
            kind: 'bitcoin-transaction',
            height: 1,
            transaction: '00'.repeat(60),
            position: 1,
            branch: [],
            spent: ['00'.repeat(60)],
          },
        }),
      },
    ],
  ])('R17: one %s is refused', async (_, why, change) => {
    expect(fault((await moved(change)).report)).toMatch(why)
  })

  test('R17: and so is one with any byte of its proof changed', async () => {
    let sound: Record<string, unknown> = {}
    await moved({ control: (all) => (sound = all) })
    const { header, nodes } = sound.proof as { header: string; nodes: string[] }
    const flipped = (hex: string, at: number) => {
      const bytes = bytesOf(hex)
      bytes[at]! ^= 1 << (at % 8)
      return bare(bytes)
    }
    const taken: string[] = []
    const tried = async (changed: object, what: string) => {
      const { report } = await moved({ control: (all) => ({ ...all, proof: { ...all.proof, ...changed } }) })
      if (report.valid) taken.push(what)
    }
    for (const [i, node] of nodes.entries()) {
      for (let at = 0; at < node.length / 2; at += 5) {
        await tried({ nodes: nodes.with(i, flipped(node, at)) }, `node ${i}, byte ${at}`)
      }
    }
    // The header's root has to be that of the nodes; the rest of it is another block that nobody knows.
    const root = bytesOf(header).findIndex((_, at) => header.startsWith(rootOf(nodes[0]!), 2 * at))
    expect(root).toBeGreaterThan(0)
    for (let at = root; at < root + 32; at += 3) await tried({ header: flipped(header, at) }, `header, ${at}`)
    expect(taken).toEqual([])
  })
})

const rootOf = (node: string) => keccak256(`0x${node}`).slice(2)

test('the trie of a block of transactions is as another implementation has it (reserves.29)', async () => {
  const random = uniform(29)
  const bytes = () => Uint8Array.from({ length: 100 + Math.floor(random() * 30) }, () => random() * 256)
  for (const count of [1, 2, 16, 17, 127, 128, 129, 300]) {
    const values = Array.from({ length: count }, bytes)
    const trie = await createMPT()
    for (const [i, value] of values.entries()) await trie.put(numberKey(i), value)
    for (const index of new Set([0, 1, count >> 1, count - 1].filter((i) => i < count))) {
      const { root, nodes } = provenItem(values, index)
      expect(root).toBe(bytesToHex(trie.root()))
      expect(nodes).toEqual(await createMerkleProof(trie, numberKey(index)))
    }
  }
})

describe('a transaction of Bitcoin from an address to itself shows control of it (reserves.29)', () => {
  const VALUE = 9_000n
  const holder = { ...HOLDERS.plain, kind: 'movement' as const }
  const script = (...bytes: (number | Uint8Array)[]) =>
    concatBytes(...bytes.map((each) => (typeof each === 'number' ? Uint8Array.of(each) : each)))
  const note = (digest: string) => ({ script: script(0x6a, 0x20, bytesOf(digest)), value: 0n })

  interface Spending {
    inputs: { id: string; index: number; script?: Uint8Array }[]
    outputs: { script: Uint8Array; value: bigint }[]
    /** Transactions before it, and blocks on its own. */
    before: string[]
    blocks: number
    id?: string
  }

  function shown(change: (spending: Spending, digest: string) => Partial<Spending> = () => ({})) {
    const { folder } = bitcoinEvidence({
      outputs: [
        {
          holder: { ...holder, sign: (text) => ({ kind: 'movement', transaction: movementDigest(text) }) },
          value: VALUE,
          block: 1,
        },
        { holder: HOLDERS.witness, value: 3n, block: 1 },
      ],
      lines: (lines, chain) =>
        lines.map((line) => {
          const control = line.control as { kind: string; transaction: string }
          if (control.kind !== 'movement') return line
          const read = readTransaction(bytesOf(line.balance.transaction as string))!
          const usual: Spending = {
            inputs: [{ id: read.id, index: 0, script: new Uint8Array(72).fill(7) }],
            outputs: [note(control.transaction), { script: holder.script, value: VALUE - 100n }],
            before: [line.balance.transaction as string],
            blocks: 6,
          }
          const spending = { ...usual, ...change(usual, control.transaction) }
          const raw = transactionOf(spending.inputs, spending.outputs)
          chain.mine(1, { transactions: [raw] })
          chain.mine(spending.blocks)
          const { id } = readTransaction(raw)!
          const { index: _, ...place } = chain.proof(id, 0)
          const proof = { kind: 'bitcoin-transaction', ...place, spent: spending.before }
          return { ...line, control: { kind: 'movement', transaction: spending.id ?? id, proof } }
        }),
    })
    return checkReserves(folder, { names: new Map([[COIN, 'BTC']]) }).then(({ report }) => report)
  }

  test('by the digest in an output without an owner, under the work of its chain', async () => {
    const report = await shown()
    expect(fault(report)).toBeUndefined()
    expect(report.shown).toMatchObject([{ instrument: 'BTC', observed: '0.00009003' }])
    expect(report.words.join()).not.toContain('moved coins')
  })

  const other = transactionOf(
    [{ id: 'cd'.repeat(32), index: 0 }],
    [{ script: HOLDERS.witness.script, value: 8n }],
  )
  const stranger = { id: readTransaction(other)!.id, index: 0 }

  test.each<[what: string, why: RegExp, change: Parameters<typeof shown>[0]]>([
    [
      'with the digest of another text',
      /neither its amount nor/,
      ({ outputs }) => ({ outputs: [note('ab'.repeat(32)), outputs[1]!] }),
    ],
    ['that carries nothing', /32 bytes for nobody/, ({ outputs }) => ({ outputs: outputs.slice(1) })],
    ['that pays nothing back', /32 bytes for nobody/, ({ outputs }) => ({ outputs: outputs.slice(0, 1) })],
    [
      'that pays somebody else too',
      /32 bytes for nobody/,
      ({ outputs }) => ({ outputs: [...outputs, { script: HOLDERS.witness.script, value: 1n }] }),
    ],
    [
      'that spends from another address',
      /not of the address/,
      ({ outputs }) => ({ inputs: [stranger], outputs, before: [bare(other)] }),
    ],
    [
      'that spends from another address too',
      /not of the address/,
      ({ inputs, before }) => ({ inputs: [...inputs, stranger], before: [...before, bare(other)] }),
    ],
    [
      'whose inputs are not shown',
      /once each, and nothing else/,
      ({ inputs }) => ({ inputs: [...inputs, stranger] }),
    ],
    [
      'with a transaction that it does not spend',
      /once each, and nothing else/,
      ({ before }) => ({ before: [...before, bare(other)] }),
    ],
    [
      'of an output that is not there',
      /not of the address/,
      ({ inputs }) => ({ inputs: [{ ...inputs[0]!, index: 1 }] }),
    ],
    ['by another id', /of another transaction/, () => ({ id: 'ab'.repeat(32) })],
    ['with five blocks on it', /5 blocks stand on its own/, () => ({ blocks: 5 })],
  ])('R17: one %s is refused', async (_, why, change) => {
    expect(fault(await shown(change))).toMatch(why)
  })
})
