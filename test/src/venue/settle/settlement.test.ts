import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { parseSettlement } from '../../../../src/epoch/index.js'
import type { PlimsollError } from '../../../../src/errors/index.js'
import { accountIdDigest, rootOfPath } from '../../../../src/hash/index.js'
import { readReserves, readRiskTable } from '../../../../src/inputs/index.js'
import { loadInstances } from '../../../../src/proving/index.js'
import { placeLeaf, weighModel } from '../../../../src/statements/index.js'
import { EpochSecret } from '../../../../src/venue/epoch-secret.js'
import { checkSettlement, type ProveSettlementOptions, proveSettlement } from '../../../../src/venue/index.js'
import { recordedPlan } from '../../../../src/venue/private-record.js'
import { fundOf, judge, withSettlementBooks } from '../../../../src/venue/settle/check-settlement.js'
import { foldedChunks, foldSettlement } from '../../../../src/venue/settle/fold-settlement.js'
import { compareUtf8 } from '../../../../src/venue/settle/merged.js'
import { SettlementPlanner } from '../../../../src/venue/settle/plan-settlement.js'
import { settledRows } from '../../../../src/venue/settle/settled-rows.js'
import { temporaryFolder } from '../../../helpers/cli.js'
import {
  ACTIVITY,
  type Rows,
  type SettlementVenue,
  settlementVenue,
  writeRows,
} from '../../../helpers/settlement.js'

const INSTANCES = ['weigh-tiny', 'weigh-activity-tiny']
let venue: SettlementVenue

beforeAll(async () => {
  venue = await settlementVenue(temporaryFolder())
})

/** The venue with the rows of some reasons in place of its own; `undefined` for none. */
function withActivity(rows: Record<string, Rows | undefined>): string {
  const folder = join(temporaryFolder(), 'activity')
  mkdirSync(folder)
  for (const [reason, own] of Object.entries({ ...ACTIVITY, ...rows })) {
    if (own !== undefined) writeRows(join(folder, `${reason}.csv`), own)
  }
  return folder
}

const check = (activity = venue.activity) =>
  checkSettlement({ before: venue.before, after: venue.after, activity, reserves: reserves() })

const reserves = (): ProveSettlementOptions['reserves'] => ({
  before: (table) => readReserves(venue.reserves, table),
  after: (table) => readReserves(venue.reserves, table),
})

