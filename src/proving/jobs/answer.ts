import * as z from 'zod'
import { ArtifactError, InputError, type PlimsollError, StatementError } from '../../errors/index.js'
import { type Groth16Proof, groth16ProofSchema } from '../../groth16/index.js'

/** What proving has taken of a worker. */
export interface WorkerUse {
  seconds: number
  /** Of its processor time, in seconds: all its threads. */
  cpuSeconds: number
  /** The most memory that its process has had so far. */
  peakBytes: number
}

/** What a worker says of a job. Nobody believes it: a proof is verified, and a failure tried elsewhere. */
export type Answer = ({ proof: Groth16Proof } & WorkerUse) | { failure: Failure }

/** An error of a worker, without anything private. */
export interface Failure {
  kind: keyof typeof KINDS
  code: string
  message: string
  where?: string
  hint?: string
}

const KINDS = { artifact: ArtifactError, input: InputError, statement: StatementError } as const

const textSchema = z.string().max(2000)

export const answerSchema: z.ZodType<Answer> = z.union([
  z.strictObject({
    proof: groth16ProofSchema,
    seconds: z.number().nonnegative(),
    cpuSeconds: z.number().nonnegative(),
    peakBytes: z.number().nonnegative(),
  }),
  z.strictObject({
    failure: z.strictObject({
      kind: z.enum(Object.keys(KINDS) as [keyof typeof KINDS]),
      code: z.string().regex(/^[A-Z0-9_]{1,64}$/, 'has to be a code'),
      message: textSchema,
      where: textSchema.exactOptional(),
      hint: textSchema.exactOptional(),
    }),
  }),
])

/**
 * An error as a worker reports it. Of one that is not Plimsoll's own only the kind is told, as its message
 * may hold anything.
 */
export function failureOf(error: unknown): Failure {
  for (const [kind, Kind] of Object.entries(KINDS) as [keyof typeof KINDS, typeof ArtifactError][]) {
    if (!(error instanceof Kind)) continue
    const { code, what, where, hint } = error
    return {
      kind,
      code,
      message: what,
      ...(where === undefined ? {} : { where }),
      ...(hint === undefined ? {} : { hint }),
    }
  }
  const name = error instanceof Error ? error.name : 'error'
  return { kind: 'artifact', code: 'UNEXPECTED', message: `an unexpected ${name} in a worker` }
}

/** The error that a worker reported. */
export function errorOf({ kind, code, message, where, hint }: Failure): PlimsollError {
  return new KINDS[kind](code, message, {
    ...(where === undefined ? {} : { where }),
    ...(hint === undefined ? {} : { hint }),
  })
}
