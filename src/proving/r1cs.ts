import { closeSync, openSync, readSync } from 'node:fs'
import { ELEMENT_BYTES, FIELD_ORDER, readLittleEndian } from '../field/index.js'
import type { ConstraintCount } from '../statements/index.js'
import { formatError } from './format-error.js'
import { readBytes, readSections, type Section } from './section-file.js'

/**
 * A compiled circuit's constraints `(A·w)·(B·w) = C·w`, left on disk: what its header says, and where they
 * are.
 */
export interface R1cs {
  path: string
  constraints: number
  /** Wire 0 is one; then outputs, public inputs, private inputs, the rest. */
  wires: number
  outputs: number
  publicInputs: number
  privateInputs: number
  /** Outputs and public inputs. */
  publicSignals: number
  /** Where the constraints are. */
  section: Section
}

/** Which linear combination of a constraint a term is in. */
export const SIDE = { A: 0, B: 1, C: 2 } as const
export type Side = (typeof SIDE)[keyof typeof SIDE]

/** Told of one term: its coefficient is 32 little-endian bytes of the window, at `at`. */
export type TermVisitor = (side: Side, constraint: number, wire: number, at: number) => void

const HEADER_BYTES = 64
const TERM_BYTES = 4 + ELEMENT_BYTES
const WINDOW_BYTES = 1 << 22

/**
 * Opens a circuit in iden3's binary format, version 1
 * (https://github.com/iden3/r1csfile/blob/master/doc/r1cs_bin_format.md).
 *
 * @throws {ArtifactError} `ARTIFACT_FORMAT` when it is not one over the BN254 scalar field.
 */
export function openR1cs(path: string): R1cs {
  const sections = readSections(path, 'r1cs')
  const [headerAt, section] = [sections.get(1), sections.get(2)]
  if (headerAt?.length !== HEADER_BYTES || !section) throw formatError(path)
  const header = readBytes(path, headerAt.at, HEADER_BYTES)
  const prime = readLittleEndian(new Uint8Array(header.buffer), 4)
  if (header.getUint32(0, true) !== ELEMENT_BYTES || prime !== FIELD_ORDER) throw formatError(path)
  const [outputs, publicInputs] = [header.getUint32(40, true), header.getUint32(44, true)]
  return {
    path,
    wires: header.getUint32(36, true),
    outputs,
    publicInputs,
    publicSignals: outputs + publicInputs,
    privateInputs: header.getUint32(48, true),
    constraints: header.getUint32(60, true),
    section,
  }
}

/**
 * Reads every term once, in the file's order, through one window of memory: nothing is kept of a term.
 *
 * @param window bytes to read into, where a visitor finds the coefficients; a WebAssembly memory's, for
 * instance
 * @throws {ArtifactError} `ARTIFACT_FORMAT` when the file ends early or names a wire that is not there.
 */
export function scanTerms(
  r1cs: R1cs,
  visit: TermVisitor,
  window: Uint8Array = new Uint8Array(WINDOW_BYTES),
): void {
  const view = new DataView(window.buffer, window.byteOffset, window.byteLength)
  const fd = openSync(r1cs.path, 'r')
  let { at: position, length: left } = r1cs.section
  let [at, end] = [0, 0]
  const need = (bytes: number) => {
    if (end - at >= bytes) return
    window.copyWithin(0, at, end)
    ;[at, end] = [0, end - at]
    const read = readSync(fd, window, end, Math.min(left, window.length - end), position)
    position += read
    left -= read
    end += read
    if (end < bytes) throw formatError(r1cs.path)
  }
  try {
    for (let constraint = 0; constraint < r1cs.constraints; constraint++) {
      for (let side = 0; side < 3; side++) {
        need(4)
        const terms = view.getUint32(at, true)
        at += 4
        for (let i = 0; i < terms; i++) {
          need(TERM_BYTES)
          const wire = view.getUint32(at, true)
          if (wire >= r1cs.wires) throw formatError(r1cs.path)
          visit(side as Side, constraint, wire, at + 4)
          at += TERM_BYTES
        }
      }
    }
  } finally {
    closeSync(fd)
  }
}

/** Counts constraints. One is linear when its A or its B is empty or a constant. */
export function countR1cs(r1cs: R1cs): ConstraintCount {
  const varies = new Uint8Array(r1cs.constraints)
  scanTerms(r1cs, (side, constraint, wire) => {
    if (wire !== 0 && side !== SIDE.C) varies[constraint]! |= 1 << side
  })
  const nonLinear = varies.reduce((count, sides) => count + (sides === 3 ? 1 : 0), 0)
  return { nonLinear, linear: r1cs.constraints - nonLinear, wires: r1cs.wires, public: r1cs.publicSignals }
}

/**
 * The first constraint that a full witness breaks, or `undefined` when it satisfies the circuit.
 *
 * @param witness one field element for each wire, wire 0 first
 */
export function brokenConstraint(r1cs: R1cs, witness: readonly bigint[]): number | undefined {
  if (witness.length !== r1cs.wires || witness[0] !== 1n) return 0
  const window = new Uint8Array(WINDOW_BYTES)
  const sums: [bigint, bigint, bigint] = [0n, 0n, 0n]
  let [current, broken]: [number, number | undefined] = [0, undefined]
  const settle = () => {
    if (broken === undefined && (sums[0] * sums[1] - sums[2]) % FIELD_ORDER !== 0n) broken = current
    sums.fill(0n)
  }
  scanTerms(
    r1cs,
    (side, constraint, wire, at) => {
      if (constraint !== current) {
        settle()
        current = constraint
      }
      const value = witness[wire]!
      if (value !== 0n) sums[side] += readLittleEndian(window, at) * value
    },
    window,
  )
  settle()
  return broken
}
