import { isSignedBy, readJsonIfThere, type Source } from '../bundle/index.js'
import type { Manifest } from './manifest-schema.js'
import { EPOCH_PATHS } from './paths.js'
import { readPublishedManifest } from './read-manifest.js'
import { epochSignatureSchema, epochSigned } from './signature.js'

/** The manifest of an epoch of which nothing else was read or verified. */
export interface SignedManifest {
  manifest: Manifest
  /**
   * The address, in lower case, of the key that signed it; missing when none did, or not soundly. What a
   * contract signed is not shown here: its chain would have to be asked.
   */
  signer?: string
}

/**
 * Reads the manifest of an epoch, and who signed it. No proof is read: that the epoch is valid is then the
 * word of the venue, and of those who verified it.
 *
 * @throws {InputError} what `readManifest` and `readJsonIfThere` throw
 * @example
 * const { manifest, signer } = await readSignedManifest(await openSource('epoch'))
 */
export async function readSignedManifest(source: Source): Promise<SignedManifest> {
  const { value: manifest, sha256 } = await readPublishedManifest(source)
  const file = await readJsonIfThere(source, EPOCH_PATHS.signature, epochSignatureSchema)
  const isSound =
    file?.schema === 'plimsoll/epoch-signature/1' &&
    file.manifest === sha256 &&
    isSignedBy(epochSigned(manifest, file), file)
  return isSound ? { manifest, signer: file.signer } : { manifest }
}
