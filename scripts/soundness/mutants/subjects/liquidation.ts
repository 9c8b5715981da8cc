import { liquidationInputs } from '../../../../src/statements/index.js'
import { tampered } from '../../bench/tamper.js'
import { HAND_LIQUIDATION_MAIN, handLiquidation, LIQUIDATION_PUBLIC } from '../../samples/liquidation.js'
import { LIQUIDATION_FORGERIES } from '../../samples/liquidation-forgeries.js'
import { liquidationChallenges } from '../../samples/transcript.js'
import type { Case, Subject } from '../search.js'
import { POSEIDON } from './lib.js'

const PARTS = [
  ...['account', 'bound', 'charges', 'decision', 'groups', 'lines', 'marks', 'movement', 'policy'],
  ...['required', 'scan', 'totals'],
]

/** Forgeries of an opening alone. */
const OPENABLE: readonly string[] = [
  'a movement of another account',
  'a movement of another owner',
  'a nullifier of another leaf',
  'a policy of another venue',
  'a policy of another penalty',
  'cash that the leaf does not have so',
  'a slot of value left out',
  'the requirement of another rule',
  'the rows of another table',
  'a slot beyond those that are opened',
] satisfies (keyof typeof LIQUIDATION_FORGERIES)[]

/** Liquidations by hand, and what is refused of their like: each rule is broken alone. */
export function liquidationSubjects(): Subject[] {
  const part = handLiquidation()
  const whole = handLiquidation({
    ...{ before: [10n, -6n, 4n, -190n], changes: [-10n, 6n, -4n, 370n], takeover: true },
  })
  const inputs = liquidationInputs(part)
  const spare = handLiquidation({ before: [10n, -20n, 0n, -200n], changes: [0n, 0n, 0n, 0n] })
  return [
    {
      name: 'liquidation',
      source: { include: 'liquidation.circom', main: HAND_LIQUIDATION_MAIN, public: LIQUIDATION_PUBLIC },
      whole: ['liquidation.circom', ...PARTS.map((name) => `deficit-${name}.circom`)],
      untouched: POSEIDON,
      honest: [
        { label: 'a part', inputs },
        { label: 'a whole account', inputs: liquidationInputs(whole) },
      ],
      forged: [
        ...Object.entries(LIQUIDATION_FORGERIES).map(
          ([label, of]): Case => ({ label, inputs: of(), openable: OPENABLE.includes(label) }),
        ),
        { label: 'a zero with a sign', inputs: tampered(liquidationInputs(spare), { 'slots[3][64]': 1n }) },
        { label: 'another salt', inputs: tampered(inputs, { salt: 5n }) },
        { label: 'another batch', inputs: tampered(inputs, { 'leafChildren[2][15]': 5n }) },
        { label: 'another root of rows', inputs: tampered(inputs, { 'marginRoots[0]': 5n }), openable: true },
      ],
      openings: [
        ['accountsRoot', 'account.accountsRoot'],
        ['nullifier', 'account.nullifier'],
        ['policy', 'allowed.policy'],
        ['requirement', 'stated.requirement'],
        ['riskRoot', 'table.riskRoot'],
        ['marginRoots[0]', 'table.statedRoot'],
      ],
      renamed: { children: 'rowChildren' },
      // The model is of an account that fills its instance.
      challenges: ({ label }) => (label === 'a part' ? liquidationChallenges(part) : {}),
    },
  ]
}
