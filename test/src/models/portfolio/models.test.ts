import { describe, expect, test } from 'vitest'
import { Rational } from '../../../../src/field/index.js'
import { black76, exactRule, openInterestRate, tierDeductions } from '../../../../src/models/index.js'
import { figuresByModel, head } from '../../../helpers/margin.js'

const r = (text: string) => Rational.parse(text)
const perp = (symbol: string, price: string, rates: object) => ({
  kind: 'perp',
  symbol,
  decimals: 6,
  price,
  ...rates,
})
const flat = (rate: string) => [{ from: '0', rate }]

describe('cross (risk.8)', () => {
  // Hyperliquid documentation, "Margin tiers": BTC 40x up to 150M, then 20x; maintenance is half of initial
  // at maximum leverage.
  const btc = perp('BTC', '100000', {
    initial: [
      { from: '0', rate: '0.025' },
      { from: '150000000', rate: '0.05' },
    ],
    maintenance: [
      { from: '0', rate: '0.0125' },
      { from: '150000000', rate: '0.025' },
    ],
  })
  const hyperliquid = { ...head('cross'), instruments: [btc] }

  test.each([
    ['1000', 1_250_000, 2_500_000],
    ['1500', 1_875_000, 3_750_000],
    ['-3000', 1_875_000 + 3_750_000, 3_750_000 + 7_500_000],
  ])('charges tiers on the margin, with deductions: %s BTC', (quantity, maintenance, initial) => {
    const { required } = figuresByModel('cross', hyperliquid, { BTC: quantity })
    expect(required.maintenance).toBeCloseTo(maintenance, 5)
    expect(required.initial).toBeCloseTo(initial, 5)
  })

  test('deducts what lower tiers do not charge', () => {
    const tiers = [
      { from: r('0'), rate: r('0.01') },
      { from: r('100'), rate: r('0.02') },
      { from: r('400'), rate: r('0.05') },
    ]
    expect(tierDeductions(tiers).map((d) => d.toNumber())).toEqual([0, 1, 13])
  })

  // dYdX v4 chain, x/perpetuals/types/liquidity_tier_test.go.
  test('takes 567,243 parts per million of 123,456 as 70,030 when rounded up to a quantum', () => {
    const instruments = [perp('X', '1', { initial: flat('0.567243'), maintenance: flat('0.1') })]
    const { required } = figuresByModel('cross', { ...head('cross'), instruments }, { X: '123456' })
    expect(Math.ceil(required.initial!)).toBe(70_030)
  })

  test('scales the initial rate with open interest: 135,697 of 500,000', () => {
    const openInterest = { notional: '28123456.789123', lower: '25000000', upper: '60000000' }
    const instruments = [perp('X', '1', { initial: flat('0.2'), maintenance: flat('0.1'), openInterest })]
    const { required } = figuresByModel('cross', { ...head('cross'), instruments }, { X: '-500000' })
    expect(Math.ceil(required.initial!)).toBe(135_697)
    expect(required.maintenance).toBeCloseTo(50_000, 6)
  })

  test('holds the initial rate between its base and one', () => {
    const at = (notional: string) =>
      openInterestRate(r('0.05'), { notional: r(notional), lower: r('10'), upper: r('20') }).toNumber()
    expect([at('0'), at('10'), at('15'), at('20'), at('99')]).toEqual([0.05, 0.05, 0.525, 1, 1])
  })

  test('counts cash and collateral, of which it asks for a part, and nothing for what is settled at its mark', () => {
    const eth = {
      kind: 'spot',
      symbol: 'ETH',
      decimals: 6,
      price: '2000',
      collateral: { initial: '0.8', maintenance: '0.9' },
    }
    const { equity, required } = figuresByModel(
      'cross',
      { ...hyperliquid, instruments: [btc, eth] },
      { BTC: '-1', ETH: '10' },
      '105000',
    )
    expect(equity).toBeCloseTo(125_000, 6)
    expect(required.initial).toBeCloseTo(2500 + 4000, 6)
    expect(required.maintenance).toBeCloseTo(1250 + 2000, 6)
  })

  test('caps the notional of a position and of all together, whichever side', () => {
    const instruments = [
      { ...btc, maxNotional: '300000' },
      perp('ETH', '2000', { initial: flat('0'), maintenance: flat('0') }),
    ]
    const params = { ...hyperliquid, instruments, limits: { grossNotional: '400000' } }
    const met = (BTC: string, ETH: string) => {
      const { limits } = figuresByModel('cross', params, { BTC, ETH })
      return [limits['notional BTC']!.met, limits['gross notional']!.met]
    }
    expect(met('-3', '50')).toEqual([true, true])
    expect(met('-3.000001', '40')).toEqual([false, true])
    expect(met('3', '-50.000001')).toEqual([true, false])
  })

  test('refuses tiers whose rates fall, which no maximum of lines can express', () => {
    const wrong = perp('X', '1', {
      initial: [
        { from: '0', rate: '0.2' },
        { from: '5', rate: '0.1' },
      ],
      maintenance: flat('0'),
    })
    expect(() => exactRule('cross', { ...head('cross'), instruments: [wrong] })).toThrow(/do not fall/)
  })
})

