import { beforeAll, describe, expect, test } from 'vitest'
import { Circuit, type Edit } from '../../scripts/soundness/bench/circuit.js'
import { tampered } from '../../scripts/soundness/bench/tamper.js'
import {
  CHARGES_BY_HAND,
  chargesIn,
  HAND_CHARGES,
  handCharges,
} from '../../scripts/soundness/samples/margin-parts.js'
import { type CircuitInputs, FIELD_ORDER } from '../../src/field/index.js'
import { attack } from '../helpers/attack.js'
import { Copies } from '../helpers/copies.js'

const honest = handCharges()
const copies = new Copies(HAND_CHARGES)
const HALF = (FIELD_ORDER + 1n) / 2n
let circuit: Circuit
beforeAll(async () => {
  circuit = await Circuit.compile(HAND_CHARGES)
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

/** Entries whose lines have a number of one more, so that line 0 of their exposure is free. */
const keysUp = (...entries: number[]) =>
  Object.fromEntries(entries.map((e) => [`entryKeys[${e}]`, (honest.entryKeys as bigint[])[e]! + 1n]))
/** What a line says that takes a value to a sum that the requirement does not charge. */
const nowhere = {
  ...{ total: 0n, deduction: 0n, group: 0n, link: [0n, 0n, 0n] },
  into: [0n, 0n, 0n, 0n, 0n, 1n, 0n, 0n, 0n],
}

describe('MarginCharges refuses the tampered witness that is accepted without (margin.6, margin.10)', () => {
  const file = 'margin-charges.circom'
  const elsewhere = {
    file,
    from: 'Nonzero()(apart[l] - apart[before]);',
    to: 'Nonzero()(exposure[l] - exposure[before] + (1 << 8) * (choice[l] - choice[before]));',
  }
  const width = (bits: number) => ({
    file: 'range.circom',
    from: 'in === sum;',
    to: `if (BITS != ${bits}) { in === sum; }`,
  })
  const attacks: {
    name: string
    edits: Edit[]
    inputs: CircuitInputs
    /**
     * Inputs that the circuit takes, at what the account is to be charged: only the copy makes less of them.
     */
    honestInputs?: boolean
    /** What the attack brings the charges to. */
    charges?: Partial<typeof CHARGES_BY_HAND>
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
        'entryKeys[18]': (honest.entryKeys as bigint[])[18]! + (10n << 58n),
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
      name: 'groups that keep to their width (a deduction grows by 30, the group falls by 30·2^20)',
      edits: [width(20)],
      inputs: tampered(honest, {
        ...{ 'group[0]': -30n << 20n, 'deduction[0]': 30n, 'value[0]': 0n },
        ...{ 'group[1]': -30n << 20n, 'deduction[1]': 35n, 'value[1]': 0n },
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
      name: 'a value going where its lines go (a line before them that the rule does not have takes it elsewhere)',
      edits: [elsewhere],
      inputs: inserted(tampered(honest, { 'line[5]': 1n, ...keysUp(19) }), 5, {
        ...lineAt(honest, 5),
        ...nowhere,
      }),
      honestInputs: true,
      charges: { bounds: 0n },
    },
    {
      name: 'the value of a limit being zero (a line before its lines that the rule does not have takes it elsewhere)',
      edits: [elsewhere],
      inputs: tampered(
        inserted(tampered(honest, keysUp(2, 3, 10, 11, 20, 21)), 6, { ...lineAt(honest, 6), ...nowhere }),
        {
          // One more of C's fifth line, which is the limit's first, and now above its cap.
          'values[20]': (honest.values as bigint[])[20]! + 1n,
          ...{ 'line[7]': 1n, 'line[8]': 2n, 'total[7]': 13n },
          ...{ 'value[6]': 1n, 'value[7]': 1n, 'value[8]': 1n },
        },
      ),
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
      name: 'the group of a line being the one that it names',
      edits: [
        {
          file,
          from: 'link[l][g] * (group[l] - groups[g]) === 0;',
          to: 'if (l != 2) { link[l][g] * (group[l] - groups[g]) === 0; }',
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
    const copy = copies.with(...edits)
    test(name, async () => {
      const weak = await copy()
      const forged = await attack(circuit, weak, inputs, honestInputs)
      if (charges) expect(chargesIn(weak, forged)).toEqual({ ...CHARGES_BY_HAND, ...charges })
      if (honestInputs) expect(chargesIn(circuit, await circuit.witness(inputs))).toEqual(CHARGES_BY_HAND)
    })
  }
})
