import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { EpochCheck } from '../../../src/bundle/index.js'
import { layOut, type Text } from '../../../src/cli/terminal/layout.js'
import { textWidth } from '../../../src/cli/terminal/width.js'
import { accountsView } from '../../../src/cli/views/accounts.js'
import { booksView } from '../../../src/cli/views/books.js'
import { calibrationView } from '../../../src/cli/views/calibration.js'
import { checksView } from '../../../src/cli/views/checks.js'
import { demoView } from '../../../src/cli/views/demo.js'
import { epochView, proofView } from '../../../src/cli/views/epoch.js'
import {
  cannotTellView,
  disputeView,
  inclusionExportAllView,
  inclusionOpenedView,
  inclusionPublishedView,
  inclusionView,
  receiptView,
} from '../../../src/cli/views/inclusion.js'
import { instanceRow, instancesView, prunedView } from '../../../src/cli/views/instances.js'
import { liquidationProvenView, liquidationReportView } from '../../../src/cli/views/liquidation.js'
import { marginFiguresView, marginReportView } from '../../../src/cli/views/margin.js'
import { planView } from '../../../src/cli/views/plan.js'
import {
  contractsView,
  ledgerProvenView,
  marginProvenView,
  ownerView,
  solvencyProvenView,
  workerKeyView,
} from '../../../src/cli/views/proven.js'
import { buildView, scenariosView, stressView, tiersView } from '../../../src/cli/views/risk.js'
import { settlementView } from '../../../src/cli/views/settlement.js'
import { backingWords, liquidationWords } from '../../../src/epoch/index.js'
import { InputError } from '../../../src/errors/index.js'
import {
  type AccountStatement,
  type DisputeReport,
  ENTRY_WORDS,
  type InclusionReport,
  type ReceiptReport,
  type StatementLine,
  type StatementVerdict,
} from '../../../src/inclusion/index.js'
import { readRiskTable } from '../../../src/inputs/index.js'
import { calibrate, HISTORICAL_SCENARIOS, readHistory, readMarginParams } from '../../../src/models/index.js'
import { describeInstance, loadInstances } from '../../../src/proving/index.js'
import { parsePortfolio, roundRule } from '../../../src/rules/index.js'
import { marginFigures } from '../../../src/statements/index.js'
import type { AccountsReport, SolvencyCheck } from '../../../src/venue/index.js'

/**
 * Names as wide as files may have them: long words, letters of two cells, sentences, and what would draw on
 * the screen.
 */
const WIDE = `${'東京'.repeat(30)}-${'w'.repeat(90)} ${'of many words '.repeat(12)}\nVALID\u001b[2K`
const AMOUNT = `-${'9'.repeat(40)}.${'1'.repeat(18)}`
const many = <T>(count: number, of: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => of(i))
const KEYS = { keyKind: 'development' } as const

const drawn = (text: Text, columns = 80): string[] => layOut(text, columns).trimEnd().split('\n')

const checks: EpochCheck[] = [
  { id: 'files', valid: true, detail: WIDE },
  ...many(70, (i) => ({ id: `batch:${i}`, valid: true, detail: 'verifies' })),
  { id: WIDE, valid: false, detail: WIDE, todo: WIDE },
]

const inclusion = (
  verdict: InclusionReport['verdict'],
  tiered = false,
): Omit<InclusionReport, 'exitCode'> => ({
  verdict,
  epochValid: verdict === 'included',
  account: WIDE,
  venue: WIDE,
  epoch: WIDE,
  ...KEYS,
  notes: [],
  checks: [
    { id: 'leaf', valid: verdict === 'included', detail: WIDE },
    { id: 'scenario:crash', valid: false, detail: 'not proven' },
  ],
  balances: many(64, (i) => ({
    instrument: `${WIDE}${i}`,
    kind: 'spot' as const,
    quantity: i % 2 === 0 ? AMOUNT : AMOUNT.slice(1),
    ...(tiered ? { tier: { of: WIDE, list: 'loan' as const, number: i, percent: '97.5' } } : {}),
  })),
  notChecked: [WIDE],
})

const receipt = (verdict: ReceiptReport['verdict']): Omit<ReceiptReport, 'exitCode'> => ({
  ...inclusion('included'),
  verdict,
  accountsRoot: '9'.repeat(77),
  restsOn: [WIDE],
})

