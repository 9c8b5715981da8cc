import { cpSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { type VenueFiles, writeVenue } from '../../scripts/soundness/samples/venue.js'
import { OWN_INSTANCES_FILE } from '../../src/inputs/index.js'
import { plimsoll, plimsollIn, temporaryFolder } from '../helpers/cli.js'

const LEDGER = 'ledger-own-3-4-0-0'
const SOLVENCY = 'solvency-own-3-0-0-0'
const OWN = {
  [LEDGER]: { statement: 'ledger', params: { ACCOUNTS: 3, SLOTS: 4, SCENARIOS: 0, PLEDGED: 0 } },
  [SOLVENCY]: { statement: 'solvency', params: { SPOTS: 3, DERIVATIVES: 0, TIERS: 0, SCENARIOS: 0 } },
}
/** The venue works here, where its own file of instances lies. */
const folder = temporaryFolder()
const at = (name: string) => join(folder, name)
const [epoch, pins] = [at('epoch'), at('pins.json')]
let files: VenueFiles

const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8'))
const writeJson = (path: string, value: unknown) => writeFileSync(path, JSON.stringify(value, null, 2))
const books = () => ['--accounts', files.accounts, '--risk', files.risk]
const prove = () => [
  ...['ledger', 'prove', ...books(), '--out', epoch, '--venue', 'Tiny Venue', '--epoch', '2026-01'],
]
/** Runs a command in the venue's folder. */
async function run(code: number, ...args: string[]) {
  const done = await plimsollIn(folder, ...args, '--json')
  expect(done.code, `${args.join(' ')}\n${done.stdout}${done.stderr}`).toBe(code)
  return { ...done, json: JSON.parse(done.stdout) }
}

const isOwn = ({ name }: { name: string }) => name in OWN

beforeAll(async () => {
  files = writeVenue(folder)
  writeJson(at(OWN_INSTANCES_FILE), OWN)
  await run(0, 'setup', LEDGER, SOLVENCY, '--pins', pins)
  await run(0, ...prove())
  await run(0, 'solvency', 'prove', '--epoch', epoch, '--reserves', files.reserves)
})

describe('a venue with sizes of its own (key.11, cli.32)', () => {
  test('is checked, planned and proven with them, with no option but files, and its circuits are counted', async () => {
    expect((await run(0, 'ledger', 'check', ...books())).json).toMatchObject({ valid: true, missing: [] })
    const plan = (await run(0, 'plan', ...books())).json
    expect(plan).toMatchObject({ proofs: 4, solvency: { instance: SOLVENCY }, keys: { missing: [] } })
    expect(plan.batches).toMatchObject([{ instance: LEDGER, batches: 3, accounts: 3, filled: 7 }])
    const { instances, cache } = (await run(0, 'setup', '--list')).json
    expect(instances.filter(isOwn)).toMatchObject([
      { name: LEDGER, counted: true, sizes: { accounts: 3, slots: 4 } },
      { name: SOLVENCY, counted: true, sizes: { spots: 3 } },
    ])
    const current = cache.entries.filter(({ state }: { state: string }) => state === 'current')
    const cached = current.map(({ instance }: { instance: string }) => instance)
    expect(cached).toEqual(expect.arrayContaining(Object.keys(OWN)))
    const { parts, keys } = readJson(join(epoch, 'manifest.json'))
    expect(parts.ledger.batches).toEqual([{ instance: LEDGER, count: 3 }])
    expect(parts.solvency.instance).toBe(SOLVENCY)
    expect(Object.keys(keys).sort()).toEqual([LEDGER, SOLVENCY])
    expect(Object.keys(readJson(pins).keys)).toEqual([LEDGER, SOLVENCY])
  })

  test('goes on with the plan that a run was begun with, and with no other choice of instances (epoch.8, epoch.9)', async () => {
    expect((await run(0, ...prove())).json).toMatchObject({ batches: 3, kept: 3 })
    // Others to choose among that are not chosen change nothing.
    const other = at('other.json')
    const params = { ...OWN[LEDGER]!.params, ACCOUNTS: 900 }
    writeJson(other, { ...OWN, 'ledger-own-900-4-0-0': { statement: 'ledger', params } })
    const same = (await run(0, ...prove(), '--own-instances', other)).json
    expect(same).toMatchObject({ batches: 3, kept: 3 })
  })

  test('does not plan a run again that was begun, whatever its instances have come to cost since (epoch.8)', async () => {
    const copy = at('begun')
    cpSync(epoch, copy, { recursive: true })
    cpSync(`${epoch}.private`, `${copy}.private`, { recursive: true })
    const record = readJson(join(`${copy}.private`, 'epoch.json'))
    expect(record.choice).toEqual({ instances: null, own: [LEDGER, SOLVENCY], allStressed: false })
    // As if the sizes had been estimated otherwise when it was begun.
    record.plan.runs[0].batches = 4
    const again = async (content: object) => {
      writeJson(join(`${copy}.private`, 'epoch.json'), content)
      const args = prove().map((arg) => (arg === epoch ? copy : arg))
      return (await run(2, ...args)).json.error
    }
    expect(await again(record)).toMatchObject({ code: 'EPOCH_DONE' })
    // A record of an earlier version does not say what it was chosen among: its plan has to be the one of now.
    const { choice, ...earlier } = record
    const refused = await again(earlier)
    expect(refused).toMatchObject({ code: 'EPOCH_OTHER_RUN' })
    expect(refused.message).toContain('another choice of instances')
  })

  test('a file that breaks a bound, or whose name says more than its sizes, is refused by every command that reads it (cli.5)', async () => {
    const wrong = at('wrong.json')
    const own = ['--own-instances', wrong]
    const commands = [
      ['plan', ...books()],
      ['ledger', 'check', ...books()],
      prove(),
      ['solvency', 'check', ...books(), '--reserves', files.reserves],
      ['setup', '--list'],
    ]
    const five = { statement: 'ledger', params: { ...OWN[LEDGER]!.params, SLOTS: 5 } }
    writeJson(wrong, { ...OWN, 'ledger-own-3-5-0-0': five })
    for (const args of commands) {
      const { error } = (await run(2, ...args, ...own)).json
      const where = `${wrong}: ledger-own-3-5-0-0: params.SLOTS`
      expect(error, args.join(' ')).toMatchObject({ code: 'INSTANCE_SIZE', where })
    }
    writeJson(wrong, { 'ledger-own-300-4-0-0': OWN[LEDGER] })
    const lie = (await run(2, ...commands[0]!, ...own)).json.error
    expect(lie).toMatchObject({ code: 'INSTANCE_NAME', where: `${wrong}: ledger-own-300-4-0-0` })
    expect(lie.hint).toContain(LEDGER)
    const named = (await run(2, 'setup', 'ledger-own-3-5-0-0')).json.error
    expect(named).toMatchObject({ code: 'INSTANCE_SIZE', where: 'ledger-own-3-5-0-0: params.SLOTS' })
  })
})

/** A copy of the epoch whose batches are said to be by another instance, in every place that says so. */
function renamed(to: string): string {
  const copy = at(`as-${to}`)
  cpSync(epoch, copy, { recursive: true })
  renameSync(join(copy, 'keys', `${LEDGER}.json`), join(copy, 'keys', `${to}.json`))
  const batches = readdirSync(join(copy, 'ledger/0000')).map((name) => `ledger/0000/${name}`)
  for (const file of ['manifest.json', ...batches]) {
    const path = join(copy, file)
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(LEDGER, to))
  }
  return copy
}