describe('the check of a settlement', () => {
  test('finds that one epoch follows from the other, whatever order the files have (settlement.30)', async () => {
    const report = await check()
    expect(report.findings).toEqual([
      {
        ...{ severity: 'warning', account: 'ivan-4471', amounts: {} },
        code: 'SETTLEMENT_STRANGER',
        reason: 'in neither epoch; the rows come to nothing',
      },
    ])
    expect(report.valid).toBe(true)
    expect(report.accounts).toEqual({ before: 7, after: 7, moved: 9, unbalanced: 0 })
    expect(report.instruments.find(({ instrument }) => instrument === 'USDT')).toEqual({
      instrument: 'USDT',
      before: '325000.75',
      after: '362057.35',
      moved: {
        transfers: '37077',
        fees: '-19.4',
        trades: '0',
        accruals: '-1',
        liquidations: '-100',
        takers: '100',
      },
      difference: '0',
      unbalanced: 0,
    })
    expect([report.liquidations, report.loss]).toEqual([1, false])
    const reversed = Object.fromEntries(Object.entries(ACTIVITY).map(([r, rows]) => [r, rows.toReversed()]))
    expect((await check(withActivity(reversed))).valid).toBe(true)
  })

  const { transfers, trades, takers, accruals } = ACTIVITY as Record<string, Rows>
  test.each<[string, Record<string, Rows | undefined>, string[]]>([
    [
      'a row is missing',
      { fees: undefined },
      ['SETTLEMENT_BALANCE USDT -9.7 alice@example.com', 'SETTLEMENT_BALANCE USDT -9.7 frank-6640'],
    ],
    [
      'a unit moved',
      { accruals: [...accruals!, ['bob-7731', 'USDT', '-0.000001'], ['dave-2203', 'USDT', '0.000001']] },
      ['SETTLEMENT_BALANCE USDT 0.000001 bob-7731', 'SETTLEMENT_BALANCE USDT -0.000001 dave-2203'],
    ],
    [
      'a customer vanished',
      { transfers: transfers!.filter(([id]) => id !== 'erin-9917') },
      ['SETTLEMENT_VANISHED BTC -1 erin-9917', 'SETTLEMENT_VANISHED USDT 30000 erin-9917'],
    ],
    [
      'a customer appeared',
      { transfers: transfers!.filter(([id]) => id !== 'heidi-3305') },
      ['SETTLEMENT_APPEARED USDT 77 heidi-3305'],
    ],
    [
      'another id',
      { takers: takers!.map(([id, ...rest]) => [id.toUpperCase(), ...rest]) },
      [
        'SETTLEMENT_STRANGER USDT -100 GRACE-1208',
        'SETTLEMENT_STRANGER BTC-PERP -1 GRACE-1208',
        'SETTLEMENT_BALANCE USDT 100 grace-1208',
        'SETTLEMENT_BALANCE BTC-PERP 1 grace-1208',
      ],
    ],
    [
      'no takers',
      { takers: undefined, trades: [...trades!, ...takers!] },
      ['SETTLEMENT_TRADES USDT 100', 'SETTLEMENT_TRADES BTC-PERP 1', 'SETTLEMENT_TAKERS BTC-PERP -1'],
    ],
    [
      'accruals that give',
      {
        accruals: undefined,
        fees: [...ACTIVITY.fees!, ...accruals!.slice(0, 1)],
        trades: trades!,
        takers: [...takers!, ...accruals!.slice(1)],
      },
      ['SETTLEMENT_CLOSING USDT 4'],
    ],
    ['a loss with a fund', { fees: undefined, allocations: ACTIVITY.fees }, ['SETTLEMENT_LOSS undefined']],
  ])('finds %s, in which instrument and by how much (settlement.30)', async (_, rows, expected) => {
    const report = await check(withActivity(rows))
    expect(report.valid).toBe(false)
    const told = report.findings
      .filter(({ severity }) => severity === 'error')
      .map(({ code, instrument, account, amounts }) =>
        [code, instrument ?? 'undefined', amounts.difference ?? amounts.net, account]
          .filter(Boolean)
          .join(' '),
      )
    expect(told).toEqual(expected)
  })

  test('orders texts as their UTF-8 (settlement.30)', () => {
    const texts = ['a', 'ab', 'b', '\u00e9', '\ud7ff', '\ue000', '\uffee', '\u{10000}', '\u{10ffff}', '']
    const bytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))
    for (const a of texts) for (const b of texts) expect(Math.sign(compareUtf8(a, b))).toBe(bytes(a, b))
  })
})

describe('rows of activity', () => {
  test.each<[string, string, Rows, string]>([
    [
      'an instrument of neither table',
      'trades',
      [['alice@example.com', 'BCT', '1']],
      'trades.csv:2, instrument LEDGER_INSTRUMENT',
    ],
    [
      'a derivative that is transferred',
      'transfers',
      [['alice@example.com', 'BTC-PERP', '1']],
      'transfers.csv:2, instrument ACTIVITY_DERIVATIVE',
    ],
    [
      'more decimals',
      'fees',
      [['alice@example.com', 'USDT', '0.0000001']],
      'fees.csv:2, quantity DECIMAL_PRECISION',
    ],
    ['no number', 'fees', [['alice@example.com', 'USDT', '1e3']], 'fees.csv:2, quantity DECIMAL_SYNTAX'],
    [
      'another form of an id',
      'fees',
      [['alice@example.com ', 'USDT', '1']],
      'fees.csv:2, account_id LEDGER_ACCOUNT_ID',
    ],
  ])('with %s are refused at their line and field (settlement.31)', async (_, reason, rows, expected) => {
    const report = await check(withActivity({ [reason]: rows }))
    const found = report.findings.find(({ file }) => file !== undefined)!
    expect(`${found.file!.split('/').at(-1)}:${found.line}, ${found.column} ${found.code}`).toBe(expected)
    const refused = await refusal({ activity: withActivity({ [reason]: rows }) })
    expect(refused.code).toBe(found.code)
    expect(refused.where).toMatch(new RegExp(`${reason}\\.csv:2, column ${found.column}$`))
    expect(`${refused.message}${refused.hint}`).not.toMatch(/alice/)
  })

  test('are in files of known reasons, once each, and in one form (settlement.31)', async () => {
    const folder = withActivity({})
    writeFileSync(join(folder, 'liquidations.csv'), 'account_id,instrument,quantity\n')
    await expect(check(folder)).rejects.toMatchObject({ code: 'ACTIVITY_FILE' })
    rmSync(join(folder, 'liquidations.csv'))
    writeFileSync(join(folder, 'fees.parquet'), '')
    await expect(check(folder)).rejects.toMatchObject({ code: 'ACTIVITY_FILE' })
    rmSync(join(folder, 'fees.parquet'))
    writeFileSync(join(folder, 'fees.csv'), 'account_id,instrument,quantity,owner\n')
    await expect(check(folder)).rejects.toMatchObject({ code: 'ACTIVITY_FORMAT' })
    writeRows(join(folder, 'fees.csv'), [])
    expect((await check(folder)).instruments[1]!.moved).not.toHaveProperty('fees')
  })
})

