import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto'

/** An Ed25519 key like those of `ssh-keygen`, the same for the same number. */
export function sshKey(number: number) {
  const der = Buffer.concat([
    Buffer.from('302e020100300506032b657004220420', 'hex'),
    Buffer.alloc(32, number),
  ])
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const raw = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(12)
  const blob = Buffer.concat([string('ssh-ed25519'), string(raw)])
  return {
    fingerprint: `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`,
    /** What `ssh-keygen -Y sign` writes. */
    sign(text: string, namespace = 'plimsoll-ceremony'): string {
      const about = [string(namespace), string(''), string('sha512')]
      const message = string(createHash('sha512').update(text).digest())
      const signature = sign(null, Buffer.concat([Buffer.from('SSHSIG'), ...about, message]), key)
      const signed = string(Buffer.concat([string('ssh-ed25519'), string(signature)]))
      const version = Buffer.from([0, 0, 0, 1])
      const body = Buffer.concat([Buffer.from('SSHSIG'), version, string(blob), ...about, signed])
      const lines = body
        .toString('base64')
        .match(/.{1,70}/g)!
        .join('\n')
      return `-----BEGIN SSH SIGNATURE-----\n${lines}\n-----END SSH SIGNATURE-----\n`
    },
  }
}

function string(content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content as Uint8Array)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}