describe('an epoch by sizes of the venue’s own (key.12)', () => {
  const failed = ({ checks }: { checks: { id: string; valid: boolean; detail: string }[] }) =>
    Object.fromEntries(checks.filter(({ valid }) => !valid).map(({ id, detail }) => [id, detail]))

  test('is valid under its pins and no file of the venue’s, and whose word its circuits are is noted', async () => {
    const done = await plimsoll('verify', epoch, '--pins', pins, '--json')
    expect(done.code, done.stdout).toBe(0)
    const report = JSON.parse(done.stdout)
    expect(report.valid).toBe(true)
    const vouched = report.notes.filter((note: string) => note.includes('word of who made the pins'))
    expect(vouched).toHaveLength(2)
    expect(vouched.join()).toContain(`\`plimsoll setup ${LEDGER} --json\``)
    // The machine that made the keys knows them without pins.
    expect((await plimsoll('verify', epoch)).code).toBe(0)
    const proof = await plimsoll('verify', join(epoch, 'ledger/0000/0000001.json'), '--pins', pins, '--json')
    expect(JSON.parse(proof.stdout)).toMatchObject({ proofHolds: true, instance: LEDGER })
    expect(JSON.parse(proof.stdout).notChecked.join()).toContain('word of who made the pins')
  })

  test('V23: is refused with exit 3 where a name is not pinned, or says other sizes than the pinned one, or sizes that there cannot be', async () => {
    const { schema, keys } = readJson(pins)
    const few = at('few.json')
    writeJson(few, { schema, keys: { [SOLVENCY]: keys[SOLVENCY] } })
    const unpinned = (await run(3, 'verify', epoch, '--pins', few)).json
    expect(failed(unpinned)[`key:${LEDGER}`]).toMatch(/^is not pinned/)
    for (const to of ['ledger-own-300-4-0-0', 'ledger-own-3-16-0-0', 'ledger-own-3-4-1-0']) {
      const report = (await run(3, 'verify', renamed(to), '--pins', pins)).json
      expect(failed(report)[`key:${to}`], to).toBeDefined()
    }
    const beyond = (await run(3, 'verify', renamed('ledger-own-9999-4-0-0'), '--pins', pins)).json
    expect(failed(beyond)['key:ledger-own-9999-4-0-0']).toBe('is not an instance that this version knows')
    // As a shipped instance it would be of a circuit that this version knows.
    const shipped = (await run(3, 'verify', renamed('ledger-tiny'), '--pins', pins)).json
    expect(failed(shipped)['key:ledger-tiny']).toBe("the manifest names another circuit than this version's")
  })

  test('is refused with exit 3 under a pin of another circuit', async () => {
    const { schema, keys } = readJson(pins)
    const foreign = at('foreign.json')
    writeJson(foreign, {
      schema,
      keys: { ...keys, [LEDGER]: { ...keys[LEDGER], circuitHash: keys[SOLVENCY].circuitHash } },
    })
    const report = (await run(3, 'verify', epoch, '--pins', foreign)).json
    expect(failed(report)[`key:${LEDGER}`]).toBe('the manifest names another circuit than the pinned one')
  })

  test('V23: counts an account in a leaf of the slots that the name says, and of no others (inclusion.3)', async () => {
    const out = at('alice.json')
    await run(
      0,
      'inclusion',
      'export',
      '--epoch',
      epoch,
      '--account',
      'alice@example.com',
      ...['--accounts', files.accounts, '--out', out],
    )
    const check = ['--epoch', epoch, '--pins', pins]
    const included = (await run(0, 'inclusion', 'verify', out, ...check)).json
    expect(included).toMatchObject({ verdict: 'included', account: 'alice@example.com' })
    const file = readJson(out)
    const lying = at('lying.json')
    const empty = { ...file.slots[3], quantity: '0' }
    writeJson(lying, {
      ...file,
      instance: 'ledger-own-3-16-0-0',
      slots: [...file.slots, ...Array(12).fill(empty)],
    })
    const refused = (await run(1, 'inclusion', 'verify', lying, ...check)).json
    expect(refused.verdict).toBe('not included')
  })

  test('has verifiers that are made from its keys (proof.9)', async () => {
    const out = at('contracts')
    const { files: written, keys } = (await run(0, 'contract', 'export', LEDGER, '--out', out)).json
    expect(written).toContain('LedgerOwn3400Verifier.sol')
    const { keyHash } = readJson(pins).keys[LEDGER]
    expect(keys).toEqual([{ instance: LEDGER, keyHash, keyKind: 'development' }])
    expect(readFileSync(join(out, 'LedgerOwn3400Verifier.sol'), 'utf8')).toContain(LEDGER)
  })
})
