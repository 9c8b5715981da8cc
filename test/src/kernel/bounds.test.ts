import { describe, expect, test } from 'vitest'
import type { Instruction } from '../../../src/kernel/assembler.js'
import {
  curve,
  type Field,
  NEGATED,
  type PrimeField,
  primeField,
  quadraticField,
  type WasmFunction,
  WasmModule,
} from '../../../src/kernel/index.js'
import { BoundsError } from '../../helpers/bounds/interpreter.js'
import type { Polynomial } from '../../helpers/bounds/polynomial.js'
import { lazyLimit, MONTGOMERY, type Operand, prove, type Result } from '../../helpers/bounds/prove.js'
import { type Contract, trace } from '../../helpers/bounds/trace.js'
import { P, R } from '../../helpers/kernel.js'

/** What one function is proven to do. */
interface Proof {
  readonly f: WasmFunction
  readonly operands: readonly Operand[]
  readonly results: readonly Result[]
  /** What the documentation says of the result, in thousandths of p. */
  readonly thousandths: readonly number[]
}

/** All functions of a prime field that have no calls and no loops. */
function proofsOf(F: PrimeField): Record<string, Proof> {
  const { p } = F.modulus
  const lazy = lazyLimit(p)
  const whole = (x: Polynomial) => x.scale(MONTGOMERY)
  /** A function of `count` lazy elements whose result goes to the parameter after them. */
  const of = (f: WasmFunction, thousandths: number, is: Result['is'], count: number): Proof => ({
    f,
    operands: Array.from({ length: count }, (_, parameter) => ({ parameter, element: 0, below: lazy })),
    results: [{ parameter: count, below: lazy, is }],
    thousandths: [thousandths],
  })
  const butterfly = of(F.dif, 0, (a) => a!, 3)
  return {
    add: of(F.add, 1001, (a, b) => whole(a!.plus(b!)), 2),
    sub: of(F.sub, 1001, (a, b) => whole(a!.minus(b!)), 2),
    neg: of(F.neg, 1001, (a) => whole(a!).scale(-1n), 1),
    mul: of(F.mul, 1560, (a, b) => a!.times(b!), 2),
    sqr: of(F.sqr, 1560, (a) => a!.times(a!), 1),
    addMul: of(F.addMul, 1610, (a, b, c) => a!.plus(b!).times(c!), 3),
    subMul: of(F.subMul, 2560, (a, b, c) => a!.minus(b!).times(c!), 3),
    subMulSub: of(F.subMulSub, 1001, (a, b, c, d) => a!.minus(b!).times(c!).minus(whole(d!)), 4),
    subMulAdd: of(F.subMulAdd, 1001, (a, b, c, d) => a!.minus(b!).times(c!).plus(whole(d!)), 4),
    sqrSubSub: of(F.sqrSubSub, 1001, (a, b, c) => a!.times(a!).minus(whole(b!.plus(c!))), 3),
    copy: of(F.copy, 3000, (a) => whole(a!), 1),
    reduce: { ...of(F.reduce, 1000, (a) => whole(a!), 1), results: [{ parameter: 1, below: p, is: whole }] },
    dif: {
      ...butterfly,
      results: [
        { parameter: 0, below: lazy, is: (a, b) => whole(a!.plus(b!)) },
        { parameter: 1, below: lazy, is: (a, b, w) => b!.minus(a!).times(w!) },
      ],
      thousandths: [1001, 2560],
    },
    dit: {
      ...butterfly,
      f: F.dit,
      results: [
        { parameter: 0, below: lazy, is: (a, b, w) => whole(a!).plus(b!.times(w!)) },
        { parameter: 1, below: lazy, is: (a, b, w) => whole(a!).minus(b!.times(w!)) },
      ],
      thousandths: [1001, 1001],
    },
  }
}

function proofsOfPairs(F: PrimeField, m: WasmModule): Record<string, Proof> {
  const lazy = lazyLimit(F.modulus.p)
  const operands = [0, 1, 2, 3].map((parameter) => ({ parameter, element: 0, below: lazy }))
  const named = (suffix: string) => m.functions.find(({ name }) => name === `f2_${suffix}`)!
  return {
    differenceOfProducts: {
      f: named('differenceOfProducts'),
      operands,
      results: [{ parameter: 4, below: lazy, is: (a, b, c, d) => a!.times(b!).minus(c!.times(d!)) }],
      thousandths: [2560],
    },
    sumOfProducts: {
      f: named('sumOfProducts'),
      operands,
      results: [{ parameter: 4, below: lazy, is: (a, b, c, d) => a!.times(b!).plus(c!.times(d!)) }],
      thousandths: [1610],
    },
  }
}

