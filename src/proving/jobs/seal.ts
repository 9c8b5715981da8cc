import type { CipherSuite } from '@hpke/core'
import { InputError } from '../../errors/index.js'
import { headerText, JOB_SCHEMA, type JobHeader, type SealedJob } from './job.js'

/**
 * The two halves of the workers' key, 32 bytes each. Whoever has the secret one reads what jobs hold; with
 * the public one they are sealed.
 */
export interface WorkerKeys {
  publicKey: Uint8Array
  secretKey: Uint8Array
}

/** What a job is sealed for: the scheme binds it. */
const INFO = bytesOf(JOB_SCHEMA)

let loaded: Promise<CipherSuite> | undefined

/** HPKE (RFC 9180) in its base mode: X25519, HKDF-SHA256 and AES-256-GCM. */
function suite(): Promise<CipherSuite> {
  loaded ??= import('@hpke/core').then(
    ({ CipherSuite, DhkemX25519HkdfSha256, HkdfSha256, Aes256Gcm }) =>
      new CipherSuite({
        kem: new DhkemX25519HkdfSha256(),
        kdf: new HkdfSha256(),
        aead: new Aes256Gcm(),
      }),
  )
  return loaded
}

export async function makeWorkerKeys(): Promise<WorkerKeys> {
  const { kem } = await suite()
  const { publicKey, privateKey } = await kem.generateKeyPair()
  return {
    publicKey: new Uint8Array(await kem.serializePublicKey(publicKey)),
    secretKey: new Uint8Array(await kem.serializePrivateKey(privateKey)),
  }
}

/** Seals what a job holds, with a key of its own each time, and binds it to the job's header. */
export async function sealJob(
  publicKey: Uint8Array,
  header: JobHeader,
  content: Uint8Array,
): Promise<SealedJob> {
  const { kem } = await suite()
  const { enc, ct } = await (await suite()).seal(
    { recipientPublicKey: await kem.deserializePublicKey(publicKey), info: INFO },
    content,
    bytesOf(headerText(header)),
  )
  const [encapsulated, sealed] = [enc, ct].map((part) => Buffer.from(part).toString('base64')) as [
    string,
    string,
  ]
  return { schema: JOB_SCHEMA, ...header, encapsulated, sealed }
}

/**
 * What a job holds.
 *
 * @throws {InputError} `JOB_SEAL` when it is sealed to another key, or is not as it was sealed
 */
export async function openJob(secretKey: Uint8Array, job: SealedJob): Promise<Uint8Array> {
  const { kem } = await suite()
  const recipientKey = await kem.deserializePrivateKey(secretKey)
  const [enc, ct] = [job.encapsulated, job.sealed].map((text) => Buffer.from(text, 'base64')) as [
    Buffer,
    Buffer,
  ]
  try {
    return new Uint8Array(
      await (await suite()).open({ recipientKey, enc, info: INFO }, ct, bytesOf(headerText(job))),
    )
  } catch (cause) {
    throw new InputError('JOB_SEAL', 'the job is sealed to another key than this worker has', {
      cause,
      hint: 'Give the coordinator the public key that `plimsoll worker --new-key` printed, and every worker the file that it wrote.',
    })
  }
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
