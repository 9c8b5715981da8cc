import { type CircuitInputs, invertField } from '../../../../src/field/index.js'
import { FACTOR_ONE } from '../../../../src/rules/index.js'
import { type MarginWitness, marginInputs } from '../../../../src/statements/index.js'
import { tampered } from '../../bench/tamper.js'
import { MARGIN_PUBLIC } from '../../samples/margin-account.js'
import {
  HAND_MARGIN,
  HAND_MARGIN_MAIN,
  HAND_RULE,
  HELD,
  handWitness,
  heldWith,
} from '../../samples/margin-rule.js'
import { marginChallenges } from '../../samples/transcript.js'
import type { Case, Subject } from '../search.js'
import { POSEIDON } from './lib.js'

const OPENINGS: [string, string][] = [
  ['accountsRoot', 'account.accountsRoot'],
  ['handle', 'account.handle'],
  ['riskRoot', 'table.riskRoot'],
  ['requirement', 'asked.requirement'],
  ['marginRoots[0]', 'table.statedRoot'],
]

/** The statement, with the parts that stand in no other place. */
const WHOLE = [
  'margin.circom',
  ...['account', 'requirement', 'table', 'totals', 'sums', 'decision'].map((part) => `margin-${part}.circom`),
]

/**
 * The account by hand, with cash to spare, so that one rule at a time can be broken, and one that leaves
 * slots, groups and lines empty; and the first in a larger tree of rows.
 */
export function marginSubjects(): Subject[] {
  const rich = handWitness(heldWith(3, 1_000_000n))
  const deep = { ...HAND_MARGIN, levels: 2 }
  return [
    subject(
      'margin',
      HAND_MARGIN_MAIN,
      [rich, handWitness([HELD[0]!, { instrument: 3, quantity: 1_000_000n }])],
      forgeries(rich),
    ),
    subject('margin with two levels of rows', 'Margin(4, 2, 3, 8, 2, 2)', [
      handWitness(heldWith(3, 1_000_000n), { sizes: deep }),
    ]),
  ]
}

const OTHER_ROOT = 'another root of rows'

function subject(
  name: string,
  main: string,
  honest: [MarginWitness, ...MarginWitness[]],
  forged: Record<string, CircuitInputs> = {},
): Subject {
  const witnesses = new Map(honest.map((witness, i) => [`account ${i + 1}`, witness]))
  return {
    name,
    source: { include: 'margin.circom', main, public: MARGIN_PUBLIC },
    whole: WHOLE,
    untouched: POSEIDON,
    honest: [...witnesses].map(([label, witness]) => ({ label, inputs: marginInputs(witness) })),
    forged: Object.entries(forged).map(
      ([label, inputs]): Case => ({ label, inputs, openable: label === OTHER_ROOT }),
    ),
    openings: OPENINGS,
    renamed: { children: 'rowChildren' },
    // The model is of an account that fills its instance.
    challenges: ({ label }) => (label === 'account 1' ? marginChallenges(honest[0]) : {}),
  }
}

