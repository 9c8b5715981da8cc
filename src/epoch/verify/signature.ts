import { type Found, fail, isSignedBy, placeOf, readTextIfThere, signedHash } from '../../bundle/index.js'
import { parseJsonAs } from '../../schema/index.js'
import { EPOCH_PATHS } from '../paths.js'
import {
  type EpochContractSignature,
  type EpochSignature,
  epochSignatureSchema,
  epochSigned,
} from '../signature.js'
import type { EpochReport, Signer, Verification } from './verification.js'

/** What is known of the signature, as the report has it, and its file. */
type FoundSignature = Pick<EpochReport, 'signer' | 'unasked'> & { signature?: EpochSignature }
type By = Omit<Signer, 'known'> | Pick<Required<EpochReport>, 'unasked'>

/**
 * Who signed the manifest. An epoch without a signature is not judged by it unless the reader named the
 * venue's address, and neither is one with that of a contract which nobody asked.
 */
export async function verifySignature(verification: Verification): Promise<FoundSignature> {
  const { source, checks, options } = verification
  const outcome = await readTextIfThere(source, EPOCH_PATHS.signature)
    .then((text) => signerOf(verification, text))
    .then(
      (found) => ({ found }),
      // What cannot be read is a failure of this check, and never one of not being there.
      (error: unknown) => ({ error }),
    )
  if ('found' in outcome && options.venue === undefined) {
    if (outcome.found === undefined) return {}
    const { by, signature } = outcome.found
    if ('unasked' in by) return { ...by, signature }
  }
  const signed = await checks.run('signature', () => {
    if ('error' in outcome) throw outcome.error
    const { found } = outcome
    if (found === undefined) fail('the venue has not signed the manifest', UNSIGNED)
    const { by, signature } = found
    if (!('unasked' in by)) {
      const { found: signer, detail } = known(by, options.venue)
      return { found: { signer, signature }, detail }
    }
    const { address, chainId } = by.unasked
    fail(`is of the contract ${address}, and nobody asked its chain whether it signed: cannot tell`, {
      todo: `Name a node of the chain with --rpc eip155:${chainId}=URL.`,
    })
  })
  return signed ?? {}
}

/** Whose the signature is; nothing where there is none. */
async function signerOf(
  { source, manifest, manifestSha256, options }: Verification,
  text: string | undefined,
): Promise<{ by: By; signature: EpochSignature } | undefined> {
  if (text === undefined) return undefined
  const file = parseJsonAs(text, epochSignatureSchema, placeOf(source, EPOCH_PATHS.signature))
  if (file.manifest !== manifestSha256) fail('is of another manifest', UNSIGNED)
  const signed = epochSigned(manifest, file)
  const { signer: address } = file
  if (file.schema === 'plimsoll/epoch-contract-signature/1') {
    const answer = await options.askContract?.(questionOf(file, signedHash(signed)))
    const { chainId } = file
    if (answer === undefined) return { by: { unasked: { address, chainId } }, signature: file }
    const { takes, block, blockHash } = answer
    if (!takes) fail(`is not one that the contract ${address} takes, at block ${block}`, UNSIGNED)
    return { by: { address, observed: { chainId, block, blockHash } }, signature: file }
  }
  if (!isSignedBy(signed, file)) fail(`is not a signature of ${address} over this manifest`, UNSIGNED)
  return { by: { address }, signature: file }
}

function questionOf({ chainId, signer: contract, signature }: EpochContractSignature, hash: string) {
  return { chainId, contract, hash, signature }
}

/** The signer, as the one that the reader named or as whoever. */
function known(signer: Omit<Signer, 'known'>, venue: string | undefined): Found<Signer> {
  const { address, observed } = signer
  const asked =
    observed === undefined
      ? ''
      : `, as a node of chain ${observed.chainId} answers at block ${observed.block}: observed, not proven`
  const what = observed === undefined ? 'key' : 'contract'
  if (venue === undefined) {
    return {
      found: { ...signer, known: false },
      detail: `by ${address}${asked}; that this is the venue's ${what} is its own word: name the address with --venue`,
    }
  }
  if (venue !== address) fail(`is by ${address}, and the venue's address is ${venue}`, UNSIGNED)
  return { found: { ...signer, known: true }, detail: `by the venue's ${what}, ${address}${asked}` }
}

const UNSIGNED = {
  todo: 'Ask the venue for the epoch with its signature, and for its address from elsewhere.',
}
