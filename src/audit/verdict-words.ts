import type { KeyKind } from '../bundle/index.js'
import type { Disclosed, OpenedEpoch } from '../epoch/index.js'
import { marketScenarios, someOf } from '../risk/index.js'
import type { FoundFields } from './attestation.js'

/** What no audit of this kind says, whatever it found. */
export const LIMITS = [
  'It is about one moment. Of what was so before and after it, nothing here says more than a settlement does, where one is shown.',
  'That prices are right, and that an instrument is what the table says, is the venue’s word.',
  'What is owed off the books is in no proof.',
  'That reserves are the venue’s own and free is no part of the proofs; that they exist, no more than addresses show.',
  'An account that was left out can be noticed by its customer alone, who has to look.',
  'Whether the worst case is among the scenarios is for the reader to judge.',
  'The program that wrote this report was not audited itself; every procedure can be repeated by other means.',
] as const

/**
 * What a verdict means, a sentence each.
 *
 * @param keyKind of the weakest key that anything in the report rests on
 * @param liquidations what proofs of liquidations show
 */
export function meaning(
  valid: boolean,
  { report, read: { table } }: OpenedEpoch,
  keyKind: KeyKind,
  liquidations: readonly string[],
): string[] {
  const { venue, epoch } = report
  if (!valid) {
    return [
      report.valid
        ? `The proofs of epoch ${epoch} of ${venue} verify, and an audit finds exceptions.`
        : `Nothing can be concluded from epoch ${epoch} of ${venue}: its verification finds exceptions.`,
      'Each exception is listed with what it rests on. Until they are cleared, do not rely on this epoch.',
    ]
  }
  const market = table === undefined ? [] : marketScenarios(table).map(({ scenario }) => scenario.name)
  return [
    `Every account of the ledger of ${venue} at epoch ${epoch} is counted once, and the committed reserves cover what the venue owes, instrument by instrument as its policy says.`,
    ...(market.length === 0
      ? []
      : [
          `They also cover what accounts lack in ${market.length === 1 ? 'the scenario' : 'the scenarios'} ${someOf(market)}.`,
        ]),
    report.backing === undefined
      ? 'This was proven without showing an account; it does not say that the reserves exist.'
      : 'This was proven without showing an account.',
    ...report.reserves,
    ...liquidations,
    ...(keyKind === 'development'
      ? [
          'The keys are development keys: whoever made them can forge all of this. It is good for a trial alone.',
        ]
      : []),
  ]
}

/** What of an attestation's fields was found here. */
export function foundFields(
  { read, report }: OpenedEpoch,
  {
    isProven,
    disclosed,
    procedures,
    exceptions,
  }: { isProven: boolean; disclosed: Disclosed; procedures: number; exceptions: number },
): FoundFields {
  const { manifest, table, policy } = read
  const { totals, reserves, chosen } = disclosed
  const partly = chosen ? 'Hidden but for what is proven of chosen instruments: see the figures' : undefined
  const ifProven = (words: string) => (isProven ? words : 'nothing of it is proven')
  return {
    responsible: `${manifest.venue}, as its manifest says`,
    ...(isProven && {
      assertion: `Epoch ${manifest.epoch}: that reserves cover liabilities by the policy, proven for the files that are listed below`,
    }),
    ...(table && {
      moment: `Marks of ${new Date(1000 * table.timestamp).toISOString()}, as the risk table says`,
      valuation: `${table.instruments.length} marks in ${table.quote}, ${table.scenarios.length} scenarios; see the remarks and the comparison with a second source`,
    }),
    liabilities: totals
      ? 'Disclosed, and opened: see the coverage'
      : (partly ?? `Committed to and hidden; ${ifProven('proven to be covered')}`),
    negative: `Bounds and shortfalls in the scenarios: ${ifProven('see how each is known')}`,
    reserves: [
      reserves
        ? 'Disclosed, and opened: see the coverage.'
        : chosen?.reserves.size
          ? 'Hidden but of chosen instruments: see the figures.'
          : 'Committed to and hidden.',
      ...report.reserves,
    ].join(' '),
    comparison: policy
      ? isProven
        ? 'Proven at the thresholds of the policy: see the coverage'
        : 'At the thresholds of the policy, of which nothing is proven'
      : 'No policy could be read',
    default: 'See the scenarios and the policy in words',
    procedures: `${procedures} procedures, ${exceptions === 0 ? 'no exception' : `${exceptions} with an exception`}; those that were not carried out are listed as omitted`,
    keys: `${Object.keys(manifest.keys).length} keys: see their provenance`,
    means: 'Each customer can verify an inclusion file against this epoch: plimsoll inclusion verify',
    ...(manifest.previous !== undefined && {
      previous: `Manifest with the SHA-256 ${manifest.previous}, as this one names it`,
    }),
    grades: 'In the table of figures: recomputed here, proven, claimed by the venue, or withheld',
    limits: LIMITS.join(' '),
  }
}
