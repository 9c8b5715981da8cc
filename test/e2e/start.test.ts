import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { sha256Hex } from '../../src/schema/index.js'
import { plimsollIn, start, startInterrupted, temporaryFolder } from '../helpers/cli.js'

const folder = temporaryFolder()
const at = (path: string) => join(folder, path)
const readJson = (path: string) => JSON.parse(readFileSync(at(path), 'utf8'))
const run = (...args: string[]) => plimsollIn(folder, ...args)
const NAME = '2026-01-01'

/** The config with something changed, and how to put it back. */
function changed(change: (config: ReturnType<typeof readJson>) => void): () => void {
  const before = readFileSync(at('plimsoll.json'), 'utf8')
  const config = JSON.parse(before)
  change(config)
  writeFileSync(at('plimsoll.json'), JSON.stringify(config))
  return () => writeFileSync(at('plimsoll.json'), before)
}

function filesBelow(path: string): string[] {
  return readdirSync(at(path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

describe('init and epoch: the whole job of a venue in two commands (cli.33)', () => {
  let made: { archive: string; sha256: string; inclusion: string; private: string; signer: string }

  beforeAll(async () => {
    const init = await run('init', '--example', '--json')
    expect(init.code, init.stderr).toBe(0)
    expect((await run('epoch', 'sign', '--new-key', 'venue-key.json')).code).toBe(0)
    changed((config) => {
      config.files.key = 'venue-key.json'
    })
    // Killed after its first proof: the second run goes on there.
    const first = startInterrupted(['epoch', '--config', at('plimsoll.json')], 'SIGKILL', '0000000.json')
    await first.ended
    expect(existsSync(at(`public/${NAME}/manifest.json`)), 'control: it was not finished').toBe(false)
    const second = await start(['epoch', '--json'], {}, { cwd: folder }).ended
    expect(second.code, second.stdout + second.stderr).toBe(0)
    made = JSON.parse(second.stdout)
  })

  test('end with an archive that verifies, signed, under the pins', async () => {
    expect(made).toMatchObject({
      verdict: 'valid',
      venue: 'Example Venue',
      epoch: NAME,
      keyKind: 'development',
    })
    expect(sha256Hex(readFileSync(made.archive))).toBe(made.sha256)
    const verified = await run(
      ...['verify', made.archive, '--pins', at('pins.json'), '--venue', made.signer, '--json'],
    )
    expect(verified.code, verified.stdout).toBe(0)
    expect(JSON.parse(verified.stdout)).toMatchObject({
      valid: true,
      signer: { address: made.signer, known: true },
    })
  })

  test('and with an inclusion file of each account, for nobody else to read, apart from what is public', async () => {
    const inclusions = filesBelow(`private/${NAME}.inclusion`)
    const accounts = inclusions.map((file) => JSON.parse(readFileSync(file, 'utf8')).account)
    expect(accounts.sort()).toEqual(['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace'])
    for (const file of filesBelow('private')) expect(statSync(file).mode & 0o077, file).toBe(0)
    const open = filesBelow('public').map((file) => readFileSync(file))
    const { seed } = readJson(`private/${NAME}/epoch.json`)
    for (const secret of [seed, 'alice', 'venue-key']) {
      expect(
        open.some((bytes) => bytes.includes(secret)),
        secret,
      ).toBe(false)
    }
    const file = inclusions[0]!
    const customer = await run(
      ...['inclusion', 'verify', file, '--epoch', made.archive, '--pins', at('pins.json'), '--json'],
    )
    expect(JSON.parse(customer.stdout)).toMatchObject({ verdict: 'included' })
  })

  test('run again, nothing that is finished changes (epoch.8)', async () => {
    const before = filesBelow('public').map((file) => [file, sha256Hex(readFileSync(file))])
    const again = await run('epoch', '--json')
    expect(again.code, again.stderr).toBe(0)
    expect(JSON.parse(again.stdout)).toEqual(made)
    expect(again.stderr).toContain('finished, of these very accounts, reserves, policy and risk table')
    expect(filesBelow('public').map((file) => [file, sha256Hex(readFileSync(file))])).toEqual(before)
  })

  test('a finished epoch is not told as made of books that are others since, whatever of them it is (epoch.9)', async () => {
    const held = JSON.stringify({ ...readJson('policy.json'), valueRatio: '0.5' })
    const changes: [file: string, change: (text: string) => string, what: string][] = [
      ['accounts.csv', (text) => text.replace('alice,BTC,', 'alice,BTC,0'), 'another accounts file'],
      ['reserves.json', (text) => text.replace('"BTC": "2"', '"BTC": "3"'), 'other reserves'],
      ['policy.json', () => held, 'another policy'],
      ['risk.json', (text) => text.replace(/"mark": "(\d+)/, '"mark": "1$1'), 'another risk table'],
    ]
    for (const [file, change, what] of changes) {
      const before = readFileSync(at(file), 'utf8')
      writeFileSync(at(file), change(before))
      expect(readFileSync(at(file), 'utf8'), `control: ${file} is another`).not.toBe(before)
      const again = await run('epoch', '--json')
      writeFileSync(at(file), before)
      const { error } = JSON.parse(again.stdout)
      expect([again.code, error.code], file).toEqual([2, 'EPOCH_OTHER_RUN'])
      expect(error.message).toContain(`holds a finished epoch of ${what}`)
    }
  })

  test('the next epoch names this one; books that do not hold are told and nothing of them is made', async () => {
    const reserves = readFileSync(at('reserves.json'), 'utf8')
    writeFileSync(at('reserves.json'), reserves.replace('"BTC": "2"', '"BTC": "1"'))
    const short = await run('epoch', '--name', 'next', '--json')
    writeFileSync(at('reserves.json'), reserves)
    expect(short.code).toBe(1)
    expect(JSON.parse(short.stdout)).toMatchObject({ valid: false })
    expect(existsSync(at('public/next'))).toBe(false)
    const next = await run('epoch', '--name', 'next', '--json')
    expect(next.code, next.stderr).toBe(0)
    const manifest = sha256Hex(readFileSync(at(`public/${NAME}/manifest.json`)))
    expect(JSON.parse(next.stdout).previous).toBe(manifest)
    expect(readJson('public/next/manifest.json').previous).toBe(manifest)
  })
})

describe('what epoch refuses (cli.33)', () => {
  const refused = async (code: string, ...args: string[]) => {
    const { code: exit, stdout } = await run('epoch', ...args, '--json')
    expect([exit, JSON.parse(stdout).error.code]).toEqual([2, code])
  }

  test('no configuration, a name that no folder has, and folders that lie in one another', async () => {
    await refused('CONFIG_MISSING', '--config', 'other.json')
    await refused('USAGE', '--name', '../x')
    const back = changed((config) => {
      config.folders.private = 'public/private'
    })
    await refused('EPOCH_FOLDERS')
    back()
  })

  test('init overwrites nothing that differs, and asks nobody where there is no terminal', async () => {
    const again = await run('init', '--example', '--json')
    expect([again.code, JSON.parse(again.stdout).error.code]).toEqual([2, 'FILE_EXISTS'])
    const other = temporaryFolder()
    const unnamed = await run('init', '--out', other, '--json')
    expect([unnamed.code, JSON.parse(unnamed.stdout).error]).toMatchObject([
      2,
      { code: 'USAGE', where: '--venue' },
    ])
    expect(readdirSync(other)).toEqual([])
    const named = await run('init', '--out', other, '--venue', 'Other Venue', '--naming', 'number', '--json')
    expect(named.code, named.stderr).toBe(0)
    const config = JSON.parse(readFileSync(join(other, 'plimsoll.json'), 'utf8'))
    expect(config).toMatchObject({ venue: 'Other Venue', naming: 'number' })
    const hidden = ['/accounts.csv', '/reserves.json', '/venue-key.json', '/private/']
    expect(readFileSync(join(other, '.gitignore'), 'utf8')).toBe(`${hidden.join('\n')}\n`)
    const third = temporaryFolder()
    const outside = ['--venue', 'Third', '--naming', 'number', '--accounts', '../[all].csv']
    expect((await run('init', '--out', third, ...outside)).code).toBe(0)
    expect(readFileSync(join(third, '.gitignore'), 'utf8')).toBe(`${hidden.slice(1).join('\n')}\n`)
    for (const name of ['plimsoll', 'risk', 'reserves', 'policy', 'stress']) {
      const { $schema } = JSON.parse(readFileSync(join(other, `${name}.json`), 'utf8'))
      expect(existsSync(join(other, $schema)), name).toBe(true)
    }
  })
})
