import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeMarginAccount, writeMarginTable } from '../../scripts/soundness/samples/margin-files.js'
import { riskTableHash } from '../../src/bundle/index.js'
import {
  connectChain,
  type DeployedVerifier,
  deployMarginGate,
  deployOwnedEpochs,
  deployVerifier,
  type LocalChain,
  type MarginGate,
  type OwnedEpochs,
  openMarginGate,
  openOwnedEpochs,
  requirementId,
  startLocalChain,
  venueId,
} from '../../src/chain/index.js'
import { PlimsollError } from '../../src/errors/index.js'
import { readMarginProof, readRiskTable } from '../../src/inputs/index.js'
import { verifyMargin } from '../../src/margin/index.js'
import { ensureArtifacts } from '../../src/proving/index.js'
import { formatRiskTable, parseRiskTable } from '../../src/risk/index.js'
import { plimsoll, TEST_CACHE, temporaryFolder } from '../helpers/cli.js'
import { changedLeaves } from '../helpers/leaves.js'
import { says } from '../helpers/says.js'

const folder = temporaryFolder()
const file = (name: string) => join(folder, name)
const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8'))
/** Everything that any command has printed. */
let printed = ''
let risk: string
let pins: string
let rich: ReturnType<typeof writeMarginAccount>
let poor: ReturnType<typeof writeMarginAccount>

/**
 * Cash and half a bitcoin against one that is short and settled in cash: about 2,470 of maintenance at
 * 97,000.
 */
const HELD: [string, bigint][] = [
  ['USDC', 148_213_915_577n],
  ['BTC', 51_735_190n],
  ['BTC-PERP', -101_928_374n],
]

async function run(...args: string[]) {
  const done = await plimsoll(...args)
  printed += done.stdout + done.stderr
  return done
}

function proveArgs(inclusion: string, out: string, purpose = file('for.json'), times = '1.5') {
  return [
    ...['margin', 'prove', '--account', inclusion, '--owner', file('owner.json'), '--risk', risk],
    ...['--requirement', 'maintenance', '--times', times, '--for', purpose, '--out', out, '--json'],
  ]
}

async function verify(proof: string, ...args: string[]) {
  const root = args.includes('--accounts-root') ? [] : ['--accounts-root', rich.accountsRoot.toString()]
  const table = args.includes('--risk') ? [] : ['--risk', risk]
  const done = await run('margin', 'verify', proof, ...root, ...table, '--pins', pins, '--json', ...args)
  return { code: done.code, report: JSON.parse(done.stdout) }
}

const failed = (report: { checks: { id: string; valid: boolean }[] }) =>
  report.checks.filter(({ valid }) => !valid).map(({ id }) => id)

beforeAll(async () => {
  pins = file('pins.json')
  risk = writeMarginTable(folder)
  const setup = await run('setup', 'margin-tiny', '--pins', pins)
  expect(setup.code, setup.stderr).toBe(0)
  const made = await run('owner', 'new', '--out', file('owner.json'), '--json')
  const owner = JSON.parse(made.stdout) as { commitment: string }
  rich = writeMarginAccount(folder, 'alice', owner, HELD)
  poor = writeMarginAccount(folder, 'bob', owner, [['USDC', 3_058_192_837n], HELD[2]!])
  const reader = { name: 'Example Desk', purpose: 'credit line 7' }
  writeFileSync(file('for.json'), JSON.stringify({ schema: 'plimsoll/margin-purpose/1', reader }))
  const proven = await run(...proveArgs(rich.inclusion, file('proof.json')))
  expect(proven.code, proven.stderr).toBe(0)
})

