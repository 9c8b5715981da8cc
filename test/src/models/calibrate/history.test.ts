import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { InputError } from '../../../../src/errors/index.js'
import { type HistoryRules, readHistory } from '../../../../src/models/calibrate/index.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-test-'))
})
afterAll(() => rm(folder, { recursive: true }))

const file = async (text: string | Uint8Array, name = 'prices.csv'): Promise<string> => {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}
const DAILY: HistoryRules = { maxGapDays: 1 }
const read = async (text: string | Uint8Array, rules = DAILY, asset?: string) =>
  readHistory([{ path: await file(text), ...(asset === undefined ? {} : { asset }) }], rules)
const failure = async (text: string | Uint8Array, rules = DAILY, asset?: string): Promise<InputError> => {
  const error: unknown = await read(text, rules, asset).catch((e: unknown) => e)
  expect(error).toBeInstanceOf(InputError)
  return error as InputError
}

describe('a price history (risk.7)', () => {
  test('is read from tidy rows in any order of assets, whatever other columns there are', async () => {
    const text =
      'Date,open,asset,close,volume\n2025-03-01,0,ETH,2100.5,7\n2025-03-01,0,BTC,9e4,1\n2025-03-02,0,ETH,2000,0\n2025-03-02,0,BTC,91000,2.5\n'
    expect(await read(text)).toEqual([
      { asset: 'BTC', dates: ['2025-03-01', '2025-03-02'], closes: [90000, 91000], volumes: [1, 2.5] },
      { asset: 'ETH', dates: ['2025-03-01', '2025-03-02'], closes: [2100.5, 2000], volumes: [7, 0] },
    ])
  })

  test('is read from a file of one asset, with a byte order mark and line ends of Windows', async () => {
    expect(await read('\ufeffdate,close\r\n2024-02-28,1\r\n2024-02-29,2\r\n', DAILY, 'EUR')).toEqual([
      { asset: 'EUR', dates: ['2024-02-28', '2024-02-29'], closes: [1, 2] },
    ])
  })

  test('is cut to the days asked for, both included', async () => {
    const text = 'date,close\n2025-01-01,1\n2025-01-02,2\n2025-01-03,3\n2025-01-04,4\n'
    const [series] = await read(text, { ...DAILY, from: '2025-01-02', to: '2025-01-03' }, 'X')
    expect(series!.closes).toEqual([2, 3])
  })

  test('may pause as long as the market does', async () => {
    const text = 'date,close\n2025-04-17,1\n2025-04-22,2\n'
    expect(await read(text, { maxGapDays: 5 }, 'SPX')).toHaveLength(1)
    expect((await failure(text, { maxGapDays: 4 }, 'SPX')).code).toBe('HISTORY_GAP')
  })

  test.each([
    ['HISTORY_GAP', 'a day is missing', '2025-01-01,1\n2025-01-03,2', 3],
    ['HISTORY_DUPLICATE', 'a day comes twice', '2025-01-01,1\n2025-01-01,1', 3],
    ['HISTORY_ORDER', 'days go backwards', '2025-01-02,1\n2025-01-01,1', 3],
    ['HISTORY_DATE', 'a day is not in the calendar', '2025-02-29,1', 2],
    ['HISTORY_DATE', 'a date is written otherwise', '01/02/2025,1', 2],
    ['HISTORY_PRICE', 'a price is zero', '2025-01-01,1\n2025-01-02,0', 3],
    ['HISTORY_PRICE', 'a price is negative', '2025-01-01,-5', 2],
    ['HISTORY_PRICE', 'a price is missing', '2025-01-01,', 2],
    ['HISTORY_PRICE', 'a price is NaN', '2025-01-01,NaN', 2],
    ['HISTORY_PRICE', 'a price is infinite', '2025-01-01,1e999', 2],
    ['HISTORY_PRICE', 'a price has separators', '2025-01-01,1_000', 2],
    ['HISTORY_SYNTAX', 'a cell is missing', '2025-01-01', 2],
    ['HISTORY_SYNTAX', 'a cell is too many', '2025-01-01,1,2', 2],
    ['HISTORY_SYNTAX', 'a cell is quoted', '"2025-01-01",1', 2],
    ['HISTORY_SYNTAX', 'a line is blank', '2025-01-01,1\n\n2025-01-02,1', 3],
  ])('is refused with %s at file and line when %s', async (code, _, rows, line) => {
    const error = await failure(`date,close\n${rows}\n`, DAILY, 'BTC')
    expect(error).toMatchObject({ code, where: `${join(folder, 'prices.csv')}:${line}` })
  })

  test.each([
    ['HISTORY_HEADER', 'has no close', 'date,price\n', 'BTC'],
    ['HISTORY_HEADER', 'has two dates', 'date,close,Date\n', 'BTC'],
    ['HISTORY_HEADER', 'is empty', '', 'BTC'],
    ['HISTORY_ASSET', 'has no asset and none is given', 'date,close\n', undefined],
    ['HISTORY_ASSET', 'has an asset and one is given too', 'date,asset,close\n', 'BTC'],
    ['HISTORY_ASSET', 'names no asset on a row', 'date,asset,close\n2025-01-01,,1\n', undefined],
    ['HISTORY_VOLUME', 'has a negative volume', 'date,close,volume\n2025-01-01,1,-1\n', 'BTC'],
  ])('is refused with %s when it %s', async (code, _, text, asset) => {
    expect((await failure(text, DAILY, asset)).code).toBe(code)
  })

  test('is refused when it is not UTF-8, is not there, or gives an asset in two files', async () => {
    expect((await failure(new Uint8Array([0x64, 0xff]))).code).toBe('HISTORY_SYNTAX')
    const text = 'date,close\n2025-01-01,1\n'
    const both = [await file(text, 'a.csv'), await file(text, 'b.csv')].map((path) => ({
      path,
      asset: 'BTC',
    }))
    await expect(readHistory(both, DAILY)).rejects.toMatchObject({ code: 'HISTORY_DUPLICATE' })
    const missing = [{ path: join(folder, 'nowhere.csv') }]
    await expect(readHistory(missing, DAILY)).rejects.toMatchObject({ code: 'FILE_ACCESS' })
  })
})
