import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { InputError } from '../../../src/errors/index.js'
import { formatDecimal } from '../../../src/field/index.js'
import { checkLedger, type LedgerReport } from '../../../src/ledger/index.js'
import { PLEDGES, type TierTable, tierRiskTable } from '../../../src/risk/index.js'
import { withFile } from '../../helpers/ledger-files.js'

const NOW = { timestamp: 1_767_225_600 }
const USDT = 10n ** 16n
const tiers = (...list: [bound: number, percent: number][]) =>
  list.map(([bound, percent]) => ({ bound: BigInt(bound) * USDT, percent: BigInt(percent) }))
const same = (list: TierTable['instruments'][number]['tiers']['loan']) => ({
  loan: list,
  margin: list,
  portfolio: list,
})
/** btc at 50,000, eth at 2,000 and shib at 0.00001 USDT; shib, of two decimals, counts for nothing. */
const table: TierTable = {
  quote: 'USDT',
  valueDecimals: 16,
  instruments: [
    {
      symbol: 'btc',
      decimals: 8,
      mark: 5n * 10n ** 12n,
      tiers: {
        loan: tiers([10_000, 100], [20_000, 90], [100_000, 50]),
        margin: tiers([10_000, 80]),
        portfolio: [],
      },
    },
    { symbol: 'eth', decimals: 8, mark: 2n * 10n ** 11n, tiers: same(tiers([1_000_000, 70])) },
    { symbol: 'shib', decimals: 2, mark: 10n ** 9n, tiers: same([]) },
  ],
  notes: [],
}
type Cells = [equity: string, debt: string, loan: string, margin: string, portfolio: string]
const NONE: Cells = ['0.0', '0.0', '0.0', '0.0', '0.0']
const header = (...assets: string[]) => [
  'rn',
  'id',
  ...assets.flatMap((x) => [`e_${x}`, `d_${x}`, x, `vl_${x}`, `m_${x}`, `pm_${x}`]),
  'total',
]
/** One line of a file; the net of an asset is there to be ignored. */
const line = (id: string, ...assets: Cells[]) =>
  ['7', id, ...assets.flatMap(([e, d, ...pledges]) => [e, d, '-1e-9', ...pledges]), '0.0'].join(',')
const file = (...lines: string[]) => `${[header('btc', 'eth', 'shib').join(','), ...lines].join('\r\n')}\r\n`
const check = (text: string, risk = table): Promise<LedgerReport> =>
  withFile(text, (path) => checkLedger(path, tierRiskTable(risk, NOW)))
const stop = (text: string, risk = table): Promise<InputError> =>
  withFile(text, (path) =>
    checkLedger(path, tierRiskTable(risk, NOW)).catch((error: InputError) => error),
  ) as Promise<InputError>

