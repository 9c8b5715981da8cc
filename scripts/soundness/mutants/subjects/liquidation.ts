import { FACTOR_ONE } from '../../../../src/rules/index.js'
import { liquidationInputs, movementLeaf } from '../../../../src/statements/index.js'
import { elementsOf, tampered } from '../../bench/tamper.js'
import {
  FINE_RULE,
  HAND_LIQUIDATION,
  HAND_LIQUIDATION_MAIN,
  handLiquidation,
  handTable,
  LIQUIDATION_PUBLIC,
  UNIT,
} from '../../samples/liquidation.js'
import { LIQUIDATION_FORGERIES } from '../../samples/liquidation-forgeries.js'
import { changed } from '../../samples/margin-rule.js'
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
  const values = new Map(elementsOf(inputs))
  // One more of each A, of which there are ten, then eight.
  const larger = Object.fromEntries(
    Object.entries({ 'rowLines[0][0][1]': 1n, 'lineTotal[0][0]': 10n, 'lineTotal[1][0]': 8n }).map(
      ([path, more]) => [path, values.get(path)! + more],
    ),
  )
  const lenient = { overshoot: 10n ** 6n * UNIT }
  // Slots and lines that nothing is in may say anything.
  const empty = handLiquidation({
    ...{ before: [10n, -6n, 0n, -20n], policy: lenient },
  })
  // So small are its numbers that a multiple of a billionth less comes to the same.
  const small = handLiquidation({
    ...{ before: [10n, -6n, 4n, -250n], policy: lenient },
    table: handTable(
      changed(({ requirements: [first] }) => {
        first!.threshold = 0n
        first!.worst!.factor = FACTOR_ONE
        for (const charge of first!.charges) charge.factor = FACTOR_ONE
      }, FINE_RULE),
    ),
  })
  return [
    {
      ...{ ...SHARED, name: 'liquidation', source: sourceOf(HAND_LIQUIDATION_MAIN) },
      honest: [
        { label: 'a part', inputs },
        { label: 'a whole account', inputs: liquidationInputs(whole) },
        { label: 'an account of fewer slots', inputs: liquidationInputs(empty) },
        { label: 'a small requirement', inputs: liquidationInputs(small) },
      ],
      forged: [
        ...Object.entries(LIQUIDATION_FORGERIES).map(
          ([label, of]): Case => ({ label, inputs: of(), openable: OPENABLE.includes(label) }),
        ),
        ...['accountId', 'owner'].map((name): Case => {
          const movement = movementLeaf({ ...part.account, [name]: 5n }, part.movementSalt, part.changes)
          return { label: `a leaf of another ${name}`, inputs: { ...inputs, [name]: 5n, movement } }
        }),
        { label: 'a row of a larger coefficient', inputs: tampered(inputs, larger) },
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
