import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { black76 } from '../../../../src/models/index.js'
import { pmrmParams, standardParams } from '../../../helpers/derive.js'
import { figuresByModel } from '../../../helpers/margin.js'

const quantities = (symbols: string[], min = -50) =>
  fc.record(Object.fromEntries(symbols.map((s) => [s, fc.integer({ min, max: 50 })])))
const asText = (held: Record<string, number>) =>
  Object.fromEntries(Object.entries(held).map(([symbol, q]) => [symbol, String(q)]))

type Params = ReturnType<typeof pmrmParams>

/** PMRM_2 as its contracts go about it, account by account, in doubles. */
function pmrmMargin(params: Params, held: Record<string, number>, initial: boolean): number {
  const n = Number
  const {
    marginParams: m,
    basisContParams: b,
    otherContParams: o,
    volShockParams: v,
    skewShockParams: k,
  } = params
  const spot = n(params.spotPrice)
  const stable = n(params.stablePrice)
  const unsure = (confidence: number) =>
    initial && confidence < n(o.confThreshold) ? (1 - confidence) * n(o.confMargin) : 0
  const expiries = params.expiries.map((expiry) => {
    const tau = expiry.secToExpiry / 31_536_000
    const forward = n(expiry.forwardVariablePortion)
    const options = expiry.options as {
      symbol: string
      right: 'call' | 'put'
      strike: string
      volatility: string
    }[]
    const worth = (shock: number, vol: (own: number, strike: number) => number) =>
      options.reduce((sum, option) => {
        const { value } = black76({
          right: option.right,
          forward: forward * shock,
          strike: n(option.strike),
          years: tau,
          volatility: vol(n(option.volatility), n(option.strike)),
          discount: 1,
        })
        return sum + held[option.symbol]! * value
      }, 0)
    const power = expiry.secToExpiry <= 30 * 86400 ? n(v.shortTermPower) : n(v.longTermPower)
    const mult = ((30 * 86400) / Math.max(expiry.secToExpiry, v.dteFloorSeconds)) ** power
    const skew = (abs: boolean) => (own: number, strike: number) => {
      const root = Math.sqrt(tau)
      const cap = abs ? n(k.absCBase) * root + n(k.absBaseCap) : n(k.linearCBase) * root + n(k.linearBaseCap)
      const star = Math.max(
        n(k.minKStar),
        root * n(k.widthScale) * (n(k.volParamStatic) + root * n(k.volParamScale)),
      )
      const raw = Math.log(strike / forward)
      const x = abs ? Math.abs(raw) : raw
      return (
        own * Math.max(0, 1 + (x >= 0 ? Math.min(cap, (x * cap) / star) : Math.max(-cap, (x * cap) / star)))
      )
    }
    const vols: Record<string, (own: number, strike: number) => number> = {
      None: (own) => own,
      Up: (own) => Math.max(n(v.minVolUpShock), own * (1 + n(v.volRangeUp) * mult)),
      Down: (own) => own * Math.max(0, 1 - n(v.volRangeDown) * mult),
      Linear: skew(false),
      Abs: skew(true),
    }
    const plus =
      n(m.longBaseStaticDiscount) *
      Math.exp(-tau * (n(expiry.rate) * n(m.longRateMultScale) + n(m.longRateAddScale)))
    const minus = Math.min(
      1,
      n(m.shortBaseStaticDiscount) *
        Math.exp(tau * (n(expiry.rate) * n(m.shortRateMultScale) + n(m.shortRateAddScale))),
    )
    const mtm = worth(1, vols.None!)
    const discounted = (value: number) => value * (value >= 0 ? plus : minus)
    let naked = 0
    for (const strike of new Set(options.map((option) => option.strike))) {
      const net = options
        .filter((option) => option.strike === strike)
        .reduce((sum, { symbol }) => sum + held[symbol]!, 0)
      naked += Math.max(0, -net)
    }
    return {
      mtm,
      naked,
      gross: options.reduce((sum, { symbol }) => sum + Math.abs(held[symbol]!), 0),
      confidence: Math.min(n(expiry.minConfidence), n(params.minConfidence)),
      basis:
        Math.min(
          worth(n(b.scenarioSpotUp), vols.None!) - mtm,
          worth(n(b.scenarioSpotDown), vols.None!) - mtm,
          0,
        ) *
        (n(b.basisContAddFactor) + n(b.basisContMultFactor) * tau),
      change: (shock: number, vol: string) => {
        const change = discounted(worth(shock, vols[vol]!)) - mtm
        return vol === 'Linear' || vol === 'Abs' ? -Math.abs(change) : change
      },
    }
  })
  let worst = Math.min(
    0,
    expiries.reduce((sum, { basis }) => sum + basis, 0),
  )
  for (const { spotShock, volShock, dampeningFactor } of params.scenarios) {
    const shock = n(spotShock)
    let change = held.PERP! * (shock - 1) * n(params.perp.price)
    change += ((held.WETH! * n(params.collaterals[0]!.price)) / stable) * (shock - 1)
    for (const expiry of expiries) change += expiry.change(shock, volShock)
    worst = Math.min(worst, change * n(dampeningFactor))
  }
  const perpNotional = Math.abs(held.PERP!) * spot
  let contingency = perpNotional * n(o.MMPerpPercent)
  if (initial) contingency += perpNotional * (n(o.IMPerpPercent) + unsure(n(params.minConfidence)))
  let value = 0
  for (const collateral of params.collaterals) {
    const worth = (held[collateral.symbol]! * n(collateral.price)) / stable
    value += worth
    contingency += worth * (n(collateral.MMHaircut) + (initial ? n(collateral.IMHaircut) : 0))
  }
  for (const expiry of expiries) {
    value += expiry.mtm
    contingency += expiry.naked * spot * (n(o.MMOptionPercent) + (initial ? n(o.IMOptionPercent) : 0))
    contingency += expiry.gross * spot * unsure(expiry.confidence)
  }
  const peg = Math.max(0, n(o.pegLossThreshold) - stable) * n(o.pegLossFactor)
  return (initial ? n(m.imFactor) + peg : n(m.mmFactor)) * worst + value - contingency
}

