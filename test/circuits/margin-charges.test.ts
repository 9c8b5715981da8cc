import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { Circuit } from '../../scripts/soundness/bench/circuit.js'
import { elementsOf, tampered } from '../../scripts/soundness/bench/tamper.js'
import { looseWires } from '../../scripts/soundness/perturbation/alternatives.js'
import {
  CHARGES_BY_HAND,
  chargesIn,
  HAND_CHARGES,
  handCharges,
} from '../../scripts/soundness/samples/margin-parts.js'
import { type CircuitInputs, toField } from '../../src/field/index.js'
import { cases } from '../helpers/sweep.js'

const honest = handCharges()
let circuit: Circuit
beforeAll(async () => {
  circuit = await Circuit.compile(HAND_CHARGES)
})

describe('MarginCharges and LinesByKey (margin.6)', () => {
  test('have the charges that were worked out by hand', async () => {
    const witness = await circuit.witness(honest)
    expect(circuit.satisfied(witness)).toBe(true)
    expect(chargesIn(circuit, witness)).toEqual(CHARGES_BY_HAND)
    expect(circuit.value(witness, 'sums[1]')).toBe(0n)
    expect(circuit.value(witness, 'raises[1]')).toBe(0n)
  })

  test('take the dearer branch as well, and any value that is too large, but none that is too small', async () => {
    const other = { 'branch[2]': 0n, 'branch[3]': 0n, 'branch[4]': 0n, 'value[2]': 34n, 'value[3]': 34n }
    const witness = await circuit.witness(tampered(honest, other))
    expect(circuit.satisfied(witness)).toBe(true)
    expect(chargesIn(circuit, witness)).toEqual({ ...CHARGES_BY_HAND, raises: 38n })
    expect(await circuit.accepts(tampered(honest, { 'value[5]': 81n }))).toBe(true)
    expect(await circuit.accepts(tampered(honest, { 'value[5]': 79n }))).toBe(false)
    expect(await circuit.accepts(tampered(honest, { ...other, 'value[2]': 33n, 'value[3]': 33n }))).toBe(
      false,
    )
  })

  test('of what a prover says, nothing else can be off by one', async () => {
    // Free are values above what they have to be, and which branch a choice falls on that has no branches.
    const free = ['value[4] + 1', 'value[5] + 1', 'branch[5] + 1']
    const given = ['entryKeys', 'values', 'challenge', 'groups']
    const accepted: string[] = []
    for (const [path, value] of elementsOf(honest)) {
      if (given.some((name) => path.startsWith(name)) || /\[[89]\]/.test(path)) continue
      for (const [how, by] of [
        ['+ 1', 1n],
        ['- 1', -1n],
      ] as const) {
        if (await circuit.accepts(tampered(honest, { [path]: value + by }))) accepted.push(`${path} ${how}`)
      }
    }
    expect(accepted.sort()).toEqual(free.sort())
  })

  test('any single wire, changed by one, breaks a constraint, but for what is of no account (margin.10)', async () => {
    const loose = looseWires(circuit.r1cs, await circuit.witness(honest))
    const keysOfNothing = (honest.values as bigint[]).flatMap((v, e) => (v === 0n ? [`entryKeys[${e}]`] : []))
    expect(circuit.names(loose)).toEqual([
      ...keysOfNothing,
      // Choices with no branches; groups that no line names.
      ...['branch[5]', 'branch[8]', 'branch[9]', 'groups[1]', 'groups[2]'],
    ])
  })

  test('a line of a branch counts in that one alone, and one that has none in both', async () => {
    const without = (only: [bigint, bigint], branch: bigint) =>
      tampered(honest, {
        ...{ 'only[0][0]': only[0], 'only[0][1]': only[1], 'branch[0]': branch, 'branch[1]': branch },
        ...{
          'entryKeys[0]': ((honest.entryKeys as bigint[])[0]! +
            (only[0] << 32n) +
            (only[1] << 33n)) as bigint,
        },
        ...{ 'total[0]': 60n, 'values[0]': 60n },
      })
    const least = async (only: [bigint, bigint], branch: bigint) => {
      for (const value of [25n, 60n]) {
        const inputs = tampered(without(only, branch), { 'value[0]': value, 'value[1]': value })
        if (await circuit.accepts(inputs)) return value
      }
      return undefined
    }
    expect(await least([0n, 0n], 0n)).toBe(60n)
    expect(await least([0n, 0n], 1n)).toBe(60n)
    expect(await least([1n, 0n], 0n)).toBe(60n)
    expect(await least([1n, 0n], 1n)).toBe(25n)
    expect(await least([0n, 1n], 0n)).toBe(25n)
    expect(await least([0n, 1n], 1n)).toBe(60n)
    expect(await least([1n, 1n], 0n)).toBeUndefined()
  })
})

