import type * as z from 'zod'
import { InputError } from '../errors/index.js'
import { bySchema } from './by-schema.js'
import { parseJson } from './strict-json.js'

/**
 * Parses JSON strictly (see `parseJson`) and checks it against a schema, as `readJsonFile` does.
 *
 * @param where the file's name, for messages
 * @param maxValues as of `parseJson`
 * @throws {InputError} the codes of `parseJson`, `JSON_SCHEMA`
 */
export function parseJsonAs<S extends z.ZodType>(
  text: string,
  schema: S,
  where: string,
  maxValues?: number,
): z.output<S> {
  const read = bySchema(schema, parseJson(text, where, maxValues))
  if (read.fault === undefined) return read.data
  const { field, message, hint } = read.fault
  throw new InputError('JSON_SCHEMA', message, {
    where: field ? `${where}: ${field}` : where,
    ...(hint ? { hint } : {}),
  })
}
