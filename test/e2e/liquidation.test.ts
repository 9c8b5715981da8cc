import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { startChromium } from '../../scripts/chromium.js'
import { VECTORS } from '../../scripts/conformance/vectors.js'
import { filesIn } from '../../scripts/conformance/write.js'
import { MARGIN_TABLE } from '../../scripts/soundness/samples/margin-files.js'
import { bytesSource, parsePins } from '../../src/bundle/index.js'
import {
  type OpenedEpoch,
  openEpoch,
  parseLiquidation,
  verifyLiquidation,
  verifyLiquidations,
} from '../../src/epoch/index.js'
import { inclusionSigner, parseInclusion } from '../../src/inclusion/index.js'
import { openSource } from '../../src/inputs/index.js'
import { formatRiskTable } from '../../src/risk/index.js'
import { FULL_RESERVES, liquidationContext } from '../../src/statements/index.js'
import { check } from '../../src/web/inclusion/check.js'
import { verdictOf } from '../../src/web/inclusion/words.js'
import { plimsoll, plimsollIn, temporaryFolder } from '../helpers/cli.js'
import { EXAMPLES } from '../helpers/commands.js'
import { verifyIndependently } from '../helpers/independent-verifier.js'

const folder = temporaryFolder()
const at = (...path: string[]) => join(folder, ...path)
const text = (path: string) => readFileSync(path, 'utf8')
const json = (path: string) => JSON.parse(text(path))
const write = (path: string, value: unknown) => writeFileSync(path, JSON.stringify(value))
/** A file that a liar edits: anything may stand anywhere in it. */
// biome-ignore lint/suspicious/noExplicitAny: what is written into it is wrong on purpose
type Edited = any

const INSTANCES = ['ledger-tiny', 'ledger-tiny-stress', 'solvency-tiny-stress', 'liquidation-tiny']
const LIQUIDATION = {
  ...{ requirement: 'maintenance', cash: 'USDC', trigger: '1', target: '1.2', backstop: '0.5' },
  ...{ penalty: '0.01', takeoverPenalty: '0.02', overshoot: '10' },
}
/** 2,425 is required of the short, who has 2,000; the long has enough. */
const ROWS = [
  ['short-4711', 'USDC', '2000'],
  ['short-4711', 'BTC-PERP', '-1'],
  ['long-0815', 'USDC', '50000'],
  ['long-0815', 'BTC-PERP', '1'],
]
/** Three tenths bought back for 200 more than their mark: 1 % of 29,100 is 291. */
const MOVED = { 'BTC-PERP': '0.3', USDC: '-200' }

async function ran(...args: string[]) {
  const run = await plimsoll(...args)
  expect(run.code, run.stdout + run.stderr).toBe(0)
  return run
}

const moved = (name: string, changes: object) => write(at(name), { schema: 'plimsoll/moved/1', changes })
const prove = (account: string, what: string, ...more: string[]) =>
  plimsoll(
    ...['liquidation', 'prove', '--epoch', at('epoch'), '--pins', at('pins.json')],
    ...['--account', at(account), '--moved', at(what), '--json', ...more],
  )
const exported = (account: string, out: string, ...more: string[]) =>
  ran(
    ...['inclusion', 'export', '--epoch', at('epoch'), '--account', account],
    ...['--accounts', at('accounts.csv'), '--out', at(out), ...more],
  )

/** Runs the example of a command's help as it is shown, in the folder. */
async function example(verb: 'prove' | 'verify'): Promise<string> {
  const { words } = EXAMPLES.find(({ shownBy }) => shownBy === `liquidation ${verb}`)!
  const run = await plimsollIn(folder, ...words.slice(1), '--json')
  expect(run.code, run.stdout + run.stderr).toBe(0)
  return run.stdout
}

/** A command that verifies, its report, and what fails in it. */
async function verified(...args: string[]) {
  const run = await plimsoll(...args, '--pins', at('pins.json'), '--json')
  const report = JSON.parse(run.stdout)
  const list: { id: string; valid: boolean; outcome?: string }[] = report.checks ?? report.procedures ?? []
  const failed = list.filter(({ valid, outcome }) => valid === false || outcome === 'exception')
  return { code: run.code, report, failed: failed.map(({ id }) => id) }
}

let proof: string
let opened: OpenedEpoch
const pins = () => parsePins(text(at('pins.json')), 'pins.json')

