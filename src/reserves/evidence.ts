import * as z from 'zod'
import { labelFault, textSchema } from '../field/index.js'
import { symbolSchema, timestampSchema } from '../schema/index.js'
import { accountSchema, assetSchema } from './caip.js'
import { controlSchema } from './control/index.js'
import { hexSchema as hex, MAX_TRANSACTION } from './hex.js'

/** The longest line of evidence that is read, in bytes: a transaction in hex, a signature and the rest. */
export const MAX_EVIDENCE_LINE = 8_388_608

/**
 * How firm a piece of evidence is, the firmest first: checked from a block's hash without asking anybody,
 * what a node answered, what somebody signed. Amounts of two classes are never added.
 * @example
 * const [firmest] = CLASSES
 */
export const CLASSES = ['proven', 'observed', 'attested'] as const

export type EvidenceClass = (typeof CLASSES)[number]

/** The less firm of two classes. */
export function weaker(a: EvidenceClass, b: EvidenceClass): EvidenceClass {
  return CLASSES.indexOf(a) > CLASSES.indexOf(b) ? a : b
}

const wordsSchema = textSchema(labelFault)

/** What shows how much an account holds. */
export const balanceSchema = z.discriminatedUnion('kind', [
  /** The account's node in the state of its block. */
  z.strictObject({ kind: z.literal('evm-native') }),
  /** The token contract's slot for the account, in the state of its block. */
  z.strictObject({ kind: z.literal('evm-token') }),
  /**
   * One output of a transaction that a block holds. That it was there is proven; that it is unspent no header
   * shows, so that its amount is observed.
   */
  z.strictObject({
    kind: z.literal('bitcoin-output'),
    index: z.int().min(0).max(0xffff_ffff),
    height: z.int().nonnegative(),
    transaction: hex(60, MAX_TRANSACTION),
    /** Place in its block, and the other child at each node above it, the lowest first. */
    position: z.int().nonnegative(),
    branch: z.array(hex(32)).max(32),
    /** Who was asked whether it is unspent, and the height of their chain then. */
    unspent: z.strictObject({ source: wordsSchema, height: z.int().nonnegative() }),
  }),
  /** What a node answered. */
  z.strictObject({
    kind: z.literal('observed'),
    /** Who was asked. */
    source: wordsSchema,
    height: z.int().nonnegative(),
    time: timestampSchema,
  }),
  /** What somebody other than a chain says. */
  z.strictObject({
    kind: z.literal('attested'),
    by: wordsSchema,
    /** SHA-256 of the letter or statement. */
    statement: hex(32),
    time: timestampSchema,
  }),
])

/** What shows how much an account holds. */
export type Balance = z.infer<typeof balanceSchema>

/** One holding: a line of `evidence.jsonl`. */
export const evidenceLineSchema = z.strictObject({
  /** Number of the moment, counted from 0: one moment where the challenge names no more. */
  moment: z.int().min(0).max(255),
  account: accountSchema,
  asset: assetSchema,
  instrument: symbolSchema,
  /** In the smallest units of the asset on its chain, such as wei. */
  amount: z.string().regex(/^(?:0|[1-9][0-9]{0,77})$/, 'must be a whole number of smallest units in quotes'),
  /** Hash of the block, as the chain writes it. */
  block: z.string().regex(/^[0-9A-Za-z]{1,88}$/, 'must be the hash of a block'),
  /** `above` where the line before is of the same account and moment; `attested` where no chain has it. */
  control: z.union([z.enum(['above', 'attested']), controlSchema]),
  balance: balanceSchema,
})

/**
 * One holding of one account at one moment, with what shows who controls it and how much it is.
 *
 * @useDeclaredType
 */
export type EvidenceLine = z.infer<typeof evidenceLineSchema>
