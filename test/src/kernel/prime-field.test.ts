import { describe, expect, test } from 'vitest'
import { limbsOf, toMontgomery, writeLimbs } from '../../../src/kernel/index.js'
import { lazyLimit } from '../../helpers/bounds/prove.js'
import { elements, Kernel, mod, P, power, R } from '../../helpers/kernel.js'

const kernel = new Kernel()
const at = Array.from({ length: 6 }, () => kernel.allocate(256)) as [
  number,
  number,
  number,
  number,
  number,
  number,
]

for (const [name, p] of [
  ['fq', P],
  ['fr', R],
] as const) {
  const call = (suffix: string, ...addresses: number[]) => kernel.call[`${name}_${suffix}`]!(...addresses)
  const random = elements(Number(p % 1000n), p)
  const edges = [0n, 1n, 2n, p - 1n, p - 2n, (p - 1n) / 2n, (1n << 232n) - 1n, random(), random()]
  const inverse261 = power(1n << 261n, p - 2n, p)
  /** Every lazy form of an element: up to two times p more. */
  const forms = (x: bigint) => [x, x + p, x + 2n * p].filter((v) => v < lazyLimit(p))

  describe(`${name}: what comes out is what bigint arithmetic says (kernel.2)`, () => {
    test('of operands at the edges, in every lazy form, the result in the place of either or apart', () => {
      const operations: Record<string, (a: bigint, b: bigint) => bigint> = {
        add: (a, b) => a + b,
        sub: (a, b) => a - b,
        mul: (a, b) => a * b * inverse261,
      }
      for (const a of edges.flatMap(forms)) {
        for (const b of edges.flatMap(forms)) {
          for (const [suffix, of] of Object.entries(operations)) {
            for (const out of [at[0], at[1], at[2]]) {
              writeLimbs(kernel.memory, at[0], a)
              writeLimbs(kernel.memory, at[1], b)
              call(suffix, at[0], at[1], out)
              const result = kernel.lazy(out)
              if (mod(result, p) !== mod(of(a, b), p)) expect.unreachable(`${suffix} of ${a} and ${b}`)
            }
          }
        }
      }
    })

    test('zero is zero in every form that limbs can look like, and nothing else is', () => {
      // Limbs are only compared with those of 0, p and 2·p; any other number will do for all others.
      const zeros = [0n, p, 2n * p].map((v) => limbsOf(v).map(Number))
      const choices = Array.from({ length: 9 }, (_, i) => [...new Set(zeros.map((zero) => zero[i]!)), 12345])
      let [found, tried] = [0, 0]
      const go = (i: number) => {
        if (i === 9) {
          tried++
          found += call('isZero', at[0])
          return
        }
        for (const choice of choices[i]!) {
          kernel.memory[at[0] / 4 + i] = choice
          go(i + 1)
        }
      }
      go(0)
      for (const zero of zeros) {
        kernel.memory.set(zero, at[0] / 4)
        expect(call('isZero', at[0])).toBe(1)
      }
      expect(found).toBe(3)
      expect(tried).toBe(4 ** 9)
    })

    test('the inverse, of zero as well', () => {
      for (const x of edges) {
        kernel.write(at[0], [x], p)
        call('inv', at[0], at[0], at[1])
        expect(kernel.read(at[0], 1, p)).toEqual([power(x, p - 2n, p)])
      }
    })

    test('words to limbs and back: shifts and ors of bits, so each bit decides for all', () => {
      const bytes = new Uint8Array(kernel.memory.buffer)
      const words = (v: bigint) =>
        Uint8Array.from({ length: 32 }, (_, i) => Number((v >> BigInt(8 * i)) & 255n))
      writeLimbs(kernel.memory, at[4], toMontgomery(1n, p))
      writeLimbs(kernel.memory, at[5], 1n)
      const values = [
        ...Array.from({ length: 254 }, (_, bit) => 1n << BigInt(bit)).filter((v) => v < p),
        ...edges,
      ]
      for (const value of values) {
        bytes.set(words(value), at[0])
        bytes.set(words(p - 1n - value), at[0] + 32)
        call('fromWords', at[0], at[1], 2, 0)
        expect(kernel.lazy(at[1])).toBe(value)
        expect(kernel.lazy(at[1] + 36)).toBe(p - 1n - value)
        // Times 2^261 over 2^261.
        call('toWords', at[1], at[0], 2, at[4])
        expect(bytes.slice(at[0], at[0] + 64)).toEqual(
          Uint8Array.from([...words(value), ...words(p - 1n - value)]),
        )
      }
      // 256 bits, above p: their Montgomery form, and out of it.
      writeLimbs(kernel.memory, at[4], mod(1n << 522n, p))
      for (const value of [
        ...Array.from({ length: 256 }, (_, bit) => 1n << BigInt(bit)),
        (1n << 256n) - 1n,
      ]) {
        bytes.set(words(value), at[0])
        call('fromWords', at[0], at[1], 1, at[4])
        expect(kernel.read(at[1], 1, p)).toEqual([mod(value, p)])
        call('toWords', at[1], at[0], 1, at[5])
        expect(bytes.slice(at[0], at[0] + 32)).toEqual(words(mod(value, p)))
      }
    })
  })
}

