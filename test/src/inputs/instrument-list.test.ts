import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { InputError } from '../../../src/errors/index.js'
import { formatDecimal } from '../../../src/field/index.js'
import { readInstrumentList } from '../../../src/inputs/index.js'
import { checkLedger } from '../../../src/ledger/index.js'
import { formatRiskTable, parseRiskTable, type RiskTable } from '../../../src/risk/index.js'

const HEADER = 'symbol,kind,decimals,mark'
const AT = { timestamp: 1_767_225_600, quote: 'USD' }
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'instruments-test-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function read(text: string, at = AT): Promise<{ table: RiskTable; notes: string[] }> {
  const path = join(folder, 'list.csv')
  await writeFile(path, text)
  return readInstrumentList(path, at)
}
async function failure(text: string): Promise<{ code: string; where: string; text: string }> {
  const error = await read(text).catch((e: unknown) => e)
  expect(error).toBeInstanceOf(InputError)
  const { code, where, message, hint } = error as InputError
  return { code, where: where!.replace(`${folder}/`, ''), text: `${message} ${hint}` }
}
const list = (...rows: string[]) => `${[HEADER, ...rows].join('\n')}\n`
/** The marks of a table as its file has them. */
const marksOf = (table: RiskTable): string[] =>
  table.instruments.map(({ mark, decimals }) =>
    formatDecimal(mark * 10n ** BigInt(decimals), table.valueDecimals),
  )

describe('a list of instruments (risk.14)', () => {
  test('is a risk table without scenarios, in the order of the list', async () => {
    const text = list(
      'BTC,spot,8,97000.12',
      'USD,stablecoin,2,1.00',
      'X-PERP,perp,4,-3.5',
      'PEPE,spot,2,4.02e-06',
    )
    const { table, notes } = await read(text)
    expect(table).toEqual({
      ...AT,
      valueDecimals: 18,
      instruments: [
        { symbol: 'BTC', kind: 'spot', decimals: 8, mark: 970_001_200_000_000n },
        { symbol: 'USD', kind: 'stablecoin', decimals: 2, mark: 10_000_000_000_000_000n },
        { symbol: 'X-PERP', kind: 'perp', decimals: 4, mark: -350_000_000_000_000n },
        { symbol: 'PEPE', kind: 'spot', decimals: 2, mark: 40_200_000_000n },
      ],
      scenarios: [],
    })
    expect(notes).toEqual([])
    expect(parseRiskTable(formatRiskTable(table), 'risk.json')).toEqual(table)
  })

  test('may have its columns in any order', async () => {
    const other = 'mark,decimals,symbol,kind\n97000.12,8,BTC,spot\n'
    expect(await read(other)).toEqual(await read(list('BTC,spot,8,97000.12')))
  })

  test.each([
    ['as many decimals as a fine mark needs', ['A,spot,8,0.00000000001234'], 22],
    ['fewer where a mark is large', ['A,spot,2,123456789012'], 8],
    ['18 where nothing else is needed', ['A,spot,8,1', 'B,spot,18,1'], 18],
    ['room for a price 16 times as high', ['A,spot,0,1.152921504606846975'], 18],
    ['no room to spare above that', ['A,spot,0,1.152921504606847'], 17],
  ])('has values of %s', async (_, rows, valueDecimals) => {
    const { table, notes } = await read(list(...rows))
    expect(table.valueDecimals).toBe(valueDecimals)
    expect(notes).toEqual([])
    expect(marksOf(table)).toEqual(rows.map((row) => row.split(',')[3]))
  })

  test('has marks cut off where no unit of value holds them all, and says whose', async () => {
    const { table, notes } = await read(
      list('BTC,spot,8,108649.69999999317', 'X,spot,2,9.909999999999887e-11'),
    )
    expect(marksOf(table)).toEqual(['108649.69999999317', '0.0000000000990999999'])
    expect(table.valueDecimals).toBe(21)
    expect(notes).toEqual(['Marks finer than the table can hold, cut off there: X.'])
  })

  test('keeps every mark, or is below it by less than one unit of value', async () => {
    const row = fc.record({
      decimals: fc.nat(18),
      digits: fc.bigInt(1n, 10n ** 17n),
      point: fc.nat(24),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 6 }), async (rows) => {
        const text = list(
          ...rows.map(({ decimals, digits, point }, i) => `S${i},spot,${decimals},${digits}e-${point}`),
        )
        const result = await read(text).catch((error: InputError) => error.code)
        if (typeof result === 'string') {
          expect(result).toMatch(/^RISK_MARK_TOO_(FINE|LARGE)$/)
          return
        }
        const { table, notes } = result
        const cut = table.instruments.filter(({ mark }, i) => {
          const { decimals, digits, point } = rows[i]!
          // Both in 10^-60 of the quote currency.
          const exact = digits * 10n ** BigInt(60 - point)
          const step = 10n ** BigInt(60 + decimals - table.valueDecimals)
          expect(mark).toBeGreaterThan(0n)
          expect(mark).toBe(exact / step)
          expect(mark >> 60n).toBe(0n)
          return exact % step !== 0n
        })
        expect(notes.length).toBe(cut.length === 0 ? 0 : 1)
        expect(parseRiskTable(formatRiskTable(table), 'risk.json')).toEqual(table)
      }),
      { numRuns: 60 },
    )
  })

  test('of the example holds its accounts, which have prices (cli.31)', async () => {
    const { table } = await readInstrumentList('examples/exchange/instruments.csv', { ...AT, quote: 'USDT' })
    const report = await checkLedger('examples/exchange/accounts-priced.csv', table)
    expect(report).toMatchObject({ valid: true, accounts: 12, format: 'wide', cut: 24 })
    expect(report.slots['0'], 'an account that holds nothing').toBe(1)
    expect(report.notes.at(-1)).toMatch(/cut off there: 24\.$/)
  })
})

