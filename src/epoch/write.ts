import { writeFileAtomic } from '../files/index.js'
import type { Artifacts } from '../proving/index.js'
import type { Manifest } from './schema.js'

/** Writes a value as indented JSON, atomically. */
export async function writeJson(
  path: string,
  value: unknown,
  options: { mode?: number } = {},
): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`, options)
}

/**
 * Writes a value as indented JSON into a file that must not exist yet, for its owner alone to read.
 *
 * @throws {InputError} `FILE_EXISTS`, `FILE_ACCESS`
 */
export async function writeNewPrivate(path: string, value: unknown): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600, overwrite: false })
}

/** What a manifest says of the key of some artifacts. */
export function keyOf({ keyHash, circuitHash }: Artifacts): Manifest['keys'][string] {
  return { keyHash, circuitHash }
}

/** Writes the verification key that a proof of the epoch needs. It is checked against its pin, not trusted. */
export async function writeKey(path: string, artifacts: Artifacts): Promise<void> {
  await writeJson(path, artifacts.verificationKey)
}