describe('derive-pmrm (risk.8)', () => {
  const options = quantities(['PERP', 'C1', 'P1', 'C2', 'C3', 'P3'])
  const held = fc.tuple(options, quantities(['WETH', 'USDT'], 0)).map(([a, b]) => ({ ...a, ...b }))
  const baseOf = (h: Record<string, number>) =>
    Object.values(h).reduce((sum, q) => sum + Math.abs(q), 1) * 2000

  test('is the margin that the contracts compute account by account', () => {
    fc.assert(
      fc.property(held, (account) => {
        const { equity, required } = figuresByModel('derive-pmrm', pmrmParams(), asText(account))
        for (const initial of [true, false]) {
          const margin = equity - required[initial ? 'initial' : 'maintenance']!
          const expected = pmrmMargin(pmrmParams(), account, initial)
          expect(Math.abs(margin - expected) / baseOf(account)).toBeLessThan(1e-7)
        }
      }),
      { numRuns: 40 },
    )
  })

  test('holds as well where longs are discounted above shorts', () => {
    const params = pmrmParams()
    Object.assign(params.marginParams, { longBaseStaticDiscount: '1.2', shortBaseStaticDiscount: '0.8' })
    fc.assert(
      fc.property(held, (account) => {
        const { equity, required } = figuresByModel('derive-pmrm', params, asText(account))
        const margin = equity - required.maintenance!
        expect(Math.abs(margin - pmrmMargin(params, account, false)) / baseOf(account)).toBeLessThan(1e-7)
      }),
      { numRuns: 20 },
    )
  })

  test('loses in a skew scenario whichever way the smile turns', () => {
    const params = pmrmParams()
    params.scenarios = params.scenarios.filter(({ volShock }) => volShock === 'Linear')
    const lost = (quantity: string) =>
      figuresByModel('derive-pmrm', params, { C3: quantity }).values['maintenance worst']!
    expect(lost('-1')).toBeGreaterThan(0)
    expect(lost('1')).toBeGreaterThan(0)
  })

  test('caps what a portfolio is exposed to, but for collateral that hedges nothing', () => {
    const limits = {
      netDelta: '1',
      grossDelta: '5',
      netGamma: '0.001',
      netVega: '100',
      grossNotional: '10000',
    }
    const { limits: judged } = figuresByModel(
      'derive-pmrm',
      { ...pmrmParams(), limits },
      { PERP: '-2', C1: '3', WETH: '1', USDT: '99999' },
    )
    const own = black76({
      right: 'call',
      strike: 2000,
      forward: 2005,
      years: 7 / 365,
      volatility: 0.7,
      discount: 1,
    })
    const value = (name: string) => judged[`portfolio ${name}`]!.value
    expect(value('net delta')).toBeCloseTo(Math.abs(3 * own.delta - 1), 9)
    expect(value('gross delta')).toBeCloseTo(3 * own.delta + 3, 9)
    expect(value('net gamma')).toBeCloseTo(3 * own.gamma, 9)
    expect(value('net vega')).toBeCloseTo(3 * own.vega, 6)
    expect(value('gross notional')).toBeCloseTo(6 * 2000, 6)
    expect(Object.values(judged).map(({ met }) => met)).toEqual([true, true, true, false, false, false])
  })
})

