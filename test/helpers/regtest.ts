import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js'
import { hash256, hashOf, shownHash } from '../../src/reserves/bitcoin/hash256.js'
import {
  addressScript,
  BITCOIN_NETWORKS,
  branchOf,
  readTransaction,
} from '../../src/reserves/bitcoin/index.js'

/** Bitcoin's network for tests, by the reference of its CAIP-2 name. */
export const REGTEST = '0f9188f13cb7b2c71f2a335e3a4fc328'
/** An address of each form on it. */
export const ADDRESSES = {
  p2pkh: 'mfcGAzvis9JQAb6avB6WBGiGrgWzLxuGaC',
  p2sh: '2MsRqkB6xGbZ24uZvCSXikHM6MFLT9cMmMq',
  p2wpkh: 'bcrt1qqvpsxqcrqvpsxqcrqvpsxqcrqvpsxqcruj60yu',
  p2wsh: 'bcrt1qqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqdu4q4a',
  p2tr: 'bcrt1pq5zs2pg9q5zs2pg9q5zs2pg9q5zs2pg9q5zs2pg9q5zs2pg9q5zszevnmr',
} as const
/** Seconds from each block to the next. */
export const SPACING = 600

const GENESIS =
  '0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4adae5494dffff7f2002000000'
const [EASIEST, COIN] = [0x207fffff, 100_000_000n]
const NETWORK = BITCOIN_NETWORKS.get(REGTEST)!

export const little = (value: bigint | number, bytes: number): Uint8Array =>
  Uint8Array.from({ length: bytes }, (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 0xffn))

const count = (length: number) =>
  length < 0xfd ? little(length, 1) : concatBytes(Uint8Array.of(0xfd), little(length, 2))
const sized = (bytes: Uint8Array) => concatBytes(count(bytes.length), bytes)

export interface Payment {
  address: string
  value: bigint
}

/** A transaction as nodes write it, with a witness where one is given. */
export function transactionOf(
  inputs: readonly { id: string; index: number; script?: Uint8Array }[],
  outputs: readonly { script: Uint8Array; value: bigint }[],
  witness?: Uint8Array,
): Uint8Array {
  const body = concatBytes(
    count(inputs.length),
    ...inputs.map(({ id, index, script = new Uint8Array() }) =>
      concatBytes(hashOf(id), little(index, 4), sized(script), little(0xffff_ffff, 4)),
    ),
    count(outputs.length),
    ...outputs.map(({ script, value }) => concatBytes(little(value, 8), sized(script))),
  )
  const [version, lockTime] = [little(2, 4), little(0, 4)]
  if (witness === undefined) return concatBytes(version, body, lockTime)
  const witnesses = inputs.map(() => concatBytes(count(1), sized(witness)))
  return concatBytes(version, Uint8Array.of(0, 1), body, ...witnesses, lockTime)
}

export function headerOf(previous: string, root: Uint8Array, time: number, nonce = 0, bits = EASIEST) {
  return concatBytes(little(4, 4), hashOf(previous), root, little(time, 4), little(bits, 4), little(nonce, 4))
}

/** A header with the first nonce that meets the easiest target: one or two tries. */
export function minedHeader(previous: string, root: Uint8Array, time: number): Uint8Array {
  for (let nonce = 0; ; nonce++) {
    const header = headerOf(previous, root, time, nonce)
    if (hash256(header)[31]! < 0x80) return header
  }
}

export interface RegtestBlock {
  header: Uint8Array
  hash: string
  time: number
  /** As nodes write them, with witnesses. */
  transactions: { id: string; raw: Uint8Array }[]
}

export interface RegtestOutput extends Payment {
  id: string
  index: number
  height: number
  isCoinbase: boolean
  script: Uint8Array
}

export function rootOf(hashes: readonly Uint8Array[]): Uint8Array {
  let node = hashes[0]!
  for (const other of branchOf(hashes, 0)) node = hash256(concatBytes(node, other))
  return node
}

/** A chain of regtest, mined here: real headers, transactions and trees, and no scripts that anybody runs. */
export class Regtest {
  readonly blocks: RegtestBlock[] = [
    { header: hexToBytes(GENESIS), hash: NETWORK.genesis, time: 1_296_688_602, transactions: [] },
  ]
  readonly unspent = new Map<string, RegtestOutput>()

  get height(): number {
    return this.blocks.length - 1
  }

  get tip(): RegtestBlock {
    return this.blocks.at(-1)!
  }

