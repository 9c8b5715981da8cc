import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { InputError } from '../../../../src/errors/index.js'
import { Rational } from '../../../../src/field/index.js'
import { readRiskTable } from '../../../../src/inputs/index.js'
import { black76, discountFactor, yearsOf } from '../../../../src/models/index.js'
import {
  historicalScenario,
  parallelShock,
  readStressRequest,
  type StressInstrument,
  type StressScenario,
  singleFailure,
  stressScenario,
  stressScenarios,
} from '../../../../src/models/scenarios/index.js'
import { formatRiskTable, type RiskTable } from '../../../../src/risk/index.js'
import { codeOf } from '../../../helpers/code-of.js'

const EXAMPLE = 'examples/venue/stress.json'
const SECONDS = 30 * 24 * 3600
const OPTION = {
  strike: Rational.of(100_000n),
  forward: Rational.of(98_000n),
  secondsToExpiry: SECONDS,
  volatility: Rational.parse('0.6'),
  rate: Rational.parse('0.04'),
}
const theory = (right: 'call' | 'put', forward = 98_000, volatility = 0.6): number =>
  black76({
    right,
    forward,
    strike: 100_000,
    years: yearsOf(SECONDS),
    volatility,
    discount: discountFactor(0.04, yearsOf(SECONDS)),
  }).value
/** One smallest unit of a whole: 10^(18 − decimals) per quote unit. */
const unit = (price: number, decimals: number): bigint =>
  Rational.fromNumber(price)
    .mul(Rational.of(10n ** BigInt(18 - decimals)))
    .floor()

const TABLE: Pick<RiskTable, 'quote' | 'valueDecimals' | 'instruments'> = {
  quote: 'USD',
  valueDecimals: 18,
  instruments: [
    { symbol: 'USD', kind: 'spot', decimals: 6, mark: 10n ** 12n },
    { symbol: 'USDC', kind: 'stablecoin', decimals: 6, mark: 10n ** 12n },
    { symbol: 'BTC', kind: 'spot', decimals: 8, mark: 97_000n * 10n ** 10n },
    { symbol: 'BTC-PERP', kind: 'perp', decimals: 8, mark: 97_050n * 10n ** 10n },
    { symbol: 'PEPE', kind: 'spot', decimals: 2, mark: 12_345_678_901n },
    { symbol: 'BTC-C', kind: 'option', decimals: 4, mark: unit(theory('call'), 4) },
    { symbol: 'BTC-P', kind: 'option', decimals: 4, mark: unit(theory('put'), 4) },
  ],
}
const stands = (asset: string, changes: Partial<StressInstrument> = {}): StressInstrument => ({
  asset,
  haircut: Rational.ZERO,
  markup: Rational.ZERO,
  contractSize: Rational.ONE,
  ...changes,
})
const INSTRUMENTS: Record<string, StressInstrument> = {
  USD: stands('USD'),
  USDC: stands('USDC'),
  BTC: stands('BTC'),
  'BTC-PERP': stands('BTC'),
  PEPE: stands('PEPE'),
  'BTC-C': stands('BTC', { option: { right: 'call', ...OPTION } }),
  'BTC-P': stands('BTC', { option: { right: 'put', ...OPTION } }),
}
const valuesIn = (scenario: StressScenario, instruments = INSTRUMENTS, table = TABLE) => {
  const { values } = stressScenario(table, instruments, scenario)
  return Object.fromEntries(table.instruments.map(({ symbol }, i) => [symbol, values[i]!]))
}
const down = (price: string, volatility = '0') =>
  parallelShock({ name: 'down', price, stablecoin: '-0.01', volatility })
