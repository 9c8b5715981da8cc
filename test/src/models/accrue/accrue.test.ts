import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../../../src/errors/index.js'
import { RATIO_BITS, Rational } from '../../../../src/field/index.js'
import { accrue, borrowRate, type Rates, type ShareTotals } from '../../../../src/models/index.js'
import { parseRiskTable, type RiskTable } from '../../../../src/risk/index.js'

const CURVE = { base: '0.01', slope1: '0.04', optimum: '0.8', slope2: '0.6', reserveFactor: '0.1' }
const RATES: Rates = { schema: 'plimsoll/rates/1', curves: { USDC: CURVE } }
const table: RiskTable = parseRiskTable(
  JSON.stringify({
    schema: 'plimsoll/risk-table/1',
    timestamp: 1_767_225_600,
    quote: 'USDC',
    valueDecimals: 20,
    instruments: [
      { symbol: 'BTC', kind: 'spot', decimals: 8, mark: '97000' },
      { symbol: 'USDC', kind: 'stablecoin', decimals: 6, mark: '1' },
    ],
    scenarios: [{ name: 'halved', values: { BTC: '48500', USDC: '1' } }],
  }),
  'risk.json',
)
const YEAR = 31_536_000
const run = (
  totals: ShareTotals,
  {
    losses = new Map<string, bigint>(),
    recoveries = new Map<string, bigint>(),
    seconds = YEAR,
    from = table,
    rates = RATES,
  } = {},
) => {
  const to = from.timestamp + seconds
  return accrue({ table: from, rates, totals: new Map([['USDC', totals]]), losses, recoveries, to })
}
const indexOf = ({ instruments }: RiskTable) => instruments[1]!.index!
const failure = (work: () => unknown): InputError => {
  try {
    work()
  } catch (error) {
    if (error instanceof InputError) return error
  }
  throw new Error('it was done')
}

