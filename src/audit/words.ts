import * as z from 'zod'
import { parseJsonAs } from '../schema/index.js'

/** The longest text of a field, in UTF-16 units. */
const LONGEST = 4000
/** Rows of one table. */
const MOST_ROWS = 1000

const text = z.string().min(1).max(LONGEST, `must not be longer than ${LONGEST} characters`)
const optional = <K extends string>(names: readonly K[]) =>
  Object.fromEntries(names.map((name) => [name, text.exactOptional()])) as Record<
    K,
    z.ZodExactOptional<typeof text>
  >

/** What an attestation says in the venue's words, by field. */
const VENUE = [
  ...(['responsibleParty', 'jurisdiction', 'groupScope', 'assertion', 'assertedBy'] as const),
  ...(['measurementPoint', 'scope', 'outOfScope', 'liabilities', 'negativeAccounts', 'exclusions'] as const),
  ...(['reserves', 'custody', 'encumbrances', 'controlEvidence', 'valuation', 'comparison'] as const),
  ...(['reconcilingItems', 'defaultResources', 'liquidity', 'keys', 'means', 'complaints'] as const),
  ...(['previousReport', 'controls', 'limits'] as const),
] as const

/** The same in the words of whoever audits. */
const AUDITOR = [
  ...(['title', 'addressee', 'purpose', 'restriction', 'practitioner', 'standard', 'independence'] as const),
  ...(['date', 'address', 'procedures', 'exceptions', 'notTested', 'controls', 'limits'] as const),
] as const

/** A file of words beside an epoch. Nothing in it is checked: the report says whose words they are. */
const wordsSchema = z.strictObject({
  schema: z.literal('plimsoll/words/1'),
  venue: z.strictObject(optional(VENUE)).exactOptional(),
  auditor: z.strictObject(optional(AUDITOR)).exactOptional(),
  /** The block of every chain that reserves were read at, in the venue's words. */
  chains: z
    .array(z.strictObject({ chain: text, block: text, time: text }))
    .max(MOST_ROWS)
    .exactOptional(),
  /** Reserves by asset and class, in the venue's words. */
  holdings: z
    .array(
      z.strictObject({
        asset: text,
        class: text,
        place: text,
        evidence: text,
        encumbrance: text.exactOptional(),
      }),
    )
    .max(MOST_ROWS)
    .exactOptional(),
})

/**
 * What venue and auditor say beside an epoch.
 *
 * @useDeclaredType
 */
export type Words = z.infer<typeof wordsSchema>

/**
 * The words that a text holds.
 *
 * @param where the file's name, for messages
 * @throws {InputError} what `parseJsonAs` throws
 * @example
 * const words = parseWords('{"schema":"plimsoll/words/1","venue":{"jurisdiction":"Utopia"}}', 'words.json')
 */
export function parseWords(text: string, where: string): Words {
  return parseJsonAs(text, wordsSchema, where)
}
