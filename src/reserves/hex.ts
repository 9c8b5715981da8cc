import * as z from 'zod'

/** Bytes of the largest transaction that a block of Bitcoin has room for, without its witnesses. */
export const MAX_TRANSACTION = 1_000_000

/** Bytes in hex: looked at without a repeated group, as a transaction has millions of them. */
export const hexSchema = (least: number, most = least) =>
  z
    .string()
    .min(2 * least)
    .max(2 * most)
    .regex(/^[0-9a-f]*$/, 'must be bytes in lower-case hex')
    .refine((text) => text.length % 2 === 0, 'must be whole bytes')
