import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { ROWS, writeVenue } from '../../../scripts/soundness/samples/venue.js'
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
import { type Inclusion, inclusionSchema, withoutWay, withWay } from '../../../src/inclusion/file.js'
import { inclusionChecks } from '../../../src/inclusion/verify.js'
import { readRiskTable } from '../../../src/inputs/index.js'
import { type Ledger, readLedger } from '../../../src/ledger/index.js'
import { loadInstances } from '../../../src/proving/index.js'
import { type RiskTable, riskDigests } from '../../../src/risk/index.js'
import { createOwner } from '../../../src/trader/owner.js'
import { EpochSecret } from '../../../src/venue/epoch-secret.js'
import { exportInclusion } from '../../../src/venue/export-inclusion.js'
import { foldLedger } from '../../../src/venue/fold-ledger.js'
import { epochLayout, liesIn, privateLayout } from '../../../src/venue/folders.js'
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
    const sibling = fileOf('alice@example.com').batchPath.siblings[0]!
    const neighbours = IDS.filter((id) => sibling.includes(leafOf(fileOf(id)).toString()))
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
        file.slots[1] = { instrument, symbol: 'BTC', quantity }
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
      slots: file.slots.with(1, { instrument: 3, symbol: 'DOGE', quantity: '500' }),
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
    expect(opened(dressed).map(({ id }) => id)).toEqual(['inclusion:leaf'])
  })

  test('with one empty slot more or less, which packs to the same leaf', () => {
    const file = fileOf('bob-7731')
    const empty = { instrument: 0, symbol: 'BTC', quantity: '0' }
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
