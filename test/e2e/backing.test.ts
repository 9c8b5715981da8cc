import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Manifest } from '../../src/epoch/index.js'
import { BACKING_SIGNALS } from '../../src/statements/index.js'
import { plimsoll, temporaryFolder } from '../helpers/cli.js'
import {
  accountsOf,
  CHAIN,
  COIN,
  type EvidenceChanges,
  HOLDINGS,
  MOMENT,
  madeUpEvidence,
  TOKEN_ASSET,
} from '../helpers/evidence.js'

const folder = temporaryFolder()
const at = (...path: string[]) => join(folder, ...path)
const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'))
const write = (path: string, value: unknown) => writeFileSync(path, JSON.stringify(value))
const INSTANCES = ['ledger-tiny', 'solvency-tiny']
/** Exactly what the addresses show, rounded down to the decimals of the table. */
const SHOWN = { ETH: '3.1', USDC: '2.500007' }

function writeBooks(): void {
  const spot = (symbol: string, decimals: number, mark: string) => ({ symbol, kind: 'spot', decimals, mark })
  write(at('risk.json'), {
    ...{ schema: 'plimsoll/risk-table/1', timestamp: MOMENT, quote: 'USD', valueDecimals: 18 },
    instruments: [spot('USDC', 6, '1'), spot('ETH', 8, '3000')],
    scenarios: [],
  })
  writeFileSync(at('accounts.csv'), 'account_id,instrument,quantity\nann,ETH,2\nbob,USDC,2.5\n')
  const reserves = (name: string, held: object) =>
    write(at(name), { schema: 'plimsoll/reserves/1', reserves: held })
  reserves('reserves.json', SHOWN)
  reserves('above.json', { ...SHOWN, ETH: '3.10000001' })
}

/** Evidence of the made-up chain for an epoch, in its folder. */
async function writeEvidence(epoch: string, changes: EvidenceChanges = {}): Promise<void> {
  const { venue, epoch: name, parts }: Manifest = json(join(epoch, 'manifest.json'))
  const { folder: files } = await madeUpEvidence({
    ...changes,
    challenge: { venue, epoch: name, accountsRoot: parts.solvency!.accountsRoot, ...changes.challenge },
  })
  rmSync(join(epoch, 'reserves'), { recursive: true, force: true })
  writeFolder(join(epoch, 'reserves'), files.files)
}

function writeFolder(folder: string, files: ReadonlyMap<string, Uint8Array>): void {
  for (const [path, bytes] of files) {
    const place = join(folder, path)
    mkdirSync(dirname(place), { recursive: true })
    writeFileSync(place, bytes)
  }
}

const prove = (epoch: string, reserves = 'reserves.json', ...more: string[]) =>
  plimsoll('reserves', 'prove', '--epoch', epoch, '--reserves', at(reserves), ...more)
const verify = async (epoch: string, ...known: string[]) => {
  const run = await plimsoll('verify', epoch, '--pins', at('pins.json'), ...known, '--json')
  const report = JSON.parse(run.stdout)
  const failed = report.checks.filter((check: { valid: boolean }) => !check.valid)
  return { ...run, report, failed: failed.map(({ id }: { id: string }) => id), failures: failed }
}
const audit = async (epoch: string, ...more: string[]) => {
  const run = await plimsoll('audit', epoch, '--pins', at('pins.json'), '--development', ...more, '--json')
  const report = JSON.parse(run.stdout)
  const step = (id: string) => report.procedures.find((each: { id: string }) => each.id === id)
  return { code: run.code, report, step }
}
/** A copy of the epoch, changed. */
function copy(name: string, change: (epoch: string) => void): string {
  cpSync(at('epoch'), at(name), { recursive: true })
  change(at(name))
  return at(name)
}
const editPart = (epoch: string, edit: (part: NonNullable<Manifest['parts']['backing']>) => void) => {
  const manifest: Manifest = json(join(epoch, 'manifest.json'))
  edit(manifest.parts.backing!)
  write(join(epoch, 'manifest.json'), manifest)
}

