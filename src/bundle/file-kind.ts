import { PlimsollError } from '../errors/index.js'
import { parseJson } from '../schema/index.js'

/**
 * The kind that a file declares in its `schema`: `inclusion` for `plimsoll/inclusion/1`. `undefined` when it
 * is not such a JSON file. A guess for who may have named the wrong file; what reads the file decides.
 */
export function fileKind(text: string): string | undefined {
  let value: unknown
  try {
    value = parseJson(text, '')
  } catch (error) {
    if (error instanceof PlimsollError) return undefined
    throw error
  }
  const schema = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined
  return typeof schema === 'string' ? /^plimsoll\/([a-z-]{1,40})\/[0-9]+$/.exec(schema)?.[1] : undefined
}
