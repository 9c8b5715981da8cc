import type { Curve } from 'ffjavascript'
import { beforeAll, describe, expect, test } from 'vitest'
import { FIELD_ORDER, invertField, powField, writeLittleEndian } from '../../../../src/field/index.js'
import { curveEngine } from '../../../../src/groth16/index.js'
import { proverCode } from '../../../../src/proving/wasm/code.js'
import { Engine } from '../../../../src/proving/wasm/engine.js'
import { planProof } from '../../../../src/proving/wasm/plan.js'
import { openProvingKey } from '../../../../src/proving/wasm/proving-key.js'
import { type Sums, sumUp } from '../../../../src/proving/wasm/sum-up.js'
import { perform } from '../../../../src/proving/wasm/tasks.js'
import {
  type Coefficient,
  type KeyParts,
  keyBytes,
  memorySource,
  type Query,
} from '../../../helpers/proving-key.js'
import { uniform } from '../../../helpers/random.js'

let module: WebAssembly.Module
beforeAll(async () => {
  module = await WebAssembly.compile(
    proverCode().module.encode({ initial: 1, maximum: 2 ** 16, shared: false }),
  )
})

/** The sums as the prover makes them, here. */
async function made(parts: KeyParts, witness: readonly bigint[]): Promise<Sums> {
  const key = await openProvingKey(memorySource(await keyBytes(parts)))
  const plan = planProof(key, proverCode(), 1)
  const pages = Math.ceil(plan.end / 2 ** 16)
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
  const engine = new Engine({ module, memory, plan }, 0)
  for (const [i, value] of witness.entries()) writeLittleEndian(value, engine.bytes, plan.witness + 32 * i)
  return sumUp(key, plan, engine.bytes, async (task) => perform(engine, task) as never)
}

/** The same by the points' logarithms, with no point added and no transform made. */
async function expected(parts: KeyParts, witness: readonly bigint[]): Promise<Sums> {
  const { G1, G2 } = await curveEngine()
  const logarithm = (query: Query, scalars: readonly bigint[]) =>
    scalars.reduce((sum, scalar, i) => sum + scalar * parts.logarithms[query][i]!, 0n)
  const [a, b] = [logarithm('a', witness), logarithm('b2', witness)]
  const c = logarithm('c', witness.slice(parts.publicSignals + 1)) + logarithm('h', quotient(parts, witness))
  const multiple = (group: Group, sum: bigint) =>
    group.toAffine(group.timesScalar(group.g, sum % FIELD_ORDER))
  const g1 = (sum: bigint) =>
    sum % FIELD_ORDER === 0n ? undefined : G1.toObject(multiple(G1, sum)).slice(0, 2)
  const g2 = (sum: bigint) =>
    sum % FIELD_ORDER === 0n ? undefined : G2.toObject(multiple(G2, sum)).slice(0, 2).flat()
  return { a: g1(a), b: g2(b), c: g1(c) }
}

type Group = Pick<Curve['G1'], 'g' | 'timesScalar' | 'toAffine'>

/** a·b − c at the odd powers of the root of twice as many: by the definition, row by row. */
function quotient({ rows, coefficients }: KeyParts, witness: readonly bigint[]): bigint[] {
  const [a, b] = [0, 1].map((side) =>
    Array.from({ length: rows }, (_, row) =>
      coefficients.reduce(
        (sum, [matrix, at, wire, value]) =>
          matrix === side && at === row ? sum + value * witness[wire]! : sum,
        0n,
      ),
    ),
  ) as [bigint[], bigint[]]
  const c = a.map((value, row) => value * b[row]!)
  const shift = powField(powField(5n, (FIELD_ORDER - 1n) >> 28n), 2n ** 28n / BigInt(2 * rows))
  const power = (exponent: number) =>
    powField(shift, BigInt(((exponent % (2 * rows)) + 2 * rows) % (2 * rows)))
  const between = (values: readonly bigint[]) => {
    const polynomial = values.map(
      (_, k) =>
        (values.reduce((sum, value, j) => sum + value * power(-2 * j * k), 0n) * invertField(BigInt(rows))) %
        FIELD_ORDER,
    )
    return values.map(
      (_, i) => polynomial.reduce((sum, value, k) => sum + value * power((2 * i + 1) * k), 0n) % FIELD_ORDER,
    )
  }
  const [ea, eb, ec] = [between(a), between(b), between(c)]
  return ea.map((value, i) => (((value * eb[i]! - ec[i]!) % FIELD_ORDER) + FIELD_ORDER) % FIELD_ORDER)
}

