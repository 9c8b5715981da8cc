import { execFile } from 'node:child_process'
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import { formatUnits, parseUnits } from 'viem'
import { beforeAll, describe, expect, test } from 'vitest'
import { parsePins } from '../../src/bundle/index.js'
import { openEpoch } from '../../src/epoch/index.js'
import { verifyInclusion, withStatement } from '../../src/inclusion/index.js'
import { folderSource } from '../../src/inputs/index.js'
import { check } from '../../src/web/inclusion/check.js'
import { verdictOf } from '../../src/web/inclusion/words.js'
import { plimsoll, plimsollIn, type Run, TEST_CACHE, temporaryFolder } from '../helpers/cli.js'
import { EXAMPLES } from '../helpers/commands.js'
import { says } from '../helpers/says.js'

/** What Alice sees of one day. */
const ALICE = [
  ['USDC', 'opening', '2026-01-01', '1000'],
  ['USDC', 'transfers', '2026-01-02', '250'],
  ['USDC', 'transfers', '2026-01-02', '-50'],
  ['USDC', 'fees', '2026-01-02', '-1.5'],
  ['USDC', 'trades', '2026-01-02', '-970'],
  ['USDC', 'accruals', '2026-01-02', '0.2'],
  ['USDC', 'allocations', '2026-01-02', '-5'],
  ['USDC', 'closing', '2026-01-02', '223.7'],
  ['BTC', 'opening', '2026-01-01', '0.5'],
  ['BTC', 'trades', '2026-01-02', '0.01'],
  ['BTC', 'closing', '2026-01-02', '0.51'],
].map(([instrument, entry, epoch, quantity]) => ({ instrument, entry, epoch, quantity }))

interface Row {
  reason: string
}

/** The files of a folder by their paths in it. */
const filesOf = (folder: string) =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .map((path) => [relative(folder, path), new Blob([readFileSync(path)])]),
  )

