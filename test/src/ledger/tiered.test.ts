import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InputError, StatementError } from '../../../src/errors/index.js'
import { keyOf, parseDecimal, type Slot } from '../../../src/field/index.js'
import { readRiskTable } from '../../../src/inputs/index.js'
import { checkLedger, readLedger } from '../../../src/ledger/index.js'
import {
  formatRiskTable,
  haircutValue,
  PLEDGES,
  type RiskTable,
  type TierTable,
  tierRiskTable,
} from '../../../src/risk/index.js'
import { readFile, SEED, withFile } from '../../helpers/ledger-files.js'
import { tierTables } from '../../helpers/tiers-arbitrary.js'
import { type Parts, wideFile } from '../../helpers/tiers-table.js'

const USDT = 10n ** 16n
const NOW = { timestamp: 1_767_225_600 }
/** btc at 50,000 and shib at 0.00001 USDT. */
const TIERS: TierTable = {
  quote: 'USDT',
  valueDecimals: 16,
  instruments: [
    {
      symbol: 'btc',
      decimals: 8,
      mark: 5n * 10n ** 12n,
      tiers: {
        loan: [
          { bound: 10_000n * USDT, percent: 100n },
          { bound: 20_000n * USDT, percent: 90n },
        ],
        margin: [{ bound: 10_000n * USDT, percent: 80n }],
        portfolio: [],
      },
    },
    { symbol: 'shib', decimals: 2, mark: 10n ** 9n, tiers: { loan: [], margin: [], portfolio: [] } },
  ],
  notes: [],
}
/** Rows: btc, btc:loan:1 and 2 of 0.2 btc each, btc:margin:1 of 0.2, shib. */
const TABLE = tierRiskTable(TIERS, NOW)

const HEADER = 'rn,id,e_btc,d_btc,btc,vl_btc,m_btc,pm_btc,e_shib,d_shib,shib,vl_shib,m_shib,pm_shib,total'
const wide = (...lines: string[]) => `${[HEADER, ...lines].join('\n')}\n`
const tidy = (...lines: string[]) => `account_id,instrument,quantity\n${lines.join('\n')}\n`
const reading = (text: string, table = TABLE) => withFile(text, (path) => readFile(path, {}, SEED, table))
const slotsIn = async (text: string, table = TABLE) => {
  const { accounts } = await reading(text, table)
  expect(accounts).toHaveLength(1)
  return accounts[0]!.slots
}
const refusal = (text: string, table = TABLE) =>
  withFile(text, (path) =>
    readFile(path, {}, SEED, table).then(
      () => {
        throw new Error('nothing thrown')
      },
      (error: InputError | StatementError) => ({
        error,
        code: error.code,
        where: error.where?.replace(path, 'accounts.csv'),
      }),
    ),
  )
const slot = (instrument: number, quantity: bigint): Slot => ({ instrument, quantity })

