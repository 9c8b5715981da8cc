import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { type CircuitInputs, FIELD_ORDER, toField } from '../../src/field/index.js'
import { Circuit } from '../helpers/circuit.js'
import { looseWires } from '../helpers/loose-wires.js'
import { chargesByKey, chargesInputs } from '../helpers/margin-parts.js'
import { HAND_MARGIN, handWitness } from '../helpers/margin-rule.js'
import { attack, elementsOf, tampered } from '../helpers/tamper.js'

/**
 * Lines: 0, 1 `tiers` into sum 0; 2, 3 `near` and 4 `far`, one choice, raise group 0; 5 `floor` bounds group 0; 6, 7 the limit
 * `delta`; 8, 9 fill up.
 */
const source = chargesByKey(4, 32, 10, 3)
const honest = chargesInputs(handWitness(undefined, { sizes: { ...HAND_MARGIN, lines: 10 } }))
const HONEST = { sum: 25n, raises: 32n, bounds: 80n }
const HALF = (FIELD_ORDER + 1n) / 2n
let circuit: Circuit
beforeAll(async () => {
  circuit = await Circuit.compile(source)
})

const signed = (x: bigint) => (x > FIELD_ORDER / 2n ? x - FIELD_ORDER : x)
const chargesIn = (of: Circuit, witness: readonly bigint[]) => ({
  sum: signed(of.value(witness, 'sums[0]')),
  raises: signed(of.value(witness, 'raises[0]')),
  bounds: signed(of.value(witness, 'bounds[0]')),
})

/** Inputs with a line more, in place `at`; the last one, which fills up, falls off. */
function inserted(inputs: CircuitInputs, at: number, line: Record<string, unknown>): CircuitInputs {
  const lists = Object.entries(inputs).map(([name, list]) => {
    if (!(name in line) || !Array.isArray(list)) return [name, list]
    return [name, [...list.slice(0, at), line[name], ...list.slice(at, -1)]]
  })
  return Object.fromEntries(lists)
}
const lineAt = (inputs: CircuitInputs, l: number) =>
  Object.fromEntries(
    [
      'line',
      'exposure',
      'choice',
      'only',
      'into',
      'group',
      'deduction',
      'total',
      'branch',
      'value',
      'link',
    ].map((name) => [name, (inputs[name] as unknown[])[l]]),
  )