  /** Mines blocks whose coinbases pay to an address; the first of them holds the transactions. */
  mine(
    blocks: number,
    { to = ADDRESSES.p2wsh as string, transactions = [] as Uint8Array[], spacing = SPACING } = {},
  ): void {
    for (let i = 0; i < blocks; i++) {
      const height = this.blocks.length
      const coinbase = transactionOf(
        [{ id: '0'.repeat(64), index: 0xffff_ffff, script: little(height + 0x1_0000, 4) }],
        [{ script: addressScript(NETWORK, to)!, value: 50n * COIN }],
        new Uint8Array(32),
      )
      this.add([coinbase, ...(i === 0 ? transactions : [])], this.tip.time + spacing)
    }
  }

  private add(raws: readonly Uint8Array[], time: number): void {
    const transactions = raws.map((raw) => ({ raw, ...readTransaction(raw)! }))
    const header = minedHeader(this.tip.hash, rootOf(transactions.map(({ hash }) => hash)), time)
    this.blocks.push({ header, hash: shownHash(hash256(header)), time, transactions })
    for (const { id, outputs, isCoinbase } of transactions) {
      for (const [index, { value, script }] of outputs.entries()) {
        const output = { id, index, value, script, height: this.height, isCoinbase, address: '' }
        this.unspent.set(`${id}:${index}`, output)
      }
    }
  }

  /** A transaction that pays, out of a coinbase that nothing else spends, and keeps nothing. */
  pay(payments: readonly Payment[], { witness = false } = {}): Uint8Array {
    const [key, from] = [...this.unspent].find(
      ([, { isCoinbase, height }]) => isCoinbase && this.height + 1 - height >= 100,
    )!
    this.unspent.delete(key)
    const outputs = payments.map(({ address, value }) => ({
      script: addressScript(NETWORK, address)!,
      value,
    }))
    return transactionOf([from], outputs, witness ? new Uint8Array(72).fill(7) : undefined)
  }

  headers(last = this.height): Uint8Array {
    return concatBytes(...this.blocks.slice(0, last + 1).map(({ header }) => header))
  }

  /** What evidence holds of an output. */
  proof(id: string, index: number) {
    const height = this.blocks.findIndex(({ transactions }) => transactions.some((t) => t.id === id))
    const { transactions } = this.blocks[height]!
    const position = transactions.findIndex((t) => t.id === id)
    const read = transactions.map(({ raw }) => readTransaction(raw)!)
    return {
      index,
      height,
      transaction: bytesToHex(read[position]!.stripped),
      position,
      branch: branchOf(
        read.map(({ hash }) => hash),
        position,
      ).map(bytesToHex),
    }
  }
}

/** What a node of Bitcoin's answers, over HTTP, from a chain that was made here. */
export interface RegtestNode {
  url: string
  /** Methods that were called, in order. */
  readonly asked: string[]
  /** Replaces the answer of a method. */
  readonly answers: Record<string, (params: readonly unknown[], honest: unknown) => unknown>
  close(): Promise<void>
}

