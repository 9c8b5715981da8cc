import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { plimsoll, start, temporaryFolder } from '../helpers/cli.js'

const folder = temporaryFolder()
const at = (...path: string[]) => join(folder, ...path)
const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'))
const example = (name: string) => join('examples/lending', name)
const pins = at('pins.json')
/** Loans of USDC count as held: a reader has to accept that. */
const policy = at('policy.json')

const MONTH = 30 * 86_400
/** As few instances as there can be: a venue with loans has scenarios. */
const LEDGER = ['ledger-tiny-stress', 'solvency-tiny-stress']
const WEIGH = ['weigh-tiny', 'weigh-activity-tiny']
const CLOSING = ['settlement-tiny', 'disclosure-tiny-stress']

type Rows = [account: string, instrument: string, quantity: string][]

/** The example's month after month, in shares. Dan pays his loan back and leaves, eve comes. */
const ACCOUNTS: Rows[] = [
  [
    ['ada', 'USDC', '60300'],
    ['ben', 'USDC', '30295.15'],
    ['ben', 'BTC', '0.1'],
    ['cleo', 'USDC', '-60304.85'],
    ['cleo', 'BTC', '1.9'],
    ['eve', 'BTC', '0.3'],
  ],
  [
    ['ada', 'USDC', '55422.5'],
    ['ada', 'BTC', '0.05'],
    ['ben', 'USDC', '30295.15'],
    ['ben', 'BTC', '0.1'],
    ['cleo', 'USDC', '-60304.85'],
    ['cleo', 'BTC', '1.9'],
    ['eve', 'USDC', '7373'],
    ['eve', 'BTC', '0.25'],
  ],
]
const ACTIVITY: Record<string, Rows>[] = [
  {
    transfers: [
      ['ada', 'USDC', '500'],
      ['ada', 'USDC', '-200'],
      ['dan', 'USDC', '10012'],
      ['dan', 'BTC', '-0.5'],
      ['eve', 'BTC', '0.3'],
    ],
    trades: [
      ['ben', 'BTC', '0.1'],
      ['ben', 'USDC', '-9700'],
      ['cleo', 'BTC', '-0.1'],
      ['cleo', 'USDC', '9700'],
    ],
    fees: [
      ['ben', 'USDC', '-4.85'],
      ['cleo', 'USDC', '-4.85'],
      ['dan', 'USDC', '-12'],
    ],
  },
  {
    transfers: [['eve', 'USDC', '2500.5']],
    trades: [
      ['ada', 'BTC', '0.05'],
      ['ada', 'USDC', '-4875'],
      ['eve', 'BTC', '-0.05'],
      ['eve', 'USDC', '4875'],
    ],
    fees: [
      ['ada', 'USDC', '-2.5'],
      ['eve', 'USDC', '-2.5'],
    ],
  },
]
/** In units. The fund is spent by the last, and a loss of 0.023 BTC is left to whoever has some. */
const RESERVES = [
  { reserves: { BTC: '2.3', USDC: '31000' }, insurance: { USDC: '300' } },
  { reserves: { BTC: '2.277', USDC: '33500' } },
]
const LOSS = 'BTC=0.023'
/** Chunks of each settlement: accounts before, accounts after, and three reasons. */
const CHUNKS = 5

const epoch = (i: number) => at(`epoch-${i}`)
const accounts = (i: number) => (i === 0 ? example('accounts.csv') : at(`accounts-${i}.csv`))
const reserves = (i: number) => (i === 0 ? example('reserves.json') : at(`reserves-${i}.json`))
const risk = (i: number) => (i === 0 ? example('risk.json') : at(`risk-${i}.json`))
const activity = (i: number) => at(`activity-${i}`)

function writeRows(path: string, rows: Rows): void {
  writeFileSync(path, `account_id,instrument,quantity\n${rows.map((row) => `${row.join(',')}\n`).join('')}`)
}

function write(path: string, file: unknown): string {
  writeFileSync(path, JSON.stringify(file))
  return path
}

