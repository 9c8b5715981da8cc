import { cpSync, existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { plimsoll, temporaryFolder } from '../helpers/cli.js'
import { says } from '../helpers/says.js'

const folder = temporaryFolder()
const epoch = join(folder, 'epoch')
const pins = join(folder, 'pins.json')
const at = (name: string) => join(folder, name)
const INSTANCES = ['ledger-tiny-pledged', 'solvency-tiny-tiers']
const WRITTEN = 1_767_225_600

/** btc at 50,000 and eth at 2,000 USDT: 0.2 btc count in full, the next 0.2 for 90 %; 5 eth for 70 %. */
const TIERS = `symbol,usdt_price,loan_tiers_ratio,margin_tiers_ratio,portfolio_tiers_ratio
usdt,1,"[]","[]","[]"
btc,50000,"[0-10000:100,10000-20000:90]","[0-10000:80]","[]"
eth,2000,"[0-10000:70]","[]","[]"
`
const HEADER = `rn,id,${['usdt', 'btc', 'eth'].map((x) => `e_${x},d_${x},${x},vl_${x},m_${x},pm_${x}`).join(',')},total`
/** Of each asset what an account has, owes, and has pledged for loans and margin. */
type Cells = [equity: string, debt: string, loan: string, margin: string]
const NONE: Cells = ['0', '0', '0', '0']
const accountsFile = (rows: Record<string, [usdt: Cells, btc: Cells, eth: Cells]>) =>
  `${[
    HEADER,
    ...Object.entries(rows).map(([id, cells], i) =>
      [i + 1, id, ...cells.flatMap(([e, d, vl, m]) => [e, d, '0', vl, m, '0']), '0'].join(','),
    ),
  ].join('\n')}\n`
const ROWS: Parameters<typeof accountsFile>[0] = {
  // 0.4 btc of 0.61234567 in both tiers of loans: 10,000 + 9,000 USDT, and all of it is owed.
  'ada-4410': [['0', '19000', '0', '0'], ['0.61234567', '0', '0.45', '0'], NONE],
  'bob-7731': [['250000.00000001', '0', '0', '0'], NONE, NONE],
  'cyd-2093': [NONE, ['0.3', '0', '0', '0.1'], ['0.73519024', '0', '0', '0']],
  'dan-5512': [NONE, NONE, ['6.25', '0', '6', '0']],
  'eve-8080': [NONE, ['0', '0.1', '0', '0'], ['5', '0', '5', '0']],
}
const RESERVES = { usdt: '250000.00000001', btc: '0.91234567', eth: '11.98519024' }

const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'))
const TIME = ['--timestamp', String(WRITTEN)]
const proveArgs = (accounts: string, risk: string, out: string, time = TIME) => [
  ...['ledger', 'prove', '--accounts', accounts, '--risk', risk, '--out', out, '--venue', 'Tiny Exchange'],
  ...['--epoch', '2026-01', '--instance', 'ledger-tiny-pledged', '--json'],
  ...time,
]
const run = async (code: number, ...args: string[]) => {
  const done = await plimsoll(...args)
  expect(done.code, `${args.join(' ')}\n${done.stdout}${done.stderr}`).toBe(code)
  return done
}

beforeAll(async () => {
  writeFileSync(at('tiers.csv'), TIERS)
  writeFileSync(at('accounts.csv'), accountsFile(ROWS))
  writeFileSync(at('reserves.json'), JSON.stringify({ schema: 'plimsoll/reserves/1', reserves: RESERVES }))
  await run(0, 'setup', ...INSTANCES, '--pins', pins)
})

describe('an exchange with pledges and a tier table (cli.9, epoch.11)', () => {
  beforeAll(async () => {
    const ledger = await run(0, ...proveArgs(at('accounts.csv'), at('tiers.csv'), epoch))
    expect(JSON.parse(ledger.stdout)).toMatchObject({ accounts: 5, batches: 2 })
    expect(ledger.stderr).toMatch(/note: marks of 2026-01-01T00:00:00Z, \d+ days old/)
    const solvency = await run(
      0,
      'solvency',
      'prove',
      '--epoch',
      epoch,
      '--reserves',
      at('reserves.json'),
      '--json',
    )
    expect(JSON.parse(solvency.stdout)).toMatchObject({ verdict: 'solvent', scenarios: [] })
  })

  test('is proven from both files as they are, and verified from the public epoch alone', async () => {
    const { stdout } = await run(0, 'verify', epoch, '--pins', pins, '--json')
    const report = JSON.parse(stdout)
    expect(report).toMatchObject({ valid: true, venue: 'Tiny Exchange', batches: 2 })
    expect(report.checks.map(({ id }: { id: string }) => id)).toContain('scenario:collateral')
    const { instruments, timestamp } = json(join(epoch, 'risk.json'))
    expect(timestamp).toBe(WRITTEN)
    expect(instruments.map(({ symbol, tier }: { symbol: string; tier?: object }) => [symbol, tier])).toEqual([
      ['usdt', undefined],
      ['btc', undefined],
      ['btc:loan:1', { list: 'loan', width: '0.2' }],
      ['btc:loan:2', { list: 'loan', width: '0.2' }],
      ['btc:margin:1', { list: 'margin', width: '0.2' }],
      ['eth', undefined],
      ['eth:loan:1', { list: 'loan', width: '5' }],
    ])
  })

  test('goes on to the same epoch when it is run again, whenever the tier table was written, and not with prices of another time (epoch.9)', async () => {
    const copy = at('copy.csv')
    cpSync(at('tiers.csv'), copy)
    utimesSync(copy, WRITTEN + 1, WRITTEN + 1)
    const again = await run(0, ...proveArgs(at('accounts.csv'), copy, epoch))
    expect(JSON.parse(again.stdout)).toMatchObject({ batches: 2, kept: 2 })
    const later = ['--timestamp', String(WRITTEN + 1)]
    const other = await run(2, ...proveArgs(at('accounts.csv'), at('tiers.csv'), epoch, later))
    expect(JSON.parse(other.stdout).error).toMatchObject({ code: 'EPOCH_OTHER_RUN' })
    expect(JSON.parse(other.stdout).error.message).toContain('another risk table')
  })

  test('is refused with a wider tier beside the proofs (epoch.2)', async () => {
    const copy = at('wider')
    cpSync(epoch, copy, { recursive: true })
    const table = json(join(copy, 'risk.json'))
    table.instruments[2].tier.width = '0.3'
    writeFileSync(join(copy, 'risk.json'), `${JSON.stringify(table, null, 2)}\n`)
    const { stdout } = await run(1, 'verify', copy, '--pins', pins, '--json')
    const failed = JSON.parse(stdout).checks.filter(({ valid }: { valid: boolean }) => !valid)
    expect(failed.map(({ id }: { id: string }) => id)).toContain('risk-table')
  })

  test('shows a customer what is pledged, and in which tier (inclusion.1)', async () => {
    const file = at('ada.json')
    await run(
      0,
      'inclusion',
      'export',
      '--epoch',
      epoch,
      '--account',
      'ada-4410',
      '--accounts',
      at('accounts.csv'),
      '--out',
      file,
    )
    const { stdout } = await run(0, 'inclusion', 'verify', file, '--epoch', epoch, '--pins', pins, '--json')
    const tier = (number: number, percent: string) => ({ of: 'btc', list: 'loan', number, percent })
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'included', account: 'ada-4410' })
    expect(JSON.parse(stdout).balances).toEqual([
      { instrument: 'usdt', kind: 'spot', quantity: '-19000' },
      { instrument: 'btc', kind: 'spot', quantity: '0.21234567' },
      { instrument: 'btc:loan:1', kind: 'spot', quantity: '0.2', tier: tier(1, '100') },
      { instrument: 'btc:loan:2', kind: 'spot', quantity: '0.2', tier: tier(2, '90') },
    ])
    const shown = (await run(0, 'inclusion', 'verify', file, '--epoch', epoch, '--pins', pins)).stdout
    expect(shown).toMatch(/usdt +spot +-19000 +owed/)
    expect(shown).toMatch(/btc +spot +0\.21234567 +in no tier/)
    expect(shown).toMatch(/btc +spot +0\.2 +pledged: loan, tier 2, counts 90 %/)
  })
})