const proving = (): ProveSettlementOptions => ({
  ...{ before: venue.before, after: venue.after, activity: venue.activity, reserves: reserves() },
  ...{ instances: INSTANCES, artifacts: venue.proofs.artifacts, prover: venue.proofs.pool() },
})

async function refusal(change: Partial<ProveSettlementOptions>): Promise<PlimsollError> {
  const before = filesOf(venue.after.folder)
  const error = await proveSettlement({ ...proving(), ...change }).then(
    () => undefined,
    (thrown: unknown) => thrown as PlimsollError,
  )
  expect(filesOf(venue.after.folder)).toEqual(before)
  return error!
}

const filesOf = (folder: string) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()

describe('the proof of a settlement', () => {
  test('is not begun for books that do not follow, and says so without account or amount (settlement.34)', async () => {
    const error = await refusal({ activity: withActivity({ fees: undefined }) })
    expect(error).toMatchObject({ code: 'SETTLEMENT_UNBALANCED', exitCode: 1 })
    expect(error.message).toBe('USDT does not balance for 2 accounts')
    expect(existsSync(join(venue.after.privateFolder, 'settlement.json'))).toBe(false)
  })

  test('is not begun for other epochs, accounts or folders (settlement.35)', async () => {
    const { before, after } = venue
    const other = { ...after, accounts: before.accounts }
    expect(await refusal({ after: other })).toMatchObject({ code: 'EPOCH_OTHER_RUN', exitCode: 2 })
    const swapped = await refusal({ before: after, after: before }).catch((error) => error)
    expect(swapped).toMatchObject({ code: 'SETTLEMENT_EPOCHS', exitCode: 2 })
    expect(await refusal({ before: { ...before, privateFolder: after.privateFolder } })).toMatchObject({
      exitCode: 2,
    })
    const copy = { ...before, privateFolder: join(temporaryFolder(), 'private') }
    cpSync(before.privateFolder, copy.privateFolder, { recursive: true })
    rmSync(join(copy.privateFolder, 'liquidations'), { recursive: true })
    expect(await refusal({ before: copy })).toMatchObject({ code: 'SETTLEMENT_LIQUIDATION', exitCode: 2 })
  })

  test('is of chunks and a closing that the plain models accept, over the published roots alone (settlement.33)', async () => {
    const { before, after, activity } = venue
    const planner = new SettlementPlanner(loadInstances(), { instances: INSTANCES })
    await withSettlementBooks({ before, after, activity }, {}, async (books) => {
      const { balance } = await judge(books, await fundOf(books, reserves()), () => {})
      const ledgers = [recordedPlan(books.before.record), recordedPlan(books.after.record)] as const
      const spots = books.after.manifest.sizes.spots
      const plan = planner.plan({
        ledgers,
        activity: books.activity,
        liquidations: books.liquidations,
        spots,
      })
      const secret = EpochSecret.random()
      const folded = await foldSettlement({ books, plan, secret, balance })
      let count = 0
      for await (const { index, witness } of foldedChunks(folded, secret)) {
        expect(weighModel(witness), `chunk ${index}`).toEqual({ valid: true })
        expect([witness.signals.stateBefore, witness.signals.stateAfter]).toEqual(
          folded.states.slice(index, index + 2),
        )
        expect(index).toBe(count++)
      }
      expect(count).toBe(plan.chunks)
      const { record } = books.before
      const altered = { ...books, before: { ...books.before, record: { ...record, seed: 'ab'.repeat(32) } } }
      await expect(foldSettlement({ books: altered, plan, secret, balance })).rejects.toMatchObject({
        code: 'EPOCH_OTHER_RUN',
      })
    })
  })

  test('goes on after an interruption to the same chain, keeps what was proven, and is written whole (settlement.36)', async () => {
    const at = join(venue.after.folder, 'settlement')
    const stop = (index: number) => {
      if (index === 5) throw new Error('stopped')
    }
    await expect(proveSettlement({ ...proving(), prover: venue.proofs.pool(stop) })).rejects.toThrow(
      'stopped',
    )
    expect(readdirSync(join(at, 'weigh', '0000'))).toHaveLength(5)
    expect(existsSync(join(at, 'settlement.json'))).toBe(false)
    const first = readFileSync(join(at, 'weigh', '0000', '0000000.json'), 'utf8')
    // A run that was killed while it wrote leaves what flowed, or what opens the rows.
    const leftovers = [at, venue.after.privateFolder].map((folder) => join(folder, '.external.json.0a1b.tmp'))
    for (const path of leftovers) writeFileSync(path, '{')
    const kept: boolean[] = []
    const { settlement, plan } = await proveSettlement({
      ...proving(),
      onChunk: (event) => kept.push(event.kept),
    })
    expect(leftovers.filter((path) => existsSync(path))).toEqual([])
    expect(kept.filter(Boolean)).toHaveLength(5)
    expect(kept).toHaveLength(plan.chunks)
    expect(readFileSync(join(at, 'weigh', '0000', '0000000.json'), 'utf8')).toBe(first)
    expect(parseSettlement(readFileSync(join(at, 'settlement.json'), 'utf8'), 'settlement.json')).toEqual(
      settlement,
    )
    const again = await proveSettlement({
      ...proving(),
      prover: venue.proofs.pool(() => {
        throw new Error('nothing is left to prove')
      }),
    })
    expect(again.settlement).toEqual(settlement)
    await expect(
      proveSettlement({
        ...proving(),
        activity: withActivity({ fees: undefined, allocations: ACTIVITY.fees }),
      }),
    ).rejects.toMatchObject({ code: 'SETTLEMENT_UNBALANCED' })
    const moved = {
      fees: undefined,
      trades: [...ACTIVITY.trades!],
      accruals: [...ACTIVITY.accruals!, ...ACTIVITY.fees!],
    }
    await expect(proveSettlement({ ...proving(), activity: withActivity(moved) })).rejects.toMatchObject({
      code: 'SETTLEMENT_OTHER_RUN',
    })
  })

  test('opens the rows of every customer under the published roots (settlement.37)', async () => {
    const { before, after, activity } = venue
    const table = await readRiskTable(join(after.folder, 'risk.json'))
    const { roots } = parseSettlement(
      readFileSync(join(after.folder, 'settlement', 'settlement.json'), 'utf8'),
      'settlement.json',
    )
    const seen: string[] = []
    for await (const row of settledRows({ ...after, table, previous: { ...before, table }, activity })) {
      const { account, reason, path, ...opened } = row
      const leaf = placeLeaf({ ...opened, accountId: accountIdDigest(account) })
      expect(rootOfPath(leaf, path)?.toString(), reason).toBe(roots[reason])
      seen.push(`${reason} ${account}`)
    }
    const rows = Object.entries(ACTIVITY).flatMap(([reason, own]) => own.map(([id]) => `${reason} ${id}`))
    expect(seen.sort()).toEqual([...new Set([...rows, 'liquidations carol-5519'])].sort())
    const other = withActivity({ fees: [...ACTIVITY.fees!].reverse() })
    const reading = settledRows({ ...after, table, previous: { ...before, table }, activity: other })
    await expect(reading.next()).rejects.toMatchObject({ code: 'EPOCH_OTHER_RUN' })
  })
})