describe('a list of instruments is refused (risk.14, cli.5)', () => {
  test.each([
    ['an empty symbol', ',spot,8,1', 'RISK_ROW', 'list.csv:3'],
    ['a symbol with a space', 'A B,spot,8,1', 'RISK_SYMBOL', 'list.csv:3, column symbol'],
    ['a symbol twice', 'BTC,spot,8,1', 'RISK_DUPLICATE_SYMBOL', 'list.csv:3, column symbol'],
    ['an unknown kind', 'ETH,Spot,8,1', 'RISK_KIND', 'list.csv:3, column kind'],
    ['decimals that are none', 'ETH,spot,8.0,1', 'RISK_DECIMALS', 'list.csv:3, column decimals'],
    ['too many decimals', 'ETH,spot,19,1', 'RISK_DECIMALS', 'list.csv:3, column decimals'],
    ['a mark that is no number', 'ETH,spot,8,1_000', 'RISK_MARK', 'list.csv:3, column mark'],
    ['a negative mark', 'ETH,spot,8,-1', 'RISK_MARK', 'list.csv:3, column mark'],
    ['a mark of 61 decimals', 'ETH,spot,8,1e-61', 'RISK_MARK', 'list.csv:3, column mark'],
    ['a mark that no value holds', 'ETH,spot,0,1e19', 'RISK_MARK_TOO_LARGE', 'list.csv:3, column mark'],
    ['a mark lost beside another', 'ETH,spot,18,1e-30', 'RISK_MARK_TOO_FINE', 'list.csv:3, column mark'],
    ['a quote currency that is not 1', 'USD,stablecoin,2,0.9', 'RISK_QUOTE', 'list.csv:3, column mark'],
    ['a cell too many', 'ETH,spot,8,1,2', 'RISK_ROW', 'list.csv:3'],
    ['a quote out of place', 'E"TH,spot,8,1', 'RISK_SYNTAX', 'list.csv:3'],
  ])('with %s', async (_, row, code, where) => {
    const error = await failure(list('BTC,spot,8,97000.12', row, 'Z,spot,8,1'))
    expect(error).toMatchObject({ code, where })
    expect(error.text).not.toContain('undefined')
  })

  test.each([
    ['a column missing', 'symbol,kind,mark'],
    ['a column too many', `${HEADER},note`],
    ['a column twice', 'symbol,kind,mark,mark'],
    [
      'the columns of a tier table',
      'symbol,usdt_price,loan_tiers_ratio,margin_tiers_ratio,portfolio_tiers_ratio',
    ],
  ])('with %s', async (_, header) => {
    const cells = header.split(',').map(() => '1')
    expect(await failure(`${header}\n${cells}\n`)).toMatchObject({ code: 'RISK_HEADER', where: 'list.csv:1' })
  })

  test('with nothing in it, with too much, or in another encoding', async () => {
    expect((await failure('')).code).toBe('RISK_EMPTY')
    expect((await failure(`${HEADER}\n`)).code).toBe('RISK_EMPTY')
    const rows = Array.from({ length: 16_385 }, (_, i) => `S${i},spot,8,1`)
    expect((await read(list(...rows.slice(1)))).table.instruments).toHaveLength(16_384)
    expect(await failure(list(...rows))).toMatchObject({ code: 'RISK_SIZE', where: 'list.csv:16386' })
    await writeFile(join(folder, 'list.csv'), Buffer.from([0x73, 0xff, 0x0a]))
    await expect(readInstrumentList(join(folder, 'list.csv'), AT)).rejects.toMatchObject({
      code: 'RISK_ENCODING',
    })
  })
})
