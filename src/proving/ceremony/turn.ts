import type { Curve } from 'ffjavascript'
import { ArtifactError } from '../../errors/index.js'
import { SectionWriter } from '../section-file.js'
import { ZKEY_SECTION } from '../zkey-section.js'
import { sameBytes } from './bytes.js'
import {
  type Contribution,
  type ContributionKey,
  contributionFault,
  contributionsBytes,
  parseContributions,
} from './contributions.js'
import { hasGroupOrder, isPoint, samePairing } from './curve-points.js'
import { assertSameCircuit, type KeyParts, type WholeKey } from './key-parts.js'
import { makeTurn } from './make-turn.js'
import {
  chunksOf,
  freshWeights,
  type PointCheck,
  type PointCounter,
  type PointRun,
  weightedSum,
} from './points.js'
import { TURN_MAGIC } from './turn-format.js'

/**
 * Writes the turn that multiplies δ by a factor: K and H over it, and a proof that the factor is known.
 *
 * @param before the latest turn, or the initial key
 * @param path a file that does not exist yet
 * @returns the new record
 * @throws {ArtifactError} `CEREMONY_CONTRIBUTIONS`, `CEREMONY_TURN`
 */
export async function writeTurn(
  curve: Curve,
  before: KeyParts,
  key: ContributionKey,
  about: Pick<Contribution, 'name' | 'beacon'>,
  path: string,
  count?: PointCounter,
): Promise<Contribution> {
  const made = makeTurn(curve, before, before.path, key, about)
  const scaled = async function* (run: PointRun) {
    for (const { bytes, count: points } of chunksOf(run)) {
      yield await made.scaled(bytes)
      count?.(2 * points)
    }
  }
  try {
    await writeSections(path, {
      header: [made.header],
      c: scaled(before.k),
      h: scaled(before.h),
      contributions: [made.contributions],
    })
  } finally {
    made.wipe()
  }
  return made.record
}

/**
 * Cuts a turn out of a whole key that another tool made.
 *
 * @throws {ArtifactError} `CEREMONY_CHANGED` when the key differs in what no contribution may change
 */
export async function cutTurn(initial: WholeKey, key: WholeKey, path: string): Promise<void> {
  assertSameCircuit(initial, key)
  const bytes = function* (run: PointRun) {
    for (const chunk of chunksOf(run)) yield chunk.bytes
  }
  await writeSections(path, {
    header: [key.header],
    c: bytes(key.k),
    h: bytes(key.h),
    contributions: [key.contributions],
  })
}

async function writeSections(
  path: string,
  parts: Record<'header' | 'c' | 'h' | 'contributions', Iterable<Uint8Array> | AsyncIterable<Uint8Array>>,
): Promise<void> {
  const file = new SectionWriter(path, TURN_MAGIC, 1, Object.keys(parts).length)
  try {
    for (const [name, pieces] of Object.entries(parts)) {
      file.begin(ZKEY_SECTION[name as keyof typeof parts])
      for await (const piece of pieces) file.write(piece)
      file.end()
    }
  } finally {
    file.close()
  }
}

/** Σ ρ·K and Σ ρ·H of a turn, for weights that every turn of an instance is held to. */
export interface TurnSums {
  k: Uint8Array
  h: Uint8Array
}

/** Weights for a turn's points. */
export interface TurnWeights {
  k: Uint8Array
  h: Uint8Array
}

export function freshTurnWeights({ k, h }: KeyParts): TurnWeights {
  return { k: freshWeights(k.count), h: freshWeights(h.count) }
}

export async function turnSums(
  curve: Curve,
  { k, h }: KeyParts,
  weights: TurnWeights,
  count?: PointCounter,
): Promise<TurnSums> {
  return {
    k: await weightedSum(curve, k, weights.k, count),
    h: await weightedSum(curve, h, weights.h, count),
  }
}

/** Why the points of a turn are no points, or δ in G1 another than in G2; `undefined` when all is well. */
export async function turnPointsFault(
  curve: Curve,
  points: PointCheck,
  { k, h, points: header }: KeyParts,
): Promise<string | undefined> {
  const { G1, G2 } = curve
  const { delta1, delta2 } = header
  if (!isPoint(G1, delta1)) return 'δ in G1 is none of the curve, or infinity'
  if (!isPoint(G2, delta2) || !hasGroupOrder(curve, delta2))
    return 'δ in G2 is outside the group, or infinity'
  if (!(await samePairing(curve, [delta1, G2.g], [G1.g, delta2]))) return 'δ in G1 is another than in G2'
  for (const [name, run] of Object.entries({ K: k, H: h })) {
    const off = points.firstOff(run, { infinity: true })
    if (off !== undefined) return `point ${off} of ${name} is none of the curve`
  }
  return undefined
}

/** Why the sums of two keys do not differ by their δ alone, or `undefined`. */
export async function ratioFault(
  curve: Curve,
  before: { sums: TurnSums; delta2: Uint8Array },
  after: { sums: TurnSums; delta2: Uint8Array },
): Promise<string | undefined> {
  for (const name of ['k', 'h'] as const) {
    const same = await samePairing(
      curve,
      [after.sums[name], after.delta2],
      [before.sums[name], before.delta2],
    )
    if (!same) return `${name.toUpperCase()} is not what was there before, divided by the growth of δ`
  }
  return undefined
}

/**
 * Refuses a turn that is not the next one: its circuit, its earlier contributions, its new record, its
 * points.
 *
 * @param before the latest turn that was accepted, or the initial key
 * @returns the record that it adds
 * @throws {ArtifactError} `CEREMONY_CHANGED`, `CEREMONY_CONTRIBUTIONS`, `CEREMONY_TURN`
 */
export async function assertNextTurn(
  curve: Curve,
  points: PointCheck,
  initial: WholeKey,
  before: KeyParts,
  after: KeyParts,
  count?: PointCounter,
): Promise<Contribution> {
  const refuse = (why: string) => new ArtifactError('CEREMONY_TURN', why, { where: after.path, hint: NEXT })
  assertSameCircuit(initial, after)
  const earlier = parseContributions(before.contributions, before.path)
  const { circuitHash, records } = parseContributions(after.contributions, after.path)
  const record = records[earlier.records.length]
  const prefix = contributionsBytes({ circuitHash, records: records.slice(0, earlier.records.length) })
  if (!sameBytes(prefix, before.contributions)) {
    throw refuse('does not go on from the latest accepted contribution')
  }
  if (record === undefined || records.length !== earlier.records.length + 1) {
    throw refuse(`has ${records.length - earlier.records.length} contributions more, and not one`)
  }
  const fault =
    (await contributionFault(curve, earlier, before.points.delta1, record)) ??
    (sameBytes(record.deltaAfter, after.points.delta1)
      ? undefined
      : 'δ is not the one of its contribution') ??
    (await turnPointsFault(curve, points, after))
  if (fault) throw refuse(fault)
  const weights = freshTurnWeights(before)
  const wrong = await ratioFault(
    curve,
    { sums: await turnSums(curve, before, weights, count), delta2: before.points.delta2 },
    { sums: await turnSums(curve, after, weights, count), delta2: after.points.delta2 },
  )
  if (wrong) throw refuse(wrong)
  return record
}

const NEXT = 'Ask for another turn, made from the latest state of the folder.'
