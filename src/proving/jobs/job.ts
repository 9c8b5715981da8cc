import * as z from 'zod'
import { sha256Schema, sha256Text } from '../../schema/index.js'

/** The version of jobs and answers: another one is another queue. */
export const JOB_SCHEMA = 'plimsoll/job/1'

/** What a job says in clear: nothing that the epoch will not publish, and names that tell nothing. */
export interface JobHeader {
  id: string
  /** Of the run that the job is for: 64 hexadecimal digits, which tell nothing of it. */
  run: string
  /** Place of the batch in the ledger. */
  index: number
  instance: string
  /** The key that the proof has to verify under, and its circuit. */
  keyHash: string
  circuitHash: string
  /** The coordinator's artifacts, for who has others or none. */
  manifestHash: string
  /** Rows of the circuit, filled up to a power of two. */
  domainSize: number
}

/** A proof to be made, sealed to whoever has the workers' key. */
export interface SealedJob extends JobHeader {
  schema: typeof JOB_SCHEMA
  /** The encapsulated key, and what it seals: base64. */
  encapsulated: string
  sealed: string
}

const base64Schema = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/, 'has to be base64')

export const sealedJobSchema = z.strictObject({
  schema: z.literal(JOB_SCHEMA),
  id: z.uuid(),
  run: sha256Schema,
  index: z.int().nonnegative(),
  instance: z.string().max(64),
  keyHash: sha256Schema,
  circuitHash: sha256Schema,
  manifestHash: sha256Schema,
  domainSize: z
    .int()
    .positive()
    .max(2 ** 28),
  encapsulated: base64Schema.max(64),
  sealed: base64Schema,
})

/** The header's one text: sealed with the job, so that no part of it can be exchanged. */
export function headerText(header: JobHeader): string {
  const { id, run, index, instance, keyHash, circuitHash, manifestHash, domainSize } = header
  const key = [instance, keyHash, circuitHash, manifestHash, domainSize]
  return JSON.stringify([JOB_SCHEMA, id, run, index, ...key])
}

/**
 * The id of a job: the same for the same attempt at the same proof, so that who takes up a run again finds
 * its jobs.
 *
 * @param proof a secret name of the proof
 */
export function jobId(proof: string, attempt: number): string {
  const hex = sha256Text(`${JOB_SCHEMA}\0${proof}\0${attempt}`)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-')
}
