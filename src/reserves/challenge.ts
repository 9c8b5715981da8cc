import * as z from 'zod'
import { labelFault, textSchema } from '../field/index.js'
import {
  fieldElementSchema,
  parseJsonAs,
  sha256Schema,
  sha256Text,
  timestampSchema,
} from '../schema/index.js'
import { chainSchema } from './caip.js'
import { isRising } from './rising.js'

const SCHEMA = 'plimsoll/reserves-challenge/1'
/** Chains of one challenge, and moments that a round of drand picks at most. */
const [MAX_CHAINS, MAX_MOMENTS] = [64, 24]
/** The longest that a block may lie from the moment, in seconds. */
const MAX_TOLERANCE = 86_400

/** Seconds that a chain's block may lie before or after the moment, where a challenge names no other. */
export const DEFAULT_TOLERANCE = {
  eip155: 900,
  bip122: 7200,
  tron: 900,
  solana: 900,
  attested: 86_400,
} as const

/** A name that stands in the texts which are signed: what every signing device shows. */
const plainLabelSchema = textSchema(
  (text) =>
    labelFault(text) ??
    (/^[ -~]*$/.test(text) ? undefined : 'must be plain ASCII: signing devices show nothing else'),
)

/** A round of drand's quicknet; its signature is 48 bytes. */
export const drandRoundSchema = z.strictObject({
  round: z.int().positive(),
  signature: z.string().regex(/^[0-9a-f]{96}$/, 'must be 96 hexadecimal digits in lower case'),
})

/**
 * A round of drand's quicknet with its signature, in hex.
 *
 * @useDeclaredType
 */
export type DrandRound = z.infer<typeof drandRoundSchema>

const momentSchema = z.discriminatedUnion('kind', [
  /** The moment that the risk table is of. */
  z.strictObject({ kind: z.literal('fixed'), timestamp: timestampSchema }),
  /**
   * Moments between `from` and `to`, picked by a round that drand signs after `to`: money has to be there all
   * the time. The least that any of them shows counts.
   */
  z
    .strictObject({
      kind: z.literal('random'),
      from: timestampSchema,
      to: timestampSchema,
      round: z.int().positive(),
      count: z.int().min(1).max(MAX_MOMENTS),
    })
    .refine(({ from, to }) => from < to, 'must end after it starts'),
])

/** What is asked of a venue: for whom and when it shows its reserves. */
export const challengeSchema = z
  .strictObject({
    schema: z.literal(SCHEMA),
    venue: plainLabelSchema,
    epoch: plainLabelSchema,
    /** Of the ledger that the reserves stand behind. */
    accountsRoot: fieldElementSchema.exactOptional(),
    /** Root of the tree of all entries of `addresses.json`, in hex, for moments that are picked later. */
    addressesRoot: sha256Schema.exactOptional(),
    moment: momentSchema,
    /** In rising order, each with the seconds that its block may lie from the moment. */
    chains: z
      .array(z.strictObject({ chain: chainSchema, tolerance: z.int().min(0).max(MAX_TOLERANCE) }))
      .min(1)
      .max(MAX_CHAINS)
      .refine((all) => isRising(all.map(({ chain }) => chain)), 'must name each chain once, in rising order'),
    /** A round that had passed when the challenge was made: it is no older. */
    drand: drandRoundSchema.exactOptional(),
    /** From this second on, nothing is signed or collected for the challenge. */
    expires: timestampSchema,
  })
  .refine(
    ({ moment, addressesRoot }) => moment.kind === 'fixed' || addressesRoot !== undefined,
    'must fix the addresses before their moments are picked',
  )
  .refine(
    ({ moment, expires }) => (moment.kind === 'fixed' ? moment.timestamp : moment.to) < expires,
    'must not expire before its moment',
  )

/**
 * For whom and when a venue shows its reserves. Every address signs its hash.
 *
 * @useDeclaredType
 */
export type Challenge = z.infer<typeof challengeSchema>

/** A challenge as it was read, and the hash that is signed: SHA-256 of the file, as `sha256sum` prints it. */
export interface ReadChallenge {
  challenge: Challenge
  hash: string
}

/**
 * The challenge that a file's text holds, with its hash.
 *
 * @param where the file's name, for messages
 * @throws {InputError} what `parseJsonAs` throws
 */
export function parseChallenge(text: string, where: string): ReadChallenge {
  return { challenge: parseJsonAs(text, challengeSchema, where), hash: sha256Text(text) }
}