describe('margin prove and verify (margin.12)', () => {
  test('a proof of 1.5 times maintenance is valid, and says for whom and of which handle', async () => {
    const { code, report } = await verify(
      file('proof.json'),
      '--requirement',
      'maintenance',
      '--times',
      '1.5',
    )
    expect(code).toBe(0)
    expect(report).toMatchObject({
      valid: true,
      requirement: 'maintenance',
      times: '1.5',
      keyKind: 'development',
    })
    expect(report.for.reader).toEqual({ name: 'Example Desk', purpose: 'credit line 7' })
    expect(report.handle).toBe(readJson(file('proof.json')).proof.signals.handle)
  })

  test('N18: another requirement, multiple, table, root or purpose than the one asked for is refused', async () => {
    const reader = { name: 'Example Desk', purpose: 'credit line 8' }
    writeFileSync(file('other.json'), JSON.stringify({ schema: 'plimsoll/margin-purpose/1', reader }))
    const table = readJson(risk)
    table.margin.exposures[0].lines[0].terms[0].long = '0'
    writeFileSync(file('other-risk.json'), JSON.stringify(table))
    for (const [check, ...args] of [
      ['requirement', '--requirement', 'initial', '--times', '1.5'],
      ['requirement', '--requirement', 'maintenance'],
      ['requirement', '--times', '2'],
      ['accounts', '--accounts-root', '12345'],
      ['risk', '--risk', file('other-risk.json')],
      ['purpose', '--for', file('other.json')],
    ] as const) {
      const { code, report } = await verify(file('proof.json'), ...args)
      expect([code, report.valid, failed(report)], check).toEqual([1, false, [check]])
    }
  })

  test('V18: a proof is not read under a table whose requirement asks less, nor when it says that it is about that table (epoch.12)', async () => {
    const table = readJson(risk)
    for (const { charges } of table.margin.requirements) {
      for (const charge of charges) charge.factor = '0'
    }
    writeFileSync(file('weak-risk.json'), formatRiskTable(parseRiskTable(JSON.stringify(table), 'weak')))
    const weak = await verify(file('proof.json'), '--risk', file('weak-risk.json'))
    expect([weak.code, failed(weak.report)]).toEqual([1, ['risk', 'requirement']])
    const riskTable = riskTableHash(parseRiskTable(JSON.stringify(table), 'weak'))
    writeFileSync(file('changed.json'), JSON.stringify({ ...readJson(file('proof.json')), riskTable }))
    const dressed = await verify(file('changed.json'), '--risk', file('weak-risk.json'))
    expect([dressed.code, failed(dressed.report)]).toEqual([1, ['risk', 'requirement', 'purpose']])
  })

  test('no value of a proof file can be changed or left out (epoch.12)', async () => {
    const proof = readJson(file('proof.json'))
    const table = await readRiskTable(risk)
    const options = { pins: readJson(pins).keys, accountsRoot: rich.accountsRoot, table }
    const verified = async (path: string) => verifyMargin(await readMarginProof(path), options)
    let tried = 0
    for (const { path, value } of changedLeaves(proof)) {
      writeFileSync(file('changed.json'), JSON.stringify(value))
      const valid = await verified(file('changed.json')).then(
        (report) => report.valid,
        (error) => {
          expect(error, path).toBeInstanceOf(PlimsollError)
          return false
        },
      )
      expect(valid, path).toBe(false)
      tried++
    }
    expect(tried).toBeGreaterThan(80)
    writeFileSync(file('changed.json'), JSON.stringify(proof))
    expect((await verified(file('changed.json'))).valid, 'the control').toBe(true)
  })

  test('marks of long ago draw a note, and are refused by who says how old they may be (epoch.13)', async () => {
    const old = await verify(file('proof.json'), '--max-age', '60')
    expect([old.code, failed(old.report)]).toEqual([1, ['marks']])
    const { report } = await verify(file('proof.json'), '--max-age', '9999999999')
    expect([report.valid, report.notes]).toEqual([true, old.report.notes])
    expect(report.notes).toEqual([expect.stringContaining('marks of 2026-01-01T00:00:00Z')])
  })

  test('a proof that says of itself what it does not prove is refused', async () => {
    const proof = readJson(file('proof.json'))
    for (const [check, change] of [
      ['requirement', { times: '2' }],
      ['requirement', { requirement: 'initial' }],
      ['purpose', { for: { ...proof.for, reader: { name: 'Other Desk', purpose: 'credit line 7' } } }],
      ['risk', { sizes: { ...proof.sizes, spots: 5 } }],
      ['risk', { sizes: { ...proof.sizes, scenarios: 1 } }],
      // Sizes of an instance, but of another than the proof's.
      ['risk', { sizes: { spots: 32, derivatives: 24, tiers: 0, scenarios: 4 } }],
      // Sizes of no instance: their root would take hours and more than the memory.
      ['risk', { sizes: { spots: 4096, derivatives: 4096, tiers: 4096, scenarios: 4096 } }],
      ['proof', { proof: { ...proof.proof, signals: { ...proof.proof.signals, handle: '1' } } }],
      ['proof', { proof: { ...proof.proof, statement: 'solvency' } }],
    ] as const) {
      writeFileSync(file('changed.json'), JSON.stringify({ ...proof, ...change }))
      const { code, report } = await verify(file('changed.json'))
      expect([code, report.valid, failed(report)], JSON.stringify(change)).toEqual([1, false, [check]])
    }
  })

  test('a proof that says another purpose than it was made for is refused by a reader who brings the right one', async () => {
    const proof = readJson(file('proof.json'))
    proof.for.reader.purpose = 'anything'
    writeFileSync(file('changed.json'), JSON.stringify(proof))
    const { code, report } = await verify(file('changed.json'), '--for', file('for.json'))
    expect([code, report.valid, failed(report)]).toEqual([1, false, ['purpose']])
  })

  test('a key that is not pinned, or a development key in production, is refused with code 3 (key.3)', async () => {
    const { keys } = readJson(pins)
    const keyHash = keys['margin-tiny'].keyHash.replace(/^./, (digit: string) => (digit === '0' ? '1' : '0'))
    const other = { 'margin-tiny': { ...keys['margin-tiny'], keyHash } }
    writeFileSync(file('other-pins.json'), JSON.stringify({ schema: 'plimsoll/pins/2', keys: other }))
    const done = await run(
      ...['margin', 'verify', file('proof.json'), '--accounts-root', `${rich.accountsRoot}`, '--risk', risk],
      ...['--pins', file('other-pins.json'), '--json'],
    )
    expect(done.code).toBe(3)
    expect(failed(JSON.parse(done.stdout))).toEqual(['key', 'proof'])
    expect((await verify(file('proof.json'), '--production')).code).toBe(3)
  })

  test('a proof alone, with no source for accounts and rule, is a usage error that teaches', async () => {
    const done = await run('margin', 'verify', file('proof.json'), '--pins', pins)
    expect(done.code).toBe(2)
    expect(done.stderr).toContain('an epoch, or an accountsRoot and a risk table')
  })

  test('an account that no instance has room for is told what it takes, by number alone (margin.20)', async () => {
    const owner = readJson(file('owner.json')) as { commitment: string }
    const wide = writeMarginAccount(folder, 'wide', owner, HELD, 'ledger-1024-18')
    const done = await run(...proveArgs(wide.inclusion, file('none.json')))
    expect([done.code, existsSync(file('none.json'))]).toEqual([2, false])
    const { code, message } = JSON.parse(done.stdout).error
    expect(code).toBe('MARGIN_SIZE')
    expect(message).toMatch(
      /^no margin instance has room for the account: it needs 3 slots, 0 scenarios, .* a leaf of 1024 slots$/,
    )
    const small = await run(...proveArgs(wide.inclusion, file('none.json')), '--instance', 'margin-4')
    expect(JSON.parse(small.stdout).error.message).toBe(
      'the account needs a leaf of 1024 slots, the instance has room for a leaf of 16 slots',
    )
  })

  test('an account that is short of it gets no proof, and no amount is said (margin.13)', async () => {
    const done = await run(...proveArgs(poor.inclusion, file('none.json')))
    expect(done.code).toBe(1)
    expect(JSON.parse(done.stdout).error).toMatchObject({ code: 'MARGIN_SHORT' })
    expect(done.stdout + done.stderr).not.toMatch(/101928|3058|slack/)
    expect(existsSync(file('none.json'))).toBe(false)
    const explained = await plimsoll(
      'margin',
      'explain',
      '--account',
      poor.inclusion,
      '--risk',
      risk,
      '--json',
    )
    const maintenance = JSON.parse(explained.stdout).requirements.find(
      (r: { name: string }) => r.name === 'maintenance',
    )
    expect(maintenance.met).toBe(true)
  })

  test("another owner's file does not open the account (margin.2)", async () => {
    await run('owner', 'new', '--out', file('stranger.json'))
    const args = proveArgs(rich.inclusion, file('none.json'))
    const done = await run(...args.map((arg) => (arg === file('owner.json') ? file('stranger.json') : arg)))
    expect(done.code).toBe(2)
    expect(JSON.parse(done.stdout).error.code).toBe('MARGIN_ACCOUNT')
  })

  test('an inclusion file that was touched does not open (margin.1)', async () => {
    const inclusion = readJson(rich.inclusion)
    inclusion.slots[0].quantity = '999999'
    writeFileSync(file('touched.json'), JSON.stringify(inclusion))
    const done = await run(...proveArgs(file('touched.json'), file('none.json')))
    expect([done.code, JSON.parse(done.stdout).error.code]).toEqual([2, 'MARGIN_ACCOUNT'])
  })

  test('multiples that are no number, zero, or too large are refused', async () => {
    for (const times of ['0', '-1', '1e1', '01', '1000', '1.0000000001', '']) {
      const done = await run(...proveArgs(rich.inclusion, file('none.json'), file('for.json'), times))
      expect([done.code, JSON.parse(done.stdout).error.code], times).toEqual([2, 'MARGIN_TIMES'])
    }
  })

  test('the same account has one handle for one reader, and another for the next (privacy.8)', async () => {
    const reader = { name: 'Other Desk', purpose: 'credit line 7' }
    writeFileSync(file('desk.json'), JSON.stringify({ schema: 'plimsoll/margin-purpose/1', reader }))
    const handleOf = async (purpose: string, out: string) => {
      const done = await run(...proveArgs(rich.inclusion, file(out), purpose, '1'))
      expect(done.code, done.stderr).toBe(0)
      return readJson(file(out)).proof.signals.handle
    }
    const first = readJson(file('proof.json')).proof.signals.handle
    expect(await handleOf(file('for.json'), 'again.json')).toBe(first)
    expect(await handleOf(file('desk.json'), 'desk-proof.json')).not.toBe(first)
  })
})

