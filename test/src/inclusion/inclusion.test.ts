import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { recoverTypedDataAddress } from 'viem'
import { beforeAll, describe, expect, test } from 'vitest'
import { ROWS, writeVenue } from '../../../scripts/soundness/samples/venue.js'
import { typedDataOf } from '../../../src/bundle/index.js'
import { riskTableHash } from '../../../src/bundle/published.js'
import { batchInstance, type ProvenManifest } from '../../../src/epoch/index.js'
import { FIELD_ORDER } from '../../../src/field/index.js'
import { writeJson } from '../../../src/files/write-json.js'
import {
  accountIdDigest,
  holderCommitment,
  leafHash,
  ownerCommitment,
  TREE_ARITY,
  WideTree,
} from '../../../src/hash/index.js'
import { inclusionChecks } from '../../../src/inclusion/checks.js'
import { digestRoot } from '../../../src/inclusion/digest-tree.js'
import { type Inclusion, inclusionSchema } from '../../../src/inclusion/file.js'
import {
  DigestTree,
  type DisputedEpoch,
  inclusionDigest,
  inclusionSigned,
  inclusionSigner,
  openInclusion,
  ownerRecipient,
  parseInclusion,
  passphraseRecipient,
  readArchive,
  verifyDispute,
  verifyReceipt,
} from '../../../src/inclusion/index.js'
import { withoutWay, withWay } from '../../../src/inclusion/path.js'
import { unsigned } from '../../../src/inclusion/signature.js'
import { folderSource, readRiskTable } from '../../../src/inputs/index.js'
import { type Ledger, readLedger } from '../../../src/ledger/index.js'
import { loadInstances } from '../../../src/proving/index.js'
import { type RiskTable, riskDigests } from '../../../src/risk/index.js'
import { createOwner } from '../../../src/trader/owner.js'
import { EpochSecret } from '../../../src/venue/epoch-secret.js'
import { foldLedger } from '../../../src/venue/fold-ledger.js'
import { epochLayout, liesIn, privateLayout } from '../../../src/venue/folders.js'
import {
  createSigningKey,
  exportAllInclusions,
  exportInclusion,
  publishInclusion,
  readSigningKey,
  type SigningKey,
} from '../../../src/venue/index.js'
import { planLedger } from '../../../src/venue/plan-ledger.js'
import { planRecord } from '../../../src/venue/private-record.js'
import { stateOpening } from '../../../src/venue/state-opening.js'
import { temporaryFolder } from '../../helpers/cli.js'

const folder = temporaryFolder()
const INSTANCES = ['ledger-tiny', 'ledger-tiny-wide']
/** Two customers with equal balances, beside those of the example. */
const TWINS = [
  ['twin-1001', 'BTC', '0.27182818'],
  ['twin-1002', 'BTC', '0.27182818'],
]
const IDS = [...new Set([...ROWS, ...TWINS].map(([id]) => id!))]
let table: RiskTable
let ledger: Ledger
let accountsFile: string

interface Books {
  folder: string
  privateFolder: string
  manifest: ProvenManifest
}

/** The books of an epoch, folded and with a last state that is opened, but with no proof. */
async function books(name: string): Promise<Books> {
  const at = epochLayout(join(folder, name))
  const own = privateLayout(join(folder, `${name}.private`))
  await mkdir(at.folder)
  await mkdir(own.folder)
  const plan = planLedger(loadInstances(), table, ledger.shapes, { instances: INSTANCES })
  const { sizes } = plan.solvency
  const digests = riskDigests(table, sizes)
  const secret = EpochSecret.random()
  const { states, opening } = await foldLedger({ plan, table, digests, ledger, secret })
  const shared = {
    venue: 'Tiny Venue',
    epoch: name,
    target: null,
    riskTable: riskTableHash(table),
    riskRoot: digests.riskRoot.toString(),
  }
  const manifest: ProvenManifest = {
    schema: 'plimsoll/epoch/4',
    ...shared,
    sizes,
    keys: {},
    parts: {
      ledger: {
        firstState: states[0]!.toString(),
        state: states.at(-1)!.toString(),
        batches: plan.runs.map(({ instance, batches }) => ({ instance: instance.name, count: batches })),
      },
      solvency: {
        instance: 'solvency-tiny',
        accountsRoot: opening.accountsRoot.toString(),
        reservesCommitment: '0',
        policy: '0',
      },
    },
  }
  await writeJson(at.manifest, manifest)
  await writeJson(own.record, {
    schema: 'plimsoll/epoch-private/3',
    ...shared,
    seed: secret.toHex(),
    accountsSha256: ledger.sha256,
    plan: planRecord(plan),
    opening: stateOpening(opening),
  })
  return { folder: at.folder, privateFolder: own.folder, manifest }
}

let count = 0
const exported = (from: Books, accountId: string, out = join(folder, `${count++}.json`)) =>
  exportInclusion({ folder: from.folder, privateFolder: from.privateFolder, table, ledger, accountId, out })

/** Ids of the checks that fail. */
const failed = (file: Inclusion, manifest: ProvenManifest) =>
  inclusionChecks(file, manifest, table)
    .filter(({ valid }) => !valid)
    .map(({ id }) => id)

const refused = (file: unknown, manifest: ProvenManifest): boolean => {
  const parsed = inclusionSchema.safeParse(file)
  return !parsed.success || failed(parsed.data, manifest).length > 0
}

let epoch: Books
const files = new Map<string, Inclusion>()
const fileOf = (id: string) => structuredClone(files.get(id)!)

beforeAll(async () => {
  const venue = writeVenue(folder)
  accountsFile = venue.accounts
  writeFileSync(
    accountsFile,
    `account_id,instrument,quantity\n${[...ROWS, ...TWINS].map((r) => r.join(',')).join('\n')}\n`,
  )
  table = await readRiskTable(venue.risk)
  ledger = await readLedger(accountsFile, table)
  epoch = await books('2026-01')
  for (const id of IDS) files.set(id, await exported(epoch, id))
  return () => ledger.close()
})