describe('demo (cli.11)', () => {
  const folder = temporaryFolder()
  const out = join(folder, 'demo')
  const [example, ...next] = EXAMPLES.filter(({ shownBy }) => shownBy === 'demo')
  const proofNames = ['ledger 1', 'ledger 2', 'ledger 3', 'solvency', 'margin 1', 'margin 2', 'liquidation 1']
  let run: Run
  let summary: ReturnType<typeof JSON.parse>
  beforeAll(async () => {
    run = await plimsollIn(folder, ...example!.words.slice(1), '--json')
    expect(run.code, run.stderr).toBe(0)
    summary = JSON.parse(run.stdout)
  })

  test('finds the example venue solvent in every scenario, in TypeScript and on a local chain (proof.1)', () => {
    expect(summary).toMatchObject({ verdict: 'solvent', keyKind: 'development', onchain: { valid: true } })
    expect(summary.scenarios).toEqual([
      '2020-03-12-covid',
      '2025-10-10-liquidations',
      'upside-extremes',
      'usdt-to-half',
    ])
    expect(summary.proofs.map((p: { name: string }) => p.name)).toEqual(proofNames)
    for (const proof of summary.proofs) {
      expect(proof.constraints).toBeGreaterThan(1000)
      expect(proof.seconds).toBeGreaterThan(0)
    }
    const { gas } = summary.onchain as { gas: Record<string, number> }
    expect(gas['verify ledger-4-16-s4']).toBeGreaterThan(150_000)
    const batch = gas['verifyBatch ledger-4-16-s4, 2 proofs']!
    expect(batch).toBeGreaterThan(gas['verify ledger-4-16-s4']!)
    expect(batch).toBeLessThan(2 * gas['verify ledger-4-16-s4']!)
    const instances = summary.proofs.map(({ instance }: { instance: string }) => instance)
    expect(instances.slice(0, 4), 'plain and stressed batches in one chain').toEqual([
      ...['ledger-4-16', 'ledger-4-16-s4', 'ledger-4-16-s4', 'solvency-16-s4'],
    ])
    expect(run.stderr).toContain('WARNING: development keys')
  })

  test('a trader proves maintenance and 1.5 times it to a gate; one who is short is told by how much, and gets no proof (margin.13)', () => {
    const { proven, short } = summary.margin
    expect(proven.map((p: { times: string }) => p.times)).toEqual(['1', '1.5'])
    expect(proven.every((p: { recorded: boolean }) => p.recorded)).toBe(true)
    expect(proven[0].handle).toBe(proven[1].handle)
    // 25 ether short at 3,312.75: the larger extreme, a doubling at a fifth, less 9,100 of equity.
    expect(short).toEqual({
      required: expect.stringMatching(/^16563\.75/),
      equity: '9100',
      missing: expect.stringMatching(/^7463\.75/),
      quote: 'USD',
    })
  })

  test('the trader who is short is liquidated in part, in the epoch and at a gate; the other, more than restores, and the leaf again get no proof (liquidation.10, liquidation.12, liquidation.15)', () => {
    const { refused, shown, instance } = summary.liquidation
    expect(refused.map(({ why }: { why: string }) => why)).toEqual([
      'the account was not below the trigger',
      'more is closed than restores the target',
      'this leaf has the proof of a liquidation already',
    ])
    expect(shown[0]).toContain('Proven of one account')
    expect(instance).toBe('liquidation-4')
    // A gate on the local chain has the same proof on record, and refused it a second time.
    expect(summary.liquidation.gas).toBeGreaterThan(300_000)
  })

  test('takes the epoch to a registry; a tripped breaker and time suspend venue and margin by themselves (gate.17)', () => {
    const { contracts, gas, moments } = summary.chain
    expect(new Set(Object.values(contracts)).size).toBe(4)
    expect(
      moments.map(({ status, margin }: { status: string; margin?: object }) => [status, margin]),
    ).toEqual([
      ['never', undefined],
      ['solvent', undefined],
      ['solvent', { until: expect.any(Number) }],
      ['suspended', { why: 'roots-withdrawn' }],
      ['solvent', { until: expect.any(Number) }],
      ['stale', { why: 'roots-over' }],
    ])
    expect(moments.at(-1).hours).toBe(24)
    expect(gas['SolvencyRegistry finalize']).toBeGreaterThan(300_000)
    expect(gas['SolvencyRegistry submitBatches, 2 of ledger-4-16-s4']).toBeGreaterThan(250_000)
  })

  test('shows one instrument by an address whose key signed and whose balance is proven, checked without a network (reserves.1)', async () => {
    expect(summary.evidence).toMatchObject({
      ...{ instrument: 'ETH', proven: '10000', enough: true, verdict: 'shown' },
      block: { chain: 'eip155:31337', height: 1 },
    })
    const again = await plimsoll('reserves', 'check', join(out, 'evidence'), '--epoch', join(out, 'epoch'))
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining("ON THE VENUE'S WORD")])
  })

  test('the same venue with a thin insurance fund fails one scenario, by name and amount, and gets no proof (solvency.12)', () => {
    const { scenarios, thin } = summary.stress
    for (const { owed, held } of scenarios) expect(Number(held)).toBeGreaterThan(Number(owed))
    expect(thin).toEqual([
      { scenario: '2020-03-12-covid', missing: expect.stringMatching(/^635876\./), quote: 'USD' },
    ])
  })

  describe('a small venue that is settled from one day to the next', () => {
    const at = (...path: string[]) => join(out, 'settlement', ...path)
    const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'))
    const example = (...path: string[]) => join('examples/two-days', ...path)
    const both = ['--epoch', at('after'), '--previous', at('before'), '--pins', at('pins.json')]
    /** The report of a file, its exit code and what fails. */
    const told = async (file: string, args: readonly string[] = both) => {
      const { code, stdout } = await plimsoll('inclusion', 'verify', file, ...args, '--json')
      const report = JSON.parse(stdout)
      const failed = report.checks.filter(({ valid }: { valid: boolean }) => !valid)
      return { code, report, failed: failed.map(({ id }: { id: string }) => id) }
    }
    const written = (name: string, file: unknown) => {
      writeFileSync(at(name), JSON.stringify(file))
      return at(name)
    }
    const since = [
      ...['--accounts', example('after/accounts.csv'), '--previous', at('before')],
      ...['--previous-accounts', example('before/accounts.csv')],
    ]

    test('is proven to follow; a trade that is booked to somebody else is not taken (settlement.58)', () => {
      const { shown, statement, refused, proofs } = summary.settlement
      expect(proofs).toBeGreaterThan(9)
      expect(shown.join(' ')).toContain('Customers bear a loss')
      expect(refused[0].why).toMatch(/BTC does not balance for 2 accounts/)
      expect(refused[1].why).toBe('USDC in epoch 2026-01-02: 1.5 less than opening and movements come to.')
      expect(statement).toEqual(ALICE)
    })

    test('inclusion verify adds up the statement of account, and the page tells the same (settlement.56, settlement.57)', async () => {
      const file = at('inclusion-alice.json')
      const { code, report, failed } = await told(file)
      expect([code, report.verdict, failed]).toEqual([0, 'included', []])
      expect(report.statement).toMatchObject({ verdict: 'adds up', lines: ALICE, differences: [] })
      expect(report.statement.words.join(' ')).toContain('Customers bear a loss in epoch 2026-01-02')
      const shown = await plimsoll('inclusion', 'verify', file, ...both)
      expect(shown.stdout).toContain(
        'THE STATEMENT OF ACCOUNT ADDS UP: epoch 2026-01-01 to epoch 2026-01-02.',
      )
      expect(shown.stdout).toMatch(/USDC +deposits and withdrawals +2026-01-02 +-50\n/)
      const place = (name: string) => ({ name, files: filesOf(at(name)) })
      const named = (name: string) => ({ name, content: new Blob([readFileSync(at(name))]) })
      const page = await check(
        {
          account: 'alice',
          file: { opened: named('inclusion-alice.json') },
          against: { epoch: place('after'), production: false },
          before: [place('before')],
          pins: named('pins.json'),
        },
        () => {},
      )
      expect(JSON.parse(page.json).statement).toEqual(report.statement)
      // Without the epoch before, the account is counted, and it is said what is not checked.
      const alone = await told(file, ['--epoch', at('after'), '--pins', at('pins.json')])
      expect([alone.code, alone.report.statement]).toEqual([0, undefined])
      expect(alone.report.notChecked.join(' ')).toContain('--previous (2026-01-01)')
    })

    test('a file that tells otherwise does not add up (settlement.56)', async () => {
      const file = json(at('inclusion-alice.json'))
      const [step] = file.settlements
      const rows = (keep: (row: Row) => boolean) => [{ ...step, rows: step.rows.filter(keep) }]
      const hidden = written('hidden.json', { ...file, settlements: rows(({ reason }) => reason !== 'fees') })
      const less = await told(hidden)
      expect([less.code, less.report.verdict, less.failed]).toEqual([1, 'included', ['statement-sums']])
      expect(less.report.statement.differences).toEqual([
        { instrument: 'USDC', epoch: '2026-01-02', quantity: '-1.5' },
      ])
      const text = await plimsoll('inclusion', 'verify', hidden, ...both)
      expect(text.stdout).toContain('THE STATEMENT OF ACCOUNT DOES NOT ADD UP')
      const lie = structuredClone(file)
      const fee = lie.settlements[0].rows.find(({ reason }: Row) => reason === 'fees')
      fee.slots[0].quantity = '-1'
      const other = await told(written('lie.json', lie))
      expect([other.code, other.report.statement.verdict, other.failed]).toEqual([
        ...[1, 'does not add up', ['statement-movements']],
      ])
      const origins = { pins: 'reader', isRootOfPage: false, isDemonstration: false } as const
      const { headline, cautions } = verdictOf(less.report, origins)
      expect([headline, cautions[0]]).toEqual([
        'Included',
        expect.stringContaining('Your statement of account does not add up. statement-sums'),
      ])
    })

    test('without a settlement, its key or its epochs nobody can tell, and the account stays counted (settlement.56)', async () => {
      const file = at('inclusion-alice.json')
      const cannot = async (code: number, failed: string, args: readonly string[], name = file) => {
        const found = await told(name, args)
        expect([found.code, found.report.verdict, found.report.statement]).toEqual([
          ...[code, 'included', expect.objectContaining({ verdict: 'cannot tell', lines: [] })],
        ])
        expect(found.failed.join(' ')).toContain(failed)
      }
      const unsettled = at('unsettled')
      cpSync(at('after'), unsettled, { recursive: true })
      rmSync(join(unsettled, 'settlement'), { recursive: true })
      await cannot(2, 'settlement:2026-01-02', ['--epoch', unsettled, ...both.slice(2)])
      const { 'weigh-tiny': _, ...keys } = json(at('pins.json')).keys
      const fewer = written('fewer.json', { schema: 'plimsoll/pins/2', keys })
      await cannot(3, 'settlement-key', [...both.slice(0, 4), '--pins', fewer])
      await cannot(2, 'statement-epochs', [
        '--epoch',
        at('after'),
        '--previous',
        at('after'),
        ...both.slice(4),
      ])
      const { settlements: __, ...plain } = json(file)
      await cannot(2, 'statement-epochs', both, written('plain.json', plain))
      expect(
        (await plimsoll('inclusion', 'verify', file, '--root', at('after'), '--previous', at('before'))).code,
      ).toBe(2)
    })

    test('every customer gets a statement that adds up, alone or with all; other rows are refused (settlement.55)', async () => {
      const exported = (...args: string[]) =>
        plimsoll('inclusion', 'export', '--epoch', at('after'), ...since, ...args)
      const all = await exported('--activity', example('activity'), '--all', '--out', at('all.jsonl'))
      expect(all.code, all.stderr).toBe(0)
      const files = readFileSync(at('all.jsonl'), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
      expect(files.map(({ account }) => account).sort()).toEqual([
        'alice',
        'bob',
        'carol',
        'dave',
        'eve',
        'frank',
      ])
      const pins = parsePins(readFileSync(at('pins.json'), 'utf8'), 'pins.json')
      const open = async (name: string) => {
        const source = folderSource(at(name))
        return { source, opened: await openEpoch(source, { pins }) }
      }
      const [now, before] = [await open('after'), await open('before')]
      for (const file of files) {
        const { statement } = await withStatement(verifyInclusion(file, now.opened), file, now, [before], {
          pins,
        })
        expect([file.account, statement?.verdict]).toEqual([file.account, 'adds up'])
        expect(file.settlements[0].before === null).toBe(file.account === 'frank')
      }
      const of = (account: string) => files.find((file) => file.account === account)
      const reasons = (account: string) => of(account).settlements[0].rows.map(({ reason }: Row) => reason)
      expect(reasons('dave')).toEqual(['accruals', 'liquidations'])
      expect(reasons('carol')).toEqual(['accruals', 'takers', 'allocations'])
      expect(of('alice')).toEqual(json(at('inclusion-alice.json')))
      // Of other rows than those that were settled, nothing is written.
      const other = await exported(
        '--activity',
        at('activity-misbooked'),
        '--account',
        'bob',
        '--out',
        at('bob.json'),
      )
      expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('EPOCH_OTHER_RUN')])
      const missing = await exported('--account', 'bob', '--out', at('bob.json'))
      expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('--activity')])
      expect(existsSync(at('bob.json'))).toBe(false)
      // Neither salts nor whose rows they are, nor what moved, is printed (privacy.1).
      const salts = files.flatMap(({ salt, settlements: [step] }) => [
        ...[salt, step.before?.salt ?? salt],
        ...step.rows.map((row: { salt: string }) => row.salt),
      ])
      const printed = [all, other, missing].map(({ stdout, stderr }) => stdout + stderr).join('\n')
      const marks = [...salts, 'carol', 'frank', '50263', '1369.25', '-970']
      expect(marks.filter((mark) => says(printed, mark))).toEqual([])
    })
  })

  test('what its help shows after it verifies what it left', async () => {
    expect(next.map(({ calls }) => calls)).toEqual(['verify', 'inclusion verify'])
    const [epoch, own] = next.map(({ words }) => plimsollIn(folder, ...words.slice(1)))
    const { code, stdout } = await epoch!
    expect(code).toBe(0)
    expect(stdout.trimEnd().endsWith('\nVALID')).toBe(true)
    expect(await own!).toMatchObject({ code: 0, stdout: expect.stringContaining('OF ACCOUNT ADDS UP') })
  })

  test('leaves an epoch and margin proofs that verify with the pins beside them, and contracts that name their keys', async () => {
    const pinned = ['--pins', join(out, 'pins.json'), '--json']
    const verified = await plimsoll('verify', join(out, 'epoch'), ...pinned)
    expect(verified.code, verified.stderr).toBe(0)
    const margin = await plimsoll(
      ...['margin', 'verify', join(out, 'margin-1.5.json'), '--epoch', join(out, 'epoch')],
      ...['--requirement', 'maintenance', '--times', '1.5', ...pinned],
    )
    expect(margin.code, margin.stdout).toBe(0)
    const pins = JSON.parse(readFileSync(join(out, 'pins.json'), 'utf8'))
    const source = readFileSync(join(out, 'contracts/Ledger416S4Verifier.sol'), 'utf8')
    expect(source).toContain(pins.keys['ledger-4-16-s4'].keyHash)
    expect(readFileSync(join(out, 'contracts/MarginGate.sol'), 'utf8')).toContain('contract MarginGate')
  })

  test('the library example proves and verifies on what the demo left', async () => {
    const env = { ...process.env, PLIMSOLL_CACHE: TEST_CACHE }
    const { stdout } = await promisify(execFile)(process.execPath, ['examples/margin/prove.mjs', out], {
      env,
    })
    expect(stdout).toContain(`meets 2 × maintenance; handle `)
  })

  test('the keeper of the examples sells the escrow of a loan that nobody proved again (example.13)', async () => {
    // As in a project that has the package: its name is that of the build.
    const env = {
      ...process.env,
      PLIMSOLL_CACHE: TEST_CACHE,
      TSX_TSCONFIG_PATH: 'examples/keeper/tsconfig.json',
    }
    const args = ['--import', 'tsx', 'examples/keeper/run.ts', out]
    const { stdout } = await promisify(execFile)(process.execPath, args, { env })
    const steps = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string> & { step: string })
    const of = (step: string) => steps.filter((each) => each.step === step)
    // The keeper has nothing, and sees the record at the gate end.
    expect(of('price fell')).toEqual([{ step: 'price fell', price: '1750', keeperHas: '0' }])
    expect(of('looked').map(({ record, standing, did }) => [record, standing, did])).toEqual([
      ['holds', 'backed', undefined],
      ['roots-over', 'grace', undefined],
      ['roots-over', 'lapsed', 'lapse'],
      ['roots-over', 'selling', 'redo'],
    ])
    const asked = of('waiting').map((each) => Number(each.asked))
    expect(asked.length).toBeGreaterThan(5)
    expect(asked).toEqual([...asked].sort((a, b) => b - a))
    const taken = of('taken').map(({ step, ...figures }) =>
      Object.fromEntries(Object.entries(figures).map(([name, text]) => [name, parseUnits(text, 18)])),
    )
    expect(taken).toHaveLength(2)
    for (const { cost, reward, discount, recovered, repaid } of taken) {
      expect(cost).toBe(reward! + discount!)
      expect(cost! < recovered!).toBe(true)
      expect(repaid! + reward! + discount!).toBe(recovered!)
    }
    const sum = (name: string) => taken.reduce((total, figures) => total + figures[name]!, 0n)
    const [over] = of('over')
    // The reward is 10 and 1 % of the debt of 1,507.50, and no discount is above 45 %.
    expect(over!.rewardMost).toBe('25.075')
    expect(sum('reward') <= parseUnits(over!.rewardMost!, 18)).toBe(true)
    for (const { discount, recovered } of taken) expect(discount! * 100n <= recovered! * 45n).toBe(true)
    expect(formatUnits(sum('repaid'), 18)).toBe(of('borrowed')[0]!.debt)
    // A fee of 7.5 for 1,500 of the 100,000 that there were.
    expect(over!.lenderHas).toBe('100007.5')
    expect(over!.traderGotBack).toBe(formatUnits(parseUnits('1', 18) - sum('taken'), 18))
    expect(over!.keeperEarned).toBe(formatUnits(sum('reward') + sum('profit'), 18))
    expect(over!.auctionHolds).toBe('0')
  })

  test('nothing public says what the traders hold (privacy.1)', () => {
    const { secret } = JSON.parse(readFileSync(join(out, 'venue/owner-desk-1.json'), 'utf8'))
    const { salt } = JSON.parse(readFileSync(join(out, 'inclusion-desk-1.json'), 'utf8'))
    for (const name of ['margin-1.json', 'margin-1.5.json', 'epoch/manifest.json', 'epoch/solvency.json']) {
      const text = readFileSync(join(out, name), 'utf8')
      const marks = [secret, salt, 'desk-00000', '48250', '120000000']
      expect(marks.filter((mark) => says(text, mark))).toEqual([])
    }
  })

  test('a shortened summary is a person’s table too', async () => {
    const text = await plimsoll('verify', join(out, 'epoch'))
    expect(text.stdout).toContain('3 proofs verify')
    expect(text.stdout).toContain('VALID')
  })
})