describe('unit values of a scenario (risk.4)', () => {
  test('move an asset as the event says, and one that it does not name by the fallback', () => {
    const values = valuesIn(historicalScenario('2025-10-10-liquidations'))
    expect(values.BTC).toEqual({ long: 81_286n * 10n ** 10n, short: 81_286n * 10n ** 10n })
    expect(values.PEPE).toEqual({ long: 3_703_703_670n, short: 3_703_703_671n })
    expect(values.USDC).toEqual({ long: 95n * 10n ** 10n, short: 95n * 10n ** 10n })
  })

  test('move a currency like a stablecoin when the request says so', () => {
    const instruments = { ...INSTRUMENTS, PEPE: stands('PEPE', { fallback: 'stablecoin' }) }
    expect(valuesIn(historicalScenario('2025-10-10-liquidations'), instruments).PEPE).toEqual({
      long: 11_728_394_955n,
      short: 11_728_394_956n,
    })
  })

  test('leave the quote currency where it is', () => {
    expect(valuesIn(historicalScenario('2020-03-12-covid')).USD).toEqual({
      long: 10n ** 12n,
      short: 10n ** 12n,
    })
  })

  test('are the gain from mark of a perp, which cancels between its two sides', () => {
    const loss = -(97_050n * 10n ** 10n) / 4n
    expect(valuesIn(down('-0.25'))['BTC-PERP']).toEqual({ long: loss, short: loss })
    expect(valuesIn(down('0.25'))['BTC-PERP']).toEqual({ long: -loss, short: -loss })
  })

  test('take haircut and mark-up of a perp from its moved price', () => {
    const shares = { haircut: Rational.parse('0.1'), markup: Rational.parse('0.2') }
    const perp = valuesIn(down('-0.25'), { ...INSTRUMENTS, 'BTC-PERP': stands('BTC', shares) })['BTC-PERP']!
    const mark = 97_050n * 10n ** 10n
    expect(perp).toEqual({ long: (-325n * mark) / 1000n, short: (-100n * mark) / 1000n })
  })

  test('move a price below zero down and up by shares of its magnitude, haircut and mark-up against the account', () => {
    const mark = -3763n
    const table = {
      ...TABLE,
      valueDecimals: 2,
      instruments: [{ symbol: 'CL', kind: 'future', decimals: 0, mark } as const],
    }
    const of = (move: string, shares: Partial<StressInstrument> = {}) =>
      valuesIn({ ...down('-0.5'), moves: { OIL: move } }, { CL: stands('OIL', shares) }, table).CL
    expect(of('-0.5')).toEqual({ long: -1882n, short: -1881n })
    expect(of('0.5')).toEqual({ long: 1881n, short: 1882n })
    expect(of('2')).toEqual({ long: 7526n, short: 7526n })
    const shares = { haircut: Rational.parse('0.1'), markup: Rational.parse('0.2') }
    // From −37.63 to −75.26, which is then taken for −82.786 long and −60.208 short.
    expect(of('-1', shares)).toEqual({ long: -4516n, short: -2257n })
    const lowest = { ...table, instruments: [{ ...table.instruments[0]!, mark: 1n - 2n ** 64n }] }
    const worst = { haircut: Rational.ONE }
    expect(
      codeOf(() => valuesIn({ ...down('-0.5'), moves: { OIL: '-1' } }, { CL: stands('OIL', worst) }, lowest)),
    ).toBe('STRESS_VALUE_TOO_LARGE')
  })

  test('are within one unit of the exact value: below it for a long, above it for a short, haircut and mark-up included', () => {
    const share = fc.integer({ min: 0, max: 10 ** 6 }).map((n) => Rational.of(BigInt(n), 10n ** 6n))
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 61n }),
        fc.integer({ min: -(10 ** 6), max: 10 ** 6 }),
        share,
        share,
        (mark, millionths, haircut, markup) => {
          const price = (millionths / 1e6).toFixed(6).replace(/^-(0\.0+)$/, '$1')
          const table = { ...TABLE, instruments: [{ symbol: 'X', kind: 'spot', decimals: 0, mark } as const] }
          const shock = { ...down('-0.5'), moves: { X: price } }
          const { long, short } = valuesIn(shock, { X: stands('X', { haircut, markup }) }, table).X!
          const moved = Rational.of(mark * BigInt(10 ** 6 + millionths), 10n ** 6n)
          const exactLong = moved.mul(Rational.ONE.sub(haircut))
          const exactShort = moved.mul(Rational.ONE.add(markup))
          expect(Rational.of(long).compare(exactLong)).toBeLessThanOrEqual(0)
          expect(Rational.of(long + 1n).compare(exactLong)).toBe(1)
          expect(Rational.of(short).compare(exactShort)).toBeGreaterThanOrEqual(0)
          expect(Rational.of(short - 1n).compare(exactShort)).toBe(-1)
        },
      ),
      { numRuns: 200 },
    )
  })

  test('move one instrument to zero and leave what else stands for its asset to the contagion', () => {
    const scenario = singleFailure({
      name: 'perp-dies',
      of: { instrument: 'BTC-PERP' },
      move: '-1',
      contagion: { asset: '-0.1', stablecoin: '-0.01' },
      volatility: '0',
    })
    const values = valuesIn(scenario)
    expect(values['BTC-PERP']).toEqual({ long: -97_050n * 10n ** 10n, short: -97_050n * 10n ** 10n })
    expect(values.BTC!.long).toBe(87_300n * 10n ** 10n)
  })
})