describe('evidence of reserves stands beside the epoch that it is of', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    writeBooks()
    const ran = async (...args: string[]) => {
      const run = await plimsoll(...args)
      expect(run.code, run.stdout + run.stderr).toBe(0)
      return run
    }
    await ran('setup', ...INSTANCES, 'backing-tiny', '--pins', at('pins.json'))
    await ran(
      ...['ledger', 'prove', '--accounts', at('accounts.csv'), '--risk', at('risk.json')],
      ...['--venue', 'Example', '--epoch', '2026-09', '--out', at('epoch'), '--instance', ...INSTANCES],
    )
    const solvency = ['solvency', 'prove', '--epoch', at('epoch'), '--reserves']
    cpSync(at('epoch'), at('richer'), { recursive: true })
    cpSync(at('epoch.private'), at('richer.private'), { recursive: true })
    const said = await ran(...solvency, at('reserves.json'))
    expect(said.stdout).toContain('Nothing stands behind the reserves')
    await ran('solvency', 'prove', '--epoch', at('richer'), '--reserves', at('above.json'))
  })

  test('without any, everything that reports on it says that nothing stands behind the reserves (backing.8)', async () => {
    const { code, report } = await verify(at('epoch'))
    expect(code).toBe(0)
    expect(report.reserves).toEqual([expect.stringMatching(/^Nothing stands behind the reserves/)])
    expect(report.backing).toBeUndefined()
    const audited = await audit(at('epoch'))
    expect(audited.report.meaning.join(' ')).toContain('Nothing stands behind the reserves')
    expect(audited.report.reserves).toBeUndefined()
    // Who pins a block asks for evidence that is of it.
    expect((await verify(at('epoch'), '--block', `${CHAIN}=0x${'1'.repeat(64)}`)).failed).toEqual([
      'evidence',
    ])
    const none = await prove(at('epoch'))
    expect(none.code).toBe(2)
    expect(none.stderr).toContain('there is no evidence of reserves')
  })

  test('of another epoch, another venue, other accounts or another moment it is refused (backing.9)', async () => {
    for (const challenge of [
      { epoch: '2026-08' },
      { venue: 'Another' },
      { accountsRoot: '7' },
      { moment: { kind: 'fixed', timestamp: MOMENT - 86_400 } },
    ]) {
      await writeEvidence(at('epoch'), { challenge })
      const { code, stderr } = await prove(at('epoch'))
      expect([code, stderr], JSON.stringify(challenge)).toEqual([1, expect.stringContaining('challenge')])
    }
  })

  test('C34: reserves one unit above it get no proof, and the venue alone is told what is missing (backing.10)', async () => {
    await writeEvidence(at('richer'))
    const { code, stdout, stderr } = await prove(at('richer'), 'above.json', '--json')
    expect(code).toBe(1)
    const { error } = JSON.parse(stdout || stderr)
    expect(error.code).toBe('BACKING_SHORT')
    expect(error.shortages).toEqual([{ symbol: 'ETH', missing: '0.00000001' }])
    const other = await prove(at('richer'))
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('not the reserves that solvency')])
  })

  test('a proof says that addresses show at least what is committed, and reserves stay hidden (backing.8)', async () => {
    await writeEvidence(at('epoch'))
    const made = await prove(at('epoch'))
    expect(made.code, made.stderr).toBe(0)
    expect(made.stdout).toContain('Shown by addresses: of every instrument at least what is committed.')
    const { code, report } = await verify(at('epoch'))
    expect([code, report.valid]).toEqual([0, true])
    expect(report.backing).toMatchObject({ classes: ['proven'], verdict: "on the venue's word" })
    expect(report.reserves.join('\n')).toContain('ETH for customers: 3 proven\nETH for insurance: 0.1')
    expect(Object.keys(json(at('epoch/backing.json')).signals)).toEqual([...BACKING_SIGNALS])
    const again = await prove(at('epoch'))
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('proven already')])
    const { valid, meaning, procedures } = (await audit(at('epoch'))).report
    expect(valid).toBe(true)
    expect(meaning.join(' ')).toContain('Shown by addresses')
    expect(procedures.map(({ id }: { id: string }) => id)).toEqual(
      expect.arrayContaining(['evidence', 'backing', 'key:backing-tiny']),
    )
    const alone = await plimsoll('verify', at('epoch/backing.json'), '--pins', at('pins.json'))
    expect([alone.code, alone.stdout]).toEqual([0, expect.stringContaining('one proof of backing')])
  })

  test('what the reader pins, names and knows is no longer the word of the venue, for verify as for audit (backing.11)', async () => {
    const { hashes } = await madeUpEvidence()
    cpSync(at('epoch/reserves/tokens.json'), at('own-tokens.json'))
    const block = ['--block', `${CHAIN}=${hashes[0]}`]
    const names = ['--asset', `ETH=${COIN}`, '--asset', `USDC=${TOKEN_ASSET}`]
    const known = [...block, ...names, '--tokens', at('own-tokens.json')]
    const pinned = await verify(at('epoch'), ...known)
    expect([pinned.code, pinned.report.backing]).toMatchObject([0, { verdict: 'shown', words: [] }])
    const sentences = pinned.report.reserves.join('\n')
    expect(sentences).toContain(`Block 100 of ${CHAIN} has the hash that the reader pinned.`)
    expect(sentences).not.toContain('word of the venue')
    const alone = (await verify(at('epoch'), ...names)).report.reserves.join('\n')
    expect(alone).toContain(`On the word of the venue: that block ${hashes[0]} is on ${CHAIN}`)
    expect(alone).not.toContain('pinned')
    const audited = await audit(at('epoch'), ...known)
    expect([audited.code, audited.report.reserves]).toMatchObject([
      0,
      { verdict: 'shown', blocks: [{ vouchedBy: 'pin' }], words: [] },
    ])
    const [first] = accountsOf(HOLDINGS)
    write(at('exclude.json'), {
      schema: 'plimsoll/reserves-exclusions/1',
      accounts: [first!.account.id],
      assets: [],
    })
    for (const other of [
      ['--block', `${CHAIN}=0x${'1'.repeat(64)}`],
      ['--exclude', at('exclude.json')],
    ]) {
      const { code, failed, report } = await verify(at('epoch'), ...other)
      expect([code, failed, report.reserves], other[0]).toEqual([1, ['evidence'], [NOT_HELD]])
    }
  })

  test('an audit holds reserves that are opened against what addresses show, class beside class (audit.6)', async () => {
    const opened = await plimsoll(
      ...['reserves', 'open', '--epoch', at('epoch'), '--reserves', at('reserves.json')],
      ...['--out', at('opening.json')],
    )
    expect(opened.code, opened.stderr).toBe(0)
    const named = ['--openings', at('opening.json'), '--report', at('audit.html')]
    const { code, report, step } = await audit(at('epoch'), ...named)
    expect([code, step('open-reserves').outcome]).toEqual([0, 'passed'])
    expect(step('open-backing')).toMatchObject({
      outcome: 'passed',
      number: expect.any(Number),
      finding: "of all 2 instruments no more than what is proven, on the venue's word",
    })
    expect(report.reserves).toMatchObject({
      classes: ['proven'],
      shown: [
        { instrument: 'ETH', holdsFor: 'customers', proven: '3', observed: '0', attested: '0' },
        { instrument: 'ETH', holdsFor: 'insurance' },
        { instrument: 'USDC', holdsFor: 'customers', proven: '2.500007' },
      ],
      compared: [
        { symbol: 'USDC', reserves: '2.500007', layers: '0', enough: true },
        { symbol: 'ETH', reserves: '3.1', layers: '0', enough: true },
      ],
    })
    const page = readFileSync(at('audit.html'), 'utf8')
    expect(page).toContain('<h2>Reserves, and what addresses show</h2>')
    expect(page).toContain('at least as much')
    expect(page.replaceAll(/<[^>]*>/g, ' ')).not.toContain('it does not say that the reserves exist')
  })

  test('an archive holds it, and verifies as the folder does (backing.8)', async () => {
    const packed = await plimsoll('epoch', 'pack', at('epoch'), '--out', at('epoch.zip'))
    expect(packed.code, packed.stderr).toBe(0)
    const { code, report } = await verify(at('epoch.zip'))
    expect([code, report.reserves[0]]).toEqual([0, expect.stringMatching(/^Shown by addresses/)])
  })

  test('one byte of any file of it, a file more or one less: refused (backing.9)', async () => {
    const files = ['challenge.json', 'addresses.json', 'evidence.jsonl', 'tokens.json']
    for (const file of [...files, 'headers/eip155-31337.bin', 'nodes/eip155-31337.bin']) {
      const changed = copy(`changed-${file.replace('/', '-')}`, (epoch) => {
        const place = join(epoch, 'reserves', file)
        const bytes = readFileSync(place)
        bytes[bytes.length >> 1]! ^= 1
        writeFileSync(place, bytes)
      })
      const { code, failed, report } = await verify(changed)
      expect([code !== 0, failed, report.reserves], file).toEqual([true, ['evidence'], [NOT_HELD]])
    }
    const less = copy('less', (epoch) => rmSync(join(epoch, 'reserves/tokens.json')))
    expect((await verify(less)).failed).toEqual(['evidence'])
    const more = copy('more', (epoch) => writeFileSync(join(epoch, 'reserves/more.bin'), ''))
    expect((await verify(more)).failed).toEqual(['evidence'])
    const gone = copy('gone', (epoch) => rmSync(join(epoch, 'reserves'), { recursive: true }))
    expect((await verify(gone)).failed).toEqual(['files', 'evidence'])
    const unnamed = copy('unnamed', (epoch) => {
      const manifest: Manifest = json(join(epoch, 'manifest.json'))
      const { backing: _, ...parts } = manifest.parts
      const { 'backing-tiny': __, ...keys } = manifest.keys
      write(join(epoch, 'manifest.json'), { ...manifest, parts, keys })
    })
    expect((await verify(unnamed)).failed).toEqual(['files'])
  })

  test('C36: beside other evidence that comes to the same amounts, the proof does not hold (backing.9)', async () => {
    const other = at('other')
    cpSync(at('epoch'), other, { recursive: true })
    const holdings = HOLDINGS.map((holding) =>
      holding.key === 1
        ? { ...holding, tokens: 2_500_001n }
        : holding.key === 3
          ? { ...holding, tokens: 6n }
          : holding,
    )
    await writeEvidence(other, { holdings })
    const named = await verify(other)
    expect(named.failures.map(({ detail }: { detail: string }) => detail)).toEqual([
      'its files are not those that the manifest names',
    ])
    cpSync(at('epoch'), at('proven'), { recursive: true })
    cpSync(at('epoch.private'), at('proven.private'), { recursive: true })
    await writeEvidence(at('proven'), { holdings })
    expect((await prove(at('proven'), 'reserves.json', '--force')).code).toBe(0)
    const { evidenceHash, evidence } = json(at('proven/manifest.json')).parts.backing
    expect(evidence).toBe(json(at('epoch/manifest.json')).parts.backing.evidence)
    editPart(other, (part) => {
      part.evidenceHash = evidenceHash
    })
    const { failures } = await verify(other)
    expect(failures).toMatchObject([{ id: 'backing', detail: "not the epoch's: context" }])
    // With its own proof it is valid: nothing else was wrong.
    cpSync(at('proven/backing.json'), join(other, 'backing.json'))
    expect((await verify(other)).failed).toEqual([])
  })

  test('C35: beside a proof of solvency with other reserves, and with another digest, it does not hold (backing.9)', async () => {
    const digest = copy('digest', (epoch) =>
      editPart(epoch, (part) => {
        part.evidence = '5'
      }),
    )
    expect((await verify(digest)).failed).toEqual(['evidence', 'backing'])
    cpSync(at('epoch/backing.json'), at('richer/backing.json'))
    cpSync(at('epoch/keys/backing-tiny.json'), at('richer/keys/backing-tiny.json'))
    const own: Manifest = json(at('epoch/manifest.json'))
    const richer: Manifest = json(at('richer/manifest.json'))
    richer.parts.backing = own.parts.backing!
    richer.keys = own.keys
    write(at('richer/manifest.json'), richer)
    const { failures } = await verify(at('richer'))
    expect(failures).toMatchObject([{ id: 'backing', detail: "not the epoch's: reservesCommitment" }])
    const opened = await plimsoll(
      ...['solvency', 'disclose', '--epoch', at('richer'), '--reserves', at('above.json')],
      ...['--out', at('richer-opening.json')],
    )
    expect(opened.code, opened.stderr).toBe(0)
    const { code, report, step } = await audit(at('richer'), '--openings', at('richer-opening.json'))
    expect([code, step('open-reserves').outcome]).toEqual([1, 'passed'])
    expect(step('open-backing')).toMatchObject({
      outcome: 'exception',
      finding: 'more is held than addresses show of ETH',
    })
    expect(report.reserves.compared).toContainEqual({
      ...{ symbol: 'ETH', reserves: '3.10000001', layers: '0', enough: false },
    })
  })

  test('solvency proven anew takes the old proof of it away, and proves it anew where evidence lies there (backing.9)', async () => {
    const solvency = () =>
      plimsoll(...['solvency', 'prove', '--epoch', at('epoch'), '--reserves', at('reserves.json'), '--force'])
    cpSync(at('epoch/reserves'), at('kept'), { recursive: true })
    rmSync(at('epoch/reserves'), { recursive: true })
    expect((await solvency()).code).toBe(0)
    const { parts, keys }: Manifest = json(at('epoch/manifest.json'))
    expect(parts.backing).toBeUndefined()
    expect(Object.keys(keys)).toEqual(INSTANCES)
    expect((await verify(at('epoch'))).code).toBe(0)
    cpSync(at('kept'), at('epoch/reserves'), { recursive: true })
    const both = await solvency()
    expect([both.code, both.stdout]).toEqual([0, expect.stringContaining('Shown by addresses')])
    expect((await verify(at('epoch'))).report.reserves[0]).toMatch(/^Shown by addresses/)
  })

  test('an epoch that is made of a configuration takes it in, where the configuration names it (backing.8)', async () => {
    const { folder: evidence, hashes } = await madeUpEvidence({
      challenge: { epoch: '2026-09-21', accountsRoot: undefined },
    })
    writeFolder(at('evidence'), evidence.files)
    const config = {
      ...{ schema: 'plimsoll/config/1', venue: 'Example', naming: 'date' },
      files: {
        ...{ accounts: 'accounts.csv', risk: 'risk.json', reserves: 'reserves.json' },
        ...{ evidence: 'evidence', pins: 'own-pins.json' },
      },
      folders: { public: 'public', private: 'private' },
      plan: { instances: INSTANCES },
    }
    // What it knows of chains is asked for of the evidence.
    write(at('plimsoll.json'), { ...config, known: { blocks: [`${CHAIN}=0x${'00'.repeat(32)}`] } })
    const refused = await plimsoll('epoch', '--config', at('plimsoll.json'))
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('not one that is pinned')])
    write(at('plimsoll.json'), { ...config, known: { blocks: [`${CHAIN}=${hashes[0]}`] } })
    const made = await plimsoll('epoch', '--config', at('plimsoll.json'))
    expect(made.code, made.stderr).toBe(0)
    expect(made.stdout).toContain('Shown by addresses')
    const run = await plimsoll('verify', at('public/2026-09-21.zip'), '--pins', at('own-pins.json'))
    expect([run.code, run.stdout]).toEqual([0, expect.stringContaining('Shown by addresses')])
  })
})

const NOT_HELD = 'Nothing stands behind the reserves: the evidence that the venue names does not hold.'