/** Numbers below `limit`, the same for the same seed. */
function numbers(seed: number): (limit: bigint) => bigint {
  const next = uniform(seed)
  return (limit) => {
    let value = 0n
    for (let i = 0; i < 10; i++) value = (value << 32n) | BigInt(Math.floor(next() * 2 ** 32))
    return value % limit
  }
}

/** A key of random coefficients with points by `logarithm`. */
function keyOf(
  seed: number,
  size: { wires: number; publicSignals: number; rows: number },
  logarithm: (i: number, query: Query) => bigint,
): KeyParts {
  const random = numbers(seed)
  const { wires, publicSignals, rows } = size
  const coefficients = Array.from(
    { length: 4 * rows },
    (): Coefficient => [
      Number(random(2n)),
      Number(random(BigInt(rows))),
      Number(random(BigInt(wires))),
      random(FIELD_ORDER),
    ],
  )
  const points = (query: Query, count: number) => Array.from({ length: count }, (_, i) => logarithm(i, query))
  const logarithms = {
    a: points('a', wires),
    b1: points('b1', wires),
    b2: points('b2', wires),
    c: points('c', wires - publicSignals - 1),
    h: points('h', rows),
  }
  return { ...size, coefficients, logarithms }
}

const SIZE = { wires: 40, publicSignals: 2, rows: 16 }
const HIGHEST = FIELD_ORDER - 1n
const random = numbers(7)
const anything = Array.from({ length: 40 }, () => random(FIELD_ORDER))

describe('the sums of a proof are those of its points and scalars (proof.18)', () => {
  test.each([
    ['random ones', anything],
    ['zero', anything.map(() => 0n)],
    ['one', anything.map(() => 1n)],
    ['the highest', anything.map(() => HIGHEST)],
    ['half the highest', anything.map(() => HIGHEST / 2n + 1n)],
    ['all bits of windows', anything.map((_, i) => (1n << BigInt(6 * i + 13)) % FIELD_ORDER)],
    ['one less than powers of two', anything.map((_, i) => ((1n << BigInt(6 * i + 13)) - 1n) % FIELD_ORDER)],
    ['a few', anything.map((value, i) => (i % 7 === 3 ? value : 0n))],
    ['the edges', anything.map((_, i) => [0n, 1n, 2n, HIGHEST, HIGHEST - 1n][i % 5]!)],
  ])('with scalars: %s', async (_, witness) => {
    const parts = keyOf(1, SIZE, (i, query) => BigInt(i * i + query.length + 1))
    expect(await made(parts, witness)).toEqual(await expected(parts, witness))
  })

  test.each<[string, (i: number) => bigint]>([
    ['the same', () => 5n],
    ['opposites', (i) => (i % 2 ? FIELD_ORDER - 9n : 9n)],
    ['at infinity', () => 0n],
    ['at infinity but for one', (i) => (i === 11 ? 3n : 0n)],
    ['half of them at infinity', (i) => (i % 2 ? 0n : BigInt(i + 1))],
    ['of few values', (i) => [1n, 2n, FIELD_ORDER - 1n, 0n, FIELD_ORDER - 2n][(i * 3) % 5]!],
  ])('with points that are %s', async (_, logarithm) => {
    const parts = keyOf(2, SIZE, logarithm)
    for (const witness of [anything, anything.map(() => 1n), anything.map((_, i) => BigInt(i % 3))]) {
      expect(await made(parts, witness)).toEqual(await expected(parts, witness))
    }
  })

  test.each([
    { wires: 2, publicSignals: 1, rows: 2 },
    { wires: 3, publicSignals: 0, rows: 4 },
    { wires: 300, publicSignals: 5, rows: 32 },
    { wires: 64, publicSignals: 63, rows: 32 },
  ])('at $wires wires and $rows rows', async (size) => {
    const next = numbers(size.wires)
    const parts = keyOf(3, size, () => next(60n))
    const witness = Array.from({ length: size.wires }, (_, i) => next(i % 3 ? FIELD_ORDER : 4n))
    expect(await made(parts, witness)).toEqual(await expected(parts, witness))
  })

  test('where a bucket has more points than are added up at once', async () => {
    const size = { wires: 9_000, publicSignals: 1, rows: 4 }
    const parts = keyOf(4, size, (i) => BigInt(1 + (i % 50)))
    const witness = Array.from({ length: size.wires }, (_, i) => (i % 4 === 0 ? BigInt(i % 11) : 1n))
    expect(await made(parts, witness)).toEqual(await expected(parts, witness))
  })
})