describe('an exchange that does not hold (solvency.12, cli.1)', () => {
  test('gets no proof when reserves are a smallest unit below what is owed in all tiers together', async () => {
    const thin = at('thin.json')
    writeFileSync(
      thin,
      JSON.stringify({ schema: 'plimsoll/reserves/1', reserves: { ...RESERVES, btc: '0.91234566' } }),
    )
    const before = readFileSync(join(epoch, 'manifest.json'), 'utf8')
    const { stdout } = await run(1, 'solvency', 'prove', '--epoch', epoch, '--reserves', thin, '--json')
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'SOLVENCY_SHORT',
      shortages: [{ symbol: 'btc', missing: '0.00000001' }],
    })
    expect(readFileSync(join(epoch, 'manifest.json'), 'utf8')).toBe(before)
    const check = await run(
      1,
      ...['solvency', 'check', '--accounts', at('accounts.csv'), '--risk', at('tiers.csv'), ...TIME],
      ...['--reserves', thin, '--json'],
    )
    expect(JSON.parse(check.stdout)).toMatchObject({
      valid: false,
      reasons: ['btc: reserves below what is owed', 'reserves are worth less than what is owed'],
    })
  })

  test('gets no proof when one account owes a smallest unit above its collateral, and nothing is written (privacy.7)', async () => {
    const [usdt, ...others] = ROWS['ada-4410']!
    const [equity, , ...pledges] = usdt
    const over: Cells = [equity, '19000.00000001', ...pledges]
    writeFileSync(at('over.csv'), accountsFile({ ...ROWS, 'ada-4410': [over, ...others] }))
    const out = at('over')
    const { stdout, stderr } = await run(1, ...proveArgs(at('over.csv'), at('tiers.csv'), out))
    const { error } = JSON.parse(stdout)
    expect(error).toMatchObject({ code: 'DEBT_ABOVE_COLLATERAL', where: `${at('over.csv')}:2` })
    expect(error.hint).toContain('plimsoll ledger check')
    expect(stdout + stderr).not.toMatch(/19000|ada-4410/)
    expect(existsSync(out) ? readdirSync(out) : []).toEqual([])

    const check = await run(
      1,
      'ledger',
      'check',
      '--accounts',
      at('over.csv'),
      '--risk',
      at('tiers.csv'),
      ...TIME,
      '--json',
    )
    expect(JSON.parse(check.stdout).findings).toMatchObject([
      { account: 'ada-4410', amounts: { debt: '19000.00000001', collateral: '19000' } },
    ])
    const books = await run(
      1,
      ...['solvency', 'check', '--accounts', at('over.csv'), '--risk', at('tiers.csv'), ...TIME],
      ...['--reserves', at('reserves.json'), '--json'],
    )
    expect(JSON.parse(books.stdout).reasons).toEqual([
      'accounts whose collateral is short: `plimsoll ledger check` names them',
    ])
  })
})