describe('an option in a scenario (risk.4, risk.5)', () => {
  const near = (value: bigint, price: number): void => {
    const difference = Number(value - unit(price, 4)) / 1e14
    expect(Math.abs(difference)).toBeLessThan(1e-6)
  }

  test('is worth its mark when nothing moves, whatever small distance the mark has from the formula', () => {
    const table = {
      ...TABLE,
      instruments: TABLE.instruments.map((row) =>
        row.kind === 'option' ? { ...row, mark: row.mark + 10n ** 16n } : row,
      ),
    }
    const still = { ...down('-0.1'), moves: { BTC: '0' } }
    const values = valuesIn(still, INSTRUMENTS, table)
    for (const { symbol, kind, mark } of table.instruments) {
      if (kind === 'option') expect(values[symbol]).toEqual({ long: mark, short: mark })
    }
  })

  test('is revalued with forward and volatility moved, so that put and call keep their parity', () => {
    const values = valuesIn(down('-0.3', '0.5'))
    near(values['BTC-C']!.long, theory('call', 68_600, 0.9))
    near(values['BTC-P']!.long, theory('put', 68_600, 0.9))
    const parity = discountFactor(0.04, yearsOf(SECONDS)) * (68_600 - 100_000)
    const difference = Number(values['BTC-C']!.long - values['BTC-P']!.long) / 1e14
    expect(Math.abs(difference - parity)).toBeLessThan(1e-6)
  })

  test('is worth nothing as a call and the discounted strike as a put when the asset falls to zero', () => {
    const values = valuesIn(down('-1'))
    expect(values['BTC-C']).toEqual({ long: 0n, short: 0n })
    near(values['BTC-P']!.short, 100_000 * discountFactor(0.04, yearsOf(SECONDS)))
  })

  test('is worth at most the discounted forward and at least nothing, whatever moves', () => {
    const cent = fc
      .integer({ min: -100, max: 80 })
      .map((n) => (n / 100).toFixed(2).replace(/^-(0\.00)$/, '$1'))
    fc.assert(
      fc.property(cent, cent, (price, volatility) => {
        const values = valuesIn({
          ...down('-0.5', volatility.replace(/^-1.00$/, '-1')),
          moves: { BTC: price },
        })
        const cap = 98_000 * (1 + Number(price)) * discountFactor(0.04, yearsOf(SECONDS))
        expect(values['BTC-C']!.long).toBeGreaterThanOrEqual(0n)
        expect(Number(values['BTC-C']!.short) / 1e14).toBeLessThanOrEqual(cap + 1e-6)
        expect(values['BTC-P']!.long).toBeGreaterThanOrEqual(0n)
      }),
      { numRuns: 100 },
    )
  })

  test('counts as many units of its asset as the contract has', () => {
    const table = {
      ...TABLE,
      instruments: TABLE.instruments.map((r) => (r.symbol === 'BTC-C' ? { ...r, mark: r.mark / 10n } : r)),
    }
    const tenth = { ...INSTRUMENTS['BTC-C']!, contractSize: Rational.parse('0.1') }
    const values = valuesIn(down('0.1'), { ...INSTRUMENTS, 'BTC-C': tenth }, table)
    near(values['BTC-C']!.long, theory('call', 107_800) / 10)
  })

  test('is refused when its terms do not give its mark: 60 for 60 %, or a strike ten times too high', () => {
    for (const wrong of [{ volatility: Rational.of(60n) }, { strike: Rational.of(10n) }]) {
      const call = stands('BTC', { option: { right: 'call', ...OPTION, ...wrong } })
      expect(codeOf(() => valuesIn(down('-0.1'), { ...INSTRUMENTS, 'BTC-C': call }))).toBe('STRESS_OPTION')
    }
  })
})

