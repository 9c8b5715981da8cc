import { type CircuitInputs, encodeSlot, type Slot, toBits, toField } from '../../../../src/field/index.js'
import { WideTree } from '../../../../src/hash/index.js'
import { tampered } from '../../bench/tamper.js'
import type { Case, Subject } from '../search.js'

export const POSEIDON = ['poseidon.circom', 'poseidon-permutation.circom'] as const

/** A template by itself: every input is honest that its rules allow. */
export function alone(
  main: string,
  include: string,
  honest: CircuitInputs | CircuitInputs[],
  forged: Record<string, CircuitInputs> = {},
  whole: readonly string[] = [],
): Subject {
  const cases = Array.isArray(honest) ? honest : [honest]
  return {
    name: main,
    source: { include, main },
    whole: [include, ...whole],
    untouched: POSEIDON.filter((file) => file !== include && !whole.includes(file)),
    honest: cases.map((inputs, i) => ({ label: `inputs ${i + 1}`, inputs })),
    forged: Object.entries(forged).map(([label, inputs]): Case => ({ label, inputs })),
  }
}

export const numbers = (count: number, first = 11n) =>
  Array.from({ length: count }, (_, i) => (first + BigInt(i)) ** 3n)
const slotBits = (...slots: Slot[]) => slots.map((slot) => toBits(encodeSlot(slot), 81))
const slot = (instrument: number, quantity: bigint): Slot => ({ instrument, quantity })
const EMPTY = slot(0, 0n)
const MINUS_ONE = toField(-1n)

export function libSubjects(): Subject[] {
  return [
    alone('Range(3)', 'range.circom', [{ in: 6n }, { in: 5n }], {
      'one too many': { in: 8n },
      'below zero': { in: MINUS_ONE },
    }),
    alone('Negative(3)', 'negative.circom', [{ in: toField(-2n) }, { in: 6n }], {
      'one too many': { in: 8n },
      'one too few': { in: toField(-9n) },
    }),
    alone('Nonzero()', 'nonzero.circom', [{ in: 7n }, { in: 0n }]),
    alone(
      'Slot(0)',
      'slot.circom',
      { bits: slotBits(slot(5, 9n))[0]! },
      {
        'a negative quantity': { bits: slotBits(slot(5, -9n))[0]! },
      },
    ),
    alone(
      'Slot(1)',
      'slot.circom',
      { bits: slotBits(slot(5, -9n))[0]! },
      {
        'a zero with a sign': tampered({ bits: slotBits(EMPTY)[0]! }, { 'bits[64]': 1n }),
      },
    ),
    alone(
      'OneHot16()',
      'one-hot.circom',
      { bits: [0n, 1n, 1n, 0n] },
      {
        'a bit of two': { bits: [0n, 2n, 0n, 0n] },
      },
    ),
    alone('Powers(4)', 'powers.circom', { base: 5n }),
    alone('PackBits(300)', 'pack-bits.circom', { in: toBits(0x9e3779b97f4a7c15n ** 4n, 300) }),
    alone('Equities(3, 2, 4)', 'equities.circom', equities(), {
      'minus one, dressed as a positive one': tampered(equities(), {
        ...{ 'bits[0][0][4]': 1n, 'bits[0][0][0]': -1n, 'bits[0][0][1]': 0n },
        ...{ 'bits[0][0][2]': 0n, 'bits[0][0][3]': 0n },
      }),
    }),
    alone('ValuesAt(3, 2)', 'values-at.circom', {
      values: [numbers(6), numbers(6, 40n)],
      holdings: numbers(6, 70n),
      point: 99_991n,
    }),
    sumByKey(0, 0),
    sumByKey(1, 0),
    sumByKey(1, 1),
    alone('LinesByKey(4, 3)', 'lines-by-key.circom', lines(4n), {
      'a total of one less': lines(3n),
    }),
    alone(
      'RisingKeys(3, 4)',
      'rising-keys.circom',
      { bits: slotBits(slot(1, 5n), slot(2, -3n), EMPTY) },
      {
        'a key twice': { bits: slotBits(slot(1, 5n), slot(1, 3n), EMPTY) },
        'falling keys': { bits: slotBits(slot(2, 5n), slot(1, 3n), EMPTY) },
        'a slot after an empty one': { bits: slotBits(EMPTY, slot(1, 3n), EMPTY) },
        'a key twice, with an empty slot between': { bits: slotBits(slot(1, 5n), EMPTY, slot(1, 3n)) },
      },
    ),
    alone('Leaf(4)', 'leaf.circom', leaf(4)),
    alone('Leaf(40)', 'leaf.circom', leaf(40)),
    alone('AnyLeaf(3, 3, [2, 4, 8])', 'any-leaf.circom', anyLeaf([0n, 1n, 0n], slot(5, 3n)), {
      'two shapes': anyLeaf([1n, 1n, 0n], EMPTY),
      'a slot beyond the shape': anyLeaf([1n, 0n, 0n], slot(5, 3n)),
      'shapes that are no bits': anyLeaf([2n, MINUS_ONE, 0n], EMPTY),
    }),
    alone('BatchRoot(18)', 'batch-root.circom', { leaves: numbers(18) }),
    treeInsert(),
    treePath(),
    alone('State(2, 2)', 'state.circom', state()),
    alone('RiskRoot(2, 2, 0)', 'risk-root.circom', table(0)),
    alone('RiskRoot(2, 2, 1)', 'risk-root.circom', table(1)),
    alone('Sponge(8, 14)', 'sponge.circom', { in: numbers(14) }),
    alone('Transcript(2)', 'transcript.circom', { in: numbers(2) }),
    alone('Challenge(3)', 'challenge.circom', { transcript: 77n }),
    ...[3, 0].map(
      (tag): Subject => ({
        ...alone(`Poseidon(${tag}, 1)`, 'poseidon.circom', { inputs: numbers(1) }, {}, [
          'poseidon-permutation.circom',
        ]),
        derivative: true,
      }),
    ),
  ]
}

