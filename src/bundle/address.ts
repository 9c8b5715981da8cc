import { isAddress } from 'viem/utils'
import * as z from 'zod'

/**
 * The address of an account or a contract on a chain: in lower case, or with the capitals that are its
 * checksum (EIP-55). It is kept in lower case, so that one address has one form.
 */
export const addressSchema = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, { error: 'must be an address: 0x and 40 hexadecimal digits', abort: true })
  .refine((text) => !/^0x0{40}$/.test(text), 'must not be the zero address')
  .refine((text) => isAddress(text), {
    error:
      'has a wrong checksum (EIP-55): compare it with its source digit by digit, and write it in lower case if it is right',
    abort: true,
  })
  .transform((text) => text.toLowerCase())
