import { ProofError } from '../../errors/index.js'
import { hash256, isSame, shownHash } from './hash256.js'
import { addressScript, BITCOIN_NETWORKS, type BitcoinNetwork } from './networks.js'
import { nextBits, PERIOD, type TargetState, targetOf, workOf } from './targets.js'

/** Bytes of a block's header. */
export const HEADER_BYTES = 80
/** More blocks than a chain has in 40 years: 160 MiB of headers. */
const MAX_HEADERS = 2 ** 21
/** Blocks that have to stand on the one that counts, by default. */
export const CONFIRMATIONS = 6
/** A block's time is later than the one in the middle of so many before it. */
const MEDIAN_OF = 11

const [PREVIOUS_AT, ROOT_AT, TIME_AT, BITS_AT] = [4, 36, 68, 72]

/** A block that whoever checks a chain knows to be on it. */
export interface Checkpoint {
  height: number
  /** Hash as people write it. */
  hash: string
  /**
   * Work of the chain up to and with this block, in hashes. Where it is not known it counts as none, or, from
   * the block on that the network's least work is of, as that.
   */
  work?: bigint
}

/** One block of a chain that was checked. */
export interface BitcoinBlock {
  height: number
  /** Hash as people write it. */
  hash: string
  /** Seconds since 1970-01-01 UTC, as its miner wrote it. */
  time: number
}

/**
 * Headers that follow on one another from a block that is known: from the network's first one, or from a
 * checkpoint of whoever reads them. Links, times, targets and the work of each are checked as they come in.
 *
 * @example
 * const chain = new HeaderChain('000000000019d6689c085ae165831e93', { where: 'headers/bip122-….bin' })
 * for await (const piece of file) chain.append(piece)
 * chain.assertWork()
 * chain.firstAt(moment) // { height, hash, time }
 */
export class HeaderChain {
  /** How its network chooses targets and writes addresses. */
  readonly network: BitcoinNetwork
  private readonly where: string
  private readonly checkpoints: readonly Required<Checkpoint>[]
  private bytes = new Uint8Array(2 ** 16)
  private length = 0
  private start: Required<Checkpoint> | undefined
  private state: (TargetState & { hash: Uint8Array; work: bigint }) | undefined
  /** The address that was asked for last: outputs of one come one after another. */
  private asked: { address: string; script: Uint8Array | undefined } | undefined
  /** Target and work of the last bits that came: they rarely change. */
  private known = { bits: 0, target: 0n, work: 0n }

  /**
   * @param reference of the network's CAIP-2 name
   * @param options.checkpoints blocks that a chain may start with, besides the network's first one
   * @param options.where the file, for messages
   */
  constructor(
    reference: string,
    { checkpoints = [], where }: { checkpoints?: readonly Checkpoint[]; where: string },
  ) {
    const network = BITCOIN_NETWORKS.get(reference)
    if (network === undefined) throw new ProofError('RESERVES_HEADERS', 'not a network of Bitcoin', { where })
    this.network = network
    this.where = where
    const genesis = { height: 0, hash: network.genesis, work: workOf(network.limit) }
    const least = (height: number) => (height >= network.workHeight ? network.work : 0n)
    this.checkpoints = [
      genesis,
      ...checkpoints.map((known) => ({ ...known, work: known.work ?? least(known.height) })),
    ]
  }

  /** Height of the last block; -1 where there is none. */
  get height(): number {
    return this.state?.height ?? -1
  }

  /** Height of the first block. */
  get from(): number {
    return this.start?.height ?? 0
  }

  /**
   * Takes the next headers.
   *
   * @param piece of any length: a header may be in two pieces
   * @throws {ProofError} `RESERVES_HEADERS` for the first that does not follow
   */
  append(piece: Uint8Array): void {
    if (this.length + piece.length > MAX_HEADERS * HEADER_BYTES) throw this.refused('there are too many')
    this.grow(this.length + piece.length)
    const checked = this.length - (this.length % HEADER_BYTES)
    this.bytes.set(piece, this.length)
    this.length += piece.length
    for (let at = checked; at + HEADER_BYTES <= this.length; at += HEADER_BYTES) this.follow(at)
  }

  /**
   * That the last header is whole, and that the chain has no less work than its network had long ago.
   *
   * @throws {ProofError} `RESERVES_HEADERS`
   */
  assertWork(): void {
    if (this.state === undefined) throw this.refused('there are none')
    if (this.length % HEADER_BYTES !== 0) throw this.refused('the last one is cut short')
    if (this.state.work < this.network.work) {
      throw this.refused('the chain has less work than its network had long ago', this.state.height)
    }
  }

  /** Whether the header of a block of this height is here. */
  has(height: number): boolean {
    return height >= this.from && height <= this.height
  }

  block(height: number): BitcoinBlock {
    return { height, hash: shownHash(this.hashAt(height)), time: this.time(height) }
  }

  /** Seconds since 1970-01-01 UTC, as the block's miner wrote it. */
  time(height: number): number {
    return this.word(this.offset(height) + TIME_AT)
  }

  /** Root of the tree of the block's transactions. */
  root(height: number): Uint8Array {
    const at = this.offset(height) + ROOT_AT
    return this.bytes.subarray(at, at + 32)
  }

  /** The lowest block whose time is at or after a moment; `undefined` when the chain ends before it. */
  firstAt(moment: number): BitcoinBlock | undefined {
    for (let height = this.from; height <= this.height; height++) {
      if (this.time(height) >= moment) return this.block(height)
    }
    return undefined
  }

  /** The headers up to a block, one behind the other: what the file of a chain holds. */
  headers(last = this.height): Uint8Array {
    return this.bytes.subarray(0, this.offset(last) + HEADER_BYTES)
  }

