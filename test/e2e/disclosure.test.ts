import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { audit as auditEpoch } from '../../src/audit/index.js'
import { type KeyPins, parsePins } from '../../src/bundle/index.js'
import { type Disclosure, type OpenedEpoch, openEpoch, verifyDisclosure } from '../../src/epoch/index.js'
import { openSource } from '../../src/inputs/index.js'
import { check } from '../../src/web/inclusion/check.js'
import { plimsoll, temporaryFolder } from '../helpers/cli.js'
import { STRESS_RISK } from '../helpers/stress-books.js'

const folder = temporaryFolder()
const at = (...path: string[]) => join(folder, ...path)
const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'))
const write = (path: string, value: unknown) => writeFileSync(path, JSON.stringify(value))
/** A file that a liar edits: anything may stand anywhere in it. */
// biome-ignore lint/suspicious/noExplicitAny: what is written into it is wrong on purpose
type Edited = any
const INSTANCES = ['ledger-tiny', 'ledger-tiny-stress', 'solvency-tiny-stress', 'disclosure-tiny-stress']

async function ran(...args: string[]) {
  const run = await plimsoll(...args)
  expect(run.code, run.stdout + run.stderr).toBe(0)
  return run
}

const disclose = (name: string, ...what: string[]) =>
  plimsoll(
    'solvency',
    'disclose',
    '--epoch',
    at('epoch'),
    '--pins',
    at('pins.json'),
    ...what,
    '--out',
    at(name),
  )

const verify = async (openings: string, epoch = 'epoch', ...more: string[]) => {
  const run = await plimsoll(
    ...['verify', at(epoch), '--pins', at('pins.json'), '--openings', at(openings), ...more, '--json'],
  )
  const report = JSON.parse(run.stdout)
  const failed = report.checks.filter((each: { valid: boolean }) => !each.valid)
  return { code: run.code, report, failed: failed.map(({ id }: { id: string }) => id) }
}

const audit = async (openings: string) => {
  const run = await plimsoll(
    ...['audit', at('epoch'), '--pins', at('pins.json'), '--development', '--openings', at(openings)],
    ...['--report', at(`${openings}.html`), '--json'],
  )
  const report = JSON.parse(run.stdout)
  const exceptions = report.procedures.filter(({ outcome }: { outcome: string }) => outcome === 'exception')
  return { code: run.code, report, exceptions: exceptions.map(({ id }: { id: string }) => id) }
}

/** What the page shows of a file, without a browser. */
async function page(openings: string, production = false) {
  const named = (name: string) => ({ name, content: new Blob([readFileSync(at(name))]) })
  const answered = await check(
    {
      account: 'bob',
      file: { opened: named('bob.json') },
      against: { epoch: named('epoch.zip'), production },
      pins: named('pins.json'),
      openings: named(openings),
    },
    () => {},
  )
  return answered.shown!
}

let pins: KeyPins
let opened: OpenedEpoch
let other: OpenedEpoch
beforeAll(async () => {
  write(at('risk.json'), STRESS_RISK)
  writeFileSync(
    at('accounts.csv'),
    [
      'account_id,instrument,quantity',
      ...['ann,BTC,2.5', 'bob,USDT,7', 'cat,USDT,50000.25', 'cat,PERP,1', 'dan,USDT,200000', 'dan,PERP,-1'],
      ...['eve,BTC,0.1', 'eve,USDT,-9000', ''],
    ].join('\n'),
  )
  const reserves = { schema: 'plimsoll/reserves/1', reserves: { BTC: '2.7', USDT: '260000' } }
  write(at('reserves.json'), { ...reserves, insurance: { USDT: '5000' } })
  write(at('richer.json'), { ...reserves, reserves: { BTC: '2.8', USDT: '260000' } })
  await ran('setup', ...INSTANCES, '--pins', at('pins.json'))
  for (const [name, epoch] of [
    ['epoch', '2026-09'],
    ['other', '2026-10'],
  ]) {
    await ran(
      ...[
        'ledger',
        'prove',
        '--accounts',
        at('accounts.csv'),
        '--risk',
        at('risk.json'),
        '--venue',
        'Example',
      ],
      ...['--epoch', epoch!, '--out', at(name!), '--instance', ...INSTANCES.slice(0, 3)],
    )
    await ran('solvency', 'prove', '--epoch', at(name!), '--reserves', at('reserves.json'))
  }
  await ran('epoch', 'pack', at('epoch'), '--out', at('epoch.zip'))
  await ran(
    ...['inclusion', 'export', '--epoch', at('epoch'), '--account', 'bob', '--accounts', at('accounts.csv')],
    ...['--out', at('bob.json')],
  )
  pins = parsePins(readFileSync(at('pins.json'), 'utf8'), 'pins.json')
  opened = await openEpoch(await openSource(at('epoch')), { pins })
  other = await openEpoch(await openSource(at('other')), { pins })
  const asked = ['--totals', '--reserves', at('reserves.json'), '--ratio', at('reserves.json')]
  expect(await disclose('totals.json', '--totals', '--instruments', 'PERP,BTC')).toMatchObject({ code: 0 })
  expect(await disclose('ratio.json', '--ratio', at('reserves.json'))).toMatchObject({ code: 0 })
  expect(await disclose('all.json', ...asked, '--instruments', 'BTC')).toMatchObject({ code: 0 })
})

