import { randomBytes } from 'node:crypto'
import { privateKeyToAccount } from 'viem/accounts'
import * as z from 'zod'
import { type Signature, type SignedData, signatureSchema, typedDataOf } from '../bundle/index.js'
import { InputError } from '../errors/index.js'
import { readJsonFile, writeNewPrivate } from '../files/index.js'
import { sha256Schema } from '../schema/index.js'

const signingKeyFile = z.strictObject({
  schema: z.literal('plimsoll/signing-key/1'),
  address: signatureSchema.shape.signer,
  /** 32 bytes in hexadecimal digits. */
  privateKey: sha256Schema,
})

/** A key that a venue signs with. */
export interface SigningKey {
  /** Of the key, lower-case: what readers know the venue by. */
  address: string
  /** The signature over data, the same one each time. */
  sign(data: SignedData): Promise<Signature>
}

/**
 * Makes a key to sign with, in a new file for its owner alone to read.
 *
 * @returns its address, which the venue makes known
 * @throws {InputError} `FILE_EXISTS`, `FILE_ACCESS`
 * @example
 * const address = await createSigningKey('venue-key.json')
 */
export async function createSigningKey(path: string): Promise<string> {
  const privateKey = randomBytes(32).toString('hex')
  const { address } = signingKeyOf(privateKey)
  await writeNewPrivate(path, { schema: 'plimsoll/signing-key/1', address, privateKey })
  return address
}

/**
 * Reads a key that `createSigningKey` wrote.
 *
 * @throws {InputError} `SIGNING_KEY` when it is no key, or not that of its address, and what `readJsonFile`
 * throws
 * @example
 * await createSigningKey('venue-key-2.json')
 * const { address, sign } = await readSigningKey('venue-key-2.json')
 */
export async function readSigningKey(path: string): Promise<SigningKey> {
  return signingKeyOf((await readPrivateKey(path)).slice(2))
}

/**
 * The private key in a file that `createSigningKey` wrote, for `connectChain`: whoever has it acts as the
 * address.
 *
 * @throws {InputError} as `readSigningKey` has it
 * @example
 * await createSigningKey('operator-key.json')
 * const privateKey = await readPrivateKey('operator-key.json')
 */
export async function readPrivateKey(path: string): Promise<string> {
  const { address, privateKey } = await readJsonFile(path, signingKeyFile)
  if (keyIfAny(privateKey)?.address === address) return `0x${privateKey}`
  throw new InputError('SIGNING_KEY', 'the private key is not that of the address', {
    where: path,
    hint: 'Use the file as `plimsoll epoch sign --new-key` wrote it.',
  })
}

/** Zero and numbers from the order of the curve on are no keys. */
function keyIfAny(privateKey: string): SigningKey | undefined {
  try {
    return signingKeyOf(privateKey)
  } catch {
    return undefined
  }
}

function signingKeyOf(privateKey: string): SigningKey {
  const account = privateKeyToAccount(`0x${privateKey}`)
  const address = account.address.toLowerCase()
  return {
    address,
    async sign(data) {
      const typed = typedDataOf(data) as Parameters<typeof account.signTypedData>[0]
      return { signer: address, signature: await account.signTypedData(typed) }
    },
  }
}
