import { head } from './margin.js'

/**
 * A PMRM_2 parameter file with two expiries, a perp and collateral; test values of the contracts' repository
 * where known.
 */
export function pmrmParams() {
  const option = (symbol: string, right: string, strike: string, volatility: string) => ({
    symbol,
    decimals: 6,
    right,
    strike,
    volatility,
  })
  const expiry = (name: string, days: number, forward: string, options: object[]) => ({
    name,
    secToExpiry: days * 86400,
    forwardVariablePortion: forward,
    rate: '0.06',
    minConfidence: '0.9',
    options,
  })
  const scenario = (spotShock: string, volShock: string, dampeningFactor = '1') => ({
    spotShock,
    volShock,
    dampeningFactor,
  })
  return {
    ...head('derive-pmrm'),
    spotPrice: '2000',
    stablePrice: '0.97',
    minConfidence: '0.5',
    perp: { symbol: 'PERP', decimals: 6, price: '2003' },
    collaterals: [
      {
        symbol: 'WETH',
        decimals: 6,
        price: '2000',
        MMHaircut: '0.02',
        IMHaircut: '0.03',
        isRiskCancelling: true,
      },
      {
        symbol: 'USDT',
        decimals: 6,
        price: '1',
        MMHaircut: '0.01',
        IMHaircut: '0.01',
        isRiskCancelling: false,
      },
    ],
    expiries: [
      expiry('near', 7, '2005', [
        option('C1', 'call', '2000', '0.7'),
        option('P1', 'put', '2000', '0.72'),
        option('C2', 'call', '2400', '0.8'),
      ]),
      expiry('far', 90, '2040', [option('C3', 'call', '2200', '0.65'), option('P3', 'put', '1600', '0.75')]),
    ],
    scenarios: [
      ...['0.82', '0.91', '1', '1.09', '1.18'].flatMap((spot) =>
        ['Up', 'None', 'Down'].map((vol) => scenario(spot, vol)),
      ),
      scenario('0.34', 'Up', '0.21'),
      scenario('3', 'Up', '0.0693'),
      scenario('1', 'Linear'),
      scenario('1', 'Abs'),
    ],
    marginParams: {
      imFactor: '1.2',
      mmFactor: '0.8',
      shortRateMultScale: '1',
      longRateMultScale: '3',
      shortRateAddScale: '0.02',
      longRateAddScale: '0.05',
      shortBaseStaticDiscount: '1.04',
      longBaseStaticDiscount: '0.95',
    },
    basisContParams: {
      scenarioSpotUp: '1.05',
      scenarioSpotDown: '0.95',
      basisContAddFactor: '0.25',
      basisContMultFactor: '0.01',
    },
    otherContParams: {
      pegLossThreshold: '0.98',
      pegLossFactor: '2',
      confThreshold: '0.6',
      confMargin: '0.5',
      MMPerpPercent: '0.02',
      IMPerpPercent: '0.03',
      MMOptionPercent: '0.01',
      IMOptionPercent: '0.015',
    },
    volShockParams: {
      volRangeUp: '0.45',
      volRangeDown: '0.3',
      shortTermPower: '0.3',
      longTermPower: '0.13',
      dteFloorSeconds: 86400,
      minVolUpShock: '0.4',
    },
    skewShockParams: {
      linearBaseCap: '0.15',
      absBaseCap: '0.2',
      linearCBase: '0.05',
      absCBase: '-0.02',
      minKStar: '0.01',
      widthScale: '4',
      volParamStatic: '0.6',
      volParamScale: '-0.1',
    },
  }
}

/** A StandardManager parameter file with one market: test values of the contracts' repository where known. */
export function standardParams() {
  return {
    ...head('derive-standard'),
    stablePrice: '0.97',
    depeg: { threshold: '0.98', factor: '1.2' },
    markets: [
      {
        name: 'ETH',
        spot: '2000',
        spotConfidence: '0.9',
        oracle: { perpThreshold: '0.4', optionThreshold: '0.4', baseThreshold: '0.4', factor: '0.4' },
        perp: {
          symbol: 'PERP',
          decimals: 6,
          price: '2004',
          confidence: '0.3',
          maintenanceRequirement: '0.05',
          initialRequirement: '0.065',
        },
        base: { symbol: 'WETH', decimals: 6, marginFactor: '0.1', initialScale: '0.9' },
        option: {
          maxSpotReq: '0.15',
          minSpotReq: '0.1',
          mmCallSpotReq: '0.075',
          mmPutSpotReq: '0.075',
          MMPutMtMReq: '0.075',
          unpairedIMScale: '1.2',
          unpairedMMScale: '1.1',
          mmOffsetScale: '1.05',
        },
        expiries: [
          {
            name: 'E',
            forward: '2010',
            options: [
              { symbol: 'C1', decimals: 6, right: 'call', strike: '2000', mark: '90' },
              { symbol: 'C2', decimals: 6, right: 'call', strike: '2100', mark: '50' },
              { symbol: 'P1', decimals: 6, right: 'put', strike: '1900', mark: '45' },
            ],
          },
        ],
      },
    ],
  }
}
