import { BASE_FIELD_ORDER } from '../field/index.js'
import { curveEngine } from '../groth16/index.js'
import {
  curve,
  ELEMENT_BYTES,
  INFINITY_WORD,
  primeField,
  quadraticField,
  toMontgomery,
  WasmModule,
  WORD_BYTES,
  writeLimbs,
} from '../kernel/index.js'
import { BATCH, type FixedBaseMemory, type GroupName, type GroupTable } from './fixed-base.js'
import { windowsOf } from './wasm/scalars.js'

const MAX_WINDOW = 16
const PAGE = 1 << 16
const ALIGNMENT = 64
const PAIR_BYTES = 8
/** What the functions of the fields need: see `quadraticField`, and one element more for `toWords`. */
const SCRATCH_BYTES = 8 * ELEMENT_BYTES

/** @param counts how many multiplications are to come, from which the sizes of the tables are chosen */
export async function fixedBaseMemory(
  counts: Record<GroupName, number>,
  threadCount: number,
): Promise<FixedBaseMemory> {
  const code = new WasmModule()
  const field = primeField(code, 'fq', BASE_FIELD_ORDER)
  const curves = {
    g1: curve(code, 'g1', field),
    g2: curve(code, 'g2', quadraticField(code, 'f2', field)),
  }
  let top = ALIGNMENT
  const alloc = (bytes: number): number => {
    const at = top
    top += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT
    return at
  }
  const groupOf = (name: GroupName): GroupTable => {
    const bits = windowBitsFor(counts[name])
    const [windows, digits, pointBytes] = [windowsOf(bits), digitsOf(bits), curves[name].size]
    return { table: alloc(windows * digits * pointBytes), pointBytes, bits, windows, digits }
  }
  const groups = { g1: groupOf('g1'), g2: groupOf('g2') }
  const [infinity, toWordsFactor] = [alloc(curves.g2.size), alloc(ELEMENT_BYTES)]
  const threads = Array.from({ length: threadCount }, () => ({
    scratch: alloc(SCRATCH_BYTES),
    pairs: alloc(PAIR_BYTES * BATCH),
    sums: alloc(BATCH * curves.g2.size),
    otherSums: alloc(BATCH * curves.g2.size),
    addition: alloc(curves.g2.pairsScratch(BATCH)),
  }))
  const pages = Math.ceil(top / PAGE)
  const limits = { initial: pages, maximum: pages, shared: true }
  const memory = new WebAssembly.Memory(limits)
  const module = await WebAssembly.compile(code.encode(limits))
  const words = new Uint32Array(memory.buffer)
  words[infinity / 4] = INFINITY_WORD
  writeLimbs(words, toWordsFactor, (1n << BigInt(8 * WORD_BYTES)) % BASE_FIELD_ORDER)
  const { G1, G2 } = await curveEngine()
  const generators = { g1: G1.toObject(G1.g).slice(0, 2), g2: G2.toObject(G2.g).slice(0, 2).flat() }
  for (const name of ['g1', 'g2'] as const) {
    for (const [i, coordinate] of (generators[name] as bigint[]).entries()) {
      writeLimbs(words, groups[name].table + i * ELEMENT_BYTES, toMontgomery(coordinate, BASE_FIELD_ORDER))
    }
  }
  return { memory, module, groups, infinity, toWordsFactor, threads }
}

/** The window for which a table and `count` multiplications cost the fewest additions. */
export function windowBitsFor(count: number): number {
  let best = 2
  for (let bits = 3; bits <= MAX_WINDOW; bits++) if (cost(bits, count) < cost(best, count)) best = bits
  return best
}

function cost(bits: number, count: number): number {
  return windowsOf(bits) * (digitsOf(bits) + count)
}

/** Digits are from −digits + 1 to digits. */
function digitsOf(bits: number): number {
  return 2 ** (bits - 1)
}