describe('a gate on a chain (gate.1)', () => {
  const id = requirementId('1.5 maintenance')
  let local: LocalChain
  let gate: MarginGate
  let epochs: OwnedEpochs
  let verifier: DeployedVerifier
  let purpose: string
  let now: number

  beforeAll(async () => {
    local = await startLocalChain()
    const chain = await connectChain(local.rpcUrl)
    const label = requirementId('Example Desk')
    epochs = await openOwnedEpochs(chain, (await deployOwnedEpochs(chain)).address)
    const at = { source: epochs.address, venue: venueId('Example Exchange') }
    const { address } = await deployMarginGate(chain, label, at)
    gate = await openMarginGate(chain, address)
    verifier = await deployVerifier(chain, await ensureArtifacts('margin-tiny', { cacheDir: TEST_CACHE }))
    now = Number((await chain.reader.getBlock()).timestamp)
    purpose = file('for-gate.json')
    const to = {
      chainId: `${chain.chainId}`,
      contract: address.toLowerCase(),
      label,
      caller: chain.writer!.account.address.toLowerCase(),
      nonce: '1',
      expiry: now + 3_600,
    }
    writeFileSync(purpose, JSON.stringify({ schema: 'plimsoll/margin-purpose/1', gate: to }))
    const proven = await run(...proveArgs(rich.inclusion, file('gate-proof.json'), purpose))
    expect(proven.code, proven.stderr).toBe(0)
  })
  afterAll(() => local.stop())

  test('records what was proven for it once, and nothing that was proven for a reader (gate.2)', async () => {
    const proof = readJson(file('gate-proof.json'))
    const signal = (name: string) => BigInt(proof.proof.signals[name])
    const roots = { accountsRoot: signal('accountsRoot'), riskRoot: signal('riskRoot') }
    await gate.setVerifier(verifier.address, verifier)
    await gate.setRequirement(id, signal('requirement'))
    await expect(gate.submit(verifier.address, id, proof)).rejects.toMatchObject({
      code: 'GATE_REFUSED',
      message: expect.stringContaining('RootsNotAccepted'),
    })
    await epochs.setRoots(gate.epochs.venue, roots, now + 7_200)
    expect(await gate.hasMargin(signal('handle'), id)).toBe(false)
    await gate.submit(verifier.address, id, proof)
    expect(await gate.hasMargin(signal('handle'), id)).toBe(true)
    expect(await gate.hasMargin(signal('handle') + 1n, id)).toBe(false)
    await expect(gate.submit(verifier.address, id, proof)).rejects.toThrow('NonceUsed')
    await expect(gate.submit(verifier.address, id, readJson(file('proof.json')))).rejects.toMatchObject({
      code: 'GATE_PURPOSE',
    })
    const forReader = { ...proof, proof: readJson(file('proof.json')).proof }
    forReader.for.gate.nonce = '2'
    await expect(gate.submit(verifier.address, id, forReader)).rejects.toThrow('made for another domain')
  })

  test('the same proof also verifies in TypeScript', async () => {
    const { code, report } = await verify(file('gate-proof.json'), '--for', purpose)
    expect([code, report.valid]).toEqual([0, true])
  })
})

test('nothing private is printed, or in a public file (privacy.1)', () => {
  const { secret } = readJson(file('owner.json'))
  const inclusion = readJson(rich.inclusion)
  const marks = [
    secret,
    inclusion.salt,
    'alice',
    '148213.915577',
    '148213915577',
    '51735190',
    '0.5173519',
    '101928374',
    '1.01928374',
  ]
  const published = readdirSync(folder).filter((name) => /proof\.json$|^again/.test(name))
  expect(published.length).toBeGreaterThan(2)
  const texts = [
    printed.replaceAll(/"where": .*/g, '').replaceAll(rich.inclusion, ''),
    ...published.map((name) => readFileSync(file(name), 'utf8')),
  ]
  for (const mark of marks) for (const text of texts) expect(says(text, mark), mark).toBe(false)
})
