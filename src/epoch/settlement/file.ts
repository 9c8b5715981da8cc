import * as z from 'zod'
import { instanceNameSchema, labelSchema } from '../../bundle/index.js'
import { formatDecimal, parseDecimal } from '../../field/index.js'
import { INDEX_DECIMALS } from '../../risk/index.js'
import {
  decimalSchema,
  fieldElementSchema,
  parseJsonAs,
  sha256Schema,
  symbolSchema,
} from '../../schema/index.js'
import { byReason, type Recovered } from '../../statements/index.js'
import { keysSchema, MAX_BATCHES, runsSchema } from '../manifest-schema.js'

/** Chunks of one settlement: two ledgers of as many batches as there can be, and activity. */
export const MAX_CHUNKS = 4 * MAX_BATCHES
/** Leaves of one batch. */
const MAX_LEAVES = 4096

/** A step of an index, above zero, written in one way alone. */
const stepSchema = decimalSchema({ whole: 3, fraction: INDEX_DECIMALS }).refine(
  (text) => text !== '0' && !/\..*0$/.test(text),
  { error: 'must be above zero, with no zero at its end' },
)

/**
 * What a venue publishes to show how an epoch follows from the one before: `settlement.json`. Every other
 * file of the folder is verified against it, and it against the manifests of both epochs.
 */
export const settlementSchema = z.strictObject({
  schema: z.literal('plimsoll/settlement/1'),
  venue: labelSchema,
  /** The later epoch, and SHA-256 of its `manifest.json`. */
  epoch: labelSchema,
  manifest: sha256Schema,
  /** The earlier one, whose manifest the later one's names. */
  previous: z.strictObject({ epoch: labelSchema, manifest: sha256Schema }),
  /** Roots over the rows of activity, by reason; 0 for a reason without rows. */
  roots: z.strictObject(byReason(() => fieldElementSchema)),
  /**
   * The earlier epoch's proofs of liquidations by their nullifiers, batch by batch as the tree of
   * liquidations has them, in the order of their leaves.
   */
  liquidations: z.array(z.array(fieldElementSchema).min(1).max(MAX_LEAVES)).max(MAX_BATCHES),
  /**
   * The instance that proves each chunk, in order: those of the ledger before, of the one after, then of each
   * reason.
   */
  chunks: runsSchema('chunks', MAX_CHUNKS),
  firstState: fieldElementSchema,
  state: fieldElementSchema,
  /** What deposits, withdrawals and fees are committed to by. */
  external: fieldElementSchema,
  /** 1 where customers bear a loss, as they may when the fund is spent. */
  loss: z.union([z.literal(0), z.literal(1)]),
  keys: keysSchema,
  /** The instance of the closing proof. */
  instance: instanceNameSchema,
  /** That of the proof of interest, where indices pay some. */
  interest: instanceNameSchema.exactOptional(),
  /**
   * By symbol, what of the step of an index gives back a loss of before, in units a share: exact decimals
   * with no zero at the end.
   */
  recovered: z.record(symbolSchema, stepSchema).exactOptional(),
})

/**
 * What a venue publishes to show how an epoch follows from the one before, as its `settlement.json` has it.
 *
 * @useDeclaredType
 */
export type Settlement = z.infer<typeof settlementSchema>

/**
 * The settlement that a text holds.
 *
 * @param where the file's name, for messages
 * @throws {InputError} what `parseJsonAs` throws
 * @example
 * import { readFile } from 'node:fs/promises'
 *
 * const path = 'epoch/settlement/settlement.json'
 * const { previous } = parseSettlement(await readFile(path, 'utf8'), path)
 */
export function parseSettlement(text: string, where: string): Settlement {
  return parseJsonAs(text, settlementSchema, where)
}

/** What a settlement says to give back a loss. */
export function recoveredOf({ recovered = {} }: Pick<Settlement, 'recovered'>): Recovered {
  return new Map(
    Object.entries(recovered).map(([symbol, text]) => [
      symbol,
      parseDecimal(text, { decimals: INDEX_DECIMALS, where: `recovered.${symbol}` }),
    ]),
  )
}

/** The same as `settlement.json` has it. */
export function recoveredText(recovered: Recovered): NonNullable<Settlement['recovered']> {
  return Object.fromEntries(
    [...recovered].map(([symbol, step]) => [symbol, formatDecimal(step, INDEX_DECIMALS)]),
  )
}
