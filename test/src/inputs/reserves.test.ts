import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { InputError } from '../../../src/errors/index.js'
import { readReserves } from '../../../src/inputs/index.js'
import { formatReserves, LAYERS, type Reserves } from '../../../src/reserves/index.js'
import type { RiskTable } from '../../../src/risk/index.js'

const table: RiskTable = {
  timestamp: 1767225600,
  quote: 'USD',
  valueDecimals: 18,
  instruments: [
    { symbol: 'BTC', kind: 'spot', decimals: 8, mark: 97n },
    { symbol: 'USDT', kind: 'stablecoin', decimals: 0, mark: 1n },
    { symbol: 'BTC-PERP', kind: 'perp', decimals: 4, mark: 98n },
  ],
  scenarios: [],
}
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-test-'))
})
afterAll(() => rm(folder, { recursive: true }))

const stressed: RiskTable = {
  ...table,
  scenarios: [{ name: 'crash', values: table.instruments.map(() => ({ long: 1n, short: 1n })) }],
}

const read = async (text: string, of = table): Promise<Reserves> => {
  const path = join(folder, 'reserves.json')
  await writeFile(path, text)
  return readReserves(path, of)
}
const file = (reserves: object, more = {}): string =>
  JSON.stringify({ schema: 'plimsoll/reserves/1', reserves, ...more })
const none = [0n, 0n, 0n]
const noLayers = { insurance: none, capital: none, mutual: none }

