import * as z from 'zod'

/**
 * The schema of a file that people write: it may name a JSON Schema for their editor in `$schema`, which is
 * read by the editor alone. No file that is published may.
 */
export function editable<S extends z.ZodType>(schema: S) {
  return z.preprocess((value) => {
    if (typeof value !== 'object' || value === null || !('$schema' in value)) return value
    const { $schema, ...rest } = value
    return typeof $schema === 'string' ? rest : value
  }, schema)
}
