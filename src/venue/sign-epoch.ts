import {
  type EpochSignature,
  epochSignatureSchema,
  epochSigned,
  readPublishedManifest,
} from '../epoch/index.js'
import { InputError } from '../errors/index.js'
import { assertReplaceable, writeFileAtomic } from '../files/index.js'
import { folderSource } from '../inputs/index.js'
import { bySchema, formatJson } from '../schema/index.js'
import { epochLayout } from './folders.js'
import { provenSolvency } from './proven-solvency.js'
import type { SigningKey } from './signing-key.js'

/** A week, in seconds: how long a contract may take a signature unless it is said. */
const WEEK = 7 * 86_400

export interface SignEpochOptions {
  /** The epoch: its solvency must be proven. */
  folder: string
  key: SigningKey
  /** Where the venue publishes the epoch (default: it is not said). */
  uri?: string
  /**
   * Until when a contract may take the signature, seconds since 1970-01-01 UTC (default: a week from now for
   * an epoch that is meant for one, else 0, which no contract takes).
   */
  deadline?: number
  /** Whether another signature may be replaced. */
  force?: boolean
}

/**
 * Signs the manifest of a finished epoch by EIP-712, into `signature.json` beside it. Whoever knows the
 * venue's address then knows an epoch of the venue's from one that somebody else made in its name.
 *
 * @throws {InputError} `EPOCH_UNFINISHED` when its solvency is not proven: the manifest is not final;
 * `EPOCH_SIGNATURE` for a `uri` or `deadline` that none can have, `FILE_EXISTS`
 * @example
 * await createSigningKey('venue-key-3.json')
 * const key = await readSigningKey('venue-key-3.json')
 * const { signer } = await signEpoch({ folder: 'epoch', key })
 */
export async function signEpoch(options: SignEpochOptions): Promise<EpochSignature> {
  const { folder, key, uri = '' } = options
  const { value: manifest, sha256 } = await readPublishedManifest(folderSource(folder))
  provenSolvency(manifest, folder)
  const { deadline = manifest.target === null ? 0 : Math.floor(Date.now() / 1000) + WEEK } = options
  const read = bySchema(epochSignatureSchema.pick({ uri: true, deadline: true }), { uri, deadline })
  if (read.fault !== undefined) {
    throw new InputError('EPOCH_SIGNATURE', read.fault.message, {
      where: read.fault.field,
      hint: 'Write an address without spaces, and a time in seconds since 1970-01-01 UTC.',
    })
  }
  const about = { manifest: sha256, uri, deadline }
  const { signer, signature } = await key.sign(epochSigned(manifest, about))
  const file: EpochSignature = { schema: 'plimsoll/epoch-signature/1', ...about, signer, signature }
  const path = epochLayout(folder).signature
  const text = formatJson(file)
  if (!options.force) await assertReplaceable(path, text)
  await writeFileAtomic(path, text)
  return file
}
