import * as z from 'zod'
import { InputError } from '../../errors/index.js'
import { readJsonFile, writeNewPrivate } from '../../files/index.js'
import { sha256Schema } from '../../schema/index.js'
import { makeWorkerKeys } from './seal.js'

/** 32 bytes in hexadecimal digits. */
const keyText = sha256Schema

const workerKeyFile = z.strictObject({
  schema: z.literal('plimsoll/worker-key/1'),
  publicKey: keyText,
  secretKey: keyText,
})

/**
 * Makes the key that jobs are sealed to, in a new file for its owner alone to read. Whoever has the file
 * reads balances out of jobs: it goes to workers and to nobody else.
 *
 * @returns the public half, as `parseWorkersKey` takes it
 * @throws {InputError} `FILE_EXISTS`, `FILE_ACCESS`, `PACKAGE_MISSING`
 * @example
 * const publicKey = await createWorkerKey('workers-2.json')
 */
export async function createWorkerKey(path: string): Promise<string> {
  const { publicKey, secretKey } = await makeWorkerKeys()
  const [open, secret] = [publicKey, secretKey].map((key) => Buffer.from(key).toString('hex')) as [
    string,
    string,
  ]
  await writeNewPrivate(path, { schema: 'plimsoll/worker-key/1', publicKey: open, secretKey: secret })
  return open
}

/**
 * The secret half of a file that `createWorkerKey` wrote.
 *
 * @throws {InputError} what `readJsonFile` throws
 * @example
 * await createWorkerKey('workers-4.json')
 * const secretKey = await readWorkerKey('workers-4.json')
 */
export async function readWorkerKey(path: string): Promise<Uint8Array> {
  return Buffer.from((await readJsonFile(path, workerKeyFile)).secretKey, 'hex')
}

/**
 * The public half, as `createWorkerKey` gave it.
 *
 * @throws {InputError} `WORKERS_KEY`
 * @example
 * const publicKey = parseWorkersKey(await createWorkerKey('workers-5.json'))
 */
export function parseWorkersKey(text: string): Uint8Array {
  if (keyText.safeParse(text).success) return Buffer.from(text, 'hex')
  throw new InputError('WORKERS_KEY', 'not the public key of workers', {
    hint: 'Write the 64 hexadecimal digits that `plimsoll worker --new-key` printed.',
  })
}
