import type { Hex } from 'viem'
import * as z from 'zod'
import { addressSchema, instanceNameSchema, labelSchema } from '../../bundle/index.js'
import { type ChainConnection, type MarginGate, openMarginGate, requirementId } from '../../chain/index.js'
import { ArtifactError, InputError } from '../../errors/index.js'
import { readJsonFile } from '../../files/index.js'
import { timesSchema } from '../../margin/index.js'
import { fieldElementSchema, keyKindSchema, sha256Schema } from '../../schema/index.js'

const wordSchema = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/, 'must be 32 bytes: 0x and 64 hexadecimal digits in lower case')
  .transform((text) => text as Hex)
const contractSchema = addressSchema.transform((text) => text as Hex)

/** What a lender's gate is: public, for traders to prove to it and for anyone to ask it. */
export const gateRecordSchema = z.strictObject({
  schema: z.literal('plimsoll/gate/1'),
  chainId: z.string().regex(/^[1-9][0-9]{0,15}$/, 'must be the number of a chain'),
  contract: contractSchema,
  /** The lender's name; the gate's label is its hash. */
  name: labelSchema,
  label: wordSchema,
  venue: labelSchema,
  /** Where the gate reads which epoch counts. */
  source: z.strictObject({ kind: z.enum(['owned', 'registry']), contract: contractSchema }),
  verifiers: z.array(
    z.strictObject({
      instance: instanceNameSchema,
      keyHash: sha256Schema,
      keyKind: keyKindSchema,
      contract: contractSchema,
    }),
  ),
  requirements: z.array(
    z.strictObject({
      requirement: z.string().min(1).max(100),
      times: timesSchema,
      id: wordSchema,
      digest: fieldElementSchema,
    }),
  ),
})

export type GateRecord = z.output<typeof gateRecordSchema>
export type GateRequirement = GateRecord['requirements'][number]

/** The id of a multiple of a requirement at gates that `gate deploy` makes. */
export function idOf(requirement: string, times: string): Hex {
  return requirementId(`${times} ${requirement}`)
}

/**
 * Reads the record of a gate, and asks the chain whether it is that gate.
 *
 * @throws {InputError} `GATE_RECORD` when chain or contract are not those of the record, and what
 * `readJsonFile` and `openMarginGate` throw
 */
export async function openRecordedGate(
  chain: ChainConnection,
  file: string,
): Promise<{ record: GateRecord; gate: MarginGate }> {
  const record = await readJsonFile(file, gateRecordSchema)
  const other = (field: string, message: string) =>
    new InputError('GATE_RECORD', message, {
      where: `${file}: ${field}`,
      hint: 'Use the record as `plimsoll gate deploy` wrote it, and a node of its chain.',
    })
  if (record.chainId !== `${chain.chainId}`) {
    throw other('chainId', `the gate is on chain ${record.chainId}, and the node on ${chain.chainId}`)
  }
  const gate = await openMarginGate(chain, record.contract)
  const facts: [field: string, said: string, found: string][] = [
    ['label', record.label, gate.label],
    ['name', requirementId(record.name), gate.label],
    ['venue', requirementId(record.venue), gate.epochs.venue],
    ['source.contract', record.source.contract, gate.epochs.source.toLowerCase()],
  ]
  for (const [field, said, found] of facts) {
    if (said !== found) throw other(field, 'the gate on the chain has another one')
  }
  return { record, gate }
}

/**
 * The requirement that is asked for, or the only one that there is.
 *
 * @throws {InputError} `GATE_REQUIREMENT`
 */
export function requirementOf(
  { requirements }: GateRecord,
  asked: { requirement?: string; times: string },
): GateRequirement {
  const all = requirements.map(({ times, requirement }) => `${times} × ${requirement}`)
  const [only, ...others] = requirements
  const found =
    asked.requirement === undefined
      ? others.length === 0 && only
      : requirements.find((one) => one.requirement === asked.requirement && one.times === asked.times)
  if (found) return found
  const what =
    asked.requirement === undefined ? 'which requirement?' : `${asked.times} × ${asked.requirement}`
  throw new InputError('GATE_REQUIREMENT', `the gate has no such requirement: ${what}`, {
    where: '--requirement',
    hint: all.length === 0 ? 'It has none yet.' : `It has ${all.join(', ')}.`,
  })
}

/**
 * The verifier of a key.
 *
 * @throws {ArtifactError} `GATE_KEY`
 */
export function verifierOf({ verifiers }: GateRecord, keyHash: string): Hex {
  const found = verifiers.find((one) => one.keyHash === keyHash)
  if (found) return found.contract
  const instances = verifiers.map(({ instance }) => instance).join(', ')
  throw new ArtifactError('GATE_KEY', 'the gate has no verifier of the key of this proof', {
    where: keyHash,
    hint: `Prove with the keys that its record names, of ${instances}, and --pins.`,
  })
}
