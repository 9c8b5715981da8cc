import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { testKey } from '../../scripts/contract-fixtures/statements.js'
import { ledgerArgs, RISK, writeVenue } from '../../scripts/soundness/samples/venue.js'
import type { Slot } from '../../src/field/index.js'
import { accountIdDigest, holderCommitment, leafHash } from '../../src/hash/index.js'
import { readRiskTable } from '../../src/inputs/index.js'
import { readLedger } from '../../src/ledger/index.js'
import { loadInstances } from '../../src/proving/index.js'
import { riskDigests } from '../../src/risk/index.js'
import { EpochSecret } from '../../src/venue/epoch-secret.js'
import { foldedBatches, foldLedger } from '../../src/venue/fold-ledger.js'
import { planLedger } from '../../src/venue/index.js'
import { plimsoll, start, temporaryFolder } from '../helpers/cli.js'
import { PROVERS } from '../helpers/provers.js'
import { cases } from '../helpers/sweep.js'

const folder = temporaryFolder()
const epoch = join(folder, 'epoch')
const inclusion = join(folder, 'inclusion.json')
const seedFile = join(`${epoch}.private`, 'epoch.json')
const files = writeVenue(folder, { BTC: '1', USDT: '1' })
/** Balances so small that all of their size can be tried: in smallest units, below 2^10. */
const SMALL: [id: string, instrument: number, quantity: bigint][] = [
  ['dict-01', 2, 618n],
  ['dict-02', 2, 414n],
  ['dict-03', 0, 732n],
]
let seed: string

const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8'))
const csv = (rows: readonly (readonly string[])[]) =>
  `account_id,instrument,quantity\n${rows.map((row) => row.join()).join('\n')}\n`

beforeAll(async () => {
  const rows = [
    ['dict-01', 'USDT', '0.000618'],
    ['dict-02', 'USDT', '0.000414'],
    ['dict-03', 'BTC', '0.00000732'],
  ]
  writeFileSync(files.accounts, csv(rows))
  for (const args of [
    ledgerArgs(files, epoch, ['ledger-tiny']),
    ['solvency', 'prove', '--epoch', epoch, '--reserves', files.reserves],
    [
      'inclusion',
      'export',
      '--epoch',
      epoch,
      '--account',
      'dict-01',
      '--accounts',
      files.accounts,
      '--out',
      inclusion,
    ],
  ]) {
    const run = await plimsoll(...args)
    expect(run.code, run.stderr).toBe(0)
  }
  seed = readJson(seedFile).seed
})

