import { execFileSync, spawn } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { testKey } from '../../scripts/contract-fixtures/statements.js'
import {
  ledgerArgs,
  RESERVES,
  RISK,
  type VenueFiles,
  writeVenue,
} from '../../scripts/soundness/samples/venue.js'
import { exportContracts } from '../../src/chain/index.js'
import { EPOCH_PATHS } from '../../src/epoch/index.js'
import { InputError, PlimsollError } from '../../src/errors/index.js'
import { FIELD_ORDER } from '../../src/field/index.js'
import { inFolders, readJsonFile, writeFileAtomic } from '../../src/files/index.js'
import { readReserves, readRiskTable } from '../../src/inputs/index.js'
import { readLedger } from '../../src/ledger/index.js'
import { ensureArtifacts } from '../../src/proving/index.js'
import type { RiskTable } from '../../src/risk/index.js'
import { policySchema, resolvePolicy } from '../../src/statements/index.js'
import { createOwner } from '../../src/trader/index.js'
import { withLock } from '../../src/venue/epoch-lock.js'
import { plimsoll, start, startInterrupted, TEST_CACHE, temporaryFolder } from '../helpers/cli.js'

const MAIN = 'dist/cli/main.js'
const folder = temporaryFolder()
let count = 0
/** A new file with this text. */
const written = (text: string | Uint8Array, name = 'file.json'): string => {
  const own = join(folder, `${count++}`)
  mkdirSync(own)
  writeFileSync(join(own, name), text)
  return join(own, name)
}
const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8'))
/** What another module loaded first is called in the environment. */
const preload = (name: string) => `--import=${new URL(name, import.meta.url).href}`

let files: VenueFiles
let table: RiskTable
beforeAll(async () => {
  files = writeVenue(folder)
  table = await readRiskTable(files.risk)
})

async function failure(work: Promise<unknown>): Promise<PlimsollError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(PlimsollError)
  return error as PlimsollError
}

describe('F01: an amount that is no canonical decimal is a typed error wherever an amount is read (cli.5, cli.6)', () => {
  /** As they would stand in JSON. The digits are such that a message that repeats them is found. */
  const amounts = [
    '""',
    '" "',
    '"4242e3"',
    '"0x4242"',
    '"+4242"',
    '"-0"',
    '"-4242"',
    '"04242"',
    '"4,242"',
    '"4_242"',
    '"4242."',
    '".4242"',
    '"٤٢٤٢"',
    '"4242 "',
    '"42.420000000000000000000042"',
    `"${(1n << 130n) + 4242n}"`,
    `"${FIELD_ORDER}"`,
    `"${FIELD_ORDER + 7n}"`,
    `"${'4242'.repeat(25_000)}"`,
    '"NaN"',
    '"Infinity"',
    'NaN',
    '4242',
    '4242.5',
    '9007199254740993',
    '1e400',
    '4'.repeat(100_000),
    'true',
    'null',
    '[[4242]]',
    '["4242"]',
    '{"value":"4242"}',
  ]
  const venue = (mark: string) =>
    JSON.stringify({ ...RISK, instruments: [{ ...RISK.instruments[0], mark: '@' }] }).replace('"@"', mark)
  const readers: [what: string, read: (amount: string) => Promise<unknown>][] = [
    [
      'reserves',
      (amount) =>
        readReserves(written(`{"schema":"plimsoll/reserves/1","reserves":{"BTC":${amount}}}`), table),
    ],
    ['a mark', (amount) => readRiskTable(written(venue(amount)))],
    [
      'a ratio of a policy',
      async (amount) => {
        const text = `{"schema":"plimsoll/policy/1","valueRatio":${amount},"minimumRatio":"1","loanFactor":"0","instruments":{}}`
        return resolvePolicy(await readJsonFile(written(text), policySchema), table)
      },
    ],
    [
      'a quantity of the ledger',
      (amount) => {
        const cell = amount.startsWith('"') ? amount : `"${amount.replaceAll('"', '""')}"`
        const path = written(`account_id,instrument,quantity\nx,ETH,1\ny,BTC,${cell}\n`, 'accounts.csv')
        return readLedger(path, table)
      },
    ],
  ]
  /** What is no amount in JSON is a whole number in CSV, where all is text. */
  const plainInCsv = ['4242', '4242.5', '9007199254740993']

  test.each(readers)('F01: in %s', async (what, read) => {
    for (const amount of amounts) {
      if (what.includes('ledger') && plainInCsv.includes(amount)) continue
      const error = await failure(read(amount))
      expect(error, amount.slice(0, 40)).toBeInstanceOf(InputError)
      expect(error.exitCode).toBe(2)
      expect(JSON.stringify(error), 'the amount is repeated').not.toMatch(/4242|4,242|4_242|٤٢٤٢/)
    }
    await expect(read(what.includes('policy') ? '"1.5"' : '"4.5"'), 'control').resolves.toBeDefined()
  })
})

