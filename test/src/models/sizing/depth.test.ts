import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readDepth } from '../../../../src/models/index.js'
import { table } from '../../../helpers/sizing.js'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'plimsoll-depth-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const HEADER = 'symbol,side,level,price,size'
const LINES = [
  'PERP,bid,1,99.5,40',
  'PERP,bid,2,95,100',
  'PERP,ask,1,100.25,3',
  'COIN,ask,1,101,7',
  'COIN,bid,1,99,5',
]

async function read(lines: readonly string[], header = HEADER) {
  const path = join(folder, 'depth.csv')
  writeFileSync(path, `${[header, ...lines].join('\n')}\n`)
  return readDepth(path, table)
}

test('books are read by instrument and side, in any order of instruments and columns (sizing.3)', async () => {
  const depth = await read(LINES)
  expect([...depth.keys()]).toEqual(['PERP', 'COIN'])
  expect(depth.get('PERP')).toEqual({
    bid: [
      { price: 99_500_000_000_000_000_000n, size: 40n },
      { price: 95_000_000_000_000_000_000n, size: 100n },
    ],
    ask: [{ price: 100_250_000_000_000_000_000n, size: 3n }],
  })
  const turned = LINES.map((line) => line.split(',').reverse().join(','))
  expect(await read(turned, HEADER.split(',').reverse().join(','))).toEqual(depth)
})

/** Each a line that is put in place of another, and what is said of it, where. */
const FAULTS: [what: string, line: number, text: string, code: string, where: RegExp][] = [
  ['an unknown instrument', 0, 'GOLD,bid,1,99.5,40', 'DEPTH_SYMBOL', /:2, column symbol$/],
  ['a symbol that is none', 0, ',bid,1,99.5,40', 'DEPTH_ROW', /:2$/],
  ['a side that is none', 2, 'PERP,sell,1,100.25,3', 'DEPTH_SIDE', /:4, column side$/],
  ['a gap in the levels', 1, 'PERP,bid,3,95,100', 'DEPTH_LEVEL', /:3, column level$/],
  ['a level twice', 1, 'PERP,bid,1,95,100', 'DEPTH_LEVEL', /:3, column level$/],
  ['a level that is no number', 1, 'PERP,bid,two,95,100', 'DEPTH_LEVEL', /:3, column level$/],
  ['bids that rise', 1, 'PERP,bid,2,99.6,100', 'DEPTH_PRICE', /:3, column price$/],
  ['two levels at one price', 1, 'PERP,bid,2,99.5,100', 'DEPTH_PRICE', /:3, column price$/],
  ['a negative price', 0, 'PERP,bid,1,-99.5,40', 'DEPTH_PRICE', /:2, column price$/],
  ['a price of zero', 0, 'PERP,bid,1,0,40', 'DEPTH_PRICE', /:2, column price$/],
  ['a price that is no number', 0, 'PERP,bid,1,1e3,40', 'DEPTH_PRICE', /:2, column price$/],
  ['a price with too many decimals', 0, `PERP,bid,1,99.${'5'.repeat(19)},40`, 'DEPTH_PRICE', /column price$/],
  ['a price without end', 0, `PERP,bid,1,${'9'.repeat(60)},40`, 'DEPTH_PRICE', /:2, column price$/],
  ['a size of zero', 0, 'PERP,bid,1,99.5,0', 'DEPTH_SIZE', /:2, column size$/],
  ['a negative size', 0, 'PERP,bid,1,99.5,-1', 'DEPTH_SIZE', /:2, column size$/],
  ['a part of a smallest unit', 0, 'PERP,bid,1,99.5,0.5', 'DEPTH_SIZE', /:2, column size$/],
  ['a size beyond any account', 0, `PERP,bid,1,99.5,${2n ** 64n}`, 'DEPTH_SIZE', /:2, column size$/],
  ['a crossed book', 2, 'PERP,ask,1,99.5,3', 'DEPTH_CROSSED', /:4$/],
  ['a row with too few cells', 2, 'PERP,ask,1,99.5', 'DEPTH_ROW', /:4$/],
]

test.each(FAULTS)('refuses %s, and says where (sizing.4)', async (_, line, text, code, where) => {
  const lines = LINES.with(line, text)
  await expect(read(lines)).rejects.toMatchObject({ code, where: expect.stringMatching(where), exitCode: 2 })
})

test('refuses asks that fall, a side without a level, another header and nothing at all (sizing.4)', async () => {
  await expect(read([...LINES, 'COIN,ask,2,100.5,1'])).rejects.toMatchObject({
    code: 'DEPTH_PRICE',
    where: expect.stringMatching(/:7, column price$/),
  })
  await expect(read(LINES.slice(0, 4))).rejects.toMatchObject({
    code: 'DEPTH_SIDE',
    message: expect.stringContaining('the book of COIN has no bid'),
    where: expect.stringMatching(/:5$/),
  })
  await expect(read(LINES, 'symbol,side,price,size,level2')).rejects.toMatchObject({ code: 'DEPTH_HEADER' })
  await expect(read([])).rejects.toMatchObject({ code: 'DEPTH_EMPTY' })
})
