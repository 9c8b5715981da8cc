import {
  countEach,
  judged,
  type SoundnessOptions,
  type SoundnessRow,
  type SoundnessSection,
} from '../report.js'
import type { Subject } from './search.js'
import { backingSubjects } from './subjects/backing.js'
import { disclosureSubjects } from './subjects/disclosure.js'
import { ledgerSubjects } from './subjects/ledger.js'
import { libSubjects } from './subjects/lib.js'
import { liquidationSubjects } from './subjects/liquidation.js'
import { liquidationParts } from './subjects/liquidation-parts.js'
import { marginSubjects } from './subjects/margin.js'
import { marginParts } from './subjects/margin-parts.js'
import { settlementSubjects } from './subjects/settlement.js'
import { solvencySubjects } from './subjects/solvency.js'
import { weighSubjects } from './subjects/weigh.js'
import { SURVIVORS } from './survivors.js'
import { everyMutant, type Hunt, Tally } from './tally.js'

/** The subjects of a small run: templates without a hash, which compile in a second each. */
export const SAMPLE: readonly string[] = [
  'Range(3)',
  'Negative(3)',
  'Nonzero()',
  'Slot(1)',
  'OneHot16()',
  'LedgerSlot(0)',
  'Equities(3, 2)',
  'KeySum(2, 2, 1, 1)',
  'KeyTotals(2, 1, 1, 1)',
  'TierOwners(2, 3)',
  'RisingKeys(3, 4)',
]
const SHARE = 95

export function everySubject(): Subject[] {
  return [
    ...[
      ...libSubjects(),
      ...marginParts(),
      ...liquidationParts(),
      ...ledgerSubjects(),
      ...solvencySubjects(),
    ],
    ...[...marginSubjects(), ...backingSubjects(), ...disclosureSubjects(), ...liquidationSubjects()],
    ...weighSubjects(),
    ...settlementSubjects(),
  ]
}

/**
 * Each check is left out in turn: something has to get through that the circuit refuses, or it checks
 * nothing.
 */
export const mutantsSection: SoundnessSection = { title: 'Mutants of the circuits', run }

async function* run({ small, progress }: SoundnessOptions): AsyncIterable<SoundnessRow> {
  const subjects = everySubject().filter(({ name }) => !small || SAMPLE.includes(name))
  const tally = new Tally()
  for (const subject of subjects) yield huntRow(await tally.hunt(subject, 1, progress), small)
  if (!small) yield* allRows(tally)
}

/**
 * In a small run nothing else can tell a mutant that is left, so that it fails here. None that is explained
 * is among them.
 */
export function huntRow(
  { subject, mutants, means, left, runs, refuted, confirmed }: Hunt,
  small: boolean,
): SoundnessRow {
  const told = Object.entries(means).flatMap(([name, count]) => (count > 0 ? [`${count} by ${name}`] : []))
  return judged(
    `mutants.${subject}`,
    'without any one check, something gets through that is refused with it',
    {
      how: `${mutants} mutants, ${runs} witnesses: ${told.join(', ')}; ${left.length} left; ${confirmed} made by an edit as well`,
      faults: [...refuted, ...(small ? left : [])],
    },
  )
}

function* allRows({ dead, reached }: Tally): Iterable<SoundnessRow> {
  const every = everyMutant()
  const survivors = every.filter((id) => !dead.has(id))
  const share = (100 * (every.length - survivors.length)) / every.length
  yield judged('mutants.share', `at least ${SHARE} of 100 mutants are told from the circuit`, {
    how: `${every.length} mutants of all circuit files, ${share.toFixed(1)} of 100 told apart: ${countEach(every.flatMap((id) => dead.get(id) ?? []))}`,
    faults: share >= SHARE ? [] : [`${share.toFixed(1)} of 100`],
  })
  yield judged('mutants.survivors', 'every other one is explained, and every explanation needed', {
    how: `${Object.keys(SURVIVORS).length} explanations`,
    faults: [
      ...survivors
        .filter((id) => !(id in SURVIVORS))
        .map((id) => `${id} ${reached.has(id) ? 'survives' : 'is in no circuit that was tried'}`),
      ...Object.keys(SURVIVORS)
        .filter((id) => !survivors.includes(id))
        .map((id) => `the explanation of ${id} is not needed any more`),
    ],
  })
}
