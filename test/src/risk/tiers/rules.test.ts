import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { InputError } from '../../../../src/errors/index.js'
import { readRiskTable } from '../../../../src/inputs/index.js'
import { assetsOf, formatRiskTable, type RiskTable } from '../../../../src/risk/index.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-test-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function read(file: unknown): Promise<RiskTable> {
  const path = join(folder, 'risk.json')
  await writeFile(path, typeof file === 'string' ? file : JSON.stringify(file))
  return readRiskTable(path)
}

type Value = string | { long: string; short: string }
/** A row and what it is worth: as collateral, in a fall, and how it is a tier. */
interface Row {
  symbol: string
  kind: string
  decimals: number
  mark: string
  tier?: { list: string; width: string }
  collateral: Value
  fall: Value
}
const full = (long: string, short: string): Value => ({ long, short })
const BTC = { kind: 'spot', decimals: 8, mark: '50000' }
const USDC = { kind: 'stablecoin', decimals: 6, mark: '1' }
const fall = full('20000', '20100')
/**
 * BTC with two tiers of loans and one of margin; USDC whose first 1,000 count in full as they are; a perp.
 */
const rows = (): Row[] => [
  { symbol: 'BTC', ...BTC, collateral: full('0', '50000'), fall },
  {
    symbol: 'BTC:loan:1',
    ...BTC,
    tier: { list: 'loan', width: '0.2' },
    collateral: '50000',
    fall,
  },
  {
    symbol: 'BTC:loan:2',
    ...BTC,
    tier: { list: 'loan', width: '0.20000001' },
    collateral: full('45000', '50000'),
    fall,
  },
  {
    symbol: 'BTC:margin:1',
    ...BTC,
    tier: { list: 'margin', width: '184467440737.09551615' },
    collateral: full('49000', '50000'),
    fall,
  },
  { symbol: 'USDC', ...USDC, collateral: full('0.5', '1.01'), fall: '1' },
  {
    symbol: 'USDC:1',
    ...USDC,
    tier: { list: 'holding', width: '1000' },
    collateral: full('1', '1.01'),
    fall: full('0.99', '1'),
  },
  { symbol: 'PERP', kind: 'perp', decimals: 4, mark: '50010', collateral: '0', fall: '-30000' },
]

const file = (list: Row[], names = ['collateral', 'fall'], more = {}) => ({
  schema: 'plimsoll/risk-table/1',
  timestamp: 1_767_225_600,
  quote: 'USD',
  valueDecimals: 18,
  instruments: list.map(({ collateral: _, fall: __, ...row }) => row),
  scenarios: names.map((name, s) => ({
    name,
    values: Object.fromEntries(list.map((row) => [row.symbol, s === 0 ? row.collateral : row.fall])),
  })),
  ...more,
})

/** The table with one row changed, added to or taken away. */
const changed = (symbol: string, changes: Partial<Row>) =>
  file(rows().map((row) => (row.symbol === symbol ? { ...row, ...changes } : row)))
const order = (...symbols: string[]) =>
  file(symbols.map((symbol) => rows().find((row) => row.symbol === symbol)!))

