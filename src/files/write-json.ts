import { formatJson } from '../schema/index.js'
import { writeFileAtomic } from './write.js'

/** Writes a value as indented JSON, atomically. */
export async function writeJson(
  path: string,
  value: unknown,
  options: { mode?: number } = {},
): Promise<void> {
  await writeFileAtomic(path, formatJson(value), options)
}

/**
 * Writes a value as indented JSON into a file that must not exist yet, for its owner alone to read.
 *
 * @throws {InputError} `FILE_EXISTS`, `FILE_ACCESS`
 */
export async function writeNewPrivate(path: string, value: unknown): Promise<void> {
  await writeFileAtomic(path, formatJson(value), { mode: 0o600, overwrite: false })
}