describe('f2: what comes out is what bigint arithmetic says (kernel.2)', () => {
  const random = elements(3, P)
  const edges = [0n, 1n, P - 1n, random()]
  const pairs = edges.flatMap((a) => edges.map((b) => [a, b] as const))
  type Pair = readonly [bigint, bigint]
  const times = ([a, b]: Pair, [c, d]: Pair): Pair => [mod(a * c - b * d, P), mod(a * d + b * c, P)]
  const plus = (a: Pair, b: Pair, sign = 1n): Pair => [mod(a[0] + sign * b[0], P), mod(a[1] + sign * b[1], P)]

  test('of pairs at the edges, results in the place of operands and apart', () => {
    const of: Record<string, (a: Pair, b: Pair, c: Pair, d: Pair) => Pair> = {
      add: (a, b) => plus(a, b),
      sub: (a, b) => plus(a, b, -1n),
      mul: times,
      neg: (a) => plus([0n, 0n], a, -1n),
      sqr: (a) => times(a, a),
      subMul: (a, b, c) => times(plus(a, b, -1n), c),
      addMul: (a, b, c) => times(plus(a, b), c),
      sqrSubSub: (a, b, c) => plus(plus(times(a, a), b, -1n), c, -1n),
      subMulSub: (a, b, c, d) => plus(times(plus(a, b, -1n), c), d, -1n),
      subMulAdd: (a, b, c, d) => plus(times(plus(a, b, -1n), c), d),
    }
    const operands: Record<string, number> = {
      neg: 1,
      sqr: 1,
      add: 2,
      sub: 2,
      mul: 2,
      subMulSub: 4,
      subMulAdd: 4,
    }
    for (const [i, a] of pairs.entries()) {
      for (const [j, b] of pairs.entries()) {
        if ((i + j) % 4 > 0) continue
        const values: Pair[] = [a, b, pairs[(i + 5 * j + 3) % 16]!, pairs[(7 * i + j + 1) % 16]!]
        for (const [suffix, expected] of Object.entries(of)) {
          const count = operands[suffix] ?? 3
          for (const out of at.slice(0, count + 1)) {
            for (const [k, value] of values.entries()) kernel.write(at[k]!, value)
            const result = out === at[count] ? at[5] : out
            kernel.call[`f2_${suffix}`]!(...at.slice(0, count), result)
            const [x, y] = expected(...(values as [Pair, Pair, Pair, Pair]))
            const [found, second] = kernel.read(result, 2)
            if (found !== x || second !== y) expect.unreachable(`${suffix} of ${values}, to ${out}`)
          }
        }
      }
    }
  })

  test('the inverse, and zero only where both coordinates are', () => {
    for (const pair of pairs) {
      kernel.write(at[0], pair)
      const zero = pair.every((x) => x === 0n)
      expect(kernel.call.f2_isZero!(at[0])).toBe(zero ? 1 : 0)
      kernel.call.f2_inv!(at[0], at[1], at[2])
      expect(times(kernel.read(at[1], 2) as unknown as Pair, pair)).toEqual([zero ? 0n : 1n, 0n])
    }
  })
})
