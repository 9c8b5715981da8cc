import { liquidationInputs } from '../../../../src/statements/index.js'
import { tampered } from '../../bench/tamper.js'
import {
  HAND_LIQUIDATION,
  HAND_LIQUIDATION_MAIN,
  handLiquidation,
  LIQUIDATION_PUBLIC,
} from '../../samples/liquidation.js'
import { LIQUIDATION_FORGERIES } from '../../samples/liquidation-forgeries.js'
import { liquidationChallenges } from '../../samples/transcript.js'
import type { Case, Subject } from '../search.js'
import { POSEIDON } from './lib.js'

/** What every subject of the statement has: its own file is told apart here, its parts by themselves. */
const SHARED: Pick<Subject, 'whole' | 'untouched' | 'openings'> = {
  whole: ['liquidation.circom'],
  untouched: POSEIDON,
  openings: [
    ['accountsRoot', 'account.accountsRoot'],
    ['nullifier', 'account.nullifier'],
    ['policy', 'allowed.policy'],
    ['requirement', 'stated.requirement'],
    ['riskRoot', 'table.riskRoot'],
    ['marginRoots[0]', 'table.statedRoot'],
  ],
}

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
  const deep = handLiquidation({ sizes: { ...HAND_LIQUIDATION, levels: 2 } })
  const inputs = liquidationInputs(part)
  return [
    {
      ...{ ...SHARED, name: 'liquidation', source: sourceOf(HAND_LIQUIDATION_MAIN) },
      honest: [
        { label: 'a part', inputs },
        { label: 'a whole account', inputs: liquidationInputs(whole) },
      ],
      forged: [
        ...Object.entries(LIQUIDATION_FORGERIES).map(
          ([label, of]): Case => ({ label, inputs: of(), openable: OPENABLE.includes(label) }),
        ),
        { label: 'another root of rows', inputs: tampered(inputs, { 'marginRoots[0]': 5n }), openable: true },
      ],
      // The model is of an account that fills its instance.
      challenges: ({ label }) => (label === 'a part' ? liquidationChallenges(part) : {}),
    },
    {
      ...{ ...SHARED, name: 'liquidation with two levels of rows' },
      source: sourceOf('Liquidation(4, 2, 3, 8, 2, 2)'),
      honest: [{ label: 'a part', inputs: liquidationInputs(deep) }],
    },
  ]
}

function sourceOf(main: string): Subject['source'] {
  return { include: 'liquidation.circom', main, public: LIQUIDATION_PUBLIC }
}