describe('span16 (risk.8)', () => {
  // Textbook arrays, as profits of one long contract; SPAN itself writes losses.
  const future = [
    0, 0, 3330, 3330, -3330, -3330, 6670, 6670, -6670, -6670, 10000, 10000, -10000, -10000, 7000, -7000,
  ]
  const call = [
    460, -610, 2640, 1730, -1270, -2340, 5210, 4540, -2540, -3430, 8060, 7640, -3380, -3990, 3130, -1500,
  ]
  const losses = (profits: number[]) => profits.map((p) => String(p === 0 ? 0 : -p))
  const params = (commodity: object = {}) => ({
    ...head('span16'),
    commodities: [
      {
        name: 'index',
        instruments: [
          { kind: 'future', symbol: 'F', decimals: 0, array: losses(future) },
          { kind: 'option', symbol: 'C', decimals: 0, array: losses(call), value: '5000', delta: '0.6' },
        ],
        ...commodity,
      },
    ],
  })

  test('asks 3,990 for a long call, decided by scenario 14', () => {
    const { values, worst } = figuresByModel('span16', params(), { C: '1' })
    expect(values.index).toBeCloseTo(3990, 8)
    expect(worst.index).toBe('scenario 14')
  })

  test('asks 6,620 for a covered write, decided by scenario 13', () => {
    const { required, worst } = figuresByModel('span16', params(), { F: '1', C: '-1' })
    expect(required.maintenance).toBeCloseTo(6620, 8)
    expect(worst.index).toBe('scenario 13')
  })

  test('computes the array of a future, extremes at twice the range for 35 %', () => {
    const scan = { priceRange: '10000', volatilityRange: '0.1', extremeMultiple: '2', extremeCovered: '0.35' }
    const instruments = [{ kind: 'future', symbol: 'F', decimals: 0 }]
    const { groups } = exactRule('span16', params({ scan, instruments })).scan!
    const changes = groups[0]!.members[0]!.changes.map((c) => c.toNumber())
    for (const [s, change] of changes.entries()) expect(Math.abs(change - future[s]!)).toBeLessThan(4)
    expect(changes.slice(14)).toEqual([7000, -7000])
  })

  test('asks for spreads of long against short deltas, and never below the short option minimum', () => {
    const charged = figuresByModel('span16', params({ spreadCharge: '100' }), { F: '2', C: '-1' })
    expect(charged.required.maintenance).toBeCloseTo(16620 + 60, 6)
    const floor = figuresByModel('span16', params({ shortOptionMinimum: '9000' }), { C: '-1' })
    expect(floor.required.maintenance).toBeCloseTo(9000, 8)
    expect(floor.equity).toBe(-5000)
  })

  test('caps deltas as the contracts give them, and gamma only where every option has terms', () => {
    const limits = { netDelta: '1', grossDelta: '3' }
    const { limits: judged } = figuresByModel('span16', params({ limits }), { F: '2', C: '-2' })
    expect(judged['index net delta']).toEqual({ value: expect.closeTo(0.8, 9), met: true })
    expect(judged['index gross delta']).toEqual({ value: expect.closeTo(3.2, 9), met: false })
    expect(() => exactRule('span16', params({ limits: { netGamma: '1' } }))).toThrow(/needs terms/)
  })

  test('adds up commodities without credit between them', () => {
    const one = params().commodities[0]!
    const other = {
      ...one,
      name: 'other',
      instruments: [{ kind: 'future', symbol: 'G', decimals: 0, array: losses(future) }],
    }
    const { required } = figuresByModel(
      'span16',
      { ...params(), commodities: [one, other] },
      { F: '1', G: '-1' },
    )
    expect(required.maintenance).toBeCloseTo(20_000, 6)
  })
})

