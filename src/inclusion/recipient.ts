import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core'
import { scrypt } from '@noble/hashes/scrypt.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'

/** What inclusion files are sealed for: the scheme binds it. */
const INFO = utf8ToBytes('plimsoll/inclusion-archive/1')
/** Cost of a passphrase: 32 MiB of memory for each try. */
const SCRYPT = { N: 2 ** 15, r: 8, p: 1, dkLen: 32 }

/** HPKE (RFC 9180) in its base mode: X25519, HKDF-SHA256 and AES-256-GCM. */
const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
})

/** Bytes by which what is sealed is longer than what is in it: the sender's key and the tag. */
export const SEAL_BYTES = 48
const SENDER_BYTES = 32

/** Who opens a sealed file. Private. */
export interface Recipient {
  /** 32 bytes in hex: what the venue seals to. */
  publicKey: string
  /** 32 bytes. */
  secretKey: Uint8Array
}

/**
 * The recipient that an owner's secret is: the key that a customer gives to the venue with the commitment.
 *
 * @param secret that of the owner file
 * @example
 * const { publicKey } = await ownerRecipient(await readOwner('owner.json'))
 */
export function ownerRecipient(secret: bigint): Promise<Recipient> {
  const bytes = hexToBytes(secret.toString(16).padStart(64, '0'))
  return recipientOf(concatBytes(utf8ToBytes('plimsoll/owner-recipient\0'), bytes))
}

/**
 * The recipient that a passphrase is, for one account and one archive: whoever tries passphrases tries each
 * for each account anew.
 *
 * @param archive the archive's id, in hex
 * @example
 * const { id } = await readArchive(await openSource('archive'))
 * const recipient = await passphraseRecipient('correct horse battery', 'alice@example.com', id)
 */
export function passphraseRecipient(
  passphrase: string,
  account: string,
  archive: string,
): Promise<Recipient> {
  const salt = sha256(utf8ToBytes(`plimsoll/passphrase-recipient\0${archive}\0${account}`))
  return recipientOf(scrypt(utf8ToBytes(passphrase.normalize('NFKC')), salt, SCRYPT))
}

async function recipientOf(secret: Uint8Array): Promise<Recipient> {
  const { publicKey, privateKey } = await suite.kem.deriveKeyPair(sha256(secret))
  return {
    publicKey: bytesToHex(new Uint8Array(await suite.kem.serializePublicKey(publicKey))),
    secretKey: new Uint8Array(await suite.kem.serializePrivateKey(privateKey)),
  }
}

/** A recipient that nobody is: what is sealed to it fills a bucket. */
export async function nobody(): Promise<string> {
  const { publicKey } = await suite.kem.generateKeyPair()
  return bytesToHex(new Uint8Array(await suite.kem.serializePublicKey(publicKey)))
}

/**
 * Seals bytes to a recipient's public key, with a key of its own each time.
 *
 * @param archive the archive's id, in hex, which the seal binds
 */
export async function sealTo(publicKey: string, archive: string, content: Uint8Array): Promise<Uint8Array> {
  const recipientPublicKey = await suite.kem.deserializePublicKey(hexToBytes(publicKey))
  const { enc, ct } = await suite.seal({ recipientPublicKey, info: INFO }, content, hexToBytes(archive))
  return concatBytes(new Uint8Array(enc), new Uint8Array(ct))
}

/**
 * What opens bytes that were sealed to a recipient; it gives `undefined` for what was sealed to another, or
 * changed.
 */
export async function opener(
  { secretKey }: Recipient,
  archive: string,
): Promise<(sealed: Uint8Array) => Promise<Uint8Array | undefined>> {
  const recipientKey = await suite.kem.deserializePrivateKey(secretKey)
  return async (sealed) => {
    const enc = sealed.slice(0, SENDER_BYTES)
    try {
      const from = { recipientKey, enc, info: INFO }
      return new Uint8Array(await suite.open(from, sealed.slice(SENDER_BYTES), hexToBytes(archive)))
    } catch {
      return undefined
    }
  }
}