describe('a check of pledges against a tier table (cli.10)', () => {
  test('finds an account valid whose pledges count for just what it owes', async () => {
    // btc: 15,000 USDT count for 14,500; eth: 10,000 for 7,000. Owed: 0.43 btc = 21,500.
    const pledged: Cells[] = [['0.5', '0.43', '0.3', '0', '0.2'], ['5', '0', '1', '1.5', '2.5'], NONE]
    const report = await check(file(line('a', ...pledged)))
    expect(report).toMatchObject({ format: 'wide', accounts: 1, valid: true, invalid: 0, findings: [] })
    expect(report.totals).toEqual({
      btc: { long: '0.5', short: '0.43', pledged: { loan: '0.3', margin: '0', portfolio: '0.2' } },
      eth: { long: '5', short: '0', pledged: { loan: '1', margin: '1.5', portfolio: '2.5' } },
      shib: { long: '0', short: '0', pledged: { loan: '0', margin: '0', portfolio: '0' } },
    })
    expect(report.scenarios).toEqual([])
  })

  test('N04: finds it invalid when it owes the price of one smallest unit more', async () => {
    const report = await check(
      file(
        line(
          'a',
          ['0.5', '0.43', '0.3', '0', '0.2'],
          ['5', '0', '1', '1.5', '2.5'],
          ['0', '0.01', '0', '0', '0'],
        ),
      ),
    )
    expect(report).toMatchObject({ accounts: 1, valid: false, invalid: 1 })
    expect(report.findings).toEqual([
      {
        account: 'a',
        line: 2,
        severity: 'error',
        code: 'DEBT_ABOVE_COLLATERAL',
        reason: 'debt above haircut collateral',
        amounts: { debt: '21500.0000001', collateral: '21500' },
      },
    ])
  })

  test('N04: finds pledges above what an account has, asset by asset, by one smallest unit', async () => {
    const whole: Cells = ['1', '0', '0.5', '0.25', '0.25']
    const above: Cells = ['1', '0', '0.5', '0.25', '0.25000001']
    const report = await check(
      file(line('a', whole, whole, whole), line('b', above, whole, ['1', '0', '1', '0', '0.01'])),
    )
    expect(report).toMatchObject({ accounts: 2, valid: false, invalid: 1 })
    expect(report.findings).toMatchObject([
      {
        account: 'b',
        line: 3,
        reason: 'collateral above equity',
        instrument: 'btc',
        amounts: { equity: '1', collateral: '1.00000001' },
      },
      { account: 'b', line: 3, instrument: 'shib', amounts: { equity: '1', collateral: '1.01' } },
    ])
  })

  test('names both reasons of one account', async () => {
    const report = await check(file(line('a', ['1', '9', '2', '0', '0'], NONE, NONE)))
    expect(report.findings.map(({ reason }) => reason)).toEqual([
      'collateral above equity',
      'debt above haircut collateral',
    ])
    expect(report).toMatchObject({ accounts: 1, invalid: 1 })
  })

  test('counts what is not pledged for nothing, and nothing beyond the last tier', async () => {
    const rows = [
      line('unpledged', ['100', '0.00000001', '0', '0', '0'], NONE, NONE),
      line('portfolio', ['100', '0.00000001', '0', '0', '100'], NONE, NONE),
      line('beyond', ['100', '1.18', '100', '0', '0'], NONE, NONE),
      line('margin', ['100', '0.17', '0', '100', '0'], NONE, NONE),
      line('covered', ['100', '1.34', '99', '1', '0'], NONE, NONE),
    ]
    const report = await check(file(...rows))
    expect(report.findings.map(({ account, amounts }) => [account, amounts.collateral])).toEqual([
      ['unpledged', '0'],
      ['portfolio', '0'],
      ['margin', '8000'],
    ])
    expect(report).toMatchObject({ accounts: 5, valid: false, invalid: 3 })
  })

  test('takes a pledge of an asset that an account does not have for one above equity', async () => {
    const report = await check(file(line('a', ['0.0', '0.0', '0', '0', '0.5'], NONE, NONE)))
    expect(report.findings).toMatchObject([
      { code: 'COLLATERAL_ABOVE_EQUITY', amounts: { equity: '0', collateral: '0.5' } },
    ])
  })

  test('cuts an amount off at its decimals, and says how many it cut', async () => {
    const report = await check(
      file(
        line('a', ['1.000000009', '0', '1', '0', '0'], NONE, ['1.019', '0', '1.01', '0', '0']),
        line('b', ['1.00000000000', '0', '1.000000009', '0', '0'], NONE, NONE),
      ),
    )
    expect(report).toMatchObject({ accounts: 2, valid: true, invalid: 0 })
    expect(report.totals.shib!.long).toBe('1.01')
    expect(report.notes.at(-1)).toMatch(/cut off there: 3\.$/)
  })

  test.each([
    ['malformed', '1e-0x', 'DECIMAL_SYNTAX'],
    ['malformed beyond the decimals', '1.00000000x', 'DECIMAL_SYNTAX'],
    ['with two points', '1.5.5', 'DECIMAL_SYNTAX'],
    ['negative', '-1', 'DECIMAL_SIGN'],
    ['too large', '184467440737.09551616', 'LEDGER_RANGE'],
  ])('finds an amount that is %s, in every column', async (_, text, code) => {
    for (const [column, name] of ['e_eth', 'd_eth', 'vl_eth', 'm_eth', 'pm_eth'].entries()) {
      const cells: Cells = ['0', '0', '0', '0', '0']
      cells[column] = text
      const report = await check(file(line('a', NONE, NONE, NONE), line('b', NONE, cells, NONE)))
      expect(report).toMatchObject({ accounts: 2, valid: false, invalid: 1, unreadable: 1 })
      expect(report.findings).toMatchObject([{ account: 'b', line: 3, code, column: name }])
    }
  })

  test('takes assets in any order and case, in the file and in the table', async () => {
    const pledged: Cells[] = [['0.5', '0.43', '0.3', '0', '0.2'], ['5', '0', '1', '1.5', '2.5'], NONE]
    const mixed = [header('SHIB', 'Eth', 'BTC').join(','), line('a', ...[...pledged].reverse())].join('\n')
    const report = await check(mixed)
    expect(report).toEqual({ ...(await check(file(line('a', ...pledged)))), sha256: report.sha256 })
  })
})

describe('a check of pledges stops at (cli.10)', () => {
  test('an asset that the tier table does not have', async () => {
    const error = await stop(`${header('btc', 'eth', 'shib', 'doge').join(',')}\n`)
    expect(error).toMatchObject({ code: 'LEDGER_HEADER' })
    expect(error.message).toMatch(/accounts\.csv:1: the asset "doge" is not in the risk table/)
  })
})

