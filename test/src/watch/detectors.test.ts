import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { detect, detectorSettings, proposalSchema } from '../../../src/models/index.js'
import { detectorsSchema } from '../../../src/watch/detectors/config.js'
import { detectorsPart } from '../../../src/watch/detectors/part.js'
import { type Sample, sample, type WatchContext } from '../../../src/watch/index.js'
import { temporaryFolder } from '../../helpers/cli.js'
import { normalSample, seriesOf } from '../../helpers/random.js'

const DAY = 86_400
const START = 20_000 * DAY
const BTC = [{ instrument: 'BTC' }]

/** The part alone, with nothing but what it asks for. */
function partOf(given: object, epochs: object[] = [], table?: object) {
  const config = detectorsSchema.parse({ instruments: BTC, ...given })
  const context = {
    config: { epochs, at: (path: string) => resolve(path) },
    newestEpoch: () => (table === undefined ? undefined : { table }),
  } as unknown as WatchContext
  return detectorsPart(context, config)
}
const price = (value: number, at: number, feed = 'a') =>
  sample('plimsoll_feed_price', { feed, instrument: 'BTC' }, value, at)
const valueIn = (samples: readonly Sample[], name: string, labels: Record<string, string> = {}) =>
  samples.find(
    (one) => one.name === name && Object.entries(labels).every(([label, text]) => one.labels[label] === text),
  )?.value

const { closes, dates } = seriesOf(
  'BTC',
  normalSample(2, 700).map((z) => 0.01 * z),
)
const SETTINGS = { warmUp: 100, tail: { window: 300 } }

describe('detectors of a watch read its feeds, period by period (watch.28)', () => {
  test('what they say is what a replay of the same prices says, scaled to a day', async () => {
    const period = 60
    const part = partOf({ period, settings: SETTINGS })
    const readings = detect(closes, detectorSettings(SETTINGS))
    let said: readonly Sample[] = []
    for (const [i, close] of closes.entries()) {
      // The last price of a period counts; the median of feeds is it.
      for (const second of [0, 20, 59]) {
        const now = START + i * period + second
        const value = second === 59 ? close : 1.5 * close
        said = await part.onSamples(
          [price(value, now, 'a'), price(value * 1.2, now, 'b'), price(value * 0.7, now, 'c')],
          now,
        )
      }
      const before = readings[i - 1]
      if (before === undefined) expect(said).toEqual([])
      else
        expect(valueIn(said, 'plimsoll_volatility_ewma')).toBeCloseTo(before.volatility * Math.sqrt(1440), 12)
      if (before?.isWarm) {
        expect(valueIn(said, 'plimsoll_volatility_ratio')).toBeCloseTo(before.volatilityRatio!, 12)
      } else expect(valueIn(said, 'plimsoll_volatility_ratio')).toBeUndefined()
    }
    const tail = { side: 'down', p: '0.99' }
    const [low, value, high] = [
      valueIn(said, 'plimsoll_tail_quantile_bound', { ...tail, bound: 'low' })!,
      valueIn(said, 'plimsoll_tail_quantile', tail)!,
      valueIn(said, 'plimsoll_tail_quantile_bound', { ...tail, bound: 'high' })!,
    ]
    expect(low < value && value < high).toBe(true)
    expect(value).toBeGreaterThan(0.01)
  })

  test('a day of ticks ends the periods that it has, and no tick asks for more than the last', async () => {
    const part = partOf({ period: 3600, settings: SETTINGS })
    const moves = normalSample(1, DAY)
    let ends = 0
    let before: number | undefined
    let value = 100
    for (let second = 0; second <= DAY; second++) {
      value *= 1 + 1e-4 * (moves[second] ?? 0)
      const said = await part.onSamples([price(value, START + second)], START + second)
      const volatility = valueIn(said, 'plimsoll_volatility_ewma')
      if (volatility !== before) ends++
      before = volatility
      expect(said.length).toBeLessThan(20)
    }
    expect(ends).toBe(24)
  })

  test('a clock that goes back, stale prices, prices of nothing and a break say nothing new', async () => {
    const part = partOf({ period: 60, settings: SETTINGS })
    const at = (i: number) => START + 60 * i
    for (const [i, close] of closes.slice(0, 50).entries()) await part.onSamples([price(close, at(i))], at(i))
    const now = valueIn(await part.onSamples([price(100, at(50))], at(50)), 'plimsoll_volatility_ewma')
    const back = await part.onSamples([price(5, at(3))], at(3))
    expect(valueIn(back, 'plimsoll_volatility_ewma')).toBe(now)
    const stale = await part.onSamples([price(5, at(20))], at(51))
    const after = valueIn(stale, 'plimsoll_volatility_ewma')
    expect(
      valueIn(
        await part.onSamples([price(0, at(52)), price(-1, at(52), 'b')], at(52)),
        'plimsoll_volatility_ewma',
      ),
    ).toBe(after)
    await part.onSamples([price(5, at(80))], at(80))
    expect(valueIn(await part.onSamples([price(5, at(81))], at(81)), 'plimsoll_volatility_ewma')).toBe(after)
  })

  test('a history warms them, and a day that it has is not taken in twice', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'prices.csv')
    const rows = (count: number) => [
      'date,close',
      ...dates.slice(0, count).map((date, i) => `${date},${closes[i]}`),
    ]
    writeFileSync(path, rows(600).join('\n'))
    const part = partOf({ history: [{ path, asset: 'BTC' }], settings: SETTINGS })
    const readings = detect(closes, detectorSettings(SETTINGS))
    const day = (i: number) => Date.parse(`${dates[i]}T12:00:00Z`) / 1000
    const first = await part.onSamples([price(7, day(599))], day(599))
    expect(valueIn(first, 'plimsoll_volatility_ratio')).toBeCloseTo(readings[599]!.volatilityRatio!, 12)
    await part.onSamples([price(closes[600]!, day(600))], day(600))
    const next = await part.onSamples([price(9, day(601))], day(601))
    expect(valueIn(next, 'plimsoll_volatility_ewma')).toBeCloseTo(readings[600]!.volatility, 12)
    const minutes = partOf({ history: [{ path, asset: 'BTC' }], period: 60 })
    await expect(minutes.onSamples([], day(601))).rejects.toMatchObject({ code: 'DETECTOR_HISTORY' })
  })

  test('a fall away from the mark is foretold by feed', async () => {
    const table = {
      valueDecimals: 2,
      instruments: [{ symbol: 'BTC', kind: 'spot', decimals: 0, mark: 10_000n }],
    }
    const part = partOf({ period: 60, settings: SETTINGS }, [{ venue: 'V' }], table)
    let said: readonly Sample[] = []
    for (const [i, value] of [101, 99, 98, 96].entries()) {
      said = await part.onSamples([price(value, START + 60 * i)], START + 60 * i)
    }
    // Distances 0, 1, 2 and 4 per cent: 1.3 a period.
    expect(valueIn(said, 'plimsoll_mark_fall_ahead_ratio', { venue: 'V', feed: 'a' })).toBeCloseTo(0.079, 12)
  })
})