const dispute = (verdict: DisputeReport['verdict']): Omit<DisputeReport, 'exitCode'> => ({
  ...{ verdict, address: `0x${'7'.repeat(40)}`, venue: WIDE, epoch: WIDE },
  ...{ checks, restsOn: [WIDE] },
})

const accounts = (parts: Partial<AccountsReport> = {}): AccountsReport => ({
  format: 'tidy',
  sha256: '0'.repeat(64),
  quote: 'USD',
  accounts: 3,
  valid: false,
  invalid: 1,
  unreadable: 1,
  unprovable: 1,
  cut: 1,
  slots: {},
  shapes: [],
  underwater: 1,
  totals: Object.fromEntries(
    many(300, (i) => [
      `${WIDE}${i}`,
      { long: AMOUNT, short: AMOUNT, pledged: { loan: AMOUNT, margin: AMOUNT } },
    ]),
  ),
  scenarios: many(16, (i) => ({ name: `${WIDE}${i}`, accounts: i, shortfall: AMOUNT, largest: [] })),
  findings: many(150, (i) => ({
    severity: i % 2 === 0 ? ('error' as const) : ('warning' as const),
    account: WIDE,
    line: 2 ** 40 + i,
    code: 'X',
    reason: WIDE,
    instrument: WIDE,
    amounts: { equity: AMOUNT, [WIDE]: AMOUNT },
  })),
  omitted: { errors: 7, warnings: 0 },
  notes: [],
  wide: 1,
  missing: [WIDE],
  provable: false,
  ...parts,
})

const line = (i: number): SolvencyCheck['scenarios'][number] => ({
  scenario: `${WIDE}${i}`,
  quote: 'USD',
  owed: AMOUNT,
  shortfalls: AMOUNT,
  held: AMOUNT,
  need: '7',
  layers: [{ layer: 'insurance', worth: '8', absorbed: '7' }],
  uncovered: '1.25',
  cover: { largest: [], needed: AMOUNT, fund: AMOUNT, valid: false },
})

const books = (parts: Partial<SolvencyCheck> = {}): SolvencyCheck => ({
  valid: false,
  reasons: [WIDE],
  weak: [],
  quote: WIDE,
  accounts: { accounts: 3, invalid: 0, unreadable: 0, underwater: 0, short: 2 },
  layers: [],
  cover: 2,
  instruments: many(300, (i) => ({
    symbol: `${WIDE}${i}`,
    long: AMOUNT,
    short: AMOUNT,
    reserves: AMOUNT,
    layers: AMOUNT,
    missing: AMOUNT,
    netted: i > 0,
  })),
  missingValue: AMOUNT,
  scenarios: many(16, line),
  notes: [],
  ...parts,
})

const table = await readRiskTable('examples/venue/risk.json')
const rule = roundRule(await readMarginParams('cross', 'examples/margin/cross.json'))
const figures = marginFigures(
  rule,
  parsePortfolio(readFileSync('examples/margin/account.json', 'utf8'), rule, 'account'),
)
const named = <T extends { name: string }>(part: T): T => ({ ...part, name: part.name + WIDE })
const calibration = calibrate(
  await readHistory([{ path: 'examples/stress/prices.csv' }], { maxGapDays: 1 }),
  {
    confidences: ['0.99', '0.995'],
    decay: '0.94',
    tailShare: '0.1',
    bandLevel: '0.95',
    participation: '0.1',
    positionSizes: ['0.1', '0.5', '1', '2'],
    correlationWeight: '0.5',
    maxGapDays: 1,
  },
)
const changes = many(3, () => ({
  asset: WIDE,
  figure: 'haircut' as const,
  confidence: '0.99',
  before: null,
  after: '0.5',
}))
const entries = many(9, (i) => ({
  name: `${WIDE}${i}`,
  instance: WIDE,
  state: 'outdated' as const,
  bytes: 2 ** 40,
  modified: '2026-11-30T00:00:00.000Z',
  why: WIDE,
}))
const instances = loadInstances().map(({ name }) => instanceRow(name, describeInstance(name)))
/** What moved in an account, told to its customer. */
const ownLiquidation = {
  valid: true,
  words: liquidationWords(1),
  moved: many(9, () => ({ instrument: WIDE, before: AMOUNT, moved: AMOUNT, after: AMOUNT })),
}