async function done(...args: string[]): Promise<ReturnType<typeof JSON.parse>> {
  const run = await plimsoll(...args, '--json')
  expect(run.code, run.stdout + run.stderr).toBe(0)
  return JSON.parse(run.stdout)
}

/** The report of a command that verifies, its exit code and what fails. */
async function told(...args: string[]) {
  const run = await plimsoll(...args, '--pins', pins, '--policy', policy, '--json')
  const report = JSON.parse(run.stdout)
  const failed = report.checks?.filter(({ valid }: { valid: boolean }) => !valid) ?? []
  return { code: run.code, report, failed: failed.map(({ id }: { id: string }) => id) }
}

/** What names both epochs of the settlement of epoch `i`. */
const between = (i: number, own = epoch(i)) => [
  ...['--previous', epoch(i - 1), '--previous-accounts', accounts(i - 1)],
  ...['--epoch', own, '--accounts', accounts(i), '--activity', activity(i)],
]
const held = (i: number) => ['--reserves', reserves(i), '--previous-reserves', reserves(i - 1)]
const proving = (i: number, own?: string) => [
  ...['settlement', 'prove', ...between(i, own), ...held(i), '--instance', ...WEIGH],
]
const solvency = (own: string, held: string, ...args: string[]) =>
  done('solvency', 'prove', '--epoch', own, '--reserves', held, '--policy', policy, ...args)

beforeAll(async () => {
  const full = { schema: 'plimsoll/policy/1', valueRatio: '1', minimumRatio: '1', loanFactor: '0' }
  write(policy, { ...full, instruments: { USDC: { loanFactor: '1' } } })
  for (const [i, rows] of ACCOUNTS.entries()) {
    writeRows(accounts(i + 1), rows)
    write(reserves(i + 1), { schema: 'plimsoll/reserves/1', ...RESERVES[i] })
    mkdirSync(activity(i + 1))
    for (const [reason, own] of Object.entries(ACTIVITY[i]!))
      writeRows(join(activity(i + 1), `${reason}.csv`), own)
  }
  await done('setup', ...LEDGER, ...WEIGH, ...CLOSING, '--pins', pins)
  const { timestamp } = json(risk(0))
  for (const i of [0, 1, 2]) {
    if (i > 0) {
      await done(
        ...['risk', 'accrue', '--risk', risk(i - 1), '--rates', example('rates.json')],
        ...['--accounts', accounts(i), '--to', `${timestamp + i * MONTH}`, '--out', risk(i)],
        ...(i === 2 ? ['--loss', LOSS] : []),
      )
    }
    await done(
      ...['ledger', 'prove', '--accounts', accounts(i), '--risk', risk(i), '--out', epoch(i)],
      ...['--venue', 'Lending Venue', '--epoch', `2026-0${i + 1}`, '--instance', ...LEDGER],
      ...(i === 0 ? [] : ['--previous', epoch(i - 1)]),
    )
    await solvency(epoch(i), reserves(i))
  }
  for (const path of [epoch(1), `${epoch(1)}.private`])
    cpSync(path, path.replace('epoch-1', 'killed'), { recursive: true })
  for (const i of [1, 2]) {
    const proven = await done(...proving(i))
    expect([proven.chunks, proven.kept, proven.loss]).toEqual([CHUNKS, 0, i === 2])
  }
})

/** What anyone verifies of the settlement of epoch `i`, the epoch itself named otherwise where it is a copy. */
const verifying = (i: number, own = epoch(i)) => [own, '--previous', epoch(i - 1)]

