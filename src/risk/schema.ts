import { z } from 'zod'

/** The last second of the year 9999. */
export const MAX_TIMESTAMP = 253_402_300_799

/** 1 to 31 bytes of printable ASCII without comma, space or quotes. */
export const symbolSchema = z
  .string()
  .regex(
    /^[!#-&(-+\--_a-~]{1,31}$/,
    'must be 1 to 31 printable ASCII characters without comma, space or quotes',
  )
  .refine((text) => text !== '__proto__', 'is not a symbol')