/** What an account held, what moved it and what it holds. */
const statement = (verdict: StatementVerdict): AccountStatement => ({
  ...{ verdict, from: WIDE, to: WIDE, words: [WIDE] },
  settlements: many(3, () => ({ previous: WIDE, epoch: WIDE, sha256: 'f'.repeat(64) })),
  lines: (Object.keys(ENTRY_WORDS) as StatementLine['entry'][]).map((entry) => ({
    ...{ instrument: WIDE, entry, epoch: WIDE, quantity: AMOUNT },
  })),
  differences: [{ instrument: WIDE, epoch: WIDE, quantity: AMOUNT }],
})

const demo = {
  verdict: 'solvent' as const,
  accounts: 163,
  scenarios: [WIDE],
  proofs: many(9, (i) => ({ name: `${WIDE}${i}`, instance: WIDE, constraints: 10 ** 9, seconds: 10 ** 6 })),
  checks: 20,
  reserves: backingWords(undefined),
  evidence: {
    ...{ instrument: WIDE, proven: AMOUNT, enough: true, verdict: 'shown' as const, checks: 7 },
    block: { chain: WIDE, height: 10 ** 9, hash: WIDE },
  },
  onchain: { valid: true, chainId: 1, gas: { [WIDE]: 10 ** 9 } },
  margin: {
    proven: [{ times: '1.5', handle: '7', recorded: true, gas: 10 ** 9, seconds: 1 }],
    short: { required: AMOUNT, equity: AMOUNT, missing: AMOUNT, quote: WIDE },
  },
  liquidation: {
    ...{ nullifier: '9'.repeat(77), instance: WIDE, shown: liquidationWords(1) },
    refused: [{ what: WIDE, why: WIDE }],
  },
  stress: {
    scenarios: many(4, (i) => ({
      ...line(i),
      title: WIDE,
      moves: { [WIDE]: '-0.5' },
      fallback: { asset: '-0.5', stablecoin: '-0.05' },
    })),
    thin: [{ scenario: WIDE, missing: AMOUNT, quote: WIDE }],
  },
  keyKind: 'development',
  seconds: 60,
}

const HASH = 'ab'.repeat(32)

