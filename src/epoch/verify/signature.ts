import { type Found, fail, isSignedBy, placeOf, readTextIfThere } from '../../bundle/index.js'
import { parseJsonAs } from '../../schema/index.js'
import { EPOCH_PATHS } from '../paths.js'
import { epochSignatureSchema, epochSigned } from '../signature.js'
import type { Signer, Verification } from './verification.js'

/**
 * Who signed the manifest. An epoch without a signature is not judged by it unless the reader named the
 * venue's address.
 */
export async function verifySignature(verification: Verification): Promise<Signer | undefined> {
  const { source, checks, options } = verification
  const { signature: path } = EPOCH_PATHS
  // What cannot be read is a failure of this check, and never one of not being there.
  const text = await readTextIfThere(source, path).then(
    (read) => ({ read }),
    (error: unknown) => ({ error }),
  )
  if ('read' in text && text.read === undefined && options.venue === undefined) return undefined
  return checks.run('signature', () => {
    if ('error' in text) throw text.error
    return signerOf(verification, text.read)
  })
}

async function signerOf(
  { source, manifest, manifestSha256, options }: Verification,
  text: string | undefined,
): Promise<Found<Signer>> {
  if (text === undefined) fail('the venue has not signed the manifest', UNSIGNED)
  const file = parseJsonAs(text, epochSignatureSchema, placeOf(source, EPOCH_PATHS.signature))
  if (file.manifest !== manifestSha256) fail('is of another manifest', UNSIGNED)
  if (!isSignedBy(epochSigned(manifest, file), file)) {
    fail(`is not a signature of ${file.signer} over this manifest`, UNSIGNED)
  }
  const { venue } = options
  if (venue === undefined) {
    return {
      found: { address: file.signer, known: false },
      detail: `by ${file.signer}; that this is the venue's key is its own word: name the address with --venue`,
    }
  }
  if (venue !== file.signer) fail(`is by ${file.signer}, and the venue's address is ${venue}`, UNSIGNED)
  return { found: { address: file.signer, known: true }, detail: `by the venue's key, ${file.signer}` }
}

const UNSIGNED = {
  todo: 'Ask the venue for the epoch with its signature, and for its address from elsewhere.',
}
