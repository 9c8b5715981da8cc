import { ArtifactError, InputError } from '../../errors/index.js'
import { bySchema } from '../../schema/index.js'
import { type Attestation, attestationSchema } from './files.js'
import { nameKey } from './names.js'
import type { CeremonyState } from './read.js'

/** What a contributor says in an attestation. */
export interface Contributor {
  name: string
  /** What will sign the attestation: an address in lower case, an SSH fingerprint or a minisign key. */
  signer: string
  /** In words: what computer it was. */
  machine: string
  /** In words: where the randomness came from. */
  entropy: string
  software: string
}

/**
 * What a contributor is to sign: the next attestation of a ceremony.
 *
 * @throws {InputError} `CONTRIBUTOR` when a name, a key or words cannot stand there
 */
export function attestationOf(
  { hash, attestations }: Pick<CeremonyState, 'hash' | 'attestations'>,
  contributor: Contributor,
  contributions: Attestation['contributions'],
): Attestation {
  const parsed = bySchema(attestationSchema, {
    schema: 'plimsoll/ceremony-attestation/1',
    ceremony: hash,
    number: attestations.length + 1,
    ...contributor,
    contributions,
    signature: null,
  })
  if (parsed.fault) throw contributorFault(`${parsed.fault.field} ${parsed.fault.message}`)
  return parsed.data
}

/** @throws {InputError} `CONTRIBUTOR` when somebody of that name or key has contributed already */
export function assertNewContributor(
  { attestations }: Pick<CeremonyState, 'attestations'>,
  { name, signer }: Contributor,
): void {
  const key = nameKey(name)
  const other = attestations.find((known) => nameKey(known.name) === key || known.signer === signer)
  if (other) throw contributorFault(`${other.name}, ${other.signer}, has contributed already`)
}

function contributorFault(why: string): InputError {
  return new InputError('CONTRIBUTOR', why, {
    hint: 'Everyone contributes once, under a name and with a signing key of their own.',
  })
}

/**
 * Refuses a file to go on from that is not the latest turn of an instance, or at first its initial key, as
 * the ceremony names it.
 *
 * @param hash SHA-256 of the file
 * @param where the file, for messages
 * @throws {ArtifactError} `CEREMONY_CHANGED`
 */
export function assertLatest(
  { file, attestations }: Pick<CeremonyState, 'file' | 'attestations'>,
  instance: string,
  hash: string,
  where: string,
): void {
  const last = attestations.at(-1)
  if (hash === (last ? last.contributions[instance]?.turn : file.instances[instance]?.initialKey)) return
  throw new ArtifactError('CEREMONY_CHANGED', 'is not the file that the ceremony names', {
    where,
    hint: 'Fetch the folder again.',
  })
}

/** @throws {InputError} `CEREMONY_CLOSED` */
export function assertOpen({ closing, folder }: { closing?: unknown; folder: string }): void {
  if (closing === undefined) return
  throw new InputError('CEREMONY_CLOSED', 'was closed: no contribution can follow', { where: folder })
}