describe('accounts by a table with tiers (cli.9)', () => {
  test('are split over their rows: pledges fill their tiers in order, what none takes is not pledged', async () => {
    // 2 btc, 0.5 owed; 0.5 pledged for loans (0.1 beyond its tiers), 0.05 for margin, 0.25 for portfolio
    // margin, which has none.
    expect(await slotsIn(wide('1,a,2,0.01,1.99,0.5,0.05,0.25,3.25,0,3.25,1,0,0,0'))).toEqual([
      slot(0, 155_000_000n),
      slot(0, -1_000_000n),
      slot(1, 20_000_000n),
      slot(2, 20_000_000n),
      slot(3, 5_000_000n),
      slot(4, 325n),
    ])
  })

  test('are the same in a tidy file, where what is pledged is apart from what is not', async () => {
    const rows = ['a,btc:margin,0.05', 'a,shib,3.25', 'a,btc,-0.01', 'a,btc:loan,0.5']
    expect(await slotsIn(tidy(...rows))).toEqual([
      slot(0, 10_000_000n),
      slot(0, -1_000_000n),
      slot(1, 20_000_000n),
      slot(2, 20_000_000n),
      slot(3, 5_000_000n),
      slot(4, 325n),
    ])
  })

  test.each([
    ['a tier', 'a,btc:loan:1,0.5', 'LEDGER_INSTRUMENT'],
    ['a pledge of which the table has no tier', 'a,btc:portfolio,0.5', 'LEDGER_INSTRUMENT'],
    ['a negative pledge', 'a,btc:loan,-0.5', 'DECIMAL_SIGN'],
    ['a pledge finer than the instrument', 'a,btc:loan,0.500000001', 'DECIMAL_PRECISION'],
    ['a pledge given twice', 'a,btc:loan,1\na,btc:loan,1', 'LEDGER_DUPLICATE_ACCOUNT'],
  ])('may not have %s in a tidy file', async (_, rows, code) => {
    expect(await refusal(tidy(rows))).toMatchObject({ code })
  })

  test('may not have more of an instrument, pledges counted in, than a slot can hold', async () => {
    const half = '92233720368.54775808'
    expect(await slotsIn(tidy(`a,btc,${half}`, `a,btc:loan,92233720368.94775807`))).toEqual([
      slot(0, 2n ** 64n - 1n),
      slot(1, 20_000_000n),
      slot(2, 20_000_000n),
    ])
    const rows = ['b,btc,1', 'a,btc,92233720368.54775809', 'a,btc:loan,92233720368.94775807', 'c,btc,1']
    const over = await refusal(tidy(...rows))
    expect(over).toMatchObject({ code: 'LEDGER_RANGE', where: 'accounts.csv:3' })
  })

  test('are cut off at the decimals of their asset in a wide file, and a note says how many', async () => {
    const text = wide('1,a,0.500000019,0,0.5,0.100000009,0,0,1.019,0,0,0,0,0,0')
    const { accounts, notes } = await reading(text)
    expect(accounts[0]!.slots).toEqual([slot(0, 40_000_001n), slot(1, 10_000_000n), slot(4, 101n)])
    expect(notes).toEqual([
      'Not used: the columns rn and "total" and, for every asset X, the column X (net).',
      'Amounts with more decimals than their asset has, cut off there: 3.',
    ])
  })

  test('have as many slots as after the split, whatever their cells', async () => {
    const { count, maxSlots, slotCounts } = await reading(
      wide(
        '1,a,1,0.2,0.8,0.5,0.3,0,1,0,1,0,0,0,0',
        '2,b,0.2,0,0.2,0.2,0,0,0,0,0,0,0,0,0',
        '3,c,0,0,0,0,0,0,0,0,0,0,0,0,0',
        '4,d,0.3,0,0,0.2,0.1,0,0,0,0,0,0,0,0',
      ),
    )
    expect([count, maxSlots]).toEqual([4, 6])
    expect([...slotCounts]).toEqual([
      [0, 1],
      [1, 1],
      [2, 1],
      [6, 1],
    ])
  })

  test('fill tiers of what they have without pledging it', async () => {
    const held: RiskTable = {
      ...TABLE,
      instruments: TABLE.instruments.map((row) =>
        row.tier === undefined ? row : { ...row, tier: { ...row.tier, list: 'holding' } },
      ),
    }
    expect(await slotsIn(tidy('a,btc,0.45'), held)).toEqual([
      slot(1, 20_000_000n),
      slot(2, 20_000_000n),
      slot(3, 5_000_000n),
    ])
    expect(await slotsIn(tidy('a,btc,0.2', 'a,shib,-100'), held)).toEqual([
      slot(1, 20_000_000n),
      slot(4, -10_000n),
    ])
    // What is pledged and beyond its tiers is as if it were not pledged.
    const both: RiskTable = {
      ...held,
      instruments: held.instruments.map((row, i) =>
        i === 3 ? { ...row, tier: { list: 'loan', width: 1n } } : row,
      ),
    }
    expect(await slotsIn(wide('1,a,0.3,0,0,0.1,0,0,0,0,0,0,0,0,0'), both)).toEqual([
      slot(1, 20_000_000n),
      slot(2, 9_999_999n),
      slot(3, 1n),
    ])
  })

  test('are refused where one has pledged more than it has, by its line and without an amount (privacy.7)', async () => {
    const { error, where } = await refusal(
      wide(
        '1,fine,1,0,1,1,0,0,0,0,0,0,0,0,0',
        '2,zoe-7719,0.73,0,0,0.41,0.21,0.1100001,0,0,0,0,0,0,0',
        '3,bea,0.73,0,0,0.9,0,0,0,0,0,0,0,0,0',
      ),
    )
    expect(error).toBeInstanceOf(InputError)
    expect(error).toMatchObject({ code: 'COLLATERAL_ABOVE_EQUITY', exitCode: 2 })
    expect(where).toBe('accounts.csv:3')
    expect(error.message).toContain('btc')
    expect(JSON.stringify(error)).not.toMatch(/0\.73|0\.41|zoe-7719/)
  })

  test('are refused where one owes a smallest unit more than its collateral counts for (privacy.7)', async () => {
    // 0.2 btc count in full, 0.1 for 90 %, 0.05 for 80 %: 0.33 btc.
    const line = (debt: string) =>
      wide('1,fine,1,0,1,0,0,0,0,0,0,0,0,0,0', `2,zoe-7719,0.35,${debt},0,0.3,0.05,0,0,0,0,0,0,0,0`)
    expect((await reading(line('0.33'))).count).toBe(2)
    const { error, where } = await refusal(line('0.33000001'))
    expect(error).toBeInstanceOf(StatementError)
    expect(error).toMatchObject({ code: 'DEBT_ABOVE_COLLATERAL', exitCode: 1 })
    expect(error.hint).toContain('plimsoll ledger check')
    expect(where).toBe('accounts.csv:3')
    expect(JSON.stringify(error)).not.toMatch(/0\.33|zoe-7719/)
  })
})