  /** The output script of an address of its network, if it is one. */
  scriptOf(address: string): Uint8Array | undefined {
    if (this.asked?.address !== address) {
      this.asked = { address, script: addressScript(this.network, address) }
    }
    return this.asked.script
  }

  private hashAt(height: number): Uint8Array {
    if (height === this.height) return this.state!.hash
    const at = this.offset(height + 1) + PREVIOUS_AT
    return this.bytes.subarray(at, at + 32)
  }

  private offset(height: number): number {
    if (!this.has(height)) throw new RangeError('no header of this height')
    return (height - this.from) * HEADER_BYTES
  }

  private word(at: number): number {
    const [a, b, c, d] = this.bytes.subarray(at, at + 4)
    return ((d! << 24) | (c! << 16) | (b! << 8) | a!) >>> 0
  }

  private grow(length: number): void {
    if (length <= this.bytes.length) return
    const bytes = new Uint8Array(Math.max(length, this.bytes.length * 2))
    bytes.set(this.bytes.subarray(0, this.length))
    this.bytes = bytes
  }

  private follow(at: number): void {
    const header = this.bytes.subarray(at, at + HEADER_BYTES)
    const hash = hash256(header)
    const [time, bits] = [this.word(at + TIME_AT), this.word(at + BITS_AT)]
    const before = this.state
    if (before === undefined) {
      const shown = shownHash(hash)
      this.start = this.checkpoints.find((known) => known.hash === shown)
      if (this.start === undefined) {
        throw this.refused("the first one is neither its network's first block nor a checkpoint")
      }
    } else {
      if (!isSame(header.subarray(PREVIOUS_AT, ROOT_AT), before.hash)) {
        throw this.refused('it does not name the block before it', before.height + 1)
      }
      const wanted = nextBits(this.network, before, time)
      if (wanted === undefined) {
        throw this.refused(
          `the target follows from block ${before.height + 1 - PERIOD}, which is not here`,
          before.height + 1,
        )
      }
      if (bits !== wanted) throw this.refused('its target is not the one that follows', before.height + 1)
      if (time <= this.medianBefore(at)) {
        throw this.refused('its time is not after those before it', before.height + 1)
      }
      this.assertHash(hash, bits, before.height + 1)
      this.assertKnown(hash, before.height + 1)
    }
    const height = before === undefined ? this.start!.height : before.height + 1
    const isFirst = height % PERIOD === 0
    this.state = {
      height,
      time,
      bits,
      hash,
      work: before === undefined ? this.start!.work : before.work + this.known.work,
      ordinary: isFirst || bits !== this.network.limit || before === undefined ? bits : before.ordinary,
      first: isFirst ? { time, bits } : before?.first,
    }
  }

  /** A chain that reaches a block which is known has to have it. */
  private assertKnown(hash: Uint8Array, height: number): void {
    const known = this.checkpoints.filter((each) => each.height === height)
    if (known.length === 0 || known.some((each) => each.hash === shownHash(hash))) return
    throw this.refused('it is another than the checkpoint', height)
  }

  private assertHash(hash: Uint8Array, bits: number, height: number): void {
    if (this.known.bits !== bits) this.known = { bits, target: targetOf(bits), work: workOf(bits) }
    if (BigInt(`0x${shownHash(hash)}`) > this.known.target) {
      throw this.refused('its hash is above its target', height)
    }
  }

  /** The time in the middle of those of the last blocks before the header at this place. */
  private medianBefore(at: number): number {
    const first = Math.max(0, at - MEDIAN_OF * HEADER_BYTES)
    const times: number[] = []
    for (let before = first; before < at; before += HEADER_BYTES) times.push(this.word(before + TIME_AT))
    return times.sort((a, b) => a - b)[times.length >> 1]!
  }

  private refused(why: string, height?: number): ProofError {
    return new ProofError('RESERVES_HEADERS', `not the headers of a chain: ${why}`, {
      where: height === undefined ? this.where : `${this.where}: block ${height}`,
      hint: 'Collect the evidence again from a node that has caught up.',
    })
  }
}

/**
 * The block of a moment on a chain: the lowest one whose time is at or after it. It has to be near the moment
 * and to have blocks on it.
 *
 * @param moment seconds since 1970-01-01 UTC
 * @param options.tolerance seconds that the block may be later
 * @param options.confirmations blocks that have to stand on it
 * @throws {ProofError} `RESERVES_BLOCK`
 * @example
 * blockOf(chain, 1_767_225_600, { tolerance: 7200 }).height
 */
export function blockOf(
  chain: HeaderChain,
  moment: number,
  {
    tolerance,
    confirmations = CONFIRMATIONS,
    where,
  }: { tolerance: number; confirmations?: number; where: string },
): BitcoinBlock {
  const block = chain.firstAt(moment)
  if (block === undefined) {
    throw new ProofError('RESERVES_BLOCK', 'the chain ends before the moment', { where })
  }
  if (block.height === chain.from) {
    throw new ProofError('RESERVES_BLOCK', 'the chain starts after the moment', { where })
  }
  if (block.time - moment > tolerance) {
    throw new ProofError(
      'RESERVES_BLOCK',
      `the first block at or after the moment is ${block.time - moment} seconds later than it, of at most ${tolerance}`,
      { where },
    )
  }
  const above = chain.height - block.height
  if (above < confirmations) {
    throw new ProofError(
      'RESERVES_BLOCK',
      `${above} blocks stand on the one of the moment, of at least ${confirmations}`,
      { where, hint: 'Collect the evidence again a little later.' },
    )
  }
  return block
}