beforeAll(async () => {
  const scenario = (name: string, perp: string) => ({
    name,
    values: { USDC: '1', BTC: '97000', 'BTC-PERP': perp },
  })
  const file = JSON.parse(formatRiskTable(MARGIN_TABLE))
  write(at('risk.json'), { ...file, scenarios: [scenario('at mark', '0'), scenario('BTC +1 %', '970')] })
  writeFileSync(
    at('accounts.csv'),
    `account_id,instrument,quantity\n${ROWS.map((row) => row.join()).join('\n')}\n`,
  )
  write(at('reserves.json'), { schema: 'plimsoll/reserves/1', reserves: { USDC: '52000' } })
  write(at('policy.json'), { ...FULL_RESERVES, liquidation: LIQUIDATION })
  await ran('setup', ...INSTANCES, '--pins', at('pins.json'))
  await ran(
    ...['ledger', 'prove', '--accounts', at('accounts.csv'), '--risk', at('risk.json')],
    ...['--venue', 'Short Venue', '--epoch', '2026-01', '--instance', ...INSTANCES.slice(0, 3)],
    ...['--out', at('epoch')],
  )
  await ran(
    ...['solvency', 'prove', '--epoch', at('epoch'), '--reserves', at('reserves.json')],
    ...['--policy', at('policy.json')],
  )
  await exported('short-4711', 'short.json')
  await exported('long-0815', 'long.json')
  moved('moved.json', MOVED)
  for (const place of ['epoch', 'epoch.private']) {
    cpSync(at(place), at(place.replace('epoch', 'gated')), { recursive: true })
  }
})

describe('liquidation prove refuses before it proves, and writes nothing (liquidation.10)', () => {
  const refused = async (code: 1 | 2, error: string, ...args: Parameters<typeof prove>) => {
    const run = await prove(...args)
    expect([run.code, run.stdout + run.stderr]).toEqual([code, expect.stringContaining(error)])
    expect(existsSync(at('epoch', 'liquidations'))).toBe(false)
    expect(existsSync(at('epoch.private', 'liquidations'))).toBe(false)
    // Neither what is held nor what moved, nor whose it is.
    expect(JSON.stringify(JSON.parse(run.stdout).error)).not.toMatch(/4711|0815|2000|0\.3|291/)
    return run.stdout + run.stderr
  }

  test('an account that is not below, a position that grows, more than restores, and the penalty', async () => {
    moved('long-moved.json', { 'BTC-PERP': '-0.3' })
    expect(await refused(1, 'LIQUIDATION_REFUSED', 'long.json', 'long-moved.json')).toContain('not below')
    moved('grown.json', { 'BTC-PERP': '-0.3' })
    expect(await refused(1, 'LIQUIDATION_REFUSED', 'short.json', 'grown.json')).toContain('opens, grows')
    moved('beyond.json', { 'BTC-PERP': '1.1' })
    expect(await refused(1, 'LIQUIDATION_REFUSED', 'short.json', 'beyond.json')).toContain('changes its side')
    moved('more.json', { 'BTC-PERP': '0.5', USDC: '-200' })
    expect(await refused(1, 'LIQUIDATION_REFUSED', 'short.json', 'more.json')).toContain(
      'restores the target',
    )
    moved('dear.json', { 'BTC-PERP': '0.3', USDC: '-291.000001' })
    expect(await refused(1, 'LIQUIDATION_REFUSED', 'short.json', 'dear.json')).toContain('penalty')
    expect(await refused(1, 'LIQUIDATION_REFUSED', 'short.json', 'moved.json', '--takeover')).toContain(
      'backstop',
    )
  })

  test('fills of what is not there, and files that are none', async () => {
    moved('foreign.json', { 'DOGE-PERP': '1' })
    await refused(2, 'LIQUIDATION_MOVED', 'short.json', 'foreign.json')
    moved('opened.json', { BTC: '0.001', USDC: '-97' })
    await refused(2, 'LIQUIDATION_INSTRUMENT', 'short.json', 'opened.json')
    moved('zero.json', { 'BTC-PERP': '0' })
    await refused(2, 'LIQUIDATION_MOVED', 'short.json', 'zero.json')
    write(at('none.json'), { schema: 'plimsoll/moved/1', changes: { USDC: '1' }, besides: 4711 })
    await refused(2, 'LIQUIDATION_MOVED', 'short.json', 'none.json')
    await refused(2, 'JSON_SCHEMA', 'moved.json', 'moved.json')
    write(at('other.json'), { ...json(at('short.json')), salt: '1' })
    await refused(2, 'LIQUIDATION_ACCOUNT', 'other.json', 'moved.json')
    write(at('later.json'), { ...json(at('short.json')), epoch: '2026-02' })
    await refused(2, 'LIQUIDATION_ACCOUNT', 'later.json', 'moved.json')
    await refused(2, 'LIQUIDATION_INSTANCE', 'short.json', 'moved.json', '--instance', 'ledger-tiny')
  })

  test('a policy that says nothing of liquidations', async () => {
    const { liquidation: _, ...silent } = json(at('epoch', 'policy.json'))
    const policy = text(at('epoch', 'policy.json'))
    writeFileSync(at('epoch', 'policy.json'), `${JSON.stringify(silent, null, 2)}\n`)
    await refused(2, 'LIQUIDATION_POLICY', 'short.json', 'moved.json')
    writeFileSync(at('epoch', 'policy.json'), policy)
  })
})

