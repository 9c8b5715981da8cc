import { cpSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { ledgerArgs, ROWS, type VenueFiles, writeVenue } from '../../scripts/soundness/samples/venue.js'
import { ownerCommitment } from '../../src/hash/index.js'
import { plimsoll, temporaryFolder } from '../helpers/cli.js'
import { says } from '../helpers/says.js'

const folder = temporaryFolder()
const epoch = join(folder, 'epoch')
const pins = join(folder, 'pins.json')
const owner = join(folder, 'owner.json')
const aliceFile = join(folder, 'alice.json')
const bobFile = join(folder, 'bob.json')
let files: VenueFiles
let commitment: string
/** Everything that any command has printed. */
let printed = ''

const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8'))

async function run(...args: string[]) {
  const done = await plimsoll(...args)
  printed += done.stdout + done.stderr
  return done
}

const exportArgs = (account: string, out: string, accounts = files.accounts) => [
  ...['inclusion', 'export', '--epoch', epoch, '--account', account, '--accounts', accounts, '--out', out],
]

beforeAll(async () => {
  const made = await run('owner', 'new', '--out', owner, '--json')
  expect(made.code, made.stderr).toBe(0)
  commitment = JSON.parse(made.stdout).commitment
  files = writeVenue(folder, { BTC: '5', ETH: '70', USDT: '2400000' })
  const rows = ROWS.map((row) => [...row, row[0].startsWith('alice') ? commitment : ''].join(','))
  writeFileSync(files.accounts, `account_id,instrument,quantity,owner\n${rows.join('\n')}\n`)
  const instances = ['ledger-tiny', 'solvency-tiny']
  for (const args of [
    ['setup', ...instances, '--pins', pins],
    ledgerArgs(files, epoch),
    ['solvency', 'prove', '--epoch', epoch, '--reserves', files.reserves],
    exportArgs('alice@example.com', aliceFile),
    exportArgs('bob-7731', bobFile),
  ]) {
    const done = await run(...args)
    expect(done.code, done.stderr).toBe(0)
  }
})

/** Verifies an inclusion file against an epoch, as JSON. */
async function verify(file: string, folder = epoch, ...args: string[]) {
  const done = await run('inclusion', 'verify', file, '--epoch', folder, '--pins', pins, '--json', ...args)
  return { code: done.code, report: JSON.parse(done.stdout) }
}

let copies = 0
/** A copy of a JSON file with some of its fields changed. */
function changed(path: string, change: Record<string, unknown>): string {
  const copy = join(folder, `changed-${copies++}.json`)
  writeFileSync(copy, JSON.stringify({ ...readJson(path), ...change }))
  return copy
}

describe('owner new (cli.4)', () => {
  test('prints the commitment of a secret that stays in a private file', async () => {
    expect(ownerCommitment(BigInt(readJson(owner).secret)).toString()).toBe(commitment)
    expect(statSync(owner).mode & 0o777).toBe(0o600)
    const text = await run('owner', 'new', '--out', join(folder, 'second.json'))
    expect(text.stdout).toContain(readJson(join(folder, 'second.json')).commitment)
    expect(printed).not.toContain(readJson(join(folder, 'second.json')).secret)
  })

  test('does not overwrite a secret', async () => {
    const before = readFileSync(owner, 'utf8')
    expect((await run('owner', 'new', '--out', owner)).code).toBe(2)
    expect(readFileSync(owner, 'utf8')).toBe(before)
  })
})

describe('a customer (inclusion.2)', () => {
  test('sees the exact balances that the epoch counts, exit 0 (inclusion.1)', async () => {
    const { code, report } = await verify(aliceFile)
    expect(code).toBe(0)
    expect(report).toMatchObject({
      verdict: 'included',
      epochValid: true,
      venue: 'Tiny Venue',
      epoch: '2026-01',
      account: 'alice@example.com',
      balances: [
        { instrument: 'BTC', quantity: '1.73519024' },
        { instrument: 'USDT', quantity: '48213.915577' },
      ],
    })
    expect(report.checks.every((check: { valid: boolean }) => check.valid)).toBe(true)
    const text = await run('inclusion', 'verify', aliceFile, '--epoch', epoch, '--pins', pins)
    expect(text.code).toBe(0)
    for (const word of [
      'alice@example.com',
      'is counted in epoch 2026-01 of venue Tiny Venue',
      'that no other customer was shown this leaf',
      '48213.915577',
    ]) {
      expect(text.stdout).toContain(word)
    }
    expect(text.stderr).toContain('WARNING: development keys')
  })

  test("finds the commitment of the owner's secret in the leaf (margin.2)", async () => {
    expect(readJson(aliceFile).owner).toBe(commitment)
    const none = await verify(changed(aliceFile, { owner: '0' }))
    expect(none).toMatchObject({ code: 1, report: { verdict: 'not included' } })
  })

  test('P06: is told NOT INCLUDED, the same for a wrong salt, a wrong quantity and an account that is not there (inclusion.4)', async () => {
    const { salt, slots } = readJson(bobFile)
    const forged = [
      changed(bobFile, { salt: (BigInt(salt) + 1n).toString() }),
      changed(bobFile, { slots: [{ ...slots[0], quantity: '55.19283747' }, ...slots.slice(1)] }),
      changed(bobFile, { account: 'mallory-4455' }),
    ]
    const answers = []
    for (const file of forged) {
      const text = await run('inclusion', 'verify', file, '--epoch', epoch, '--pins', pins)
      expect(text.code).toBe(1)
      expect(text.stdout).toContain('NOT INCLUDED')
      answers.push(text.stdout)
      expect(await verify(file)).toMatchObject({
        code: 1,
        report: { verdict: 'not included', epochValid: true, balances: [] },
      })
    }
    expect(new Set(answers).size).toBe(1)
  })

  test('P05: is not content with the file of another (inclusion.5)', async () => {
    expect(await verify(changed(bobFile, { account: 'alice@example.com' }))).toMatchObject({ code: 1 })
  })

  test('F09: is told CANNOT TELL when the epoch is not valid, however right the file is (inclusion.7)', async () => {
    const copy = join(folder, 'forged-epoch')
    cpSync(epoch, copy, { recursive: true })
    const proof = readJson(join(copy, 'solvency.json'))
    const other = (BigInt(proof.signals.accountsRoot) + 1n).toString()
    proof.signals.accountsRoot = other
    writeFileSync(join(copy, 'solvency.json'), JSON.stringify(proof))
    const manifest = readJson(join(copy, 'manifest.json'))
    manifest.parts.solvency.accountsRoot = other
    writeFileSync(join(copy, 'manifest.json'), JSON.stringify(manifest))
    for (const file of [aliceFile, changed(aliceFile, { accountsRoot: other })]) {
      expect(await verify(file, copy)).toMatchObject({
        code: 1,
        report: { verdict: 'cannot tell', epochValid: false, balances: [] },
      })
    }
    const text = await run('inclusion', 'verify', aliceFile, '--epoch', copy, '--pins', pins)
    expect(text.stdout).toContain('CANNOT TELL')
    expect(text.stdout).not.toContain('INCLUDED')
  })

  test('is told CANNOT TELL, and what to do, when pins are missing, a policy is not named, or the epoch is another (inclusion.7)', async () => {
    const none = join(folder, 'empty-pins.json')
    writeFileSync(none, JSON.stringify({ schema: 'plimsoll/pins/2', keys: {} }))
    const strict = join(folder, 'strict.json')
    const policy = { valueRatio: '1.5', minimumRatio: '1', loanFactor: '0', instruments: {} }
    writeFileSync(strict, JSON.stringify({ schema: 'plimsoll/policy/1', ...policy }))
    const later = changed(aliceFile, { epoch: '2026-02' })
    for (const [code, todo, file, ...args] of [
      [3, '--pins', aliceFile, '--pins', none],
      [2, '--policy', aliceFile, '--pins', pins, '--policy', strict],
      [2, 'ask the venue for your file of this one', later, '--pins', pins],
      [2, '', join(folder, 'nowhere.json'), '--pins', pins],
    ] as const) {
      const text = await run('inclusion', 'verify', file, '--epoch', epoch, ...args)
      expect([text.code, todo], text.stdout).toEqual([code, todo])
      expect(text.stdout).toContain('CANNOT TELL')
      expect(text.stdout.replaceAll(/\s+/g, ' ')).toContain(todo)
      expect(text.stdout).not.toContain('INCLUDED')
      const json = await run('inclusion', 'verify', file, '--epoch', epoch, ...args, '--json')
      expect([json.code, JSON.parse(json.stdout).verdict]).toEqual([code, 'cannot tell'])
    }
  })

  test('P12: names their own secret, and is not content with a leaf that could be shown to another (inclusion.8)', async () => {
    const own = await verify(aliceFile, epoch, '--owner', owner)
    expect(own).toMatchObject({ code: 0, report: { verdict: 'included' } })
    expect(own.report.notChecked).toHaveLength(1)
    const stranger = join(folder, 'stranger.json')
    await run('owner', 'new', '--out', stranger)
    for (const [file, secret] of [
      [aliceFile, stranger],
      [bobFile, owner],
    ] as const) {
      const { code, report } = await verify(file, epoch, '--owner', secret)
      expect([code, report.verdict]).toEqual([1, 'not included'])
      expect(report.checks.filter((c: { valid: boolean }) => !c.valid)).toMatchObject([
        { id: 'inclusion:owner' },
      ])
    }
  })

  test('F09: does not trust a key that is not pinned, nor a development key with --production, exit 3 (key.3)', async () => {
    const none = join(folder, 'no-pins.json')
    writeFileSync(none, JSON.stringify({ schema: 'plimsoll/pins/2', keys: {} }))
    const unpinned = await run('inclusion', 'verify', aliceFile, '--epoch', epoch, '--pins', none, '--json')
    expect(unpinned.code).toBe(3)
    expect(JSON.parse(unpinned.stdout)).toMatchObject({ verdict: 'cannot tell', balances: [] })
    expect(await verify(aliceFile, epoch, '--production')).toMatchObject({
      code: 3,
      report: { verdict: 'cannot tell' },
    })
  })

  test('is told where a file is malformed, exit 2 (cli.5)', async () => {
    const { batchPath } = readJson(aliceFile)
    for (const change of [
      { note: '' },
      { salt: undefined },
      { salt: '01' },
      { schema: 'plimsoll/inclusion/1' },
      { batchPath: { ...batchPath, siblings: batchPath.siblings.slice(1) } },
    ]) {
      const { code, report } = await verify(changed(aliceFile, change))
      expect(code, JSON.stringify(change)).toBe(2)
      expect(report.error.code).toBe('JSON_SCHEMA')
    }
    expect((await verify(join(folder, 'none.json'))).code).toBe(2)
    expect((await verify(owner)).code).toBe(2)
    expect((await verify(aliceFile, join(folder, 'none'))).code).toBe(2)
  })
})

describe('inclusion export (inclusion.6)', () => {
  test('writes a file for its owner alone to read, and does not overwrite one', async () => {
    expect(statSync(aliceFile).mode & 0o777).toBe(0o600)
    const before = readFileSync(aliceFile, 'utf8')
    const again = await run(...exportArgs('bob-7731', aliceFile), '--json')
    expect(again.code).toBe(2)
    expect(JSON.parse(again.stdout).error.code).toBe('FILE_EXISTS')
    expect(readFileSync(aliceFile, 'utf8')).toBe(before)
  })

  test('refuses an account that is not in the ledger, and does not repeat its id', async () => {
    const out = join(folder, 'mallory.json')
    const unknown = await run(...exportArgs('mallory-4455', out), '--json')
    expect(unknown.code).toBe(2)
    expect(JSON.parse(unknown.stdout).error.code).toBe('INCLUSION_ACCOUNT')
    expect(unknown.stdout + unknown.stderr).not.toContain('mallory-4455')
    expect(existsSync(out)).toBe(false)
  })

  test('refuses another accounts file, and a place inside the public epoch', async () => {
    const other = join(folder, 'other.csv')
    writeFileSync(other, readFileSync(files.accounts, 'utf8').replace('0.000001', '0.000002'))
    const otherBooks = await run(...exportArgs('bob-7731', join(folder, 'x.json'), other), '--json')
    expect(otherBooks.code).toBe(2)
    expect(JSON.parse(otherBooks.stdout).error.code).toBe('EPOCH_OTHER_RUN')
    const inside = await run(...exportArgs('bob-7731', join(epoch, 'bob.json')), '--json')
    expect(JSON.parse(inside.stdout).error.code).toBe('EPOCH_FOLDERS')
    expect(existsSync(join(epoch, 'bob.json'))).toBe(false)
  })
})

describe('all files, signed, published and disputed', () => {
  const ADDRESS = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
  const key = 'examples/venue/signing-key.json'
  const all = join(folder, 'all')
  const books = () => ['--epoch', epoch, '--accounts', files.accounts, '--key', key]
  let signedFile: string

  beforeAll(async () => {
    const sign = await run('epoch', 'sign', epoch, '--key', key)
    expect(sign.code, sign.stderr).toBe(0)
    const done = await run('inclusion', 'export', ...books(), '--all', '--out', all, '--json')
    expect(done.code, done.stderr).toBe(0)
    const { index, files: count, kept } = JSON.parse(done.stdout)
    expect([count, kept]).toEqual([new Set(ROWS.map(([id]) => id)).size, 0])
    const lines = readFileSync(index, 'utf8').trimEnd().split('\n')
    const { file } = lines
      .map((line) => JSON.parse(line))
      .find(({ account }) => account === 'alice@example.com')
    signedFile = join(all, file)
  })

  test('are verified like any other, and the signature with --venue (inclusion.9, inclusion.11)', async () => {
    expect(await verify(signedFile, epoch, '--venue', ADDRESS)).toMatchObject({
      code: 0,
      report: { verdict: 'included', account: 'alice@example.com' },
    })
    const unsigned = await verify(aliceFile, epoch, '--venue', ADDRESS)
    expect([unsigned.code, unsigned.report.verdict]).toEqual([0, 'included'])
    expect(unsigned.report.notChecked.join()).toContain('the venue has not signed it')
    const moved = changed(signedFile, { signed: { ...readJson(signedFile).signed, index: 0 } })
    const other = changed(signedFile, { signed: { ...readJson(signedFile).signed, index: 1 } })
    for (const file of [moved, other]) {
      const { code, report } = await verify(file, epoch, '--venue', ADDRESS)
      const isOwn = readJson(file).signed.index === readJson(signedFile).signed.index
      expect([code, report.verdict]).toEqual(isOwn ? [0, 'included'] : [2, 'cannot tell'])
    }
    const usage = await run('inclusion', 'export', ...books(), '--out', join(folder, 'x'), '--json')
    expect([usage.code, JSON.parse(usage.stdout).error.code]).toEqual([2, 'USAGE'])
  })

  test('say IN THIS TREE under a published root, and never INCLUDED (inclusion.10)', async () => {
    const { accountsRoot } = readJson(aliceFile)
    const hex = `0x${BigInt(accountsRoot).toString(16).padStart(64, '0')}`
    for (const root of [accountsRoot, hex, epoch]) {
      const text = await run('inclusion', 'verify', aliceFile, '--root', root)
      expect([text.code, text.stderr.includes('✓')]).toEqual([0, true])
      expect(text.stdout).toContain('IN THIS TREE')
      expect(text.stdout).not.toContain('INCLUDED')
      expect(text.stdout.replaceAll(/\s+/g, ' ')).toContain('No proof was verified')
    }
    const held = await run('inclusion', 'verify', aliceFile, '--root', epoch, '--max-age', '60', '--json')
    expect([held.code, JSON.parse(held.stdout).error.code], 'no marks are read').toEqual([2, 'USAGE'])
    const named = async (venue: string) => {
      const by = ['--root', epoch, '--venue', venue, '--json']
      const done = await run('inclusion', 'verify', aliceFile, ...by)
      return [done.code, JSON.parse(done.stdout).verdict]
    }
    expect(await named(ADDRESS)).toEqual([0, 'in this tree'])
    expect(await named(`0x${'11'.repeat(20)}`)).toEqual([2, 'cannot tell'])
    const other = await run(
      'inclusion',
      'verify',
      aliceFile,
      '--root',
      `${BigInt(accountsRoot) - 1n}`,
      '--json',
    )
    expect([other.code, JSON.parse(other.stdout).verdict]).toEqual([1, 'not in this tree'])
    for (const root of [`0x${'f'.repeat(64)}`, '0x12', '20261130', 'nowhere.json']) {
      const bad = await run('inclusion', 'verify', aliceFile, '--root', root, '--json')
      expect([bad.code, JSON.parse(bad.stdout).verdict], root).toEqual([2, 'cannot tell'])
    }
  })

  test('come out of an archive, for those who have the key, and only then (inclusion.12, inclusion.13)', async () => {
    const shown = await run('owner', 'show', owner, '--json')
    const { key: seal, commitment: again } = JSON.parse(shown.stdout)
    expect(again).toBe(commitment)
    const channels = join(folder, 'channels.csv')
    writeFileSync(channels, `account_id,key\nalice@example.com,${seal}\n`)
    const archive = join(folder, 'archive')
    const out = join(folder, 'opened.json')
    const done = await run('inclusion', 'publish', ...books(), '--channels', channels, '--out', archive)
    expect(done.code, done.stderr).toBe(0)
    expect(done.stdout).toMatch(/customers whose file is in it +1 of 7: 14[.]3 %/)
    const opened = await run('inclusion', 'open', archive, '--owner', owner, '--out', out)
    expect(opened.code, opened.stderr).toBe(0)
    expect(statSync(out).mode & 0o777).toBe(0o600)
    const { signed, ...rest } = readJson(out)
    expect(rest).toEqual(readJson(aliceFile))
    expect(signed.signature).toBe(readJson(signedFile).signed.signature)
    const stranger = join(folder, 'other-owner.json')
    await run('owner', 'new', '--out', stranger)
    const none = join(folder, 'none.json')
    const refused = await run('inclusion', 'open', archive, '--owner', stranger, '--out', none, '--json')
    expect([refused.code, JSON.parse(refused.stdout).error.code]).toEqual([2, 'ARCHIVE_NOT_FOUND'])
    expect(existsSync(none)).toBe(false)
  })

  test('settle a dispute: nothing is claimed without a file that the venue signed (inclusion.11)', async () => {
    const dispute = async (file: string) => {
      const done = await run('inclusion', 'dispute', file, epoch, '--venue', ADDRESS, '--json')
      return [done.code, JSON.parse(done.stdout).verdict]
    }
    expect(await dispute(signedFile)).toEqual([0, 'no contradiction'])
    expect(await dispute(aliceFile)).toEqual([2, 'not signed'])
    const [first, ...rest] = readJson(signedFile).slots
    const tampered = changed(signedFile, { slots: [{ ...first, quantity: '999' }, ...rest] })
    expect(await dispute(tampered)).toEqual([2, 'not signed'])
    // An epoch of this name that somebody else made: the venue's signature is not over it.
    const forged = join(folder, 'slander')
    cpSync(epoch, forged, { recursive: true })
    const manifest = readJson(join(forged, 'manifest.json'))
    manifest.parts.solvency.accountsRoot = '7'
    writeFileSync(join(forged, 'manifest.json'), JSON.stringify(manifest))
    const slander = await run('inclusion', 'dispute', signedFile, forged, '--venue', ADDRESS, '--json')
    expect([slander.code, JSON.parse(slander.stdout).verdict]).toEqual([2, 'cannot tell'])
    const text = await run('inclusion', 'dispute', signedFile, epoch, '--venue', ADDRESS)
    expect(text.stdout).toContain('NO CONTRADICTION')
  })
})

test('every command has a --help with an example (cli.2)', async () => {
  for (const command of ['owner new', 'inclusion export', 'inclusion verify']) {
    const help = await run(...command.split(' '), '--help')
    expect(help.code, command).toBe(0)
    for (const word of ['Example', '--json']) expect(help.stdout, command).toContain(word)
  }
})

test('P04: nothing that was printed holds a secret, a salt, a seed, or the balance of anyone but the customer who asked (privacy.1)', () => {
  const { seed, opening } = readJson(join(`${epoch}.private`, 'epoch.json'))
  const others = ROWS.filter(([id]) => !id.startsWith('alice'))
  const secrets = [
    ...[aliceFile, bobFile].map((file) => readJson(file).salt),
    ...[readJson(owner).secret, seed, opening.blind],
    ...others.map(([, , quantity]) => quantity),
  ]
  for (const secret of secrets) expect(says(printed, secret), 'a private value was printed').toBe(false)
  expect(says(printed, commitment), 'the control: the scan finds what is there').toBe(true)
})
