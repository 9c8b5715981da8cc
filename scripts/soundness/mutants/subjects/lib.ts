import {
  type CircuitInputs,
  EQUITY_BITS,
  encodeSlot,
  type Slot,
  toBits,
  toField,
} from '../../../../src/field/index.js'
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
    alone('PackBits(300)', 'pack-bits.circom', { in: toBits(0x9e3779b97f4a7c15n ** 4n, 300) }),
    alone('Equities(3, 2)', 'equities.circom', equities(), {
      'minus one, dressed as a positive one': tampered(equities(), {
        ...Object.fromEntries(toBits(0n, EQUITY_BITS).map((bit, i) => [`bits[0][0][${i}]`, bit])),
        ...{ [`bits[0][0][${EQUITY_BITS}]`]: 1n, 'bits[0][0][0]': -1n },
      }),
    }),
    alone('EquitiesLeaf(2, 4, 2, 1)', 'equities-leaf.circom', {
      blind: 77n,
      equities: [
        [equityBits(-1n), equityBits(7n)],
        [equityBits(15n), equityBits(0n)],
      ],
      spares: [[toBits(5n, 64)], [toBits(13n, 64)]],
    }),
    alone(
      'LedgerSlot(0)',
      'ledger-slot.circom',
      { bits: slotBits(slot(5, 9n))[0]! },
      {
        'a negative quantity': { bits: slotBits(slot(5, -9n))[0]! },
        'a derivative': { bits: slotBits(slot(1 << 15, 9n))[0]! },
      },
    ),
    alone(
      'LedgerSlot(1)',
      'ledger-slot.circom',
      { bits: slotBits(slot(5, -9n))[0]! },
      {
        'bits of 3 and −1 in place of 1 and 0': tampered(
          { bits: slotBits(slot(5, -9n))[0]! },
          {
            ...{ 'bits[0]': 3n, 'bits[1]': -1n },
          },
        ),
      },
    ),
    alone('Positions(3)', 'positions.circom', { base: 5n, indexBits: toBits(0x5a5a5n, 20) }),
    alone('ValuesAt(2, 1, 2)', 'values-at.circom', {
      values: [numbers(5), numbers(5, 40n)],
      weightedTotals: numbers(5, 70n),
      point: 99_991n,
    }),
    keySum(0, 0),
    keySum(0, 1),
    keySum(1, 1),
    keyTotals(0),
    keyTotals(1),
    alone('TierOwners(2, 3)', 'tier-owners.circom', owners(), {
      'one less than is pledged': tampered(owners(), { 'pledged[0]': 4n }),
      'the tier of another instrument': tampered(owners(), { 'owners[2]': 0n }),
      'a tier of no instrument': tampered(owners(), { 'owners[2]': 7n }),
    }),
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
    alone('Leaf(48)', 'leaf.circom', leaf(48)),
    alone('AnyLeaf(3, 3, [2, 4, 8])', 'any-leaf.circom', anyLeaf([0n, 1n, 0n], slot(5, 3n)), {
      'two shapes': anyLeaf([1n, 1n, 0n], EMPTY),
      'a slot beyond the shape': anyLeaf([1n, 0n, 0n], slot(5, 3n)),
      'shapes that are no bits': anyLeaf([2n, MINUS_ONE, 0n], EMPTY),
    }),
    alone('BatchRoot(18)', 'batch-root.circom', { leaves: numbers(18) }),
    treePath(),
    fencePath(),
    alone('Transcripts()', 'transcripts.circom', {
      ...{ accountsRoot: 3n, riskRoot: 5n, totalsDigest: 7n, scenarios: 2n, weightedTotalsDigest: 11n },
    }),
    alone('FoldState()', 'fold-state.circom', {
      ...{ transcript: 3n, count: 5n, blind: 7n, keySum: 11n, equitySum: 13n, shortfallsDigest: 17n },
    }),
    alone('FlowSum(2)', 'flow-sum.circom', {
      ...{ transfersIn: numbers(2), transfersOut: numbers(2, 20n), fees: numbers(2, 30n) },
      ...{ accruals: numbers(2, 40n), closing: numbers(2, 50n), challenge: 99_991n },
    }),
    alone('SettlementTranscript()', 'settlement-transcript.circom', {
      ...{ accountsBefore: 3n, accountsAfter: 5n, roots: numbers(7), flowsDigest: 7n },
    }),
    alone('WeighState()', 'weigh-state.circom', {
      ...{ transcript: 3n, tree: 5n, next: 7n, blind: 11n, sum: 13n, flowSum: 17n },
    }),
    alone('RiskRoot(4, 1, 0, 0)', 'risk-root.circom', plainTable(), {
      'a mark below zero': tampered(plainTable(), { 'marks[0]': -1n }),
    }),
    alone('RiskRoot(2, 1, 1, 2)', 'risk-root.circom', table(), {
      'a flag of two': tampered(table(), { 'requirement[1]': 2n }),
    }),
    alone('PolicyDigest(4, 1)', 'policy-digest.circom', thresholds(), {
      'a ratio beyond its width': tampered(thresholds(), { valueRatio: 1n << 32n }),
      'a minimum beyond its width': tampered(thresholds(), { 'minimumRatios[3]': 1n << 32n }),
      'a factor beyond its width': tampered(thresholds(), { 'loanFactors[0]': -1n }),
      'a sum beyond its width': tampered(thresholds(), { 'mostShortfall[0]': 1n << 144n }),
      'a number beyond its width': tampered(thresholds(), { 'mostAccounts[0]': 1n << 32n }),
    }),
    alone('Sponge(8, 17)', 'sponge.circom', { in: numbers(17) }),
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
  return { bits: signed.map((column) => column.map(equityBits)), weights: numbers(3), point: 12_345n }
}