function assertProven({ f, operands, results, thousandths }: Proof, p: bigint): void {
  const found = prove(f, p, operands, results)
  for (const [i, { high }] of found.entries()) {
    if (high * 1000n > BigInt(thousandths[i]!) * p) throw new BoundsError(`above ${thousandths[i]}/1000 p`)
  }
}

const m = new WasmModule()
const fq = primeField(m, 'fq', P)
const fr = primeField(m, 'fr', R)
const f2 = quadraticField(m, 'f2', fq)
const g1 = curve(m, 'g1', fq)
const g2 = curve(m, 'g2', f2)

describe('no limb, column, carry or value leaves its range, for any lazy operand (kernel.1)', () => {
  for (const [name, F] of [
    ['fq', fq],
    ['fr', fr],
  ] as const) {
    for (const [suffix, proof] of Object.entries(proofsOf(F))) {
      test(`${name}: ${suffix}, and its value is the right one (kernel.2)`, () => {
        assertProven(proof, F.modulus.p)
      })
    }

    test(`${name}: a product of any 256 bits and a lazy element, as fromWords has it`, () => {
      const { mul } = proofsOf(F)
      const operands = [{ ...mul!.operands[0]!, below: 1n << 256n }, mul!.operands[1]!]
      expect(() => assertProven({ ...mul!, operands, thousandths: [1610] }, F.modulus.p)).not.toThrow()
    })
  }

  for (const [suffix, proof] of Object.entries(proofsOfPairs(fq, m))) {
    test(`f2: ${suffix}, and its value is the right one (kernel.2)`, () => assertProven(proof, P))
  }

  test('a value that is zero is 0, p or 2·p: no other multiple is lazy', () => {
    for (const p of [P, R]) expect(lazyLimit(p)).toBeLessThanOrEqual(3n * p)
  })
})

/** Functions of which it is proven, here or below, that they take and give lazy elements. */
const proven = new Map<WasmFunction, Contract>()
for (const { f, operands, results } of [
  ...[fq, fr].flatMap((F) => Object.values(proofsOf(F))),
  ...Object.values(proofsOfPairs(fq, m)),
]) {
  proven.set(f, {
    takes: operands.map(({ parameter }) => [parameter, 1]),
    gives: results.map(({ parameter }) => [parameter, 1]),
  })
}
for (const F of [fq, fr]) {
  proven.set(F.isZero, { takes: [[0, 1]], gives: [], decides: true })
  for (const f of [F.setZero, F.setOne]) proven.set(f, { takes: [], gives: [[0, 1]] })
}

/** What a field's functions promise by their signatures. */
function contractsOf(F: Field): Map<keyof Field & string, Contract> {
  const count = F.size / fq.size
  const element = (parameter: number) => [parameter, count] as const
  const of = (operands: number): Contract => ({
    takes: Array.from({ length: operands }, (_, i) => element(i)),
    gives: [element(operands)],
  })
  return new Map<keyof Field & string, Contract>([
    ...(['setZero', 'setOne'] as const).map((name) => [name, of(0)] as const),
    ...(['neg', 'sqr', 'copy', 'inv'] as const).map((name) => [name, of(1)] as const),
    ...(['add', 'sub', 'mul'] as const).map((name) => [name, of(2)] as const),
    ...(['subMul', 'addMul', 'sqrSubSub'] as const).map((name) => [name, of(3)] as const),
    ...(['subMulSub', 'subMulAdd'] as const).map((name) => [name, of(4)] as const),
    ['isZero', { takes: [element(0)], gives: [], decides: true }],
  ])
}

const SCRATCH = 1 << 20
const WORK = 1 << 16
/** The addresses of `bytes` as prime field elements. */
const elementsAt = (at: number, bytes: number) =>
  Array.from({ length: bytes / fq.size }, (_, i) => at + i * fq.size)