describe('a reserves file (solvency.14)', () => {
  test('gives smallest units by instrument, zero for what it leaves out', async () => {
    expect(await read(file({ USDT: '7', BTC: '12.5' }))).toEqual({
      reserves: [1_250_000_000n, 7n, 0n],
      ...noLayers,
    })
    expect(await read(file({}))).toEqual({ reserves: none, ...noLayers })
  })

  test('gives every layer beside the reserves', async () => {
    const layers = { insurance: { USDT: '9' }, capital: { BTC: '0.5', USDT: '1' }, mutual: {} }
    expect(await read(file({ BTC: '1' }, layers), stressed)).toEqual({
      reserves: [100_000_000n, 0n, 0n],
      insurance: [0n, 9n, 0n],
      capital: [50_000_000n, 1n, 0n],
      mutual: none,
    })
  })

  test.each(LAYERS)('has %s of the same instruments, under the same rules as the reserves', async (layer) => {
    const where = (of: string) => ({ where: expect.stringContaining(`${layer}.${of}`) })
    await expect(read(file({}, { [layer]: { 'BTC-PERP': '1' } }), stressed)).rejects.toMatchObject({
      code: 'RESERVES_INSTRUMENT',
      ...where('BTC-PERP'),
    })
    await expect(read(file({}, { [layer]: { USDT: '0.5' } }), stressed)).rejects.toMatchObject({
      code: 'RESERVES_AMOUNT',
      ...where('USDT'),
    })
  })

  test('is refused with an amount in the place of a symbol, which is not repeated (privacy.7)', async () => {
    const error = (await read(file({ '4885.96': 'BTC' })).catch((e: unknown) => e)) as InputError
    expect(error.code).toBe('RESERVES_INSTRUMENT')
    expect(JSON.stringify(error)).not.toContain('4885')
  })

  test.each(LAYERS)('is refused with %s where the table has no scenario', async (layer) => {
    await expect(read(file({}, { [layer]: { USDT: '9' } }))).rejects.toMatchObject({
      code: 'RESERVES_INSURANCE',
      where: expect.stringContaining(layer),
    })
  })

  test('is refused when all layers together reach 2^98 smallest units, where each one does not', async () => {
    const half = (2n ** 97n).toString()
    const all = { insurance: { USDT: half }, mutual: { USDT: half } }
    const refused = read(file({ USDT: half }, all), stressed)
    await expect(refused).rejects.toMatchObject({
      code: 'RESERVES_RANGE',
      where: expect.stringContaining('insurance, capital, mutual: USDT'),
      message: expect.not.stringContaining(half),
    })
    const below = { insurance: { USDT: half }, mutual: { USDT: (2n ** 97n - 1n).toString() } }
    expect((await read(file({ USDT: half }, below), stressed)).mutual).toEqual([0n, 2n ** 97n - 1n, 0n])
  })

  test('round-trips through its text', async () => {
    const amounts = fc.bigInt({ min: 0n, max: 2n ** 98n - 1n })
    const parts = fc.bigInt({ min: 0n, max: 2n ** 94n })
    await fc.assert(
      fc.asyncProperty(amounts, amounts, parts, parts, parts, async (btc, usdt, fund, own, paidIn) => {
        const held = {
          reserves: [btc, usdt, 0n],
          insurance: [0n, fund, 0n],
          capital: [own, 0n, 0n],
          mutual: [paidIn, fund, 0n],
        }
        expect(await read(formatReserves(held, stressed), stressed)).toEqual(held)
      }),
      { numRuns: 100 },
    )
  })

  test.each([
    ['an unknown symbol', { DOGE: '424242' }, 'RESERVES_INSTRUMENT'],
    ['a symbol in another case', { btc: '424242' }, 'RESERVES_INSTRUMENT'],
    ['a derivative', { 'BTC-PERP': '424242' }, 'RESERVES_INSTRUMENT'],
    ['an inherited name for a symbol', { constructor: '424242' }, 'RESERVES_INSTRUMENT'],
    ['a negative amount', { BTC: '-424242' }, 'RESERVES_AMOUNT'],
    ['an amount finer than its decimals', { BTC: '0.424242424' }, 'RESERVES_AMOUNT'],
    ['an exponent', { BTC: '424242e3' }, 'RESERVES_AMOUNT'],
    ['2^98 smallest units', { USDT: (2n ** 98n).toString() }, 'RESERVES_RANGE'],
    ['a number for an amount', { BTC: 424242 }, 'JSON_SCHEMA'],
  ])('is refused with %s, the field named and the amount not', async (_, reserves, code) => {
    const error = await read(file(reserves)).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(InputError)
    expect(error).toMatchObject({ code })
    expect((error as InputError).where).toContain(`reserves.${Object.keys(reserves)[0]}`)
    expect((error as InputError).message).not.toMatch(/424242|316912650057057350374175801344/)
  })

  test('is by instrument where a table has tiers: a tier is refused, with the instrument to name', async () => {
    const [btc, usdt] = table.instruments
    const tier = { ...btc!, symbol: 'BTC:loan:1', tier: { list: 'loan', width: 5n } } as const
    const collateral = { name: 'collateral', values: [97n, 97n, 1n].map((short) => ({ long: 0n, short })) }
    const tiered: RiskTable = { ...table, instruments: [btc!, tier, usdt!], scenarios: [collateral] }
    expect((await read(file({ BTC: '1', USDT: '7' }), tiered)).reserves).toEqual([100_000_000n, 0n, 7n])
    const error = (await read(file({ 'BTC:loan:1': '424242' }), tiered).catch(
      (e: unknown) => e,
    )) as InputError
    expect(error).toMatchObject({ code: 'RESERVES_INSTRUMENT' })
    expect(error.hint).toContain('Name the instrument')
    // Nothing happens in the collateral column that an insurance fund could pay for.
    const insured = read(file({ BTC: '1' }, { insurance: { USDT: '1' } }), tiered)
    await expect(insured).rejects.toMatchObject({ code: 'RESERVES_INSURANCE' })
  })

  test('N12: is refused when it names an instrument twice', async () => {
    const text = '{"schema":"plimsoll/reserves/1","reserves":{"BTC":"1","BTC":"2"}}'
    await expect(read(text)).rejects.toMatchObject({ code: 'JSON_DUPLICATE_KEY' })
  })

  test('is refused with missing or unknown fields', async () => {
    await expect(read('{"schema":"plimsoll/reserves/1"}')).rejects.toMatchObject({ code: 'JSON_SCHEMA' })
    await expect(read('{"schema":"plimsoll/reserves/1","reserves":{},"x":1}')).rejects.toMatchObject({
      code: 'JSON_SCHEMA',
    })
  })
})
