import { bytesOfBase64 } from './base64.js'
import { POSEIDON_CONSTANTS } from './generated/poseidon-constants.js'
import { MontgomeryField } from './montgomery.js'

const MAX_ARITY = 16
const FULL_ROUNDS = 8

/** One width's constants, as addresses, and its number of partial rounds. */
interface Constants {
  /** To be added: to the whole state before and in full rounds, to its first element in partial ones. */
  added: number
  /**
   * Of each partial round: the row that makes the new first element, then what the old one adds to the
   * others.
   */
  sparse: number
  /** Dense matrices: of a full round; of the last full round before the partial rounds. */
  mix: number
  mixBefore: number
  partialRounds: number
}

/** Everything is made when the first hash asks for it: most of the command line hashes little or nothing. */
class Poseidon {
  private readonly field = new MontgomeryField()
  private readonly constants: Constants[] = []
  private readonly scratch = this.field.allocate(1)
  private readonly sum = this.field.allocate(1)
  private state = this.field.allocate(MAX_ARITY + 1)
  private spare = this.field.allocate(MAX_ARITY + 1)

  hash(inputs: readonly bigint[], capacity: bigint): bigint {
    const width = inputs.length + 1
    if (width < 2 || width > MAX_ARITY + 1) throw new RangeError(`Poseidon takes 1 to ${MAX_ARITY} inputs`)
    const { field } = this
    const { stride } = field
    const { added, sparse, mix, mixBefore, partialRounds } = this.constantsOf(width)
    field.write(this.state, capacity)
    for (const [i, input] of inputs.entries()) field.write(this.state + (i + 1) * stride, input)

    let next = this.addAll(width, added)
    for (let round = 1; round <= FULL_ROUNDS / 2; round++) {
      this.raiseAll(width)
      next = this.addAll(width, next)
      this.multiply(width, round === FULL_ROUNDS / 2 ? mixBefore : mix)
    }
    for (let round = 0; round < partialRounds; round++) {
      this.raise(this.state)
      field.add(this.state, next, this.state)
      next += stride
      this.multiplySparse(width, sparse + round * (2 * width - 1) * stride)
    }
    for (let round = 1; round <= FULL_ROUNDS / 2; round++) {
      this.raiseAll(width)
      if (round < FULL_ROUNDS / 2) next = this.addAll(width, next)
      this.multiply(width, mix)
    }
    return field.take(this.state)
  }

  private raise(at: number): void {
    this.field.square(at, this.scratch)
    this.field.square(this.scratch, this.scratch)
    this.field.mul(at, this.scratch, at)
  }

  private raiseAll(width: number): void {
    for (let i = 0; i < width; i++) this.raise(this.state + i * this.field.stride)
  }

  /** Adds constants to the whole state; where the next ones are. */
  private addAll(width: number, constants: number): number {
    const { field, state } = this
    const bytes = width * field.stride
    for (let at = 0; at < bytes; at += field.stride) field.add(state + at, constants + at, state + at)
    return constants + bytes
  }

  /** `new[i] = Σ_k matrix[k][i] · state[k]` */
  private multiply(width: number, matrix: number): void {
    const { field, scratch, state, spare } = this
    const { stride } = field
    for (let i = 0; i < width; i++) {
      const to = spare + i * stride
      field.mul(state, matrix + i * stride, to)
      for (let k = 1; k < width; k++) {
        field.mul(state + k * stride, matrix + (k * width + i) * stride, scratch)
        field.add(to, scratch, to)
      }
    }
    ;[this.state, this.spare] = [spare, state]
  }

  /** `new[0] = Σ_k row[k] · state[k]`, and `new[k] = state[k] + column[k] · state[0]` for every other one. */
  private multiplySparse(width: number, row: number): void {
    const { field, scratch, state, sum } = this
    const { stride } = field
    const column = row + (width - 1) * stride
    field.mul(state, row, sum)
    for (let k = 1; k < width; k++) {
      const at = state + k * stride
      field.mul(at, row + k * stride, scratch)
      field.add(sum, scratch, sum)
      field.mul(state, column + k * stride, scratch)
      field.add(at, scratch, at)
    }
    field.copy(sum, state)
  }

  private constantsOf(width: number): Constants {
    const index = width - 2
    this.constants[index] ??= this.load(width, POSEIDON_CONSTANTS[index]!)
    return this.constants[index]
  }

  /**
   * The lists stand one after the other; how long they are follows from the width and from how many elements
   * there are.
   */
  private load(width: number, base64: string): Constants {
    const { field } = this
    const { stride } = field
    const bytes = bytesOfBase64(base64)
    const partialRounds = (bytes.length / stride - FULL_ROUNDS * width - 2 * width ** 2) / (2 * width)
    const added = field.load(bytes)
    const sparse = added + (FULL_ROUNDS * width + partialRounds) * stride
    const mix = sparse + partialRounds * (2 * width - 1) * stride
    return { added, sparse, mix, mixBefore: mix + width ** 2 * stride, partialRounds }
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
