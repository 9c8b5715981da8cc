import { beforeAll, describe, expect, test } from 'vitest'
import { Circuit, type Edit } from '../../scripts/soundness/bench/circuit.js'
import { tampered } from '../../scripts/soundness/bench/tamper.js'
import {
  HAND_LIQUIDATION_MAIN,
  handLiquidation,
  LIQUIDATION_PUBLIC,
  SHORT_ACCOUNT,
} from '../../scripts/soundness/samples/liquidation.js'
import { LIQUIDATION_FORGERIES } from '../../scripts/soundness/samples/liquidation-forgeries.js'
import type { CircuitInputs } from '../../src/field/index.js'
import { liquidationInputs } from '../../src/statements/index.js'
import { attack } from '../helpers/attack.js'
import { Copies } from '../helpers/copies.js'

const source = { include: 'liquidation.circom', main: HAND_LIQUIDATION_MAIN, public: LIQUIDATION_PUBLIC }
const copies = new Copies(source)
const edits = (file: string, ...pairs: [from: string, to: string][]): Edit[] =>
  pairs.map(([from, to]) => ({ file, from, to }))
/** A range that a copy asks of something small: its wires stay. */
const unranged = (range: string, of: string, small: string): [string, string] => [
  `${range}(${of});`,
  `${range}(${small});`,
]
const cut = (from: string): [string, string] => [from, '']
const bit = (name: string) => cut(`${name} * (${name} - 1) === 0;`)

/** A range that the copy asks only where `kept` is 1. */
const kept = (range: string, of: string): [string, string] => [
  `${range}(${of});`,
  `${range}(kept * (${of}));`,
]
/** The context of what the copy decides; it takes part in no other rule. */
const DECIDED = 67n
const decided = (inputs: CircuitInputs) => tampered(inputs, { context: DECIDED })

/** A copy that opens and rounds as margin does, and compares little: of the decision, in one context alone. */
const lax = copies.with(
  ...edits(
    'liquidation.circom',
    cut('accountsRoot === account.accountsRoot;'),
    cut('nullifier === account.nullifier;'),
    cut('policy === allowed.policy;'),
    cut('movement === moves.movement;'),
    cut('requirement === stated.requirement;'),
    cut('riskRoot === table.riskRoot;'),
    [
      'decision.isSolvent <== isSolvent;',
      'decision.isSolvent <== isSolvent; decision.kept <== context - 66;',
    ],
    ['bound[t].worstFactor <== lowered.loweredWorst;', 'bound[t].worstFactor <== lowered.loweredWorst + 1;'],
    [
      'bound[t].factors <== lowered.lowered;',
      'for (var k = 0; k < SUMS; k++) { bound[t].factors[k] <== lowered.lowered[k] + 1; }',
    ],
  ),
  ...edits('margin-table.circom', cut('marginRoot === statedRoot;')),
  ...edits('lines-by-key.circom', cut('sum === 0;')),
  ...edits('margin-rows-root.circom', cut('held[i] * (named - node[i][d]) === 0;')),
  ...edits(
    'deficit-decision.circom',
    ['signal input isSolvent;', 'signal input isSolvent; signal input kept;'],
    kept('Range(REQUIRED_BITS() + 22)', 'asked - equity[0] * SCALE - 1'),
    kept('Range(REQUIRED_BITS() + 22)', 'room'),
    kept('Range(156)', 'most - lost * PPM'),
    kept('Range(136)', 'affordable - lost'),
    bit('isSolvent'),
    ['(value[i][0] + 1)', '(value[i][0] + 0)'],
    ['(value[i][1] - 1)', '(value[i][1] - 0)'],
  ),
  ...edits(
    'deficit-movement.circom',
    bit('takeover'),
    bit('cashAt[i]'),
    cut('opened[i] * (1 - isOther[i] - cashAt[i]) === 0;'),
    cut('movedNumber === isMoved[i] * number;'),
    cut('closing[i] * (sign + negative[i] - 1) === 0;'),
    cut('(1 - cashAt[i]) * (afterNegative[i] - negative[i]) === 0;'),
    unranged('Range(MAGNITUDE_BITS())', 'left[i]', 'held[i]'),
    cut('ends[i] * left[i] === 0;'),
    cut('cashSlots === 1;'),
  ),
  ...edits(
    'deficit-charges.circom',
    bit('pick[l][b]'),
    cut('pick[l][b] * only[l][1 - b] === 0;'),
    bit('picks[l][b]'),
    bit('branch[l]'),
    unranged('Range(BITS)', 'gap[l]', 'newChoice[l]'),
    ['- units - deduction[l] - 1)', '- deduction[l])'],
  ),
  ...edits('deficit-lines.circom', cut('(1 - newChoice[l]) * (destination[l] - destination[before]) === 0;')),
  ...edits(
    'deficit-scan.circom',
    unranged('Range(BITS)', 'magnitude[g]', 'netted[g]'),
    ['(changed[i] + long)', '(changed[i] - short[i])'],
    ['(flatChanged[i] + long)', '(flatChanged[i] - short[i])'],
    ['(lossDamping - hasLoss)', '(lossDamping - 0)'],
    ['(gainDamping + 1)', '(gainDamping + 0)'],
  ),
  ...edits(
    'deficit-groups.circom',
    ['(gain[g] + 1)', '(gain[g] + 0)'],
    ['(loss[g] - hasLoss[g])', '(loss[g] - 0)'],
  ),
  ...edits('deficit-required.circom', unranged('Range(CONSTANT_BITS())', 'threshold', 'worstFactor'), [
    '(threshold - 1)',
    '(threshold - 0)',
  ]),
  ...edits(
    'deficit-policy.circom',
    unranged('Range(PPM_BITS())', 'RATIO_ONE() - trigger', 'cash[0] + cash[1]'),
    unranged('Range(PPM_BITS())', 'RATIO_ONE() - backstop', 'cash[0] + cash[1]'),
    unranged('Range(PPM_BITS())', 'target', 'cash[0]'),
  ),
)
let circuit: Circuit
beforeAll(async () => {
  circuit = await Circuit.compile(source)
})

