import * as z from 'zod'
import { InputError } from '../errors/index.js'
import { bySchema } from '../schema/index.js'
import { addressSchema } from './address.js'
import { chainIdSchema, type Target } from './schema.js'

/** A target as a venue gives it. The manifest has one form of it, with the address in lower case. */
const givenSchema = z
  .strictObject({
    chainId: chainIdSchema,
    contract: addressSchema,
  })
  .nullable()

/**
 * The chain and contract that an epoch is meant for, as the manifest has them.
 *
 * @throws {InputError} `EPOCH_TARGET`
 */
export function parseTarget(target: Target): Target {
  const read = bySchema(givenSchema, target)
  if (read.fault === undefined) return read.data
  throw new InputError('EPOCH_TARGET', read.fault.message, { where: `target: ${read.fault.field}` })
}
