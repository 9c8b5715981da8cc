import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PlimsollError } from '../../../src/errors/index.js'
import { type Finding, readLedger } from '../../../src/ledger/index.js'
import { loadInstances } from '../../../src/proving/index.js'
import { isTiered, type RiskTable, riskDigests } from '../../../src/risk/index.js'
import { ledgerModel } from '../../../src/statements/index.js'
import { type AccountsReport, checkAccounts } from '../../../src/venue/check-accounts.js'
import { EpochSecret } from '../../../src/venue/epoch-secret.js'
import { foldedBatches, foldLedger } from '../../../src/venue/fold-ledger.js'
import { planLedger } from '../../../src/venue/plan-ledger.js'
import { withFile } from '../../helpers/ledger-files.js'
import { cases } from '../../helpers/sweep.js'

const TINY = loadInstances()
  .filter(({ statement, name }) => statement === 'ledger' && name.includes('tiny'))
  .map(({ name }) => name)
const SYMBOLS = ['BTC', 'ETH', 'USD', 'SOL']
const spot: RiskTable = {
  timestamp: 1_767_225_600,
  quote: 'USD',
  valueDecimals: 6,
  instruments: SYMBOLS.map((symbol, i) => ({
    symbol,
    kind: 'spot',
    decimals: 2,
    mark: BigInt(100 * (4 - i)),
  })),
  scenarios: [],
}
const stressed: RiskTable = {
  ...spot,
  scenarios: ['fall', 'rise'].map((name, s) => ({
    name,
    values: spot.instruments.map(({ mark }) => ({ long: mark / 2n, short: mark * BigInt(1 + s) })),
  })),
}
const tier = (symbol: string, list: 'loan' | 'margin', mark: bigint) =>
  ({ symbol, kind: 'spot', decimals: 2, mark, tier: { list, width: 300n } }) as const
const tiered: RiskTable = {
  ...spot,
  instruments: [
    spot.instruments[0]!,
    tier('BTC:loan:1', 'loan', 400n),
    tier('BTC:loan:2', 'loan', 400n),
    tier('BTC:margin:1', 'margin', 400n),
    spot.instruments[1]!,
    tier('ETH:loan:1', 'loan', 300n),
    spot.instruments[2]!,
    spot.instruments[3]!,
  ],
  scenarios: [
    {
      name: 'collateral',
      values: [0n, 360n, 200n, 300n, 0n, 240n, 0n, 0n].map((long, row) => ({
        long,
        short: [400n, 400n, 400n, 400n, 300n, 300n, 200n, 100n][row]!,
      })),
    },
  ],
}
const TABLES = { spot, stressed, tiered }

/** Whether the proving path, up to the plain model of every batch, takes a file. */
async function isTaken(path: string, table: RiskTable, only = TINY): Promise<boolean> {
  try {
    const ledger = await readLedger(path, table)
    try {
      const plan = planLedger(loadInstances(), table, ledger.shapes, { instances: only })
      const digests = riskDigests(table, plan.solvency.sizes)
      const fold = { plan, table, digests, ledger, secret: EpochSecret.random() }
      const whole = await foldLedger(fold)
      let folded = 0
      for await (const { index, witness, accounts } of foldedBatches(fold, whole)) {
        expect(ledgerModel(witness)).toEqual({ valid: true })
        const { stateBefore, stateAfter } = witness.signals
        expect([stateBefore, stateAfter]).toEqual(whole.states.slice(index, index + 2))
        folded += accounts.filter((account) => account !== undefined).length
      }
      expect(folded).toBe(ledger.count)
      // What a table with tiers holds accounts to beside their slots: nobody lacks collateral.
      if (isTiered(table)) expect(whole.opening.state.shortfalls[0]).toEqual({ sum: 0n, accounts: 0n })
      return true
    } finally {
      await ledger.close()
    }
  } catch (error) {
    if (!(error instanceof PlimsollError)) throw error
    return false
  }
}

const check = (text: string, table: RiskTable, instances?: string[]): Promise<AccountsReport> =>
  withFile(text, (path) => checkAccounts(path, table, instances === undefined ? {} : { instances }))