describe('derive-standard (risk.8)', () => {
  const spot = 2000
  const params = standardParams()
  const judged = (positions: Record<string, string>) => figuresByModel('derive-standard', params, positions)
  /**
   * Cash that has to be there besides what is held: what an expiry needs stands in part in equity, at its
   * marks.
   */
  const needed = ({ required, equity }: ReturnType<typeof judged>) => ({
    initial: required.initial! - equity,
    maintenance: required.maintenance! - equity,
  })
  const offPeg = 0.01 * 1.2 * spot

  test('asks for a short call what lies in its isolated margin', () => {
    const { initial, maintenance } = needed(judged({ C2: '-1' }))
    expect(maintenance).toBeCloseTo(50 + 0.075 * spot, 6)
    expect(initial).toBeCloseTo(50 + 0.1 * spot + offPeg, 6)
  })

  test('asks for a short put the larger of its two rules', () => {
    const { initial, ...asked } = needed(judged({ P1: '-2' }))
    const maintenance = 45 + 0.075 * spot
    expect(asked.maintenance).toBeCloseTo(2 * maintenance, 6)
    expect(initial).toBeCloseTo(2 * (Math.max(45 + 0.1 * spot, 1.05 * maintenance) + offPeg), 6)
  })

  test('takes the largest loss at settlement where that is smaller, as for a call spread', () => {
    const spread = judged({ C1: '-1', C2: '1' })
    expect(needed(spread).maintenance).toBeCloseTo(100, 6)
    expect(spread.worst['maintenance margin']).toBe('maintenance ETH E settlement')
  })

  test('charges unpaired calls in the loss at settlement', () => {
    const [market] = params.markets
    const dear = { ...market!, option: { ...market!.option, maxSpotReq: '9', mmCallSpotReq: '9' } }
    const held = figuresByModel('derive-standard', { ...params, markets: [dear] }, { C1: '-3', C2: '1' })
    const { values } = held
    expect(values['maintenance ETH E settlement']).toBeCloseTo(300 - 3 * 90 + 50, 6)
    expect(values['maintenance ETH E unpaired calls']).toBeCloseTo(2 * 1.1 * 2010, 6)
    expect(values['initial ETH E unpaired calls']).toBeCloseTo(2 * 1.2 * 2010, 6)
    expect(needed(held).maintenance).toBeCloseTo(300 + 2 * 1.1 * 2010, 6)
  })

  test('takes the isolated margins where they are smaller, and then nothing for settlement', () => {
    const held = judged({ C1: '-3', C2: '1' })
    const { values } = held
    expect(needed(held).maintenance).toBeCloseTo(3 * (90 + 0.075 * spot), 6)
    expect(values['maintenance ETH E settlement']).toBe(0)
    expect(values['maintenance ETH E unpaired calls']).toBe(0)
  })

  test('asks nothing for a long option and grants nothing for it', () => {
    const worth = 5 * (90 + 45)
    expect(judged({ C1: '5', P1: '5' })).toMatchObject({
      equity: worth,
      required: { initial: worth, maintenance: worth },
    })
  })

  test('charges perps by notional, feeds that are unsure and a stablecoin off its peg', () => {
    const { required } = judged({ PERP: '-4' })
    expect(required.maintenance).toBeCloseTo(4 * 2004 * 0.05, 6)
    expect(required.initial).toBeCloseTo(4 * (2004 * 0.065 + 0.7 * 0.4 * spot + offPeg), 6)
  })

  test('counts base collateral at its margin factor', () => {
    const { equity, required } = judged({ WETH: '10' })
    expect(equity - required.maintenance!).toBeCloseTo(10 * spot * 0.1, 6)
    expect(equity - required.initial!).toBeCloseTo(10 * spot * 0.09, 6)
  })
})