describe('what is made of calls hands lazy elements to all of them, on every path (kernel.1)', () => {
  for (const [name, F] of Object.entries<Field>({ fq, fr, f2 })) {
    test(`${name}: operands and results may share addresses in every way`, () => {
      for (const [key, contract] of contractsOf(F)) {
        const f = F[key] as WasmFunction
        if (proven.has(f)) continue
        const operands = contract.takes.length
        for (const places of partitions(operands + contract.gives.length)) {
          const addresses = places.map((place) => (place + 1) * 1024)
          const lazy = addresses.slice(0, operands).flatMap((at) => elementsAt(at, F.size))
          const ends = trace(f, [...addresses, WORK], SCRATCH, proven, { lazy })
          for (const at of contract.gives.length > 0 ? elementsAt(addresses.at(-1)!, F.size) : []) {
            for (const end of ends) expect(end.lazy.has(at), `${name}_${key}`).toBe(true)
          }
        }
        proven.set(f, contract)
      }
    })
  }

  for (const [name, C, F] of [
    ['g1', g1, fq],
    ['g2', g2, f2],
  ] as const) {
    const coordinates = F.size / fq.size

    test(`${name}: double, add and addMixed, in place and apart`, () => {
      const [A, B] = [1024, 4096]
      const lazy = [A, B].flatMap((at) => elementsAt(at, C.jacobianSize))
      const paths = (f: WasmFunction, parameters: number[], out: number) => {
        const ends = trace(f, parameters, SCRATCH, proven, { lazy })
        for (const end of ends) {
          for (const at of elementsAt(out, C.jacobianSize)) expect(end.lazy.has(at)).toBe(true)
        }
        return ends.length
      }
      for (const out of [A, B]) expect(paths(C.double, [A, out, WORK], out)).toBe(1)
      // One of them infinite, equal, opposite, or none of it.
      expect(paths(C.add, [A, B, WORK], A)).toBe(5)
      for (const negated of [0, NEGATED]) expect(paths(C.addMixed, [A, B, negated, WORK], A)).toBe(4)
      const jacobian = (parameter: number) => [parameter, 3 * coordinates] as const
      proven.set(C.add, { takes: [jacobian(0), jacobian(1)], gives: [jacobian(0)] })
      proven.set(C.addMixed, { takes: [jacobian(0), [1, 2 * coordinates]], gives: [jacobian(0)] })
    })

    test(`${name}: sumBuckets, of buckets of every kind`, () => {
      const [list, out] = [512, 1024]
      const [finite, infinite] = [8192, 12288]
      const kinds = [0, finite, finite | NEGATED, infinite]
      for (const [a, b] of kinds.flatMap((x) => kinds.map((y) => [x, y] as const))) {
        const ends = trace(C.sumBuckets, [list, 2, out, WORK], SCRATCH, proven, {
          lazy: elementsAt(finite, C.size),
          infinite: [infinite],
          words: [
            [list, a],
            [list + 4, b],
          ],
        })
        for (const end of ends) {
          for (const at of elementsAt(out, C.jacobianSize)) expect(end.lazy.has(at)).toBe(true)
        }
      }
    })

    test(`${name}: addPairs, of two pairs of every kind, and every way to be equal`, () => {
      const [pairs, out, infinite] = [512, 1024, 4096]
      const points = [8192, 9216, 10240, 11264]
      const kinds = (point: number) => [point, point | NEGATED, infinite]
      const pairsOf = (a: number, b: number) => kinds(a).flatMap((x) => kinds(b).map((y) => [x, y] as const))
      let paths = 0
      for (const first of pairsOf(points[0]!, points[1]!)) {
        for (const second of pairsOf(points[2]!, points[3]!)) {
          const ends = trace(C.addPairs, [pairs, 2, out, WORK], SCRATCH, proven, {
            lazy: points.flatMap((at) => elementsAt(at, C.size)),
            infinite: [infinite],
            words: [...first, ...second].map((word, i) => [pairs + 4 * i, word] as const),
          })
          paths += ends.length
          for (const end of ends) {
            for (const sum of [out, out + C.size]) {
              const whole = elementsAt(sum, C.size).every((at) => end.lazy.has(at))
              expect(end.infinite.has(sum) || whole).toBe(true)
            }
          }
        }
      }
      // Four signs and three ways to be equal or not, and five pairs with a point at infinity.
      expect(paths).toBe((4 * 3 + 5) ** 2)
    })
  }
})