/** Every view, on reports with wide names and many instruments. */
const VIEWS: Record<string, () => Text> = {
  'a valid epoch': () =>
    epochView({
      ...{ checks, manifestSha256: HASH, state: '7', valid: true },
      reserves: backingWords(undefined),
    }),
  'one proof': () =>
    proofView({
      keyKind: 'development',
      checks,
      proofHolds: true,
      statement: 'solvency',
      instance: WIDE,
      signals: {},
      for: { venue: WIDE, epoch: WIDE } as never,
      notChecked: [WIDE],
    }),
  included: () => inclusionView(inclusion('included')),
  'included, with pledges': () => inclusionView(inclusion('included', true)),
  'a liquidation of the own': () => inclusionView({ ...inclusion('included'), liquidation: ownLiquidation }),
  'a liquidation of the own that is not proven': () =>
    inclusionView({ ...inclusion('included'), liquidation: { valid: false, moved: [], words: [] } }),
  'a statement of account': () =>
    inclusionView({ ...inclusion('included'), statement: statement('adds up') }),
  'a statement of account that does not add up': () =>
    inclusionView({ ...inclusion('included'), statement: statement('does not add up') }),
  'a statement of account that nobody can tell of': () =>
    inclusionView({ ...inclusion('included'), statement: statement('cannot tell'), checks: [] }),
  'a proven liquidation': () => liquidationProvenView({ proof: WIDE, record: WIDE, instance: WIDE }, WIDE),
  'a settlement': () =>
    settlementView({
      ...{ valid: true, venue: WIDE, epoch: WIDE, previous: WIDE, settlementSha256: '9'.repeat(64) },
      ...{ shown: liquidationWords(2), checks, notes: [], keyKind: 'development' },
      flows: { [WIDE]: { deposits: AMOUNT, withdrawals: AMOUNT, fees: AMOUNT } },
    }),
  'the proof of a liquidation': () =>
    liquidationReportView({
      ...{ valid: true, venue: WIDE, epoch: WIDE, shown: liquidationWords(1), signals: {}, ...KEYS },
      ...{ moved: many(9, () => ({ instrument: WIDE, moved: AMOUNT })), notes: [], checks },
    }),
  'not included': () => inclusionView(inclusion('not included')),
  'in this tree': () => receiptView(receipt('in this tree')),
  'not in this tree': () => receiptView(receipt('not in this tree')),
  'a dispute': () => disputeView(dispute('contradicts itself')),
  'all inclusion files': () =>
    inclusionExportAllView({ inclusion: WIDE, format: 'folder', files: 10 ** 9, kept: 7, index: WIDE }),
  'an archive': () =>
    inclusionPublishedView({
      ...{ archive: WIDE, buckets: 2 ** 24, entries: 2 ** 20, entryBytes: 2 ** 28 },
      ...{ accounts: 10 ** 9, covered: 10 ** 9 - 1, strangers: 10 ** 9 },
      unnoticed: [{ omitted: 1000, allLook: 1e-300, tenthLooks: 0.123456789 }],
    }),
  'an opened file': () => inclusionOpenedView({ inclusion: WIDE, venue: WIDE, epoch: WIDE, covered: 99 }),
  'cannot tell': () => cannotTellView(new InputError('X', WIDE, { where: WIDE, hint: WIDE }).toJSON()),
  accounts: () => accountsView(accounts()),
  books: () => booksView(books(), table, true),
  'a proven ledger': () =>
    ledgerProvenView({
      ...{ epoch: WIDE, private: WIDE, accounts: 1, batches: 2, kept: 1 },
      ...{ cpuSeconds: 7200, peakBytes: 2 ** 30 },
    }),
  'a new key of workers': () => workerKeyView({ key: WIDE, publicKey: '9'.repeat(64) }),
  'proven solvency': () =>
    solvencyProvenView(
      { verdict: 'solvent', epoch: WIDE, scenarios: [WIDE, WIDE], reserves: backingWords(undefined) },
      ` --policy ${WIDE}`,
    ),
  'a proven margin': () =>
    marginProvenView({ proof: WIDE, requirement: WIDE, times: '1.5', signals: { handle: '9'.repeat(77) } }),
  'a margin report': () =>
    marginReportView({
      valid: true,
      requirement: WIDE,
      times: '1.5',
      handle: '9'.repeat(77),
      for: {} as never,
      signals: {},
      ...KEYS,
      notes: [],
      checks,
    }),
  'margin figures': () =>
    marginFiguresView(
      { ...rule, quote: WIDE, model: WIDE, requirements: rule.requirements.map(named) },
      { ...figures, requirements: figures.requirements.map(named) },
    ),
  'an owner': () => ownerView({ owner: WIDE, commitment: '9'.repeat(77), key: 'f'.repeat(64) }),
  contracts: () => contractsView({ files: [WIDE], keys: [{ instance: WIDE, keyHash: 'f'.repeat(64) }] }),
  'a built rule': () =>
    buildView(
      { rule: WIDE, model: WIDE, instruments: 9, scenarios: 9, requirements: [WIDE], valueDecimals: 18 },
      { quote: WIDE, within: true },
    ),
  'the scenarios of the library': () =>
    scenariosView(HISTORICAL_SCENARIOS.map((scenario) => ({ ...scenario, caveat: WIDE, venue: WIDE }))),
  'a stressed table': () =>
    stressView(
      many(16, (i) => `${WIDE}${i}`),
      many(300, (i) => ({
        symbol: `${WIDE}${i}`,
        mark: AMOUNT,
        scenarios: many(16, () => ({ long: AMOUNT, short: AMOUNT.slice(1) })),
      })),
    ),
  tiers: () =>
    tiersView({
      risk: WIDE,
      quote: 'USD',
      assets: 3,
      tiers: many(300, () => ({ symbol: WIDE, width: AMOUNT, value: AMOUNT })),
    }),
  'a calibration': () => calibrationView(calibration, changes as never, WIDE),
  instances: () => instancesView(instances, { directory: WIDE, entries }),
  plan: () =>
    planView({
      accounts: 10 ** 9,
      proofs: 2 ** 20,
      solvency: { instance: WIDE, spots: 1024, derivatives: 1024, tiers: 4096, scenarios: 16 },
      batches: many(9, () => ({
        ...{ instance: WIDE, kind: 'pledged' as const, accounts: 4095, slots: 1024, scenarios: 16 },
        ...{ pledged: 768, batches: 2 ** 20, filled: 10 ** 9 },
      })),
      seconds: { fold: 10 ** 7, proofs: 10 ** 9 },
      measured: { account: 0.5, row: 0.01, cores: 128 },
      keys: { missing: [WIDE, WIDE], seconds: 10 ** 5 },
      memory: 10 ** 12,
      disk: { artifacts: 10 ** 12, epoch: 10 ** 10 },
      gas: 10 ** 12,
      better: {
        instances: { [WIDE]: { statement: 'ledger', params: { ACCOUNTS: 4095, SLOTS: 1024 } } },
        saves: 0.5,
      },
      addedTo: WIDE,
    }),
  'a pruned cache': () => prunedView(WIDE, entries),
  'the demo': () => demoView(demo, WIDE),
}

