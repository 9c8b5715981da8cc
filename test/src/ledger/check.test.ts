import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatDecimal } from '../../../src/field/index.js'
import { type CheckLedgerOptions, checkLedger, type LedgerReport } from '../../../src/ledger/index.js'
import { instrumentNumbers, leafSlots, type RiskTable, riskColumns } from '../../../src/risk/index.js'
import { equitiesOf, shortfallOf } from '../../../src/statements/index.js'
import { failure, spot, withFile } from '../../helpers/ledger-files.js'

const HEADER = 'account_id,instrument,quantity'
/** USD, BTC and a perp on it; BTC halves in the first scenario and doubles in the second. */
const table: RiskTable = {
  timestamp: 1_767_225_600,
  quote: 'USD',
  valueDecimals: 10,
  instruments: [
    { symbol: 'USD', kind: 'spot', decimals: 2, mark: 10n ** 8n },
    { symbol: 'BTC', kind: 'spot', decimals: 8, mark: 100_000n * 100n },
    { symbol: 'BTC-PERP', kind: 'perp', decimals: 8, mark: 100_000n * 100n },
  ],
  scenarios: [
    scenario('half', [100n, 100n], [45n, 55n], [-50n, -50n]),
    scenario('double', [100n, 100n], [190n, 200n], [100n, 100n]),
  ],
}

/** Values of a long and a short unit, in percent of the mark. */
function scenario(name: string, ...percents: [bigint, bigint][]): RiskTable['scenarios'][number] {
  const marks = [10n ** 8n, 10n ** 7n, 10n ** 7n]
  const values = percents.map(([long, short], i) => ({
    long: (marks[i]! * long) / 100n,
    short: (marks[i]! * short) / 100n,
  }))
  return { name, values }
}

const check = (
  rows: string[] | string,
  risk: RiskTable = table,
  options: CheckLedgerOptions = {},
): Promise<LedgerReport> =>
  withFile(typeof rows === 'string' ? rows : `${[HEADER, ...rows].join('\n')}\n`, (path) =>
    checkLedger(path, risk, options),
  )
const brief = ({ findings }: LedgerReport) =>
  findings.map(({ account, line, code }) => `${account}:${line} ${code}`)

