import { createHash } from 'node:crypto'
import { InputError } from '../../errors/index.js'
import { attestationText, SSH_NAMESPACE } from './attestation-text.js'
import { isSignedBy } from './ed25519.js'
import type { Attestation } from './files.js'
import { assertMinisigned } from './minisign.js'

/** Why an attestation's signature does not show that its signer signed it, or `undefined`. */
export async function signatureFault(attestation: Attestation): Promise<string | undefined> {
  const { signature, signer } = attestation
  if (signature === null) return 'it is not signed'
  const text = attestationText(attestation)
  try {
    // Of what minisign writes, nobody can tell whose it is without the key.
    if (signature.startsWith('untrusted comment:')) {
      assertMinisigned(text, signature, signer)
      return undefined
    }
    const actual = signature.startsWith('-----')
      ? sshSigner(text, signature)
      : await ethereumSigner(text, signature.trim())
    return actual === signer ? undefined : `it is signed by ${actual}, and not by ${signer}`
  } catch {
    return 'its signature is none of this text'
  }
}

/** The account that signed a text as EIP-191 says, in lower case. */
async function ethereumSigner(message: string, signature: string): Promise<string> {
  const { recoverMessageAddress } = await import('viem')
  return (await recoverMessageAddress({ message, signature: signature as `0x${string}` })).toLowerCase()
}

const ARMOUR = /^-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+/=\n]+)\n-----END SSH SIGNATURE-----\s*$/

/**
 * The fingerprint of the Ed25519 key that signed a text, in the format of OpenSSH
 * (https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.sshsig).
 *
 * @throws when it is no such signature of this text
 */
function sshSigner(text: string, armoured: string): string {
  const body = ARMOUR.exec(armoured.replaceAll('\r\n', '\n'))?.[1]
  const blob = Buffer.from(body!.replaceAll('\n', ''), 'base64')
  let at = 6
  const next = () => {
    const length = blob.readUInt32BE(at)
    const value = blob.subarray(at + 4, at + 4 + length)
    if (value.length !== length) throw new Error('cut short')
    at += 4 + length
    return value
  }
  if (blob.subarray(0, 6).toString() !== 'SSHSIG' || blob.readUInt32BE(at) !== 1)
    throw new Error('no signature')
  at += 4
  const [publicKey, namespace, reserved, algorithm, signed] = [next(), next(), next(), next(), next()]
  if (at !== blob.length || namespace.toString() !== SSH_NAMESPACE) throw new Error('of another namespace')
  if (algorithm.toString() !== 'sha512' && algorithm.toString() !== 'sha256') throw new Error('unknown hash')
  const message = createHash(algorithm.toString()).update(text).digest()
  const data = Buffer.concat([
    Buffer.from('SSHSIG'),
    ...[namespace, reserved, algorithm, message].flatMap((part) => [uint32(part.length), part]),
  ])
  if (!isSignedBy(ed25519Part(publicKey), data, ed25519Part(signed))) throw new Error('another text')
  return `SHA256:${createHash('sha256').update(publicKey).digest('base64').replace(/=+$/, '')}`
}

/** The bytes behind `ssh-ed25519` in a key or a signature. */
function ed25519Part(blob: Buffer): Buffer {
  const length = blob.readUInt32BE(0)
  if (blob.subarray(4, 4 + length).toString() !== 'ssh-ed25519') throw new Error('not an Ed25519 key')
  const size = blob.readUInt32BE(4 + length)
  const part = blob.subarray(8 + length)
  if (part.length !== size) throw new Error('cut short')
  return part
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** @throws {InputError} `ATTESTATION_UNSIGNED` when the signature does not hold */
export async function assertSigned(attestation: Attestation, where: string): Promise<void> {
  const fault = await signatureFault(attestation)
  if (fault === undefined) return
  throw new InputError('ATTESTATION_UNSIGNED', `does not count: ${fault}`, {
    where,
    hint: `Sign attestation.txt into attestation.txt.sig: with an Ethereum account (personal_sign), with an Ed25519 key of SSH (\`ssh-keygen -Y sign -n ${SSH_NAMESPACE} -f KEY attestation.txt\`), or with minisign (\`minisign -Sm attestation.txt -x attestation.txt.sig\`).`,
  })
}
