import { concatBytes } from '@noble/hashes/utils.js'
import { hash256, shownHash } from './hash256.js'

/** All satoshis that there will ever be. */
const MAX_MONEY = 2_100_000_000_000_000n
/** Index of the output that the one input of a coinbase names. */
const NO_OUTPUT = 0xffff_ffff

/** An output of a transaction. */
export interface BitcoinOutput {
  /** In satoshis. */
  value: bigint
  script: Uint8Array
}

/** A transaction, as far as evidence needs it. */
export interface BitcoinTransaction {
  /** Hash of its bytes without witnesses, as the tree of its block has it. */
  hash: Uint8Array
  /** The same as people write it. */
  id: string
  /** Whether it pays the miner of its block. */
  isCoinbase: boolean
  /** What its inputs spend: transactions as people write their ids, and numbers of outputs. */
  spends: readonly { id: string; index: number }[]
  outputs: readonly BitcoinOutput[]
  /** Its bytes without witnesses. */
  stripped: Uint8Array
}

/**
 * The transaction that bytes hold, with or without its witnesses.
 *
 * @returns `undefined` where they hold anything else, or write a number in another way than nodes do
 */
export function readTransaction(bytes: Uint8Array): BitcoinTransaction | undefined {
  try {
    return decode(bytes)
  } catch (error) {
    if (error instanceof Malformed) return undefined
    throw error
  }
}

function decode(bytes: Uint8Array): BitcoinTransaction {
  const reader = new Reader(bytes)
  reader.take(4)
  const hasWitness = bytes[4] === 0 && bytes[5] === 1
  if (hasWitness) reader.take(2)
  const bodyAt = reader.at
  const inputs = reader.list(() => {
    const from = reader.take(32)
    const index = reader.number(4)
    const script = reader.take(reader.count())
    reader.take(4)
    const isNone = index === NO_OUTPUT && from.every((byte) => byte === 0)
    return { from, index, isNone, script: script.length }
  })
  const outputs = reader.list(() => ({ value: reader.value(), script: reader.take(reader.count()) }))
  const body = bytes.subarray(bodyAt, reader.at)
  if (hasWitness) {
    const items = inputs.flatMap(() => reader.list(() => reader.take(reader.count())))
    check(items.length > 0)
  }
  const lockTime = reader.take(4)
  check(reader.at === bytes.length && inputs.length > 0 && outputs.length > 0)
  check(outputs.reduce((sum, { value }) => sum + value, 0n) <= MAX_MONEY)
  const isCoinbase = inputs.length === 1 && inputs[0]!.isNone
  const { script } = inputs[0]!
  check(isCoinbase ? script >= 2 && script <= 100 : inputs.every(({ isNone }) => !isNone))
  const stripped = hasWitness ? concatBytes(bytes.subarray(0, 4), body, lockTime) : bytes
  const hash = hash256(stripped)
  const spends = inputs.map(({ from, index }) => ({ id: shownHash(from), index }))
  return { hash, id: shownHash(hash), isCoinbase, spends, outputs, stripped }
}

class Malformed extends Error {}

function check(holds: boolean): void {
  if (!holds) throw new Malformed()
}

/** Walks through a transaction's bytes. */
class Reader {
  at = 0

  constructor(private readonly bytes: Uint8Array) {}

  take(length: number): Uint8Array {
    check(this.at + length <= this.bytes.length)
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }

  /** A number whose lowest byte comes first, of at most six bytes. */
  number(length: number): number {
    return this.take(length).reduceRight((sum, byte) => sum * 256 + byte, 0)
  }

  value(): bigint {
    const [low, high] = [this.number(4), this.number(4)]
    const value = (BigInt(high) << 32n) + BigInt(low)
    check(value <= MAX_MONEY)
    return value
  }

  /** A count or length, which has to be in the shortest of its forms. */
  count(): number {
    const first = this.number(1)
    if (first < 0xfd) return first
    const [length, least] = first === 0xfd ? [2, 0xfd] : [4, 0x1_0000]
    check(first < 0xff)
    const count = this.number(length)
    check(count >= least)
    return count
  }

  list<T>(item: () => T): T[] {
    const count = this.count()
    // Every item takes a byte at least, so that a count alone does not make work.
    check(count <= this.bytes.length - this.at)
    return Array.from({ length: count }, item)
  }
}