describe('a venue shows chosen instruments and nothing else (disclosure.8)', () => {
  test('totals: those that are named, and no blind, of which nobody can try the others', async () => {
    const { venue, epoch, shown, hidden, proven, ...rest }: Disclosure = json(at('totals.json'))
    expect([venue, epoch, shown]).toEqual(['Example', '2026-09', ['totals of BTC', 'totals of PERP']])
    expect(hidden).toEqual(['totals', 'reserves', 'accounts', 'shortfalls'])
    expect(Object.keys(rest)).toEqual(['schema', 'manifest'])
    const { key: _, proof, ...amounts } = proven!
    expect(amounts).toEqual({ totals: { BTC: { long: '2.6', short: '0' }, PERP: { long: '1', short: '1' } } })
    expect(proof.signals.reservesCommitment).toBe('0')
    expect(readFileSync(at('totals.json'), 'utf8')).not.toMatch(/blind|"(?:250007|9000)[".]/)
    expect(statSync(at('totals.json')).mode & 0o777).toBe(0o600)
  })

  test('ratios: rounded down to a step, of all at mark or of each that is named', async () => {
    expect(json(at('ratio.json')).proven.ratio).toBe('1.03')
    expect(json(at('ratio.json')).shown).toEqual(['ratio at mark'])
    const { totals, reserves, ratios, ratio } = json(at('all.json')).proven
    expect({ totals, reserves, ratios, ratio }).toEqual({
      totals: { BTC: { long: '2.6', short: '0' } },
      reserves: { BTC: { reserves: '2.7', insurance: '0' } },
      ratios: { BTC: '1.03' },
    })
    const fine = ['--instruments', 'BTC,USDT', '--ratio', at('reserves.json'), '--step', '0.000001']
    expect((await disclose('fine.json', ...fine)).code).toBe(0)
    expect(json(at('fine.json')).proven.ratios).toEqual({ BTC: '1.038461', USDT: '1.039969' })
  })

  test('verify, audit and page find it proven, and say what it says', async () => {
    const verified = await verify('totals.json')
    expect([verified.code, verified.report.valid, verified.failed]).toEqual([0, true, []])
    expect(verified.report.shown).toEqual([
      'Proven: all accounts together hold 2.6 BTC, and owe or are short of 0.',
      'Proven: all accounts together hold 1 PERP, and owe or are short of 1.',
    ])
    const read = await ran('verify', at('epoch'), '--pins', at('pins.json'), '--openings', at('ratio.json'))
    expect(read.stdout).toContain(
      'Proven: at least 1.03 is committed to as held per unit of value owed, all spot instruments together at mark, with loans to customers as far as the policy counts them.',
    )
    const { code, report, exceptions } = await audit('all.json')
    expect([code, exceptions]).toEqual([0, []])
    expect(report.coverage[0]).toMatchObject({
      ...{ symbol: 'BTC', owed: '2.6', held: '2.7', ratio: '1.038461', atLeast: '1.03', grade: 'recomputed' },
    })
    expect(report.coverage[1]).not.toHaveProperty('owed')
    expect(report.figures).toContainEqual(
      expect.objectContaining({
        name: 'reserves and loans of BTC per unit owed',
        value: 'at least 1.03',
        grade: 'proven',
        basis: expect.stringContaining('loans to customers count as the policy says'),
      }),
    )
    // That they are committed to is proven; that they are there is not.
    expect(report.figures).toContainEqual(
      expect.objectContaining({
        name: 'reserves of BTC',
        grade: 'claimed',
        basis: expect.stringContaining('is the venue’s word'),
      }),
    )
    expect(JSON.stringify(report.attestation)).toContain('Hidden but of chosen instruments: see the figures.')
    expect(readFileSync(at('all.json.html'), 'utf8')).toContain('103.84 %')
    expect(await page('all.json')).toMatchObject({
      rows: [
        {
          ...{ symbol: 'BTC', owed: '2.6', lent: '0', reserves: '2.7', insurance: '0', ratio: '1.03' },
          known: ['proven'],
        },
      ],
    })
    expect(await page('ratio.json')).toMatchObject({ ratio: '1.03', rows: [] })
  })

  test('amounts without a ratio are never told as if nothing were owed (disclosure.10)', async () => {
    const amounts = ['--totals', '--reserves', at('reserves.json'), '--instruments', 'BTC']
    expect((await disclose('amounts.json', ...amounts)).code).toBe(0)
    const { report } = await audit('amounts.json')
    expect(report.coverage[0]).toMatchObject({ owed: '2.6', ratio: '1.038461', grade: 'recomputed' })
    expect(report.coverage[0]).not.toHaveProperty('atLeast')
    expect(readFileSync(at('amounts.json.html'), 'utf8')).not.toContain('nothing owed')
  })

  test('under a development key it is worth no more beside an epoch of ceremony keys (disclosure.10)', async () => {
    const ceremony = {
      transcript: '1'.repeat(64),
      powers: '2'.repeat(128),
      contributors: ['A'],
      beaconRound: 1,
    }
    const file = json(at('pins.json'))
    for (const name of INSTANCES.slice(0, 3))
      Object.assign(file.keys[name], { keyKind: 'ceremony', ceremony })
    write(at('mixed.json'), file)
    const run = (...more: string[]) =>
      plimsoll('verify', at('epoch'), '--pins', at('mixed.json'), ...more, '--json')
    const control = await run('--production')
    expect(control.code, control.stderr).toBe(0)
    expect(JSON.parse(control.stdout).keyKind).toBe('ceremony')
    const shown = await run('--openings', at('all.json'))
    expect([shown.code, JSON.parse(shown.stdout).keyKind]).toEqual([0, 'development'])
    expect(shown.stderr).toContain('development')
    expect((await run('--production', '--openings', at('all.json'))).code).toBe(3)
    const given = { pins: file.keys, development: true, version: '0' }
    const source = await openSource(at('epoch'))
    expect(await auditEpoch(source, given)).toMatchObject({ valid: true, keyKind: 'ceremony' })
    const audited = await auditEpoch(source, { ...given, disclosure: json(at('all.json')) })
    expect(audited).toMatchObject({ valid: true, keyKind: 'development' })
    expect(audited.meaning.join()).toContain('development keys')
    expect(await page('all.json')).toMatchObject({ keyKind: 'development' })
  })

  test('whole totals beside a ratio are opened, and the ratio proven', async () => {
    expect((await disclose('both.json', '--totals', '--ratio', at('reserves.json'))).code).toBe(0)
    const { shown, totals, proven }: Disclosure = json(at('both.json'))
    expect([shown, proven!.totals, totals!.amounts.USDT]).toEqual([
      ...[['totals', 'ratio at mark'], undefined, { long: '250007.25', short: '9000' }],
    ])
    expect((await verify('both.json')).failed).toEqual([])
    expect(await page('both.json')).toMatchObject({ ratio: '1.03', rows: { length: 3 } })
  })

  test('what cannot be shown is refused in words', async () => {
    const ratio = ['--ratio', at('reserves.json')]
    for (const [says, ...what] of [
      ['there is nothing to show', '--instruments', 'BTC'],
      ['DOGE: is not in the risk table', '--totals', '--instruments', 'BTC,DOGE'],
      ['PERP: nothing is held in reserve', ...ratio, '--instruments', 'PERP'],
      ['not the reserves that solvency was proven with', '--ratio', at('richer.json')],
      ['there is no ratio to show of BTC', ...ratio, '--instruments', 'BTC', '--step', '2'],
      ['multiple of zero', ...ratio, '--step', '0'],
      ['not a plain decimal number', ...ratio, '--step', 'x'],
    ]) {
      const { code, stderr } = await disclose('none.json', ...what)
      expect([code, stderr]).toEqual([2, expect.stringContaining(says!)])
    }
  })
})

