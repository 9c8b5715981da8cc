import * as z from 'zod'
import { formatDecimal, labelFault, textSchema } from '../field/index.js'
import { decimalSchema, sha256Schema, symbolSchema } from '../schema/index.js'
import type { ReadChallenge } from './challenge.js'
import { CLASSES, type EvidenceClass } from './evidence.js'
import { HOLDS_FOR, type HoldsFor } from './message.js'
import { AMOUNT_DECIMALS, type Totals } from './totals.js'

const SCHEMA = 'plimsoll/reserves-summary/1'
const labelSchema = textSchema(labelFault)

/** What evidence shows, in short. Whoever reads it makes it again from the evidence, and compares. */
export const summarySchema = z.strictObject({
  schema: z.literal(SCHEMA),
  venue: labelSchema,
  epoch: labelSchema,
  /** Hash of the challenge. */
  challenge: sha256Schema,
  /** SHA-256 of `risk.json`: the instruments, in their order. */
  riskTable: sha256Schema,
  /** The classes that `shown` counts. */
  classes: z
    .array(z.enum(CLASSES))
    .min(1)
    .refine(
      (all) => all.every((each, i) => CLASSES.indexOf(each) > CLASSES.indexOf(all[i - 1] ?? each) || i === 0),
      'must name each class once, the firmest first',
    ),
  /** By instrument, in its own units, rounded down; what is not named is 0. */
  shown: z.record(symbolSchema, decimalSchema({})),
  /**
   * SHA-256 over the names and hashes of all files of the evidence. The digest of `shown` that a proof has is
   * another for another size of its instance, so that it is none of these: see `evidenceDigest`.
   */
  evidenceHash: sha256Schema,
})

/**
 * What evidence shows, in short.
 *
 * @useDeclaredType
 */
export type Summary = z.infer<typeof summarySchema>

/** Instruments of a risk table, in its order, with their decimals. */
export interface Instruments {
  /** SHA-256 of the table's file. */
  sha256: string
  instruments: readonly { symbol: string; decimals: number }[]
}

/**
 * What evidence shows of each instrument in its own units, rounded down, by the classes that are asked for:
 * this is the one place where amounts of different classes come together, as whoever asks for them says.
 *
 * @param holdsFor the purposes that count (default: all)
 */
export function shownUnits(
  totals: Totals,
  instruments: Instruments['instruments'],
  classes: readonly EvidenceClass[],
  holdsFor: readonly HoldsFor[] = HOLDS_FOR,
): bigint[] {
  return instruments.map(({ symbol, decimals }) => {
    const amounts = holdsFor.flatMap((each) =>
      CLASSES.filter((known) => classes.includes(known)).map((known) =>
        totals.least({ instrument: symbol, holdsFor: each, class: known }),
      ),
    )
    return amounts.reduce((sum, amount) => sum + amount, 0n) / 10n ** BigInt(AMOUNT_DECIMALS - decimals)
  })
}

/** The summary that evidence gives. Instruments of which nothing is shown are left out. */
export function summaryOf(
  { read, totals, evidenceHash }: { read: ReadChallenge; totals: Totals; evidenceHash: string },
  { sha256, instruments }: Instruments,
  classes: readonly EvidenceClass[],
): Summary {
  const units = shownUnits(totals, instruments, classes)
  const shown = instruments.flatMap(({ symbol, decimals }, i) =>
    units[i] === 0n ? [] : [[symbol, formatDecimal(units[i]!, decimals)] as const],
  )
  return {
    schema: SCHEMA,
    venue: read.challenge.venue,
    epoch: read.challenge.epoch,
    challenge: read.hash,
    riskTable: sha256,
    classes: CLASSES.filter((known) => classes.includes(known)),
    shown: Object.fromEntries(shown),
    evidenceHash,
  }
}
