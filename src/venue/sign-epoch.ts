import { typedDataOf } from '../bundle/index.js'
import {
  type EpochSignature,
  epochSignatureSchema,
  epochSigned,
  readPublishedManifest,
  signedTermsSchema,
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
/** A deadline that no contract takes. */
const NO_DEADLINE = 0

/** Typed data in JSON, as wallets take it (EIP-712). */
export interface WalletData {
  domain: Record<string, string | number>
  types: Record<string, readonly { name: string; type: string }[]>
  primaryType: string
  message: Record<string, unknown>
}

/** The epoch that is signed, and the terms of the signature. */
export interface SignedTerms {
  /** The epoch: its solvency must be proven. */
  folder: string
  /** Where the venue publishes the epoch (default: it is not said). */
  uri?: string
  /**
   * Until when a contract may take the signature, seconds since 1970-01-01 UTC (default: a week from now for
   * an epoch that is meant for one, else 0, which no contract takes).
   */
  deadline?: number
}

export interface SignEpochOptions extends SignedTerms {
  key: SigningKey
  /** Whether another signature may be replaced. */
  force?: boolean
}

export interface SignByContractOptions extends SignedTerms {
  /** The contract, and the chain that it is on. */
  signer: { chainId: string; address: string }
  /** What its wallet made, as bytes in hex. */
  signature: string
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
  const { data, ...about } = await whatIsSigned(options)
  const signed = await options.key.sign(data)
  return place(options, { schema: 'plimsoll/epoch-signature/1', ...about, ...signed })
}

/**
 * The typed data that a venue signs of a finished epoch (EIP-712), as a wallet takes it: with it
 * `signEpochByContract` makes `signature.json`, for the same `uri` and `deadline`.
 *
 * @throws {InputError} `EPOCH_UNFINISHED`; `EPOCH_SIGNATURE` also without a deadline for an epoch that is
 * meant for a contract
 * @example
 * const { domain, types, message } = await epochTypedData({ folder: 'epoch' })
 */
export async function epochTypedData(options: SignedTerms): Promise<WalletData> {
  const { domain, types, primaryType, message } = typedDataOf((await whatIsSigned(fixed(options))).data)
  const { name, version } = domain
  const chain = 'chainId' in domain ? { ...domain, chainId: Number(domain.chainId) } : { name, version }
  const fieldsOfDomain = [
    { name: 'name', type: 'string' },
    { name: 'version', type: 'string' },
    ...('chainId' in chain
      ? [
          { name: 'chainId', type: 'uint256' },
          { name: 'verifyingContract', type: 'address' },
        ]
      : []),
  ]
  return { domain: chain, types: { EIP712Domain: fieldsOfDomain, ...types }, primaryType, message }
}

/**
 * Takes the signature of a contract of the venue's, such as a wallet of several owners, into `signature.json`
 * (EIP-1271). Nothing is asked here: whether the contract takes it, its chain says to whoever verifies.
 *
 * @throws {InputError} `EPOCH_UNFINISHED`; `EPOCH_SIGNATURE` for a contract, bytes or terms that there are
 * none of, for another chain than the one that the epoch is meant for, and without a deadline for an epoch
 * that is meant for a contract; `FILE_EXISTS`
 * @example
 * const signer = { chainId: '1', address: '0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed' }
 * await signEpochByContract({ folder: 'epoch', signer, signature: '0x1234', force: true })
 */
export async function signEpochByContract(options: SignByContractOptions): Promise<EpochSignature> {
  const { signer, signature } = options
  const { data, ...about } = await whatIsSigned(fixed(options))
  if (data.target !== null && data.target.chainId !== signer.chainId) {
    throw unsignable(
      'signer',
      `is on another chain than ${data.target.chainId}, for which the epoch is meant`,
    )
  }
  const file = {
    schema: 'plimsoll/epoch-contract-signature/1',
    ...about,
    signer: signer.address,
    chainId: signer.chainId,
    signature,
  }
  const read = bySchema(epochSignatureSchema, file)
  if (read.fault !== undefined) throw unsignable(read.fault.field, read.fault.message)
  return place(options, read.data)
}

/** With a deadline that does not come from the clock: what is signed elsewhere is told of twice. */
function fixed<T extends SignedTerms>(options: T): T {
  return { ...options, deadline: options.deadline ?? NO_DEADLINE }
}

/** The data that is signed, and what the file says of it. */
async function whatIsSigned({ folder, uri = '', deadline: given }: SignedTerms) {
  const { value: manifest, sha256 } = await readPublishedManifest(folderSource(folder))
  provenSolvency(manifest, folder)
  const meant = manifest.target !== null
  if (meant && given === NO_DEADLINE) {
    throw unsignable(
      'deadline',
      'has to be named: the epoch is meant for a contract, which takes it until then',
    )
  }
  const deadline = given ?? (meant ? Math.floor(Date.now() / 1000) + WEEK : NO_DEADLINE)
  const read = bySchema(signedTermsSchema, { uri, deadline })
  if (read.fault !== undefined) throw unsignable(read.fault.field, read.fault.message)
  const about = { manifest: sha256, uri, deadline }
  return { data: epochSigned(manifest, about), ...about }
}

function unsignable(where: string, what: string): InputError {
  return new InputError('EPOCH_SIGNATURE', what, {
    where,
    hint: 'Write an address without spaces, a time in seconds since 1970-01-01 UTC, and a signature as bytes in hexadecimal digits.',
  })
}

async function place(
  { folder, force }: { folder: string; force?: boolean },
  file: EpochSignature,
): Promise<EpochSignature> {
  const path = epochLayout(folder).signature
  const text = formatJson(file)
  if (!force) await assertReplaceable(path, text)
  await writeFileAtomic(path, text)
  return file
}