describe('matrix (risk.8)', () => {
  const extremes = (range: string) =>
    ['-0.66', '-0.33', '0.5', '1', '2', '3', '4', '5'].map((price) => ({
      price,
      deltaOne: price.startsWith('-') ? `-${range}` : range,
      weight: '1',
    }))
  const volatility = {
    up: '0.5',
    down: '0.25',
    minimumUp: '0.5',
    shortTermPower: '0.3',
    longTermPower: '0.13',
  }
  const deribit = (coin: string, priceRange: string, minimum: string, offset: string) => ({
    ...head('matrix', coin),
    maintenanceFactor: '0.8',
    netting: 'shared',
    units: [
      {
        name: coin,
        index: '65000',
        priceRange,
        buckets: 4,
        volatility,
        extremes: extremes(priceRange),
        offset,
        roll: { minimum, yearly: '0.075' },
        instruments: [
          { kind: 'inverse', symbol: 'PERPETUAL', decimals: 9 },
          { kind: 'inverse', symbol: 'FUTURE', decimals: 9, secondsToExpiry: 86400 },
        ],
      },
    ],
  })

  // Deribit, reference of private/pme/simulate: BTC, net 0.31335083 and gross 0.315726 coins.
  test('gives the published BTC simulation', () => {
    const { values, required } = figuresByModel('matrix', deribit('BTC', '0.16', '0.01', '0'), {
      PERPETUAL: '0.314538415',
      FUTURE: '-0.001187585',
    })
    expect(values['maintenance worst']).toBeCloseTo(0.05968587, 8)
    expect(values['BTC roll']).toBeCloseTo(0.00315726, 9)
    expect(required.maintenance).toBeCloseTo(0.050274505, 8)
    expect(required.initial).toBeCloseTo(0.05968587238 + 0.00315726, 9)
  })

  // The same interface for ETH: short 0.99948705 coins, price range 18 %, offset 0.6.
  test('gives the published ETH simulation', () => {
    const { values, required, worst } = figuresByModel('matrix', deribit('ETH', '0.18', '0.005', '0.6'), {
      PERPETUAL: '-0.99948705',
    })
    expect(values['maintenance worst']).toBeCloseTo(0.15246413, 8)
    expect(worst['maintenance worst']).toContain('+4/4')
    expect(values['ETH roll']).toBeCloseTo(0.00499744, 8)
    expect(required.initial).toBeCloseTo(0.157461562, 8)
    expect(required.maintenance).toBeCloseTo(0.12596925, 8)
  })

  // OKX, position-builder reply: two risk units, delta -9,704.90 (12 % range, 0.2 % basis) and 1,019.4817 (18
  // %, 0.8 %).
  test('gives two published risk units, each with its own worst case and half of the extreme move', () => {
    const unit = (name: string, priceRange: string, extreme: string, minimum: string) => ({
      name,
      index: '1',
      priceRange,
      buckets: 3,
      volatility,
      extremes: [`-${extreme}`, extreme].map((price) => ({ price, weight: '0.5' })),
      roll: { minimum, yearly: '0' },
      instruments: [{ kind: 'linear', symbol: name, decimals: 6 }],
    })
    const params = {
      ...head('matrix'),
      initialFactor: '1.3',
      maintenanceFactor: '1',
      netting: 'separate',
      units: [unit('BTC', '0.12', '0.24', '0.002'), unit('LTC', '0.18', '0.36', '0.008')],
    }
    // The reply's scenario losses and basis charge are of deltas that differ by 0.015 % for BTC.
    const scanned = figuresByModel('matrix', params, { BTC: '-9703.424167', LTC: '1019.481667' })
    expect(scanned.values.BTC).toBeCloseTo(1164.4109, 4)
    expect(scanned.values.LTC).toBeCloseTo(183.5067, 4)
    const charged = figuresByModel('matrix', params, { BTC: '-9704.9', LTC: '1019.525' })
    expect(charged.values['BTC roll']).toBeCloseTo(19.4098, 4)
    expect(charged.values['LTC roll']).toBeCloseTo(8.1562, 4)
    for (const { required } of [scanned, charged]) {
      expect(required.maintenance).toBeCloseTo(1183.8207 + 191.663, 0)
      expect(required.initial).toBeCloseTo(1.3 * required.maintenance!, 6)
    }
  })

  test('revalues options at moved forward and volatility, and lets a long put hedge', () => {
    const base = deribit('USD', '0.16', '0', '0')
    const unit = base.units[0]!
    const option = {
      kind: 'option',
      symbol: 'PUT',
      decimals: 4,
      settlement: 'linear',
      terms: {
        right: 'put',
        strike: '65000',
        forward: '65000',
        secondsToExpiry: 30 * 86400,
        volatility: '0.6',
      },
    }
    const params = {
      ...base,
      units: [
        { ...unit, extremes: [], instruments: [{ kind: 'linear', symbol: 'PERP', decimals: 4 }, option] },
      ],
    }
    const naked = figuresByModel('matrix', params, { PERP: '1' }).values['maintenance worst']!
    const hedged = figuresByModel('matrix', params, { PERP: '1', PUT: '1' }).values['maintenance worst']!
    expect(naked).toBeCloseTo(10_400, 6)
    expect(hedged).toBeLessThan(0.5 * naked)
    expect(figuresByModel('matrix', params, { PUT: '-1' }).values['maintenance worst']).toBeGreaterThan(5000)
  })

  test('caps net and gross exposures, options by their Greeks', () => {
    const base = deribit('USD', '0.16', '0', '0')
    const terms = {
      right: 'call',
      strike: '65000',
      forward: '65000',
      secondsToExpiry: 30 * 86400,
      volatility: '0.6',
    }
    const own = black76({
      right: 'call',
      strike: 65000,
      forward: 65000,
      years: 30 / 365,
      volatility: 0.6,
      discount: 1,
    })
    const instruments = [
      { kind: 'linear', symbol: 'PERP', decimals: 4 },
      { kind: 'option', symbol: 'CALL', decimals: 4, settlement: 'linear', terms },
    ]
    const limits = {
      netDelta: '1',
      grossDelta: '5',
      netGamma: '1',
      netVega: '20000',
      grossNotional: '400000',
    }
    const params = { ...base, units: [{ ...base.units[0]!, extremes: [], instruments, limits }] }
    const { limits: judged } = figuresByModel('matrix', params, { PERP: '-2', CALL: '3' })
    const value = (name: string) => judged[`USD ${name}`]!.value
    expect(value('net delta')).toBeCloseTo(Math.max(0, 3 * own.delta - 2, 2 - 3 * own.delta), 9)
    expect(value('gross delta')).toBeCloseTo(3 * own.delta + 2, 9)
    expect(value('net gamma')).toBeCloseTo(3 * own.gamma, 9)
    expect(value('net vega')).toBeCloseTo(3 * own.vega, 6)
    expect(value('gross notional')).toBeCloseTo(5 * 65_000, 6)
    expect(Object.values(judged).map(({ met }) => met)).toEqual([true, true, true, false, true, true])
  })
})