/** A reading ends with the first finding in the order of the file, or has the accounts that were checked. */
async function expectSameReading(
  path: string,
  table: RiskTable,
  report: AccountsReport,
  fatal: readonly Finding[],
): Promise<void> {
  const found = fatal.filter(({ code }) => code !== 'LEDGER_SLOTS')
  const first = found.reduce<Finding | undefined>(
    (a, b) => (a !== undefined && a.line <= b.line ? a : b),
    undefined,
  )
  const read = await readLedger(path, table).catch((error: unknown) => error as PlimsollError)
  if (first === undefined) {
    if (read instanceof Error) throw read
    expect(Object.fromEntries(read.slotCounts)).toEqual(report.slots)
    expect(read).toMatchObject({ count: report.accounts, sha256: report.sha256, notes: report.notes })
    await read.close()
  } else {
    expect(read).toMatchObject({ code: first.code, where: expect.stringMatching(`:${first.line}(?![0-9])`) })
  }
}

const header = `rn,id,${SYMBOLS.map((x) => `e_${x},d_${x},${x},vl_${x},m_${x},pm_${x}`).join(',')},total`

const rarely = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 60, arbitrary: usual }, { weight: 1, arbitrary: rare })
const odd = fc.constantFrom(
  '-1',
  'x',
  '1e2',
  '2.5E-3',
  '1.234',
  '0.000',
  '184467440737095516.16',
  '1e99',
  '0e5',
  '٣',
)
const amount = rarely(
  fc.oneof({ weight: 3, arbitrary: fc.constant('0') }, { weight: 2, arbitrary: fc.nat(900).map(String) }),
  odd,
)
const debt = fc.oneof(
  { weight: 4, arbitrary: fc.constant('0') },
  { weight: 1, arbitrary: rarely(fc.nat(9).map(String), odd) },
)
const cells = fc.tuple(amount, debt, fc.oneof(fc.constant('0'), debt), debt, debt).map(([e, ...rest]) => {
  const [d, ...pledges] = rest
  return [e, d, '0', ...pledges]
})
const ids = rarely(
  fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
  fc.constantFrom('', ' a', 'a\u200b'),
)
const wide = fc
  .uniqueArray(fc.tuple(ids, fc.array(cells, { minLength: 4, maxLength: 4 })), {
    minLength: 1,
    maxLength: 7,
    // A row in eight or so may repeat an account.
    comparator: (a, b) => a[0] === b[0] && a[1].flat().join() !== b[1].flat().join(),
  })
  .map((rows) => [header, ...rows.map(([id, assets], i) => [i, id, ...assets.flat(), 0].join(','))])
const tidy = fc
  .array(
    fc.tuple(
      ids,
      rarely(fc.constantFrom(...SYMBOLS), fc.constantFrom('BTC:loan', 'DOGE')),
      rarely(fc.integer({ min: -4, max: 900 }).map(String), odd),
    ),
    { minLength: 1, maxLength: 9 },
  )
  .map((rows) => ['account_id,instrument,quantity', ...rows.map((row) => row.join(','))])