export async function startRegtestNode(
  chain: Regtest,
  { user = 'plimsoll', password = 'p4ss w0rd' } = {},
): Promise<RegtestNode> {
  const [asked, answers]: [string[], RegtestNode['answers']] = [[], {}]
  const basic = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  const server = createServer(async (request, response) => {
    if (request.headers.authorization !== basic) return response.writeHead(401).end()
    const body = JSON.parse(await textOf(request))
    const answer = async (call: { id: number; method: string; params: unknown[] }) => {
      asked.push(call.method)
      try {
        const honest = answerOf(chain, call.method, call.params)
        const other = answers[call.method]
        const result = other === undefined ? honest : await other(call.params, honest)
        return { result, error: null, id: call.id }
      } catch (error) {
        return { result: null, error: { code: -5, message: (error as Error).message }, id: call.id }
      }
    }
    const result = await (Array.isArray(body) ? Promise.all(body.map(answer)) : answer(body))
    response.setHeader('content-type', 'application/json')
    // Nodes write all eight decimals of an amount, as a number.
    return response.end(JSON.stringify(result).replace(/"(\d+\.\d{8})"/g, '$1'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/`,
    asked,
    answers,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

const coins = (value: bigint) => `${value / COIN}.${String(value % COIN).padStart(8, '0')}`

/** The tree of a block's transactions with all parts cut off that one of them does not need, as BIP-37 has it. */
export function proofOf(hashes: readonly Uint8Array[], position: number): Uint8Array {
  const [bits, kept]: [boolean[], Uint8Array[]] = [[], []]
  const walk = (nodes: readonly Uint8Array[], at: number, size: number): void => {
    const isAbove = position >= at * size && position < (at + 1) * size
    bits.push(isAbove)
    if (size === 1 || !isAbove) {
      kept.push(rootOf(filled(nodes.slice(at * size, (at + 1) * size), size)))
      return
    }
    walk(nodes, at * 2, size / 2)
    if ((at * 2 + 1) * (size / 2) < nodes.length) walk(nodes, at * 2 + 1, size / 2)
  }
  walk(hashes, 0, 2 ** Math.ceil(Math.log2(hashes.length)))
  const flags = new Uint8Array(Math.ceil(bits.length / 8))
  for (const [i, bit] of bits.entries()) if (bit) flags[i >> 3]! |= 1 << (i & 7)
  return concatBytes(little(hashes.length, 4), count(kept.length), ...kept, count(flags.length), flags)
}

/** A subtree of this many leaves: the last node of each level that is odd stands there twice. */
function filled(nodes: readonly Uint8Array[], size: number): readonly Uint8Array[] {
  if (nodes.length === size) return nodes
  const [half, left] = [size / 2, nodes.slice(0, size / 2)]
  const right = nodes.length > half ? nodes.slice(half) : left
  return [...filled(left, half), ...filled(right, half)]
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}

function answerOf(chain: Regtest, method: string, params: readonly unknown[]): unknown {
  const fail = (why: string): never => {
    throw new Error(why)
  }
  const blockOf = (hash: unknown) => {
    const height = chain.blocks.findIndex((block) => block.hash === hash)
    return height < 0 ? fail('Block not found') : { height, ...chain.blocks[height]! }
  }
  switch (method) {
    case 'getblockcount':
      return chain.height
    case 'getblockhash':
      return chain.blocks[params[0] as number]?.hash ?? fail('Block height out of range')
    case 'getblockheader': {
      const { header, height, hash, time } = blockOf(params[0])
      return params[1] === false ? bytesToHex(header) : { hash, height, time, confirmations: 1 }
    }
    case 'gettxoutproof': {
      const { header, transactions } = blockOf(params[1])
      const position = transactions.findIndex(({ id }) => id === (params[0] as string[])[0])
      if (position < 0) fail('Not all transactions found in specified or retrieved block')
      const hashes = transactions.map(({ raw }) => readTransaction(raw)!.hash)
      return bytesToHex(concatBytes(header, proofOf(hashes, position)))
    }
    case 'getrawtransaction': {
      const placeOf = (id: string) =>
        chain.blocks.findIndex(({ transactions }) => transactions.some((each) => each.id === id))
      // Without a block, from an index of all transactions.
      if (params[1] === true) return { blockhash: chain.blocks[placeOf(params[0] as string)]!.hash }
      if (params[1] === 2) {
        const { raw } = blockOf(params[2]).transactions.find(({ id }) => id === params[0])!
        const vin = readTransaction(raw)!.spends.map(({ id, index }) => ({
          ...{ txid: id, vout: index, prevout: { height: placeOf(id), generated: false } },
        }))
        return { txid: params[0], vin }
      }
      const { transactions } = blockOf(params[2])
      const found = transactions.find(({ id }) => id === params[0])
      return bytesToHex(found?.raw ?? fail('No such transaction found in the provided block'))
    }
    case 'gettxout': {
      const found = chain.unspent.get(`${params[0]}:${params[1]}`)
      if (found === undefined) return null
      return {
        bestblock: chain.tip.hash,
        confirmations: chain.height - found.height + 1,
        value: coins(found.value),
        scriptPubKey: { hex: bytesToHex(found.script) },
        coinbase: found.isCoinbase,
      }
    }
    case 'scantxoutset': {
      const scripts = (params[1] as string[]).map((descriptor) => {
        const [, address] = /^addr\((.*)\)$/.exec(descriptor) ?? fail('Invalid descriptor')
        return bytesToHex(addressScript(NETWORK, address!) ?? fail('Invalid address'))
      })
      const unspents = [...chain.unspent.values()]
        .map((output) => ({ ...output, scriptPubKey: bytesToHex(output.script) }))
        .filter(({ scriptPubKey }) => scripts.includes(scriptPubKey))
        .map(({ id, index, value, height, isCoinbase, scriptPubKey }) => ({
          txid: id,
          vout: index,
          scriptPubKey,
          amount: coins(value),
          coinbase: isCoinbase,
          height,
        }))
      return {
        success: true,
        txouts: chain.unspent.size,
        height: chain.height,
        bestblock: chain.tip.hash,
        unspents,
      }
    }
    default:
      return fail('Method not found')
  }
}