describe('a lending venue is settled twice, its indices stepping each time', () => {
  const [interest, loss] = [
    'Indices of USDC step. They pay accounts no more interest than they charge. How much they charge is not bounded. What they charge and do not pay stays with the venue, and a loss below it is not told apart.',
    'Holders of BTC share it by the index, each the same part.',
  ]

  test('settlement check says that both follow, and of a loss that it takes the funds to say so (settlement.64)', async () => {
    for (const i of [1, 2]) {
      const report = await done('settlement', 'check', ...between(i), ...held(i))
      expect([report.valid, report.findings, report.loss]).toEqual([true, [], i === 2])
      expect(report.accounts).toEqual({ before: 4, after: 4, moved: i === 1 ? 5 : 2, unbalanced: 0 })
    }
    const blind = await plimsoll('settlement', 'check', ...between(2), '--json')
    const { valid, findings } = JSON.parse(blind.stdout)
    expect([blind.code, valid, findings.map(({ code }: { code: string }) => code)]).toEqual([
      ...[1, false, ['SETTLEMENT_LOSS']],
    ])
  })

  test('a loss by an index is not proven while a fund could bear it (settlement.64)', async () => {
    const [unspent, full] = [at('unspent'), at('reserves-full.json')]
    for (const end of ['', '.private']) cpSync(`${epoch(2)}${end}`, `${unspent}${end}`, { recursive: true })
    const { insurance } = RESERVES[0]!
    write(full, { schema: 'plimsoll/reserves/1', ...RESERVES[1]!, insurance })
    await solvency(unspent, full, '--force')
    const funds = ['--reserves', full, '--previous-reserves', reserves(1)]
    const refused = await plimsoll(
      ...['settlement', 'prove', ...between(2, unspent), ...funds, '--instance', ...WEIGH, '--json'],
    )
    const { error } = JSON.parse(refused.stdout)
    expect([refused.code, error.code]).toEqual([1, 'SETTLEMENT_UNBALANCED'])
    expect(error.message).toContain(
      "customers share a loss while the insurance fund is worth more than the policy's dust",
    )
    expect(existsSync(join(unspent, 'settlement'))).toBe(false)
  })

  test('settlement verify, verify and audit tell of indices and loss what is proven (settlement.42, settlement.64)', async () => {
    const first = await told('settlement', 'verify', ...verifying(1))
    expect([first.code, first.failed, first.report.valid]).toEqual([0, [], true])
    expect(first.report.shown).toEqual(
      expect.arrayContaining([interest, 'No row allocates a loss to customers, and no index falls.']),
    )
    const second = await told('settlement', 'verify', ...verifying(2))
    expect([second.code, second.failed, second.report.previous]).toEqual([0, [], '2026-02'])
    const words = second.report.shown.join(' ')
    expect(words).toContain('Indices of BTC, USDC step.')
    expect(words).toContain(
      'Customers bear a loss: the layers of the waterfall are worth at most 0 USDC at mark by then.',
    )
    expect(words).toContain(loss)
    const both = await told('verify', ...verifying(2))
    expect([both.code, both.failed]).toEqual([0, []])
    expect(both.report.shown).toEqual(expect.arrayContaining(second.report.shown))
    const { USDC, BTC } = Object.fromEntries(
      json(risk(2)).instruments.map((row: { symbol: string }) => [row.symbol, row]),
    )
    expect(BTC.index).toEqual({ long: '0.99', short: '1' })
    expect(both.report.notes.join(' ')).toContain(
      `USDC counts shares: what is owed of one is ${USDC.index.long} USDC, what is lent as one ${USDC.index.short}`,
    )
    const report = at('audit.html')
    const audited = await plimsoll(
      ...[
        'audit',
        ...verifying(2),
        '--pins',
        pins,
        '--policy',
        policy,
        '--external',
        `${epoch(2)}.private/external.json`,
      ],
      ...['--development', '--report', report, '--json'],
    )
    const { procedures } = JSON.parse(audited.stdout)
    expect([
      audited.code,
      procedures.filter(({ outcome }: { outcome: string }) => outcome === 'exception'),
    ]).toEqual([0, []])
    const page = readFileSync(report, 'utf8')
    for (const sentence of ['What moved between 2026-02 and 2026-03', loss]) expect(page).toContain(sentence)
  })

  test('a proof of interest that is altered, removed, or another settlement’s is refused (settlement.64)', async () => {
    const copy = at('interest')
    cpSync(epoch(1), copy, { recursive: true })
    const own = join(copy, 'settlement/interest.json')
    const verdict = async () => {
      const { code, report, failed } = await told('settlement', 'verify', ...verifying(1, copy))
      return [code, report.valid, failed]
    }
    expect(await verdict(), 'control').toEqual([0, true, []])
    cpSync(join(epoch(2), 'settlement/interest.json'), own)
    expect(await verdict()).toEqual([1, false, ['settlement-indices']])
    const file = json(join(epoch(1), 'settlement/interest.json'))
    write(own, { ...file, signals: { ...file.signals, shown: '1' } })
    expect(await verdict()).toEqual([1, false, ['settlement-indices']])
    rmSync(own)
    expect(await verdict(), 'a file that is not there').toEqual([
      ...[2, false, ['settlement-files', 'settlement-indices']],
    ])
  })

  test('a statement of account adds up over both, and with a row left out of either it does not (settlement.51, settlement.55, settlement.56)', async () => {
    const since = [0, 1].flatMap((i) => [
      ...['--previous', epoch(i), '--previous-accounts', accounts(i), '--activity', activity(i + 1)],
    ])
    const exported = async (account: string) => {
      const out = at(`${account}.json`)
      const own = ['--epoch', epoch(2), '--account', account, '--accounts', accounts(2)]
      await done('inclusion', 'export', ...own, ...since, '--out', out)
      return out
    }
    const verified = (file: string) =>
      told('inclusion', 'verify', file, '--epoch', epoch(2), '--previous', epoch(0), '--previous', epoch(1))
    const linesOf = ({ report }: Awaited<ReturnType<typeof verified>>) =>
      report.statement.lines.map((line: Record<string, string>) =>
        [line.instrument, line.entry, line.epoch, line.quantity].join(' '),
      )
    const ada = await exported('ada')
    const whole = await verified(ada)
    expect([whole.code, whole.report.verdict, whole.failed]).toEqual([0, 'included', []])
    expect(whole.report.statement).toMatchObject({ verdict: 'adds up', from: '2026-01', to: '2026-03' })
    expect(linesOf(whole)).toEqual([
      'BTC opening 2026-01 0',
      'BTC trades 2026-03 0.05',
      'BTC closing 2026-03 0.05',
      'USDC opening 2026-01 60000',
      'USDC transfers 2026-02 500',
      'USDC transfers 2026-02 -200',
      'USDC fees 2026-03 -2.5',
      'USDC trades 2026-03 -4875',
      'USDC closing 2026-03 55422.5',
    ])
    const words = whole.report.statement.words.join(' ')
    expect(words).toContain('Epoch 2026-03: BTC counts shares: what is owed of one is 0.99 BTC')
    expect(words).toContain('Customers bear a loss in epoch 2026-03')
    const eve = await verified(await exported('eve'))
    expect([eve.code, eve.report.statement.verdict]).toEqual([0, 'adds up'])
    expect(linesOf(eve)).toEqual([
      'BTC opening 2026-01 0',
      'BTC transfers 2026-02 0.3',
      'BTC trades 2026-03 -0.05',
      'BTC closing 2026-03 0.25',
      'USDC opening 2026-01 0',
      'USDC transfers 2026-03 2500.5',
      'USDC fees 2026-03 -2.5',
      'USDC trades 2026-03 4875',
      'USDC closing 2026-03 7373',
    ])
    const file = json(ada)
    for (const [step, reason, difference] of [
      [0, 'transfers', { instrument: 'USDC', epoch: '2026-02', quantity: '300' }],
      [1, 'fees', { instrument: 'USDC', epoch: '2026-03', quantity: '-2.5' }],
    ] as const) {
      const less = structuredClone(file)
      const own = less.settlements[step]
      own.rows = own.rows.filter((row: { reason: string }) => row.reason !== reason)
      const { code, report, failed } = await verified(write(at('less.json'), less))
      expect([code, report.verdict, failed]).toEqual([1, 'included', ['statement-sums']])
      expect(report.statement).toMatchObject({ verdict: 'does not add up', differences: [difference] })
    }
  })
})

