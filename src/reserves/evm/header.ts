import type { Hex } from 'viem'
import { bytesToHex, keccak256 } from 'viem/utils'
import { ProofError } from '../../errors/index.js'
import { decodeRlp, endOfItem, integerOf, isBytes } from './rlp.js'

/** Larger than any header: its longest field has 256 bytes and the others 32 at most. */
const MAX_HEADER_BYTES = 4096
/** Every header has the fields of the first one; each fork has appended some. */
const FIRST_FIELDS = 15

/** What a block's header says that evidence is checked by. */
export interface EvmHeader {
  /** Keccak-256 of the encoded header: the block's name on its chain. */
  hash: Hex
  /** Hash of the block before it. */
  parent: Hex
  number: bigint
  /** Seconds since 1970-01-01 UTC. */
  timestamp: number
  /** Root of the trie of all accounts. */
  stateRoot: Hex
  /** Root of the trie of the block's transactions. */
  transactionsRoot: Hex
}

/**
 * Decodes the headers of a file, which stand in it one after another: for each moment that of the block
 * before its block, and that of its block.
 *
 * @param where the file, for messages
 * @throws {ProofError} `RESERVES_HEADER`, `RESERVES_RLP`
 */
export function decodeEvmHeaders(bytes: Uint8Array, where: string): EvmHeader[] {
  const headers: EvmHeader[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = endOfItem(bytes, at)
    if (end - at > MAX_HEADER_BYTES) throw refused('it is too long', where)
    headers.push(decodeEvmHeader(bytes.subarray(at, end), where))
    at = end
  }
  return headers
}

/**
 * Decodes the header of a block. Fields that later forks have appended are part of the hash and are not read.
 * Nothing here says that the block is on its chain: that is what its hash has to be compared for.
 *
 * @param where the file, for messages
 * @throws {ProofError} `RESERVES_HEADER`, `RESERVES_RLP`
 */
export function decodeEvmHeader(bytes: Uint8Array, where: string): EvmHeader {
  const fields = decodeRlp(bytes, `${where}: the header`)
  if (fields instanceof Uint8Array || fields.length < FIRST_FIELDS) {
    throw refused('it has too few fields', where)
  }
  if (fields.some((field) => !(field instanceof Uint8Array))) throw refused('a field is a list', where)
  const [parent, uncles, beneficiary, stateRoot, transactions, receipts, bloom] = fields
  const number = integerOf(fields[8], 8)
  const timestamp = integerOf(fields[11], 6)
  const widths = [isBytes(uncles, 32), isBytes(beneficiary, 20), isBytes(receipts, 32), isBytes(bloom, 256)]
  const areRoots = isBytes(parent, 32) && isBytes(stateRoot, 32) && isBytes(transactions, 32)
  if (widths.includes(false) || !areRoots || number === undefined || timestamp === undefined) {
    throw refused('a field has another width', where)
  }
  return {
    hash: keccak256(bytes),
    parent: bytesToHex(parent),
    number,
    timestamp: Number(timestamp),
    stateRoot: bytesToHex(stateRoot),
    transactionsRoot: bytesToHex(transactions),
  }
}

function refused(why: string, where: string): ProofError {
  return new ProofError('RESERVES_HEADER', `not the header of a block: ${why}`, {
    where,
    hint: 'Collect the evidence again.',
  })
}
