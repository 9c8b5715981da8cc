import type { Hex } from 'viem'
import { concat, keccak256, numberToHex, padHex, stringToHex } from 'viem/utils'
import * as z from 'zod'
import { InputError } from '../../errors/index.js'

/** Seed of the slots in which Solady's ERC20 holds balances. */
const SOLADY_SEED: Hex = '0x87a211a2'
const MAX_SLOT = (1n << 256n) - 1n

/** Number of a slot: decimal, or 32 bytes in hex. */
export const slotSchema = z
  .string()
  .regex(/^(?:0|[1-9][0-9]{0,77}|0x[0-9a-f]{64})$/, 'must be a whole number, or 32 bytes in lower-case hex')
  .refine((text) => BigInt(text) <= MAX_SLOT, 'must be below 2^256')

const mappingSchema = z.strictObject({
  kind: z.literal('mapping'),
  slot: slotSchema,
  /** Solidity hashes the key before the slot, Vyper the slot before the key. */
  order: z.enum(['solidity', 'vyper']),
})

/** Where a token's contract holds a value of each holder. */
export const layoutSchema = z.discriminatedUnion('kind', [
  mappingSchema,
  /** A mapping of Solidity in a struct at the place of a name (ERC-7201), `offset` slots from its start. */
  z.strictObject({
    kind: z.literal('erc7201'),
    namespace: z.string().regex(/^[ -~]{1,200}$/, 'must be plain ASCII'),
    offset: z.int().min(0).max(1000),
  }),
  /** Solady's ERC20: the holder and a seed, without a mapping. */
  z.strictObject({ kind: z.literal('solady') }),
  /** No slot holds the balance, as for a token whose balances follow a rate: it can be observed alone. */
  z.strictObject({ kind: z.literal('none') }),
])

/**
 * Where a token's contract holds a value of each holder.
 *
 * @useDeclaredType
 */
export type TokenLayout = z.infer<typeof layoutSchema>

/**
 * The slot of a token's contract that holds a holder's value.
 *
 * @throws {InputError} `RESERVES_TOKEN` for a layout without one
 * @example
 * tokenSlot({ kind: 'mapping', slot: '9', order: 'solidity' }, holder)
 */
export function tokenSlot(layout: TokenLayout, holder: Hex): bigint {
  const key = padHex(holder, { size: 32 })
  switch (layout.kind) {
    case 'mapping': {
      const slot = numberToHex(BigInt(layout.slot), { size: 32 })
      return BigInt(keccak256(concat(layout.order === 'solidity' ? [key, slot] : [slot, key])))
    }
    case 'erc7201': {
      const slot = namespaceSlot(layout.namespace) + BigInt(layout.offset)
      return BigInt(keccak256(concat([key, numberToHex(slot, { size: 32 })])))
    }
    case 'solady':
      return BigInt(keccak256(concat([holder, padHex(SOLADY_SEED, { size: 12 })])))
    case 'none':
      throw new InputError('RESERVES_TOKEN', 'no slot of the token holds a balance: it is observed alone', {
        hint: 'Ask a node for the balance, and give it as observed.',
      })
  }
}

/** First slot of the struct of a name, by ERC-7201. */
function namespaceSlot(namespace: string): bigint {
  const hash = BigInt(keccak256(stringToHex(namespace))) - 1n
  return BigInt(keccak256(numberToHex(hash, { size: 32 }))) & ~0xffn
}
