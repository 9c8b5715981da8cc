import type { Hex } from 'viem'
import * as z from 'zod'
import { InputError, ProofError } from '../../errors/index.js'
import { parseJsonAs } from '../../schema/index.js'
import { assetSchema, parseAsset } from '../caip.js'
import { isRising } from '../rising.js'
import { layoutSchema, slotSchema, tokenSlot } from './layout.js'
import { PINNED_TOKENS } from './pinned-tokens.js'
import type { EvmReader } from './state.js'

const SCHEMA = 'plimsoll/reserves-tokens/1'
const MAX_TOKENS = 10_000

/**
 * Slots in which proxies hold the contract that they hand calls to: implementation and beacon by EIP-1967,
 * and the place that OpenZeppelin's proxies had before. A token that does not say what they hold has to hold
 * nothing there.
 */
export const PROXY_SLOTS = [
  0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbcn,
  0xa3f0ad74e5423aebfd80d3ef4346578335a9a72aeaee59ff6cb3582b35133d50n,
  0x7050c9e0f4ca769c69bd3a8ef740bc37934f8e2c036e5a723fd8ee048ed3f8c3n,
]

const addressSchema = z.string().regex(/^0x[0-9a-f]{40}$/, 'must be an address in lower-case hex')
const hashSchema = z.string().regex(/^0x[0-9a-f]{64}$/, 'must be 32 bytes in lower-case hex')

/** What is known of a token, so that a slot of its contract shows a balance. */
export const tokenSchema = z.strictObject({
  asset: assetSchema.refine(
    (text) => /^eip155:.*\/erc20:/.test(text),
    'must be a token of an EVM chain: eip155:1/erc20:0x…',
  ),
  decimals: z.int().min(0).max(77),
  layout: layoutSchema,
  /** Low bits of the slot that are the balance; all 256 where this is left out. */
  bits: z.int().min(1).max(255).exactOptional(),
  /**
   * Where the contract holds whether a holder is barred from moving the balance: in the bits above it, or in
   * a slot of its own.
   */
  blocked: z
    .union([z.literal('bits above'), layoutSchema.refine(({ kind }) => kind !== 'none', 'must be a place')])
    .exactOptional(),
  /** Keccak-256 of the contract's code. */
  code: hashSchema.exactOptional(),
  /** Slots that have to hold exactly this, such as a proxy's implementation. */
  state: z
    .array(z.strictObject({ slot: slotSchema, value: hashSchema }))
    .max(16)
    .exactOptional(),
  /** Contracts that it hands calls to, with Keccak-256 of their code. */
  delegates: z
    .array(z.strictObject({ address: addressSchema, code: hashSchema }))
    .max(16)
    .exactOptional(),
})

/**
 * What is known of a token, so that a slot of its contract shows a balance.
 *
 * @useDeclaredType
 */
export type EvmToken = z.infer<typeof tokenSchema>

/** `tokens.json`: tokens that the project does not know, or knows otherwise. */
export const tokensSchema = z.strictObject({
  schema: z.literal(SCHEMA),
  /** In rising order of the assets. */
  tokens: z
    .array(
      tokenSchema.refine(
        ({ code, layout }) => code !== undefined || layout.kind === 'none',
        'must have the hash of the code',
      ),
    )
    .max(MAX_TOKENS)
    .refine((all) => isRising(all.map(({ asset }) => asset)), 'must name each token once, in rising order'),
})

/** Tokens by asset, and for which of them the reader takes another's word. */
export interface TokenList {
  tokens: ReadonlyMap<string, EvmToken>
  /** Assets whose facts come from the file alone. */
  unpinned: readonly string[]
  /** Assets that the project knows, and the file says otherwise. */
  overridden: readonly string[]
}

/**
 * The project's own tokens, and those of a file, which are taken at the file's word: name `unpinned` and
 * `overridden` to whoever reads a result that rests on them.
 *
 * @param text of `tokens.json`, if there is one
 * @param where the file's name, for messages
 * @throws {InputError} what `parseJsonAs` throws; `RESERVES_TOKEN` where the file gives a slot for a token
 * whose balances no slot holds
 */