describe('an exchange with pledges under stress (solvency.5)', () => {
  test('is proven in the scenarios that `risk stress` adds to its tiers', async () => {
    const [plain, stressed, request, insured] = ['plain', 'stressed', 'stress', 'insured'].map((name) =>
      at(`${name}.json`),
    ) as [string, string, string, string]
    const written = await run(
      0,
      'risk',
      'tiers',
      '--tiers',
      at('tiers.csv'),
      '--timestamp',
      '1767225601',
      '--out',
      plain,
      '--json',
    )
    expect(JSON.parse(written.stdout)).toMatchObject({ timestamp: 1_767_225_601, assets: 3 })
    expect(JSON.parse(written.stdout).tiers).toContainEqual({
      symbol: 'btc:loan:2',
      width: '0.2',
      value: '45000',
    })
    writeFileSync(
      request,
      JSON.stringify({
        schema: 'plimsoll/stress/1',
        instruments: { usdt: { asset: 'USDT' }, btc: { asset: 'BTC' }, eth: { asset: 'ETH' } },
        scenarios: [
          { type: 'parallel', name: 'halved', price: '-0.5', stablecoin: '-0.02', volatility: '0' },
        ],
      }),
    )
    await run(0, 'risk', 'stress', '--risk', plain, '--stress', request, '--out', stressed)
    expect(json(stressed).scenarios.map(({ name }: { name: string }) => name)).toEqual([
      'collateral',
      'halved',
    ])
    expect(json(stressed).scenarios[1].values['btc:loan:2']).toBe('25000')

    const four = at('four.csv')
    const { 'bob-7731': _, ...rows } = ROWS
    writeFileSync(four, accountsFile(rows))
    const out = at('stressed')
    await run(0, ...proveArgs(four, stressed, out, []))
    // In the fall ada is worth 0.61234567 · 25,000 − 19,000 = −3,691.35825.
    const held = (fund: string) =>
      writeFileSync(
        insured,
        JSON.stringify({
          schema: 'plimsoll/reserves/1',
          reserves: { btc: '0.91234567', eth: '11.98519024' },
          insurance: { usdt: fund },
        }),
      )
    const check = async (code: number) =>
      JSON.parse(
        (
          await run(
            code,
            ...['solvency', 'check', '--accounts', four, '--risk', stressed],
            ...['--reserves', insured, '--json'],
          )
        ).stdout,
      )
    held('3691.35824999')
    expect((await check(1)).reasons).toEqual([
      'scenario halved: the layers do not cover the 2 largest shortfalls',
    ])
    held('3691.35825')
    expect(await check(0)).toMatchObject({
      accounts: { accounts: 4, invalid: 0, underwater: 1 },
      scenarios: [{ scenario: 'halved', shortfalls: '3691.35825', uncovered: '0' }],
    })
    const solvency = await run(0, 'solvency', 'prove', '--epoch', out, '--reserves', insured, '--json')
    expect(JSON.parse(solvency.stdout)).toMatchObject({ verdict: 'solvent', scenarios: ['halved'] })
    const { stdout } = await run(0, 'verify', out, '--pins', pins, '--json')
    const scenarios = JSON.parse(stdout).checks.filter(({ id }: { id: string }) => id.startsWith('scenario:'))
    expect(scenarios.map(({ id }: { id: string }) => id)).toEqual(['scenario:collateral', 'scenario:halved'])
  })
})