describe('views of reports (cli.18, cli.17)', () => {
  test('customers whose file is published are not said to be all when one is missing', () => {
    const said = (covered: number) =>
      layOut(
        inclusionPublishedView({
          ...{ archive: 'archive', buckets: 1, entries: 64, entryBytes: 4096, accounts: 10_000, covered },
          ...{ strangers: 0, unnoticed: [] },
        }),
        80,
      )
    for (const [covered, share] of [
      [9_996, '99.9 %'],
      [10_000, '100 %'],
      [1_430, '14.3 %'],
      [1, 'below 0.1 %'],
      [0, '0 %'],
    ] as const) {
      expect(said(covered)).toContain(`${covered} of 10000: ${share}\n`)
    }
  })

  test.each(Object.entries(VIEWS))('%s: no line is wider than the terminal, and none draws', (_, view) => {
    for (const columns of [80, 41, 132]) {
      const lines = drawn(view(), columns)
      expect(lines.length).toBeGreaterThan(1)
      expect(lines.filter((text) => textWidth(text) > columns)).toEqual([])
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
      expect(lines.filter((text) => /[\u0000-\u001f\u007f]/.test(text))).toEqual([])
    }
  })

  test('checks: batches that pass are one row, what fails says what to do, once', () => {
    const shown = drawn(
      checksView([...checks.slice(1, -1), { id: 'a', valid: false, detail: 'b', todo: 'do c' }]),
    )
    expect(shown).toEqual([
      '   check    detail',
      '─  ───────  ────────────────',
      '✗  a        b',
      '✓  batches  70 proofs verify',
      'do c',
    ])
  })

  test('the last line of an epoch, of accounts and of books is the verdict', () => {
    const VALID = { manifestSha256: HASH, state: '7', valid: true, reserves: backingWords(undefined) }
    const last = (text: Text) => drawn(text).at(-1)
    expect(last(epochView({ ...VALID, checks: [] }))).toBe('VALID')
    expect(last(epochView({ ...VALID, checks, valid: false }))).toBe('INVALID')
    expect(drawn(epochView({ ...VALID, checks: [] }))).toContain('last state 7')
    expect(drawn(epochView({ ...VALID, checks: [] })).join(' ')).toContain(
      'Nothing stands behind the reserves',
    )
    expect(drawn(epochView({ ...VALID, checks: [] })).join(' ')).toContain(HASH)
    expect(drawn(epochView({ ...VALID, checks, valid: false })).join()).not.toContain('last state')
    expect(last(accountsView(accounts()))).toBe('INVALID')
    expect(last(accountsView(accounts({ provable: true })))).toBe('INVALID: provable, but below zero at mark')
    expect(last(accountsView(accounts({ valid: true, provable: true, invalid: 0, missing: [] })))).toBe(
      'VALID',
    )
    expect(last(booksView(books(), table, false))).toBe('FAILS')
    expect(last(booksView(books({ valid: true }), table, false))).toBe('HOLDS')
    expect(last(booksView(books({ valid: true, weak: ['x'] }), table, false))).toBe(
      'HOLDS, by a policy below full reserves',
    )
  })

  test('INCLUDED is said of what is included alone', () => {
    const said = (text: Text) => drawn(text, 1_000).join('\n')
    const plain = (verdict: InclusionReport['verdict']) =>
      said(inclusionView({ ...inclusion(verdict), account: 'a', epoch: 'e', venue: 'v' }))
    expect(plain('included')).toContain('INCLUDED: account a is counted in epoch e of venue v.')
    expect(plain('not included')).toContain('NOT INCLUDED in epoch e of venue v.')
    expect(plain('not included')).not.toContain('scenario:')
    expect(plain('cannot tell')).toContain('CANNOT TELL')
    expect(plain('cannot tell')).not.toContain('INCLUDED')
  })

  test('more findings than are shown are counted, listed and not', () => {
    expect(drawn(accountsView(accounts()))).toContain('and 57 more; --json lists them')
  })
})