describe('a stress request is refused (risk.11)', () => {
  const { PEPE: _, ...withoutPepe } = INSTRUMENTS
  test.each([
    ['STRESS_INSTRUMENT', 'when an instrument of the table has no asset', withoutPepe, down('-0.1')],
    [
      'STRESS_INSTRUMENT',
      'when it names a foreign instrument',
      { ...INSTRUMENTS, Y: stands('Y') },
      down('-0.1'),
    ],
    [
      'STRESS_INSTRUMENT',
      'when a foreign instrument fails',
      INSTRUMENTS,
      { ...down('-0.1'), instrumentMoves: { WBTC: '-1' } },
    ],
    [
      'STRESS_OPTION',
      'when an option has no terms',
      { ...INSTRUMENTS, 'BTC-C': stands('BTC') },
      down('-0.1'),
    ],
    [
      'STRESS_OPTION',
      'when a spot asset has terms',
      { ...INSTRUMENTS, BTC: INSTRUMENTS['BTC-C']! },
      down('-0.1'),
    ],
    [
      'STRESS_QUOTE',
      'when the quote currency moves',
      INSTRUMENTS,
      { ...down('-0.1'), moves: { USD: '-0.1' } },
    ],
    [
      'STRESS_VALUE_TOO_LARGE',
      'when a value leaves 64 bits',
      INSTRUMENTS,
      { ...down('-0.1'), moves: { BTC: '19999' } },
    ],
  ])('with %s %s', (code, _why, instruments, scenario) => {
    expect(codeOf(() => valuesIn(scenario, instruments))).toBe(code)
  })

  test('when two scenarios share a name', () => {
    const request = { instruments: INSTRUMENTS, scenarios: [down('-0.1'), down('-0.2')] }
    expect(codeOf(() => stressScenarios(TABLE, request))).toBe('STRESS_DUPLICATE')
  })
})

describe('a stress request file (risk.11)', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plimsoll-test-'))
  })
  afterAll(() => rm(folder, { recursive: true }))
  const failure = async (changes: object): Promise<string> => {
    const path = join(folder, 'stress.json')
    const file = { schema: 'plimsoll/stress/1', instruments: {}, scenarios: [], ...changes }
    await writeFile(path, JSON.stringify(file))
    const error: unknown = await readStressRequest(path).catch((e: unknown) => e)
    return error instanceof InputError ? error.code : 'nothing thrown'
  }

  test('gives the example venue one column for each scenario, one value pair for each instrument', async () => {
    const table = await readRiskTable('examples/venue/risk.json')
    const scenarios = stressScenarios(table, await readStressRequest(EXAMPLE))
    expect(scenarios.map(({ name }) => name)).toEqual([
      '2020-03-12-covid',
      '2025-10-10-liquidations',
      'upside-extremes',
      'usdt-to-half',
    ])
    expect(scenarios).toEqual(table.scenarios)
    for (const { values } of scenarios) {
      expect(values).toHaveLength(table.instruments.length)
      for (const [i, { long, short }] of values.entries()) {
        expect(long).not.toBe(table.instruments[i]!.mark)
        expect(short - long).toBeLessThanOrEqual(1n)
      }
    }
  })

  test('gives columns that a risk table file takes', async () => {
    const table = await readRiskTable('examples/venue/risk.json')
    const stressed = { ...table, scenarios: stressScenarios(table, await readStressRequest(EXAMPLE)) }
    const path = join(folder, 'risk.json')
    await writeFile(path, formatRiskTable(stressed))
    expect(await readRiskTable(path)).toEqual(stressed)
  })

  test('is refused with an unknown event, with no scenario, or with a haircut above one', async () => {
    expect(await failure({ scenarios: [{ type: 'event', name: '1987' }] })).toBe('SCENARIO_UNKNOWN')
    expect(await failure({})).toBe('JSON_SCHEMA')
    const scenarios = [{ type: 'event', name: '2020-03-12-covid' }]
    expect(await failure({ scenarios, instruments: { BTC: { asset: 'BTC', haircut: '1.1' } } })).toBe(
      'JSON_SCHEMA',
    )
    expect(await failure({ scenarios, instruments: { BTC: {} } })).toBe('JSON_SCHEMA')
  })
})
