import type { WasmFunction, WasmModule } from './assembler.js'
import {
  accumulate,
  carry,
  carryAndStore,
  columnsOf,
  each,
  fold,
  load,
  montgomery,
  noParts,
  partsOf,
  settle,
  square,
  sumOfProducts,
} from './columns.js'
import { ELEMENT_BYTES, LIMB_BITS, LIMB_BYTES, LIMBS, limbsOf, toMontgomery } from './limbs.js'
import { type PrimeField, WORD_BYTES } from './prime-field.js'

/** Full rounds of Poseidon: half of them before the partial rounds, half behind. */
const FULL_ROUNDS = 8
/**
 * Partial rounds that are computed before the state but for its first element is brought up to them: what a
 * round costs grows by them, and what the state costs is shared by them.
 */
const BLOCK = 4
/** Limbs of the low part that have a partner in the high one. */
const FOLDS = LIMBS - Math.ceil(LIMBS / 2)
/** Bytes of a factor: limbs with signs, then the sums of low and high ones. */
export const FACTOR_BYTES = LIMB_BYTES * (LIMBS + FOLDS)

/** Constants of one width, as rows of integers. */
export interface PoseidonConstants {
  /** Elements of the state, the capacity element among them. */
  readonly width: number
  /** What is added to the whole state at first, and behind each S-box: to all of it in full rounds. */
  readonly first: readonly bigint[]
  readonly fullBefore: readonly (readonly bigint[])[]
  readonly partial: readonly bigint[]
  /** Of full rounds but the last one, which adds nothing. */
  readonly fullBehind: readonly (readonly bigint[])[]
  /** Rows of the matrix of all full rounds, and of that before the partial rounds. */
  readonly mix: readonly (readonly bigint[])[]
  readonly mixBefore: readonly (readonly bigint[])[]
  /**
   * Of each partial round: the row that makes the first element of the state, and what the first element,
   * before it, adds to each of the others.
   */
  readonly sparse: readonly { readonly row: readonly bigint[]; readonly column: readonly bigint[] }[]
}

export interface PoseidonFunctions {
  /**
   * (inputs, count, tag, table, out): hashes of `count` lists of width − 1 integers of 32 bytes, list after
   * list, each to 32 bytes; `tag`, 32 bytes too, is the capacity element of all. The table is that of the
   * width: see `poseidonTable`. Integers need not be below p. Scratch memory: see `poseidonScratch`.
   */
  readonly hash: WasmFunction
  /** (a, b, c, out): a·b + c, with c canonical. */
  readonly mulPlus: WasmFunction
  /** (a, c, out): a⁵ + c, with c canonical. */
  readonly fifthPlus: WasmFunction
  /** (a, factors, count, out): Σ a[i]·factor[i] */
  readonly dot: WasmFunction
  /** (a, factors, count, c, out): Σ a[i]·factor[i] + c */
  readonly dotPlus: WasmFunction
}

/** Bytes of scratch memory that hashes with this width or a smaller one need. */
export function poseidonScratch(width: number): number {
  return ELEMENT_BYTES * (1 + BLOCK + 2 * width)
}

/** What a table starts with: numbers, the addresses of its other parts, and two elements. */
const TABLE = { width: 0, partialRounds: 4, mix: 8, mixBefore: 12, rounds: 16, factor: 20, one: 56 }
const TABLE_HEAD_BYTES = TABLE.one + ELEMENT_BYTES

/**
 * The functions of Poseidon's permutation x⁵ over a prime field, named after `name`. No value is brought into
 * range by itself: what a product adds, and the canonical constant behind it, stay below 3·p together.
 *
 * Constants and matrices are those of the optimized permutation, where a partial round's matrix is sparse:
 * L. Grassi and others, Poseidon: a new hash function for zero-knowledge proof systems (2021), appendix B.
 */
