import * as z from 'zod'
import { addressSchema, labelSchema } from '../bundle/index.js'
import { InputError } from '../errors/index.js'
import { bySchema, timestampSchema } from '../schema/index.js'
import { marginContext, marginDomain } from '../statements/index.js'

const uint64 = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,18})$/, { error: 'must be a decimal number in quotes', abort: true })
  .transform(BigInt)

const missing = ({ input }: { input?: unknown }) =>
  input === undefined
    ? 'is missing: write a gate, for a contract, or a reader, who checks with no contract'
    : undefined

/** Whom a margin proof is for: a caller of a gate, or a reader who checks it with no contract. Public. */
export const marginPurposeSchema = z.union([
  z.strictObject({
    schema: z.literal('plimsoll/margin-purpose/1'),
    gate: z.strictObject(
      {
        chainId: uint64.refine((id) => id > 0n, 'must be the number of a chain'),
        /** The gate, and the label that it was made with. */
        contract: addressSchema,
        label: z
          .string()
          .regex(/^0x[0-9a-fA-F]{64}$/, 'must be 32 bytes: 0x and 64 hexadecimal digits')
          .transform((text) => text.toLowerCase()),
        /** The address that will submit the proof to the gate. */
        caller: addressSchema,
        /** Any number that the caller has not used there. */
        nonce: uint64,
        /** Seconds since 1970-01-01 UTC. */
        expiry: timestampSchema,
      },
      { error: missing },
    ),
  }),
  z.strictObject({
    schema: z.literal('plimsoll/margin-purpose/1'),
    reader: z.strictObject(
      {
        /** Accounts have one handle for all proofs to a reader of this name. */
        name: labelSchema,
        /** What the proof shows, and when. */
        purpose: labelSchema,
      },
      { error: missing },
    ),
  }),
])

/**
 * What a margin proof is made for: a gate on a chain, or a reader.
 *
 * @useDeclaredType
 */
export type MarginPurpose = z.output<typeof marginPurposeSchema>
/** As a file holds it. */
export type MarginPurposeFile = z.input<typeof marginPurposeSchema>

/**
 * The `domain` and the `context` that a proof for this purpose carries. For a reader, the context binds the
 * text of the risk table, too. A gate has no text: the risk root that it accepts binds that of the margin
 * rule, names and all, and its owner read the table.
 *
 * @param riskTable SHA-256 of the risk table's canonical text (see `riskTableHash`)
 */
export function purposeSignals(
  purpose: MarginPurpose,
  riskTable: string,
): { domain: bigint; context: bigint } {
  if ('reader' in purpose) {
    const { name, purpose: what } = purpose.reader
    return {
      domain: marginDomain({ text: name }),
      context: marginContext({ text: JSON.stringify([name, what, riskTable]) }),
    }
  }
  const { chainId, nonce, expiry } = purpose.gate
  const [contract, caller, label] = [
    purpose.gate.contract,
    purpose.gate.caller,
    purpose.gate.label,
  ] as `0x${string}`[]
  return {
    domain: marginDomain({ chainId, contract: contract!, label: label! }),
    context: marginContext({ chainId, contract: contract!, caller: caller!, nonce, expiry: BigInt(expiry) }),
  }
}

/**
 * A purpose as it is read back from its file: what is wrong with it is found before anything is proven for
 * it.
 *
 * @throws {InputError} `MARGIN_PURPOSE`
 */
export function parsePurpose(purpose: MarginPurpose): MarginPurpose {
  const read = bySchema(marginPurposeSchema, purposeFile(purpose))
  if (read.fault === undefined) return read.data
  throw new InputError('MARGIN_PURPOSE', read.fault.message, { where: `purpose: ${read.fault.field}` })
}

/** A purpose as its file holds it. */
export function purposeFile(purpose: MarginPurpose): MarginPurposeFile {
  if ('reader' in purpose) return purpose
  const { chainId, nonce } = purpose.gate
  return { ...purpose, gate: { ...purpose.gate, chainId: chainId.toString(), nonce: nonce.toString() } }
}