describe('accrual by indices (settlement.62)', () => {
  test.each([
    ['0', '0.01'],
    ['0.4', '0.03'],
    ['0.8', '0.05'],
    ['0.9', '0.35'],
    ['1', '0.65'],
    ['1.3', '0.65'],
  ])('with %s lent, a year costs %s', (lent, rate) => {
    expect(borrowRate(CURVE, Rational.parse(lent)).compare(Rational.parse(rate))).toBe(0)
  })

  test('a year at the optimum: 5 % are charged, nine tenths of it are paid', () => {
    const { table: next, accrued } = run({ long: 1_000_000_000n, short: 800_000_000n })
    // 0.8 · 0.05 · 0.9 of what is owed.
    expect(indexOf(next)).toEqual({ long: 1_036_000_000_000n, short: 1_050_000_000_000n })
    expect(accrued).toEqual([
      {
        symbol: 'USDC',
        utilisation: '0.8',
        rate: '0.05',
        before: { long: '1', short: '1' },
        after: { long: '1.036', short: '1.05' },
        charged: '40',
        paid: '36',
        lost: '0',
        recovered: '0',
        recoveredStep: '0',
      },
    ])
    expect(next.timestamp).toBe(table.timestamp + YEAR)
    expect(next.instruments[0]).toEqual(table.instruments[0])
    expect(next.instruments[1]!.mark).toBe((table.instruments[1]!.mark * 1036n) / 1000n)
    const { long, short } = next.scenarios[0]!.values[1]!
    expect([long, short]).toEqual(
      [1036n, 1050n].map((m) => (table.scenarios[0]!.values[1]!.long * m) / 1000n),
    )
  })

  test('no more is paid than is charged, and both steps are ratios times a power of ten', () => {
    const amounts = fc.bigInt({ min: 0n, max: 2n ** 90n })
    const index = fc.bigInt({ min: 10n ** 9n, max: 2n ** 44n })
    fc.assert(
      fc.property(
        amounts,
        fc.bigInt(0n, 1000n),
        index,
        index,
        fc.nat(3 * YEAR),
        (long, lent, a, b, seconds) => {
          const short = (long * lent) / 1000n
          const from = structuredClone(table)
          from.instruments[1]!.index = a < b ? { long: a, short: b } : { long: b, short: a }
          const before = indexOf(from)
          const after = indexOf(run({ long, short }, { from, seconds }).table)
          const [paid, charged] = [after.long - before.long, after.short - before.short]
          expect(paid >= 0n && charged >= 0n).toBe(true)
          expect(long * paid <= short * charged).toBe(true)
          const fits = (step: bigint) => {
            let digits = step
            while (digits % 10n === 0n && digits > 0n) digits /= 10n
            return digits < 1n << BigInt(RATIO_BITS)
          }
          expect(fits(paid) && fits(charged)).toBe(true)
        },
      ),
    )
  })

  test('a loss is the same share of every holder, at least the loss in all, and no borrower gains by it', () => {
    const losses = new Map([['USDC', 10_000_000n]])
    const none: Rates = { schema: 'plimsoll/rates/1', curves: {} }
    const { table: next, accrued } = run({ long: 300_000_000n, short: 0n }, { losses, rates: none })
    // 10 of 300 units: ⌈10^12 / 30⌉ off.
    expect(indexOf(next)).toEqual({ long: 966_666_666_666n, short: 10n ** 12n })
    expect(accrued[0]!.lost).toBe('10.0000000002')
  })

  test('a recovery gives back to every holder alike, at most the recovery in all, beside interest', () => {
    const none: Rates = { schema: 'plimsoll/rates/1', curves: {} }
    const losses = new Map([['USDC', 10_000_000n]])
    const totals = { long: 300_000_000n, short: 0n }
    const { table: cut } = run(totals, { losses, rates: none })
    const given = { from: cut, recoveries: new Map([['USDC', 7_000_000n]]) }
    const { table: next, accrued } = run(totals, { ...given, rates: none })
    // 7 of 300 units: ⌊7 · 10^12 / 300⌋ back.
    expect(indexOf(next)).toEqual({ long: 966_666_666_666n + 23_333_333_333n, short: 10n ** 12n })
    expect(accrued[0]).toMatchObject({ recovered: '6.9999999999', recoveredStep: '0.023333333333' })
    const lent = { long: 300_000_000n, short: 240_000_000n }
    const [alone, both] = [run(lent, { from: cut }), run(lent, given)]
    expect(indexOf(both.table).long - indexOf(alone.table).long).toBe(23_333_333_333n)
    expect(both.accrued[0]!.paid).toBe(alone.accrued[0]!.paid)
  })

  test('nothing lent and nothing held changes nothing', () => {
    expect(indexOf(run({ long: 5n, short: 0n }).table).long).toBe(10n ** 12n)
    expect(indexOf(run({ long: 0n, short: 0n }).table).long).toBe(10n ** 12n)
  })

  test.each([
    ['ACCRUE_TIME', () => run({ long: 1n, short: 0n }, { seconds: -1 })],
    ['ACCRUE_LOSS', () => run({ long: 0n, short: 0n }, { losses: new Map([['USDC', 1n]]) })],
    ['ACCRUE_LOSS', () => run({ long: 9n, short: 0n }, { losses: new Map([['USDC', 9n]]) })],
    ['ACCRUE_LOSS', () => run({ long: 0n, short: 0n }, { recoveries: new Map([['USDC', 1n]]) })],
    ['ACCRUE_LOSS', () => run({ long: 9n, short: 0n }, { recoveries: new Map([['USDC', 1n]]) })],
    [
      'ACCRUE_LOSS',
      () => {
        const some = new Map([['USDC', 1n]])
        return run({ long: 9n, short: 0n }, { losses: some, recoveries: some })
      },
    ],
    ['ACCRUE_INSTRUMENT', () => run({ long: 9n, short: 0n }, { recoveries: new Map([['EUR', 9n]]) })],
    ['ACCRUE_INSTRUMENT', () => run({ long: 9n, short: 0n }, { losses: new Map([['EUR', 9n]]) })],
    [
      'RISK_INDEX',
      () => {
        const [btc, usdc] = table.instruments
        return run(
          { long: 1n, short: 0n },
          { from: { ...table, instruments: [btc!, { ...usdc!, kind: 'perp' }] } },
        )
      },
    ],
  ])('%s', (code, work) => {
    expect(failure(work).code).toBe(code)
  })
})
