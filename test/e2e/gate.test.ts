import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Address, Hex } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type ChainConnection,
  connectChain,
  deployMarginGate,
  type LocalChain,
  type MarginGate,
  openMarginGate,
  openOwnedEpochs,
  requirementId,
  startLocalChain,
  venueId,
} from '../../src/chain/index.js'
import { deployGate } from '../../src/cli/gate/deploy.js'
import { createUi } from '../../src/cli/terminal/ui.js'
import { readRiskTable } from '../../src/inputs/index.js'
import { ensureArtifacts } from '../../src/proving/index.js'
import { readPrivateKey } from '../../src/venue/index.js'
import { plimsollIn, TEST_CACHE, temporaryFolder } from '../helpers/cli.js'
import { EXAMPLES } from '../helpers/commands.js'

const folder = temporaryFolder()
const at = (path: string) => join(folder, path)
const readJson = (path: string) => JSON.parse(readFileSync(at(path), 'utf8'))
const ID = requirementId('1.5 maintenance')
const HOUR = 3_600
const DAY = 24 * HOUR
/** The second account of a local chain. */
const LENDER_KEY = 'examples/venue/signing-key.json'

let local: LocalChain
let chain: ChainConnection
let gate: MarginGate
let lender: Address
let handle: string

const run = (...args: string[]) => plimsollIn(folder, ...args)
/** Runs a command of the gate at the chain; `SENDER` is the lender's key. */
async function onGate(verb: string, ...args: string[]) {
  const record = verb === 'deploy' || args.includes('--gate') ? [] : ['--gate', 'gate.json']
  const done = await run('gate', verb, ...args, ...record, '--rpc', local.rpcUrl, '--json')
  return { ...done, json: JSON.parse(done.stdout) }
}
const AS_LENDER = ['--sender', LENDER_KEY]
const status = (...args: string[]) => onGate('status', handle, ...args)
const refusal = (code: string, exit: number, message: string | RegExp) => ({
  code: exit,
  json: {
    error: {
      code,
      message:
        typeof message === 'string' ? expect.stringContaining(message) : expect.stringMatching(message),
    },
  },
})
async function blockTime(): Promise<number> {
  return Number((await chain.reader.getBlock()).timestamp)
}
async function pass(seconds: number): Promise<void> {
  const rpc = (method: string, params: unknown[]) => chain.reader.request({ method, params } as never)
  await rpc('evm_increaseTime', [seconds])
  await rpc('evm_mine', [])
}
/** A copy of a JSON file with something changed. */
function changed(path: string, change: (json: ReturnType<typeof readJson>) => void): string {
  const json = readJson(path)
  change(json)
  writeFileSync(at(`changed-${path}`), JSON.stringify(json))
  return `changed-${path}`
}
async function prove(out: string, ...args: string[]): Promise<void> {
  const done = await run(
    ...['margin', 'prove', '--account', 'bob.json', '--owner', 'owner.json', '--risk', 'risk.json'],
    ...['--requirement', 'maintenance', '--times', '1.5', '--instance', 'margin-tiny', '--gate', 'gate.json'],
    ...['--caller', chain.writer!.account.address, '--out', out, ...args],
  )
  expect(done.code, done.stderr).toBe(0)
}
const DEPLOY = [
  ...['--epoch', 'public/2026-01-01', '--name', 'Example Desk', '--owned', '--requirement', 'maintenance'],
  ...[
    '--times',
    '1.5',
    '--instance',
    'margin-tiny',
    '--pins',
    'pins.json',
    '--out',
    'gate.json',
    ...AS_LENDER,
  ],
]
const ACCEPT = ['public/2026-01-01', '--pins', 'pins.json', ...AS_LENDER]