describe('a liquidation that was proven (liquidation.11)', () => {
  beforeAll(async () => {
    copyFileSync(at('short.json'), at('inclusion.json'))
    mkdirSync(at('examples/venue'), { recursive: true })
    moved('examples/venue/moved-desk-2.json', MOVED)
    proof = resolve(folder, JSON.parse(await example('prove')).proof)
    opened = await openEpoch(await openSource(at('epoch')), { pins: pins() })
  })

  test('lies in the epoch under its nullifier, and shows nothing of the account; the record is private', () => {
    const [name] = readdirSync(at('epoch', 'liquidations'))
    expect(BigInt(`0x${name!.slice(0, 64)}`).toString()).toBe(json(proof).proof.signals.nullifier)
    expect(text(proof)).toBe(text(at('liquidation.json')))
    const { key: _, ...shown } = json(proof)
    expect(JSON.stringify(shown)).not.toMatch(/short-|USDC|PERP|"0\.3"|"-/)
    const record = at('epoch.private', 'liquidations', name!)
    expect(statSync(record).mode & 0o777).toBe(0o600)
    expect(json(record)).toMatchObject({ account: 'short-4711' })
  })

  test('is verified with the epoch by verify and audit, in words that say no more than was checked', async () => {
    const { code, report } = await verified('verify', at('epoch'))
    expect([code, report.valid]).toEqual([0, true])
    expect(report.shown.join(' ')).toContain('Proven of one account of the epoch')
    expect(report.shown.join(' ')).toContain('Not shown: whose')
    const audit = await verified('audit', at('epoch'), '--development')
    expect([audit.code, audit.failed]).toEqual([0, []])
    expect(audit.report.meaning.join(' ')).toContain('Proven of one account')
    expect(audit.report.policy.join(' ')).toContain('proven of a liquidation that has its proof')
    // The archive has it, too.
    await ran('epoch', 'pack', at('epoch'), '--out', at('epoch.zip'))
    const packed = await verified('verify', at('epoch.zip'))
    expect([packed.code, packed.report.shown]).toEqual([0, report.shown])
    // The manifest does not name it: without it, the epoch is the same.
    cpSync(at('epoch'), at('without'), { recursive: true })
    rmSync(at('without', 'liquidations'), { recursive: true })
    const without = await verified('verify', at('without'))
    expect([without.code, without.report.shown]).toEqual([0, undefined])
    const compared = await verified('audit', at('epoch'), '--development', '--compare', at('without'))
    expect([compared.code, compared.failed]).toEqual([0, []])
  })

  test('liquidation verify shows what moved to whoever has the record, and to nobody else', async () => {
    const name = readdirSync(at('epoch', 'liquidations'))[0]!
    const alone = await verified('liquidation', 'verify', proof, '--epoch', at('epoch'))
    expect([alone.code, alone.report.valid, alone.report.moved]).toEqual([0, true, undefined])
    expect(JSON.parse(await example('verify'))).toEqual(alone.report)
    const record = at('epoch.private', 'liquidations', name)
    const known = await verified('liquidation', 'verify', proof, '--epoch', at('epoch'), '--record', record)
    expect(known.report.moved).toHaveLength(2)
    expect(known.report.moved).toEqual(
      expect.arrayContaining([
        { instrument: 'BTC-PERP', moved: '0.3' },
        { instrument: 'USDC', moved: '-200' },
      ]),
    )
    const lie = json(record)
    lie.moved.slots.find(({ quantity }: Edited) => quantity === '-200').quantity = '-100'
    write(at('lie.json'), lie)
    const told = await verified(
      'liquidation',
      'verify',
      proof,
      '--epoch',
      at('epoch'),
      '--record',
      at('lie.json'),
    )
    expect([told.code, told.failed, told.report.moved]).toEqual([1, ['liquidation-moved'], undefined])
  })

  test('a proof for a gate is of that gate on its chain alone (liquidation.15)', async () => {
    const [chainId, contract] = ['31337', `0x${'22'.repeat(20)}`] as const
    const gate = { chainId, contract }
    const half = await prove('short.json', 'moved.json', '--gate', contract)
    expect([half.code, half.stdout]).toEqual([2, expect.stringContaining('USAGE')])
    const { proof: filed } = JSON.parse(
      (
        await ran(
          ...['liquidation', 'prove', '--epoch', at('gated'), '--pins', at('pins.json'), '--json'],
          ...['--account', at('short.json'), '--moved', at('moved.json')],
          ...['--gate', contract, '--chain-id', chainId],
        )
      ).stdout,
    )
    const file = json(filed)
    const purpose = { venue: 'Short Venue', epoch: '2026-01', chainId: 31_337n, contract }
    expect([file.gate, file.proof.signals.context]).toEqual([gate, `${liquidationContext(purpose)}`])
    const verifiedOf = (changed: object) => {
      write(at('gated.json'), { ...file, ...changed })
      return verified('liquidation', 'verify', at('gated.json'), '--epoch', at('epoch'))
    }
    expect(await verifiedOf({})).toMatchObject({ code: 0, report: { valid: true } })
    for (const changed of [
      { gate: undefined },
      { gate: { ...gate, chainId: '1' } },
      { gate: { ...gate, contract: `0x${'23'.repeat(20)}` } },
    ]) {
      expect(await verifiedOf(changed)).toMatchObject({ code: 1, failed: ['liquidation'] })
    }
  })

  test('the same leaf has no second proof, of whatever moved (liquidation.12)', async () => {
    moved('less.json', { 'BTC-PERP': '0.1' })
    const again = await prove('short.json', 'less.json')
    expect([again.code, again.stdout + again.stderr]).toEqual([
      2,
      expect.stringContaining('LIQUIDATION_DONE'),
    ])
    // Under another name it would count twice, of whatever moved.
    cpSync(at('epoch'), at('twice'), { recursive: true })
    copyFileSync(proof, at('twice', 'liquidations', `${'0'.repeat(63)}1.json`))
    const twice = await verified('verify', at('twice'))
    expect([twice.code, twice.failed, twice.report.shown]).toEqual([1, ['liquidation:0000000000000000'], []])
  })

  test("the customer's inclusion file tells the own liquidation, with the moved amounts (liquidation.13)", async () => {
    const before = await verified('inclusion', 'verify', at('short.json'), '--epoch', at('epoch'))
    expect([before.code, before.report.verdict]).toEqual([0, 'included'])
    expect(before.report.liquidation).toMatchObject({ valid: true, moved: [] })
    expect(before.report.liquidation.words.join(' ')).toContain('ask the venue')
    await exported('short-4711', 'told.json', '--key', 'examples/venue/signing-key.json')
    const { code, report } = await verified('inclusion', 'verify', at('told.json'), '--epoch', at('epoch'))
    expect([code, report.verdict]).toEqual([0, 'included'])
    expect(report.liquidation.moved).toEqual(
      expect.arrayContaining([
        { instrument: 'USDC', before: '2000', moved: '-200', after: '1800' },
        { instrument: 'BTC-PERP', before: '-1', moved: '0.3', after: '-0.7' },
      ]),
    )
    const words = report.liquidation.words.join(' ')
    expect(words).toContain('liquidated in part. It was short of 100 % of its maintenance requirement')
    expect(words).toContain(
      '29100 USD of it was closed, and it lost 200 USD by that; the policy lets 1 % be lost, 291 USD',
    )
    // The page answers the same, by the same functions.
    const named = (name: string) => ({ name, content: new Blob([readFileSync(at(name))]) })
    await ran('epoch', 'pack', at('epoch'), '--out', at('again.zip'))
    const page = await check(
      {
        account: 'short-4711',
        file: { opened: named('told.json') },
        against: { epoch: named('again.zip'), production: false },
        pins: named('pins.json'),
      },
      () => {},
    )
    expect(JSON.parse(page.json).liquidation).toEqual(report.liquidation)
    const browser = await startChromium()
    try {
      const shown = await browser.newPage()
      await shown.goto(new URL('../../dist/web/inclusion.html', import.meta.url).href)
      await shown.setInputFiles(
        '#pick',
        ['told.json', 'again.zip', 'pins.json'].map((name) => at(name)),
      )
      await shown.waitForSelector('#brought[aria-busy=false]')
      await shown.fill('#account', 'short-4711')
      await shown.click('#start')
      await shown.waitForSelector('#result:not([hidden])')
      expect(await shown.textContent('#verdict h2')).toBe('Included')
      expect(await shown.textContent('#json')).toBe(page.json)
      const said = await shown.textContent('main')
      for (const seen of ['BTC-PERP-10.3-0.7', 'USDC2000-2001800', ...report.liquidation.words]) {
        expect(said).toContain(seen)
      }
    } finally {
      await browser.close()
    }
    // What the venue signed is the file without it.
    const { liquidation: _, ...signed } = json(at('told.json'))
    expect(inclusionSigner(parseInclusion(text(at('told.json')), 'told.json'))).toBe(signed.signed.signer)
    // Nobody else's file has one.
    await exported('long-0815', 'long-again.json')
    expect(json(at('long-again.json')).liquidation).toBeUndefined()
    const other = await verified('inclusion', 'verify', at('long-again.json'), '--epoch', at('epoch'))
    expect(other.report.liquidation).toBeUndefined()
  })

  test('a liquidation that is told otherwise, or has no proof, fails and leaves the account counted (liquidation.13)', async () => {
    const included = await verified('inclusion', 'verify', at('told.json'), '--epoch', at('epoch'))
    const lie = json(at('told.json'))
    lie.liquidation.slots.find(({ quantity }: Edited) => quantity === '-200').quantity = '-2'
    write(at('lie.json'), lie)
    const told = await verified('inclusion', 'verify', at('lie.json'), '--epoch', at('epoch'))
    expect([told.code, told.report.verdict, told.failed]).toEqual([1, 'included', ['liquidation-moved']])
    expect(told.report.liquidation).toMatchObject({ valid: false, moved: [], words: [] })
    // The page says so beside its verdict.
    const origins = { pins: 'reader', isRootOfPage: false, isDemonstration: false } as const
    const { headline, cautions } = verdictOf(told.report, origins)
    expect([headline, cautions[0]]).toEqual([
      'Included',
      expect.stringContaining('not proven. liquidation-moved'),
    ])
    expect(verdictOf(included.report, origins).cautions.join(' ')).not.toContain('not proven')
    const none = await verified('inclusion', 'verify', at('told.json'), '--epoch', at('without'))
    expect([none.code, none.report.verdict, none.failed]).toEqual([1, 'included', ['liquidation-moved']])
  })

  test('keys count as elsewhere: unpinned or refused, the exit code is 3', async () => {
    const { 'liquidation-tiny': _, ...keys } = json(at('pins.json')).keys
    write(at('fewer.json'), { schema: 'plimsoll/pins/2', keys })
    const args = ['liquidation', 'verify', proof, '--epoch', at('epoch'), '--json']
    expect((await plimsoll(...args, '--pins', at('fewer.json'))).code).toBe(3)
    expect((await plimsoll('verify', at('epoch'), '--pins', at('fewer.json'))).code).toBe(3)
    const audit = await plimsoll('audit', at('epoch'), '--development', '--pins', at('fewer.json'), '--json')
    expect([audit.code, JSON.parse(audit.stdout).valid]).toEqual([3, false])
    expect((await plimsoll(...args, '--pins', at('pins.json'), '--production')).code).toBe(3)
    // The epoch itself holds without that key: its accounts are counted.
    const included = await plimsoll(
      ...[
        'inclusion',
        'verify',
        at('long.json'),
        '--epoch',
        at('epoch'),
        '--pins',
        at('fewer.json'),
        '--json',
      ],
    )
    expect(included.code).toBe(0)
  })

  test('what lies in the folder and is no proof is refused, unreadable with exit code 2', async () => {
    cpSync(at('epoch'), at('foreign'), { recursive: true })
    mkdirSync(at('foreign', 'liquidations', 'more'))
    const foreign = await verified('verify', at('foreign'))
    expect([foreign.code, foreign.failed]).toEqual([1, ['liquidations']])
    expect((await plimsoll('epoch', 'pack', at('foreign'), '--out', at('no.zip'))).stderr).toContain(
      'EPOCH_FILES',
    )
    rmSync(at('foreign', 'liquidations', 'more'), { recursive: true })
    writeFileSync(at('foreign', 'liquidations', `${'a'.repeat(64)}.json`), '{')
    expect((await verified('verify', at('foreign'))).code).toBe(2)
    const swapped = json(proof)
    write(at('foreign', 'liquidations', `${'a'.repeat(64)}.json`), swapped)
    expect((await verified('verify', at('foreign'))).code).toBe(1)
  })

  test('twenty tampered copies are refused, and the untouched one is not (liquidation.14)', async () => {
    const plus = (of: Edited, name: string | number) => {
      of[name] = (BigInt(of[name]) + 1n).toString()
    }
    const signals = [
      ...['accountsRoot', 'riskRoot', 'requirement', 'policy', 'movement', 'nullifier', 'context'],
    ].map((name) => (file: Edited) => plus(file.proof.signals, name))
    const edits: ((file: Edited) => void)[] = [
      ...signals,
      (file) => plus(file.proof.proof.a, 0),
      (file) => plus(file.proof.proof.b[0], 1),
      (file) => plus(file.proof.proof.c, 1),
      (file) => file.proof.proof.a.reverse(),
      (file) => {
        file.proof.instance = 'margin-tiny'
      },
      (file) => {
        file.proof.statement = 'margin'
      },
      (file) => {
        file.proof.keyHash = '0'.repeat(64)
      },
      (file) => file.key.ic.reverse(),
      (file) => {
        file.venue = 'Other Venue'
      },
      (file) => {
        file.epoch = '2026-02'
      },
      (file) => {
        file.gate = { chainId: '1', contract: `0x${'11'.repeat(20)}` }
      },
      (file) => {
        delete file.proof.signals.movement
      },
      (file) => {
        file.proof.signals.amount = '1'
      },
      (file) => {
        file.proof.for = { venue: 'Short Venue' }
      },
      (file) => {
        file.account = 'short-4711'
      },
      (file) => {
        file.schema = 'plimsoll/liquidation/2'
      },
    ]
    expect(edits.length).toBeGreaterThanOrEqual(20)
    const holds = async (edit: (file: Edited) => void) => {
      const file = json(proof)
      edit(file)
      try {
        const parsed = parseLiquidation(JSON.stringify(file), 'file')
        const { proofs, exitCode } = await verifyLiquidation(parsed, opened.read, { pins: pins() })
        expect(exitCode === 0).toBe(proofs.length === 1)
        return proofs.length === 1
      } catch {
        return false
      }
    }
    expect(await holds(() => {})).toBe(true)
    const accepted = await Promise.all(edits.map(holds))
    expect(accepted.flatMap((held, i) => (held ? [i] : []))).toEqual([])
  })

  test('a verifier that was written from the specification alone takes it, and refuses with this one what is tampered with (epoch.23)', async () => {
    const files = filesIn(at('epoch'))
    expect(await verifyIndependently(files, pins())).toBeUndefined()
    const vectors = VECTORS.filter(({ name }) => name.startsWith('liquidation-'))
    expect(vectors.length).toBeGreaterThanOrEqual(14)
    for (const { name, applies, change } of vectors) {
      const tampered = { ...files }
      expect(applies!(tampered), name).toBe(true)
      change(tampered)
      expect(await verifyIndependently(tampered, pins()), name).toMatch(/^liquidations\//)
      const source = bytesSource(tampered)
      expect((await verifyLiquidations(source, opened.read, { pins: pins() }))!.exitCode, name).not.toBe(0)
    }
  })

  test('a proof is of its epoch: of one with another policy it is refused', async () => {
    const { policy, ...read } = opened.read
    const changed = { ...policy!, liquidation: { ...LIQUIDATION, penalty: '0.02' } }
    const file = parseLiquidation(text(proof), 'file')
    const other = await verifyLiquidation(file, { ...read, policy: changed }, { pins: pins() })
    expect(other.checks[0]!.detail).toContain("not the epoch's: policy")
    const target = { chainId: '1', contract: `0x${'11'.repeat(20)}` }
    const elsewhere = { ...read, policy: policy!, manifest: { ...read.manifest, target } }
    const moved = await verifyLiquidation(file, elsewhere, { pins: pins() })
    expect(moved.checks[0]!.detail).toContain("not the epoch's: context")
  })
})