/** Every long number that an epoch publishes, and that its first customer has in the inclusion file. */
function known(): Set<string> {
  const public_ = readdirSync(epoch, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  const texts = [...public_, inclusion].map((path) => readFileSync(path, 'utf8'))
  return new Set(texts.join().match(/\d{60,}/g))
}

/** The slots of an account that holds one instrument, in the epoch's instance of four slots. */
function leafOf(slot: Slot): Slot[] {
  return [slot, ...new Array<Slot>(3).fill({ instrument: 0, quantity: 0n })]
}

/** The accounts whose leaf is among `published`, of everyone in `ids` with any one balance below `limit`. */
function crack(published: Set<string>, ids: readonly string[], salt: bigint, limit: number): typeof SMALL {
  const found: typeof SMALL = []
  for (const id of ids) {
    const holder = holderCommitment({ accountId: accountIdDigest(id), owner: 0n, salt })
    for (const instrument of RISK.instruments.keys()) {
      for (let quantity = 1n; quantity < limit; quantity++) {
        const leaf = leafHash(holder, leafOf({ instrument, quantity }))
        if (published.has(leaf.toString())) found.push([id, instrument, quantity])
      }
    }
  }
  return found
}

describe('P01: a dictionary of all customers and of all small balances (privacy.1, privacy.9)', () => {
  const ids = SMALL.map(([id]) => id)
  const limit = cases(1 << 10, 1 << 20)

  test('P01: hits nothing that is published, nor anything in the file of one customer', () => {
    expect(known().size).toBeGreaterThan(50)
    expect(crack(known(), ids, 0n, limit)).toEqual([])
  })

  test('P01: control: without salts it finds every account and its exact balance', () => {
    const unsalted = SMALL.map(([id, instrument, quantity]) =>
      leafHash(
        holderCommitment({ accountId: accountIdDigest(id), owner: 0n, salt: 0n }),
        leafOf({ instrument, quantity }),
      ).toString(),
    )
    expect(crack(new Set(unsalted), ids, 0n, 1 << 10)).toEqual(SMALL)
  })

  test('P01: control: it is the salt alone that keeps the leaf beside the own one from being cracked', () => {
    const { 1: [id] = [''] } = SMALL
    expect(crack(known(), [id], EpochSecret.fromHex(seed).salt(id), 1 << 10)).toEqual([SMALL[1]])
  })
})

describe('P08: the number of accounts (privacy.4)', () => {
  /**
   * All that an epoch would publish of its accounts but numbers that are hashes: batches, instances, leaves.
   */
  async function shapeOf(count: number): Promise<unknown> {
    const path = join(folder, `accounts-${count}.csv`)
    writeFileSync(path, csv(Array.from({ length: count }, (_, i) => [`cust-${i}`, 'BTC', `${i + 1}`])))
    const table = await readRiskTable(files.risk)
    const ledger = await readLedger(path, table)
    const plan = planLedger(loadInstances(), table, ledger.shapes, {
      instances: ['ledger-tiny', 'solvency-tiny'],
    })
    const digests = riskDigests(table, plan.solvency.sizes)
    const fold = { plan, table, digests, ledger, secret: EpochSecret.random() }
    const shape: unknown[] = []
    for await (const { instance, witness } of foldedBatches(fold, await foldLedger(fold))) {
      const { accounts } = witness
      shape.push([instance.name, accounts.length, accounts.map(({ slots }) => slots.length)])
      const holders = new Set(accounts.map(({ holder }) => holder))
      expect(holders.size, 'padding has a holder like any other').toBe(accounts.length)
    }
    await ledger.close()
    return shape
  }

  test('P08: makes no difference within a size class, and one account more than it holds is the next', async () => {
    const five = await shapeOf(5)
    for (const count of [6, 7, 8]) expect(await shapeOf(count), `${count}`).toEqual(five)
    for (const count of [4, 9]) expect(await shapeOf(count), `${count}`).not.toEqual(five)
  })
})

describe('P10: no source of randomness (privacy.10)', () => {
  const { crypto } = globalThis
  afterEach(() => {
    Object.defineProperty(globalThis, 'crypto', { value: crypto, configurable: true })
  })

  test.each([
    ['no Web Crypto', undefined],
    ['a Web Crypto without getRandomValues', {}],
  ])('P10: with %s nothing is proven', async (_, value) => {
    const key = await testKey('squares-1')
    const inputs = { power: [25n], root: [5n] }
    for (const [name, prover] of PROVERS) {
      await expect(prover.prove(key, inputs), name).resolves.toMatchObject({ publicSignals: [25n] })
    }
    Object.defineProperty(globalThis, 'crypto', { value, configurable: true })
    for (const [name, prover] of PROVERS) {
      await expect(prover.prove(key, inputs), name).rejects.toMatchObject({
        code: 'NO_RANDOMNESS',
        exitCode: 3,
      })
    }
  })
})

describe('P07, P11: without a network, and with all that is private destroyed (epoch.11)', () => {
  const log = join(folder, 'network.log')
  const offline = `--import=${new URL('./privacy-preload-offline.mjs', import.meta.url).href}`
  const run = (...args: string[]) => start(args, { NODE_OPTIONS: offline, NETWORK_LOG: log }).ended

  test('P07: control: what reaches for the network there fails and is noted (epoch.11)', () => {
    for (const attempt of [
      "fetch('http://127.0.0.1')",
      "require('net').connect(9)",
      "require('dns').lookup('a',()=>{})",
    ]) {
      const env = { ...process.env, NODE_OPTIONS: offline, NETWORK_LOG: log }
      expect(spawnSync(process.execPath, ['-e', attempt], { env }).status, attempt).not.toBe(0)
    }
    expect(readFileSync(log, 'utf8')).toBe('fetch\nconnect\nlookup\n')
    rmSync(log)
  })

  test('P07: an epoch and an inclusion file verify offline, and nothing tries to connect (epoch.11)', async () => {
    expect((await run('verify', epoch)).code).toBe(0)
    expect((await run('inclusion', 'verify', inclusion, '--epoch', epoch)).code).toBe(0)
    expect(existsSync(log)).toBe(false)
  })

  test('P11: once the private folder is gone nobody opens a leaf but who has its file, and the epoch verifies (privacy.11)', async () => {
    rmSync(`${epoch}.private`, { recursive: true })
    const out = join(folder, 'late.json')
    const late = await run(
      ...['inclusion', 'export', '--epoch', epoch, '--account', 'dict-02', '--accounts', files.accounts],
      ...['--out', out, '--json'],
    )
    expect([late.code, JSON.parse(late.stdout).error.code]).toEqual([2, 'EPOCH_PRIVATE'])
    expect(existsSync(out)).toBe(false)
    const own = await run('inclusion', 'verify', inclusion, '--epoch', epoch, '--json')
    expect(JSON.parse(own.stdout)).toMatchObject({
      verdict: 'included',
      epochValid: true,
      account: 'dict-01',
    })
  })
})