/** The example of `init`, with an owner for one account and a margin rule. */
async function makeVenue(): Promise<void> {
  const done = async (...args: string[]) => {
    const ended = await run(...args, '--json')
    expect(ended.code, args.join(' ') + ended.stderr).toBe(0)
  }
  await done('init', '--example')
  await done('owner', 'new', '--out', 'owner.json')
  const [, ...rows] = readFileSync(at('accounts.csv'), 'utf8').trimEnd().split('\n')
  const owned = rows.map((row) => `${row},${row.startsWith('bob,') ? readJson('owner.json').commitment : ''}`)
  writeFileSync(at('accounts.csv'), `account_id,instrument,quantity,owner\n${owned.join('\n')}\n`)
  const spot = (symbol: string, price: string) => ({
    ...{ kind: 'spot', symbol, decimals: 8, price },
    collateral: { initial: '0.9', maintenance: '0.95' },
  })
  const params = {
    schema: 'plimsoll/margin-params/cross/1',
    timestamp: readJson('risk.json').timestamp,
    quote: 'USD',
    instruments: [spot('BTC', '97000'), spot('ETH', '3300.5')],
  }
  writeFileSync(at('margin.json'), JSON.stringify(params))
  await done(
    ...['risk', 'build', '--model', 'cross', '--params', 'margin.json', '--table', 'risk.json'],
    ...['--cash', 'USDT', '--out', 'risk.json', '--force'],
  )
  await done('epoch')
  await done('setup', 'margin-tiny', '--pins', 'pins.json')
  await done(
    ...['inclusion', 'export', '--epoch', 'public/2026-01-01', '--private', 'private/2026-01-01'],
    ...['--account', 'bob', '--accounts', 'accounts.csv', '--out', 'bob.json'],
  )
}

beforeAll(async () => {
  mkdirSync(at('examples/venue'), { recursive: true })
  cpSync(LENDER_KEY, at(LENDER_KEY))
  lender = readJson(LENDER_KEY).address
  local = await startLocalChain()
  chain = await connectChain(local.rpcUrl)
  await makeVenue()
})
afterAll(() => local?.stop())

describe('a lender who writes no code has a gate (gate.14)', () => {
  test('deploys it, run again adds nothing, and its record says all of it', async () => {
    const first = await onGate('deploy', ...DEPLOY)
    expect(first.code, first.stdout).toBe(0)
    const record = readJson('gate.json')
    expect(record).toMatchObject({
      ...{ schema: 'plimsoll/gate/1', chainId: '31337', name: 'Example Desk', venue: 'Example Venue' },
      source: { kind: 'owned' },
      verifiers: [{ instance: 'margin-tiny', keyKind: 'development' }],
      requirements: [{ requirement: 'maintenance', times: '1.5', id: ID }],
    })
    expect(first.json).toEqual({ record: 'gate.json', ...record })
    expect(first.stderr).toContain('WARNING: development keys')
    gate = await openMarginGate(chain, record.contract)
    expect(gate.epochs.venue).toBe(venueId('Example Venue'))
    expect(await gate.requirementOf(ID)).toBe(BigInt(record.requirements[0].digest))

    const block = await chain.reader.getBlockNumber({ cacheTime: 0 })
    expect((await onGate('deploy', ...DEPLOY)).code).toBe(0)
    expect(await chain.reader.getBlockNumber({ cacheTime: 0 }), 'nothing was sent').toBe(block)
    expect(readJson('gate.json')).toEqual(record)
  })

  test('interrupted, goes on there: what is at the gate is not sent again', async () => {
    const whole = readJson('gate.json')
    const partial = changed('gate.json', (record) => {
      record.requirements = []
    })
    const block = await chain.reader.getBlockNumber({ cacheTime: 0 })
    const args = DEPLOY.map((arg) => (arg === 'gate.json' ? partial : arg))
    expect((await onGate('deploy', ...args)).code).toBe(0)
    expect(await chain.reader.getBlockNumber({ cacheTime: 0 })).toBe(block)
    expect(readJson(partial)).toEqual(whole)
    const other = await onGate('deploy', ...args.map((arg) => (arg === 'Example Desk' ? 'Other Desk' : arg)))
    expect(other).toMatchObject(refusal('GATE_RECORD', 2, 'is the record of another gate'))
    const elsewhere = await onGate('deploy', ...DEPLOY, '--chain-id', '1')
    expect(elsewhere).toMatchObject(refusal('CHAIN_ID', 2, 'the node is on chain 31337, not on 1'))
    expect(await chain.reader.getBlockNumber({ cacheTime: 0 })).toBe(block)
  })

  test('accepts a verified epoch; the trader’s proof is recorded, shown, pledged and released', async () => {
    await prove('proof.json')
    handle = readJson('proof.json').proof.signals.handle
    const early = await onGate('submit', 'proof.json')
    expect(early, 'no epoch is accepted yet').toMatchObject(
      refusal('GATE_REFUSED', 1, 'the gate refused the call: RootsNotAccepted('),
    )
    expect(await status()).toMatchObject({ code: 1, json: { hasMargin: false, why: 'no-record' } })

    const accepted = await onGate('accept', ...ACCEPT)
    expect(accepted.code, accepted.stdout).toBe(0)
    expect(accepted.json).toMatchObject({ venue: 'Example Venue', number: 1, replaced: false })
    expect(accepted.json.until).toBeGreaterThanOrEqual((await blockTime()) + DAY - 60)

    const submitted = await onGate('submit', 'proof.json')
    expect(submitted.code, submitted.stdout).toBe(0)
    const account = chain.writer!.account.address
    expect(submitted.json.submitter.toLowerCase()).toBe(account.toLowerCase())
    const shown = await status()
    expect(shown).toMatchObject({
      code: 0,
      json: {
        ...{ handle, requirement: 'maintenance', times: '1.5', hasMargin: true },
        ...{ until: accepted.json.until, record: { epoch: 1 }, epoch: { number: 1 } },
      },
    })

    const until = `${(await blockTime()) + HOUR}`
    const foreign = await onGate('pledge', handle, '--to', lender, '--until', until, ...AS_LENDER)
    expect(foreign).toMatchObject(refusal('GATE_REFUSED', 1, 'NotSubmitter('))
    const pledged = await onGate('pledge', handle, '--to', lender, '--until', until)
    expect(pledged).toMatchObject({ code: 0, json: { pledge: { lender, until: Number(until) } } })
    expect((await status()).json.pledge.lender.toLowerCase()).toBe(lender)
    const again = await onGate('pledge', handle, '--to', account, '--until', until)
    expect(again).toMatchObject(refusal('GATE_REFUSED', 1, 'AlreadyPledged('))
    expect(await onGate('release', handle)).toMatchObject(refusal('GATE_REFUSED', 1, 'NotLender('))
    expect((await onGate('release', handle, ...AS_LENDER)).code).toBe(0)
    expect((await status()).json).not.toHaveProperty('pledge')
  })

  test('what people are shown says the verdict, until when, and why not', async () => {
    const text = async (...args: string[]) =>
      run('gate', 'status', ...args, '--gate', 'gate.json', '--rpc', local.rpcUrl)
    const met = await text(handle)
    expect(met.stdout).toMatch(/^MEETS 1\.5 × maintenance until 20\d\d-/m)
    const none = await text('12')
    expect([none.code, none.stdout]).toEqual([
      1,
      expect.stringContaining('NO MARGIN of 1.5 × maintenance: no proof of it was recorded'),
    ])
  })
})

