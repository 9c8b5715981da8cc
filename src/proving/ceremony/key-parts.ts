import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import type { Curve } from 'ffjavascript'
import { ArtifactError } from '../../errors/index.js'
import type { G1, G2, VerificationKey } from '../../groth16/index.js'
import { formatError } from '../format-error.js'
import { readBytes, readSections, type Section } from '../section-file.js'
import { ZKEY_SECTION } from '../zkey-section.js'
import { sameBytes } from './bytes.js'
import { POINT_BYTES } from './curve-points.js'
import { bytesAt, type PointRun } from './points.js'
import {
  fixedHeader,
  HEADER_BYTES,
  type HeaderPoints,
  MOST_CONTRIBUTIONS_BYTES,
  parseHeader,
  TURN_MAGIC,
  TURN_SECTIONS,
} from './turn-format.js'

const COEFFICIENT_BYTES = 3 * 4 + 32
/** The parts of a key that a contribution changes, left on disk. */
export interface KeyParts {
  path: string
  /** The whole header section. */
  header: Uint8Array
  wires: number
  publicSignals: number
  domain: number
  points: HeaderPoints
  /** (β·A + α·B + C)/δ of every wire that is not public. */
  k: PointRun
  h: PointRun
  /** The whole section of contributions. */
  contributions: Uint8Array
}

/** A whole proving key. */
export interface WholeKey extends KeyParts {
  ic: PointRun
  coefficients: Section
  a: PointRun
  b1: PointRun
  b2: PointRun
  /** The sections that no contribution may change, in the file's order of numbers. */
  fixed: ReadonlyMap<number, Section>
}

const ALL_SECTIONS = Object.values(ZKEY_SECTION)
/**
 * Opens a proving key as strictly as can be: every section once and of its exact length, nothing behind the
 * last, Groth16 over BN254.
 *
 * @throws {ArtifactError} `ARTIFACT_FORMAT`
 */
export function openKey(path: string): WholeKey {
  const sections = wholeSections(path, 'zkey', ALL_SECTIONS)
  const protocol = sections.get(ZKEY_SECTION.protocol)!
  if (protocol.length !== 4 || readBytes(path, protocol.at, 4).getUint32(0, true) !== 1)
    throw formatError(path)
  const parts = partsIn(path, sections)
  const { wires, publicSignals } = parts
  const coefficients = sections.get(ZKEY_SECTION.coefficients)!
  if (coefficients.length < 4) throw formatError(path)
  const terms = readBytes(path, coefficients.at, 4).getUint32(0, true)
  if (coefficients.length !== 4 + terms * COEFFICIENT_BYTES) throw formatError(path)
  return {
    ...parts,
    ic: runIn(path, sections, 'ic', publicSignals + 1),
    a: runIn(path, sections, 'a', wires),
    b1: runIn(path, sections, 'b1', wires),
    b2: { ...runIn(path, sections, 'b2', wires, POINT_BYTES.g2), group: 'g2' },
    coefficients,
    fixed: new Map(
      (['protocol', 'ic', 'coefficients', 'a', 'b1', 'b2'] as const).map((name) => [
        ZKEY_SECTION[name],
        sections.get(ZKEY_SECTION[name])!,
      ]),
    ),
  }
}

/**
 * Opens a turn: the four sections of a key that a contribution changes.
 *
 * @throws {ArtifactError} `ARTIFACT_FORMAT`
 */
export function openTurn(path: string): KeyParts {
  return partsIn(path, wholeSections(path, TURN_MAGIC, TURN_SECTIONS))
}

/** The sections of a file that has exactly these, once each, version 1, and nothing behind them. */
function wholeSections(path: string, magic: string, wanted: readonly number[]): Map<number, Section> {
  const sections = readSections(path, magic)
  const { size } = statSync(path)
  const used = [...sections.values()].reduce((sum, { length }) => sum + 12 + length, 12)
  const complete = sections.size === wanted.length && wanted.every((id) => sections.has(id))
  if (!complete || used !== size || readBytes(path, 4, 4).getUint32(0, true) !== 1) throw formatError(path)
  return sections
}

function partsIn(path: string, sections: ReadonlyMap<number, Section>): KeyParts {
  const at = sections.get(ZKEY_SECTION.header)!
  const contributionsAt = sections.get(ZKEY_SECTION.contributions)!
  if (at.length !== HEADER_BYTES || contributionsAt.length > MOST_CONTRIBUTIONS_BYTES) throw formatError(path)
  const header = bytesAt(path, at.at, at.length)
  const { wires, publicSignals, domain, points } = parseHeader(header, path)
  return {
    path,
    header,
    wires,
    publicSignals,
    domain,
    points,
    k: runIn(path, sections, 'c', wires - publicSignals - 1),
    h: runIn(path, sections, 'h', domain),
    contributions: bytesAt(path, contributionsAt.at, contributionsAt.length),
  }
}