describe('F02: names that an object inherits (cli.7)', () => {
  test('F02: identifiers and symbols such as __proto__ and constructor are text like any other, and no prototype changes', async () => {
    const before = Object.getOwnPropertyNames(Object.prototype).sort()
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype']
    const rows = names.flatMap((id, i) => [`${id},BTC,${i + 1}`, `${id},constructor,${i + 1}`])
    const instruments = [RISK.instruments[0]!, { ...RISK.instruments[1]!, symbol: 'constructor' }]
    const strange = await readRiskTable(written(JSON.stringify({ ...RISK, instruments })))
    const path = written(`account_id,instrument,quantity\n${rows.join('\n')}\n`, 'accounts.csv')
    const ledger = await readLedger(path, strange)
    const found: Record<string, bigint[]> = Object.create(null)
    for await (const { id, slots } of ledger.accounts({ shuffleSeed: new Uint8Array(32) })) {
      found[id] = slots.map(({ quantity }) => quantity)
    }
    await ledger.close()
    expect(Object.keys(found).sort()).toEqual([...names].sort())
    for (const [i, name] of names.entries()) {
      expect(found[name], name).toEqual([100_000_000n * BigInt(i + 1), 100_000_000n * BigInt(i + 1)])
    }
    const held = await readReserves(
      written('{"schema":"plimsoll/reserves/1","reserves":{"constructor":"2"}}'),
      strange,
    )
    expect(held.reserves.slice(0, 2)).toEqual([0n, 200_000_000n])
    expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(before)
  })

  test('F02: a key that reaches for the prototype is refused, and an inherited name is no instrument', async () => {
    const reserves = (text: string) =>
      failure(readReserves(written(`{"schema":"plimsoll/reserves/1","reserves":${text}}`), table))
    expect((await reserves('{"__proto__":{"admin":"1"}}')).code).toBe('JSON_FORBIDDEN_KEY')
    expect((await reserves('{"\\u005f_proto__":"1"}')).code).toBe('JSON_FORBIDDEN_KEY')
    for (const name of ['constructor', 'toString', 'valueOf']) {
      expect((await reserves(`{"${name}":"1"}`)).code, name).toBe('RESERVES_INSTRUMENT')
    }
    expect('admin' in {}).toBe(false)
  })

  test('F02: identifiers that look alike are not one: other scripts are kept apart, other spellings refused', async () => {
    const csv = (...ids: string[]) =>
      written(
        `account_id,instrument,quantity\n${ids.map((id) => `${id},BTC,1`).join('\n')}\n`,
        'accounts.csv',
      )
    const ledger = await readLedger(csv('alice', 'аlice', 'Alice'), table)
    expect(ledger.count).toBe(3)
    await ledger.close()
    for (const twin of ['cafe\u0301', 'alice\u200d', 'alice\u200b']) {
      expect((await failure(readLedger(csv('alice', twin), table))).code).toBe('LEDGER_ACCOUNT_ID')
    }
  })
})