describe('what the gate would refuse is refused before anything is sent, by name (gate.15)', () => {
  let block: bigint
  beforeAll(async () => {
    await prove('proof-2.json', '--expiry', `${(await blockTime()) + 2 * HOUR}`)
    block = await chain.reader.getBlockNumber({ cacheTime: 0 })
  })

  test.each<
    [what: string, proof: () => string, expected: [code: string, exit: number, said: string | RegExp]]
  >([
    ['a used nonce', () => 'proof.json', ['GATE_REFUSED', 1, 'NonceUsed(']],
    [
      'a proof for a foreign gate',
      () => changed('proof-2.json', ({ for: { gate } }) => (gate.contract = `0x${'11'.repeat(20)}`)),
      ['GATE_PURPOSE', 2, 'made for another: this gate is'],
    ],
    [
      'a proof for another chain',
      () => changed('proof-2.json', ({ for: { gate } }) => (gate.chainId = '1')),
      ['GATE_PURPOSE', 2, 'this is chain 31337'],
    ],
    [
      'a proof that says another nonce than it was made for',
      () => changed('proof-2.json', ({ for: { gate } }) => (gate.nonce = '1')),
      ['MARGIN_PROOF', 2, 'made for another context than it says'],
    ],
    [
      'a longer expiry than it was made for',
      () => changed('proof-2.json', ({ for: { gate } }) => (gate.expiry += DAY)),
      ['MARGIN_PROOF', 2, 'made for another context than it says'],
    ],
    [
      'a handle of somebody else',
      () => changed('proof-2.json', ({ proof: { signals } }) => (signals.handle = '12')),
      ['GATE_REFUSED', 1, 'the gate would refuse the proof: the proof does not verify'],
    ],
    [
      'a key that is not the one that it names',
      () => changed('proof-2.json', ({ key }) => key.ic.reverse()),
      ['GATE_REFUSED', 1, 'the key is not the one that the proof names'],
    ],
    [
      'a multiple that the gate does not ask',
      () => changed('proof-2.json', (proof) => (proof.times = '2')),
      ['GATE_REQUIREMENT', 2, 'no such requirement: 2 × maintenance'],
    ],
    [
      'a key that the gate has no verifier of',
      () => changed('proof-2.json', ({ proof }) => (proof.keyHash = '0'.repeat(64))),
      ['GATE_KEY', 3, 'no verifier of the key'],
    ],
  ])('%s', async (_, proof, expected) => {
    expect(await onGate('submit', proof())).toMatchObject(refusal(...expected))
    expect(await chain.reader.getBlockNumber({ cacheTime: 0 })).toBe(block)
  })

  test('a caller who is another than the one that the proof names', async () => {
    expect(await onGate('submit', 'proof-2.json', ...AS_LENDER)).toMatchObject(
      refusal('GATE_PURPOSE', 2, 'you are'),
    )
  })

  test.each<
    [what: string, change: (record: ReturnType<typeof readJson>) => void, exit: number, code: string]
  >([
    ['of another chain', (record) => (record.chainId = '1'), 2, 'GATE_RECORD'],
    ['of another venue', (record) => (record.venue = 'Other Venue'), 2, 'GATE_RECORD'],
    ['of another lender', (record) => (record.name = 'Other Desk'), 2, 'GATE_RECORD'],
    ['of another source', (record) => (record.source.contract = `0x${'11'.repeat(20)}`), 2, 'GATE_RECORD'],
    ['of no contract', (record) => (record.contract = `0x${'11'.repeat(20)}`), 3, 'NOT_THE_CONTRACT'],
    ['with an odd name', (record) => (record.name = 'Desk\n'), 2, 'JSON_SCHEMA'],
  ])('a record %s', async (_, change, exit, code) => {
    const done = await status('--gate', changed('gate.json', change))
    expect([done.code, done.json.error.code]).toEqual([exit, code])
  })

  test('S32: odd handles and names, and times in milliseconds, are refused as input', async () => {
    for (const odd of ['-1', '0x12', '1e3', '007', '', ' 1', `${1n << 256n}`, '٣']) {
      expect((await run('gate', 'status', odd, '--gate', 'gate.json', '--rpc', local.rpcUrl)).code, odd).toBe(
        2,
      )
    }
    for (const odd of ['', ' Desk', 'Desk\n', '\u202edesk', 'x'.repeat(200)]) {
      const args = DEPLOY.map((arg) =>
        arg === 'Example Desk' ? odd : arg === 'gate.json' ? 'odd.json' : arg,
      )
      const done = await run('gate', 'deploy', ...args, '--rpc', local.rpcUrl)
      expect([done.code, done.stderr], odd).toEqual([2, expect.stringContaining('--name')])
    }
    for (const odd of [`${Date.now()}`, '-5', '0', '1.5', 'tomorrow']) {
      const done = await run(
        ...['gate', 'pledge', handle, '--to', lender, '--until', odd, '--gate', 'gate.json'],
        ...['--rpc', local.rpcUrl],
      )
      expect(done.code, odd).toBe(2)
    }
    for (const odd of [`0x${'0'.repeat(40)}`, '0x12', lender.replace('c', 'C')]) {
      const done = await onGate('pledge', handle, '--to', odd, '--until', '1898761600')
      expect(done).toMatchObject(refusal('ADDRESS', 2, ''))
    }
  })

  test('an owner’s call from another account, and a gate of a registry, or of another venue', async () => {
    const [, ...rest] = ACCEPT
    const asTrader = ACCEPT.filter((arg) => !AS_LENDER.includes(arg))
    expect(await onGate('accept', ...asTrader)).toMatchObject(refusal('EPOCHS_REFUSED', 1, 'NotOwner('))
    const ofRegistry = changed('gate.json', ({ source }) => (source.kind = 'registry'))
    expect(await onGate('accept', ...ACCEPT, '--gate', ofRegistry)).toMatchObject(
      refusal('GATE_SOURCE', 2, 'a registry says which epoch counts'),
    )
    const { label, source } = readJson('gate.json')
    const venue = 'Other Venue'
    const { address } = await deployMarginGate(chain, label, {
      ...{ source: source.contract, venue: venueId(venue) },
    })
    const elsewhere = changed('gate.json', (record) =>
      Object.assign(record, { venue, contract: address.toLowerCase() }),
    )
    expect(await onGate('accept', ...ACCEPT, '--gate', elsewhere)).toMatchObject(
      refusal('GATE_EPOCH_OTHER', 2, 'the epoch is of Example Venue, the gate of Other Venue'),
    )
    expect(await onGate('accept', '--withdraw', ...rest.slice(2), '--gate', elsewhere)).toMatchObject(
      refusal('GATE_SOURCE', 2, 'no epoch was accepted yet'),
    )
  })

  test('an epoch that does not verify, or whose rule asks something else under the same name', async () => {
    cpSync(at('public/2026-01-01'), at('public/bad'), { recursive: true })
    const manifest = readJson('public/bad/manifest.json')
    manifest.parts.solvency.accountsRoot = '12'
    writeFileSync(at('public/bad/manifest.json'), JSON.stringify(manifest))
    expect(await onGate('accept', 'public/bad', ...ACCEPT.slice(1))).toMatchObject(
      refusal('GATE_EPOCH', 1, 'the epoch is not valid: '),
    )
    const other = changed('gate.json', ({ requirements: [one] }) => (one.digest = '12'))
    expect(await onGate('accept', ...ACCEPT, '--gate', other)).toMatchObject(
      refusal('GATE_REQUIREMENT', 2, "the epoch's rule has another 1.5 × maintenance"),
    )
    expect(await onGate('accept', ...ACCEPT, '--until', '1767225600')).toMatchObject(
      refusal('GATE_UNTIL', 2, 'is past on this chain'),
    )
  })

  test('development keys on a chain that is no test chain', async () => {
    const key = await ensureArtifacts('margin-tiny', { cacheDir: TEST_CACHE })
    const wanted = {
      ...{ name: 'Example Desk', venue: 'Example Venue', keys: [key], trust: undefined },
      ...{ table: await readRiskTable(at('risk.json')), requirement: 'maintenance', times: '1' },
    }
    const nothing = () => Promise.reject(new Error('saved'))
    await expect(
      deployGate(createUi({ json: true }), { ...chain, chainId: 1 }, wanted, undefined, nothing),
    ).rejects.toMatchObject({ code: 'GATE_DEVELOPMENT_KEY' })
  })
})

