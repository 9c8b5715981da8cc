import type * as z from 'zod'
import { InputError } from '../errors/index.js'
import { decodeText, MAX_TEXT_BYTES, parseJsonAs } from '../schema/index.js'

/** One name in a folder of a source. */
export interface SourceEntry {
  name: string
  isFile: boolean
}

/**
 * Where published files come from: a folder, an archive, an address, memory. Paths are relative, with `/`
 * between their parts. A source is not trusted: a verifier reads each file once and continues with what it
 * read.
 */
export interface Source {
  /** Name for messages: the path of a folder or an archive, or an address. */
  readonly name: string
  /**
   * The bytes of a file, or `undefined` when there is none.
   *
   * @param maxBytes more are refused
   * @throws {InputError} `JSON_SIZE` for a larger file, `FILE_ACCESS` when it cannot be read
   */
  read(path: string, maxBytes: number): Promise<Uint8Array | undefined>
  /**
   * The same in pieces, for a file of any size. A source without this method hands every file over whole.
   *
   * @throws {InputError} `FILE_ACCESS` when it cannot be read
   */
  stream?(path: string): Promise<AsyncIterable<Uint8Array> | undefined>
  /**
   * Lists a folder (`''` is the root); `undefined` when there is no such folder. A source without this method
   * cannot be listed, as an address cannot: other files may lie there.
   */
  list?(folder: string): Promise<readonly SourceEntry[] | undefined>
}

/** Name of a source's file in messages. */
export function placeOf({ name }: Pick<Source, 'name'>, path: string): string {
  return name === '' ? path : `${name.replace(/\/+$/, '')}/${path}`
}

/**
 * A text file of a source.
 *
 * @throws {InputError} `FILE_ACCESS` when there is none, `JSON_SIZE`, `JSON_ENCODING`
 */
export async function readTextFrom(source: Source, path: string): Promise<string> {
  const text = await readTextIfThere(source, path)
  if (text !== undefined) return text
  throw new InputError('FILE_ACCESS', 'no such file', { where: placeOf(source, path) })
}

/**
 * As `readTextFrom`, for a file that may be missing: `undefined` then.
 *
 * @throws {InputError} `JSON_SIZE`, `JSON_ENCODING`
 */
export async function readTextIfThere(source: Source, path: string): Promise<string | undefined> {
  const bytes = await source.read(path, MAX_TEXT_BYTES)
  return bytes && decodeText(bytes, placeOf(source, path))
}

/**
 * A JSON file of a source, parsed strictly (see `parseJson`) and by a schema.
 *
 * @throws {InputError} what `readTextFrom` and `parseJsonAs` throw
 */
export async function readJsonFrom<S extends z.ZodType>(
  source: Source,
  path: string,
  schema: S,
): Promise<z.output<S>> {
  return parseJsonAs(await readTextFrom(source, path), schema, placeOf(source, path))
}

/**
 * As `readJsonFrom`, for a file that may be missing: `undefined` then.
 *
 * @throws {InputError} `JSON_SIZE`, `JSON_ENCODING`, and what `parseJsonAs` throws
 */
export async function readJsonIfThere<S extends z.ZodType>(
  source: Source,
  path: string,
  schema: S,
): Promise<z.output<S> | undefined> {
  const text = await readTextIfThere(source, path)
  return text === undefined ? undefined : parseJsonAs(text, schema, placeOf(source, path))
}
