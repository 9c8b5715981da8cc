import { type AssetName, isCoin } from './caip.js'

/** Symbols of chains' own coins, and of tokens on Ethereum that the project knows. */
const COINS: Readonly<Record<string, string>> = {
  'eip155:1': 'ETH',
  'eip155:10': 'ETH',
  'eip155:56': 'BNB',
  'eip155:100': 'XDAI',
  'eip155:137': 'POL',
  'eip155:8453': 'ETH',
  'eip155:42161': 'ETH',
  'eip155:43114': 'AVAX',
  'bip122:000000000019d6689c085ae165831e93': 'BTC',
  'tron:0x2b6653dc': 'TRX',
  'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp': 'SOL',
}
const TOKENS: Readonly<Record<string, string>> = {
  'eip155:1/erc20:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48': 'USDC',
  'eip155:1/erc20:0xdac17f958d2ee523a2206206994597c13d831ec7': 'USDT',
  'eip155:1/erc20:0x6b175474e89094c44da98b954eedeac495271d0f': 'DAI',
  'eip155:1/erc20:0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2': 'WETH',
  'eip155:1/erc20:0x2260fac5e5542a773aa44fbcfedf7c193bc2c599': 'WBTC',
  'eip155:1/erc20:0x7f39c581f595b53c5cb19bd0b3f8da6c935e2ca0': 'WSTETH',
  'eip155:1/erc20:0xae7ab96520de3a18e5e111b5eaab095312d7fe84': 'STETH',
  'tron:0x2b6653dc/trc20:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t': 'USDT',
}

/** The symbol by which the project knows an asset, in capitals; `undefined` for one that it does not know. */
export function knownSymbol(asset: AssetName): string | undefined {
  return isCoin(asset) ? COINS[asset.chain.id] : TOKENS[asset.id]
}
