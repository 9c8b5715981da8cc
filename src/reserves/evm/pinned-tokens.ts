import type { EvmToken } from './tokens.js'

const MAINNET = 'eip155:1/erc20:'
const word = (digits: string) => `0x${digits.padStart(64, '0')}`
const mapping = (slot: string) => ({ kind: 'mapping', slot, order: 'solidity' }) as const
const NONE = { kind: 'none' } as const

/**
 * Tokens that the project knows, from their verified sources. The code of a contract that is no proxy cannot
 * change; of a proxy, the contract behind it is named.
 */
export const PINNED_TOKENS: readonly EvmToken[] = [
  // USDC, FiatTokenV2_2 behind a proxy: github.com/circlefin/stablecoin-evm,
  // test/helpers/storageSlots.behavior.ts.
  {
    asset: `${MAINNET}0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48`,
    decimals: 6,
    layout: mapping('9'),
    bits: 255,
    blocked: 'bits above',
    state: [
      {
        slot: '0x7050c9e0f4ca769c69bd3a8ef740bc37934f8e2c036e5a723fd8ee048ed3f8c3',
        value: word('43506849d7c04f9138d1a2050bbf3a0c054402dd'),
      },
    ],
  },
  // USDT, TetherToken: balances follow owner and supply; slot 10 says which contract has taken its place, if
  // any.
  {
    asset: `${MAINNET}0xdac17f958d2ee523a2206206994597c13d831ec7`,
    decimals: 6,
    layout: mapping('2'),
    blocked: mapping('6'),
    state: [{ slot: '10', value: word('') }],
  },
  // DAI, Dai.sol of dss: wards, totalSupply, balanceOf.
  {
    asset: `${MAINNET}0x6b175474e89094c44da98b954eedeac495271d0f`,
    decimals: 18,
    layout: mapping('2'),
  },
  // WETH, WETH9: name, symbol, decimals, balanceOf.
  {
    asset: `${MAINNET}0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2`,
    decimals: 18,
    layout: mapping('3'),
  },
  // WBTC, a BasicToken of OpenZeppelin 1: balances come first.
  {
    asset: `${MAINNET}0x2260fac5e5542a773aa44fbcfedf7c193bc2c599`,
    decimals: 8,
    layout: mapping('0'),
  },
  // wstETH, an ERC20 of OpenZeppelin 3: balances come first.
  {
    asset: `${MAINNET}0x7f39c581f595b53c5cb19bd0b3f8da6c935e2ca0`,
    decimals: 18,
    layout: mapping('0'),
  },
  // Tokens whose balances follow a rate, so that the slot of a holder has shares: stETH, AMPL, eETH, OUSD.
  { asset: `${MAINNET}0xae7ab96520de3a18e5e111b5eaab095312d7fe84`, decimals: 18, layout: NONE },
  { asset: `${MAINNET}0xd46ba6d942050d489dbd938a2c909a5d5039a161`, decimals: 9, layout: NONE },
  { asset: `${MAINNET}0x35fa164735182de50811e8e2e824cfb9b6118ac2`, decimals: 18, layout: NONE },
  { asset: `${MAINNET}0x2a8e1e676ec238d8a992307b495b45b3feaa5e86`, decimals: 18, layout: NONE },
]