export function tokenList(text: string | undefined, where: string): TokenList {
  const tokens = new Map<string, EvmToken>(PINNED_TOKENS.map((token) => [token.asset, token]))
  const given = text === undefined ? [] : parseJsonAs(text, tokensSchema, where).tokens
  const unpinned: string[] = []
  const overridden: string[] = []
  for (const [i, token] of given.entries()) {
    const known = tokens.get(token.asset)
    if (known?.layout.kind === 'none' && token.layout.kind !== 'none') {
      throw new InputError('RESERVES_TOKEN', 'no slot of this token holds a balance: it is observed alone', {
        where: `${where}: tokens[${i}].layout`,
        hint: 'Leave the token out of the file.',
      })
    }
    if (known === undefined) unpinned.push(token.asset)
    else if (JSON.stringify(tokenSchema.parse(known)) !== JSON.stringify(token)) overridden.push(token.asset)
    tokens.set(token.asset, token)
  }
  return { tokens, unpinned, overridden }
}

/** What a slot shows of a holder. */
export interface TokenBalance {
  /** In the token's smallest units. */
  amount: bigint
  /** Whether the token's contract bars the holder from moving it. */
  blocked: boolean
}

/**
 * A token at a block, as long as its contract is the one whose layout is known: its code, the code of what it
 * hands calls to, and where that stands.
 *
 * @returns what shows each holder's balance
 * @throws {ProofError} `RESERVES_TOKEN_CODE` where the contract is another at the block, `RESERVES_TRIE`
 * @throws {InputError} `RESERVES_TOKEN` for a token that can be observed alone
 * @example
 * const balanceOf = openToken(state, list.tokens.get(asset)!)
 * const { amount, blocked } = balanceOf('0x…')
 */
export function openToken(reader: EvmReader, token: EvmToken): (holder: Hex) => TokenBalance {
  const { layout, bits = 256, blocked } = token
  const address = parseAsset(token.asset, '').reference as Hex
  if (layout.kind === 'none') {
    throw new InputError('RESERVES_TOKEN', 'no slot of this token holds a balance: it is observed alone', {
      where: token.asset,
    })
  }
  assertContract(reader, token, address)
  return (holder) => {
    const value = reader.slot(address, tokenSlot(layout, holder))
    const amount = BigInt.asUintN(bits, value)
    if (blocked === undefined) return { amount, blocked: false }
    const bar =
      blocked === 'bits above' ? value >> BigInt(bits) : reader.slot(address, tokenSlot(blocked, holder))
    return { amount, blocked: bar !== 0n }
  }
}

/** The slots of a token's contract that show a holder's balance, and whether it is barred from moving it. */
export function holderSlots({ layout, blocked }: EvmToken, holder: Hex): bigint[] {
  const places = [layout, ...(blocked === undefined || blocked === 'bits above' ? [] : [blocked])]
  return places.map((place) => tokenSlot(place, holder))
}

function assertContract(reader: EvmReader, token: EvmToken, address: Hex): void {
  const { code, state = [], delegates = [] } = token
  const other = (why: string) =>
    new ProofError('RESERVES_TOKEN_CODE', why, {
      where: token.asset,
      hint: 'Look at what the token has become, and say so in tokens.json.',
    })
  const hash = reader.account(address)?.codeHash
  if (hash === undefined) throw other('there is no contract at the block')
  if (code !== undefined && hash !== code) throw other('the contract has other code at the block')
  const expected = new Map(PROXY_SLOTS.map((slot) => [slot, 0n]))
  for (const { slot, value } of state) expected.set(BigInt(slot), BigInt(value))
  for (const [slot, value] of expected) {
    if (reader.slot(address, slot) === value) continue
    throw other(
      PROXY_SLOTS.includes(slot)
        ? 'the contract hands calls to another one at the block'
        : 'a slot holds something else at the block',
    )
  }
  for (const delegate of delegates) {
    if (reader.account(delegate.address as Hex)?.codeHash === delegate.code) continue
    throw other('a contract that it hands calls to has other code at the block')
  }
}
