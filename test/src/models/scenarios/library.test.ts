import { describe, expect, test } from 'vitest'
import {
  correlationBreak,
  HISTORICAL_SCENARIOS,
  historicalScenario,
  parallelShock,
  parseScenario,
  singleFailure,
  volatilityShock,
} from '../../../../src/models/scenarios/index.js'
import { codeOf } from '../../../helpers/code-of.js'

describe('the scenario library (risk.3)', () => {
  test('has every event with its venue, source, window and caveat, under a name of its own', () => {
    expect(new Set(HISTORICAL_SCENARIOS.map(({ name }) => name)).size).toBe(HISTORICAL_SCENARIOS.length)
    for (const { venue, source, window, caveat } of HISTORICAL_SCENARIOS) {
      for (const text of [venue, source, window, caveat]) expect(text?.length).toBeGreaterThan(5)
    }
    expect(HISTORICAL_SCENARIOS.map(({ date }) => date)).toEqual([
      '2020-03-12',
      '2020-03-12',
      '2021-05-19',
      '2022-05-11',
      '2022-11-09',
      '2023-03-11',
      '2024-08-05',
      '2025-02-03',
      '2025-10-10',
      '2026-02-05',
      undefined,
    ])
  })

  test('agrees with the prices that its sources name', () => {
    const ratios: [string, string, number, number][] = [
      // scenario, asset, close before, low
      ['2022-05-11-luna', 'BTC', 31017.1, 27785],
      ['2023-03-11-usdc', 'BTC', 20362.22, 19549.09],
      ['2023-03-11-usdc', 'ETH', 1437.32, 1368.39],
      ['2025-02-03-tariffs', 'BTC', 97700.59, 91231],
      ['2022-11-09-ftx', 'FTT', 22.08, 2.1],
      ['2022-05-11-luna', 'UST', 1, 0.037],
    ]
    for (const [name, asset, before, low] of ratios) {
      const move = Number(historicalScenario(name).moves[asset])
      expect(Math.abs(move - (low / before - 1))).toBeLessThan(0.0015)
    }
  })

  test('never lets an asset that is not named do better than those that are, failed ones apart', () => {
    const failed = ['LUNA', 'UST', 'FTT', 'USDC', 'USDe']
    for (const { name, moves, fallback } of HISTORICAL_SCENARIOS) {
      const named = Object.entries(moves).filter(([asset]) => !failed.includes(asset))
      const worst = Math.max(...named.map(([, move]) => Math.abs(Number(move))))
      expect([name, Math.abs(Number(fallback.asset))]).toEqual([name, worst])
      expect(Number(fallback.stablecoin)).not.toBe(0)
    }
  })

  test('names what it has when asked for what it has not', () => {
    expect(codeOf(() => historicalScenario('1929-10-29'))).toBe('SCENARIO_UNKNOWN')
  })
})

describe('a scenario (risk.11)', () => {
  const base = { name: 's', title: 't', source: 's', caveat: 'c', moves: {}, volatility: '0' }

  test.each([
    [
      'a fallback of zero beside a move',
      { moves: { BTC: '-0.2' }, fallback: { asset: '0', stablecoin: '-0.1' } },
    ],
    ['a stablecoin fallback of zero', { fallback: { asset: '-0.2', stablecoin: '0.00' } }],
    ['a fall below zero', { fallback: { asset: '-1.01', stablecoin: '-0.1' } }],
    ['a move that is no decimal', { fallback: { asset: '-20%', stablecoin: '-0.1' } }],
    ['a date that is none', { date: '2025-02-30', fallback: { asset: '-0.1', stablecoin: '-0.1' } }],
  ])('is refused with %s', (_, changes) => {
    expect(codeOf(() => parseScenario({ ...base, ...changes }))).toBe('SCENARIO_SCHEMA')
  })

  test('may leave prices alone when it moves volatility alone', () => {
    expect(volatilityShock({ name: 'vol', volatility: '0.5' })).toMatchObject({
      moves: {},
      fallback: { asset: '0', stablecoin: '0' },
      volatility: '0.5',
    })
  })

  test('moves all assets alike when it is parallel', () => {
    const shock = parallelShock({ name: 'up', price: '0.2', stablecoin: '0.01', volatility: '-0.25' })
    expect(shock.fallback).toEqual({ asset: '0.2', stablecoin: '0.01' })
  })

  test('turns the named assets round and no others when correlations break', () => {
    const of = historicalScenario('2025-10-10-liquidations')
    const broken = correlationBreak({ name: 'broken', of, against: ['BTC', 'PEPE'] })
    expect(broken.moves).toEqual({ ...of.moves, BTC: '0.162', PEPE: '0.7' })
    expect(broken.fallback).toEqual(of.fallback)
    const up = parallelShock({ name: 'up', price: '3', stablecoin: '0.1', volatility: '0' })
    expect(correlationBreak({ name: 'down', of: up, against: ['BTC'] }).moves).toEqual({ BTC: '-1' })
  })

  test('drags the others along when one fails', () => {
    const failure = { name: 'f', move: '-1', volatility: '0.5' }
    const contagion = { asset: '-0.1', stablecoin: '-0.01' }
    expect(singleFailure({ ...failure, of: { instrument: 'WBTC' }, contagion })).toMatchObject({
      moves: {},
      instrumentMoves: { WBTC: '-1' },
      fallback: contagion,
    })
    const alone = { asset: '0', stablecoin: '0' }
    expect(codeOf(() => singleFailure({ ...failure, of: { asset: 'BTC' }, contagion: alone }))).toBe(
      'SCENARIO_SCHEMA',
    )
  })
})
