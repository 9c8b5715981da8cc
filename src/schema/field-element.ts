import * as z from 'zod'
import { FIELD_ORDER, isCanonical } from '../field/index.js'

/** The one decimal spelling of an integer from 0 up to `order`. */
export const canonicalSchema = (order: bigint, what: string) =>
  z
    .string()
    .refine(
      (text) => isCanonical(text, order),
      `not ${what}: decimal digits in quotes, with no leading zero, below the order of its field`,
    )

/** An element of the scalar field, such as a public signal, in its one decimal spelling. */
export const fieldElementSchema = canonicalSchema(FIELD_ORDER, 'a field element')
