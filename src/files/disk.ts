import { stat } from 'node:fs/promises'
import { fileReason, InputError } from '../errors/index.js'

/** An error of the file system as an `InputError` `FILE_ACCESS` that names the file and the reason. */
export function fileError(path: string, error: unknown): InputError {
  if (error instanceof InputError) return error
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? 'unknown error'
  return new InputError('FILE_ACCESS', fileReason(code) ?? `cannot be used (${code})`, {
    where: path,
    cause: error,
  })
}

/** Identifies one version of a file, to detect changes while it is read. */
export interface RegularFile {
  size: bigint
  /** Changes when the file is written to or replaced. */
  version: string
}

/**
 * Size and version of a regular file, symbolic links followed.
 *
 * @throws {InputError} `FILE_ACCESS` when it is missing, not readable as a file, or a folder or device.
 */
export async function statFile(path: string): Promise<RegularFile> {
  const stats = await stat(path, { bigint: true }).catch((error: unknown) => {
    throw fileError(path, error)
  })
  if (!stats.isFile()) throw new InputError('FILE_ACCESS', 'not a regular file', { where: path })
  return {
    size: stats.size,
    version: [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join('.'),
  }
}