describe('proposals of a watch are files, and nothing changes by them (watch.29)', () => {
  test('one is written when the history changes, and only then', async () => {
    const folder = temporaryFolder()
    const at = (name: string) => join(folder, name)
    const rows = (count: number) => [
      'date,close',
      ...dates.slice(0, count).map((date, i) => `${date},${closes[i]}`),
    ]
    writeFileSync(at('prices.csv'), rows(500).join('\n'))
    const stress = {
      schema: 'plimsoll/stress/1',
      instruments: { BTC: { asset: 'BTC', haircut: '0.02' } },
      scenarios: [{ type: 'event', name: '2020-03-12-covid' }],
    }
    const band = { least: '0', most: '1', step: '1' }
    writeFileSync(at('stress.json'), JSON.stringify(stress))
    writeFileSync(
      at('bounds.json'),
      JSON.stringify({ schema: 'plimsoll/risk-bounds/1', haircut: band, markup: band }),
    )
    mkdirSync(at('proposals'))
    const part = partOf({
      history: [{ path: at('prices.csv'), asset: 'BTC' }],
      settings: SETTINGS,
      propose: { stress: at('stress.json'), bounds: at('bounds.json'), into: at('proposals') },
    })
    const files = () => readdirSync(at('proposals')).sort()
    const said = await part.onSamples([], START)
    expect(files()).toEqual([`${START}.json`])
    const { changes } = proposalSchema.parse(JSON.parse(readFileSync(at(`proposals/${START}.json`), 'utf8')))
    const haircut = changes.find(({ parameter }) => parameter === 'haircut')!
    expect(valueIn(said, 'plimsoll_proposed_change_ratio', { parameter: 'haircut BTC' })).toBeCloseTo(
      Number(haircut.after) / 0.02 - 1,
      12,
    )
    for (let i = 1; i < 300; i++) await part.onSamples([], START + i)
    expect(files().length).toBe(1)
    writeFileSync(at('prices.csv'), rows(501).join('\n'))
    await part.onSamples([], START + 400)
    expect(files()).toEqual([`${START}.json`, `${START + 400}.json`])
    expect(JSON.parse(readFileSync(at('stress.json'), 'utf8'))).toEqual(stress)
  })

  test('a configuration that proposes without a history is refused', () => {
    const propose = { stress: 's.json', bounds: 'b.json', into: 'p' }
    expect(detectorsSchema.safeParse({ instruments: BTC, propose }).success).toBe(false)
    expect(detectorsSchema.safeParse({ instruments: [], settings: {} }).success).toBe(false)
    expect(detectorsSchema.safeParse({ instruments: BTC, settings: { decay: '2' } }).success).toBe(false)
  })
})
