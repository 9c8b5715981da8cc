import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { parseRiskTable } from '../../../src/risk/index.js'
import { metricsText, readWatchConfig, type Sample, startWatch } from '../../../src/watch/index.js'
import type { WatchContext } from '../../../src/watch/loop.js'
import { depthSource } from '../../../src/watch/sources/depth.js'
import { temporaryFolder } from '../../helpers/cli.js'
import { simulatedClock } from '../../helpers/simulated-clock.js'

const folder = temporaryFolder()
const at = (name: string) => join(folder, name)
const NOW = 1_800_000_000
const SCENARIOS = [
  { name: 'crash', values: [60, -40, 1] },
  { name: 'rally', values: [150, 50, 1] },
]
const SYMBOLS = ['BTC', 'PERP', 'USD']
const TABLE = {
  schema: 'plimsoll/risk-table/1',
  ...{ timestamp: 1_767_225_600, quote: 'USD', valueDecimals: 3 },
  instruments: [
    { symbol: 'BTC', kind: 'spot', decimals: 3, mark: '100' },
    { symbol: 'PERP', kind: 'perp', decimals: 0, mark: '100' },
    { symbol: 'USD', kind: 'stablecoin', decimals: 0, mark: '1' },
  ],
  scenarios: SCENARIOS.map(({ name, values }) => ({
    name,
    values: Object.fromEntries(
      SYMBOLS.map((symbol, i) => [symbol, { long: `${values[i]}`, short: `${values[i]}` }]),
    ),
  })),
}
/** Accounts with what they hold of BTC, PERP and USD, and the share of their worst move that they survive. */
const ACCOUNTS: [id: string, held: [number, number, number], survives?: number][] = [
  ['who-a', [0, 1, 100], 100 / 40],
  ['who-b', [0, -2, 100], 100 / 100],
  ['who-c', [2, 0, -150], 50 / 80],
  ['who-d', [4, 0, -260], 140 / 160],
  ['who-e', [0, 0, 1000]],
  ['who-f', [0, 1, 15], 15 / 40],
  ['who-g', [-1, 0, 200], 100 / 50],
  ...Array.from({ length: 10 }, (_, i): [string, [number, number, number]] => [`who-small-${i}`, [0, 0, 1]]),
]

async function watching(changes: object = {}): Promise<Sample[]> {
  const ledger = { risk: 'risk.json', reserves: 'reserves.json', policy: 'policy.json' }
  writeFileSync(at('watch.json'), JSON.stringify({ schema: 'plimsoll/watch/1', ledger, ...changes }))
  const faults: unknown[] = []
  const loop = startWatch(await readWatchConfig(at('watch.json')), {
    clock: simulatedClock(NOW),
    ledger: at('accounts.csv'),
    onFault: ({ error }) => faults.push(error),
  })
  const { samples } = await loop.once()
  await loop.close()
  expect(faults).toEqual([])
  return [...samples]
}
const valuesOf = (samples: readonly Sample[], name: string) =>
  Object.fromEntries(
    samples
      .filter((sample) => sample.name === name)
      .map(({ labels, value }) => [Object.values(labels).join(' '), value]),
  )

let samples: readonly Sample[]
beforeAll(async () => {
  const rows = ACCOUNTS.flatMap(([id, held]) =>
    held.flatMap((quantity, i) => (quantity === 0 ? [] : [`${id},${SYMBOLS[i]},${quantity}`])),
  )
  writeFileSync(at('accounts.csv'), `${['account_id,instrument,quantity', ...rows].join('\n')}\n`)
  writeFileSync(at('risk.json'), JSON.stringify(TABLE))
  const reserves = { BTC: '6', USD: '1425' }
  const insurance = { USD: '70' }
  writeFileSync(at('reserves.json'), JSON.stringify({ schema: 'plimsoll/reserves/1', reserves, insurance }))
  const policy = { valueRatio: '1', minimumRatio: '1', loanFactor: '0', instruments: {} }
  const waterfall = { order: ['insurance'], cover: 2 }
  writeFileSync(at('policy.json'), JSON.stringify({ schema: 'plimsoll/policy/1', ...policy, waterfall }))
  samples = await watching()
})

test('distances to liquidation are told at quantiles of the accounts that could owe (watch.9)', () => {
  const told = valuesOf(samples, 'plimsoll_liquidation_distance_ratio')
  const survive = ACCOUNTS.flatMap(([, , share]) => share ?? []).toSorted((a, b) => a - b)
  expect(survive).toEqual([0.375, 0.625, 0.875, 1, 2, 2.5])
  expect(told).toEqual({ 0.01: 0.375, 0.05: 0.375, 0.1: 0.375, 0.25: 0.625, 0.5: 0.875 })
})