function runIn(
  path: string,
  sections: ReadonlyMap<number, Section>,
  name: keyof typeof ZKEY_SECTION,
  count: number,
  size: number = POINT_BYTES.g1,
): PointRun {
  const section = sections.get(ZKEY_SECTION[name])
  if (section?.length !== count * size) throw formatError(path)
  return { path, at: section.at, count, group: 'g1' }
}

/**
 * The bytes of the proving key that an initial key and the turn of its latest contribution make together.
 */
export function* keyBytes(initial: WholeKey, latest: KeyParts): Generator<Uint8Array> {
  const start = new Uint8Array(12)
  start.set(new TextEncoder().encode('zkey'))
  const view = new DataView(start.buffer)
  view.setUint32(4, 1, true)
  view.setUint32(8, ALL_SECTIONS.length, true)
  yield start
  for (const id of ALL_SECTIONS.toSorted((a, b) => a - b)) {
    const fixed = initial.fixed.get(id)
    if (fixed) {
      yield sectionHead(id, fixed.length)
      yield* fileBytes(initial.path, fixed)
    } else if (id === ZKEY_SECTION.header || id === ZKEY_SECTION.contributions) {
      const bytes = id === ZKEY_SECTION.header ? latest.header : latest.contributions
      yield sectionHead(id, bytes.length)
      yield bytes
    } else {
      const run = id === ZKEY_SECTION.c ? latest.k : latest.h
      const section = { at: run.at, length: run.count * POINT_BYTES.g1 }
      yield sectionHead(id, section.length)
      yield* fileBytes(latest.path, section)
    }
  }
}

/** SHA-256 of the proving key that an initial key and the turn of its latest contribution make together. */
export function provingKeyHash(initial: WholeKey, latest: KeyParts): string {
  const hash = createHash('sha256')
  for (const bytes of keyBytes(initial, latest)) hash.update(bytes)
  return hash.digest('hex')
}

function sectionHead(id: number, length: number): Uint8Array {
  const head = new Uint8Array(12)
  const view = new DataView(head.buffer)
  view.setUint32(0, id, true)
  view.setBigUint64(4, BigInt(length), true)
  return head
}

const BUFFER = 1 << 20

/** A part of a file, piece by piece. @throws {ArtifactError} `ARTIFACT_FORMAT` when the file is shorter */
export function* fileBytes(path: string, { at, length }: Section): Generator<Uint8Array> {
  const fd = openSync(path, 'r')
  try {
    for (let done = 0; done < length; ) {
      const bytes = new Uint8Array(Math.min(BUFFER, length - done))
      const read = readSync(fd, bytes, 0, bytes.length, at + done)
      if (read === 0) throw formatError(path)
      yield bytes.subarray(0, read)
      done += read
    }
  } finally {
    closeSync(fd)
  }
}

/**
 * Refuses a key that differs from the initial one in what no contribution may change.
 *
 * @throws {ArtifactError} `CEREMONY_CHANGED` naming the part
 */
export function assertSameCircuit(initial: WholeKey, other: KeyParts | WholeKey): void {
  if (!sameBytes(fixedHeader(initial.header), fixedHeader(other.header))) {
    throw changed(other.path, 'its header has other sizes, α, β or γ')
  }
  if (!('fixed' in other)) return
  for (const [id, section] of initial.fixed) {
    const there = other.fixed.get(id)!
    const name = Object.entries(ZKEY_SECTION).find(([, number]) => number === id)![0]
    if (there.length !== section.length) throw changed(other.path, `its section ${name} has another length`)
    const theirs = fileBytes(other.path, there)
    for (const ours of fileBytes(initial.path, section)) {
      // Both are read by the same steps: lengths are equal.
      if (!sameBytes(ours, theirs.next().value as Uint8Array)) {
        throw changed(other.path, `its section ${name} is another`)
      }
    }
  }
}

function changed(path: string, why: string): ArtifactError {
  return new ArtifactError('CEREMONY_CHANGED', `not a contribution to this key: ${why}`, {
    where: path,
    hint: 'Take no such key: ask its maker for a contribution to the latest key of the folder.',
  })
}

/** The verification key of an initial key and a later turn. */
export function verificationKeyOf(curve: Curve, initial: WholeKey, latest: KeyParts): VerificationKey {
  const g1 = (bytes: Uint8Array): G1 => {
    const [x, y] = curve.G1.toObject(bytes)
    return [`${x}`, `${y}`]
  }
  const g2 = (bytes: Uint8Array): G2 => {
    const [x, y] = curve.G2.toObject(bytes)
    return [
      [`${x[0]}`, `${x[1]}`],
      [`${y[0]}`, `${y[1]}`],
    ]
  }
  const { alpha1, beta2, gamma2, delta2 } = latest.points
  const size = POINT_BYTES.g1
  const ic = bytesAt(initial.path, initial.ic.at, initial.ic.count * size)
  return {
    alpha: g1(alpha1),
    beta: g2(beta2),
    gamma: g2(gamma2),
    delta: g2(delta2),
    ic: Array.from({ length: initial.ic.count }, (_, i) => g1(ic.slice(i * size, (i + 1) * size))),
  }
}