describe('settlement prove, killed at each stage and run again', () => {
  const own = at('killed')
  const preload = new URL('../attacks/files-preload-kill.mjs', import.meta.url).href
  const filesOf = (folder: string) =>
    (existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : [])
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
  const isUnplaced = (path: string) => path.endsWith('.tmp')
  /** What a killed run has left half-made, in the epoch and beside it. */
  const leftovers = () => [own, `${own}.private`].flatMap(filesOf).filter(isUnplaced)
  /** Files of a settlement that are in their places, by their paths in its folder. */
  const placed = (epoch = own) => {
    const folder = join(epoch, 'settlement')
    const paths = filesOf(folder).filter((path) => !isUnplaced(path))
    return new Map(paths.map((path) => [relative(folder, path), readFileSync(path, 'utf8')]))
  }
  const chunk = (i: number) => `weigh/0000/000000${i}.json`
  const key = (instance: string) => `keys/${instance}.json`

  test('comes to the very settlement of a run that nothing interrupted, and keeps what was proven (settlement.36)', async () => {
    const stages: string[][] = []
    const unfinished = at('unfinished')
    let kept = placed()
    const unplaced: number[] = []
    let torn: string | undefined
    let last: Awaited<ReturnType<typeof start>['ended']>
    for (;;) {
      const { child, ended } = start([...proving(1, own), '--json'], { NODE_OPTIONS: `--import=${preload}` })
      last = await ended
      if (last.code === 0) break
      expect(child.signalCode, last.stdout + last.stderr).toBe('SIGKILL')
      expect(stages.length).toBeLessThan(20)
      const now = placed()
      for (const [name, text] of kept) expect(now.get(name), name).toBe(text)
      expect(now.has('settlement.json')).toBe(false)
      stages.push([...now.keys()].filter((name) => name !== torn && !kept.has(name)))
      unplaced.push(leftovers().length)
      kept = now
      rmSync(unfinished, { recursive: true, force: true })
      cpSync(own, unfinished, { recursive: true })
      // A disk that lost power can have half of a file in its place, too.
      if (torn === undefined && now.has(chunk(2))) {
        torn = chunk(1)
        writeFileSync(join(own, 'settlement', torn), now.get(torn)!.slice(0, 200))
        kept.delete(torn)
      }
    }
    const closing = ['proof.json', 'interest.json', ...[...WEIGH, ...CLOSING].map(key)]
    expect(stages, 'one more file each time, after and before those of the private folder').toEqual([
      [],
      ...[0, 1, 2, 3, 4].map((i) => [chunk(i)]),
      ...closing.map((name) => [name]),
      [],
    ])
    expect(unplaced, 'the file that was not in its place yet, which the next run removed').toEqual(
      stages.map(() => 1),
    )
    expect(JSON.parse(last.stdout)).toMatchObject({ chunks: CHUNKS, kept: CHUNKS })
    const finished = placed()
    for (const [name, text] of kept) expect(finished.get(name), name).toBe(text)
    expect([...finished.keys()].filter((name) => !kept.has(name))).toEqual(['settlement.json'])
    expect(finished.get('settlement.json')).toBe(placed(epoch(1)).get('settlement.json'))
    expect(finished.get(chunk(0)), 'control: proofs are made anew elsewhere').not.toBe(
      placed(epoch(1)).get(chunk(0)),
    )
    expect(leftovers()).toEqual([])

    const whole = await told('settlement', 'verify', ...verifying(1, own))
    expect([whole.code, whole.failed, whole.report.valid]).toEqual([0, [], true])
    // Of what was there before the last file, nothing is taken.
    const without = await told('settlement', 'verify', ...verifying(1, unfinished))
    expect([without.code, without.failed, without.report.shown]).toEqual([1, ['settlement'], []])
    const both = await told('verify', ...verifying(1, unfinished))
    expect([both.code, both.failed]).toEqual([1, ['settlement']])
    const alone = await told('verify', unfinished)
    expect([alone.code, alone.report.notes.join()]).toEqual([
      0,
      expect.stringContaining('settlement: not checked'),
    ])
  })
})