export function poseidonFunctions(m: WasmModule, name: string, F: PrimeField): PoseidonFunctions {
  const { modulus } = F
  const define = (suffix: string, parameters: number, body: (f: WasmFunction) => void) =>
    m.define(`${name}_${suffix}`, new Array(parameters).fill('i32'), undefined, body)

  const mulPlus = define('mulPlus', 4, (f) => {
    const products = [{ a: load(f, 0), b: load(f, 1), op: 'i64.add' as const }]
    const columns = montgomery(f, sumOfProducts(f, products), modulus)
    accumulate(f, columns, 2, 'i64.add')
    carryAndStore(f, columns, 3)
  })
  const fifthPlus = define('fifthPlus', 3, (f) => {
    const a = load(f, 0)
    let power = a
    for (let times = 0; times < 2; times++) {
      power = montgomery(f, square(f, power), modulus)
      carry(f, power)
    }
    const columns = montgomery(f, sumOfProducts(f, [{ a: power, b: a, op: 'i64.add' }]), modulus)
    accumulate(f, columns, 1, 'i64.add')
    carryAndStore(f, columns, 2)
  })
  const dotColumns = (f: WasmFunction) => {
    const [a, factors, count] = [0, 1, 2]
    const sum = noParts(f)
    const factor = (k: number) => {
      const word = (i: number) => f.get(factors).load32s(FACTOR_BYTES * k + LIMB_BYTES * i)
      const limbs = each(f, LIMBS, word)
      return { limbs, folded: [...each(f, FOLDS, (i) => word(LIMBS + i)), limbs[FOLDS]!] }
    }
    const addProducts = (many: number) => {
      const products = Array.from({ length: many }, (_, k) => ({
        a: fold(f, load(f, a, ELEMENT_BYTES * k)),
        b: factor(k),
        op: 'i64.add' as const,
      }))
      partsOf(f, products, sum)
      step(f, a, many * ELEMENT_BYTES)
      step(f, factors, many * FACTOR_BYTES)
    }
    // Two at a time: half as often, the sum has to be fetched and put away.
    f.get(count)
      .i32(1)
      .op('i32.and')
      .if(() => addProducts(1))
    f.get(count)
      .i32(1)
      .op('i32.shr_u')
      .tee(count)
      .if(() => {
        f.loop(() => {
          addProducts(2)
          f.get(count).i32(1).op('i32.sub').tee(count).brIf(0)
        })
      })
    return montgomery(f, columnsOf(f, sum), modulus)
  }
  const dot = define('dot', 4, (f) => carryAndStore(f, dotColumns(f), 3))
  const dotPlus = define('dotPlus', 5, (f) => {
    const columns = dotColumns(f)
    accumulate(f, columns, 3, 'i64.add')
    settle(f, columns, modulus, 4)
  })

  /** (from, to, width, constants, matrix, rows): a full round; `from` is lost. */
  const fullRound = define('fullRound', 6, (f) => {
    const [from, to, width, constants, matrix, rows] = [0, 1, 2, 3, 4, 5]
    const [at, count] = [f.local('i32'), f.local('i32')]
    f.get(from).set(at).get(width).set(count)
    f.loop(() => {
      f.get(at).get(constants).get(at).call(fifthPlus)
      step(f, at, ELEMENT_BYTES)
      step(f, constants, ELEMENT_BYTES)
      f.get(count).i32(1).op('i32.sub').tee(count).brIf(0)
    })
    f.loop(() => {
      f.get(from).get(matrix).get(width).get(to).call(dot)
      step(f, to, ELEMENT_BYTES)
      f.get(matrix).get(width).i32(FACTOR_BYTES).op('i32.mul', 'i32.add').set(matrix)
      f.get(rows).i32(1).op('i32.sub').tee(rows).brIf(0)
    })
  })

  /**
   * (state, width, constants, rounds): partial rounds, `BLOCK` at most. Their first elements stand one before
   * the other in front of the state, so that each next one is a product of neighbours.
   */
  const partialRounds = define('partialRounds', 4, (f) => {
    const [state, width, constants, rounds] = [0, 1, 2, 3]
    const [first, length, count, at] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')]
    const nextFactors = (count: number) =>
      f.get(constants).get(count).i32(FACTOR_BYTES).op('i32.mul', 'i32.add').set(constants)
    f.get(state).set(first).get(width).set(length).get(rounds).set(count)
    f.loop(() => {
      f.get(first).get(constants).get(first).call(fifthPlus)
      step(f, constants, ELEMENT_BYTES)
      f.get(first).get(constants).get(length).get(first).i32(ELEMENT_BYTES).op('i32.sub').call(dot)
      nextFactors(length)
      step(f, first, -ELEMENT_BYTES)
      step(f, length, 1)
      f.get(count).i32(1).op('i32.sub').tee(count).brIf(0)
    })
    f.get(state).set(at).get(width).i32(1).op('i32.sub').set(count)
    f.loop(() => {
      step(f, at, ELEMENT_BYTES)
      f.get(first).i32(ELEMENT_BYTES).op('i32.add').get(constants).get(rounds).get(at).get(at).call(dotPlus)
      nextFactors(rounds)
      f.get(count).i32(1).op('i32.sub').tee(count).brIf(0)
    })
    f.get(first).get(state).call(F.copy)
  })

  const hash = define('hash', 5, (f) => {
    const [inputs, count, tag, table, out] = [0, 1, 2, 3, 4]
    const [state, spare, width, constants, left, at, rounds] = Array.from({ length: 7 }, () =>
      f.local('i32'),
    ) as [number, number, number, number, number, number, number]
    const inTable = (offset: number) => f.get(table).i32load(offset)
    const nextConstants = () => {
      f.get(constants).get(width).i32(ELEMENT_BYTES).op('i32.mul', 'i32.add').set(constants)
    }
    const full = (from: number, to: number, matrix: number, rows?: number) => {
      f.get(from).get(to).get(width).get(constants)
      inTable(matrix)
      if (rows === undefined) f.get(width)
      else f.i32(rows)
      f.call(fullRound)
      nextConstants()
    }
    inTable(TABLE.width).set(width)
    f.scratch()
      .i32(ELEMENT_BYTES * (1 + BLOCK))
      .op('i32.add')
      .set(state)
    f.get(state).get(width).i32(ELEMENT_BYTES).op('i32.mul', 'i32.add').set(spare)
    f.loop(() => {
      inTable(TABLE.rounds).set(constants)
      f.get(tag).get(state).i32(1).i32(0).call(F.fromWords)
      f.get(inputs).get(state).i32(ELEMENT_BYTES).op('i32.add')
      f.get(width).i32(1).op('i32.sub').i32(0).call(F.fromWords)
      f.get(state).set(at).get(width).set(left)
      f.loop(() => {
        f.get(at).get(table).i32(TABLE.factor).op('i32.add').get(constants).get(at).call(mulPlus)
        step(f, at, ELEMENT_BYTES)
        step(f, constants, ELEMENT_BYTES)
        f.get(left).i32(1).op('i32.sub').tee(left).brIf(0)
      })
      for (let round = 1; round <= FULL_ROUNDS / 2; round++) {
        const [from, to] = round % 2 === 1 ? [state, spare] : [spare, state]
        full(from, to, round === FULL_ROUNDS / 2 ? TABLE.mixBefore : TABLE.mix)
      }
      inTable(TABLE.partialRounds).set(left)
      f.loop(() => {
        f.i32(BLOCK).set(rounds)
        f.get(left)
          .i32(BLOCK)
          .op('i32.lt_u')
          .if(() => f.get(left).set(rounds))
        f.get(state).get(width).get(constants).get(rounds).call(partialRounds)
        blockBytes(f, { width, rounds }).get(constants).op('i32.add').set(constants)
        f.get(left).get(rounds).op('i32.sub').tee(left).brIf(0)
      })
      for (let round = 1; round < FULL_ROUNDS / 2; round++) {
        const [from, to] = round % 2 === 1 ? [state, spare] : [spare, state]
        full(from, to, TABLE.mix)
      }
      // Of the last round's state, only the first element is the hash.
      full(spare, state, TABLE.mix, 1)
      f.get(state).get(out).i32(1).get(table).i32(TABLE.one).op('i32.add').call(F.toWords)
      f.get(inputs).get(width).i32(1).op('i32.sub').i32(WORD_BYTES).op('i32.mul', 'i32.add').set(inputs)
      step(f, out, WORD_BYTES)
      f.get(count).i32(1).op('i32.sub').tee(count).brIf(0)
    })
  })

  return { hash, mulPlus, fifthPlus, dot, dotPlus }
}