describe('a status says why there is no margin (gate.16)', () => {
  const why = async (...args: string[]) => {
    const { code, json } = await status(...args)
    return [code, json.why]
  }

  test('withdrawn roots: nothing holds, nothing new is taken, and what was recorded counts again', async () => {
    expect((await onGate('accept', '--withdraw', ...AS_LENDER)).code).toBe(0)
    expect(await why()).toEqual([1, 'roots-withdrawn'])
    expect(await onGate('submit', 'proof-2.json')).toMatchObject(
      refusal('GATE_REFUSED', 1, 'RootsNotAccepted('),
    )
    expect((await onGate('accept', ...ACCEPT)).json).toMatchObject({ number: 1, replaced: false })
    expect(await why()).toEqual([0, undefined])
  })

  test('an untrusted verifier, a withdrawn requirement; deployed again, both count again', async () => {
    const privateKey = await readPrivateKey(LENDER_KEY)
    const own = await openMarginGate(await connectChain(local.rpcUrl, { privateKey }), gate.address)
    const [{ contract }] = readJson('gate.json').verifiers as [{ contract: Hex }]
    await own.setVerifier(contract, false)
    expect(await why()).toEqual([1, 'verifier-withdrawn'])
    expect(await onGate('submit', 'proof-2.json')).toMatchObject(
      refusal('GATE_REFUSED', 1, 'UntrustedVerifier('),
    )
    await own.setRequirement(ID, 0n)
    expect(await why()).toEqual([1, 'no-requirement'])
    expect((await onGate('deploy', ...DEPLOY)).code).toBe(0)
    expect(await why()).toEqual([0, undefined])
  })

  test('an expired proof, an epoch that is too old, and another epoch', async () => {
    await pass(3 * HOUR)
    expect(await onGate('submit', 'proof-2.json')).toMatchObject(refusal('GATE_REFUSED', 1, 'ProofExpired('))
    await pass(2 * DAY)
    expect(await why()).toEqual([1, 'roots-over'])
    const { epochs } = gate
    const until = `${(await blockTime()) + DAY}`
    expect((await onGate('accept', ...ACCEPT, '--until', until)).json.until).toBe(Number(until))
    expect(await why()).toEqual([1, 'proof-expired'])
    const privateKey = await readPrivateKey(LENDER_KEY)
    const source = await openOwnedEpochs(await connectChain(local.rpcUrl, { privateKey }), epochs.source)
    await source.setRoots(epochs.venue, { accountsRoot: 1n, riskRoot: 2n }, Number(until))
    expect(await why()).toEqual([1, 'other-epoch'])
    expect((await onGate('accept', ...ACCEPT)).json).toMatchObject({ number: 3, replaced: true })
  })
})

test('the options of every example of the help are those of this file (cli.11)', () => {
  const verbs = EXAMPLES.filter(({ calls }) => calls.startsWith('gate ')).map(({ words }) => words)
  expect(verbs.length).toBeGreaterThanOrEqual(6)
  for (const words of verbs) expect(words).toContain('--rpc')
})