const equityBits = (value: bigint) => toBits(value + (1n << BigInt(EQUITY_BITS)), EQUITY_BITS + 1)

/** Two accounts of two slots, the first of each pledged or not, with weights or none. */
function keySum(pledged: 0 | 1, weighted: 0 | 1): Subject {
  const bits = slotBits(slot(0, 5n), slot(1, -7n), slot(1, -2n), EMPTY)
  return alone(`KeySum(2, 2, ${pledged}, ${weighted})`, 'key-sum.circom', {
    bits: [bits.slice(0, 2), bits.slice(2)],
    ...(pledged ? { spares: [[toBits(5n, 64)], [toBits(18n, 64)]] } : {}),
    ...(weighted ? { weights: [3n, 8n] } : {}),
    ...{ challenge: 987_654_321n, limitPoint: 55_555n },
  })
}

function keyTotals(weighted: 0 | 1): Subject {
  return alone(`KeyTotals(2, 1, 1, ${weighted})`, 'key-totals.circom', {
    totals: numbers(7),
    ...(weighted ? { weightedTotals: numbers(7, 40n) } : {}),
    ...{ widths: [1_000n], challenge: 987_654_321n, mix: 77n, limitPoint: 55_555n },
  })
}

function owners(): CircuitInputs {
  return { totals: [2n, 3n, 9n], owners: [0n, 0n, 1n], pledged: [5n, 9n], challenge: 123_456_789n }
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

function fencePath(): Subject {
  const tree = new WideTree(2, numbers(19))
  const at = (index: number): CircuitInputs => ({
    last: numbers(19)[index]!,
    indexBits: toBits(BigInt(index), 8),
    children: tree.path(index).levels.map((level) => [...level]),
  })
  return alone('FencePath(2)', 'fence-path.circom', at(18), {
    'one place before the last': at(17),
    'the last place of the node before': at(15),
    'another last': { ...at(18), last: 5n },
    'a bit that is none': tampered(at(18), { 'indexBits[0]': 2n, 'indexBits[1]': 0n }),
  })
}

function plainTable(): CircuitInputs {
  return { marks: numbers(5), rowsDigest: 888n, timestamp: 999n }
}

function table(): CircuitInputs {
  return {
    ...{ marks: numbers(3), names: numbers(2, 20n), requirement: [1n, 0n] },
    ...{ values: [numbers(7, 30n), numbers(7, 40n)], widths: [50n], owners: [1n] },
    ...{ rowsDigest: 888n, timestamp: 999n },
  }
}

function thresholds(): CircuitInputs {
  return {
    ...{ valueRatio: 5n, minimumRatios: numbers(4), loanFactors: numbers(4, 20n) },
    ...{ names: [77n], requirement: [1n], mostShortfall: [99n], mostAccounts: [3n] },
  }
}