describe('an inclusion file (inclusion.6)', () => {
  test('of every account opens its leaf, with the exact balances of the accounts file (inclusion.1)', () => {
    for (const id of IDS) {
      const file = fileOf(id)
      expect(inclusionSchema.parse(file)).toEqual(file)
      expect(failed(file, epoch.manifest), id).toEqual([])
      const held = file.slots
        .filter(({ quantity }) => quantity !== '0')
        .map(({ symbol, quantity }) => [id, symbol, quantity])
      expect(held).toEqual([...ROWS, ...TWINS].filter(([owner]) => owner === id))
    }
    expect(new Set(IDS.map((id) => fileOf(id).accountsPath.index)).size).toBe(3)
  })

  test('is for its owner alone to read, and never overwrites another (cli.4)', async () => {
    const out = join(folder, 'alice.json')
    await exported(epoch, 'alice@example.com', out)
    expect(statSync(out).mode & 0o777).toBe(0o600)
    const before = readFileSync(out, 'utf8')
    await expect(exported(epoch, 'bob-7731', out)).rejects.toMatchObject({ code: 'FILE_EXISTS' })
    expect(readFileSync(out, 'utf8')).toBe(before)
  })

  test('is not written into the public folder, where it would be published', async () => {
    const out = join(epoch.folder, 'ledger', '..', 'alice.json')
    await expect(exported(epoch, 'bob-7731', out)).rejects.toMatchObject({ code: 'EPOCH_FOLDERS' })
    expect(liesIn('a', 'a/..b')).toBe(true)
    expect(liesIn('a', 'a/../b')).toBe(false)
  })

  test('is refused for an account that is not in the ledger, without repeating its id (privacy.7)', async () => {
    const unknown = exported(epoch, 'mallory-4455')
    await expect(unknown).rejects.toMatchObject({ code: 'INCLUSION_ACCOUNT', exitCode: 2 })
    await expect(unknown).rejects.not.toThrow(/mallory/)
  })

  test('is refused when the accounts, the seed or a state is another than the epoch was made with', async () => {
    const code = 'EPOCH_OTHER_RUN'
    const other = await books('other')
    const swapped = { ...epoch, privateFolder: other.privateFolder }
    await expect(exported(swapped, 'bob-7731')).rejects.toMatchObject({ code })

    const changed = join(folder, 'changed.csv')
    writeFileSync(changed, readFileSync(accountsFile, 'utf8').replace('0.000001', '0.000002'))
    const read = await readLedger(changed, table)
    const out = join(folder, 'changed.json')
    const attempt = exportInclusion({ ...epoch, table, ledger: read, accountId: 'bob-7731', out })
    await expect(attempt).rejects.toMatchObject({ code })
    await expect(attempt).rejects.toThrow(/another accounts file/)
    await read.close()

    const path = privateLayout(other.privateFolder).record
    const record = JSON.parse(readFileSync(path, 'utf8'))
    await writeJson(path, { ...record, seed: EpochSecret.random().toHex() })
    await expect(exported(other, 'bob-7731')).rejects.toMatchObject({ code })
  })
})

