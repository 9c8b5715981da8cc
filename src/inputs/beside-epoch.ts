import { join } from 'node:path'
import { parseWords, type Words } from '../audit/index.js'
import type { Source } from '../bundle/index.js'
import {
  type Disclosure,
  EPOCH_PATHS,
  type External,
  parseDisclosure,
  parseExternal,
} from '../epoch/index.js'
import { InputError } from '../errors/index.js'
import { readTextFile } from '../files/index.js'
import { MAX_TEXT_BYTES, sha256Hex, sha256Text } from '../schema/index.js'
import { epochPlaces } from './epoch-places.js'
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
 * Reads what a venue shows of deposits, withdrawals and fees between two epochs.
 *
 * @throws {InputError} what `parseExternal` and `readTextFile` throw
 * @example
 * const { value: external } = await readExternalFile('external.json')
 * for (const [symbol, { deposits }] of Object.entries(external.amounts)) console.log(symbol, deposits)
 */
export function readExternalFile(path: string): Promise<Beside<External>> {
  return beside(path, parseExternal)
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
 * The epochs of a folder, by name: its folders, and its ZIP archives, but for one whose manifest is that of
 * the folder of its name. Other files lie there unread.
 *
 * @throws {InputError} `FILE_ACCESS` when it cannot be read, `EPOCH_HISTORY` when it has no epoch
 * @example
 * const history = await openHistory('published')
 */
export async function openHistory(folder: string): Promise<Source[]> {
  const { folders, archives } = await epochPlaces(folder)
  const opened = new Map<string, Source>()
  for (const name of folders) {
    if (!name.endsWith('.private')) opened.set(name, await openSource(join(folder, name)))
  }
  const sources = [...opened.values()]
  for (const name of archives) {
    const archive = await openSource(join(folder, name))
    const unpacked = opened.get(name.slice(0, -'.zip'.length))
    if (unpacked === undefined || !(await haveOneManifest(unpacked, archive))) sources.push(archive)
  }
  if (sources.length > 0) return sources
  throw new InputError('EPOCH_HISTORY', 'there is no folder and no ZIP archive of an epoch', {
    where: folder,
    hint: 'Name the folder in which the published epochs lie.',
  })
}

async function haveOneManifest(...sources: readonly [Source, Source]): Promise<boolean> {
  const [one, other] = await Promise.all(
    sources.map((source) => source.read(EPOCH_PATHS.manifest, MAX_TEXT_BYTES)),
  )
  return one !== undefined && other !== undefined && sha256Hex(one) === sha256Hex(other)
}
