import { beforeAll, describe, expect, test } from 'vitest'
import { Circuit, type Edit } from '../../scripts/soundness/bench/circuit.js'
import { tampered } from '../../scripts/soundness/bench/tamper.js'
import {
  HAND_LIQUIDATION_MAIN,
  handLiquidation,
  LIQUIDATION_PUBLIC,
  SHORT_ACCOUNT,
} from '../../scripts/soundness/samples/liquidation.js'
import { EXACT, LIQUIDATION_FORGERIES } from '../../scripts/soundness/samples/liquidation-forgeries.js'
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

/** No opening is compared. */
const unbound = copies.with(
  ...edits(
    'liquidation.circom',
    cut('accountsRoot === account.accountsRoot;'),
    cut('nullifier === account.nullifier;'),
    cut('policy === allowed.policy;'),
    cut('movement === moves.movement;'),
    cut('requirement === stated.requirement;'),
    cut('riskRoot === table.riskRoot;'),
  ),
  ...edits('margin-table.circom', cut('marginRoot === statedRoot;')),
  ...edits('margin-rows-root.circom', cut('held[i] * (named - node[i][d]) === 0;')),
)
/** Everything is opened, and little compared. */
const unjudged = copies.with(
  ...edits(
    'deficit-decision.circom',
    unranged('Range(REQUIRED_BITS() + 22)', 'asked - equity[0] * SCALE - 1', '2 * isSolvent'),
    unranged('Range(REQUIRED_BITS() + 22)', 'room', 'isSolvent'),
    unranged('Range(156)', 'most - lost * PPM', '2 * isSolvent'),
    unranged('Range(136)', 'affordable - lost', '2 * isSolvent'),
    bit('isSolvent'),
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
  ),
  ...edits('deficit-lines.circom', cut('(1 - newChoice[l]) * (destination[l] - destination[before]) === 0;')),
  ...edits('deficit-scan.circom', unranged('Range(BITS)', 'magnitude[g]', 'netted[g]')),
  ...edits('deficit-required.circom', unranged('Range(CONSTANT_BITS())', 'threshold', 'worstFactor')),
  ...edits(
    'deficit-policy.circom',
    unranged('Range(PPM_BITS())', 'RATIO_ONE() - trigger', 'cash[0] + cash[1]'),
    unranged('Range(PPM_BITS())', 'RATIO_ONE() - backstop', 'cash[0] + cash[1]'),
    unranged('Range(PPM_BITS())', 'target', 'cash[0]'),
  ),
)
/** Every number is rounded as margin has it. */
const rounded = copies.with(
  ...edits(
    'deficit-decision.circom',
    ['(value[i][0] + 1)', '(value[i][0] + 0)'],
    ['(value[i][1] - 1)', '(value[i][1] - 0)'],
  ),
  ...edits(
    'deficit-scan.circom',
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
  ...edits('deficit-charges.circom', ['- units - deduction[l] - 1)', '- deduction[l])']),
  ...edits('deficit-required.circom', ['(threshold - 1)', '(threshold - 0)']),
  ...edits(
    'liquidation.circom',
    ['bound[t].worstFactor <== lowered.loweredWorst;', 'bound[t].worstFactor <== lowered.loweredWorst + 1;'],
    [
      'bound[t].factors <== lowered.lowered;',
      'for (var k = 0; k < SUMS; k++) { bound[t].factors[k] <== lowered.lowered[k] + 1; }',
    ],
  ),
)
let circuit: Circuit
beforeAll(async () => {
  circuit = await Circuit.compile(source)
})

/** Each attack breaks one rule alone; the copy compares none of its kind. */
const ATTACKS: [title: string, label: keyof typeof LIQUIDATION_FORGERIES, weak: () => Promise<Circuit>][] = [
  ['L01: an account that exactly meets its requirement', 'an account exactly at its requirement', rounded],
  ['L01: one unit above', 'an account one unit above', unjudged],
  ['L01: short by less than the dead band', 'an account inside the dead band', rounded],
  ['L02: cash that is other than the leaf says', 'cash that the leaf does not have so', unbound],
  ['L02: a slot of value left out', 'a slot of value left out', unbound],
  ['L04: two lines of one exposure', 'two lines of one exposure', unjudged],
  ['L04: one line twice over', 'a line picked twice over', unjudged],
  ['L05: the dearer branch of a choice', 'the dearer branch of a choice', unjudged],
  ['L05: a line that counts in the other branch', 'a line of the other branch', unjudged],
  ['L05: a choice that is taken elsewhere', 'a choice whose last line goes elsewhere', unjudged],
  ['L06: a gain counted as a loss', 'a gain counted as a loss', unjudged],
  ['L07: the requirement of another rule', 'the requirement of another rule', unbound],
  ['L07: the rows of another table', 'the rows of another table', unbound],
  ['L08: a position that grows', 'a position that grows', unjudged],
  ['L08: a short position that grows', 'a short position that grows', unjudged],
  ['L08: a position that changes its side', 'a position that changes its side', unjudged],
  ['L08: an instrument that was not held', 'an instrument that was not held', unjudged],
  ['L08: a position that moves as another', 'an instrument that moves under the name of another', unjudged],
  ['L08: two slots of cash', 'two slots of cash', unjudged],
  ['L09: more than restores, by overshoot', 'more than restores', unjudged],
  ['L10: a penalty one unit above', 'a penalty one unit above', unjudged],
  ['L10: a penalty beyond what there is', 'a penalty that makes a solvent account insolvent', unjudged],
  ['L10: a bankrupt account that loses more', 'a bankrupt account that loses', unjudged],
  ['L11: a perp at its mark in what is lost', 'a perp at its mark in what is lost', unbound],
  ['L12: a movement of another account', 'a movement of another account', unbound],
  ['L12: a movement of another owner', 'a movement of another owner', unbound],
  ['L13: a nullifier of another leaf', 'a nullifier of another leaf', unbound],
  ['L14: a takeover above the backstop', 'a takeover above the backstop', unjudged],
  ['L14: a takeover that is neither', 'a takeover that is none', unjudged],
  ['L14: a takeover that leaves something open', 'a takeover that leaves something open', unjudged],
  ['L15: a policy of another venue', 'a policy of another venue', unbound],
  ['L15: another penalty than the policy has', 'a policy of another penalty', unbound],
  ['L16: a threshold below zero, which a multiple loosens', 'a threshold below zero', unjudged],
  ['L17: a trigger above one', 'a trigger above one', unjudged],
  ['L17: a backstop above one', 'a backstop above one', unjudged],
  ['L17: a target beyond its width', 'a target beyond its width', unjudged],
  ['L17: cash beyond its width', 'cash beyond its width', unjudged],
  ['L18: a slot beyond those that are opened', 'a slot beyond those that are opened', unbound],
]

describe('liquidation refuses what is accepted where a rule is left out (liquidation.8)', () => {
  test.each(ATTACKS)('%s', async (_, label, weak) => {
    await attack(circuit, await weak(), LIQUIDATION_FORGERIES[label]())
  })

  test('every forgery is refused', async () => {
    for (const [label, inputs] of Object.entries(LIQUIDATION_FORGERIES)) {
      expect(await circuit.accepts(inputs()), label).toBe(false)
    }
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

  test('L01: with the numbers of margin, an account that exactly meets would be liquidated', async () => {
    const weak = await rounded()
    const inputs = liquidationInputs(handLiquidation({ before: EXACT, policy: { overshoot: 10n ** 15n } }))
    expect(weak.satisfied(await weak.witness(inputs))).toBe(true)
    expect(await circuit.accepts(inputs)).toBe(false)
  })
})