describe('a check of accounts says they can be proven (cli.21)', () => {
  test('exactly when the proving path takes them, whatever the table and the file', async () => {
    const seen = { true: 0, false: 0 }
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...(Object.keys(TABLES) as (keyof typeof TABLES)[])),
        fc.oneof(wide, tidy),
        async (name, lines) => {
          const table = TABLES[name]
          await withFile(`${lines.join('\n')}\n`, async (path) => {
            const report = await checkAccounts(path, table, { instances: TINY }).catch((error: unknown) => {
              if (!(error instanceof PlimsollError)) throw error
              return undefined
            })
            const said = report?.provable ?? false
            expect(said).toBe(await isTaken(path, table))
            seen[`${said}`]++
            if (report === undefined) return
            expect(report.unprovable).toBeLessThanOrEqual(report.invalid)
            const fatal = report.findings.filter(
              (f) => f.severity === 'error' && f.code !== 'EQUITY_BELOW_ZERO',
            )
            expect(new Set(fatal.map(({ account }) => account)).size).toBe(report.unprovable)
            expect(report.valid).toBe(report.provable && report.invalid === 0)
            await expectSameReading(path, table, report, fatal)
          })
        },
      ),
      { numRuns: cases(45, 1000), endOnFailure: true },
    )
    expect(seen.true).toBeGreaterThan(5)
    expect(seen.false).toBeGreaterThan(5)
  })

  /** The last ones are derivatives, by a table that has a scenario. */
  const many = (count: number, perps = 0): RiskTable => {
    const instruments = Array.from({ length: count }, (_, i) => ({
      ...spot.instruments[0]!,
      symbol: `T${i}`,
      kind: i < count - perps ? ('spot' as const) : ('perp' as const),
    }))
    const values = instruments.map(() => ({ long: 0n, short: 0n }))
    return { ...spot, instruments, scenarios: perps === 0 ? [] : [{ name: 'nothing', values }] }
  }
  const holding = (id: string, count: number) => Array.from({ length: count }, (_, i) => `${id},T${i},1`)

  test('not of an account with more slots than any instance takes, which is named with its line', async () => {
    const shorts = Array.from({ length: 25 }, (_, i) => `maker,T${1_000 + i},-1`)
    const large = ['account_id,instrument,quantity', 'small,T0,1', ...holding('whale', 1025), ...shorts]
    const found = await check(large.join('\n'), many(1025, 25))
    expect(found).toMatchObject({
      accounts: 3,
      valid: false,
      invalid: 1,
      unprovable: 1,
      wide: 1,
      provable: false,
      missing: ['1 account has slots that no instance for this risk table has room for'],
    })
    expect(found.findings).toMatchObject([
      {
        account: 'whale',
        line: 3,
        severity: 'error',
        code: 'LEDGER_SLOTS',
        reason: '1025 slots, and no instance for this risk table takes more than 1024',
      },
    ])
    const fits = ['account_id,instrument,quantity', ...holding('whale', 1024)].join('\n')
    expect(await check(fits, many(1024))).toMatchObject({ provable: true, missing: [], invalid: 0 })
  })

  test('not by a table that no instance holds, though each account is sound', async () => {
    const text = 'account_id,instrument,quantity\na,T0,1\n'
    const report = await check(text, many(1025))
    expect(report).toMatchObject({ accounts: 1, invalid: 0, provable: false })
    expect(report.missing).toEqual([
      'no instance for 0 scenarios holds 1025 spot instruments: the most are 1024',
    ])
    const seventeen = Array.from({ length: 17 }, (_, s) => ({
      name: `s${s}`,
      values: spot.instruments.map(({ mark }) => ({ long: mark, short: mark })),
    }))
    const { missing } = await check('account_id,instrument,quantity\na,BTC,1\n', {
      ...spot,
      scenarios: seventeen,
    })
    expect(missing).toEqual(['no instance holds 17 scenarios: the most are 16'])
  })

  test('not of a derivative whose longs and shorts differ, nor of an account that is worth too much', async () => {
    const instruments = [...spot.instruments.slice(0, 3), { ...spot.instruments[3]!, kind: 'perp' as const }]
    const values = instruments.map(() => ({ long: 1n, short: 2n ** 63n }))
    const table: RiskTable = { ...spot, instruments, scenarios: [{ name: 'fall', values }] }
    const report = await check('account_id,instrument,quantity\na,SOL,1\nb,SOL,-2\n', table, TINY)
    expect(report).toMatchObject({ provable: false, unprovable: 0 })
    expect(report.missing).toEqual(['longs and shorts of SOL are not equal, and a derivative nets to zero'])
    const amount = '100000000000000000'
    const rich = await check(
      `account_id,instrument,quantity\na,BTC,1\nb,BTC,-${amount}\nb,ETH,${amount}\n`,
      table,
      TINY,
    )
    expect(rich).toMatchObject({ provable: false, unprovable: 1 })
    expect(rich.findings).toContainEqual(
      expect.objectContaining({ account: 'b', line: 3, code: 'LEDGER_EQUITY', scenario: 'fall' }),
    )
  })

  test('of accounts below zero at mark, which scenarios judge, and calls them invalid all the same', async () => {
    const report = await check('account_id,instrument,quantity\na,BTC,1\na,ETH,-9\n', stressed, TINY)
    expect(report).toMatchObject({ invalid: 1, unprovable: 0, provable: true })
  })

  test('not of a Parquet or CSV file without accounts', async () => {
    await expect(check('account_id,instrument,quantity\n', spot, TINY)).rejects.toMatchObject({
      code: 'LEDGER_EMPTY',
    })
  })
})