describe('MarginCharges at the edge (margin.8)', () => {
  const [Q, C] = [(1n << 64n) - 1n, (1n << 63n) - 1n]
  const TOP = 2n * Q * C
  let tight: Circuit
  beforeAll(async () => {
    tight = await Circuit.compile({ include: 'margin-charges.circom', main: 'MarginCharges(2, 8, 1)' })
  })
  /** Eight lines of as many exposures of the largest numbers, or of one exposure. */
  const edge = (together: boolean, totals: bigint[]): CircuitInputs => {
    const eight = <T>(of: (l: number) => T) => Array.from({ length: 8 }, (_, l) => of(l))
    return {
      line: eight((l) => (together ? 248n + BigInt(l) : 255n)),
      exposure: eight((l) => (together ? 255n : 248n + BigInt(l))),
      choice: eight(() => 65_535n),
      only: eight(() => [0n, 1n]),
      into: eight(() => [0n, 0n, 0n, 0n, 0n, 0n, 0n, 1n, 0n]),
      group: eight(() => (1n << 20n) - 1n),
      deduction: eight((l) => (totals[l]! < 0n ? (1n << 127n) - 1n : 0n)),
      total: totals.map(toField),
      branch: eight(() => 1n),
      value: totals.map((total) => (together ? TOP : total > 0n ? total : 0n)),
      link: eight(() => [1n]),
      groups: [(1n << 20n) - 1n],
    }
  }

  test('the largest numbers on every line, each in an exposure of its own', async () => {
    const witness = await tight.witness(edge(false, new Array<bigint>(8).fill(TOP)))
    expect(tight.satisfied(witness)).toBe(true)
    expect(tight.value(witness, 'raises[0]')).toBe(8n * TOP)
  })

  test('the largest value beside the smallest total, and the largest deduction', async () => {
    expect(await tight.accepts(edge(true, [...new Array<bigint>(7).fill(-TOP), TOP]))).toBe(true)
    expect(await tight.accepts(edge(true, [...new Array<bigint>(7).fill(-TOP), TOP + 1n]))).toBe(false)
  })

  test('a part of a key beyond its width', async () => {
    const inputs = edge(true, new Array<bigint>(8).fill(TOP))
    for (const [path, value] of [
      ['line[7]', 256n],
      ['exposure[0]', 256n],
      ['choice[7]', 65_536n],
      ['deduction[0]', 1n << 127n],
      ['deduction[0]', -1n],
    ] as const) {
      expect(await tight.accepts(tampered(inputs, { [path]: value })), path).toBe(false)
    }
    const beyond = { 'groups[0]': 1n << 20n, 'group[0]': 1n << 20n }
    expect(await tight.accepts(tampered(inputs, beyond))).toBe(false)
  })
})

describe('LinesByKey (margin.6)', () => {
  test('accepts exactly the totals by key, and lets a line out where its entries come to zero', async () => {
    const small = await Circuit.compile({ include: 'lines-by-key.circom', main: 'LinesByKey(4, 3)' })
    let [accepted, refused] = [0, 0]
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.bigInt(0n, 3n), fc.bigInt(-2n, 2n)), { minLength: 4, maxLength: 4 }),
        fc.uniqueArray(fc.bigInt(0n, 3n), { minLength: 3, maxLength: 3 }),
        fc.array(fc.constantFrom(0n, 0n, 0n, 0n, 0n, 0n, 1n), { minLength: 3, maxLength: 3 }),
        async (entries, keys, off) => {
          const totalOf = (key: bigint) => entries.reduce((sum, [k, v]) => (k === key ? sum + v : sum), 0n)
          const others = [0n, 1n, 2n, 3n].filter((key) => !keys.includes(key))
          const right = off.every((by) => by === 0n) && others.every((key) => totalOf(key) === 0n)
          const inputs = {
            entryKeys: entries.map(([key]) => key),
            values: entries.map(([, value]) => toField(value)),
            keys,
            totals: keys.map((key, l) => toField(totalOf(key) + off[l]!)),
            challenge: 1_234_567_890_123n,
          }
          expect(await small.accepts(inputs)).toBe(right)
          if (right) accepted++
          else refused++
        },
      ),
      { numRuns: cases(200, 1_000) },
    )
    expect(Math.min(accepted, refused)).toBeGreaterThan(15)
  })
})
