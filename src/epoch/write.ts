import { open, rm } from 'node:fs/promises'
import { InputError } from '../errors/index.js'
import { fileError, writeFileAtomic } from '../files/index.js'
import type { Artifacts } from '../proving/index.js'

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
  const file = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw fileError(path, error)
    throw new InputError('FILE_EXISTS', 'exists already, and is not overwritten', {
      where: path,
      hint: 'Name another file, or move this one away.',
    })
  })
  try {
    await file.writeFile(`${JSON.stringify(value, null, 2)}\n`)
    await file.sync()
  } catch (error) {
    await rm(path, { force: true })
    throw fileError(path, error)
  } finally {
    await file.close()
  }
}

/** Writes the verification key that a proof of the epoch needs. It is checked against its pin, not trusted. */
export async function writeKey(path: string, artifacts: Artifacts): Promise<void> {
  await writeJson(path, artifacts.verificationKey)
}
