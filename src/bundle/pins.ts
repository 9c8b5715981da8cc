import * as z from 'zod'
import { ArtifactError } from '../errors/index.js'
import { type KeyKind, keyKindSchema, parseJsonAs, sha256Schema } from '../schema/index.js'
import { circuitHashOf, type FrozenInstance, frozenInstance, isOwnInstance } from '../statements/index.js'
import { knownPowers } from './known-powers.js'
import { labelSchema } from './schema.js'

export type { KeyKind }

/** The ceremony that a key came out of, as whoever verified it pins it. */
export const ceremonyPinSchema = z.strictObject({
  /** SHA-256 of the ceremony's transcript. */
  transcript: sha256Schema,
  /** BLAKE2b-512 of the powers of tau that it began with. */
  powers: z.string().regex(/^[0-9a-f]{128}$/, 'has to be 128 hexadecimal digits in lower case'),
  /** Names of those who contributed, in order. */
  contributors: z.array(labelSchema).min(1),
  /** The round of drand quicknet that ended it. */
  beaconRound: z.int().positive(),
})

/**
 * The ceremony that a key came out of, as whoever verified it pins it.
 *
 * @useDeclaredType
 */
export type CeremonyPin = z.infer<typeof ceremonyPinSchema>

/** A pinned verification key: its hash, its circuit and how it was made. */
export interface KeyPin {
  keyHash: string
  /**
   * SHA-256 of the circuit's constraint system, which has to be that of this version's instance. Of sizes
   * that no version ships, the author of the pins vouches for it: the name says which sizes those are.
   */
  circuitHash: string
  keyKind: KeyKind
  /** Of a key of kind `ceremony`, and of no other. */
  ceremony?: CeremonyPin
}

/** Pins by instance. They come from somewhere else than the epoch, which could say anything of itself. */
export type KeyPins = Readonly<Record<string, KeyPin>>

const pinSchema = z
  .strictObject({
    keyHash: sha256Schema,
    circuitHash: sha256Schema,
    keyKind: keyKindSchema,
    ceremony: ceremonyPinSchema.exactOptional(),
  })
  .refine(({ keyKind, ceremony }) => (keyKind === 'ceremony') === (ceremony !== undefined), {
    path: ['ceremony'],
    message: 'has to name the ceremony of a key that came out of one, and of no other',
  })

/** A file of pins. */
export const pinsSchema = z.strictObject({
  schema: z.literal('plimsoll/pins/2'),
  /** By instance. The author of the pins vouches for the kind of each key. */
  keys: z.record(z.string(), pinSchema).superRefine((keys, context) => {
    const ceremonies = new Map<string, string>()
    for (const [name, { ceremony }] of Object.entries(keys)) {
      if (ceremony === undefined) continue
      const text = JSON.stringify(ceremony)
      const other = ceremonies.get(ceremony.transcript) ?? text
      ceremonies.set(ceremony.transcript, other)
      if (other === text) continue
      const message = 'says something else of its ceremony than another key of the same transcript'
      context.addIssue({ code: 'custom', path: [name, 'ceremony'], message })
    }
  }),
})

/**
 * The pins that a text holds.
 *
 * @param where the file's name, for messages
 * @throws {InputError} what `parseJsonAs` throws
 * @example
 * import { readFile } from 'node:fs/promises'
 *
 * const pins = parsePins(await readFile('pins.json', 'utf8'), 'pins.json')
 */
export function parsePins(text: string, where: string): KeyPins {
  return parseJsonAs(text, pinsSchema, where).keys
}

/** Hint for a key that is not pinned. */
export const TAKE_PINS =
  "Take the venue's pins from a source that you trust, other than the epoch, and pass them with --pins."

/** The pin of an instance, or `undefined`. */
export function pinOf(pins: KeyPins, instance: string): KeyPin | undefined {
  return Object.hasOwn(pins, instance) ? pins[instance] : undefined
}

/**
 * How a pinned key was made. A pin that says `ceremony` without naming one, as only a program can make it,
 * counts as one of a development key.
 */
export function kindOfPin(pin: KeyPin | undefined): KeyKind {
  return pin?.keyKind === 'ceremony' && pin.ceremony !== undefined ? 'ceremony' : 'development'
}

/**
 * Refuses a pin for another circuit than the one that this version has under the instance's name: its key may
 * be sound, but what its proofs say would be something else. Of a project's own sizes this version has no
 * circuit to compare with. Of the production set it also refuses any other key than that of the recorded
 * ceremony.
 *
 * @throws {ArtifactError} `CIRCUIT_UNPINNED`, `CEREMONY_UNPINNED`
 */
export function assertPinnedCircuit(
  instance: string,
  pin: Pick<KeyPin, 'keyHash' | 'circuitHash' | 'ceremony'>,
): void {
  assertRecordedCeremony(instance, pin, frozenInstance(instance))
  const known = circuitHashOf(instance)
  if (known === undefined ? isOwnInstance(instance) : pin.circuitHash === known) return
  throw new ArtifactError(
    'CIRCUIT_UNPINNED',
    `${instance} is pinned for another circuit than this version's`,
    {
      hint: 'Take pins for this version of Plimsoll, or verify with the version that the pins were written with.',
    },
  )
}

/**
 * Refuses a key that is said to be out of a ceremony, unless it is the very key of the one that is recorded
 * for its instance, if one is: the transcript alone would be what whoever wrote the pins says of a key.
 *
 * @throws {ArtifactError} `CEREMONY_UNPINNED`
 */
export function assertRecordedCeremony(
  instance: string,
  { keyHash, ceremony }: Pick<KeyPin, 'keyHash' | 'ceremony'>,
  frozen: FrozenInstance | undefined,
): void {
  if (!ceremony || !frozen?.transcript) return
  const other = ceremony.transcript !== frozen.transcript
  if (!other && keyHash === frozen.keyHash) return
  const why = other ? 'came out of another ceremony' : 'is not the one of the ceremony that it names'
  throw new ArtifactError('CEREMONY_UNPINNED', `the key of ${instance} ${why}`, {
    hint: `This version takes the keys of one ceremony alone, whose transcript is ${frozen.transcript}.`,
  })
}

/**
 * What nobody but the author of the pins says of some instances, a sentence each: of a project's own sizes no
 * version has the circuit, and of powers of tau that were not published nobody else knows how they were made.
 */
export function vouchedNotes(instances: readonly string[], pins: KeyPins): string[] {
  const unknown = instances.filter((name) => {
    const powers = pinOf(pins, name)?.ceremony?.powers
    return powers !== undefined && knownPowers(powers) === undefined
  })
  const powers =
    unknown.length === 0
      ? []
      : [
          `that nobody knows the secrets of the powers of tau behind the keys of ${unknown.join(', ')} is the word of who made the pins: they are of no published file`,
        ]
  return [...powers, ...ownNotes(instances)]
}

function ownNotes(instances: readonly string[]): string[] {
  return instances
    .filter((name) => isOwnInstance(name) && circuitHashOf(name) === undefined)
    .map(
      (name) =>
        `that the key of ${name} is of the circuit of these sizes is the word of who made the pins: \`plimsoll setup ${name} --json\` compiles it, and its circuitHash has to be the pinned one`,
    )
}
