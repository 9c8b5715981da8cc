import { type Hex, hexToBytes, keccak256, numberToHex, toRlp } from 'viem'
import * as z from 'zod'
import { InputError, ProofError } from '../errors/index.js'
import {
  accountIn,
  decodeEvmHeaders,
  EMPTY_ROOT,
  type EvmHeader,
  MAX_NODE_BYTES,
  slotIn,
  TrieNodes,
} from '../reserves/index.js'
import { answerError, type JsonRpc } from './json-rpc.js'

/** Most nodes on the way to a key of 64 half-bytes. */
const MAX_DEPTH = 65
/** What some nodes give as the one node of a trie that has none. */
const NO_NODE: Hex = '0x80'

const hex = (form: string, what: string) =>
  z
    .string()
    .regex(new RegExp(`^0x${form}$`), `has to be ${what}`)
    .transform((text) => text as Hex)
const hashSchema = hex('[0-9a-f]{64}', '32 bytes in hex')
const bytesSchema = hex('(?:[0-9a-f]{2})*', 'bytes in hex')
const quantitySchema = hex('[0-9a-f]{1,64}', 'a quantity in hex').transform(BigInt)
const nodesSchema = z
  .array(hex(`(?:[0-9a-f]{2}){1,${MAX_NODE_BYTES}}`, `a node of at most ${MAX_NODE_BYTES} bytes`))
  .max(MAX_DEPTH)

/**
 * Fields of a header in the order in which they are hashed; those from `baseFeePerGas` on came with forks.
 */
const blockSchema = z.object({
  parentHash: hashSchema,
  sha3Uncles: hashSchema,
  miner: hex('[0-9a-f]{40}', 'an address'),
  stateRoot: hashSchema,
  transactionsRoot: hashSchema,
  receiptsRoot: hashSchema,
  logsBloom: bytesSchema,
  difficulty: quantitySchema,
  number: quantitySchema,
  gasLimit: quantitySchema,
  gasUsed: quantitySchema,
  timestamp: quantitySchema,
  extraData: bytesSchema,
  mixHash: hashSchema,
  nonce: bytesSchema,
  baseFeePerGas: quantitySchema.optional(),
  withdrawalsRoot: hashSchema.optional(),
  blobGasUsed: quantitySchema.optional(),
  excessBlobGas: quantitySchema.optional(),
  parentBeaconBlockRoot: hashSchema.optional(),
  requestsHash: hashSchema.optional(),
})

const proofSchema = z.object({
  accountProof: nodesSchema,
  storageProof: z.array(z.object({ proof: nodesSchema })),
})

const namedBlockSchema = z.object({ hash: hashSchema, number: quantitySchema, timestamp: quantitySchema })
const accessSchema = z.object({
  accessList: z
    .array(
      z.object({
        address: hex('[0-9a-fA-F]{40}', 'an address').transform((text) => text.toLowerCase() as Hex),
        storageKeys: z.array(hashSchema.transform(BigInt)).max(1000),
      }),
    )
    .max(1000),
  error: z.string().optional(),
})

/** Contracts that a call went to, each with the slots that it read. */
export type AccessList = z.output<typeof accessSchema>['accessList']

/** A block by its hash, and its header as it is hashed. */
export interface EvmBlock {
  header: EvmHeader
  bytes: Uint8Array
}

/**
 * Nodes of one EVM chain. The first is asked for everything, the others whether they have the same blocks.
 *
 * @throws {InputError} `CHAIN_ID` where one is on another chain, and what `JsonRpc` throws
 */
export async function openEvmNodes(chainId: string, nodes: readonly JsonRpc[]): Promise<EvmNodes> {
  for (const node of nodes) {
    const found = await node.ask('eth_chainId', [], quantitySchema)
    if (found !== BigInt(chainId)) {
      throw new InputError('CHAIN_ID', `the node is on chain ${found}, not on ${chainId}`, {
        where: node.name,
      })
    }
  }
  return new EvmNodes(nodes)
}

/** See `openEvmNodes`. Blocks are asked for by their hashes, and each proof is checked as it comes. */
export class EvmNodes {
  readonly #first: JsonRpc
  readonly #others: readonly JsonRpc[]

  constructor([first, ...others]: readonly JsonRpc[]) {
    this.#first = first!
    this.#others = others
  }

  /** Who is asked, for messages. */
  get name(): string {
    return this.#first.name
  }

  /**
   * Hash of the first block at or after a moment.
   *
   * @param moment Unix seconds
   * @throws {InputError} `RESERVES_MOMENT` when there is none yet, or none before it, and what `JsonRpc`
   * throws
   */
  async blockAt(moment: number): Promise<Hex> {
    const latest = await this.#named('latest')
    if (latest.timestamp < BigInt(moment)) {
      throw new InputError('RESERVES_MOMENT', 'no block of the chain has reached the moment', {
        where: this.name,
        hint: 'Collect again after the moment.',
      })
    }
    let [low, high] = [0n, latest]
    while (low < high.number) {
      const middle = (low + high.number) / 2n
      const block = await this.#named(numberToHex(middle))
      if (block.number !== middle) {
        throw answerError(this.name, 'eth_getBlockByNumber', 'it is another block')
      }
      if (block.timestamp < BigInt(moment)) low = middle + 1n
      else high = block
    }
    if (high.number === 0n) {
      throw new InputError('RESERVES_MOMENT', "the chain's first block is not before the moment", {
        where: this.name,
        hint: 'Name a chain that was there at the moment.',
      })
    }
    return high.hash
  }

