import * as z from 'zod'
import { type SignedData, signatureSchema } from '../../bundle/index.js'
import { InputError } from '../../errors/index.js'
import { readTextFile } from '../../files/index.js'
import {
  formatJson,
  parseJsonAs,
  sha256Schema,
  sha256Text,
  symbolSchema,
  timestampSchema,
} from '../../schema/index.js'
import { ESTIMATORS } from '../calibrate/file.js'
import { calibrationSettingsSchema } from '../calibrate/settings.js'
import { bandSchema, outside, PARAMETERS, shareSchema } from './bounds.js'
import { floorSchema } from './floor.js'

const changeSchema = z
  .strictObject({
    instrument: symbolSchema,
    parameter: z.enum(PARAMETERS),
    before: shareSchema,
    after: shareSchema,
    /** Where the new value comes from. */
    origin: z.strictObject({
      /** The series that it is estimated from, its window and how many returns that has. */
      asset: symbolSchema,
      from: z.iso.date(),
      to: z.iso.date(),
      returns: z.int().min(1),
      /** The estimate that decides, before the floor, and its band. */
      detector: z.enum(ESTIMATORS),
      calculated: shareSchema,
      low: shareSchema,
      high: shareSchema.nullable(),
    }),
    bounds: bandSchema,
    /** Which of the steward's bounds the change breaks; none for one that lies within them. */
    outside: z.array(z.enum(['least', 'most', 'step'])),
  })
  .refine((change) => `${outside(change.bounds, change)}` === `${change.outside}`, {
    path: ['outside'],
    message: 'is not what values and bounds give',
  })

/** The file of a proposal. */
export const proposalSchema = z.strictObject({
  schema: z.literal('plimsoll/proposal/1'),
  /** Seconds since 1970-01-01 UTC. */
  madeAt: timestampSchema,
  /** Hashes of the files that it is made of, in lower-case hex. */
  request: sha256Schema,
  bounds: sha256Schema,
  history: z.array(z.strictObject({ name: z.string().min(1).max(255), sha256: sha256Schema })).min(1),
  settings: z.strictObject({
    calibration: calibrationSettingsSchema,
    /** Returns that tails are fitted to, at most. */
    window: z.int().min(250).max(100_000),
    floor: floorSchema,
  }),
  /** What is to be other than it is; instruments with a history whose values stay are left out. */
  changes: z.array(changeSchema),
})

/**
 * Parameters that are to change, each with its old and its new value, where that comes from, and whether it
 * lies within the steward's bounds. Nothing changes by it.
 *
 * @useDeclaredType
 */
export type Proposal = z.output<typeof proposalSchema>
export type ProposedChange = Proposal['changes'][number]

const signatureFile = signatureSchema.extend({
  schema: z.literal('plimsoll/proposal-signature/1'),
  /** SHA-256 of the bytes of the proposal. */
  proposal: sha256Schema,
})

/**
 * A signature over a proposal.
 *
 * @useDeclaredType
 */
export type ProposalSignature = z.output<typeof signatureFile>

/** The text of a proposal's file. */
export function formatProposal(proposal: Proposal): string {
  return formatJson(proposal)
}

/**
 * Reads a proposal, a file of schema `plimsoll/proposal/1`.
 *
 * @returns it and the hash of the file
 * @throws {InputError} what `readJsonFile` throws
 */
export async function readProposal(path: string): Promise<{ proposal: Proposal; sha256: string }> {
  const text = await readTextFile(path)
  return { proposal: parseJsonAs(text, proposalSchema, path), sha256: sha256Text(text) }
}

/** Where the signature of a proposal lies. */
export function signaturePath(proposal: string): string {
  return `${proposal.replace(/\.json$/, '')}.signature.json`
}

/** The text of a signature's file. */
export function formatProposalSignature(signature: Omit<ProposalSignature, 'schema'>): string {
  return formatJson({ schema: 'plimsoll/proposal-signature/1', ...signature })
}

/**
 * Reads the signature beside a proposal.
 *
 * @throws {InputError} what `readJsonFile` throws
 */
export async function readProposalSignature(proposal: string): Promise<ProposalSignature> {
  const path = signaturePath(proposal)
  return parseJsonAs(await readTextFile(path), signatureFile, path)
}

/**
 * What is signed of a proposal, by EIP-712 as an epoch is: `RiskProposal(bytes32 proposal,bytes32
 * request,uint256 madeAt)`, the hashes of the proposal and of the stress request that it changes.
 */
export function proposalSigned(proposal: Proposal, sha256: string): SignedData {
  return {
    target: null,
    type: 'RiskProposal',
    fields: [
      { name: 'proposal', type: 'bytes32' },
      { name: 'request', type: 'bytes32' },
      { name: 'madeAt', type: 'uint256' },
    ],
    values: { proposal: `0x${sha256}`, request: `0x${proposal.request}`, madeAt: `${proposal.madeAt}` },
  }
}

/**
 * Refuses a proposal that nobody should sign or send: it changes nothing, was made under other bounds, or
 * breaks them.
 *
 * @param bounds hash of the steward's own file
 * @throws {InputError} `PROPOSAL_BOUNDS`, `PROPOSAL_EMPTY`
 */
export function assertWithin(
  { changes, bounds: made }: Proposal,
  bounds: { sha256: string },
  where: string,
): void {
  if (made !== bounds.sha256) {
    throw new InputError('PROPOSAL_BOUNDS', 'the proposal was made under other bounds than these', {
      where,
      hint: 'Make it anew with the bounds that are in force.',
    })
  }
  const broken = changes.filter((change) => change.outside.length > 0)
  if (broken.length > 0) {
    const first = broken.map(
      ({ instrument, parameter, outside: why }) => `${parameter} of ${instrument} (${why})`,
    )
    throw new InputError('PROPOSAL_BOUNDS', `outside the steward's bounds: ${first.join(', ')}`, {
      where,
      hint: 'Nothing is signed beyond them: a steward decides whether bounds are to be wider, and the proposal is made anew.',
    })
  }
  if (changes.length === 0) {
    throw new InputError('PROPOSAL_EMPTY', 'the proposal changes nothing', {
      where,
      hint: 'Keep the table as it is.',
    })
  }
}