describe('F04: where a file must not be written (cli.3)', () => {
  const stress = (out: string) => [
    ...['risk', 'stress', '--risk', 'examples/venue/risk.json', '--stress', 'examples/venue/stress.json'],
    ...['--out', out, '--force', '--json'],
  ]

  test('F04: a pipe or a device is not replaced by a file', async () => {
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    expect(await failure(writeFileAtomic(pipe, 'x'))).toMatchObject({ code: 'FILE_ACCESS', exitCode: 2 })
    expect(lstatSync(pipe).isFIFO()).toBe(true)
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  test('F04: a file that grows past a limit of the system leaves the old content and nothing else', async () => {
    const own = join(folder, 'limited')
    mkdirSync(own)
    const out = join(own, 'risk.json')
    writeFileSync(out, 'old')
    // The shell counts in blocks of at most a kibibyte; the table has tens of them.
    const limited = ['-c', 'ulimit -f 4 && exec "$@"', 'sh', process.execPath, MAIN, ...stress(out)]
    const run = await outcome('sh', limited)
    expect(run.code).toBe(2)
    expect(JSON.parse(run.stdout).error.code).toBe('FILE_ACCESS')
    expect(readFileSync(out, 'utf8')).toBe('old')
    expect(readdirSync(own)).toEqual(['risk.json'])
    expect((await plimsoll(...stress(out))).code, 'control: without the limit').toBe(0)
    expect(statSync(out).size).toBeGreaterThan(8 * 1024)
  })

  test('F04: results on a full disk are no success', async () => {
    const run = await outcome(
      process.execPath,
      [MAIN, 'risk', 'scenarios', '--json'],
      openSync('/dev/full', 'w'),
    )
    expect(run.code).toBe(2)
  })

  test.each(['/proc/plimsoll/epoch', '/dev/null/epoch'])(
    'F04: an epoch at %s, where no folder can be made, is refused and does not hang',
    async (out) => {
      const run = await plimsoll(...ledgerArgs(files, out), '--private', join(folder, 'unused'), '--json')
      expect(run.code).toBe(2)
      expect(JSON.parse(run.stdout).error.code).toBe('FILE_ACCESS')
      expect(existsSync(join(folder, 'unused'))).toBe(false)
      const key = await testKey('squares-1')
      expect(await failure(exportContracts(out, [key]))).toMatchObject({ code: 'FILE_ACCESS', exitCode: 2 })
      const demo = await plimsoll('demo', '--out', out, '--json')
      expect(JSON.parse(demo.stdout).error.code).toBe('FILE_ACCESS')
      expect(await failure(ensureArtifacts('solvency-tiny', { cacheDir: out }))).toMatchObject({
        ...{ code: 'FILE_ACCESS', exitCode: 2 },
      })
    },
  )

  test('F04: folders that were made for work that failed are gone again, those that were there or hold something are not', async () => {
    const there = join(folder, 'there')
    mkdirSync(there)
    const paths = [join(there, 'a/b/c'), join(folder, 'new/d'), there]
    const work = () => {
      for (const path of paths) expect(statSync(path).isDirectory()).toBe(true)
      writeFileSync(join(there, 'a/kept'), '')
      return Promise.reject(new InputError('TRIED', 'tried'))
    }
    expect(
      (
        await failure(
          inFolders(
            paths.map((path) => ({ path })),
            work,
          ),
        )
      ).code,
    ).toBe('TRIED')
    expect(readdirSync(there, { recursive: true })).toEqual(['a', 'a/kept'])
    expect(existsSync(join(folder, 'new'))).toBe(false)
  })

  test('F04: a way out of a folder through .. or a link is where it leads to, not what it looks like', async () => {
    const own = join(folder, 'ways')
    mkdirSync(join(own, 'public'), { recursive: true })
    symlinkSync(join(own, 'public'), join(own, 'link'))
    const link = join(own, 'link')
    expect((await failure(writeFileAtomic(link, 'x'))).code).toBe('FILE_SYMLINK')
    const secret = join(own, 'owner.json')
    await createOwner(secret)
    const before = readFileSync(secret)
    for (const path of [secret, join(own, 'public/../owner.json'), join(own, 'link/../owner.json')]) {
      expect((await failure(createOwner(path))).code, path).toBe('FILE_EXISTS')
    }
    expect(readFileSync(secret)).toEqual(before)
  })
})

test('F05: a key with a flipped byte or of a newer version makes nothing, exit 3 (key.1)', async () => {
  const { directory } = await ensureArtifacts('ledger-tiny', { cacheDir: TEST_CACHE })
  const own = join(folder, 'cache')
  const copy = join(own, directory.split('/').at(-1)!)
  mkdirSync(copy, { recursive: true })
  const restore = () => {
    for (const name of readdirSync(directory)) copyFileSync(join(directory, name), join(copy, name))
  }
  restore()
  const out = join(folder, 'verifiers')
  const exportIt = () =>
    start(['contract', 'export', 'ledger-tiny', '--out', out, '--json'], { PLIMSOLL_CACHE: own }).ended
  const newer = readFileSync(join(copy, 'key.json'), 'utf8').replace('plimsoll/key/2', 'plimsoll/key/3')
  const flipped = readFileSync(join(copy, 'proving.zkey'))
  flipped[flipped.length >> 1]! ^= 1
  for (const [name, content] of [
    ['proving.zkey', flipped],
    ['key.json', newer],
  ] as const) {
    writeFileSync(join(copy, name), content)
    const run = await exportIt()
    expect(run.code, name).toBe(3)
    expect(JSON.parse(run.stdout).error).toMatchObject({ code: 'ARTIFACT_BROKEN', where: join(copy, name) })
    expect(existsSync(out)).toBe(false)
    restore()
  }
  expect((await exportIt()).code, 'control').toBe(0)
})

describe('F06: killed at each stage and run again (epoch.8)', () => {
  const epoch = join(folder, 'killed')
  const batches = () => {
    const at = join(epoch, 'ledger/0000')
    const names = existsSync(at) ? readdirSync(at).filter((name) => !name.startsWith('.')) : []
    return new Map(names.map((name) => [name, readFileSync(join(at, name), 'utf8')]))
  }
  /**
   * Runs a command again and again, each run killed when it has finished one more file, until one comes to
   * its end.
   */
  async function killedAtEachStage(args: string[], afterEach: () => void): Promise<number> {
    for (let kills = 0; ; kills++) {
      const { child, ended } = start(args, { NODE_OPTIONS: preload('./files-preload-kill.mjs') })
      const { code, stderr } = await ended
      if (code === 0) return kills
      expect(child.signalCode, stderr).toBe('SIGKILL')
      expect(kills).toBeLessThan(12)
      afterEach()
    }
  }

  test('F06: ledger prove comes to one chain: salts are drawn once, finished proofs are kept, no account is counted twice', async () => {
    let seed: string | undefined
    let finished = new Map<string, string>()
    const kills = await killedAtEachStage(ledgerArgs(files, epoch), () => {
      const record = join(`${epoch}.private`, 'epoch.json')
      if (existsSync(record)) {
        seed ??= readJson(record).seed
        expect(readJson(record).seed).toBe(seed)
      }
      const now = batches()
      for (const [name, proof] of finished) expect(now.get(name), name).toBe(proof)
      finished = now
      expect(existsSync(join(epoch, 'manifest.json'))).toBe(false)
    })
    expect(kills, 'after two notes, the record, the risk table, two proofs, a key').toBe(7)
    expect(finished.size).toBe(2)
    expect(batches()).toEqual(finished)
    const { opening } = readJson(join(`${epoch}.private`, 'epoch.json'))
    const total = (symbol: keyof typeof RESERVES) => RESERVES[symbol].replace('.', '')
    expect(opening.totals.slice(0, 6)).toEqual([total('BTC'), '0', total('ETH'), '0', total('USDT'), '0'])
  })

  test('F06: solvency prove is complete or not there, and verifies in the end', async () => {
    const manifest = join(epoch, 'manifest.json')
    const kills = await killedAtEachStage(
      ['solvency', 'prove', '--epoch', epoch, '--reserves', files.reserves],
      () => expect(readJson(manifest).parts.solvency).toBeUndefined(),
    )
    expect(kills, 'after the policy, the key, the proof').toBe(3)
    expect((await plimsoll(...ledgerArgs(files, epoch), '--json')).code).toBe(0)
    const left = [epoch, `${epoch}.private`].flatMap((at) =>
      readdirSync(at, { recursive: true, encoding: 'utf8' }),
    )
    expect(left.filter((name) => /tmp|lock/.test(name))).toEqual([])
    const run = await plimsoll('verify', epoch, '--json')
    expect(run.code, run.stdout).toBe(0)
  })
})

describe('F07: what an interrupted run leaves (cli.3, cli.4)', () => {
  test('F07: a signal in the middle: no lock, nothing temporary, private files for their owner alone', async () => {
    const epoch = join(folder, 'interrupted')
    const temporary = join(folder, 'interrupted-tmp')
    mkdirSync(temporary)
    const run = await startInterrupted(ledgerArgs(files, epoch), 'SIGINT', EPOCH_PATHS.batch(0), {
      TMPDIR: temporary,
    }).ended
    expect(run.code).toBe(130)
    expect(run.stderr).toContain('run the same command again')
    const own = `${epoch}.private`
    expect(readdirSync(own).sort()).toEqual(['.gitignore', 'README.txt', 'epoch.json'])
    expect(statSync(own).mode & 0o777).toBe(0o700)
    expect(statSync(join(own, 'epoch.json')).mode & 0o777).toBe(0o600)
    expect(readdirSync(temporary)).toEqual([])
    const left = readdirSync(epoch, { recursive: true, encoding: 'utf8' })
    expect(left.filter((name) => /wtns|lock/.test(name) || statSync(join(epoch, name)).size === 0)).toEqual(
      [],
    )
  })

  test('F07: a run that is refused leaves no folder that it made', async () => {
    const own = join(folder, 'refused')
    mkdirSync(own)
    const temporary = join(folder, 'refused-tmp')
    mkdirSync(temporary)
    const args = ledgerArgs(files, join(own, 'deep/epoch'), ['ledger-tiny-stress'])
    const run = await start([...args, '--json'], { TMPDIR: temporary }).ended
    expect([run.code, JSON.parse(run.stdout).error.code]).toEqual([2, 'LEDGER_SLOTS'])
    expect(readdirSync(own)).toEqual([])
    expect(readdirSync(temporary)).toEqual([])
  })
})

describe('F10: files that are larger than they may be (cli.7, cli.8)', () => {
  /** The most that a command may have: a start takes a fifth of it. */
  const MOST_KIB = 640 * 1024

  async function refused(args: string[], code: string): Promise<void> {
    const memory = join(folder, `memory-${count++}`)
    const env = { NODE_OPTIONS: preload('./files-preload-memory.mjs'), MEMORY_FILE: memory }
    const run = await start([...args, '--json'], env).ended
    expect([run.code, JSON.parse(run.stdout).error?.code], run.stderr).toEqual([2, code])
    expect(Number(readFileSync(memory, 'utf8'))).toBeGreaterThan(10 * 1024)
    expect(Number(readFileSync(memory, 'utf8'))).toBeLessThan(MOST_KIB)
  }

  test('F10: a proof of a gigabyte is refused by its size, before it is read', async () => {
    const proof = written('{"schema":', 'proof.json')
    truncateSync(proof, 1 << 30)
    await refused(['verify', proof], 'JSON_SIZE')
  })

  test('F10: an accounts file of ten gigabytes of nothing ends at its first line, in bounded memory', async () => {
    const accounts = written('account_id,instrument,quantity\n', 'accounts.csv')
    truncateSync(accounts, 10 * 2 ** 30)
    await refused(ledgerArgs({ ...files, accounts }, join(folder, 'none')), 'LEDGER_SYNTAX')
  })

  test('F10: a header of a hundred thousand columns is refused by its line', async () => {
    const header = `account_id,${Array.from({ length: 100_000 }, (_, i) => `c${i}`).join()}\n`
    const error = await failure(readLedger(written(`${header}a\n`, 'accounts.csv'), table))
    expect(error).toMatchObject({ code: 'LEDGER_HEADER', exitCode: 2 })
    expect(error.message.length).toBeLessThan(2_000)
  })
})

describe('F11: the packages that are installed (cli.14)', () => {
  interface Locked {
    version?: string
    integrity?: string
    resolved?: string
    link?: boolean
    dependencies?: Record<string, string>
    devDependencies?: Record<string, string>
  }

  /** What keeps `npm ci` from telling a changed package from the one that was locked. */
  function unpinned(lock: { packages: Record<string, Locked> }): string[] {
    const { '': root, ...packages } = lock.packages
    const loose = Object.entries({ ...root?.dependencies, ...root?.devDependencies })
      // A second version of a package goes by another name: `npm:solc@0.8.25`.
      .filter(([, wanted]) => !/^(npm:[@\w/-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(wanted))
      .map(([name]) => `${name} is not one version`)
    const open = Object.entries(packages)
      .filter(([, { integrity }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ''))
      .map(([name]) => `${name} has no SHA-512`)
    const elsewhere = Object.entries(packages)
      .filter(([, { resolved, link }]) => link || resolved)
      .map(([name]) => `${name} is from elsewhere`)
    return [...loose, ...open, ...elsewhere]
  }
  const lock = readJson('package-lock.json')

  test('F11: each, for whatever platform, is one version with its SHA-512, so that npm refuses it when a byte of it changed', () => {
    expect(Object.keys(lock.packages).length).toBeGreaterThan(100)
    expect(unpinned(lock)).toEqual([])
    const { '': root } = lock.packages
    const { dependencies, devDependencies } = readJson('package.json')
    expect({ ...root.dependencies, ...root.devDependencies }).toEqual({ ...dependencies, ...devDependencies })
  })

  test.each([
    ['a range', (copy: typeof lock) => Object.assign(copy.packages[''].dependencies, { zod: '^4.0.0' })],
    ['a missing hash', (copy: typeof lock) => delete copy.packages['node_modules/zod'].integrity],
    [
      'a missing hash for another platform',
      (copy: typeof lock) => delete copy.packages['node_modules/@foundry-rs/anvil-win32-amd64'].integrity,
    ],
    [
      'a weak hash',
      (copy: typeof lock) => Object.assign(copy.packages['node_modules/zod'], { integrity: 'sha1-AAAA' }),
    ],
    [
      'another source',
      (copy: typeof lock) =>
        Object.assign(copy.packages['node_modules/zod'], { resolved: 'https://example.com/zod.tgz' }),
    ],
  ])('F11: control: %s is found', (_, change) => {
    const copy = structuredClone(lock)
    change(copy)
    expect(unpinned(copy)).toHaveLength(1)
  })
})

describe('F12: two at once (epoch.9)', () => {
  test('F12: of two that make one secret, one is refused and the other is whole (cli.4)', async () => {
    const path = join(folder, 'raced-owner.json')
    const made = await Promise.allSettled([1, 2, 3, 4].map(() => createOwner(path)))
    const kept = made.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    const refusals = made.flatMap((each) => (each.status === 'rejected' ? [each.reason.code] : []))
    expect(kept.map(String)).toEqual([readJson(path).commitment])
    expect(refusals).toEqual(['FILE_EXISTS', 'FILE_EXISTS', 'FILE_EXISTS'])
  })

  test('F12: a lock of a living process is respected, and a file that is no lock is not taken for a dead one', async () => {
    const path = join(folder, 'lock')
    await withLock(path, async () => {
      expect(readJson(path)).toMatchObject({ pid: process.pid, token: expect.any(String) })
      expect((await failure(withLock(path, () => Promise.resolve()))).code).toBe('EPOCH_BUSY')
    })
    expect(existsSync(path)).toBe(false)
    writeFileSync(path, '4711')
    expect((await failure(withLock(path, () => Promise.resolve()))).code).toBe('EPOCH_BUSY')
  })
})

/** Runs a program to its end, its standard output kept or sent to a file. */
function outcome(
  command: string,
  args: string[],
  stdout?: number,
): Promise<{ code: number | null; stdout: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      env: { ...process.env, PLIMSOLL_CACHE: TEST_CACHE },
      stdio: ['ignore', stdout ?? 'pipe', 'ignore'],
    })
    let said = ''
    child.stdout?.on('data', (chunk) => {
      said += chunk
    })
    child.on('close', (code) => resolve({ code, stdout: said }))
  })
}
