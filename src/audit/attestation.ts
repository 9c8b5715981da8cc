import type { Words } from './words.js'

/** Whose a field of an attestation is: found by this program, or said by somebody. */
export type Author = 'found here' | 'the venue’s word' | 'the auditor’s word' | 'not stated'

/** A field that an attestation report has, and what stands in it. */
export interface AttestationField {
  number: number
  name: string
  entries: { text: string; by: Author }[]
}

/** What was found here, by the name of the field. */
export type FoundFields = Partial<Record<Name, string>>

type Name = keyof typeof FIELDS
type VenueField = keyof NonNullable<Words['venue']>
type AuditorField = keyof NonNullable<Words['auditor']>

/** The fields of an attestation, in order, and where their words stand. */
const FIELDS = {
  purpose: [
    'Title, addressee, purpose, restriction of use',
    [],
    ['title', 'addressee', 'purpose', 'restriction'],
  ],
  responsible: [
    'Responsible party, legal entity, jurisdiction, group',
    ['responsibleParty', 'jurisdiction', 'groupScope'],
    [],
  ],
  practitioner: [
    'Practitioner, standard, independence, date, address',
    [],
    ['practitioner', 'standard', 'independence', 'date', 'address'],
  ],
  assertion: ['Assertion, and who made it', ['assertion', 'assertedBy'], []],
  moment: ['Measurement point: time, and block of every chain', ['measurementPoint'], []],
  scope: ['Liabilities in scope, and out of it', ['scope', 'outOfScope'], []],
  liabilities: ['Liabilities per instrument', ['liabilities'], []],
  negative: ['Accounts below zero', ['negativeAccounts'], []],
  exclusions: ['Accounts and units that are excluded', ['exclusions'], []],
  reserves: ['Reserves by instrument and class', ['reserves'], []],
  custody: ['Custody, segregation, bankruptcy remoteness', ['custody'], []],
  encumbrances: ['Encumbrances: pledged, lent, borrowed', ['encumbrances'], []],
  control: ['Evidence of control', ['controlEvidence'], []],
  valuation: ['Valuation: source, time, haircuts', ['valuation'], []],
  comparison: ['Comparison of reserves and liabilities', ['comparison'], []],
  reconciling: ['Reconciling items and timing differences', ['reconcilingItems'], []],
  default: ['Default resources and worst stress', ['defaultResources'], []],
  liquidity: ['Liquidity', ['liquidity'], []],
  procedures: ['Procedures, findings and exceptions', [], ['procedures', 'exceptions', 'notTested']],
  keys: ['Keys and circuits', ['keys'], []],
  means: ['Customers’ means of checking, and complaints', ['means', 'complaints'], []],
  previous: ['Previous report, and changes since', ['previousReport'], []],
  grades: ['Evidence grade of every figure', [], []],
  limits: ['Limits', ['limits'], ['limits']],
  controls: ['Controls over the period', ['controls'], ['controls']],
} as const satisfies Record<string, readonly [string, readonly VenueField[], readonly AuditorField[]]>

/** Every field of an attestation: what was found here, then what venue and auditor say. */
export function attestation(words: Words | undefined, found: FoundFields): AttestationField[] {
  return (Object.keys(FIELDS) as Name[]).map((key, i) => {
    const [name, venue, auditor] = FIELDS[key]
    const entries: AttestationField['entries'] = []
    const own = found[key]
    if (own !== undefined) entries.push({ text: own, by: 'found here' })
    for (const field of venue) {
      const text = words?.venue?.[field]
      if (text !== undefined) entries.push({ text, by: 'the venue’s word' })
    }
    for (const field of auditor) {
      const text = words?.auditor?.[field]
      if (text !== undefined) entries.push({ text, by: 'the auditor’s word' })
    }
    if (entries.length === 0) entries.push({ text: 'not stated', by: 'not stated' })
    return { number: i + 1, name, entries }
  })
}
