import * as z from 'zod'
import { accountSchema, assetSchema, isCoin, parseAccount, parseAsset } from './caip.js'

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

/** Nobody has a key for these: what is sent there is gone. */
const BURNED = ['0x0000000000000000000000000000000000000000', '0x000000000000000000000000000000000000dead']
/** Bridges of large second layers on Ethereum: what lies there backs tokens on the other chain. */
const BRIDGES = [
  // Optimism, Base, Arbitrum One (ETH, ERC-20, custom), zkSync Era, Polygon (ERC-20), the deposit contract.
  '0x99c9fc46f92e8a1c0dec1b1747d010903e884be1',
  '0xbeb5fc579115071764c7423a4f12edde41f106ed',
  '0x3154cf16ccdb4c6d922629664174b904d80f2c35',
  '0x49048044d57e1c92a77f79988d21fa8faf74e97e',
  '0x8315177ab297ba92a06054ce80a67ed4dbd7ed3a',
  '0xa3a7b6f88361f48403514059f1f16c8e78d60eec',
  '0xcee284f754e854890e311e3280b767f80797180d',
  '0x32400084c286cf3e17e7b677ea9583e60a000324',
  '0x40ec5b33f54e0e8a33a975908c5ba1c14e5bbbdf',
  '0x00000000219ab540356cbb839cbe05303d7705fa',
]
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
  if (BURNED.includes(address)) return 'nobody has the key of the account'
  if (chain.id === 'eip155:1' && BRIDGES.includes(address))
    return 'the account holds what was issued elsewhere'
  const parsed = parseAsset(asset, '')
  if (COINS_AS_TOKENS.has(asset)) return "the token is the chain's own coin, counted a second time"
  return !isCoin(parsed) && parsed.reference === address
    ? 'a token in its own contract is nobody’s'
    : undefined
}
