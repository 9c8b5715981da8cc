import type { z } from 'zod'
import { InputError } from '../errors/index.js'
import { decodeText, MAX_TEXT_BYTES, parseJsonAs } from '../schema/index.js'

/** One name in a folder of a source. */
export interface SourceEntry {
  name: string
  isFile: boolean
}

/**
 * Where published files come from: a folder, an archive, an address, memory. Paths are relative, with `/` between their parts. Nothing
 * that a source says is trusted: whoever verifies what it holds reads each file once, and goes on with what was read.
 */
export interface Source {
  /** What messages call it: the path of a folder or an archive, an address. */
  readonly name: string
  /**
   * The bytes of a file, or `undefined` when there is none.
   *
   * @param maxBytes more are refused
   * @throws {InputError} `JSON_SIZE` for a larger file, `FILE_ACCESS` when it cannot be read
   */
  read(path: string, maxBytes: number): Promise<Uint8Array | undefined>
  /**
   * All that a folder holds, `''` for the whole; `undefined` when there is no such folder. A source without it cannot be listed, as an
   * address cannot: nobody can tell what else lies there.
   */
  list?(folder: string): Promise<readonly SourceEntry[] | undefined>
}

/** What messages call a file of a source. */
export function placeOf({ name }: Pick<Source, 'name'>, path: string): string {
  return name === '' ? path : `${name.replace(/\/+$/, '')}/${path}`
}

/**
 * A text file of a source.
 *
 * @throws {InputError} `FILE_ACCESS` when there is none, `JSON_SIZE`, `JSON_ENCODING`
 */
export async function readTextFrom(source: Source, path: string): Promise<string> {
  const where = placeOf(source, path)
  const bytes = await source.read(path, MAX_TEXT_BYTES)
  if (bytes === undefined) throw new InputError('FILE_ACCESS', 'no such file', { where })
  return decodeText(bytes, where)
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
