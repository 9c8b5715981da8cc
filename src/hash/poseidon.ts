import { ELEMENT_BYTES, FIELD_ORDER, readLittleEndian, toField } from '../field/index.js'
import {
  instantiate,
  type PoseidonConstants,
  poseidonFunctions,
  poseidonScratch,
  poseidonTable,
  primeField,
  WasmModule,
} from '../kernel/index.js'
import { bytesOfBase64 } from './base64.js'
import { POSEIDON_CONSTANTS } from './generated/poseidon-constants.js'

const MAX_ARITY = 16
const FULL_ROUNDS = 8
/** Elements that one call of the code takes: what does not fit goes in several. */
const CHUNK = 4096
const WORDS = 4
const PAGE_BYTES = 65_536
/** The constants of all widths take 22 pages. */
const PAGES = 32

/** Everything is made when the first hash asks for it: most of the command line hashes little or nothing. */
class Poseidon {
  private readonly memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES })
  private readonly hashes: (inputs: number, count: number, tag: number, table: number, out: number) => void
  private readonly words = new BigUint64Array(this.memory.buffer)
  private readonly bytes = new Uint8Array(this.memory.buffer)
  private readonly tables: number[] = []
  private free = ELEMENT_BYTES
  private readonly tag = this.allocate(ELEMENT_BYTES)
  private readonly inputs = this.allocate(CHUNK * ELEMENT_BYTES)
  private readonly out = this.allocate(CHUNK * ELEMENT_BYTES)

  constructor() {
    const module = new WasmModule()
    const { hash } = poseidonFunctions(module, 'poseidon', primeField(module, 'fr', FIELD_ORDER))
    const code = module.encode({ initial: PAGES, maximum: PAGES, shared: false }, [hash.name])
    // Without waiting: the code is small, and every hash would have to wait otherwise.
    const exports = instantiate(new WebAssembly.Module(code), this.memory)
    exports.setScratch!(this.allocate(poseidonScratch(MAX_ARITY + 1)))
    this.hashes = exports.poseidon_hash!
  }

  hash(inputs: readonly bigint[], tag: bigint): bigint {
    const table = this.tableOf(inputs.length)
    this.write(this.tag, tag)
    for (const [i, input] of inputs.entries()) this.write(this.inputs + i * ELEMENT_BYTES, input)
    this.hashes(this.inputs, 1, this.tag, table, this.out)
    return readLittleEndian(this.bytes, this.out)
  }

  hashMany(arity: number, inputs: Uint8Array, tag: bigint): Uint8Array {
    const table = this.tableOf(arity)
    const bytes = arity * ELEMENT_BYTES
    const count = inputs.length / bytes
    if (!Number.isInteger(count)) throw new RangeError(`lists of ${arity} elements have ${bytes} bytes each`)
    this.write(this.tag, tag)
    const hashes = new Uint8Array(count * ELEMENT_BYTES)
    const most = Math.floor(CHUNK / arity)
    for (let from = 0; from < count; from += most) {
      const some = Math.min(most, count - from)
      this.bytes.set(inputs.subarray(from * bytes, (from + some) * bytes), this.inputs)
      this.hashes(this.inputs, some, this.tag, table, this.out)
      hashes.set(this.bytes.subarray(this.out, this.out + some * ELEMENT_BYTES), from * ELEMENT_BYTES)
    }
    return hashes
  }

  private write(at: number, value: bigint): void {
    let rest = value < 0n || value >= FIELD_ORDER ? toField(value) : value
    for (let word = at / 8; word < at / 8 + WORDS; word++) {
      // A word keeps the lowest 64 bits of what is stored.
      this.words[word] = rest
      rest >>= 64n
    }
  }

  private allocate(bytes: number): number {
    const at = this.free
    this.free += Math.ceil(bytes / 8) * 8
    if (this.free > PAGES * PAGE_BYTES) throw new RangeError('the memory of the hash is full')
    return at
  }

  /** The address of a width's constants. */
  private tableOf(arity: number): number {
    if (!Number.isInteger(arity) || arity < 1 || arity > MAX_ARITY) {
      throw new RangeError(`Poseidon takes 1 to ${MAX_ARITY} inputs`)
    }
    this.tables[arity] ??= this.load(constantsOf(arity + 1))
    return this.tables[arity]
  }

  private load(constants: PoseidonConstants): number {
    const table = poseidonTable(constants, FIELD_ORDER, this.free)
    const at = this.allocate(table.length)
    this.bytes.set(table, at)
    return at
  }
}

/** The lists stand one after the other; how long they are follows from the width and their total length. */
export function constantsOf(width: number): PoseidonConstants {
  const bytes = bytesOfBase64(POSEIDON_CONSTANTS[width - 2]!)
  const values = Array.from({ length: bytes.length / ELEMENT_BYTES }, (_, i) =>
    readLittleEndian(bytes, i * ELEMENT_BYTES),
  )
  const partialRounds = (values.length - FULL_ROUNDS * width - 2 * width ** 2) / (2 * width)
  const take = (count: number) => values.splice(0, count)
  const rounds = (count: number, size: number) => Array.from({ length: count }, () => take(size))
  /** Files have matrices by columns: `new[i] = Σ_k matrix[k][i] · state[k]`. */
  const matrix = () => {
    const columns = rounds(width, width)
    return columns.map((_, i) => columns.map((column) => column[i]!))
  }
  return {
    width,
    first: take(width),
    fullBefore: rounds(FULL_ROUNDS / 2, width),
    partial: take(partialRounds),
    fullBehind: rounds(FULL_ROUNDS / 2 - 1, width),
    sparse: Array.from({ length: partialRounds }, () => ({ row: take(width), column: take(width - 1) })),
    mix: matrix(),
    mixBefore: matrix(),
  }
}

let engine: Poseidon | undefined

/**
 * Poseidon over BN254 with circomlib's constants: `inputs.length` is its arity, 1 to 16, and `tag` the
 * initial capacity element (`PoseidonEx(n, 1)` of circomlib with `initialState = tag`). A tree's node has
 * the tag 0.
 */
export function poseidon(inputs: readonly bigint[], tag: bigint = 0n): bigint {
  engine ??= new Poseidon()
  return engine.hash(inputs, tag)
}

/**
 * Many hashes of the same arity and tag. Inputs are integers of 32 bytes, the lowest byte first, list after
 * list; so are the hashes.
 *
 * @throws {RangeError} when the bytes are no whole number of lists.
 */
export function poseidonMany(arity: number, inputs: Uint8Array, tag: bigint = 0n): Uint8Array {
  engine ??= new Poseidon()
  return engine.hashMany(arity, inputs, tag)
}
