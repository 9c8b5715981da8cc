import { InputError } from '../../errors/index.js'
import { parseScenario, type StressScenario } from './scenario.js'

const BINANCE = 'Binance spot, USDT pairs'
const KLINES =
  'Daily and 4-hour candles as republished on GitHub by rongyouwow-svg/v3-trading-system (ef32d017) and jirayuwannagul-tech/wave-structure-engine (c160475b).'
const REPUBLISHED = 'Not an official file of the venue; lows of different assets are minutes to hours apart.'
const ASSUMED =
  'The volatility move and the stablecoin fallback are assumptions: the source has prices of the named assets alone.'
const ONE_DAY = '1 day, previous UTC close to low'
const TWO_DAYS = '2 days, UTC close before to lowest low'

/**
 * Days on which everything fell (or rose) together. The fallback is the worst move that the entry names,
 * apart from the assets whose own failure it was, so an asset that nobody looked up is never assumed to have
 * stood still.
 */
export const HISTORICAL_SCENARIOS: readonly StressScenario[] = [
  {
    name: '2020-03-12-covid',
    title: 'Covid crash',
    date: '2020-03-12',
    window: ONE_DAY,
    venue: BINANCE,
    source: KLINES,
    caveat: `LINK is close to close, its low being an outlier of one venue. ${REPUBLISHED} ${ASSUMED}`,
    moves: { BTC: '-0.444', ETH: '-0.48', ADA: '-0.448', LTC: '-0.41', XRP: '-0.385', LINK: '-0.478' },
    fallback: { asset: '-0.48', stablecoin: '-0.05' },
    volatility: '1',
  },
  {
    name: '2020-03-12-covid-2d',
    title: 'Covid crash, two days',
    date: '2020-03-12',
    window: TWO_DAYS,
    venue: BINANCE,
    source: KLINES,
    caveat: `${REPUBLISHED} ${ASSUMED}`,
    moves: { BTC: '-0.523', ETH: '-0.558' },
    fallback: { asset: '-0.558', stablecoin: '-0.05' },
    volatility: '1',
  },
  {
    name: '2021-05-19-deleveraging',
    title: 'Deleveraging of May 2021',
    date: '2021-05-19',
    window: ONE_DAY,
    venue: BINANCE,
    source: KLINES,
    caveat: `${REPUBLISHED} ${ASSUMED}`,
    moves: {
      BTC: '-0.3',
      ETH: '-0.441',
      ADA: '-0.496',
      AVAX: '-0.518',
      LINK: '-0.507',
      LTC: '-0.5',
      XRP: '-0.465',
    },
    fallback: { asset: '-0.518', stablecoin: '-0.05' },
    volatility: '0.5',
  },
  {
    name: '2022-05-11-luna',
    title: 'Collapse of LUNA and UST',
    date: '2022-05-11',
    window: ONE_DAY,
    venue: `${BINANCE}; UST and LUNA on several venues`,
    source: `${KLINES} UST at its low of 0.037 on 2022-05-13 as told by blogs.`,
    caveat: `LUNA to zero and the low of UST took until the 13th: they are joined here to the worst day of the others. ${REPUBLISHED} ${ASSUMED}`,
    moves: {
      BTC: '-0.104',
      ETH: '-0.144',
      AVAX: '-0.414',
      XRP: '-0.289',
      ADA: '-0.248',
      LUNA: '-1',
      UST: '-0.963',
    },
    fallback: { asset: '-0.414', stablecoin: '-0.05' },
    volatility: '0.5',
  },
  {
    name: '2022-11-09-ftx',
    title: 'Failure of FTX',
    date: '2022-11-09',
    window: TWO_DAYS,
    venue: `${BINANCE}; FTT as an average of venues`,
    source: `${KLINES} FTT 22.08 (8 November) to 2.10 (13 November) by CoinGecko, as reported by Fox Business.`,
    caveat: `LINK and XRP are one-day lows, so two days were no better; FTT took five days. ${REPUBLISHED} ${ASSUMED}`,
    moves: {
      BTC: '-0.243',
      ETH: '-0.315',
      AVAX: '-0.335',
      LINK: '-0.266',
      XRP: '-0.278',
      FTT: '-0.904',
    },
    fallback: { asset: '-0.335', stablecoin: '-0.05' },
    volatility: '0.5',
  },
  {
    name: '2023-03-11-usdc',
    title: 'USDC below its peg',
    date: '2023-03-11',
    window: '2 days, close of 9 March to lowest low',
    venue: `${BINANCE}; USDC as an average of venues`,
    source: `${KLINES} USDC 0.87 by CoinGecko, as reported by CNN.`,
    caveat: `USDC traded lower on single venues. The fallback of other stablecoins is that of USDC, an assumption. ${REPUBLISHED}`,
    moves: { BTC: '-0.04', ETH: '-0.048', USDC: '-0.13' },
    fallback: { asset: '-0.048', stablecoin: '-0.13' },
    volatility: '0.25',
  },
  {
    name: '2024-08-05-carry',
    title: 'Unwinding of the yen carry trade',
    date: '2024-08-05',
    window: ONE_DAY,
    venue: BINANCE,
    source: KLINES,
    caveat: `${REPUBLISHED} ${ASSUMED}`,
    moves: {
      BTC: '-0.158',
      ETH: '-0.215',
      SOL: '-0.205',
      BNB: '-0.195',
      DOGE: '-0.224',
      LINK: '-0.257',
    },
    fallback: { asset: '-0.257', stablecoin: '-0.05' },
    volatility: '0.5',
  },
  {
    name: '2025-02-03-tariffs',
    title: 'Tariff shock of February 2025',
    date: '2025-02-03',
    window: '1 day, previous UTC close to low; ETH the worst 24 hours',
    venue: BINANCE,
    source: KLINES,
    caveat: `ETH fell 25.9 % in one 4-hour candle. ${REPUBLISHED} ${ASSUMED}`,
    moves: { BTC: '-0.067', ETH: '-0.315', ADA: '-0.372', BNB: '-0.191', DOGE: '-0.247' },
    fallback: { asset: '-0.372', stablecoin: '-0.05' },
    volatility: '0.5',
  },
  {
    name: '2025-10-10-liquidations',
    title: 'Liquidation cascade of October 2025',
    date: '2025-10-10',
    window: ONE_DAY,
    venue: `${BINANCE}; USDe on Binance alone`,
    source: `${KLINES} USDe 0.65 by CoinDesk Data.`,
    caveat: `Lows differ widely by venue (CoinDesk has BTC 106,560 and SOL 174, Binance 102,000 and 168.79), and USDe held its peg elsewhere; most of it in one 4-hour candle. ${REPUBLISHED} ${ASSUMED}`,
    moves: {
      BTC: '-0.162',
      ETH: '-0.214',
      AVAX: '-0.7',
      ADA: '-0.664',
      LINK: '-0.641',
      DOGE: '-0.618',
      LTC: '-0.581',
      XRP: '-0.552',
      BNB: '-0.315',
      SOL: '-0.236',
      USDe: '-0.35',
    },
    fallback: { asset: '-0.7', stablecoin: '-0.05' },
    volatility: '1',
  },
  {
    name: '2026-02-05-selloff',
    title: 'Sell-off of February 2026',
    date: '2026-02-05',
    window: `${TWO_DAYS}; XRP 1 day`,
    venue: BINANCE,
    source: KLINES,
    caveat: `${REPUBLISHED} ${ASSUMED}`,
    moves: { BTC: '-0.18', ETH: '-0.186', XRP: '-0.248', SOL: '-0.267' },
    fallback: { asset: '-0.267', stablecoin: '-0.05' },
    volatility: '0.5',
  },
  {
    name: 'upside-extremes',
    title: 'Largest daily rises, all at once',
    window: '1 day, previous UTC close to high',
    venue: BINANCE,
    source: KLINES,
    caveat: `No single day: BTC 2020-03-13, ETH 2021-01-03, ADA 2025-03-02, AVAX 2021-02-10, XRP 2023-07-13, LINK 2019-06-13; joined because shorts lose on all. ${REPUBLISHED} ${ASSUMED}`,
    moves: {
      BTC: '0.241',
      ETH: '0.305',
      ADA: '0.742',
      AVAX: '0.889',
      XRP: '0.992',
      LINK: '0.721',
    },
    fallback: { asset: '0.992', stablecoin: '0.02' },
    volatility: '0.5',
  },
].map(parseScenario)

/**
 * A scenario of the library by name.
 *
 * @throws {InputError} `SCENARIO_UNKNOWN`
 */
export function historicalScenario(name: string): StressScenario {
  const found = HISTORICAL_SCENARIOS.find((scenario) => scenario.name === name)
  if (found !== undefined) return found
  throw new InputError('SCENARIO_UNKNOWN', `the library has no scenario ${name}`, {
    hint: `It has ${HISTORICAL_SCENARIOS.map((scenario) => scenario.name).join(', ')}.`,
  })
}