function equities(): CircuitInputs {
  const signed = [
    [-1n, 7n, -16n],
    [15n, -3n, 0n],
  ]
  return {
    bits: signed.map((column) => column.map((value) => toBits(value + 16n, 5))),
    weights: numbers(3),
    point: 12_345n,
  }
}

function sumByKey(weighted: 0 | 1, limited: 0 | 1): Subject {
  const [challenge, limitPoint] = [987_654_321n, 55_555n]
  const slots = [slot(0, 5n), slot(1, -7n), slot(1, -2n), EMPTY]
  const weights = [3n, 8n]
  const sums = (lacking: bigint) => [
    5n * (weighted ? weights[0]! : 1n) - lacking,
    0n,
    0n,
    weighted ? 7n * weights[0]! + 2n * weights[1]! : 9n,
    0n,
    0n,
  ]
  const limits = [10n, 20n, 10n]
  const spares = [
    [toBits(5n, 64), toBits(13n, 64)],
    [toBits(18n, 64), toBits(10n, 64)],
  ]
  const inputs = (lacking: bigint): CircuitInputs => {
    const bits = slotBits(...slots)
    return {
      bits: [bits.slice(0, 2), bits.slice(2)],
      ...(weighted ? { weights } : {}),
      sums: sums(lacking),
      ...(limited ? { spares, limits, limitPoint: [limitPoint] } : {}),
      challenge,
    }
  }
  return alone(`SumByKey(2, 2, 3, ${weighted}, ${limited})`, 'sum-by-key.circom', inputs(0n), {
    'a sum of one less': inputs(1n),
    ...(limited
      ? {
          'a spare that is off by one': tampered(inputs(0n), { 'spares[0][0][1]': 1n }),
          'a limit that is off by five': tampered(inputs(0n), { 'limits[0]': 15n }),
        }
      : {}),
  })
}

function lines(total: bigint): CircuitInputs {
  return {
    entryKeys: [5n, 6n, 5n, 9n],
    values: [1n, 2n, 3n, 0n],
    keys: [5n, 6n, 7n],
    totals: [total, 2n, 0n],
    challenge: 123_456_789n,
  }
}

function leaf(slots: number): CircuitInputs {
  const bits = slotBits(...Array.from({ length: slots }, (_, i) => slot(i, BigInt(i) - 2n)))
  return { holder: 4_321n, bits }
}

function anyLeaf(shape: bigint[], third: Slot): CircuitInputs {
  return { holder: 4_321n, bits: slotBits(slot(3, 5n), slot(1, -7n), third), shape }
}

function treeInsert(): Subject {
  const tree = new WideTree(2, numbers(18))
  const { levels } = tree.path(18)
  const inputs: CircuitInputs = { leaf: 99n, indexBits: toBits(18n, 8), children: levels.map((l) => [...l]) }
  const taken = { ...inputs, indexBits: toBits(17n, 8) }
  return alone('TreeInsert(2)', 'tree-insert.circom', inputs, {
    'a position that is taken': taken,
    'another way': { ...inputs, indexBits: toBits(2n, 8) },
  })
}

function treePath(): Subject {
  const tree = new WideTree(2, numbers(18))
  const inputs: CircuitInputs = {
    leaf: numbers(18)[17]!,
    indexBits: toBits(17n, 8),
    children: tree.path(17).levels.map((level) => [...level]),
  }
  return alone('TreePath(2)', 'tree-path.circom', inputs, {
    'another leaf': { ...inputs, leaf: 5n },
    'another position': tampered(inputs, { 'indexBits[0]': 0n }),
  })
}

function state(): CircuitInputs {
  return {
    ...{ batchIndex: 3n, accountsRoot: 555n, totals: numbers(4), shortfalls: numbers(2, 30n), blind: 777n },
  }
}

function table(tiered: 0 | 1): CircuitInputs {
  return {
    ...{ marks: numbers(2), names: numbers(2, 20n), values: [numbers(4, 30n), numbers(4, 40n)] },
    ...(tiered ? { widths: numbers(2, 50n) } : {}),
    ...{ rowsDigest: 888n, timestamp: 999n },
  }
}