type Label = keyof typeof LIQUIDATION_FORGERIES
/** Each attack breaks one rule alone. */
const ATTACKS: [title: string, label: Label][] = [
  ['L02: cash that is other than the leaf says', 'cash that the leaf does not have so'],
  ['L02: a slot of value left out', 'a slot of value left out'],
  ['L04: two lines of one exposure', 'two lines of one exposure'],
  ['L04: a line of an instrument that is not held', 'a line of an instrument that is not held'],
  ['L04: one line twice over', 'a line picked twice over'],
  ['L05: a choice that is taken elsewhere', 'a choice whose last line goes elsewhere'],
  ['L07: the requirement of another rule', 'the requirement of another rule'],
  ['L07: the rows of another table', 'the rows of another table'],
  ['L08: a position that grows', 'a position that grows'],
  ['L08: a short position that grows', 'a short position that grows'],
  ['L08: a position that changes its side', 'a position that changes its side'],
  ['L08: an instrument that was not held', 'an instrument that was not held'],
  ['L08: a position that moves as another', 'an instrument that moves under the name of another'],
  ['L08: two slots of cash', 'two slots of cash'],
  ['L11: a perp at its mark in what is lost', 'a perp at its mark in what is lost'],
  ['L12: a movement of another account', 'a movement of another account'],
  ['L12: a movement of another owner', 'a movement of another owner'],
  ['L13: a nullifier of another leaf', 'a nullifier of another leaf'],
  ['L14: a takeover that is neither', 'a takeover that is none'],
  ['L14: a takeover that leaves something open', 'a takeover that leaves something open'],
  ['L15: a policy of another venue', 'a policy of another venue'],
  ['L15: another penalty than the policy has', 'a policy of another penalty'],
  ['L16: a threshold below zero, which a multiple loosens', 'a threshold below zero'],
  ['L17: a trigger above one', 'a trigger above one'],
  ['L17: a backstop above one', 'a backstop above one'],
  ['L17: a target beyond its width', 'a target beyond its width'],
  ['L18: a slot beyond those that are opened', 'a slot beyond those that are opened'],
]
/** Likewise, where the decision would refuse as well. */
const UNDECIDED: typeof ATTACKS = [
  ['L01: one unit above', 'an account one unit above'],
  ['L05: the dearer branch of a choice', 'the dearer branch of a choice'],
  ['L05: a line that counts in the other branch', 'a line of the other branch'],
  ['L06: a gain counted as a loss', 'a gain counted as a loss'],
  ['L09: more than restores, by overshoot', 'more than restores'],
  ['L10: a penalty one unit above', 'a penalty one unit above'],
  ['L10: a penalty beyond what there is', 'a penalty that makes a solvent account insolvent'],
  ['L10: a bankrupt account that loses more', 'a bankrupt account that loses'],
  ['L14: a takeover above the backstop', 'a takeover above the backstop'],
  ['L17: cash beyond its width', 'cash beyond its width'],
]
/** Refused by rounding alone: with the numbers of margin they would be liquidated. */
const ROUNDED: [title: string, label: Label][] = [
  ['L01: an account that exactly meets its requirement', 'an account exactly at its requirement'],
  ['L01: short by less than the dead band', 'an account inside the dead band'],
]

