import * as z from 'zod'
import { accountSchema, assetSchema, isCoin, parseAccount, parseAsset } from './caip.js'
import { evmExclusion } from './evm/index.js'

/** Accounts and assets that never count: a list of whoever checks. */
export const exclusionsSchema = z.strictObject({
  schema: z.literal('plimsoll/reserves-exclusions/1'),
  /** Such as customers' own accounts, or bridges that hold what was issued on another chain. */
  accounts: z.array(accountSchema).max(100_000).exactOptional(),
  /** Such as tokens that the venue issued. */
  assets: z.array(assetSchema).max(10_000).exactOptional(),
})

/**
 * Accounts and assets that never count: a list of whoever checks.
 *
 * @useDeclaredType
 */
export type Exclusions = z.infer<typeof exclusionsSchema>

/** Contracts that show a chain's own coin a second time, as a token. */
const COINS_AS_TOKENS = new Set([
  'eip155:137/erc20:0x0000000000000000000000000000000000001010',
  'eip155:42220/erc20:0x471ece3750da237f93b8e339c536989b8978a438',
  'eip155:1088/erc20:0xdeaddeaddeaddeaddeaddeaddeaddeaddead0000',
  'eip155:324/erc20:0x000000000000000000000000000000000000800a',
  'eip155:10/erc20:0xdeaddeaddeaddeaddeaddeaddeaddeaddead0000',
])

/**
 * Why a holding does not count, whatever shows it; `undefined` when it may.
 *
 * @param own what whoever checks leaves out besides
 */
export function exclusionOf(
  { account, asset }: { account: string; asset: string },
  own: { accounts: ReadonlySet<string>; assets: ReadonlySet<string> },
): string | undefined {
  const { chain, address } = parseAccount(account, '')
  if (own.accounts.has(account)) return 'the account is on the list of exclusions'
  if (own.assets.has(asset)) return 'the asset is on the list of exclusions'
  if (chain.namespace !== 'eip155') return undefined
  const known = evmExclusion({ chain, address })
  if (known !== undefined) return `the account is ${known}`
  const parsed = parseAsset(asset, '')
  if (COINS_AS_TOKENS.has(asset)) return "the token is the chain's own coin, counted a second time"
  return !isCoin(parsed) && parsed.reference === address
    ? 'a token in its own contract is nobody’s'
    : undefined
}
