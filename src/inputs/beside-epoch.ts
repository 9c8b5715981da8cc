import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseWords, type Words } from '../audit/index.js'
import type { Source } from '../bundle/index.js'
import { type Disclosure, parseDisclosure } from '../epoch/index.js'
import { InputError } from '../errors/index.js'
import { fileError, readTextFile } from '../files/index.js'
import { sha256Text } from '../schema/index.js'
import { openSource } from './source.js'

/** A file that was read, and the SHA-256 of its text. */
export interface Beside<T> {
  value: T
  sha256: string
}

async function beside<T>(path: string, parse: (text: string, where: string) => T): Promise<Beside<T>> {
  const text = await readTextFile(path)
  return { value: parse(text, path), sha256: sha256Text(text) }
}

/**
 * Reads what a venue shows of an epoch.
 *
 * @throws {InputError} what `parseDisclosure` and `readTextFile` throw
 * @example
 * const { value: disclosure } = await readDisclosure('disclosure.json')
 * console.log(disclosure.shown, disclosure.hidden)
 */
export function readDisclosure(path: string): Promise<Beside<Disclosure>> {
  return beside(path, parseDisclosure)
}

/**
 * Reads what venue and auditor say beside an epoch.
 *
 * @throws {InputError} what `parseWords` and `readTextFile` throw
 * @example
 * const { value: words, sha256 } = await readWords('words.json')
 */
export function readWords(path: string): Promise<Beside<Words>> {
  return beside(path, parseWords)
}

/**
 * The epochs of a folder, by name: its folders, and its ZIP archives that have no folder of their name. Other
 * files lie there unread.
 *
 * @throws {InputError} `FILE_ACCESS` when it cannot be read, `EPOCH_HISTORY` when it has no epoch
 * @example
 * const history = await openHistory('published')
 */
export async function openHistory(folder: string): Promise<Source[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw fileError(folder, error)
  })
  const folders = new Set(entries.filter((entry) => entry.isDirectory()).map(({ name }) => name))
  const places = entries
    .filter((entry) =>
      entry.isDirectory()
        ? !entry.name.endsWith('.private')
        : /\.zip$/i.test(entry.name) && !folders.has(entry.name.slice(0, -4)),
    )
    .map(({ name }) => join(folder, name))
    .sort()
  if (places.length === 0) {
    throw new InputError('EPOCH_HISTORY', 'there is no folder and no ZIP archive of an epoch', {
      where: folder,
      hint: 'Name the folder in which the published epochs lie.',
    })
  }
  return Promise.all(places.map(openSource))
}