describe('the inclusion files of all customers (inclusion.9)', () => {
  const all = (out: string, from = epoch) => exportAllInclusions({ ...from, table, ledger, out })
  const filesIn = (out: string) =>
    readdirSync(out, { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
  /** What a killed run leaves: a folder beside the one that is made. */
  const partial = (out: string) => {
    const name = readdirSync(folder).find((entry) => entry.startsWith(`.${out}.`))
    return name && join(folder, name)
  }

  test('are those that are exported one by one, in a folder, as lines, and as a table (inclusion.1)', async () => {
    const out = join(folder, 'all')
    const done = await all(out)
    expect(done).toMatchObject({ format: 'folder', files: IDS.length, kept: 0 })
    const index = readFileSync(done.index!, 'utf8').trimEnd().split('\n')
    const listed = index.map((line) => JSON.parse(line) as { account: string; file: string })
    expect(listed.map(({ account }) => account).toSorted()).toEqual(IDS.toSorted())
    for (const { account, file } of listed) {
      const text = readFileSync(join(out, file), 'utf8')
      expect(inclusionSchema.parse(JSON.parse(text))).toEqual(fileOf(account))
      expect(text, 'one text of each file').toBe(JSON.stringify(fileOf(account)))
    }
    expect(filesIn(out).toSorted()).toEqual(listed.map(({ file }) => join(out, file)).toSorted())

    const lines = join(folder, 'all.jsonl')
    expect(await all(lines)).toEqual({ format: 'jsonl', files: IDS.length, kept: 0 })
    const texts = readFileSync(lines, 'utf8').trimEnd().split('\n')
    expect(texts.toSorted()).toEqual(IDS.map((id) => JSON.stringify(fileOf(id))).toSorted())

    const rows = join(folder, 'all.parquet')
    expect(await all(rows)).toEqual({ format: 'parquet', files: IDS.length, kept: 0 })
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    const read = await connection.runAndReadAll(`SELECT account, inclusion FROM '${rows}'`)
    expect(read.getRows().map(([id, text]) => [id, text === JSON.stringify(fileOf(`${id}`))])).toEqual(
      listed.map(({ account }) => [account, true]),
    )
    connection.closeSync()
    instance.closeSync()
    for (const path of [lines, rows, done.index!, ...filesIn(out)]) {
      expect(statSync(path).mode & 0o777, path).toBe(0o600)
    }
    expect(statSync(out).mode & 0o777).toBe(0o700)
    expect(
      readdirSync(folder).filter((name) => name.startsWith('.')),
      'nothing is left beside them',
    ).toEqual([])
  })

  test('have names that give no identifier away, and others in another epoch (privacy.3)', async () => {
    const [one, other] = [join(folder, 'names'), join(folder, 'names-2')]
    await all(one)
    await all(other, await books('2026-03'))
    const names = [one, other].map((out) => filesIn(out).map((path) => basename(path, '.json')))
    for (const name of names.flat()) {
      expect(name).toMatch(/^[0-9a-f]{32}$/)
      for (const id of IDS) {
        for (const guess of ['sha256', 'md5']) {
          const hash = createHash(guess).update(id).digest('hex')
          expect(hash.includes(name.slice(0, 16)) || name.includes(id)).toBe(false)
        }
      }
    }
    expect(new Set(names.flat()).size).toBe(2 * IDS.length)
  })

  test('go on where a run was interrupted, and mend what a power failure cut off (inclusion.6)', async () => {
    const out = join(folder, 'resumed')
    let left = 3
    const interrupted = exportAllInclusions({
      ...{ ...epoch, table, ledger, out },
      onFile() {
        if (--left === 0) throw new Error('the power failed')
      },
    })
    await expect(interrupted).rejects.toThrow('the power failed')
    expect(existsSync(out), 'what is named is whole or not there').toBe(false)
    // By what is published nobody can tell its name, and make it before.
    const { state } = JSON.parse(readFileSync(join(epoch.folder, 'manifest.json'), 'utf8')).parts.ledger
    const hash = createHash('sha256').update(state).digest('hex')
    expect(basename(partial('resumed')!)).toMatch(/^\.resumed\.[0-9a-f]{32}\.partial$/)
    expect(basename(partial('resumed')!)).not.toContain(hash.slice(0, 12))
    const written = filesIn(partial('resumed')!)
    expect(written).toHaveLength(3)
    writeFileSync(written[0]!, readFileSync(written[0]!).subarray(0, 1000))
    expect(await all(out)).toMatchObject({ files: IDS.length, kept: 2 })
    for (const path of filesIn(out)) {
      const file = inclusionSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
      expect(file).toEqual(fileOf(file.account))
    }
    expect(partial('resumed')).toBeUndefined()
    await expect(all(out)).rejects.toMatchObject({ code: 'FILE_EXISTS' })
    await expect(all(join(epoch.folder, 'all'))).rejects.toMatchObject({ code: 'EPOCH_FOLDERS' })
  })

  test('are made once: the accounts are read to fold and to write, signed and published or not', async () => {
    const key = await readSigningKey('examples/venue/signing-key.json')
    const channels = join(folder, 'channels-once.csv')
    writeFileSync(channels, 'account_id,passphrase\nbob-7731,a passphrase made at random\n')
    let reads = 0
    const counted = Object.assign(Object.create(ledger) as typeof ledger, {
      accounts(order: Parameters<typeof ledger.accounts>[0]) {
        reads++
        return ledger.accounts(order)
      },
    })
    const readsOf = async (work: Promise<unknown>) => {
      reads = 0
      await work
      return reads
    }
    const given = { ...epoch, table, ledger: counted }
    const out = (name: string) => join(folder, name)
    expect(await readsOf(exportAllInclusions({ ...given, out: out('once.jsonl') }))).toBe(2)
    expect(await readsOf(exportAllInclusions({ ...given, key, out: out('once-signed.jsonl') }))).toBe(2)
    expect(await readsOf(exportAllInclusions({ ...given, key, out: out('once-signed') }))).toBe(2)
    expect(await readsOf(publishInclusion({ ...given, key, channels, out: out('once-archive') }))).toBe(2)
    expect(readdirSync(epoch.privateFolder).filter((name) => name.startsWith('.'))).toEqual([])
  })

  test('are not written by two at once', async () => {
    const out = join(folder, 'twice')
    const both = await Promise.allSettled([all(out), all(out)])
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(filesIn(out)).toHaveLength(IDS.length)
  })
})

describe('privacy', () => {
  test('P02: the same customer in two epochs has another leaf, salt and path (privacy.3)', async () => {
    const later = await books('2026-02')
    for (const id of ['alice@example.com', 'carol-5519']) {
      const [a, b] = [fileOf(id), await exported(later, id)]
      expect(b.slots).toEqual(a.slots)
      expect(b.salt).not.toBe(a.salt)
      expect(leafOf(b)).not.toBe(leafOf(a))
      expect(failed(a, later.manifest)).toEqual(['inclusion:epoch', 'inclusion:roots', 'inclusion:leaf'])
    }
  })

  test('P03: tells nothing of another account: no id, salt, slot or leaf that its own balance could open (privacy.6)', () => {
    for (const id of IDS) {
      const text = JSON.stringify(fileOf(id))
      for (const other of IDS) {
        if (other === id) continue
        const theirs = fileOf(other)
        expect(text.includes(other), 'an identifier of another').toBe(false)
        expect(text.includes(theirs.salt), 'a salt of another').toBe(false)
        const own = new Set(fileOf(id).slots.map(({ quantity }) => quantity))
        for (const { quantity } of theirs.slots) {
          if (quantity !== '0' && !own.has(quantity))
            expect(text.includes(`"${quantity}"`), 'a quantity of another').toBe(false)
        }
        const guess = leafHash(holder({ ...theirs, salt: '0' }), slotsOf(theirs)).toString()
        expect(text.includes(guess), 'a leaf that a guess of balances opens').toBe(false)
      }
      expect(text.includes(id), 'the control: the scan finds what is there').toBe(true)
    }
    const neighbours = IDS.flatMap((id) => {
      const siblings = fileOf(id).batchPath.siblings[0]!
      return IDS.filter((other) => siblings.includes(leafOf(fileOf(other)).toString()))
    })
    expect(neighbours.length, 'the control: siblings are the salted leaves of others').toBeGreaterThan(0)
  })

  test('C09, P05: customers with equal balances have distinct leaves, and the file of one is none for the other (inclusion.5)', () => {
    const [a, b] = [fileOf('twin-1001'), fileOf('twin-1002')]
    expect(a.slots).toEqual(b.slots)
    expect(leafOf(a)).not.toBe(leafOf(b))
    expect(failed({ ...a, account: b.account }, epoch.manifest)).toEqual(['inclusion:leaf'])
    expect(failed({ ...a, account: b.account, salt: b.salt }, epoch.manifest)).toEqual(['inclusion:leaf'])
  })

  test('P06: a wrong salt, a wrong quantity and an omitted customer get one and the same answer (inclusion.4)', () => {
    const file = fileOf('bob-7731')
    const [first, ...rest] = file.slots
    const answers = [
      { ...file, salt: (BigInt(file.salt) + 1n).toString() },
      { ...file, slots: [{ ...first!, quantity: '55.19283747' }, ...rest] },
      { ...file, account: 'mallory-4455' },
    ].map((forged) => inclusionChecks(forged, epoch.manifest, table))
    expect(answers[1]).toEqual(answers[0])
    expect(answers[2]).toEqual(answers[0])
    expect(answers[0]!.map(({ valid }) => valid)).toEqual([true, true, true, false])
  })
})

describe('a forged file is refused (inclusion.3)', () => {
  test('C10: with a path cut short, drawn out, or with a level too wide', () => {
    for (const path of ['batchPath', 'accountsPath'] as const) {
      const changes: ((p: Inclusion['batchPath']) => unknown)[] = [
        (p) => p.siblings.pop(),
        (p) => p.siblings.shift(),
        (p) => p.siblings.push(p.siblings.at(-1)!),
        (p) => p.siblings[0]!.pop(),
        (p) => p.siblings[0]!.push('0'),
      ]
      for (const change of changes) {
        const file = fileOf('alice@example.com')
        change(file[path])
        expect(refused(file, epoch.manifest), `${path} ${change}`).toBe(true)
      }
    }
  })

  test('C10: with a level moved from one path to the other, though it climbs to the same root', () => {
    const id = IDS.find((one) => fileOf(one).accountsPath.index === 0)!
    const file = fileOf(id)
    const { batchPath, accountsPath } = file
    accountsPath.siblings.unshift(batchPath.siblings.pop()!)
    const top = withWay(withWay(leafOf(file), batchPath).root, accountsPath).root.toString()
    expect(top, 'the root alone would not tell').toBe(epoch.manifest.parts.solvency.accountsRoot)
    expect(refused(file, epoch.manifest)).toBe(true)
  })

  test('with another instance of as many slots', () => {
    const file = { ...fileOf('carol-5519'), instance: 'ledger-4-16' }
    expect(failed(file, epoch.manifest)).toEqual(['inclusion:roots'])
  })

  test('C10: at every other place of its batch and of the accounts tree', () => {
    for (const path of ['batchPath', 'accountsPath'] as const) {
      const places = [...Array(40).keys(), TREE_ARITY ** 2, TREE_ARITY ** 3 - 1, TREE_ARITY ** 3, 2 ** 16]
      for (const index of places) {
        const file = fileOf('alice@example.com')
        if (index === file[path].index) continue
        file[path].index = index
        expect(refused(file, epoch.manifest), `${path} ${index}`).toBe(true)
      }
    }
  })

  test('C11: with an inner node for a leaf, at any height', () => {
    const file = fileOf('alice@example.com')
    let node = leafOf(file)
    for (let height = 0; height < 3; height++) {
      const { index, siblings } = fileOf('alice@example.com').batchPath
      const at = Math.floor(index / TREE_ARITY ** height) % TREE_ARITY
      node = new WideTree(1, siblings[height]!.map(BigInt).toSpliced(at, 0, node)).root
      // The node in the place of every field that the leaf is hashed from, below the path that is left above
      // it.
      for (const field of ['salt', 'owner'] as const) {
        const forged = fileOf('alice@example.com')
        forged[field] = node.toString()
        expect(refused(forged, epoch.manifest)).toBe(true)
        forged.batchPath.siblings.splice(0, height + 1)
        expect(refused(forged, epoch.manifest)).toBe(true)
      }
    }
    const top = withWay(node, file.accountsPath).root.toString()
    expect(top, 'the control: the nodes are those of the tree').toBe(
      epoch.manifest.parts.solvency.accountsRoot,
    )
  })

  test('C15: with an instrument that is not in the table, even one that its instance has room for', () => {
    expect(epoch.manifest.sizes.spots, 'room for one instrument more').toBe(table.instruments.length + 1)
    for (const instrument of [3, 4, 65_535, 65_536, -1]) {
      for (const quantity of ['0', '1']) {
        const file = fileOf('bob-7731')
        file.slots[1] = { instrument, number: instrument, symbol: 'BTC', decimals: 8, quantity }
        expect(refused(file, epoch.manifest), `${instrument}`).toBe(true)
      }
    }
    const file = fileOf('bob-7731')
    file.slots[1]!.instrument = 3
    expect(failed(file, epoch.manifest)).toContain('inclusion:slots')
  })

  test('whose leaf a dishonest venue did put into the tree, with an instrument outside the table', () => {
    const file = fileOf('bob-7731')
    // A number that no row has is worth nothing, and nobody has to hold a reserve of it.
    const slots = slotsOf(file).with(1, { instrument: 3, quantity: 500n })
    const leaves = [leafHash(holder(file), slots)]
    const batch = new WideTree(3, leaves)
    const accounts = new WideTree(5, [batch.root])
    const forged: Inclusion = {
      ...file,
      slots: file.slots.with(1, { instrument: 3, number: 3, symbol: 'DOGE', decimals: 0, quantity: '500' }),
      instance: batchInstance(epoch.manifest.parts.ledger.batches, 0)!,
      accountsRoot: accounts.root.toString(),
      batchPath: withoutWay(batch.path(0)),
      accountsPath: withoutWay(accounts.path(0)),
    }
    const solvency = { ...epoch.manifest.parts.solvency, accountsRoot: forged.accountsRoot }
    const parts = { ...epoch.manifest.parts, solvency }
    expect(failed(forged, { ...epoch.manifest, parts })).toContain('inclusion:slots')
  })

  test('by its row, where the leaf has the number of its kind: another row of that number is another symbol (risk.15)', () => {
    const perp = { symbol: 'BTC-PERP', kind: 'perp', decimals: 8, mark: 1n } as const
    const mixed = { instruments: [perp, ...table.instruments] }
    const file = fileOf('bob-7731')
    const rows = file.slots.map((slot) => ({ ...slot, instrument: slot.instrument + 1 }))
    const opened = (slots: Inclusion['slots']) =>
      inclusionChecks({ ...file, slots }, epoch.manifest, mixed).filter(({ valid }) => !valid)
    expect(
      opened(rows).map(({ id }) => id),
      'ETH is number 1 in both tables',
    ).toEqual([])
    expect(opened(file.slots).map(({ id }) => id)).toContain('inclusion:slots')
    const dressed = rows.with(0, { ...rows[0]!, instrument: 0, symbol: 'BTC-PERP' })
    expect(opened(dressed).map(({ id }) => id)).toEqual(['inclusion:slots', 'inclusion:leaf'])
    const numbered = dressed.with(0, { ...dressed[0]!, number: 2 ** 15 })
    expect(opened(numbered).map(({ id }) => id)).toEqual(['inclusion:leaf'])
  })

  test('with one empty slot more or less, which packs to the same leaf', () => {
    const file = fileOf('bob-7731')
    const empty = { instrument: 0, number: 0, symbol: 'BTC', decimals: 8, quantity: '0' }
    const longer = { ...file, slots: [...file.slots, empty] }
    expect(leafOf(longer), 'the leaf alone would not tell').toBe(leafOf(file))
    expect(failed(longer, epoch.manifest)).toContain('inclusion:slots')
    expect(failed({ ...file, slots: file.slots.slice(0, 1) }, epoch.manifest)).toContain('inclusion:slots')
  })

  test('with any one of its fields edited, left out, or added', () => {
    const original = fileOf('carol-5519')
    const edits = leavesOf(original)
    expect(edits.length).toBeGreaterThan(100)
    for (const path of edits) {
      const file = fileOf('carol-5519') as unknown
      const [holder, key] = find(file, path)
      const value = holder[key]
      holder[key] =
        typeof value === 'number' ? value + 1 : /^[0-9]+$/.test(value as string) ? bump(value) : `${value}x`
      expect(refused(file, epoch.manifest), path.join('.')).toBe(true)
      if (Array.isArray(holder)) continue
      delete holder[key]
      expect(refused(file, epoch.manifest), `no ${path.join('.')}`).toBe(true)
    }
    for (const place of [[], ['slots', 0], ['batchPath']]) {
      const file = fileOf('carol-5519') as unknown
      const [holder, key] = find(file, [...place, 'note'])
      holder[key] = ''
      expect(refused(file, epoch.manifest), `a note in ${place.join('.')}`).toBe(true)
    }
    expect(refused(original, epoch.manifest), 'the control').toBe(false)
  })

  test('N06: with a second spelling of a number or of an identifier', () => {
    const change = (edit: (file: Inclusion) => void) => {
      const file = fileOf('dave-2203')
      edit(file)
      return inclusionSchema.safeParse(file).success
    }
    expect(change(() => {})).toBe(true)
    for (const quantity of ['0.0000010', '.000001', '1e-6', '00.000001', '+0.000001', '-0', '0.0', '']) {
      expect(
        change((file) => Object.assign(file.slots[0]!, { quantity })),
        quantity,
      ).toBe(false)
    }
    for (const salt of [fileOf('dave-2203').salt, '0'].map((s) => (BigInt(s) + FIELD_ORDER).toString())) {
      expect(change((file) => Object.assign(file, { salt }))).toBe(false)
    }
    for (const account of ['', ' dave-2203', 'dave-2203\n', 'dave\ud800', 'e\u0301', 'x'.repeat(257)]) {
      expect(
        change((file) => Object.assign(file, { account })),
        JSON.stringify(account),
      ).toBe(false)
    }
  })

  test('with a quantity finer than its instrument, or too large for a slot', () => {
    for (const quantity of ['0.0000001', '18446744073709.551616']) {
      const file = fileOf('dave-2203')
      file.slots[0]!.quantity = quantity
      expect(failed(file, epoch.manifest), quantity).toContain('inclusion:slots')
    }
  })
})

describe('a file against a published root alone (inclusion.10)', () => {
  const root = () => BigInt(epoch.manifest.parts.solvency.accountsRoot)

  test('is IN THIS TREE with its exact balances, never INCLUDED, and says on whom the rest depends', () => {
    for (const id of IDS) {
      for (const published of [root(), { manifest: epoch.manifest }]) {
        const report = verifyReceipt(fileOf(id), published)
        expect([report.verdict, report.exitCode, report.account]).toEqual(['in this tree', 0, id])
        const held = report.balances.map(({ instrument, quantity }) => [id, instrument, quantity])
        expect(held).toEqual([...ROWS, ...TWINS].filter(([owner]) => owner === id))
        expect(report.restsOn.join()).toMatch(
          /on whoever you have it from.*the epoch is valid.*plimsoll verify/,
        )
      }
    }
  })

  test('P06: is NOT IN THIS TREE under another root, with another salt, quantity, account, number or decimals', () => {
    const file = fileOf('bob-7731')
    const [first, ...rest] = file.slots
    const slot = (change: object) => ({ slots: [{ ...first!, ...change }, ...rest] })
    for (const change of [
      { salt: (BigInt(file.salt) + 1n).toString() },
      { account: 'mallory-4455' },
      ...['55.19283747', '0'].map((quantity) => slot({ quantity })),
      ...[{ number: 0 }, { decimals: 7 }, { decimals: 9 }].map(slot),
      { slots: file.slots.slice(0, 1) },
      { slots: [...file.slots, ...file.slots.slice(1)] },
    ]) {
      const report = verifyReceipt({ ...file, ...change }, root())
      expect([report.verdict, report.exitCode, report.balances], JSON.stringify(change)).toEqual([
        ...['not in this tree', 1, []],
      ])
    }
    expect(verifyReceipt(file, root() + 1n).verdict).toBe('not in this tree')
    const other = { ...file, accountsRoot: (root() + 1n).toString() }
    expect(verifyReceipt(other, root() + 1n).verdict, 'what a file names is not what it leads to').toBe(
      'not in this tree',
    )
  })

  test('is CANNOT TELL where there is no root, or none of the venue, or no leaf can be opened', () => {
    const file = fileOf('bob-7731')
    const { solvency: _, ...parts } = epoch.manifest.parts
    const unfinished = verifyReceipt(file, { manifest: { ...epoch.manifest, parts } })
    expect([unfinished.verdict, unfinished.exitCode]).toEqual(['cannot tell', 2])
    const later = verifyReceipt({ ...file, instance: 'ledger-of-later' }, root())
    expect([later.verdict, later.exitCode]).toEqual(['cannot tell', 2])
    const { solvency } = epoch.manifest.parts
    const forged = { ...epoch.manifest.parts, solvency: { ...solvency, accountsRoot: '5' } }
    const manifest = { ...epoch.manifest, parts: forged }
    const venue = `0x${'11'.repeat(20)}`
    expect(verifyReceipt(file, { manifest }, { venue }).verdict, 'anyone made it').toBe('cannot tell')
    expect(verifyReceipt(file, { manifest, signer: venue }, { venue }).verdict).toBe('not in this tree')
  })

  test('is CANNOT TELL for an epoch of another name, and is held to owner and signature', () => {
    const file = fileOf('bob-7731')
    const later = verifyReceipt(file, { manifest: { ...epoch.manifest, epoch: 'later' } })
    expect([later.verdict, later.exitCode]).toEqual(['cannot tell', 2])
    expect(verifyReceipt(file, root(), { owner: 5n }).verdict).toBe('not in this tree')
    const venue = `0x${'11'.repeat(20)}`
    const { manifest } = epoch
    expect(verifyReceipt(file, root(), { venue }).verdict, 'nothing is signed').toBe('cannot tell')
    expect(verifyReceipt(file, { manifest }, { venue }).verdict).toBe('cannot tell')
    expect(verifyReceipt(file, { manifest, signer: venue }, { venue }).verdict).toBe('in this tree')
    expect(verifyReceipt(file, { manifest, signer: `0x${'22'.repeat(20)}` }, { venue }).verdict).toBe(
      'cannot tell',
    )
  })
})

describe("the venue's signature over all files (inclusion.11)", () => {
  const ADDRESS = '0x70997970c51812dc3a010c7d01b50e0d17dc79c8'
  let key: SigningKey
  const signed = new Map<string, Inclusion>()
  const signedOf = (id: string) => structuredClone(signed.get(id)!)

  beforeAll(async () => {
    key = await readSigningKey('examples/venue/signing-key.json')
    const out = join(folder, 'signed.jsonl')
    await exportAllInclusions({ ...epoch, table, ledger, key, out })
    for (const line of readFileSync(out, 'utf8').trimEnd().split('\n')) {
      const file = parseInclusion(line, out)
      signed.set(file.account, file)
    }
  })

  /** A file that the venue signs though it should not: alone, so that the tree over files is this one. */
  async function signedAlone(change: Partial<Inclusion>): Promise<Inclusion> {
    const file = inclusionSchema.parse({ ...fileOf('bob-7731'), ...change })
    const tree = new DigestTree(Buffer.from(inclusionDigest(file), 'hex'))
    const { venue, epoch, riskRoot, state, accountsRoot } = file
    const statement = { venue, epoch, riskRoot, state, accountsRoot, files: tree.root }
    return { ...file, signed: { ...(await key.sign(inclusionSigned(statement))), ...tree.path(0) } }
  }

  const judge = (file: Inclusion, of: Partial<DisputedEpoch> = {}, address = ADDRESS) =>
    verifyDispute(file, { manifest: epoch.manifest, table, signer: ADDRESS, ...of }, address)
  const flipped = (signature: string) => signature.slice(0, -1) + (signature.endsWith('b') ? 'c' : 'b')
  const otherRoot = (file: Inclusion) => (BigInt(file.accountsRoot) + 1n).toString()

  test('is in every file, is the same for one that is exported alone, and changes nothing else', async () => {
    expect(key.address).toBe(ADDRESS)
    expect([...signed.keys()].toSorted()).toEqual(IDS.toSorted())
    for (const id of IDS) {
      expect(unsigned(signedOf(id))).toEqual(fileOf(id))
      expect(inclusionSigner(signedOf(id)), id).toBe(ADDRESS)
      expect(
        inclusionChecks(signedOf(id), epoch.manifest, table, { venue: ADDRESS }).every((c) => c.valid),
      ).toBe(true)
    }
    expect(new Set([...signed.values()].map((file) => file.signed!.signature)).size).toBe(1)
    const out = join(folder, 'signed-alone.json')
    const alone = await exportInclusion({ ...epoch, table, ledger, key, accountId: 'carol-5519', out })
    expect(alone).toEqual(signedOf('carol-5519'))
    expect(inclusionSigner(fileOf('carol-5519'))).toBeUndefined()
  })

  test('is over no epoch that may have to be made again: its solvency is proven first', async () => {
    const begun = await books('begun')
    const { solvency: _, ...parts } = begun.manifest.parts
    await writeJson(epochLayout(begun.folder).manifest, { ...begun.manifest, parts })
    const out = join(folder, 'begun.json')
    const of = { ...begun, table, ledger, accountId: 'bob-7731', out }
    await expect(exportInclusion({ ...of, key })).rejects.toMatchObject({ code: 'EPOCH_UNFINISHED' })
    expect(existsSync(out)).toBe(false)
    expect((await exportInclusion(of)).signed).toBeUndefined()
  })

  test('is what viem and a wallet make of the typed data', async () => {
    const file = signedOf('alice@example.com')
    const files = digestRoot(inclusionDigest(file), file.signed!)!
    const { venue, epoch, riskRoot, state, accountsRoot } = file
    const data = inclusionSigned({ venue, epoch, riskRoot, state, accountsRoot, files })
    const signature = file.signed!.signature as `0x${string}`
    const typed = typedDataOf(data) as Parameters<typeof recoverTypedDataAddress>[0]
    expect((await recoverTypedDataAddress({ ...typed, signature })).toLowerCase()).toBe(ADDRESS)
    const types = { InclusionFiles: data.fields }
    expect(typed).toMatchObject({ domain: { name: 'Plimsoll', version: '1' }, types })
  })

  test('does not tell places of accounts from others: every path has one length, and siblings are random (privacy.4)', () => {
    const paths = [...signed.values()].map((file) => file.signed!)
    expect(new Set(paths.map(({ siblings }) => siblings.length)).size).toBe(1)
    const places = 2 ** paths[0]!.siblings.length
    expect(places).toBeGreaterThan(IDS.length)
    // Padding up to the places of the batches has digests; only what is beyond them is zeros.
    const beyond = '0'.repeat(64)
    expect(paths.filter(({ siblings }) => siblings[0] === beyond)).toEqual([])
  })

  test('forged, moved, replayed or over anything that was changed, is not of the venue, and a dispute over it is NOT SIGNED', async () => {
    const file = signedOf('alice@example.com')
    const bob = signedOf('bob-7731')
    const { signature, siblings, index } = file.signed!
    const path = join(folder, 'mallory.json')
    await createSigningKey(path)
    const mallory = await readSigningKey(path)
    const { venue, epoch: name, riskRoot, state, accountsRoot } = file
    const files = digestRoot(inclusionDigest(file), file.signed!)!
    const own = inclusionSigned({ venue, epoch: name, riskRoot, state, accountsRoot, files })
    const theirs = await mallory.sign(own)
    const forged: [string, Inclusion][] = [
      ['no signature', unsigned(file)],
      ['a balance', { ...file, slots: file.slots.with(0, { ...file.slots[0]!, quantity: '9' }) }],
      ['an identifier', { ...file, account: 'mallory-4455' }],
      ['a path, so that the leaf is in no tree', { ...file, batchPath: bob.batchPath }],
      ['a root', { ...file, accountsRoot: otherRoot(file) }],
      ['an epoch', { ...file, epoch: '2026-02' }],
      ['a venue', { ...file, venue: 'Other Venue' }],
      ['a salt', { ...file, salt: bob.salt }],
      ["another file's place", { ...file, signed: bob.signed! }],
      ['another place', { ...file, signed: { ...file.signed!, index: index ^ 1 } }],
      [
        'a place beyond the tree',
        { ...file, signed: { ...file.signed!, index: index + 2 ** siblings.length } },
      ],
      ['a shorter path', { ...file, signed: { ...file.signed!, siblings: siblings.slice(1) } }],
      ['no such signature', { ...file, signed: { ...file.signed!, signature: `0x${'00'.repeat(64)}1b` } }],
      ['another recovery', { ...file, signed: { ...file.signed!, signature: flipped(signature) } }],
      ["another's signature", { ...file, signed: { ...file.signed!, ...theirs } }],
      [
        "another's in the venue's name",
        { ...file, signed: { ...file.signed!, signature: theirs.signature } },
      ],
    ]
    for (const [what, changed] of forged) {
      expect(inclusionSigner(changed), what).not.toBe(ADDRESS)
      expect(judge(changed), what).toMatchObject({ verdict: 'not signed', exitCode: 2 })
    }
    expect(judge(file, {}, mallory.address).verdict).toBe('not signed')
    expect(judge(file), 'the control').toMatchObject({ verdict: 'no contradiction', exitCode: 0 })
  })

  test('over a leaf that is not in the tree: CONTRADICTS ITSELF, whatever epoch is shown', async () => {
    const file = fileOf('bob-7731')
    const [first, ...rest] = file.slots
    for (const change of [
      { slots: [{ ...first!, quantity: '55' }, ...rest] },
      { account: 'mallory-4455' },
      { salt: '5' },
      { batchPath: fileOf('alice@example.com').batchPath },
      { accountsRoot: otherRoot(file) },
      { slots: file.slots.slice(0, 1) },
    ]) {
      const signedFile = await signedAlone(change)
      for (const of of [
        {},
        { manifest: { ...epoch.manifest, epoch: 'x' } },
        { signer: `0x${'11'.repeat(20)}` },
      ]) {
        expect(judge(signedFile, of), JSON.stringify(change)).toMatchObject({
          ...{ verdict: 'contradicts itself', exitCode: 1 },
        })
      }
    }
    const dressed = await signedAlone({ slots: [{ ...first!, symbol: 'BTC' }, ...rest] })
    expect(judge(dressed).verdict, 'another instrument than the table under its root').toBe(
      'contradicts itself',
    )
  })

  test('is not contradicted by a table of the same root whose kinds somebody interleaved otherwise', async () => {
    const perp = { symbol: 'BTC-PERP', kind: 'perp', decimals: 8, mark: 1n } as const
    const tableOf = (instruments: RiskTable['instruments']): RiskTable => {
      const values = instruments.map(({ mark }) => ({ long: mark, short: mark }))
      return { ...table, instruments, scenarios: [{ name: 'at mark', values }] }
    }
    const sizes = { spots: 4, derivatives: 2, tiers: 0, scenarios: 2 }
    const own = tableOf([...table.instruments, perp])
    const moved = tableOf([perp, ...table.instruments])
    const [riskRoot, other] = [own, moved].map((each) => `${riskDigests(each, sizes).riskRoot}`)
    expect(other).toBe(riskRoot)
    const manifest = { ...epoch.manifest, sizes, riskRoot: riskRoot! }
    const file = await signedAlone({ sizes, riskRoot: riskRoot! })
    const slots = file.slots.map((slot) => ({ ...slot, symbol: 'BTC-PERP' }))
    const dressed = await signedAlone({ sizes, riskRoot: riskRoot!, slots })
    for (const shown of [own, moved]) {
      expect(judge(file, { manifest, table: shown }).verdict).toBe('no contradiction')
      expect(judge(dressed, { manifest, table: shown }).verdict).toBe('contradicts itself')
    }
  })

  test('does not escape behind an instance that nobody knows, and clears nobody by an epoch that anyone made', async () => {
    const file = await signedAlone({ instance: 'ledger-of-later' })
    const batches = [{ instance: file.instance, count: 99 }]
    const parts = { ...epoch.manifest.parts, ledger: { ...epoch.manifest.parts.ledger, batches } }
    const manifest = { ...epoch.manifest, parts }
    expect(judge(file).verdict, 'the epoch has another').toBe('contradicts itself')
    expect(judge(file, { manifest }).verdict, 'no leaf can be opened').toBe('cannot tell')
    const cleared = signedOf('bob-7731')
    expect(judge(cleared).restsOn.join()).not.toMatch(/anyone can make one/)
    const other = judge(cleared, { signer: `0x${'11'.repeat(20)}` })
    expect([other.verdict, other.restsOn.join()]).toEqual([
      'no contradiction',
      expect.stringMatching(/anyone can make one/),
    ])
  })

  test('over one epoch, beside another of the same name: CONTRADICTS ITSELF if the venue signed both', async () => {
    const other = await books('2026-01-b')
    const manifest = { ...other.manifest, epoch: epoch.manifest.epoch }
    const file = signedOf('alice@example.com')
    expect(judge(file, { manifest })).toMatchObject({ verdict: 'contradicts itself', exitCode: 1 })
    expect(verifyDispute(file, { manifest, table }, ADDRESS), 'anyone could have made it').toMatchObject({
      ...{ verdict: 'cannot tell', exitCode: 2 },
    })
    expect(judge(file, { manifest, signer: `0x${'11'.repeat(20)}` }).verdict).toBe('cannot tell')
    expect(judge(file, { manifest: other.manifest }).verdict, 'a foreign epoch').toBe('cannot tell')
    const report = JSON.stringify(judge(file))
    for (const { quantity } of file.slots) if (quantity !== '0') expect(report).not.toContain(quantity)
    expect(report).not.toContain('alice')
  })
})

describe('the archive that a venue publishes (inclusion.12)', () => {
  test('has the file of everyone with a channel, signed, and counts who can look (inclusion.13)', async () => {
    const owner = await ownerRecipient(31n)
    const passphrase = 'a passphrase made at random'
    const channels = join(folder, 'channels.csv')
    writeFileSync(
      channels,
      `passphrase,account_id,key\n,alice@example.com,${owner.publicKey}\n${passphrase},bob-7731,\n${passphrase},mallory-4455,\n`,
    )
    const out = join(folder, 'archive')
    const published = await publishInclusion({ ...epoch, table, ledger, channels, out })
    expect(published).toMatchObject({ accounts: IDS.length, covered: 2, strangers: 1 })
    expect(published.unnoticed[0]).toEqual({ omitted: 1, allLook: 1 - 2 / IDS.length, tenthLooks: 1 })
    expect(published.archive.covered).toBe(Math.floor(200 / IDS.length))
    expect(published.archive.entries, 'no bucket counts its files').toBe(64)

    const source = folderSource(out)
    const archive = await readArchive(source)
    expect(archive).toEqual(published.archive)
    expect(await openInclusion(source, archive, owner)).toEqual(fileOf('alice@example.com'))
    const bob = await passphraseRecipient(passphrase, 'bob-7731', archive.id)
    expect(await openInclusion(source, archive, bob)).toEqual(fileOf('bob-7731'))
    const omitted = await passphraseRecipient(passphrase, 'mallory-4455', archive.id)
    await expect(openInclusion(source, archive, omitted)).rejects.toMatchObject({ code: 'ARCHIVE_NOT_FOUND' })

    const files = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    expect(files.map(({ name }) => name).toSorted()).toEqual(['00000000.bin', 'archive.json'])
    const bytes = Buffer.concat(files.map(({ parentPath, name }) => readFileSync(join(parentPath, name))))
    for (const secret of [...IDS, passphrase, owner.publicKey, fileOf('bob-7731').salt]) {
      expect(bytes.includes(secret), 'something private is in the archive').toBe(false)
    }
    await expect(publishInclusion({ ...epoch, table, ledger, channels, out })).rejects.toMatchObject({
      code: 'FILE_EXISTS',
    })
  })

  test('is refused for channels that are malformed, at their line and without repeating them (privacy.7)', async () => {
    const key = 'ab'.repeat(32)
    const path = join(folder, 'malformed.csv')
    for (const [code, text] of [
      ['CHANNELS_HEADER', `id,key\nbob-7731,${key}\n`],
      ['CHANNELS_HEADER', 'account_id\nbob-7731\n'],
      ['CHANNELS_HEADER', `account_id,key,key\nbob-7731,${key},\n`],
      ['CHANNELS_ROW', `account_id,key\nbob-7731,${key}\nbob-7731,${key}\n`],
      ['CHANNELS_ROW', `account_id,key\nbob-7731,${key.toUpperCase()}\n`],
      ['CHANNELS_ROW', `account_id,key\n,${key}\n`],
      ['CHANNELS_ROW', `account_id,key\nbob-7731,${key}\ncarol-5519,${key}\n`],
      ['CHANNELS_ROW', `account_id,key\nbob-7731,01${'00'.repeat(31)}\n`],
      ['CHANNELS_ROW', 'account_id,key\nbob-7731,\n'],
      ['CHANNELS_ROW', 'account_id,passphrase\nbob-7731,bob-7731x\n'],
      ['CHANNELS_ROW', `account_id,key,passphrase\nbob-7731,${key},a long enough passphrase\n`],
      ['CHANNELS_NONE', `account_id,key\nmallory-4455,${key}\n`],
    ] as const) {
      writeFileSync(path, text)
      const out = join(folder, 'never')
      const refusal = await publishInclusion({ ...epoch, table, ledger, channels: path, out }).catch((e) => e)
      expect([refusal.code, refusal.exitCode], text).toEqual([code, 2])
      expect(`${refusal.message} ${refusal.hint}`).not.toMatch(/7731|4455|abab/i)
      expect(existsSync(out)).toBe(false)
    }
  })
})

describe("an owner's secret (cli.4)", () => {
  test('has 248 random bits, lies in a private file, and opens the commitment', async () => {
    const [a, b] = [join(folder, 'owner-a.json'), join(folder, 'owner-b.json')]
    const commitments = [await createOwner(a), await createOwner(b)]
    const secrets = [a, b].map((path) => BigInt(JSON.parse(readFileSync(path, 'utf8')).secret))
    expect(commitments).toEqual(secrets.map(ownerCommitment))
    expect(secrets[0]).not.toBe(secrets[1])
    for (const secret of secrets) expect(secret < 1n << 248n && secret > 1n << 200n).toBe(true)
    expect(statSync(a).mode & 0o777).toBe(0o600)
  })

  test('is never overwritten', async () => {
    const path = join(folder, 'owner-kept.json')
    await createOwner(path)
    const before = readFileSync(path, 'utf8')
    await expect(createOwner(path)).rejects.toMatchObject({ code: 'FILE_EXISTS', exitCode: 2 })
    expect(readFileSync(path, 'utf8')).toBe(before)
    const nowhere = createOwner(join(folder, 'none', 'owner.json'))
    await expect(nowhere).rejects.toMatchObject({ code: 'FILE_ACCESS' })
  })
})

function holder(file: Pick<Inclusion, 'account' | 'owner' | 'salt'>): bigint {
  const accountId = accountIdDigest(file.account)
  return holderCommitment({ accountId, owner: BigInt(file.owner), salt: BigInt(file.salt) })
}

function slotsOf(file: Inclusion) {
  const decimals = [8, 8, 6]
  return file.slots.map(({ instrument, quantity }) => {
    const [whole, fraction = ''] = quantity.split('.')
    return { instrument, quantity: BigInt(whole + fraction.padEnd(decimals[instrument]!, '0')) }
  })
}

function leafOf(file: Inclusion): bigint {
  return leafHash(holder(file), slotsOf(file))
}

type Path = (string | number)[]
// biome-ignore lint/suspicious/noExplicitAny: walks a file whose shape the test is there to break
type Json = any

/** Where every single value of a file stands. */
function leavesOf(value: Json, path: Path = []): Path[] {
  if (typeof value !== 'object') return [path]
  const isList = Array.isArray(value)
  return Object.entries(value).flatMap(([key, inner]) =>
    leavesOf(inner, [...path, isList ? Number(key) : key]),
  )
}

function find(file: Json, path: Path): [Json, string | number] {
  return [path.slice(0, -1).reduce((at, key) => at[key], file), path.at(-1)!]
}

function bump(value: string): string {
  return ((BigInt(value) + 1n) % FIELD_ORDER).toString()
}