describe('lending (risk.8)', () => {
  const params = {
    ...head('lending'),
    assets: [
      { symbol: 'ETH', decimals: 8, price: '2000', loanToValue: '0.8', liquidationThreshold: '0.825' },
      {
        symbol: 'USDC',
        decimals: 6,
        price: '1',
        loanToValue: '0.75',
        liquidationThreshold: '0.78',
        borrowable: true,
      },
    ],
  }

  test('is met up to the borrow limit and the liquidation threshold, not one smallest unit beyond', () => {
    const met = (debt: string) => figuresByModel('lending', params, { ETH: '10', USDC: debt }).met
    expect(met('-16000')).toEqual({ initial: true, maintenance: true })
    expect(met('-16000.000001')).toEqual({ initial: false, maintenance: true })
    expect(met('-16500')).toEqual({ initial: false, maintenance: true })
    expect(met('-16500.000001')).toEqual({ initial: false, maintenance: false })
  })

  test('asks for more collateral at a higher health factor', () => {
    const strict = { ...params, healthFactor: '1.1' }
    const met = (debt: string) => figuresByModel('lending', strict, { ETH: '10', USDC: debt }).met.maintenance
    expect(met('-15000')).toBe(true)
    expect(met('-15000.000001')).toBe(false)
  })
})
