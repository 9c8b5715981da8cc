import * as z from 'zod'
import { symbolFault, textSchema } from '../field/index.js'

/**
 * Instruments and scenarios of one table: more than any instance has room for, and few enough to be read
 * before they are compared.
 */
export const MAX_INSTRUMENTS = 16_384
export const MAX_TABLE_SCENARIOS = 4096

/** The last second of the year 9999. */
export const MAX_TIMESTAMP = 253_402_300_799

/** Seconds since 1970-01-01 UTC. */
export const timestampSchema = z
  .int('must be a whole number of seconds since 1970-01-01 UTC')
  .min(0, 'must not be before 1970')
  .max(MAX_TIMESTAMP, 'is beyond the year 9999: is this in milliseconds? Write seconds since 1970-01-01 UTC')

/**
 * 1 to 31 bytes of letters, marks, digits and ASCII punctuation without comma, space or quotes: see
 * `symbolFault`.
 */
export const symbolSchema = textSchema(symbolFault)