describe('a check of a ledger against a risk table (cli.10)', () => {
  test('counts accounts, sums totals, and finds nothing where nothing is wrong', async () => {
    const report = await check(['a,USD,1000.5', 'b,BTC,1', 'a,BTC,-0.00000001', 'c,USD,0'])
    expect(report).toMatchObject({
      format: 'tidy',
      quote: 'USD',
      accounts: 3,
      valid: true,
      invalid: 0,
      unreadable: 0,
      underwater: 0,
      findings: [],
      omitted: { errors: 0, warnings: 0 },
    })
    expect(report.totals).toEqual({
      USD: { long: '1000.5', short: '0' },
      BTC: { long: '1', short: '0.00000001' },
      'BTC-PERP': { long: '0', short: '0' },
    })
    expect(report.scenarios).toEqual([
      { name: 'half', accounts: 0, shortfall: '0', largest: [] },
      { name: 'double', accounts: 0, shortfall: '0', largest: [] },
    ])
  })

  test('tells an account below a requirement from one that a scenario leaves below zero (solvency.18)', async () => {
    const charges = scenario('maintenance', [50n, 120n], [50n, 120n], [50n, 120n])
    const held = { ...table, scenarios: [{ ...charges, requirement: true as const }] }
    const report = await check(['short,USD,210000', 'short,BTC,-1', 'safe,USD,1'], held)
    expect(report).toMatchObject({ accounts: 2, valid: true, invalid: 0, underwater: 0 })
    expect(report.findings).toMatchObject([
      {
        ...{ account: 'short', severity: 'warning', code: 'REQUIREMENT_SHORTFALL' },
        ...{ reason: 'below the requirement maintenance', scenario: 'maintenance' },
      },
    ])
    expect(report.scenarios).toMatchObject([{ name: 'maintenance', requirement: true, accounts: 1 }])
  })

  test('takes an equity below zero at mark for an error, one below zero in a scenario for a warning', async () => {
    const report = await check(['short,USD,150000', 'deep,USD,99999.99', 'short,BTC,-1', 'deep,BTC,-1'])
    expect(report).toMatchObject({ accounts: 2, valid: false, invalid: 1, unreadable: 0, underwater: 2 })
    expect(report.findings).toEqual([
      {
        account: 'short',
        line: 2,
        severity: 'warning',
        code: 'SCENARIO_SHORTFALL',
        reason: 'equity below zero in double',
        scenario: 'double',
        amounts: { equity: '-50000', shortfall: '50000' },
      },
      {
        account: 'deep',
        line: 3,
        severity: 'error',
        code: 'EQUITY_BELOW_ZERO',
        reason: 'equity below zero at mark',
        amounts: { equity: '-0.01', shortfall: '0.01' },
      },
      {
        account: 'deep',
        line: 3,
        severity: 'warning',
        code: 'SCENARIO_SHORTFALL',
        reason: 'equity below zero in double',
        scenario: 'double',
        amounts: { equity: '-100000.01', shortfall: '100000.01' },
      },
    ])
    expect(report.scenarios[1]).toEqual({
      name: 'double',
      accounts: 2,
      shortfall: '150000.01',
      largest: [
        { account: 'deep', shortfall: '100000.01' },
        { account: 'short', shortfall: '50000' },
      ],
    })
  })

  test('names the largest shortfalls of each scenario, as many as are asked for, equal ones in the order of the file', async () => {
    // By account: what it lacks when BTC doubles, in whole USD, one BTC short each.
    const cash = { a: 199_993, b: 199_991, c: 199_995, d: 199_991, e: 200_001, f: 199_998 }
    const rows = Object.entries(cash).flatMap(([id, usd]) => [`${id},USD,${usd}`, `${id},BTC,-1`])
    const ranked = [
      ...[
        { account: 'b', shortfall: '9' },
        { account: 'd', shortfall: '9' },
      ],
      ...[
        { account: 'a', shortfall: '7' },
        { account: 'c', shortfall: '5' },
        { account: 'f', shortfall: '2' },
      ],
    ]
    for (const largest of [0, 1, 2, 3, 5, 9]) {
      const { scenarios } = await check(rows, table, { largest })
      expect(scenarios.map((s) => s.largest)).toEqual([[], ranked.slice(0, largest)])
    }
  })

  test('takes an equity of zero for covered', async () => {
    expect((await check(['a,USD,200000', 'a,BTC,-1'])).findings).toEqual([])
  })

  test('finds the same of a future whose mark is below zero', async () => {
    const rows = ['long,BTC-PERP,2', 'short,BTC-PERP,-2', 'short,USD,200000']
    const below = table.instruments.map((row, i) => (i === 2 ? { ...row, mark: -row.mark } : row))
    const report = await check(rows, { ...table, instruments: below })
    expect(report.underwater).toBeGreaterThan(0)
    expect(report).toEqual(await check(rows))
  })

  test('holds a perp to be worth nothing at its mark, and what it gains or loses in a scenario', async () => {
    const report = await check(['long,BTC-PERP,2', 'short,BTC-PERP,-2', 'short,USD,200000'])
    expect(report).toMatchObject({ accounts: 2, valid: true, invalid: 0, underwater: 1 })
    expect(report.findings).toMatchObject([
      { account: 'long', scenario: 'half', amounts: { equity: '-100000', shortfall: '100000' } },
    ])
  })

  test('finds every fault of every account, where reading stops at the first', async () => {
    const rows = [
      'good,USD,1',
      'x,USD,1e5',
      'y,DOGE,1',
      'x,BTC,1.123456789',
      ' z,USD,5',
      'good,BTC,2',
      'good,USD,1',
      'w,USD,184467440737095516.16',
      'w,BTC,-0',
      'below,USD,-1',
    ]
    const report = await check(rows)
    expect(report).toMatchObject({ accounts: 6, valid: false, invalid: 6, unreadable: 5 })
    expect(brief(report)).toEqual([
      'good:8 LEDGER_DUPLICATE_ACCOUNT',
      'x:3 DECIMAL_SYNTAX',
      'x:5 DECIMAL_PRECISION',
      'y:4 LEDGER_INSTRUMENT',
      ' z:6 LEDGER_ACCOUNT_ID',
      'w:9 LEDGER_RANGE',
      'w:10 DECIMAL_SIGN',
      'below:11 EQUITY_BELOW_ZERO',
      'below:11 SCENARIO_SHORTFALL',
      'below:11 SCENARIO_SHORTFALL',
    ])
    expect(report.findings.map(({ column }) => column).slice(0, 5)).toEqual([
      'account_id',
      'quantity',
      'quantity',
      'instrument',
      'account_id',
    ])
    expect(report.totals.USD).toEqual({ long: '0', short: '1' })
    expect(report.totals.BTC).toEqual({ long: '0', short: '0' })
  })

  test('names an instrument that the table does not have, and the error of a reading does not', async () => {
    const name = `\u202e${'x'.repeat(50)}`
    const text = `${HEADER}\na,USD,1\nb,DOGE,1\nc,,1\nd,${name},1\ne,customer-7,1\n`
    const { findings } = await check(text)
    expect(findings.map(({ account, line, instrument }) => [account, line, instrument])).toEqual([
      ['b', 3, 'DOGE'],
      ['c', 4, ''],
      ['d', 5, `${name.slice(0, 40)}…`],
      ['e', 6, 'customer-7'],
    ])
    for (const finding of findings) {
      expect(finding).toMatchObject({ code: 'LEDGER_INSTRUMENT', column: 'instrument', severity: 'error' })
    }
    const error = await failure(`${HEADER}\na,BTC,1\ne,customer-7,1\n`)
    expect(error).toMatchObject({ code: 'LEDGER_INSTRUMENT', where: 'accounts.csv:3, column instrument' })
    expect(error.all).not.toContain('customer-7')
  })

  test('finds owners that are none, and an account with two', async () => {
    const text = `${HEADER},owner\na,USD,1,5\nb,USD,1,0x5\nc,USD,1,7\na,BTC,1,5\nc,BTC,1,\nc,BTC-PERP,1,8\n`
    const report = await check(text)
    expect(brief(report)).toEqual(['b:3 LEDGER_OWNER', 'c:6 LEDGER_OWNER_CONFLICT'])
    expect(report).toMatchObject({ accounts: 3, valid: false, invalid: 2 })
  })

  test('refuses every loan and short without scenarios, and still adds it up', async () => {
    const report = await check(['a,BTC,1', 'a,USDT,-2.5', 'b,USDT,1', 'c,JPY,-1'], spot)
    expect(report.findings).toMatchObject([
      {
        account: 'a',
        line: 3,
        code: 'LEDGER_NEGATIVE',
        instrument: 'USDT',
        column: 'quantity',
        amounts: { quantity: '-2.5' },
      },
      { account: 'c', line: 5, code: 'LEDGER_NEGATIVE', amounts: { quantity: '-1' } },
      { account: 'c', line: 5, code: 'EQUITY_BELOW_ZERO' },
    ])
    expect(report).toMatchObject({ accounts: 3, valid: false, invalid: 2, unreadable: 0 })
    expect(report.totals.USDT).toEqual({ long: '1', short: '2.5' })
  })

  test('finds a negative debt and a repeated account of a wide file, one finding a line', async () => {
    const columns = ['BTC', 'USD'].map((x) => `e_${x},d_${x},${x},vl_${x},m_${x},pm_${x}`)
    const lines = [
      `rn,id,${columns.join(',')},total`,
      '1,a,1,0.5,0,0,0,0,7,0,0,0,0,0,0',
      '2,b,1,-0.5,0,0,0,0,7,0,0,0,0,0,0',
      '3,a,1,0.5,0,0,0,0,7,0,0,0,0,0,0',
    ]
    const report = await check(`${lines.join('\r\n')}\r\n`)
    expect(brief(report)).toEqual(['a:4 LEDGER_DUPLICATE_ACCOUNT', 'b:3 DECIMAL_SIGN'])
    expect(report.findings.map(({ column }) => column)).toEqual(['id', 'd_BTC'])
    expect(report).toMatchObject({ format: 'wide', accounts: 2, valid: false, invalid: 2 })
  })

  test('reads Parquet, and names rows', async () => {
    const report = await withFile(
      '',
      async (path) => {
        const db = await DuckDBInstance.create(':memory:')
        const connection = await db.connect()
        await connection.run(
          `COPY (SELECT * FROM (VALUES ('a', 'USD', '1'), ('b', 'BTC', '-1')) t(account_id, instrument, quantity))
          TO '${path}' (FORMAT parquet)`,
        )
        connection.closeSync()
        db.closeSync()
        return checkLedger(path, table)
      },
      'accounts.parquet',
    )
    expect(brief(report)).toEqual([
      'b:2 EQUITY_BELOW_ZERO',
      'b:2 SCENARIO_SHORTFALL',
      'b:2 SCENARIO_SHORTFALL',
    ])
  })

  test('lists as many findings of each severity as it is told, and counts the others', async () => {
    const rows = Array.from({ length: 20 }, (_, i) => [
      `a${i},BTC,-1`,
      `a${i},USD,${i < 15 ? 1 : 150_000}`,
    ]).flat()
    const report = await check(rows, table, { limit: 3 })
    expect(report).toMatchObject({
      invalid: 15,
      underwater: 20,
      omitted: { errors: 12, warnings: 32 },
    })
    expect(report.findings.filter(({ severity }) => severity === 'error')).toHaveLength(3)
    expect(report.findings.filter(({ severity }) => severity === 'warning')).toHaveLength(3)
  })

  test('comes to the same with little memory and one thread', async () => {
    const rows = Array.from(
      { length: 20_000 },
      (_, i) => `customer-${i % 7001},${['USD', 'BTC'][i % 2]},${i}.25`,
    )
    const plain = await check(rows)
    expect(plain.invalid).toBeGreaterThan(0)
    expect(await check(rows, table, { memoryLimit: '64MB', threads: 1 })).toEqual(plain)
  })
})

