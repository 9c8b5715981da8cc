import * as z from 'zod'

/** What is computed from prices. */
export const detectorsSchema = z.strictObject({})
