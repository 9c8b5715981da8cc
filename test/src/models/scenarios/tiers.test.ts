import { describe, expect, test } from 'vitest'
import type { InputError } from '../../../../src/errors/index.js'
import { Rational } from '../../../../src/field/index.js'
import {
  parallelShock,
  type StressInstrument,
  type StressRequest,
  singleFailure,
  stressScenarios,
} from '../../../../src/models/index.js'
import { type RiskTable, withScenarios } from '../../../../src/risk/index.js'
import { assertTiers } from '../../../../src/risk/tiers/rules.js'

const row = (symbol: string, mark: bigint) => ({ symbol, kind: 'spot', decimals: 2, mark }) as const
const table: RiskTable = {
  timestamp: 1_767_225_600,
  quote: 'USDT',
  valueDecimals: 6,
  instruments: [
    row('btc', 1_000_001n),
    { ...row('btc:loan:1', 1_000_001n), tier: { list: 'loan', width: 5n } },
    { ...row('btc:loan:2', 1_000_001n), tier: { list: 'loan', width: 7n } },
    row('eth', 70_000n),
    { ...row('eth:1', 70_000n), tier: { list: 'holding', width: 7n } },
  ],
  scenarios: [
    {
      name: 'collateral',
      values: [
        { long: 0n, short: 1_000_001n },
        { long: 1_000_001n, short: 1_000_001n },
        { long: 900_000n, short: 1_000_001n },
        { long: 5n, short: 70_000n },
        { long: 60_000n, short: 70_000n },
      ],
    },
    { name: 'old', values: [1n, 1n, 1n, 2n, 2n].map((long) => ({ long, short: long })) },
  ],
}
const stands = (asset: string, haircut = '0', markup = '0'): StressInstrument => ({
  asset,
  haircut: Rational.parse(haircut),
  markup: Rational.parse(markup),
  contractSize: Rational.ONE,
})
const request: StressRequest = {
  instruments: { btc: stands('BTC', '0.1', '0.2'), eth: stands('ETH') },
  scenarios: [
    parallelShock({ name: 'down', price: '-0.5', stablecoin: '-0.05', volatility: '0' }),
    parallelShock({ name: 'up', price: '0.3', stablecoin: '0.05', volatility: '0' }),
  ],
}
const refusal = (changed: Partial<StressRequest>): InputError => {
  try {
    stressScenarios(table, { ...request, ...changed })
  } catch (error) {
    return error as InputError
  }
  throw new Error('nothing thrown')
}

describe('a stress request over a table with tiers (risk.11)', () => {
  test('makes a tier worth what its instrument is, and keeps the collateral column', () => {
    const scenarios = stressScenarios(table, request)
    const [btc, eth] = [
      // 500,000.5 less a tenth, more a fifth.
      { long: 450_000n, short: 600_001n },
      { long: 35_000n, short: 35_000n },
    ]
    expect(scenarios[0]).toEqual({ name: 'down', values: [btc, btc, btc, eth, eth] })
    const stressed = withScenarios(table, scenarios)
    expect(stressed.scenarios.map(({ name }) => name)).toEqual(['collateral', 'down', 'up'])
    expect(stressed.scenarios[0]).toBe(table.scenarios[0])
    expect(() => assertTiers(stressed)).not.toThrow()
  })

  test('puts its scenarios in the place of all others where there is no tier', () => {
    const bare = { ...table, instruments: [row('btc', 1_000_001n), row('eth', 70_000n)] }
    const scenarios = stressScenarios(bare, request)
    expect(withScenarios(bare, scenarios)).toEqual({ ...bare, scenarios })
  })

  test('names instruments, and no tier', () => {
    const named = { ...request.instruments, 'btc:loan:1': stands('BTC') }
    expect(refusal({ instruments: named })).toMatchObject({ code: 'STRESS_INSTRUMENT' })
    expect(refusal({ instruments: named }).hint).toContain('Name the instrument')
    const failure = singleFailure({
      name: 'fails',
      of: { instrument: 'btc:loan:1' },
      move: '-1',
      contagion: { asset: '-0.1', stablecoin: '-0.01' },
      volatility: '0',
    })
    expect(refusal({ scenarios: [failure] })).toMatchObject({ code: 'STRESS_INSTRUMENT' })
  })

  test('has no scenario with the name of the collateral column', () => {
    const shock = parallelShock({ name: 'collateral', price: '-0.5', stablecoin: '-0.05', volatility: '0' })
    expect(refusal({ scenarios: [shock] })).toMatchObject({ code: 'STRESS_NAME' })
  })
})