describe('a check stops, with no report, at (cli.10)', () => {
  test.each([
    ['a row with a missing cell', `${HEADER}\na,USD\n`, 'LEDGER_ROW'],
    ['a header of another format', 'id,quantity\na,1\n', 'LEDGER_HEADER'],
    ['a quote out of place', `${HEADER}\na"b,USD,1\n`, 'LEDGER_SYNTAX'],
    [
      'bytes that are not UTF-8',
      Buffer.from([...Buffer.from(`${HEADER}\na,`), 0xff, 0x0a]),
      'LEDGER_ENCODING',
    ],
    ['no account', `${HEADER}\n`, 'LEDGER_EMPTY'],
  ])('%s, where reading stops too', async (_, content, code) => {
    await withFile(content, async (path) => {
      await expect(checkLedger(path, spot)).rejects.toMatchObject({ code })
    })
    expect((await failure(content)).code).toBe(code)
  })

  test('a file that is not there', async () => {
    await expect(checkLedger('none.csv', table)).rejects.toMatchObject({ code: 'FILE_ACCESS' })
  })
})

describe('any ledger (cli.10)', () => {
  const accounts = fc.array(
    fc.uniqueArray(
      fc.record({
        instrument: fc.nat(2),
        quantity: fc.bigInt({ min: -(2n ** 64n) + 1n, max: 2n ** 64n - 1n }),
      }),
      { selector: ({ instrument }) => instrument, minLength: 1, maxLength: 3 },
    ),
    { minLength: 1, maxLength: 12 },
  )

  test('is below zero exactly where the statement says so, by the same shortfall', async () => {
    const columns = riskColumns(table)
    const numbers = instrumentNumbers(table)
    await fc.assert(
      fc.asyncProperty(accounts, async (ledger) => {
        const rows = ledger.flatMap((slots, u) =>
          slots.map(({ instrument, quantity }) => {
            const { symbol, decimals } = table.instruments[instrument]!
            return `account ${u},${symbol},${formatDecimal(quantity, decimals)}`
          }),
        )
        const { findings } = await check(rows)
        const found = findings
          .filter(({ scenario }) => scenario !== undefined)
          .map(({ account, scenario, amounts }) => `${account} ${scenario} ${amounts.shortfall}`)
        const expected = ledger.flatMap((slots, u) =>
          equitiesOf(leafSlots(slots, numbers), columns).flatMap((equity, s) =>
            equity < 0n
              ? [`account ${u} ${table.scenarios[s]!.name} ${formatDecimal(shortfallOf(equity), 10)}`]
              : [],
          ),
        )
        expect(found).toEqual(expected)
      }),
      { numRuns: 25 },
    )
  })
})
