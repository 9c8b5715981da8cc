import { closeSync, openSync, readSync } from 'node:fs'
import type { Curve } from 'ffjavascript'
import { curveEngine, randomness } from '../../groth16/index.js'
import type { CurveMemory } from '../curve-memory.js'
import { withThreads } from '../curve-threads.js'
import type { GroupName } from '../fixed-base.js'
import { formatError } from '../format-error.js'
import { hasGroupOrder, isCanonical, POINT_BYTES } from './curve-points.js'

/** Bytes of a weight: a combination with weights of 128 bits misses a wrong point once in 2^128. */
export const WEIGHT_BYTES = 16
/** Points that are in memory together. */
const CHUNK = 1 << 16
/** Fewer points than this are multiplied on one thread: starting others takes longer. */
const FEW = 1 << 12

/** Consecutive points of a file. */
export interface PointRun {
  path: string
  /** Where the first one is, in bytes. */
  at: number
  count: number
  group: GroupName
}

/** The points of a run from the `first` one on. */
export function partOf(run: PointRun, first: number, count = run.count - first): PointRun {
  return { ...run, at: run.at + first * POINT_BYTES[run.group], count }
}

/** Runs work with an engine of the curve that suits so many points. */
export async function withCurveFor<T>(points: number, work: (curve: Curve) => Promise<T>): Promise<T> {
  return points < FEW ? work(await curveEngine()) : withThreads(work)
}

/**
 * The bytes of a run, some points at a time.
 *
 * @throws {ArtifactError} `ARTIFACT_FORMAT` when the file is shorter
 */
export function* chunksOf(run: PointRun): Generator<{ first: number; count: number; bytes: Uint8Array }> {
  const size = POINT_BYTES[run.group]
  for (let first = 0; first < run.count; first += CHUNK) {
    const count = Math.min(CHUNK, run.count - first)
    yield { first, count, bytes: bytesAt(run.path, run.at + first * size, count * size) }
  }
}

/** @throws {ArtifactError} `ARTIFACT_FORMAT` when the file is shorter */
export function bytesAt(path: string, at: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  const fd = openSync(path, 'r')
  try {
    for (let done = 0; done < length; ) {
      const read = readSync(fd, bytes, done, length - done, at + done)
      if (read === 0) throw formatError(path)
      done += read
    }
  } finally {
    closeSync(fd)
  }
  return bytes
}

/** Weights from Web Crypto, `bytes` little-endian bytes each. @throws {ArtifactError} `NO_RANDOMNESS` */
export function freshWeights(count: number, bytes = WEIGHT_BYTES): Uint8Array {
  const weights = new Uint8Array(count * bytes)
  const crypto = randomness()
  for (let at = 0; at < weights.length; at += 65_536) {
    crypto.getRandomValues(weights.subarray(at, at + 65_536))
  }
  return weights
}

/** Told of work that was done, in multiplications of a point of G1 by 128 bits. */
export type PointCounter = (cost: number) => void

/** A multiplication in G2 takes as long as three in G1. */
const COST = { g1: 1, g2: 3 } as const

/**
 * Σ scalar·point over a run.
 *
 * @param scalars as many as points, of the same length each, little-endian
 */
export async function weightedSum(
  curve: Curve,
  run: PointRun,
  scalars: Uint8Array,
  count?: PointCounter,
): Promise<Uint8Array> {
  const group = run.group === 'g1' ? curve.G1 : curve.G2
  const size = run.count === 0 ? 0 : scalars.length / run.count
  let sum = group.zero
  for (const chunk of chunksOf(run)) {
    const part = scalars.slice(chunk.first * size, (chunk.first + chunk.count) * size)
    sum = group.add(sum, await group.multiExpAffine(chunk.bytes, part))
    count?.((chunk.count * COST[run.group] * size) / WEIGHT_BYTES)
  }
  return sum
}

/** Finds points that are none. */
export class PointCheck {
  private readonly pointer: number

  constructor(private readonly memory: CurveMemory) {
    this.pointer = memory.alloc(CHUNK * POINT_BYTES.g2)
  }

  /**
   * The first of a run that is not on its curve, is written with a coordinate that is not below the field's
   * order, or is infinity where that is not allowed. Of the twist it does not say whether a point has the
   * order of the group: see `isInGroup`.
   */
  firstOff(run: PointRun, { infinity = false } = {}): number | undefined {
    const { call } = this.memory
    const size = POINT_BYTES[run.group]
    const [inCurve, isZero] = [call[`${run.group}m_inCurveAffine`]!, call[`${run.group}m_isZeroAffine`]!]
    for (const { first, count, bytes } of chunksOf(run)) {
      this.memory.bytes(this.pointer, bytes.length).set(bytes)
      for (let i = 0; i < count; i++) {
        const at = this.pointer + i * size
        const fits = isZero(at) ? infinity : isCanonical(bytes, i * size, size) && inCurve(at)
        if (!fits) return first + i
      }
    }
    return undefined
  }
}

/**
 * Combinations with weights of 16 bits that all have to be of the group's order. The twist's cofactor has the
 * factor 10,069, so that one combination, however long its weights, misses a point with a component of that
 * order once in 10,069 times; eleven miss it once in 2^140.
 */
const GROUP_RUNS = 11

/** Whether every point of a run, all of them on the twist, is of order r, but for one chance in 2^128. */
export async function isInGroup(
  curve: Curve,
  run: PointRun,
  count?: PointCounter,
  weights: () => Uint8Array = () => freshWeights(run.count, 2),
): Promise<boolean> {
  for (let i = 0; i < GROUP_RUNS; i++) {
    const sum = await weightedSum(curve, run, weights(), count)
    if (!hasGroupOrder(curve, sum)) return false
  }
  return true
}
