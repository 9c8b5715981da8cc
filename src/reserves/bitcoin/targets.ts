import type { BitcoinNetwork } from './networks.js'

/** Blocks from one choice of a target to the next, and the seconds that they should take. */
export const PERIOD = 2016
const PERIOD_SECONDS = 14 * 24 * 3600
/** After this many seconds a block of a test network may have the easiest target. */
const LATE_SECONDS = 20 * 60

/** What the target of the next block follows from. */
export interface TargetState {
  /** Height, time and target, as headers write it, of the block before. */
  height: number
  time: number
  bits: number
  /** The last target in the period that is not a late block's, and the same of its first block. */
  ordinary: number
  first: { time: number; bits: number } | undefined
}

/** The target that a header writes in four bytes: the block's hash is at most this. */
export function targetOf(bits: number): bigint {
  const shift = BigInt(bits >>> 24) * 8n - 24n
  const mantissa = BigInt(bits & 0x7f_ffff)
  if (bits & 0x80_0000) return 0n
  return shift >= 0n ? mantissa << shift : mantissa >> -shift
}

/** How a header writes a target: the three highest bytes, the rest cut off, and the number of bytes. */
export function bitsOf(target: bigint): number {
  let size = Math.ceil(target.toString(2).length / 8)
  let mantissa = Number(size <= 3 ? target << BigInt(8 * (3 - size)) : target >> BigInt(8 * (size - 3)))
  if (mantissa & 0x80_0000) {
    mantissa >>= 8
    size++
  }
  return size * 0x100_0000 + mantissa
}

/** Hashes that a block of such a target takes, on average. */
export function workOf(bits: number): bigint {
  return (1n << 256n) / (targetOf(bits) + 1n)
}

/**
 * The target of the period behind one that took from `first` to `last`, in seconds: at most four times easier
 * or harder, and never easier than the limit.
 */
export function nextPeriod(bits: number, first: number, last: number, limit: number): number {
  const seconds = Math.min(Math.max(last - first, PERIOD_SECONDS / 4), PERIOD_SECONDS * 4)
  const target = (targetOf(bits) * BigInt(seconds)) / BigInt(PERIOD_SECONDS)
  return target > targetOf(limit) ? limit : bitsOf(target)
}

/**
 * The target that the block behind `before` must have, as a header writes it; `undefined` when the start of
 * its period is not known.
 *
 * @param time of the block
 */
export function nextBits(network: BitcoinNetwork, before: TargetState, time: number): number | undefined {
  const { limit, targets } = network
  if (targets === 'always') return limit
  if ((before.height + 1) % PERIOD === 0) {
    if (before.first === undefined) return undefined
    const from = targets === 'test-first' ? before.first.bits : before.bits
    return nextPeriod(from, before.first.time, before.time, limit)
  }
  if (targets === 'period') return before.bits
  return time > before.time + LATE_SECONDS ? limit : before.ordinary
}