describe('any wide ledger (cli.10)', () => {
  const units = fc.oneof(
    fc.constant(0n),
    fc.bigInt({ min: 0n, max: 10n ** 9n }),
    fc.bigInt({ min: 0n, max: 10n ** 12n }),
  )
  const parts = fc.tuple(units, units, units, units, units)
  const ledgers = fc.array(fc.tuple(parts, parts, parts), { minLength: 1, maxLength: 20 })

  /**
   * Why an account is not valid, by the rule of the exchange written out once more, in a hundredth of a
   * value's unit.
   */
  function reasons(account: readonly (readonly bigint[])[]): string[] {
    const found: string[] = []
    let [debt, collateral] = [0n, 0n]
    for (const [asset, [equity, owed, ...pledges]] of account.entries()) {
      const { mark, tiers: lists } = table.instruments[asset]!
      if (pledges[0]! + pledges[1]! + pledges[2]! > equity!) found.push(`collateral above equity ${asset}`)
      debt += owed! * mark
      for (const [p, pledge] of PLEDGES.entries()) {
        const value = pledges[p]! * mark
        const list = lists[pledge]
        const at = list.findIndex(({ bound }) => value <= bound)
        const full = at === -1 ? list : list.slice(0, at)
        const widths = full.map(({ bound }, i) => bound - (full[i - 1]?.bound ?? 0n))
        collateral += widths.reduce((sum, width, i) => sum + (width * full[i]!.percent) / 100n, 0n)
        if (at !== -1) collateral += ((value - (full.at(-1)?.bound ?? 0n)) * list[at]!.percent) / 100n
      }
    }
    if (debt > collateral) found.push('debt above haircut collateral')
    return found
  }

  test('has exactly the accounts named that the rule refuses, each for its reasons', async () => {
    let refused = 0
    await fc.assert(
      fc.asyncProperty(ledgers, async (ledger) => {
        const rows = ledger.map((account, u) =>
          line(
            `account ${u}`,
            ...(account.map((p, asset) =>
              p.map((amount) => formatDecimal(amount, table.instruments[asset]!.decimals)),
            ) as unknown as Cells[]),
          ),
        )
        const report = await check(file(...rows))
        const found = report.findings.map(
          ({ account, reason, instrument }) =>
            `${account} ${reason}${instrument ? ` ${table.instruments.findIndex((i) => i.symbol === instrument)}` : ''}`,
        )
        const expected = ledger.flatMap((account, u) => reasons(account).map((why) => `account ${u} ${why}`))
        expect(found).toEqual(expected)
        refused += new Set(report.findings.map(({ account }) => account)).size
        expect(report.invalid).toBe(ledger.filter((account) => reasons(account).length > 0).length)
      }),
      { numRuns: 40 },
    )
    expect(refused).toBeGreaterThan(0)
  })
})

describe('a wide file under a tier table (cli.31)', () => {
  const cells = (...assets: string[][]) => ['7', 'a', ...assets.flat(), '0.0'].join(',')

  test('has its prices compared with those of the tier table, which are cut off', async () => {
    const [btc, ...others] = table.instruments
    // The price 50000.123456789 of the tier table, cut off at eight decimals.
    const risk = { ...table, instruments: [{ ...btc!, mark: 5_000_012_345_678n }, ...others] }
    const names = header('btc', 'eth', 'shib').toSpliced(
      -1,
      0,
      'btc_usdt_price',
      'eth_usdt_price',
      'shib_usdt_price',
    )
    const nothing = new Array<string>(6).fill('0')
    const priced = (price: string) =>
      `${names.join(',')}\n${cells(['0.5', '0.1', '0', '0.3', '0', '0'], nothing, nothing).replace(/0\.0$/, `${price},2000,1e-5,0.0`)}\n`
    const report = await check(priced('50000.123456789'), risk)
    expect(report).toMatchObject({ valid: true, totals: { btc: { long: '0.5', pledged: { loan: '0.3' } } } })
    expect((await check(priced('50000.12345678'), risk)).valid).toBe(true)
    for (const wrong of ['50000.12345679', '50000.123456779', '50000']) {
      expect(await stop(priced(wrong), risk), wrong).toMatchObject({
        code: 'LEDGER_PRICE',
        where: expect.stringMatching(/:2, column btc_usdt_price$/),
        hint: expect.stringContaining('cut off at 8 decimals'),
      })
    }
  })

  test('pledges nothing without columns of pledges, and a note says so', async () => {
    const names = ['rn', 'id', ...['btc', 'eth', 'shib'].flatMap((x) => [`e_${x}`, `d_${x}`, x]), 'total']
    const plain = (debt: string) =>
      `${names.join(',')}\n${cells(['0.5', debt, '0.5'], ['0', '0', '0'], ['0', '0', '0'])}\n`
    const report = await check(plain('0'))
    expect(report).toMatchObject({ valid: true, totals: { btc: { long: '0.5', pledged: { loan: '0' } } } })
    expect(report.notes).toContain('No account pledges anything: the file has no columns vl_X, m_X and pm_X.')
    expect((await check(plain('0.1'))).findings).toMatchObject([{ code: 'DEBT_ABOVE_COLLATERAL', line: 2 }])
  })
})