test('the largest holders are told by their share of a side (watch.9)', () => {
  expect(valuesOf(samples, 'plimsoll_concentration_ratio')).toEqual({
    'BTC long 1': 4 / 6,
    'BTC long 10': 1,
    'BTC short 1': 1,
    'BTC short 10': 1,
    'PERP long 1': 1 / 2,
    'PERP long 10': 1,
    'PERP short 1': 1,
    'PERP short 10': 1,
    'USD long 1': 1000 / 1425,
    'USD long 10': 1420 / 1425,
    'USD short 1': 260 / 410,
    'USD short 10': 1,
  })
})

test('shortfalls, cover and margin of scenarios are told as the books have them (watch.9)', () => {
  // In the crash who-c owes 30, who-f 25 and who-d 20.
  expect(valuesOf(samples, 'plimsoll_scenario_shortfall')).toEqual({ crash: 75, rally: 0 })
  expect(valuesOf(samples, 'plimsoll_cover_need')).toEqual({ 'crash 2': 55, 'rally 2': 0 })
  expect(valuesOf(samples, 'plimsoll_cover_fund')).toEqual({ crash: 70, rally: 70 })
  // Owed: 5 BTC, 1015 USD and what is short; held: 6 BTC and 1495 USD.
  expect(valuesOf(samples, 'plimsoll_scenario_margin_ratio')).toEqual({
    crash: 1855 / 1390,
    rally: 2395 / 1765,
  })
})

test('what is told of accounts names none, and is told to this machine alone (watch.9, privacy.1)', async () => {
  const text = `${JSON.stringify(samples)}\n${await metricsText(samples)}`
  expect(text).toContain('plimsoll_concentration_ratio{instrument="BTC",side="long",top="1"}')
  expect(text).not.toContain('who-')
  const refused = { code: 'WATCH_LEDGER', exitCode: 2 }
  await expect(watching({ listen: { host: '0.0.0.0' } })).rejects.toMatchObject(refused)
  await expect(watching({ ledger: undefined })).rejects.toMatchObject(refused)
})

test('order books are told by their value within shares of the middle, and by their age (watch.8)', async () => {
  const rows = [
    ...['BTC,bid,1,99.5,2', 'BTC,bid,2,98,3', 'BTC,bid,3,90,10'],
    ...['BTC,ask,1,100.5,1', 'BTC,ask,2,104,4.125', 'BTC,ask,3,120,7'],
  ]
  const write = (lines: readonly string[]) => {
    writeFileSync(at('depth.csv'), `${['symbol,side,level,price,size', ...lines].join('\n')}\n`)
    utimesSync(at('depth.csv'), NOW, NOW)
  }
  write(rows)
  let table: ReturnType<typeof parseRiskTable> | undefined
  const depth = { name: 'd', venue: 'V', from: 'depth.csv', within: ['0.01', '0.05'], every: 1 }
  const context = { config: { at }, newestEpoch: () => table && { table } } as unknown as WatchContext
  const source = depthSource(depth, context)
  const refresh = (now: number) => source.refresh(now, new AbortController().signal)
  await refresh(NOW)
  expect(source.samples(NOW)).toEqual([])
  table = parseRiskTable(JSON.stringify(TABLE), 'risk.json')
  await refresh(NOW)
  const expected = {
    'BTC bid 0.01': 199,
    'BTC bid 0.05': 199 + 294,
    'BTC ask 0.01': 100.5,
    'BTC ask 0.05': 100.5 + 429,
  }
  expect(valuesOf(source.samples(NOW), 'plimsoll_depth_value')).toEqual(expected)
  expect(valuesOf(source.samples(NOW + 30), 'plimsoll_depth_age_seconds')).toEqual({ BTC: 30 })
  // A book that is crossed is refused: what was read before stays.
  write(rows.with(0, 'BTC,bid,1,101,2'))
  await expect(refresh(NOW + 60)).rejects.toMatchObject({ code: 'DEPTH_CROSSED' })
  expect(valuesOf(source.samples(NOW + 60), 'plimsoll_depth_value')).toEqual(expected)
  expect(valuesOf(source.samples(NOW + 60), 'plimsoll_depth_age_seconds')).toEqual({ BTC: 60 })
})
