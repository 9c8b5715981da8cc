import {
  type CircuitInput,
  type CircuitInputs,
  ELEMENT_BYTES,
  readLittleEndian,
  writeLittleEndian,
} from '../../field/index.js'
import { BIT_INPUTS } from '../../statements/index.js'
import type { Artifacts } from '../artifacts.js'
import type { InputShape } from '../symbols.js'
import { flattenInputs } from '../witness.js'

type Shaped = Pick<Artifacts, 'instance' | 'inputs'>

/** What a proof is made of. Private. */
export interface ProofInputs {
  inputs: CircuitInputs
  /** What the model computed, by name: all of the instance's public signals. */
  signals: Readonly<Record<string, bigint>>
}

/**
 * Signals, and inputs in the circuit's order. The name of a signal, never its value, says how many bytes it
 * has: of two proofs by one instance the length tells nothing.
 *
 * @throws {InputError} `WITNESS_INPUTS`
 * @throws {RangeError} when an input that is always bits is anything else
 */
export function encodeInputs(of: Shaped, { inputs, signals }: ProofInputs): Uint8Array {
  const bytes = new Uint8Array(partsOf(of).reduce((sum, part) => sum + bytesOf(part), 0))
  const values = new Map(flattenInputs(of.inputs, inputs))
  let at = 0
  for (const part of partsOf(of)) {
    const own = part.public ? [signals[part.name]!] : values.get(part.name)!
    for (const [i, value] of own.entries()) {
      if (!part.bits) writeLittleEndian(value, bytes, at + i * ELEMENT_BYTES)
      else if (value > 1n) throw new RangeError(`${part.name} has more than bits`)
      else bytes[at + (i >> 3)]! |= Number(value) << (i & 7)
    }
    at += bytesOf(part)
  }
  return bytes
}

/**
 * What `encodeInputs` was given.
 *
 * @throws {RangeError} when the bytes are too few or too many
 */
export function decodeInputs(of: Shaped, bytes: Uint8Array): ProofInputs {
  const read = { signals: {} as Record<string, bigint>, inputs: {} as Record<string, CircuitInput> }
  let at = 0
  for (const part of partsOf(of)) {
    const { name, shape } = part
    const start = at
    let i = 0
    const next = () => {
      const own = i++
      if (!part.bits) return readLittleEndian(bytes, start + own * ELEMENT_BYTES)
      return BigInt((bytes[start + (own >> 3)]! >> (own & 7)) & 1)
    }
    if (part.public) read.signals[name] = next()
    else read.inputs[name] = shaped(shape, next)
    at += bytesOf(part)
  }
  if (at !== bytes.length) throw new RangeError('the job is of another length than its instance has')
  return read
}

interface Part extends InputShape {
  public: boolean
  bits: boolean
}

function partsOf({ instance, inputs }: Shaped): Part[] {
  const bits = BIT_INPUTS[instance.statement] ?? []
  return [
    ...instance.public.map((name) => ({ name, shape: [], public: true, bits: false })),
    ...inputs.map((input) => ({ ...input, public: false, bits: bits.includes(input.name) })),
  ]
}

function bytesOf({ shape, bits }: Part): number {
  const count = shape.reduce((product, length) => product * length, 1)
  return bits ? Math.ceil(count / 8) : count * ELEMENT_BYTES
}

function shaped([length, ...inner]: readonly number[], next: () => bigint): CircuitInput {
  return length === undefined ? next() : Array.from({ length }, () => shaped(inner, next))
}