describe('MarginCharges and LinesByKey', () => {
  test('have the charges that were worked out by hand', async () => {
    const witness = await circuit.witness(honest)
    expect(circuit.satisfied(witness)).toBe(true)
    expect(chargesIn(circuit, witness)).toEqual(HONEST)
    expect(circuit.value(witness, 'sums[1]')).toBe(0n)
    expect(circuit.value(witness, 'raises[1]')).toBe(0n)
  })

  test('take the dearer branch as well, and any value that is too large, but none that is too small', async () => {
    const other = { 'branch[2]': 0n, 'branch[3]': 0n, 'branch[4]': 0n, 'value[2]': 34n, 'value[3]': 34n }
    const witness = await circuit.witness(tampered(honest, other))
    expect(circuit.satisfied(witness)).toBe(true)
    expect(chargesIn(circuit, witness)).toEqual({ ...HONEST, raises: 38n })
    expect(await circuit.accepts(tampered(honest, { 'value[5]': 81n }))).toBe(true)
    expect(await circuit.accepts(tampered(honest, { 'value[5]': 79n }))).toBe(false)
    expect(await circuit.accepts(tampered(honest, { ...other, 'value[2]': 33n, 'value[3]': 33n }))).toBe(
      false,
    )
  })

  test('of what a prover says, nothing else can be off by one', async () => {
    // Free are values above what they have to be, and which branch a choice falls on that has no branches.
    const free = ['value[4] + 1', 'value[5] + 1', 'branch[5] + 1']
    const given = ['entryKeys', 'values', 'challenge', 'ids']
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

  test('any single wire, changed by one, breaks a constraint, but for what is of no account', async () => {
    const loose = looseWires(circuit.r1cs, await circuit.witness(honest))
    const keysOfNothing = (honest.values as bigint[]).flatMap((v, e) => (v === 0n ? [`entryKeys[${e}]`] : []))
    expect(circuit.names(loose)).toEqual([
      ...keysOfNothing,
      // Choices with no branches; groups that no line names.
      ...['branch[5]', 'branch[8]', 'branch[9]', 'ids[1]', 'ids[2]'],
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

describe('MarginCharges at the edge', () => {
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
      group: eight(() => 65_535n),
      deduction: eight((l) => (totals[l]! < 0n ? (1n << 127n) - 1n : 0n)),
      total: totals.map(toField),
      branch: eight(() => 1n),
      value: totals.map((total) => (together ? TOP : total > 0n ? total : 0n)),
      link: eight(() => [1n]),
      ids: [65_535n],
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
    expect(await tight.accepts(tampered(inputs, { 'ids[0]': 65_536n, 'group[0]': 65_536n }))).toBe(false)
  })
})

describe('MarginCharges refuses the tampered witness that is accepted without', () => {
  const file = 'margin-charges.circom'
  const width = (bits: number) => ({
    file: 'range.circom',
    from: 'in === sum;',
    to: `if (BITS != ${bits}) { in === sum; }`,
  })
  const attacks: {
    name: string
    edits: { file: string; from: string; to: string }[]
    inputs: CircuitInputs
    honestInputs?: boolean
    /** What the attack brings the charges to. */
    charges?: Partial<typeof HONEST>
  }[] = [
    {
      name: 'a value that is at least every line',
      edits: [width(131)],
      inputs: tampered(honest, { 'value[0]': 24n, 'value[1]': 24n }),
      charges: { sum: 24n },
    },
    {
      name: 'a value of zero or more (below both lines that count, the third being below zero)',
      edits: [width(129)],
      inputs: tampered(honest, {
        ...{ 'deduction[4]': 10n, 'value[4]': -6n },
        // The row has that deduction too: C's third line.
        'entryKeys[18]': (honest.entryKeys as bigint[])[18]! + (10n << 54n),
      }),
      charges: { raises: 22n },
    },
    {
      name: 'a branch of 0 or 1 (one half: each line counts for half)',
      edits: [{ file, from: 'branch[l] * (branch[l] - 1) === 0;', to: '' }],
      inputs: tampered(honest, {
        ...{ 'branch[2]': HALF, 'branch[3]': HALF, 'branch[4]': HALF },
        ...{ 'value[2]': 17n, 'value[3]': 17n },
      }),
      charges: { raises: 21n },
    },
    {
      name: 'one branch in a choice (each line on the one where it does not count)',
      edits: [{ file, from: '(1 - newChoice[l]) * (branch[l] - branch[before]) === 0;', to: '' }],
      inputs: tampered(honest, { 'branch[3]': 0n, 'value[2]': 0n, 'value[3]': 0n }),
      charges: { raises: 4n },
    },
    {
      name: 'one value in an exposure (the first line, which is counted, has its own)',
      edits: [{ file, from: '(1 - newExposure[l]) * (value[l] - value[before]) === 0;', to: '' }],
      inputs: tampered(honest, { 'value[0]': 20n }),
      charges: { sum: 20n },
    },
    {
      name: 'a line counting where its branch is (a line with no branch that counts nowhere)',
      edits: [
        {
          file,
          from: 'wrongBranch[l] <== (only[l][0] - only[l][1]) * branch[l] + only[l][1];',
          to: 'wrongBranch[l] <-- 1;',
        },
      ],
      inputs: tampered(honest, { 'value[0]': 0n, 'value[1]': 0n }),
      charges: { sum: 0n },
    },
    {
      name: 'branches of 0 or 1 (2 of branch 0 in place of 1 of branch 1: the same key, less than nothing)',
      edits: [{ file, from: 'only[l][0] * (only[l][0] - 1) === 0;', to: '' }],
      inputs: tampered(honest, {
        ...{ 'only[3][0]': 2n, 'only[3][1]': 0n },
        ...{ 'value[2]': 0n, 'value[3]': 0n },
      }),
      charges: { raises: 4n },
    },
    {
      name: 'destinations of 0 or 1 (the same code, and less than nothing into a sum)',
      edits: [{ file, from: 'into[l][k] * (into[l][k] - 1) === 0;', to: '' }],
      inputs: tampered(honest, {
        ...{ 'into[0][0]': 0n, 'into[0][1]': 2n, 'into[0][2]': -1n },
        ...{ 'into[1][0]': 0n, 'into[1][1]': 2n, 'into[1][2]': -1n },
      }),
      charges: { sum: 0n },
    },
    {
      name: 'a destination (none has the code of sum 0)',
      edits: [{ file, from: 'destinations === 1;', to: '' }],
      inputs: tampered(honest, { 'into[0][0]': 0n, 'into[1][0]': 0n }),
      charges: { sum: 0n },
    },
    {
      name: 'lines that keep to their width (an exposure slips into another as line 256)',
      edits: [width(8)],
      inputs: tampered(honest, { 'line[4]': 256n, 'exposure[4]': 0n, 'value[4]': 28n }),
      charges: { raises: 28n },
    },
    {
      name: 'exposures that keep to their width (a line slips into a choice of its own, on the other branch)',
      edits: [width(8)],
      inputs: tampered(honest, {
        ...{ 'choice[3]': 2n, 'exposure[3]': -256n, 'branch[3]': 0n },
        ...{ 'value[2]': 0n, 'value[3]': 0n },
      }),
      charges: { raises: 4n },
    },
    {
      name: 'groups that keep to their width (a deduction grows by 30, the group falls by 30·2^16)',
      edits: [width(16)],
      inputs: tampered(honest, {
        ...{ 'group[0]': -30n << 16n, 'deduction[0]': 30n, 'value[0]': 0n },
        ...{ 'group[1]': -30n << 16n, 'deduction[1]': 35n, 'value[1]': 0n },
      }),
      charges: { sum: 0n },
    },
    {
      name: 'lines in order (a line there twice, half its total and its whole deduction in each)',
      edits: [width(32)],
      inputs: tampered(inserted(honest, 1, lineAt(honest, 1)), {
        ...{ 'total[1]': 15n, 'total[2]': 15n },
        ...{ 'value[0]': 20n, 'value[1]': 20n, 'value[2]': 20n },
      }),
      charges: { sum: 20n },
    },
    {
      name: 'a number that is not zero being so (no exposure but the first is counted)',
      edits: [
        { file: 'nonzero.circom', from: 'in * (1 - out) === 0;', to: '' },
        { file: 'nonzero.circom', from: 'in == 0 ? 0 : 1 / in', to: '0' },
      ],
      inputs: tampered(
        honest,
        Object.fromEntries(
          (honest.value as bigint[]).flatMap((_, l) => [
            [`value[${l}]`, 80n],
            [`branch[${l}]`, 1n],
          ]),
        ),
      ),
      charges: { sum: 80n, raises: 0n, bounds: 0n },
    },
    {
      name: 'zero being zero (two lines of a choice are told to be of two)',
      edits: [{ file: 'nonzero.circom', from: 'out <== in * inverse;', to: 'out <-- 1;' }],
      inputs: tampered(honest, { 'branch[3]': 0n, 'value[2]': 0n, 'value[3]': 0n }),
      charges: { sum: 50n, raises: 4n },
    },
    {
      name: 'the first exposure being counted',
      edits: [{ file, from: 'newExposure[l] <== 1;', to: 'newExposure[l] <-- 0;' }],
      inputs: honest,
      honestInputs: true,
      charges: { sum: 0n },
    },
    {
      name: 'the value of a limit being zero',
      edits: [{ file, from: 'part[l][LIMIT] === 0;', to: '' }],
      inputs: tampered(honest, {
        ...{ 'total[6]': 13n, 'value[6]': 1n, 'value[7]': 1n },
        // One more of C's fifth line, which is the limit's first.
        'values[20]': (honest.values as bigint[])[20]! + 1n,
      }),
    },
    {
      name: 'the group of a line being the one of its id',
      edits: [
        {
          file,
          from: 'link[l][g] * (group[l] - ids[g]) === 0;',
          to: 'if (l != 2) { link[l][g] * (group[l] - ids[g]) === 0; }',
        },
      ],
      inputs: tampered(honest, { 'link[2][0]': 0n, 'link[2][1]': 1n }),
      charges: { raises: 4n },
    },
    {
      name: 'a line that raises a group having one',
      edits: [{ file, from: 'linked === into[l][RAISES] + into[l][BOUNDS];', to: '' }],
      inputs: tampered(honest, { 'link[2][0]': 0n, 'link[4][0]': 0n, 'link[5][0]': 0n }),
      charges: { raises: 0n, bounds: 0n },
    },
    {
      name: 'the sums by key being equal (a total one less)',
      edits: [{ file: 'lines-by-key.circom', from: 'sum === 0;', to: '' }],
      inputs: tampered(honest, { 'total[1]': 29n, 'value[0]': 24n, 'value[1]': 24n }),
      charges: { sum: 24n },
    },
    {
      name: 'the sums by key being equal (a line left out)',
      edits: [{ file: 'lines-by-key.circom', from: 'sum === 0;', to: '' }],
      inputs: tampered(honest, {
        ...{ 'line[1]': 7n, 'deduction[1]': 0n, 'total[1]': 0n },
        ...{ 'value[0]': 20n, 'value[1]': 20n },
      }),
      charges: { sum: 20n },
    },
    {
      name: "an entry's share being its value's",
      edits: [
        {
          file: 'lines-by-key.circom',
          from: 'entry[e] <-- values[e] / (challenge - entryKeys[e]);\n        entry[e] * (challenge - entryKeys[e]) === values[e];',
          to: `entry[e] <-- (values[e] - (e == 1)) / (challenge - entryKeys[e]);
            entry[e] * (challenge - entryKeys[e]) === values[e] - (e == 1);`,
        },
      ],
      inputs: tampered(honest, { 'total[1]': 29n, 'value[0]': 24n, 'value[1]': 24n }),
      charges: { sum: 24n },
    },
    {
      name: "a line's share being its total's",
      edits: [
        {
          file: 'lines-by-key.circom',
          from: 'line[l] <-- totals[l] / (challenge - keys[l]);\n        line[l] * (challenge - keys[l]) === totals[l];',
          to: `if (l == 1) { line[l] <-- 30 / (challenge - keys[l]); } else {
            line[l] <-- totals[l] / (challenge - keys[l]);
            line[l] * (challenge - keys[l]) === totals[l]; }`,
        },
      ],
      inputs: tampered(honest, { 'total[1]': 29n, 'value[0]': 24n, 'value[1]': 24n }),
      charges: { sum: 24n },
    },
  ]
  for (const { name, edits, inputs, honestInputs, charges } of attacks) {
    test(name, async () => {
      const weak = await Circuit.compile({ ...source, edits })
      const forged = await attack(circuit, weak, inputs, honestInputs)
      if (charges) expect(chargesIn(weak, forged)).toEqual({ ...HONEST, ...charges })
    })
  }
})

describe('LinesByKey', () => {
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
      { numRuns: 400 },
    )
    expect(Math.min(accepted, refused)).toBeGreaterThan(40)
  })
})
