import * as z from 'zod'
import { QUICKNET } from '../../beacon/index.js'
import { labelSchema } from '../../bundle/index.js'
import { sha256Schema } from '../../schema/index.js'
import { BEACON_ITERATIONS } from './beacon.js'

/** A BLAKE2b-512 hash as files hold it. */
export const blake2bSchema = z
  .string()
  .regex(/^[0-9a-f]{128}$/, 'has to be 128 hexadecimal digits in lower case')

const seconds = z.int().nonnegative()
const round = z.int().min(1).max(Number.MAX_SAFE_INTEGER)
const instanceName = z.string().regex(/^[a-z0-9-]+$/, 'has to be the name of an instance')
/**
 * An Ethereum address, the fingerprint of an SSH key as `ssh-keygen -l` prints it, or a public key of
 * minisign as the second line of its `.pub` file has it.
 */
export const signerSchema = z
  .string()
  .regex(
    /^(0x[0-9a-f]{40}|SHA256:[A-Za-z0-9+/]{43}|RW[QRST][A-Za-z0-9+/]{53})$/,
    'has to be an address in lower case, the fingerprint of an SSH key (SHA256:…), or a public key of minisign (RW…)',
  )

/** `ceremony.json`: what a ceremony is of, fixed before anyone contributes. */
export const ceremonySchema = z.strictObject({
  schema: z.literal('plimsoll/ceremony/1'),
  name: labelSchema,
  /** Seconds since 1970-01-01 UTC. */
  opened: seconds,
  coordinator: labelSchema,
  software: labelSchema,
  compiler: labelSchema,
  powers: z.strictObject({ blake2b: blake2bSchema, power: z.int().min(1).max(28) }),
  beacon: z.strictObject({
    kind: z.literal(QUICKNET.kind),
    chainHash: z.literal(QUICKNET.chainHash),
    iterations: z.literal(BEACON_ITERATIONS),
  }),
  /**
   * Contributions, each signed by somebody else, without which no key of the ceremony counts: what one person
   * makes is no ceremony.
   */
  minContributions: z.int().min(2).max(1000),
  instances: z
    .record(
      instanceName,
      z.strictObject({
        r1csHash: sha256Schema,
        wires: z.int().positive(),
        publicSignals: z.int().positive(),
        domain: z.int().positive(),
        /** SHA-256 of the initial key, and snarkjs's hash of it. */
        initialKey: sha256Schema,
        circuitHash: blake2bSchema,
      }),
    )
    .refine((instances) => Object.keys(instances).length > 0, 'has no instance'),
})
export type CeremonyFile = z.infer<typeof ceremonySchema>

/** `attestations/NNNN.json`: what one contributor signed. */
export const attestationSchema = z.strictObject({
  schema: z.literal('plimsoll/ceremony-attestation/1'),
  /** SHA-256 of `ceremony.json`. */
  ceremony: sha256Schema,
  number: z.int().positive(),
  name: labelSchema,
  signer: signerSchema,
  /** By instance: the contribution's hash, as snarkjs prints it, and SHA-256 of the turn. */
  contributions: z.record(instanceName, z.strictObject({ hash: blake2bSchema, turn: sha256Schema })),
  /** In words: the machine, and where its randomness came from. */
  machine: labelSchema,
  entropy: labelSchema,
  software: labelSchema,
  /**
   * Of `attestationText`: 65 bytes in hex by an Ethereum account, or what `ssh-keygen -Y sign` or
   * `minisign -S` writes.
   */
  signature: z.string().max(4_096).nullable(),
})
export type Attestation = z.infer<typeof attestationSchema>

/** `closing.json`: the last contribution, and the round of the beacon, which is still to come. */
export const closingSchema = z.strictObject({
  schema: z.literal('plimsoll/ceremony-closing/1'),
  ceremony: sha256Schema,
  contributions: z.int().positive(),
  /** SHA-256 of the last turn, by instance. */
  heads: z.record(instanceName, sha256Schema),
  round,
  closed: seconds,
})
export type Closing = z.infer<typeof closingSchema>

/** `beacon.json`: the signature of the round. */
export const beaconSchema = z.strictObject({
  schema: z.literal('plimsoll/ceremony-beacon/1'),
  round,
  signature: z.string().regex(/^[0-9a-f]{96}$/, 'has to be 96 hexadecimal digits'),
})

/** `transcript.json`: a whole ceremony. Pins name its SHA-256. */
export const transcriptSchema = z.strictObject({
  schema: z.literal('plimsoll/ceremony-transcript/1'),
  ceremony: ceremonySchema,
  attestations: z.array(attestationSchema),
  closing: closingSchema,
  beacon: beaconSchema,
  /** By instance, of the final key: SHA-256 of the file, and of the verification key's canonical JSON. */
  keys: z.record(instanceName, z.strictObject({ provingKey: sha256Schema, keyHash: sha256Schema })),
})
export type Transcript = z.infer<typeof transcriptSchema>

/** Paths of a folder, which `node:path` has not to join: they run in a browser. */
const join = (...parts: string[]) => parts.join('/')

const numbered = (number: number) => `${number}`.padStart(4, '0')

/** Where the files of a ceremony are in its folder. */
export function ceremonyPaths(folder: string) {
  const at = (...parts: string[]) => join(folder, ...parts)
  return {
    ceremony: at('ceremony.json'),
    initial: (instance: string) => at(instance, '0000.zkey'),
    turn: (instance: string, number: number) => at(instance, `${numbered(number)}.turn`),
    final: (instance: string) => at(instance, 'final.zkey'),
    attestation: (number: number) => at('attestations', `${numbered(number)}.json`),
    closing: at('closing.json'),
    beacon: at('beacon.json'),
    transcript: at('transcript.json'),
    pins: at('pins.json'),
  }
}

/** Where the files that a contributor hands in are. */
export function turnPaths(folder: string) {
  return {
    attestation: join(folder, 'attestation.json'),
    /** What is to be signed, and where its signature is expected. */
    text: join(folder, 'attestation.txt'),
    signature: join(folder, 'attestation.txt.sig'),
    turn: (instance: string) => join(folder, `${instance}.turn`),
    key: (instance: string) => join(folder, `${instance}.zkey`),
  }
}