  #named(block: string) {
    return this.#first.ask('eth_getBlockByNumber', [block, false], namedBlockSchema)
  }

  /**
   * A block's header, which every node has to have at the same height.
   *
   * @throws {InputError} `RESERVES_BLOCK` where another node has another block, `RPC_ANSWER` where what the
   * node answers does not hash to the block, and what `JsonRpc` throws
   */
  async block(hash: Hex): Promise<EvmBlock> {
    const method = 'eth_getBlockByHash'
    const fields = await this.#first.ask(method, [hash, false], blockSchema)
    const bytes = encodeHeader(fields)
    if (keccak256(bytes) !== hash) {
      throw answerError(this.name, method, 'its header does not hash to the block that was asked for')
    }
    const [header] = decodeEvmHeaders(bytes, this.name)
    for (const other of this.#others) {
      const height = numberToHex(header!.number)
      const block = await other.ask('eth_getBlockByNumber', [height, false], namedBlockSchema)
      if (block.hash === hash) continue
      throw new InputError('RESERVES_BLOCK', `${other.name} has another block at height ${header!.number}`, {
        where: this.name,
        hint: 'One of the two is not on the chain that all others are on: ask a third node.',
      })
    }
    return { header: header!, bytes }
  }

  /**
   * Nodes that lead from a block to an account and to slots of its storage.
   *
   * @throws {InputError} `RPC_ANSWER` where they do not lead there, or lead elsewhere as well
   */
  async proof(header: EvmHeader, address: Hex, slots: readonly bigint[]): Promise<Uint8Array[]> {
    const method = 'eth_getProof'
    const keys = slots.map((slot) => numberToHex(slot, { size: 32 }))
    const answer = await this.#first.ask(method, [address, keys, { blockHash: header.hash }], proofSchema)
    if (answer.storageProof.length !== slots.length) {
      throw answerError(this.name, method, 'it has not a proof for each slot')
    }
    const found: Uint8Array[] = []
    const walked = <T>(proof: readonly Hex[], walk: (nodes: TrieNodes) => T): T => {
      const bytes = proof.map((node) => hexToBytes(node))
      // Some nodes also give what stands inside its parent.
      const named = bytes.filter((node, i) => i === 0 || node.length >= 32)
      const nodes = TrieNodes.read(TrieNodes.format(named), this.name)
      const value = walk(nodes)
      if (nodes.unused > 0) throw answerError(this.name, method, 'the proof has nodes that lead nowhere')
      found.push(...named)
      return value
    }
    try {
      const account = walked(answer.accountProof, (nodes) => accountIn(nodes, header.stateRoot, address))
      const root = account?.storageRoot ?? EMPTY_ROOT
      for (const [i, { proof }] of answer.storageProof.entries()) {
        const isNone = root === EMPTY_ROOT && proof.length === 1 && proof[0] === NO_NODE
        walked(isNone ? [] : proof, (nodes) => slotIn(nodes, root, slots[i]!))
      }
    } catch (error) {
      if (!(error instanceof ProofError)) throw error
      throw answerError(this.name, method, `the proof does not hold: ${error.what}`)
    }
    return found
  }

  /** What a call to a contract returns at a block. */
  call(block: Hex, to: Hex, data: Hex): Promise<Hex> {
    return this.#first.ask('eth_call', [{ to, data }, { blockHash: block }], bytesSchema)
  }

  /** What a call to a contract reads at a block. */
  async accessList(block: Hex, to: Hex, data: Hex): Promise<AccessList> {
    const parameters = [{ to, data }, { blockHash: block }]
    const { accessList, error } = await this.#first.ask('eth_createAccessList', parameters, accessSchema)
    if (error !== undefined) throw answerError(this.name, 'eth_createAccessList', 'the call failed')
    return accessList
  }
}

function encodeHeader(fields: z.output<typeof blockSchema>): Uint8Array {
  const all = Object.keys(blockSchema.shape).map((name) => fields[name as keyof typeof fields])
  const present = all.slice(0, all.includes(undefined) ? all.indexOf(undefined) : all.length)
  return toRlp(
    present.map((field) => (typeof field === 'bigint' ? (field === 0n ? '0x' : evenHex(field)) : field!)),
    'bytes',
  )
}

function evenHex(value: bigint): Hex {
  const digits = value.toString(16)
  return `0x${digits.length % 2 === 0 ? digits : `0${digits}`}`
}
