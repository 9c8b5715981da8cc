import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readCalibration, readHistory } from '../../src/models/index.js'
import { plimsoll, temporaryFolder } from '../helpers/cli.js'

/** Daily prices of the S&P 500, with columns that the calibration has no use for. */
const FILE = createRequire(import.meta.url).resolve('vega-datasets/data/sp500-2000.csv')

test('`risk calibrate` makes parameters of a price file as a data provider has it (risk.7, cli.2)', async () => {
  const out = join(temporaryFolder(), 'haircuts.json')
  const args = ['risk', 'calibrate', '--history', `SPX=${FILE}`, '--max-gap', '7', '--out', out, '--json']
  const { code, stdout } = await plimsoll(...args)
  expect(code).toBe(0)
  const { calibration } = JSON.parse(stdout)
  expect(await readCalibration(out)).toEqual(calibration)
  expect(calibration.assets).toMatchObject([{ asset: 'SPX', returns: 5104, to: '2020-04-17' }])
})

test('a window that begins or ends on no day of the calendar is refused, by the option (cli.5)', async () => {
  for (const [option, day] of [
    ['--from', '2001-13-45'],
    ['--to', '2001-02-30'],
    ['--to', '983404800'],
  ] as const) {
    const args = ['risk', 'calibrate', '--history', `SPX=${FILE}`, '--max-gap', '7', '--out', 'none.json']
    const { code, stdout } = await plimsoll(...args, option, day, '--json')
    expect([code, JSON.parse(stdout).error]).toMatchObject([2, { code: 'USAGE', where: option }])
    const rules = { maxGapDays: 7, [option.slice(2)]: day }
    await expect(readHistory([{ asset: 'SPX', path: FILE }], rules)).rejects.toMatchObject({
      code: 'HISTORY_DATE',
      where: option.slice(2),
    })
  }
})

test('a break in the prices is refused by file and line, with the option that allows it (risk.7, cli.5)', async () => {
  const out = join(temporaryFolder(), 'haircuts.json')
  const { code, stderr } = await plimsoll(
    'risk',
    'calibrate',
    '--history',
    `SPX=${FILE}`,
    '--max-gap',
    '5',
    '--out',
    out,
  )
  expect(code).toBe(2)
  expect(stderr).toContain('sp500-2000.csv:428: 7 days from 2001-09-10 to 2001-09-17')
  expect(stderr).toContain('--max-gap')
  await expect(readCalibration(out)).rejects.toMatchObject({ code: 'FILE_ACCESS' })
})
