import type { AccountName } from '../caip.js'

/** Accounts on Ethereum in which coins lie that somebody counts elsewhere, and what they are. */
const MAINNET: Readonly<Record<string, string>> = {
  // Bridges: what lies here is what has been issued on another chain. Addresses of OP Stack chains are those
  // of github.com/ethereum-optimism/superchain-registry, the others those of each chain's documentation.
  '0x8315177ab297ba92a06054ce80a67ed4dbd7ed3a': 'the bridge of Arbitrum One',
  '0xa3a7b6f88361f48403514059f1f16c8e78d60eec': 'the bridge of Arbitrum One for tokens',
  '0xcee284f754e854890e311e3280b767f80797180d': 'the bridge of Arbitrum One for tokens',
  '0xbeb5fc579115071764c7423a4f12edde41f106ed': 'the bridge of OP Mainnet',
  '0x99c9fc46f92e8a1c0dec1b1747d010903e884be1': 'the bridge of OP Mainnet for tokens',
  '0x49048044d57e1c92a77f79988d21fa8faf74e97e': 'the bridge of Base',
  '0x3154cf16ccdb4c6d922629664174b904d80f2c35': 'the bridge of Base for tokens',
  '0x40ec5b33f54e0e8a33a975908c5ba1c14e5bbbdf': 'the bridge of Polygon for tokens',
  '0x8484ef722627bf18ca5ae6bcf031c23e6e922b30': 'the bridge of Polygon',
  '0x32400084c286cf3e17e7b677ea9583e60a000324': 'the bridge of ZKsync Era',
  '0xd19d4b5d358258f05d7b411e21a1460d11b0876f': 'the bridge of Linea',
  '0x6774bcbd5cecef1336b5300fb5186a12ddd8b367': 'the bridge of Scroll',
  // Stakes: what lies here is counted by who has staked it.
  '0x00000000219ab540356cbb839cbe05303d7705fa': 'the deposit contract of the beacon chain',
}

/** Accounts that nobody can move anything from, on every EVM chain. */
const BURNED: readonly string[] = [
  '0x0000000000000000000000000000000000000000',
  '0x000000000000000000000000000000000000dead',
]

/**
 * Why what an EVM account holds is no venue's reserve, whoever signs for it: a bridge's coins are counted on
 * the other chain, a stake's by who has staked them, and burned ones by nobody. The list is of what is known.
 *
 * @returns what the account is, or undefined where nothing is known against it
 * @example
 * evmExclusion(parseAccount('eip155:1:0x000000000000000000000000000000000000dEaD', ''))
 * // 'an address that nobody has a key of'
 */
export function evmExclusion({ chain, address }: Pick<AccountName, 'chain' | 'address'>): string | undefined {
  if (chain.namespace !== 'eip155') return undefined
  if (BURNED.includes(address)) return 'an address that nobody has a key of'
  return chain.reference === '1' && Object.hasOwn(MAINNET, address) ? MAINNET[address] : undefined
}
