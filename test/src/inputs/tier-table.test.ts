import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { InputError } from '../../../src/errors/index.js'
import { isTierTableFile, readRiskTable, readTierTable } from '../../../src/inputs/index.js'
import type { TierTable } from '../../../src/risk/index.js'

const HEADER = 'symbol,usdt_price,loan_tiers_ratio,margin_tiers_ratio,portfolio_tiers_ratio'
const USDT = 10n ** 16n
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tiers-test-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function fileOf(content: string | Uint8Array): Promise<string> {
  const path = join(folder, 'tiers.csv')
  await writeFile(path, content)
  return path
}
const read = async (content: string | Uint8Array): Promise<TierTable> => readTierTable(await fileOf(content))
async function failure(content: string | Uint8Array): Promise<{ code: string; where: string; text: string }> {
  const error = await read(content).catch((e: unknown) => e)
  expect(error).toBeInstanceOf(InputError)
  const { code, where, message, hint } = error as InputError
  return { code, where: where!.replaceAll(folder, ''), text: `${message} ${hint}` }
}
/** The error of a list of margin tiers on line 3. */
const listFailure = (list: string) =>
  failure(`${HEADER}\nbtc,65100,"",[0-5:7],\neth,3620.5,"","${list}",""\n`)

describe('a tier table (risk.2)', () => {
  test('has every list of every asset, in smallest units', async () => {
    const table = await read(
      `${HEADER}\nbtc,65100.22000000,"[0-10000:100,10000-20000:90]","[0-18446744073709551615:95]",""\nshib,0.00001797,"","",""`,
    )
    expect(table).toEqual({
      quote: 'USDT',
      valueDecimals: 16,
      instruments: [
        {
          symbol: 'btc',
          decimals: 8,
          mark: 6_510_022_000_000n,
          tiers: {
            loan: [
              { bound: 10_000n * USDT, percent: 100n },
              { bound: 20_000n * USDT, percent: 90n },
            ],
            margin: [{ bound: 18_446_744_073_709_551_615n * USDT, percent: 95n }],
            portfolio: [],
          },
        },
        {
          symbol: 'shib',
          decimals: 2,
          mark: 1_797_000_000n,
          tiers: { loan: [], margin: [], portfolio: [] },
        },
      ],
      notes: [],
    })
  })

  test.each([
    ['LF', (text: string) => text],
    ['CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
    ['no last line end', (text: string) => text.trimEnd()],
    ['a byte order mark', (text: string) => `\ufeff${text}`],
    ['all cells quoted', (text: string) => text.replace(HEADER, `"${HEADER.split(',').join('","')}"`)],
    ['a list without quotes', (text: string) => text.replace('"[0-10:50]"', '[0-10:50]')],
    ['brackets around nothing', (text: string) => text.replace('""', '[]')],
    ['spaces after commas', (text: string) => text.replace('5-9:90', ' 5-9:90')],
  ])('may have %s', async (_, change) => {
    const text = `${HEADER}\nbtc,1.5,"[0-5:100,5-9:90]",[],""\neth,2,"[0-10:50]",,""\n`
    const path = await fileOf(change(text))
    expect(await isTierTableFile(path)).toBe(true)
    const { instruments } = await readTierTable(path)
    expect(instruments.map(({ symbol }) => symbol)).toEqual(['btc', 'eth'])
    expect(instruments[0]!.tiers.loan.map(({ percent }) => percent)).toEqual([100n, 90n])
    expect(instruments[1]!.tiers.loan).toEqual([{ bound: 10n * USDT, percent: 50n }])
    expect(instruments.map(({ tiers }) => tiers.portfolio)).toEqual([[], []])
  })

  test('may have twelve tiers, of equal percentages too', async () => {
    const list = Array.from({ length: 12 }, (_, i) => `${i}-${i + 1}:${i < 6 ? 80 : 40}`).join(',')
    const { instruments } = await read(`${HEADER}\nbtc,1,"[${list}]","",""\n`)
    expect(instruments[0]!.tiers.loan).toHaveLength(12)
  })

  test('cuts a price off where the sixteen decimals of a value end, and says so', async () => {
    const { instruments, notes } = await read(
      `${HEADER}\ndai,1.000900819,,,\nbidr,0.00006300275024,,,\nbtc,65100.2200000000,,,\n`,
    )
    expect(instruments.map(({ mark }) => mark)).toEqual([100_090_081n, 6_300_275_024n, 6_510_022_000_000n])
    expect(notes).toHaveLength(1)
    expect(notes[0]).toMatch(/: dai\.$/)
  })

  test('may have the names of published files, which its messages then use', async () => {
    const published =
      '"token","asset_usdt_price","collateral_vip_loan_ratio_tiers","collateral_margin_ratio_tiers","collateral_portfolio_margin_ratio_tiers"'
    const rows = '"1cat","0.0096500000000000","[0-5:100, 5-9:90]","[0-7:80]","[0-18446744073709551615:10]"\n'
    expect(await read(`${published}\n${rows}`)).toEqual(await read(`${HEADER}\n${rows}`))
    for (const [column, wrong] of [
      ['token', rows.replace('1cat', '=cat')],
      ['asset_usdt_price', rows.replace('0.00965', 'x')],
      ['collateral_vip_loan_ratio_tiers', rows.replace('5-9', '6-9')],
      ['collateral_margin_ratio_tiers', rows.replace('0-7', '7')],
      ['collateral_portfolio_margin_ratio_tiers', rows.replace(':10]', ':101]')],
    ]) {
      expect((await failure(`${published}\n${rows}${wrong}`.replace('"1cat"', '"2cat"'))).where).toMatch(
        new RegExp(`tiers\\.csv:3, column ${column}$`),
      )
    }
    const mixed = await failure(`${published.replace('token', 'symbol')}\n${rows}`)
    expect(mixed).toMatchObject({
      code: 'TIERS_HEADER',
      text: expect.stringContaining('token,asset_usdt_price'),
    })
  })

  test('is told from a risk table', async () => {
    expect(await isTierTableFile('examples/venue/risk.json')).toBe(false)
    for (const text of ['', ' \n', '[1]', '\ufeff\n {"symbol,usdt_price": 1}']) {
      expect(await isTierTableFile(await fileOf(text)), text).toBe(false)
    }
    expect(await isTierTableFile(await fileOf('symbol;price\n'))).toBe(true)
    await expect(readRiskTable(await fileOf(''))).rejects.toThrow(InputError)
    await expect(isTierTableFile(join(folder, 'none.csv'))).rejects.toMatchObject({ code: 'FILE_ACCESS' })
    await expect(isTierTableFile(folder)).rejects.toMatchObject({ code: 'FILE_ACCESS' })
  })
})

describe('N03: a list of tiers is refused at its line and column (risk.2)', () => {
  test.each([
    ['a gap', '[0-10:100,20-30:90]', 'TIERS_GAP', /tier 2 starts at 20, a gap after 10/],
    ['a start above zero', '[5-10:100]', 'TIERS_GAP', /tier 1 starts at 5/],
    ['an overlap', '[0-10:100,9-30:90]', 'TIERS_OVERLAP', /tier 2 starts at 9, below 10/],
    ['a tier twice', '[0-10:100,0-10:100]', 'TIERS_OVERLAP', /tier 2/],
    ['tiers in another order', '[10-20:90,0-10:100]', 'TIERS_GAP', /tier 1 starts at 10/],
    ['bounds the wrong way round', '[0-10:100,10-5:90]', 'TIERS_ORDER', /tier 2 ends at 5/],
    ['an empty tier', '[0-0:100]', 'TIERS_ORDER', /not above its start/],
    ['more than all of a value', '[0-10:101]', 'TIERS_PERCENT', /101 percent/],
    ['a rising percentage', '[0-10:80,10-20:81]', 'TIERS_RISING', /81 percent, more than the 80/],
    [
      'a thirteenth tier',
      `[${Array.from({ length: 13 }, (_, i) => `${i}-${i + 1}:50`)}]`,
      'TIERS_TOO_MANY',
      /13 tiers/,
    ],
    ['a bound that no value reaches', '[0-33230699894622896824:50]', 'TIERS_BOUND', /33230699894622896822/],
    ['no brackets', '0-10:100', 'TIERS_LIST', /square brackets/],
    ['half the brackets', '[0-10:100', 'TIERS_LIST', /square brackets/],
    ['no percentage', '[0-10]', 'TIERS_LIST', /tier 1 is not of the form/],
    ['a percentage with a point', '[0-10:99.5]', 'TIERS_LIST', /FROM-TO:PERCENT/],
    ['a percent sign', '[0-10:90%]', 'TIERS_LIST', /tier 1/],
    ['a negative percentage', '[0-10:-5]', 'TIERS_LIST', /tier 1/],
    ['a bound with a point', '[0-10.5:90]', 'TIERS_LIST', /tier 1/],
    ['a bound with a leading zero', '[0-010:90]', 'TIERS_LIST', /tier 1/],
    ['a bound with an exponent', '[0-1e4:90]', 'TIERS_LIST', /tier 1/],
    ['a bound of very many digits', `[0-${'9'.repeat(400)}:90]`, 'TIERS_LIST', /tier 1/],
    ['a comma at the end', '[0-10:90,]', 'TIERS_LIST', /tier 2/],
    ['text after the list', '[0-10:90] ', 'TIERS_LIST', /square brackets/],
  ])('%s', async (_, list, code, message) => {
    const { text, ...error } = await listFailure(list)
    expect(error).toEqual({ code, where: '/tiers.csv:3, column margin_tiers_ratio' })
    expect(text).toMatch(message)
  })

  test('every refusal says what to do', async () => {
    for (const list of ['[0-10:100,20-30:90]', '[0-10:101]', 'x', '[0-10:80,10-20:81]', '[0-0:1]']) {
      expect((await listFailure(list)).text).not.toMatch(/undefined$/)
    }
  })
})

describe('a tier table is refused, at its line and column, for (risk.2)', () => {
  test.each([
    ['a negative price', 'eth,-1,,,', 'TIERS_PRICE', 'usdt_price'],
    ['no price', 'eth,,,,', 'TIERS_PRICE', 'usdt_price'],
    ['a price with an exponent of a thousand', 'eth,1e1000,,,', 'TIERS_PRICE', 'usdt_price'],
    ['a price that does not fit', 'eth,184467440737.09551616,,,', 'TIERS_PRICE', 'usdt_price'],
    ['a symbol twice', 'btc,1,,,', 'TIERS_DUPLICATE_SYMBOL', 'symbol'],
    ['a symbol twice in different case', 'BTC,1,,,', 'TIERS_DUPLICATE_SYMBOL', 'symbol'],
    ['no symbol', ',1,,,', 'TIERS_SYMBOL', 'symbol'],
    ['a symbol with a space', 'e th,1,,,', 'TIERS_SYMBOL', 'symbol'],
    ['a symbol of Latin letters and one that looks so', 'еth,1,,,', 'TIERS_SYMBOL', 'symbol'],
    ['a symbol with a character that does not show', 'e\u200bth,1,,,', 'TIERS_SYMBOL', 'symbol'],
    ['a formula of a spreadsheet', '"=HYPERLINK(""x"")",1,,,', 'TIERS_SYMBOL', 'symbol'],
    ['another formula', '@sum,1,,,', 'TIERS_SYMBOL', 'symbol'],
    ['a symbol that is no key', '__proto__,1,,,', 'TIERS_SYMBOL', 'symbol'],
  ])('%s', async (_, row, code, column) => {
    expect(await failure(`${HEADER}\nbtc,1,,,\n${row}\n`)).toMatchObject({
      code,
      where: `/tiers.csv:3, column ${column}`,
    })
  })

  test.each([
    ['a list without quotes around its commas', 'eth,1,[0-1:9,1-2:8],,', 'TIERS_ROW'],
    ['a missing cell', 'eth,1,,', 'TIERS_ROW'],
    ['a blank line', '', 'TIERS_ROW'],
    ['a quote inside a cell', 'eth,1,a"b,,', 'TIERS_SYNTAX'],
    ['text after a quote', 'eth,1,"[]"x,,', 'TIERS_SYNTAX'],
    ['a quote never closed', 'eth,1,"[0-1:9],,', 'TIERS_SYNTAX'],
    ['a NUL byte', 'eth\0,1,,,', 'TIERS_SYNTAX'],
  ])('%s', async (_, row, code) => {
    expect(await failure(`${HEADER}\nbtc,1,,,\n${row}\nx,1,,,\n`)).toMatchObject({
      code,
      where: '/tiers.csv:3',
    })
  })

  test.each([
    ['other names', 'token,asset_usdt_price,a,b,c\nbtc,1,,,\n'],
    [
      'columns in another order',
      'usdt_price,symbol,loan_tiers_ratio,margin_tiers_ratio,portfolio_tiers_ratio\n1,btc,,,\n',
    ],
    ['a column too many', `${HEADER},note\nbtc,1,,,,\n`],
    ['no header', 'btc,1,,,\n'],
  ])('a header with %s', async (_, text) => {
    expect(await failure(text)).toMatchObject({ code: 'TIERS_HEADER', where: '/tiers.csv:1' })
  })

  test('no asset, and bytes that are not UTF-8', async () => {
    expect((await failure(`${HEADER}\n`)).code).toBe('TIERS_EMPTY')
    const bytes = Buffer.concat([Buffer.from(`${HEADER}\nb`), Buffer.from([0xe9]), Buffer.from(',1,,,\n')])
    expect(await failure(bytes)).toMatchObject({ code: 'TIERS_ENCODING', where: '/tiers.csv:2' })
  })
})