describe('the proof fails for a generator with a fault (kernel.1)', () => {
  const proofs = { ...proofsOf(fq), ...proofsOfPairs(fq, m) }
  const refuses = (proof: Proof) => expect(() => assertProven(proof, P)).toThrow(BoundsError)
  /** A proof of the same, of a function with one instruction changed. */
  const changed = (proof: Proof, at: number, instruction: Instruction): Proof => {
    const { f } = proof
    const mutant = Object.create(f, { instructions: { value: f.instructions.with(at, instruction) } })
    return { ...proof, f: mutant }
  }

  test.each(Object.entries({ subMulSub: 5, sqr: 17, dit: 29, differenceOfProducts: 31 }))(
    '%s: any shift, mask, carry, limb of p, slack or sign that is another',
    (name, every) => {
      const proof = proofs[name]!
      const { instructions } = proof.f
      let mutants = 0
      for (const [at, instruction] of instructions.entries()) {
        const mutant = isAddedZero(instructions, at) ? undefined : mutantOf(instruction)
        if (mutant === undefined || mutants++ % every > 0) continue
        refuses(changed(proof, at, mutant))
      }
      expect(mutants / every).toBeGreaterThan(10)
    },
  )

  test('a carry that is dropped, wherever it is', () => {
    const proof = proofs.sub!
    const carries = proof.f.instructions.flatMap(([op], at) => (op === 'i64.shr_s' ? [at] : []))
    // The first two are those of the guess. What is shifted by 63 leaves its sign alone.
    expect(carries).toHaveLength(2 + 8)
    for (const at of carries.slice(2)) refuses(changed(proof, at - 1, ['i64.const', 63n]))
  })

  test('one p less under a difference', () => {
    const proof = proofs.subMul!
    const limbs = fq.modulus.limbs
    const adds = proof.f.instructions.flatMap(([op, value], at) =>
      op === 'i64.const' && value === limbs[8] && proof.f.instructions[at + 1]![0] === 'i64.add' ? [at] : [],
    )
    expect(adds).toHaveLength(1)
    refuses(changed(proof, adds[0]!, ['i64.const', 0n]))
  })

  test('a bound that is higher by one unit of the top limb', () => {
    const unit = 1n << 232n
    const { mul, subMul, reduce, differenceOfProducts } = proofs
    // What comes out above a bound that is one unit lower, and what goes in above the bound of a reduction.
    for (const proof of [mul!, subMul!, differenceOfProducts!]) {
      const [{ high }] = prove(proof.f, P, proof.operands, proof.results) as unknown as [{ high: bigint }]
      const below = (((high + 1n) >> 232n) + 1n) << 232n
      const results = [{ ...proof.results[0]!, below }]
      assertProven({ ...proof, results }, P)
      refuses({ ...proof, results: [{ ...results[0]!, below: below - unit }] })
    }
    const highest = ((3n * P) >> 232n) << 232n
    const of = (below: bigint) => ({ ...reduce!, operands: [{ ...reduce!.operands[0]!, below }] })
    assertProven(of(highest), P)
    refuses(of(highest + unit))
  })

  test('a limb that is not carried: operands of 30 bits', () => {
    const { differenceOfProducts } = proofs
    const operands = differenceOfProducts!.operands.map((operand) => ({ ...operand, bits: 30 }))
    refuses({ ...differenceOfProducts!, operands })
  })
})

/** Whether an instruction adds what is always zero: the highest column of a product is. */
function isAddedZero(instructions: readonly Instruction[], at: number): boolean {
  const [add, before] = [instructions[at]!, instructions[at - 1]]
  if (add[0] !== 'i64.add' || before?.[0] !== 'local.get') return false
  const set = instructions.findLastIndex(
    ([op, local], i) => i < at && op === 'local.set' && local === before[1],
  )
  const [op, value] = instructions[set - 1] ?? []
  return op === 'i64.const' && value === 0n
}

/** The instruction with the least change that counts, where there is one. */
function mutantOf(instruction: Instruction): Instruction | undefined {
  switch (instruction[0]) {
    case 'i64.add':
      return ['i64.sub']
    case 'i64.sub':
      return ['i64.add']
    case 'i64.const': {
      const [op, value] = instruction
      if (value === (1n << 29n) - 1n) return [op, value >> 1n]
      // Of the slack, what the columns below can carry; of the reciprocal, what makes the guess too high.
      if (value === 64n) return [op, 1n]
      if (value === (1n << 40n) / (fq.modulus.limbs[8]! + 1n)) return [op, value + (value >> 8n)]
      return [op, value + 1n]
    }
    default:
      return undefined
  }
}

/** All ways in which `count` things can be in the same places: lists of places. */
function partitions(count: number): number[][] {
  if (count === 0) return [[]]
  return partitions(count - 1).flatMap((before) =>
    Array.from({ length: Math.max(-1, ...before) + 2 }, (_, place) => [...before, place]),
  )
}
