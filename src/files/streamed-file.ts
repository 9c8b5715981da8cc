import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, openSync, renameSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { ChunkWriter } from './chunks.js'
import { fileError } from './disk.js'
import { removeOnExit } from './process.js'

/**
 * Writes a private file line by line, of any size: beside its place until it is whole, and flushed to the
 * disk before it takes its name. What is there by that name is replaced.
 *
 * @param work gets what adds a line; nothing is left when it fails or the process ends
 * @throws {InputError} `FILE_ACCESS`, and what `work` throws
 */
export async function writePrivateLines<T>(
  path: string,
  work: (add: (line: string) => void) => Promise<T>,
): Promise<T> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`)
  const discard = removeOnExit(temporary)
  let file: number | undefined
  try {
    file = attempt(path, () => openSync(temporary, 'wx', 0o600))
    const lines = new ChunkWriter(file, path)
    const result = await work((line) => lines.add(`${line}\n`))
    lines.flush()
    attempt(path, () => fsyncSync(file!))
    closeSync(file)
    file = undefined
    attempt(path, () => renameSync(temporary, path))
    return result
  } finally {
    if (file !== undefined) closeSync(file)
    discard()
  }
}

/**
 * Flushes the disk that a folder lies on, where the system has a program for it: flushing many small files
 * one by one would take longer than writing them.
 */
export function flushToDisk(folder: string): Promise<void> {
  return new Promise((resolve) => {
    execFile('sync', ['-f', folder], () => resolve())
  })
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw fileError(path, error)
  }
}