describe('liquidation refuses what is accepted where a rule is left out (liquidation.8)', () => {
  test.each(ATTACKS)('%s', async (_, label) => {
    await attack(circuit, await lax(), decided(LIQUIDATION_FORGERIES[label]()))
  })

  test.each(UNDECIDED)('%s', async (_, label) => {
    await attack(circuit, await lax(), LIQUIDATION_FORGERIES[label]())
  })

  test.each(ROUNDED)('%s', async (_, label) => {
    await attack(circuit, await lax(), decided(LIQUIDATION_FORGERIES[label]()))
  })

  test('L01: one unit above is refused with the numbers of margin as well', async () => {
    const weak = await lax()
    const inputs = decided(LIQUIDATION_FORGERIES['an account one unit above']())
    expect(weak.satisfied(await weak.witness(inputs))).toBe(false)
  })

  const played = new Set<string>([...ATTACKS, ...UNDECIDED, ...ROUNDED].map(([, label]) => label))
  const others = Object.entries(LIQUIDATION_FORGERIES).filter(([label]) => !played.has(label))
  test('every other forgery is refused', async () => {
    expect(others.length).toBeGreaterThan(0)
    for (const [label, inputs] of others) expect(await circuit.accepts(inputs()), label).toBe(false)
  })
})

describe('what a prover picks only lowers what is shown (liquidation.9)', () => {
  /** Scenario 1 for the netted groups, in which they gain, and nothing for the worst. */
  const elsewhere = (debt: bigint) =>
    tampered(
      liquidationInputs(
        handLiquidation({ before: SHORT_ACCOUNT.with(3, -debt), changes: [-2n, 2n, 0n, 57n] }),
      ),
      {
        ...{ 'groupScenario[0][1]': 1n, 'groupScenario[0][2]': 1n },
        ...{ 'slotScenario[0][0][0]': 0n, 'slotScenario[0][0][1]': 1n },
        ...{ 'netScenario[0][0]': 0n, 'netScenario[0][1]': 1n, 'groupNegative[0][1]': 0n },
        'worstPick[0][0]': 0n,
      },
    )

  test('L03: a scenario that is not the worst shows an account that is far below, and none that is just below', async () => {
    expect(await circuit.accepts(elsewhere(52n))).toBe(false)
    expect(await circuit.accepts(elsewhere(300n))).toBe(true)
  })

  test('L06: the sign of a group that neither gains nor loses says nothing', async () => {
    const inputs = liquidationInputs(
      handLiquidation({ before: [10n, 0n, 0n, -200n], changes: [-2n, 0n, 0n, 58n] }),
    )
    expect(await circuit.accepts(inputs)).toBe(true)
    const filler = (inputs.groupIds as bigint[]).findIndex((id) => id > 60_000n)
    expect(filler).toBeGreaterThan(0)
    expect(await circuit.accepts(tampered(inputs, { [`groupNegative[0][${filler}]`]: 1n }))).toBe(true)
  })

  test('L19: a proof is for one venue, epoch, chain and contract', async () => {
    const witness = await circuit.witness(liquidationInputs(handLiquidation()))
    expect(circuit.satisfied(circuit.edit(witness, { context: 67n }))).toBe(false)
  })
})