test('the epoch of an exchange names no customer and no amount (privacy.1)', () => {
  const walk = (path: string): string[] =>
    statSync(path).isDirectory() ? readdirSync(path).flatMap((name) => walk(join(path, name))) : [path]
  const text = walk(epoch)
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n')
  for (const secret of [...Object.keys(ROWS), '61234567', '73519024', '250000.0'])
    expect(says(text, secret), secret).toBe(false)
})

test('a tier table whose prices nobody says the time of is refused: the file system does not know it (risk.13)', async () => {
  const out = at('timeless')
  const { stdout } = await run(2, ...proveArgs(at('accounts.csv'), at('tiers.csv'), out, []))
  expect(JSON.parse(stdout).error).toMatchObject({ code: 'TIERS_TIME', where: at('tiers.csv') })
  expect(JSON.parse(stdout).error.hint).toContain('--timestamp')
  const { stdout: twice } = await run(
    2,
    'ledger',
    'check',
    ...['--accounts', at('accounts.csv'), '--risk', join(epoch, 'risk.json'), ...TIME, '--json'],
  )
  expect(JSON.parse(twice).error).toMatchObject({ code: 'USAGE', where: '--timestamp' })
})

test('a time of prices in milliseconds is refused by name (risk.13)', async () => {
  const { stdout } = await run(
    2,
    ...proveArgs(at('accounts.csv'), at('tiers.csv'), at('late'), ['--timestamp', `${WRITTEN}000`]),
  )
  expect(JSON.parse(stdout).error.message).toContain('milliseconds')
})

test('a time of prices that is no time is refused, and nothing is written (cli.5)', async () => {
  const out = at('never.json')
  const { stdout } = await run(
    2,
    ...['risk', 'tiers', '--tiers', at('tiers.csv'), '--timestamp', '2026-01-01', '--out', out, '--json'],
  )
  expect(JSON.parse(stdout).error).toMatchObject({ code: 'USAGE', where: '--timestamp' })
  expect(existsSync(out)).toBe(false)
})
