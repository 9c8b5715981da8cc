import * as z from 'zod'
import { KEEPER_NAMES } from '../../chain/index.js'
import { decimalSchema } from '../../schema/index.js'

/** What the keeper may call, and what it may spend. */
export const actSchema = z.strictObject({
  chain: z.string().min(1).max(64).describe('One of the chains: its breaker and risk register are called'),
  calls: z
    .array(z.enum(KEEPER_NAMES))
    .min(1)
    .default([...KEEPER_NAMES])
    .describe('The functions that may be called'),
  send: z.boolean().default(false).describe('Whether calls are sent; otherwise they are tried and told'),
  state: z
    .string()
    .min(1)
    .max(4096)
    .describe('The file that remembers what was sent and spent; relative to the folder of this file'),
  limit: z
    .strictObject({
      ether: decimalSchema({ whole: 9, fraction: 18 }).describe('The most that is spent on gas'),
      seconds: z
        .int()
        .min(60)
        .max(366 * 86_400)
        .default(86_400)
        .describe('In so many seconds'),
    })
    .describe('What may be spent: what was sent and is in no block yet counts whole'),
  maxFee: decimalSchema({ whole: 6, fraction: 9 })
    .exactOptional()
    .describe('The most for a unit of gas, in gwei (default: 500)'),
  maxGas: z.int().min(21_000).max(16_777_216).default(2_000_000).describe('The most gas of one call'),
  every: z
    .number()
    .min(0.1)
    .max(86_400)
    .default(12)
    .describe('Seconds from one trial of all calls to the next'),
  pause: z.number().min(0).max(86_400).default(60).describe('Seconds before the same call is sent again'),
  replaceAfter: z
    .number()
    .min(1)
    .max(86_400)
    .default(60)
    .describe('Seconds after which what no block takes is sent again for more'),
})
export type ActConfig = z.output<typeof actSchema>
