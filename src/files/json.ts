import type * as z from 'zod'
import { decodeText, MAX_TEXT_BYTES, parseJsonAs } from '../schema/index.js'
import { readBytes } from './read-bytes.js'

export interface JsonFileOptions {
  /** Largest file to read, in bytes (default: 64 MiB). */
  maxBytes?: number
}

/**
 * Reads a JSON file strictly (see `parseJson`) and checks it against a schema.
 * Messages name the file and the field, never what stands in it.
 *
 * @example
 * const policy = await readJsonFile('policy.json', z.strictObject({ ratio: z.string() }))
 *
 * @throws {InputError} `FILE_ACCESS`, `JSON_SIZE`, `JSON_ENCODING`, `JSON_SYNTAX`, `JSON_DUPLICATE_KEY`,
 * `JSON_FORBIDDEN_KEY`, `JSON_DEPTH`, `JSON_NUMBER`, `JSON_SCHEMA`
 */
export async function readJsonFile<S extends z.ZodType>(
  path: string,
  schema: S,
  options: JsonFileOptions = {},
): Promise<z.output<S>> {
  return parseJsonAs(await readTextFile(path, options), schema, path)
}

/**
 * Reads a file of UTF-8 text, once and whole.
 *
 * @throws {InputError} `FILE_ACCESS`, `JSON_SIZE`, `JSON_ENCODING`
 */
export async function readTextFile(path: string, options: JsonFileOptions = {}): Promise<string> {
  return decodeText(await readBytes(path, options.maxBytes ?? MAX_TEXT_BYTES), path)
}