/** Pushes the bytes of a block's constants: see `blocksOf`. */
function blockBytes(f: WasmFunction, { width, rounds }: { width: number; rounds: number }): WasmFunction {
  // Rows of width, width + 1, … factors, then width − 1 columns of as many as there are rounds.
  f.get(rounds).i32(ELEMENT_BYTES).op('i32.mul')
  f.get(rounds).get(width).i32(2).op('i32.mul').get(rounds).op('i32.add').i32(1).op('i32.sub', 'i32.mul')
  f.i32(1).op('i32.shr_u')
  f.get(width).i32(1).op('i32.sub').get(rounds).op('i32.mul', 'i32.add')
  return f.i32(FACTOR_BYTES).op('i32.mul', 'i32.add')
}

function step(f: WasmFunction, pointer: number, bytes: number): void {
  f.get(pointer).i32(bytes).op('i32.add').set(pointer)
}

/** Constants of a few partial rounds in a row. */
interface Block {
  readonly constants: readonly bigint[]
  /** Per round, the factors of all first elements so far, the last first, and of the rest. */
  readonly rows: readonly (readonly bigint[])[]
  /** Per element of the rest, what all first elements add to it, the last first. */
  readonly columns: readonly (readonly bigint[])[]
}

/**
 * Partial rounds in blocks. The rest of the state changes by multiples of first elements alone, so a first
 * element is a sum over the rest as it was before the block, and over the first elements since.
 */
