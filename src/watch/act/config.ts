import * as z from 'zod'

/** What the keeper may call, and what it may spend. */
export const actSchema = z.strictObject({})