describe('a check by a table with tiers (cli.10)', () => {
  const check = (text: string, risk: RiskTable = TABLE) => withFile(text, (path) => checkLedger(path, risk))

  test('says of an instrument what is held, owed and pledged, and names tiers nowhere', async () => {
    const report = await check(wide('1,a,2,0.01,1.99,0.5,0.05,0.25,3.25,0,3.25,1,0,0,0'))
    expect(report).toMatchObject({ accounts: 1, valid: true, invalid: 0, findings: [], scenarios: [] })
    expect(report.totals).toEqual({
      btc: { long: '2', short: '0.01', pledged: { loan: '0.5', margin: '0.05', portfolio: '0.25' } },
      shib: { long: '3.25', short: '0', pledged: { loan: '1', margin: '0', portfolio: '0' } },
    })
  })

  test('judges scenarios after the collateral column, in which a tier is worth what its instrument is', async () => {
    const fall = TABLE.instruments.map(({ mark }) => ({ long: mark / 2n, short: mark }))
    const stressed = { ...TABLE, scenarios: [...TABLE.scenarios, { name: 'fall', values: fall }] }
    const report = await check(
      wide('1,a,1,0.36,0,0.4,0,0,0,0,0,0,0,0,0', '2,b,0.6,0.36,0,0.4,0,0,0,0,0,0,0,0,0'),
      stressed,
    )
    expect(report).toMatchObject({ accounts: 2, valid: true, invalid: 0, underwater: 1 })
    expect(report.scenarios).toEqual([
      { name: 'fall', accounts: 1, shortfall: '3000', largest: [{ account: 'b', shortfall: '3000' }] },
    ])
    expect(report.findings).toMatchObject([{ account: 'b', code: 'SCENARIO_SHORTFALL', severity: 'warning' }])
  })

  test('finds everything at fault in one account, once', async () => {
    const report = await check(wide('1,a,0.1,0.5,0,0.1,0.05,0,0,0.01,0,0.02,0,0,0'))
    expect(report.findings).toEqual([
      {
        account: 'a',
        line: 2,
        severity: 'error',
        code: 'COLLATERAL_ABOVE_EQUITY',
        reason: 'collateral above equity',
        instrument: 'btc',
        amounts: { equity: '0.1', collateral: '0.15' },
      },
      expect.objectContaining({ instrument: 'shib', amounts: { equity: '0', collateral: '0.02' } }),
      expect.objectContaining({
        code: 'DEBT_ABOVE_COLLATERAL',
        amounts: { debt: '25000.0000001', collateral: '7000' },
      }),
    ])
    expect(report).toMatchObject({ accounts: 1, valid: false, invalid: 1, unreadable: 0 })
  })

  const units = fc.oneof(
    fc.constant(0n),
    fc.bigInt({ min: 0n, max: 10n ** 6n }),
    fc.bigInt({ min: 0n, max: 10n ** 13n }),
  )
  const parts: fc.Arbitrary<Parts> = fc
    .tuple(units, units, units, units, units, fc.boolean(), fc.integer({ min: 0, max: 4 }))
    .map(([free, debt, loan, margin, portfolio, over, share]) => [
      // Mostly more than is pledged, and debts of the size of the pledges.
      over && free < 1000n ? free : free + loan + margin + portfolio,
      share === 0 ? debt : ((loan + margin + portfolio) * BigInt(share)) / 4n,
      loan,
      margin,
      portfolio,
    ])
  const venues = tierTables.chain((table) =>
    fc.tuple(
      fc.constant(table),
      fc.array(fc.tuple(...table.instruments.map(() => parts)), { minLength: 50, maxLength: 80 }),
    ),
  )
  /**
   * By how much rows may count less than the tier table: below the price of one smallest unit for each list
   * in use.
   */
  const slack = (table: TierTable, account: readonly Parts[]) =>
    account.reduce(
      (sum, [, , ...pledges], i) =>
        sum + table.instruments[i]!.mark * BigInt(pledges.filter((units) => units > 0n).length),
      0n,
    )
  /** What pledges count for by the tier table: as its rule has it, and a hundredfold with nothing rounded. */
  const byTable = (table: TierTable, account: readonly Parts[]) => {
    const sum = { rounded: 0n, hundredfold: 0n }
    for (const [i, [, , ...pledges]] of account.entries()) {
      const { mark, tiers } = table.instruments[i]!
      for (const [at, pledge] of PLEDGES.entries()) {
        const value = pledges[at]! * mark
        sum.rounded += haircutValue(value, tiers[pledge])
        let lower = 0n
        for (const { bound, percent } of tiers[pledge]) {
          const inside = value > bound ? bound - lower : value - lower
          if (inside > 0n) sum.hundredfold += inside * percent
          lower = bound
        }
      }
    }
    return sum
  }
  const debtOf = (table: TierTable, account: readonly Parts[]) =>
    account.reduce((sum, [, debt], i) => sum + debt * table.instruments[i]!.mark, 0n)

  test('gives every account the verdict and findings of the tier table, but for less than a smallest unit a list; what is valid can be proven, and nothing else', async () => {
    const seen = { accounts: 0, above: 0, short: 0, valid: 0, apart: 0 }
    await fc.assert(
      fc.asyncProperty(venues, async ([table, accounts]) => {
        const risk = tierRiskTable(table, NOW)
        await withFile(wideFile(table.instruments, accounts), async (path) => {
          const rows = await checkLedger(path, risk)
          const of = (account: number, code: string) =>
            rows.findings.filter((f) => f.account === `account-${account}` && f.code === code)
          for (const [u, account] of accounts.entries()) {
            seen.accounts++
            const above = account.filter(([has, , ...pledges]) => pledges.reduce((a, b) => a + b) > has)
            expect(of(u, 'COLLATERAL_ABOVE_EQUITY')).toHaveLength(above.length)
            if (above.length > 0) seen.above++
            const [theirs] = of(u, 'DEBT_ABOVE_COLLATERAL')
            const debt = debtOf(table, account)
            const { rounded, hundredfold } = byTable(table, account)
            if (theirs === undefined) {
              expect(debt * 100n).toBeLessThanOrEqual(hundredfold)
              continue
            }
            seen.short++
            const value = (text: string) => parseDecimal(text, { decimals: 18 })
            const counted = value(theirs.amounts.collateral!)
            expect(value(theirs.amounts.debt!)).toBe(debt * 100n)
            expect(counted).toBeLessThanOrEqual(hundredfold)
            expect(hundredfold - counted).toBeLessThanOrEqual(slack(table, account) * 100n)
            if (counted !== rounded * 100n) seen.apart++
          }
          // One account that is not valid stops a proof; the others are proven.
          const invalid = new Set(rows.findings.map(({ account }) => account))
          if (invalid.size > 0) {
            await expect(readLedger(path, risk)).rejects.toMatchObject({
              code: expect.stringMatching(/^(COLLATERAL_ABOVE_EQUITY|DEBT_ABOVE_COLLATERAL)$/),
            })
          }
          const fine = accounts.filter((_, u) => !invalid.has(`account-${u}`))
          seen.valid += fine.length
          if (fine.length === 0) return
          await withFile(wideFile(table.instruments, fine), async (path) => {
            const { accounts: read, slotCounts } = await readFile(path, {}, SEED, risk)
            const counts = new Map<number, number>()
            for (const { id, slots } of read) {
              counts.set(slots.length, (counts.get(slots.length) ?? 0) + 1)
              expectSound(risk, slots, fine[Number(id.slice('account-'.length))]!)
            }
            expect(new Map(slotCounts)).toEqual(counts)
          })
        })
      }),
      { numRuns: 20, endOnFailure: true },
    )
    expect(seen.accounts).toBeGreaterThanOrEqual(1000)
    for (const n of [seen.above, seen.short, seen.valid, seen.apart]) expect(n).toBeGreaterThan(20)
  })

  /**
   * Keys rise, no tier is beyond its width or filled before the one above it, nothing is lost, and collateral
   * covers debts.
   */
  function expectSound(
    { instruments, scenarios }: RiskTable,
    slots: readonly Slot[],
    account: readonly Parts[],
  ): void {
    const keys = slots.map(keyOf)
    expect(keys).toEqual([...new Set(keys)].sort((a, b) => a - b))
    const held = new Map(slots.map((s, i) => [keys[i]!, s.quantity]))
    const sums = account.map(() => [0n, 0n])
    let equity = 0n
    let asset = -1
    for (const [row, { tier }] of instruments.entries()) {
      if (tier === undefined) asset++
      const [long, short] = [held.get(2 * row) ?? 0n, held.get(2 * row + 1) ?? 0n]
      sums[asset]![0]! += long
      sums[asset]![1]! -= short
      const { values } = scenarios[0]!
      equity += long * values[row]!.long + short * values[row]!.short
      if (tier === undefined) continue
      expect(short).toBe(0n)
      expect(long).toBeLessThanOrEqual(tier.width)
      const above = instruments[row - 1]!.tier
      if (long > 0n && above?.list === tier.list) expect(held.get(2 * row - 2)).toBe(above.width)
    }
    expect(sums).toEqual(account.map(([e, d]) => [e, d]))
    expect(equity).toBeGreaterThanOrEqual(0n)
  }

  test('is the same by the file that the table is written to', async () => {
    await fc.assert(
      fc.asyncProperty(tierTables, async (table) => {
        const risk = tierRiskTable(table, NOW)
        const text = formatRiskTable(risk)
        expect(await withFile(text, readRiskTable, 'risk.json')).toEqual(risk)
      }),
      { numRuns: 50 },
    )
  })
})