export function blocksOf({ width, partial, sparse }: PoseidonConstants, p: bigint): Block[] {
  const blocks: Block[] = []
  for (let from = 0; from < sparse.length; from += BLOCK) {
    const rounds = sparse.slice(from, from + BLOCK)
    const rows = rounds.map(({ row }, r) => [
      row[0]!,
      ...rounds
        .slice(0, r)
        .reverse()
        .map(({ column }) => column.reduce((sum, c, k) => (sum + c * row[k + 1]!) % p, 0n)),
      ...row.slice(1),
    ])
    const columns = Array.from({ length: width - 1 }, (_, k) =>
      rounds.map(({ column }) => column[k]!).reverse(),
    )
    blocks.push({ constants: partial.slice(from, from + BLOCK), rows, columns })
  }
  return blocks
}

/**
 * The bytes of a width's constants as `hash` reads them at address `at`, a multiple of four, in Montgomery
 * form.
 */
export function poseidonTable(constants: PoseidonConstants, p: bigint, at: number): Uint8Array {
  const { width, first, fullBefore, fullBehind, mix, mixBefore } = constants
  const words: number[] = []
  const address = () => at + TABLE_HEAD_BYTES + LIMB_BYTES * words.length
  const element = (value: bigint) => words.push(...limbsOf(value).map(Number))
  const elements = (values: readonly bigint[]) => {
    for (const value of values) element(toMontgomery(value, p))
  }
  const factors = (rows: readonly (readonly bigint[])[]) => {
    for (const row of rows) for (const value of row) words.push(...factorOf(toMontgomery(value, p)))
  }
  const mixAt = address()
  factors(mix)
  const mixBeforeAt = address()
  factors(mixBefore)
  const roundsAt = address()
  for (const round of [first, ...fullBefore]) elements(round)
  for (const block of blocksOf(constants, p)) {
    for (const [r, row] of block.rows.entries()) {
      elements([block.constants[r]!])
      factors([row])
    }
    factors(block.columns)
  }
  for (const round of [...fullBehind, new Array<bigint>(width).fill(0n)]) elements(round)
  const head = [width, constants.sparse.length, mixAt, mixBeforeAt, roundsAt]
  const body = words.splice(0)
  element(toMontgomery(toMontgomery(1n, p), p))
  element(1n)
  return new Uint8Array(Int32Array.from([...head, ...words, ...body]).buffer)
}

/**
 * A factor's limbs with signs, in [−2^28, 2^28) but for the highest, then the sums of low and high ones: of
 * both signs, products of many factors stay in the range of a column.
 */
export function factorOf(value: bigint): number[] {
  const limbs: number[] = []
  let rest = value
  for (let i = 0; i < LIMBS - 1; i++) {
    const limb = BigInt.asIntN(LIMB_BITS, rest)
    limbs.push(Number(limb))
    rest = (rest - limb) >> BigInt(LIMB_BITS)
  }
  limbs.push(Number(rest))
  const low = LIMBS - FOLDS
  return [...limbs, ...Array.from({ length: FOLDS }, (_, i) => limbs[i]! + limbs[low + i]!)]
}