describe('what is shown is bound to its epoch (disclosure.9)', { timeout: 120_000 }, () => {
  const failing = async (file: Disclosure, { read } = opened, trust = { pins, production: false }) => {
    const { checks, disclosed, exitCode } = await verifyDisclosure(file, read, trust)
    const failed = checks.filter(({ valid }) => !valid)
    expect(disclosed.chosen === undefined).toBe(failed.some(({ id }) => id === 'open-chosen'))
    return { ids: failed.map(({ id }) => id), details: failed.map(({ detail }) => detail), exitCode }
  }
  const changed = (name: string, change: (file: Edited) => void): Disclosure => {
    const file = json(at(name))
    change(file)
    return file
  }

  test('C37: any number that is changed, however little, any that is left out, and any that is put in', async () => {
    const all = (change: (proven: Edited) => void) => changed('all.json', ({ proven }) => change(proven))
    const lies = [
      all((p) => (p.ratios.BTC = '1.030001')),
      all((p) => (p.ratios.BTC = '1.029999')),
      all((p) => (p.totals.BTC.long = '2.60000001')),
      all((p) => (p.totals.BTC.short = '0.00000001')),
      all((p) => (p.reserves.BTC.reserves = '2.70000001')),
      all((p) => (p.reserves.BTC.insurance = '0.00000001')),
      all((p) => (p.ratio = '1')),
      all((p) => (p.ratios.USDT = '1')),
      all((p) => (p.totals.USDT = { long: '0', short: '0' })),
      all((p) => (p.totals.PERP = { long: '1', short: '1' })),
      all((p) => delete p.ratios),
      all((p) => delete p.totals),
      all((p) => (p.totals = { USDT: p.totals.BTC })),
      changed('ratio.json', ({ proven }) => (proven.ratio = '1.030001')),
      changed('totals.json', ({ proven }) => delete proven.totals.PERP),
    ]
    for (const [i, lie] of lies.entries()) {
      const { ids, details } = await failing(lie)
      expect([i, ids, details]).toEqual([i, ['open-chosen'], ["not the epoch's: shown"]])
    }
  })

  test('numbers that no proof could be about', async () => {
    const refused = async (change: (proven: Edited) => void, says: string) => {
      const { ids, details } = await failing(changed('all.json', ({ proven }) => change(proven)))
      expect([ids, details.join()]).toEqual([['open-chosen'], expect.stringContaining(says)])
    }
    await refused((p) => (p.ratios.DOGE = '1'), 'not a row of the risk table')
    await refused((p) => (p.ratios.PERP = '1'), 'no epoch commits to')
    await refused((p) => (p.reserves.PERP = { reserves: '1', insurance: '0' }), 'no epoch commits to')
    await refused((p) => (p.totals.PERP = { long: '1', short: '2' }), 'longs and shorts of a derivative')
    await refused((p) => (p.ratios.BTC = '5000'), 'is above 4294.967295')
    await refused((p) => (p.ratios.BTC = '0'), 'a ratio of zero says nothing')
    await refused((p) => (p.ratios.BTC = '1.0300001'), 'decimals')
    await refused((p) => (p.totals.BTC.long = `1${'0'.repeat(30)}`), 'does not stay below 2^98')
  })

  test('C38: beside another epoch, or with the other epoch’s names written in, it does not hold', async () => {
    expect((await failing(json(at('all.json')), other)).ids).toEqual(['open-epoch', 'open-chosen'])
    const { manifestSha256: manifest } = other.report
    const moved = changed('all.json', (file) => Object.assign(file, { epoch: '2026-10', manifest }))
    expect(await failing(moved, other)).toMatchObject({
      ids: ['open-chosen'],
      details: ["not the epoch's: firstState, reservesCommitment, context"],
    })
    const renamed = changed('all.json', (file) => Object.assign(file, { venue: 'Another' }))
    expect((await failing(renamed)).ids).toEqual(['open-epoch'])
  })

  test('C39: signals that are the epoch’s, over a proof that is not', async () => {
    const lie = changed(
      'all.json',
      ({ proven }) => (proven.proof.proof = json(at('ratio.json')).proven.proof.proof),
    )
    expect(await failing(lie)).toMatchObject({ ids: ['open-chosen'], details: ['the proof does not verify'] })
    const own = changed('totals.json', ({ proven }) => {
      proven.proof.signals.reservesCommitment = json(at('all.json')).proven.proof.signals.reservesCommitment
    })
    expect((await failing(own)).details).toEqual(["not the epoch's: reservesCommitment"])
  })

  test('a key that is not pinned, another statement, and a development key in production', async () => {
    const { 'disclosure-tiny-stress': _, ...others } = pins
    expect(await failing(json(at('all.json')), opened, { pins: others, production: false })).toMatchObject({
      ...{ ids: ['open-key', 'open-chosen'], exitCode: 3 },
    })
    expect((await failing(json(at('all.json')), opened, { pins, production: true })).ids).toEqual([
      ...['open-key', 'open-chosen'],
    ])
    const key = json(at('epoch/keys/solvency-tiny-stress.json'))
    expect((await failing(changed('all.json', ({ proven }) => (proven.key = key)))).ids).toContain('open-key')
    for (const [instance, says] of [
      ['disclosure-tiny', "its sizes are not the epoch's"],
      ['solvency-tiny-stress', 'it is not a proof of a disclosure'],
      ['nothing', 'not an instance that this version knows'],
    ]) {
      const lie = changed('all.json', ({ proven }) => (proven.proof.instance = instance))
      expect((await failing(lie)).details[0]).toContain(says)
    }
  })

  test('verify, audit and page refuse it, and a page is not built with it', async () => {
    const lie = changed('all.json', ({ proven }) => (proven.ratios.BTC = '1.030001'))
    write(at('lie.json'), lie)
    const verified = await verify('lie.json')
    expect([verified.code, verified.report.valid, verified.failed]).toEqual([1, false, ['open-chosen']])
    expect(verified.report.shown).toEqual([])
    const { code, exceptions, report } = await audit('lie.json')
    expect([code, exceptions]).toEqual([1, ['open-chosen']])
    expect(report.coverage[0]).not.toHaveProperty('atLeast')
    expect(await page('lie.json')).toMatchObject({ rows: [] })
    expect((await page('all.json', true)).rows).toEqual([])
    const build = ['web', 'build', '--epoch', at('epoch.zip'), '--pins', at('pins.json'), '--out', at('page')]
    const built = await plimsoll(...build, '--openings', at('lie.json'))
    expect([built.code, built.stderr]).toEqual([2, expect.stringContaining('open-chosen')])
    const alone = await plimsoll('verify', at('epoch/solvency.json'), '--openings', at('all.json'))
    expect([alone.code, alone.stderr]).toEqual([2, expect.stringContaining('--openings')])
  })

  test('a file that does not say what it shows, or says it twice, is none', async () => {
    for (const [change, says] of [
      [
        (file: Edited) => (file.shown = ['totals of BTC', 'reserves of BTC']),
        'has to name what the file shows',
      ],
      [(file: Edited) => file.shown.push('ratio at mark'), 'has to name what the file shows'],
      [(file: Edited) => file.shown.push('ratio of BTC'), 'has to name what the file shows'],
      [(file: Edited) => (file.hidden = ['reserves', 'accounts', 'shortfalls']), 'has to name everything'],
      [(file: Edited) => (file.proven.ratios = {}), 'must not be empty'],
    ] as const) {
      write(at('wrong.json'), changed('all.json', change))
      const { code, stderr } = await plimsoll(
        'verify',
        at('epoch'),
        '--pins',
        at('pins.json'),
        '--openings',
        at('wrong.json'),
      )
      expect([code, stderr]).toEqual([2, expect.stringContaining(says)])
    }
    const twice = readFileSync(at('all.json'), 'utf8').replace('"ratios": {', '"ratios": {"BTC": "1.03",')
    writeFileSync(at('wrong.json'), twice)
    expect(
      (await plimsoll('verify', at('epoch'), '--pins', at('pins.json'), '--openings', at('wrong.json'))).code,
    ).toBe(2)
  })
})