function forgeries(rich: MarginWitness): Record<string, CircuitInputs> {
  const inputs = marginInputs(rich)
  // A billionth in the field: a number that is no integer, which the rounding of a multiple has room for.
  const part = invertField(FACTOR_ONE)
  const [root] = inputs.marginRoots as [bigint]
  const floored = marginInputs(
    handWitness(
      heldWith(3, 500n).with(2, { instrument: 2, quantity: 5n }).with(0, { instrument: 0, quantity: 8n }),
    ),
  )
  const odd = structuredClone(HAND_RULE)
  odd.limits = []
  odd.exposures.push({
    name: 'odd',
    lines: [{ constant: 0n, terms: [{ symbol: 'A', long: 1n, short: 1n }] }],
    adds: { raises: 'left' },
  })
  const maintenance = handWitness(HELD, { requirement: 'maintenance' })
  return {
    'a total of a line of one less': tampered(inputs, {
      ...{ 'lineTotal[1]': 29n, 'lineValue[0]': 24n, 'lineValue[1]': 24n },
    }),
    'an account that has too little': marginInputs(handWitness(heldWith(3, 0n))),
    'a charge that is not raised': tampered(inputs, { 'groupCharge[0]': 81n }),
    'a charge that is not bounded': tampered(floored, { 'groupCharge[0]': 99n }),
    'a worst loss below the one of a scenario': tampered(inputs, { worst: rich.worst - 1n }),
    'a worst loss below a sum': tampered(marginInputs(maintenance), { worst: maintenance.worst - 1n }),
    'a worst loss below zero': tampered(marginInputs(handWitness([{ instrument: 3, quantity: 500n }])), {
      worst: -1n,
    }),
    'a charge of a netted group': marginInputs(handWitness(HELD, { rule: odd })),
    'two places in the rule, one for none': tampered(inputs, { 'which[1]': 1n, 'marginRoots[1]': 0n }),
    // The place is 1·2 − 2·1 = 0, and the root there 2·root − root.
    'places in the rule that are no bits': tampered(inputs, {
      ...{ 'which[0]': 0n, 'which[1]': 2n, 'which[2]': -1n },
      ...{ 'marginRoots[1]': root, 'marginRoots[2]': root },
    }),
    'another salt': tampered(inputs, { salt: 5n }),
    'another owner': tampered(inputs, { ownerSecret: 5n }),
    'another account': tampered(inputs, { accountId: 5n }),
    'another batch': tampered(inputs, { 'leafChildren[2][15]': 5n }),
    [OTHER_ROOT]: tampered(inputs, { 'marginRoots[0]': 5n }),
    "another instrument's row": tampered(inputs, { 'slots[0][65]': 1n }),
    'a bit of 2 and −1 in a slot': tampered(inputs, { 'slots[0][8]': 2n, 'slots[0][9]': -1n }),
    'a row of a higher value': tampered(inputs, { 'rowValue[0][0]': 31n }),
    'a row of a smaller coefficient': tampered(inputs, {
      ...{ 'rowLines[0][1][1]': 2n, 'lineTotal[1]': 20n, 'lineValue[0]': 20n, 'lineValue[1]': 20n },
    }),
    'a row of more links of lines than it has': tampered(inputs, { 'rowLinks[0][2]': 1n }),
    'a threshold that does not keep to its width': tampered(inputs, { threshold: 100n - part }),
    'a worst factor that does not keep to its width': tampered(inputs, {
      worstFactor: 2n * FACTOR_ONE - part,
    }),
    'a factor that does not keep to its width': tampered(inputs, { 'factors[5]': -part }),
    'a sum twice in the worst loss': tampered(inputs, { 'worstSums[5]': 2n }),
    'a gain that does not keep to its width': tampered(inputs, { 'gains[0]': 1n << 41n }),
    'a loss below zero': tampered(inputs, { 'losses[0]': -1n }),
    'a multiple of zero': tampered(inputs, {
      ...{ times: 0n, askedThreshold: 0n, askedWorstFactor: 0n },
      ...{ 'askedFactors[0]': 0n, 'askedFactors[1]': 0n },
    }),
    'a threshold of less than what is asked': tampered(inputs, { askedThreshold: 99n }),
    'a worst factor of less than what is asked': tampered(inputs, { askedWorstFactor: 2n * FACTOR_ONE - 1n }),
    'a factor of less than what is asked': tampered(inputs, {
      'askedFactors[1]': (inputs.askedFactors as bigint[])[1]! - 1n,
    }),
    'a threshold that is asked and does not keep to its width': tampered(inputs, {
      askedThreshold: 100n + part,
    }),
    'a worst factor that is asked and does not keep to its width': tampered(inputs, {
      askedWorstFactor: 2n * FACTOR_ONE + part,
    }),
    'a factor that is asked and does not keep to its width': tampered(inputs, { 'askedFactors[5]': part }),
  }
}