describe('a risk table with tiers (risk.2)', () => {
  test('is read exactly, and round-trips through its canonical text', async () => {
    const table = await read(file(rows()))
    expect(table.instruments.map(({ tier }) => tier)).toEqual([
      undefined,
      { list: 'loan', width: 20_000_000n },
      { list: 'loan', width: 20_000_001n },
      { list: 'margin', width: 2n ** 64n - 1n },
      undefined,
      { list: 'holding', width: 1_000_000_000n },
      undefined,
    ])
    const text = formatRiskTable(table)
    expect(JSON.parse(text).instruments[2].tier).toEqual({ list: 'loan', width: '0.20000001' })
    expect(await read(text)).toEqual(table)
    expect(formatRiskTable(await read(text))).toBe(text)
  })

  test('is one asset for each row that is no tier, with the rows of each list in order', async () => {
    const assets = assetsOf(await read(file(rows())))
    expect(assets.map(({ symbol, base, lists }) => [symbol, base, Object.fromEntries(lists)])).toEqual([
      [
        'BTC',
        0,
        {
          loan: [
            { row: 1, width: 20_000_000n },
            { row: 2, width: 20_000_001n },
          ],
          margin: [{ row: 3, width: 2n ** 64n - 1n }],
        },
      ],
      ['USDC', 4, { holding: [{ row: 5, width: 1_000_000_000n }] }],
      ['PERP', 6, {}],
    ])
  })

  const many = (count: number) => [
    rows()[0]!,
    ...Array.from({ length: count }, (_, i): Row => ({ ...rows()[1]!, symbol: `BTC:loan:${i + 1}` })),
  ]
  test('has up to twelve tiers in a list', async () => {
    expect((await read(file(many(12)))).instruments).toHaveLength(13)
  })

  const tier = (changes: object) => ({ tier: { list: 'loan', width: '0.2', ...changes } })
  test.each<[string, unknown, string, string]>([
    ['a tier comes first', order('BTC:loan:1', 'BTC'), 'RISK_TIER_BASE', 'instruments[0]'],
    [
      'a tier is one of a perp',
      order('BTC', 'BTC:loan:1', 'PERP', 'BTC:loan:2'),
      'RISK_TIER_BASE',
      'instruments[3]',
    ],
    [
      'a tier is of another kind',
      changed('BTC:loan:1', { kind: 'stablecoin' }),
      'RISK_TIER_BASE',
      'instruments[1].kind',
    ],
    [
      'a tier has other decimals',
      changed('BTC:loan:2', { decimals: 9 }),
      'RISK_TIER_BASE',
      'instruments[2].decimals',
    ],
    [
      'a tier has another mark',
      changed('BTC:loan:2', { mark: '50001' }),
      'RISK_TIER_BASE',
      'instruments[2].mark',
    ],
    [
      'a list goes on after another one',
      order('BTC', 'BTC:loan:1', 'BTC:margin:1', 'BTC:loan:2'),
      'RISK_TIER_LIST',
      'instruments[3].tier.list',
    ],
    ['a list has thirteen tiers', file(many(13)), 'RISK_TIER_LIST', 'instruments[13].tier.list'],
    ['a tier has no width', changed('BTC:loan:1', tier({ width: '0' })), 'RISK_TIER_WIDTH', 'tier.width'],
    [
      'a width is 2^64 smallest units',
      changed('BTC:loan:1', tier({ width: '184467440737.09551616' })),
      'RISK_TIER_WIDTH',
      'instruments[1].tier.width',
    ],
    [
      'a width is finer than a smallest unit',
      changed('BTC:loan:1', tier({ width: '0.200000001' })),
      'RISK_TIER_WIDTH',
      'instruments[1].tier.width',
    ],
    ['a width is negative', changed('BTC:loan:1', tier({ width: '-1' })), 'RISK_TIER_WIDTH', 'tier.width'],
    ['a list is unknown', changed('BTC:loan:1', tier({ list: 'earn' })), 'JSON_SCHEMA', 'tier.list'],
    ['it says more of a tier', changed('BTC:loan:1', tier({ from: '0' })), 'JSON_SCHEMA', 'tier'],
    [
      'an instrument is called as a pledge is',
      file([...rows(), { ...rows()[4]!, symbol: 'BTC:margin' }]),
      'RISK_TIER_SYMBOL',
      'instruments[7].symbol',
    ],
    ['no scenario is the collateral', file(rows(), []), 'RISK_TIER_COLLATERAL', 'scenarios[0].name'],
    [
      'the collateral is not the first scenario',
      file(rows(), ['fall', 'collateral']),
      'RISK_TIER_COLLATERAL',
      'scenarios[0].name',
    ],
    [
      'the collateral has another name',
      file(rows(), ['Collateral']),
      'RISK_TIER_COLLATERAL',
      'scenarios[0].name',
    ],
    [
      'a table without tiers has a scenario of that name',
      file([rows()[0]!], ['fall', 'collateral']),
      'RISK_TIER_COLLATERAL',
      'scenarios[1].name',
    ],
    [
      'a second tier counts for more than the first',
      changed('BTC:loan:1', { collateral: full('44999.99', '50000') }),
      'RISK_TIER_VALUE',
      'scenarios[0].values.BTC:loan:2',
    ],
    [
      'a tier counts for more than its mark',
      changed('BTC:margin:1', { collateral: full('50000.01', '50000.01') }),
      'RISK_TIER_VALUE',
      'scenarios[0].values.BTC:margin:1',
    ],
    [
      'what is not pledged counts, where pledges do',
      changed('BTC', { collateral: full('0.01', '50000') }),
      'RISK_TIER_VALUE',
      'scenarios[0].values.BTC',
    ],
    [
      'what is beyond the tiers of what is held counts for more than the last of them',
      changed('USDC:1', { collateral: full('0.49', '1.01') }),
      'RISK_TIER_VALUE',
      'scenarios[0].values.USDC',
    ],
    [
      'an instrument without tiers counts for more than its mark',
      file(
        rows()
          .map((row) => (row.symbol === 'USDC' ? { ...row, collateral: '1.01' } : row))
          .filter(({ symbol }) => symbol !== 'USDC:1'),
      ),
      'RISK_TIER_VALUE',
      'scenarios[0].values.USDC',
    ],
    [
      'a debt counts for less than its mark',
      changed('PERP', { kind: 'option', collateral: full('0', '50009.9'), fall: '1' }),
      'RISK_TIER_VALUE',
      'scenarios[0].values.PERP',
    ],
    [
      'a perp is collateral',
      changed('PERP', { collateral: '1' }),
      'RISK_TIER_VALUE',
      'scenarios[0].values.PERP',
    ],
    [
      'a perp costs collateral',
      changed('PERP', { collateral: full('0', '1') }),
      'RISK_TIER_VALUE',
      'scenarios[0].values.PERP',
    ],
    [
      'a debt is cheaper in a tier',
      changed('BTC:margin:1', { fall: full('20000', '20099') }),
      'RISK_TIER_VALUE',
      'scenarios[1].values.BTC:margin:1',
    ],
    [
      'a tier is worth more than its instrument in a fall',
      changed('BTC:loan:2', { fall: full('20000.01', '20100') }),
      'RISK_TIER_VALUE',
      'scenarios[1].values.BTC:loan:2',
    ],
  ])('is refused at its field when %s', async (_, broken, code, where) => {
    const error = (await read(broken).catch((e: unknown) => e)) as InputError
    expect(error).toBeInstanceOf(InputError)
    expect(error.code).toBe(code)
    expect(error.where).toContain(where)
    if (code.startsWith('RISK_TIER')) expect(error.hint).toBeDefined()
  })

  test('holds no margin rule', async () => {
    const { margin } = JSON.parse(await readFile('examples/venue/risk.json', 'utf8'))
    const error = await read(file(rows(), undefined, { margin })).catch((e: unknown) => e)
    expect(error).toMatchObject({ code: 'RISK_TIER_MARGIN' })
  })
})
