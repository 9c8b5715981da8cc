import { BASE_FIELD_ORDER, FIELD_ORDER, readLittleEndian } from '../../field/index.js'
import { formatError } from '../format-error.js'
import { ZKEY_SECTION } from '../zkey-section.js'
import { POINT_BYTES } from './curve-points.js'

/** The magic of a file that holds `TURN_SECTIONS` alone: what one contributor passes to the next. */
export const TURN_MAGIC = 'turn'
/** What a contribution changes of a key. */
export const TURN_SECTIONS = [ZKEY_SECTION.header, ZKEY_SECTION.c, ZKEY_SECTION.h, ZKEY_SECTION.contributions]
/** More than some hundred contributions need. */
export const MOST_CONTRIBUTIONS_BYTES = 1 << 20

const ORDERS_BYTES = 2 * (4 + 32)
const SIZES_BYTES = 12
/** Bytes of the header section. */
export const HEADER_BYTES = ORDERS_BYTES + SIZES_BYTES + 3 * POINT_BYTES.g1 + 3 * POINT_BYTES.g2
/** Where the points of a header are, in its order. */
const HEADER_POINTS = { alpha1: 64, beta1: 64, beta2: 128, gamma2: 128, delta1: 64, delta2: 128 } as const
export type HeaderPoints = Record<keyof typeof HEADER_POINTS, Uint8Array>

/** What the header section of a key or of a turn says. */
export interface ParsedHeader {
  wires: number
  publicSignals: number
  domain: number
  points: HeaderPoints
}

/**
 * Reads a header section: Groth16 over BN254, and sizes that fit together.
 *
 * @param where the file, for messages
 * @throws {ArtifactError} `ARTIFACT_FORMAT`
 */
export function parseHeader(header: Uint8Array, where: string): ParsedHeader {
  if (header.length !== HEADER_BYTES) throw formatError(where)
  const view = new DataView(header.buffer, header.byteOffset, header.length)
  const orders = [
    [0, BASE_FIELD_ORDER],
    [36, FIELD_ORDER],
  ] as const
  for (const [offset, order] of orders) {
    if (view.getUint32(offset, true) !== 32 || readLittleEndian(header, offset + 4) !== order) {
      throw formatError(where)
    }
  }
  const [wires, publicSignals, domain] = [0, 4, 8].map((i) => view.getUint32(ORDERS_BYTES + i, true)) as [
    number,
    number,
    number,
  ]
  if (publicSignals >= wires || !Number.isInteger(Math.log2(domain))) throw formatError(where)
  return { wires, publicSignals, domain, points: pointsOf(header) }
}

function pointsOf(header: Uint8Array): HeaderPoints {
  let at = ORDERS_BYTES + SIZES_BYTES
  const points: Partial<HeaderPoints> = {}
  for (const [name, size] of Object.entries(HEADER_POINTS)) {
    points[name as keyof HeaderPoints] = header.slice(at, at + size)
    at += size
  }
  return points as HeaderPoints
}

/** A header with another δ. */
export function withDelta(header: Uint8Array, delta1: Uint8Array, delta2: Uint8Array): Uint8Array {
  const changed = header.slice()
  changed.set(delta1, header.length - POINT_BYTES.g2 - POINT_BYTES.g1)
  changed.set(delta2, header.length - POINT_BYTES.g2)
  return changed
}

/** A header without its δ: what contributions may not change. */
export function fixedHeader(header: Uint8Array): Uint8Array {
  return header.slice(0, header.length - POINT_BYTES.g2 - POINT_BYTES.g1)
}
