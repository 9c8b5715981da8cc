import { beforeAll, describe, expect, test } from 'vitest'
import { assertSettledAlike } from '../../../src/audit/copies.js'
import { audit, auditPage } from '../../../src/audit/index.js'
import { bytesSource, proofFileSchema, type Source, verifyFiledProof } from '../../../src/bundle/index.js'
import {
  EPOCH_PATHS,
  epochFiles,
  hasSettlement,
  type OpenedPlace,
  openEpoch,
  parseExternal,
  parseSettlement,
  type Settlement,
  settlementReport,
  verifySettlement,
} from '../../../src/epoch/index.js'
import { formatJson, sha256Text } from '../../../src/schema/index.js'
import {
  externalFile,
  type Lies,
  liquidation,
  openedIn,
  type Pair,
  PINS,
  samplePair,
  settledFiles,
} from '../../helpers/settled.js'
import { simulated } from '../../helpers/simulated.js'

let pair: Pair
let honest: Record<string, string>
let before: OpenedPlace
let now: OpenedPlace
beforeAll(async () => {
  pair = await samplePair()
  honest = settledFiles(pair)
  before = await openedIn(pair.beforeFiles)
  now = await openedIn(honest)
})

/** Ids and reasons of what fails, and the exit code. */
async function refused(
  files: Record<string, string>,
  options: { before?: OpenedPlace; pins?: typeof PINS; production?: boolean } = {},
) {
  const { pins = PINS, production = false } = options
  // Its settlement is no part of an epoch's own verification.
  const found = await verifySettlement({ ...now, source: bytesSource(files) }, options.before ?? before, {
    pins,
    production,
  })
  expect(found!.settlement).toBeUndefined()
  const failed = found!.checks.filter(({ valid }) => !valid)
  return {
    ids: failed.map(({ id }) => id),
    text: failed.map(({ detail }) => detail).join('; '),
    exitCode: found!.exitCode,
  }
}

/** A file that a liar edits: anything may stand anywhere in it. */
// biome-ignore lint/suspicious/noExplicitAny: what is written into it is wrong on purpose
type Edited = any

const edited = (path: string, change: (value: Edited) => unknown) => {
  const value = JSON.parse(honest[path]!)
  return { ...honest, [path]: formatJson(change(value) ?? value) }
}
const without = (path: string) => Object.fromEntries(Object.entries(honest).filter(([name]) => name !== path))

describe('a settlement between two epochs that follow one another (settlement.42)', () => {
  test('is verified from both and says what follows, and what does not', async () => {
    const found = (await verifySettlement(now, before, { pins: PINS }))!
    expect(found.checks.filter(({ valid }) => !valid)).toEqual([])
    expect([found.exitCode, found.keyKind]).toEqual([0, 'development'])
    const { settlement } = found
    expect(settlement!.sha256).toBe(sha256Text(honest[EPOCH_PATHS.settlementFile]!))
    expect(settlement!.roots).toMatchObject({ transfers: 11n, accruals: 0n, allocations: 0n })
    expect(settlement!.loss).toBe(false)
    const words = settlement!.words.join(' ')
    expect(words).toContain(
      'what the accounts of an identifier have at epoch 2026-02 and did not have at 2026-01',
    )
    // What the layers fell by, and not what they paid.
    expect(words).toContain(
      'have less of at epoch 2026-02 than at 2026-01, whatever else was taken out of them',
    )
    expect(words).toContain('the 3 proofs of epoch 2026-01')
    expect(words).toContain('No row allocates a loss to customers, and no index falls.')
    expect(words).toMatch(
      /Not shown: .*one identifier.*owners.*ordered.*forced sale.*address.*when.*to begin with/,
    )
    expect(found.checks.filter(({ id }) => id.startsWith('chunk:'))).toHaveLength(3)
  })

  test('tells a loss with what the layers may be worth, and no row of a liquidation where there is none', async () => {
    const files = settledFiles(pair, { roots: { allocations: 17n, liquidations: 0n }, liquidations: [] })
    const quiet = await openedIn(pair.before.files)
    const found = await verifySettlement({ ...now, source: bytesSource(files) }, quiet, { pins: PINS })
    const words = found!.settlement!.words.join(' ')
    expect(words).toContain('Customers bear a loss: the layers of the waterfall are worth at most 100 USD')
    expect(words).toContain('No row is one of a liquidation')
    expect(found!.settlement!.loss).toBe(true)
  })

  test('is of no epoch whose layers may be worth more than the policy that a reader accepts', async () => {
    const opened = async (dust: string) => {
      const policy = { ...pair.policy, settlement: { dust } }
      const { report } = await openEpoch(bytesSource(honest), { pins: PINS, policy })
      return report.checks.find(({ id }) => id === 'policy')!
    }
    expect((await opened('100')).valid).toBe(true)
    expect(await opened('99.99')).toMatchObject({
      valid: false,
      detail: expect.stringContaining('losses that customers bear: layers may be worth 100 USD then'),
    })
  })

  test('is looked up file by file where a source cannot be listed, and says so', async () => {
    const unlisted = ({ name, read }: Source): Source => ({ name, read })
    const places = [
      await openedIn(honest, { wrap: unlisted }),
      await openedIn(pair.beforeFiles, { wrap: unlisted }),
    ]
    const found = await verifySettlement(places[0]!, places[1]!, { pins: PINS })
    expect(found!.exitCode).toBe(0)
    expect(found!.settlement!.words.join(' ')).toContain('an address cannot say whether the epoch has more')
    expect(await hasSettlement(unlisted(bytesSource(pair.now.files)))).toBe(false)
    // One that is there and not named is not seen; one that is named and not there is.
    const { [EPOCH_PATHS.liquidation(303n)]: _, ...fewer } = pair.beforeFiles
    const { text } = await refused(honest, { before: await openedIn(fewer, { wrap: unlisted }) })
    expect(text).toContain('a liquidation that has no proof')
  })

  test('is nothing where there is none, and fails where something else lies in its place', async () => {
    const none = await openedIn(pair.now.files)
    expect(await verifySettlement(none, before, { pins: PINS })).toBeUndefined()
    expect(await settlementReport(none, before, { pins: PINS })).toBeUndefined()
    expect((await refused(without(EPOCH_PATHS.settlementFile))).text).toContain('settlement.json is missing')
  })
})

/** Every proof of these verifies: what is refused is refused for what it says. */
const LIES: [what: string, lies: Lies, id: string, reason: RegExp][] = [
  [
    'T06: accounts of another ledger before',
    { signals: { accountsBefore: 5n } },
    'settlement-proof',
    /accountsBefore/,
  ],
  [
    'T06: accounts of another ledger after',
    { signals: { accountsAfter: 5n } },
    'settlement-proof',
    /accountsAfter/,
  ],
  ['T03: activity of other roots', { signals: { activity: 5n } }, 'settlement-proof', /activity/],
  ['T07: another last state', { signals: { state: 5n } }, 'settlement-proof', /epoch's: state/],
  ['T05: another first state', { signals: { firstState: 5n } }, 'settlement-proof', /firstState/],
  ['T09: other reserves before', { signals: { reservesBefore: 5n } }, 'settlement-proof', /reservesBefore/],
  ['T09: other reserves after', { signals: { reservesAfter: 5n } }, 'settlement-proof', /reservesAfter/],
  ['T09: more dust, or other marks', { signals: { terms: 5n } }, 'settlement-proof', /terms/],
  [
    'T09: no loss, with rows of one',
    { roots: { allocations: 17n }, signals: { loss: 0n } },
    'settlement-proof',
    /loss/,
  ],
  [
    'T09: a loss that is not told',
    { roots: { allocations: 17n }, file: { loss: 0 } },
    'settlement-proof',
    /says that there is none/,
  ],
  ['T09: a loss without a row of it', { file: { loss: 1 } }, 'settlement-proof', /no row of one/],
  ['T08: deposits netted against withdrawals', { signals: { external: 5n } }, 'settlement-proof', /external/],
  ['T11: the proof of another pair', { signals: { context: 5n } }, 'settlement-proof', /context/],
  [
    'T05: a chunk from another chain',
    { states: [1n, 2n, 3n, 4n], file: { state: '9' } },
    'settlement-chain',
    /does not end at settlement.json's last state/,
  ],
  ['T05: a chunk weighed twice', { states: [1n, 2n, 1n, 4n] }, 'settlement-chain', /one state twice/],
  [
    'T05: a chunk left out',
    { file: { chunks: [{ instance: 'weigh-tiny', count: 2 }] } },
    'settlement-chain',
    /does not end/,
  ],
  [
    'a row of a liquidation that nobody proved',
    { liquidations: [['301', '302', '303', '304']] },
    'settlement-liquidations',
    /has no proof, or a second/,
  ],
  [
    'two rows of one liquidation',
    { liquidations: [['301', '302', '303'], ['301']] },
    'settlement-liquidations',
    /has no proof, or a second/,
  ],
  [
    'no row of a liquidation',
    { liquidations: [['301', '302']] },
    'settlement-liquidations',
    /no row for 1 of the liquidations/,
  ],
  [
    'rows of liquidations that moved something else',
    { roots: { liquidations: 5n } },
    'settlement-liquidations',
    /not what the proofs commit to/,
  ],
  [
    'liquidations under another reason',
    { roots: { liquidations: 0n, takers: 14n } },
    'settlement-liquidations',
    /not what the proofs commit to/,
  ],
  [
    'rows in other places than they are named',
    { file: { liquidations: [['301', '302'], ['303']] } },
    'settlement-liquidations',
    /not what the proofs commit to/,
  ],
  [
    'T01: a batch of a ledger for a chunk',
    { chunks: ['weigh-tiny', 'ledger-tiny-stress'] },
    'settlement-key:ledger-tiny-stress',
    /it proves ledger, not weigh/,
  ],
  [
    'T01: a closing proof of another statement',
    { file: { instance: 'weigh-tiny' } },
    'settlement-key:weigh-tiny',
    /it proves weigh, not settlement/,
  ],
  ['T11: another venue', { file: { venue: 'Other Venue' } }, 'settlement-epochs', /another venue/],
  ['T11: another epoch', { file: { epoch: '2026-03' } }, 'settlement-epochs', /another epoch/],
  ['T11: another manifest', { file: { manifest: 'ab'.repeat(32) } }, 'settlement-epochs', /another manifest/],
  [
    'T11: another beginning',
    { file: { previous: { epoch: '2026-01', manifest: 'ab'.repeat(32) } } },
    'settlement-epochs',
    /starts from another epoch/,
  ],
  ['a key that nothing uses', { file: { keys: {} } }, 'settlement-files', /lacks one/],
]

describe('lies whose every proof verifies are refused by what the epochs say themselves (settlement.44)', () => {
  test.each(LIES)('%s', async (_, lies, id, reason) => {
    const files = settledFiles(pair, lies)
    // The control: taken for itself, the closing proof holds.
    const closing = proofFileSchema.parse(JSON.parse(files[EPOCH_PATHS.settlementProof]!))
    expect((await verifyFiledProof(closing, simulated('settlement-tiny').verificationKey)).valid).toBe(true)
    const { ids, text, exitCode } = await refused(files)
    expect(ids).toContain(id)
    expect(text).toMatch(reason)
    // What is no key to verify with is worse than what does not hold.
    expect(exitCode).toBe(/^settlement-(?:key|files)/.test(id) ? 3 : 1)
  })

  test('T11: epochs that do not follow: reversed, of another venue, or with one between', async () => {
    const reversed = settledFiles({ ...pair, before: pair.now, now: pair.before })
    const first = await openedIn(reversed)
    const found = await verifySettlement(first, now, { pins: PINS })
    expect(found!.checks.find(({ id }) => id === 'settlement-epochs')!.detail).toContain(
      'names none before it',
    )
    const apart = await verifySettlement(now, now, { pins: PINS })
    expect(apart!.checks.find(({ id }) => id === 'settlement-epochs')!.detail).toContain(
      'names another one before it',
    )
    const { read } = before.opened
    const elsewhere = {
      ...before,
      opened: { ...before.opened, read: { ...read, manifest: { ...read.manifest, venue: 'Other' } } },
    }
    expect((await refused(honest, { before: elsewhere })).text).toContain('of two venues')
  })

  test('an epoch that is not valid, with the exit code of what is wrong with it', async () => {
    const { 'solvency-tiny-stress': _, ...pins } = PINS
    const invalid = await openedIn(pair.beforeFiles, { pins })
    const { ids, text, exitCode } = await refused(honest, { before: invalid })
    expect(ids).toContain('settlement-epochs')
    expect(text).toContain('the previous one is not valid: key:solvency-tiny-stress')
    expect(exitCode).toBe(3)
  })

  test('an instrument that becomes another one, or other decimals, at its number', async () => {
    const renamed = (change: object) => {
      const { read } = before.opened
      const table = {
        ...read.table!,
        instruments: read.table!.instruments.map((row, i) => (i === 1 ? { ...row, ...change } : row)),
      }
      return { ...before, opened: { ...before.opened, read: { ...read, table } } }
    }
    for (const [change, reason] of [
      [{ symbol: 'WBTC' }, /number 1 is WBTC in one and BTC in the other/],
      [{ decimals: 7 }, /other decimals/],
      [{ tier: { list: 'loan', width: 1n } }, /tiers/],
    ] as const) {
      const { ids, text } = await refused(honest, { before: renamed(change) })
      expect(ids).toContain('settlement-tables')
      expect(text).toMatch(reason)
    }
  })

  test('keys that are not pinned, or made for a trial', async () => {
    for (const name of ['weigh-tiny', 'weigh-activity-tiny', 'settlement-tiny']) {
      const { [name]: pin, ...rest } = PINS
      for (const pins of [rest, { ...rest, [name]: { ...pin!, keyHash: '0'.repeat(64) } }]) {
        const { ids, exitCode } = await refused(honest, { pins })
        expect([ids.includes(`settlement-key:${name}`), exitCode]).toEqual([true, 3])
      }
    }
    const { ids, exitCode } = await refused(honest, { production: true })
    expect(ids.filter((id) => id.startsWith('settlement-key:'))).toHaveLength(3)
    expect(exitCode).toBe(3)
  })

  test('a liquidation of the earlier epoch that is not proven, and one that came later', async () => {
    const path = EPOCH_PATHS.liquidation(301n)
    const forged = JSON.parse(pair.beforeFiles[path]!)
    forged.proof.signals.movement = '99'
    const invalid = await openedIn({ ...pair.beforeFiles, [path]: formatJson(forged) })
    expect((await refused(honest, { before: invalid })).text).toContain('the proof does not verify')
    const more = {
      ...pair.beforeFiles,
      [EPOCH_PATHS.liquidation(304n)]: formatJson(liquidation(pair.before, 304n)),
    }
    expect((await refused(honest, { before: await openedIn(more) })).text).toContain(
      'no row for 1 of the liquidations',
    )
  })
})

describe('tampered copies are refused (settlement.44)', () => {
  const TAMPERED: [string, () => Record<string, string>, string][] = [
    [
      'a field more',
      () => edited(EPOCH_PATHS.settlementFile, (file) => ({ ...file, note: '' })),
      'settlement',
    ],
    [
      'a reason less',
      () =>
        edited(EPOCH_PATHS.settlementFile, ({ roots: { fees, ...roots }, ...file }) => ({ ...file, roots })),
      'settlement',
    ],
    [
      'a root beyond the field',
      () =>
        edited(EPOCH_PATHS.settlementFile, (file) => {
          file.roots.fees = '9'.repeat(78)
        }),
      'settlement',
    ],
    [
      'a loss of two',
      () =>
        edited(EPOCH_PATHS.settlementFile, (file) => {
          file.loss = 2
        }),
      'settlement',
    ],
    [
      'a root of transfers',
      () =>
        edited(EPOCH_PATHS.settlementFile, (file) => {
          file.roots.transfers = '10'
        }),
      'settlement-proof',
    ],
    [
      'a root of no reason',
      () =>
        edited(EPOCH_PATHS.settlementFile, (file) => {
          file.roots.accruals = '10'
        }),
      'settlement-proof',
    ],
    [
      'the commitment to flows',
      () =>
        edited(EPOCH_PATHS.settlementFile, (file) => {
          file.external = '10'
        }),
      'settlement-proof',
    ],
    [
      'the first state',
      () =>
        edited(EPOCH_PATHS.settlementFile, (file) => {
          file.firstState = '10'
        }),
      'settlement-chain',
    ],
    [
      'a point of the closing proof',
      () =>
        edited(EPOCH_PATHS.settlementProof, (file) => {
          file.proof.a = file.proof.c
        }),
      'settlement-proof',
    ],
    [
      'a signal of it',
      () =>
        edited(EPOCH_PATHS.settlementProof, (file) => {
          file.signals.loss = '1'
        }),
      'settlement-proof',
    ],
    [
      'a signal less',
      () =>
        edited(EPOCH_PATHS.settlementProof, (file) => {
          delete file.signals.loss
        }),
      'settlement-proof',
    ],
    [
      'whom it is for',
      () =>
        edited(EPOCH_PATHS.settlementProof, (file) => {
          file.for = JSON.parse(honest[EPOCH_PATHS.solvency]!).for
        }),
      'settlement-proof',
    ],
    [
      'the statement of a chunk',
      () =>
        edited(EPOCH_PATHS.chunk(1), (file) => {
          file.statement = 'ledger'
        }),
      'chunk:0000001',
    ],
    [
      'the instance of a chunk',
      () =>
        edited(EPOCH_PATHS.chunk(1), (file) => {
          file.instance = 'weigh-activity-tiny'
        }),
      'chunk:0000001',
    ],
    [
      'the key of a chunk',
      () =>
        edited(EPOCH_PATHS.chunk(1), (file) => {
          file.keyHash = '0'.repeat(64)
        }),
      'chunk:0000001',
    ],
    [
      'a point of a chunk',
      () =>
        edited(EPOCH_PATHS.chunk(2), (file) => {
          file.proof.c = file.proof.a
        }),
      'chunk:0000002',
    ],
    [
      'a state of a chunk',
      () =>
        edited(EPOCH_PATHS.chunk(2), (file) => {
          file.signals.stateBefore = '5'
        }),
      'settlement-chain',
    ],
    [
      'two chunks changed about',
      () => ({
        ...honest,
        [EPOCH_PATHS.chunk(0)]: honest[EPOCH_PATHS.chunk(1)]!,
        [EPOCH_PATHS.chunk(1)]: honest[EPOCH_PATHS.chunk(0)]!,
      }),
      'settlement-chain',
    ],
    ['a chunk missing', () => without(EPOCH_PATHS.chunk(0)), 'settlement-files'],
    [
      'a chunk more',
      () => ({ ...honest, [EPOCH_PATHS.chunk(3)]: honest[EPOCH_PATHS.chunk(2)]! }),
      'settlement-files',
    ],
    ['a file beside', () => ({ ...honest, 'settlement/notes.txt': '' }), 'settlement-files'],
    [
      'the key file of another',
      () => ({
        ...honest,
        [EPOCH_PATHS.settlementKey('weigh-tiny')]: honest[EPOCH_PATHS.settlementKey('settlement-tiny')]!,
      }),
      'settlement-key:weigh-tiny',
    ],
    [
      'the hash of a key',
      () =>
        edited(EPOCH_PATHS.settlementFile, (file) => {
          file.keys['weigh-tiny'].keyHash = '0'.repeat(64)
        }),
      'settlement-key:weigh-tiny',
    ],
    [
      'the hash of a circuit',
      () =>
        edited(EPOCH_PATHS.settlementFile, (file) => {
          file.keys['weigh-tiny'].circuitHash = '0'.repeat(64)
        }),
      'settlement-key:weigh-tiny',
    ],
    [
      'a key beside',
      () =>
        edited(EPOCH_PATHS.settlementFile, (file) => {
          file.keys['weigh-tiny-wide'] = file.keys['weigh-tiny']
        }),
      'settlement-files',
    ],
  ]
  test.each(TAMPERED)('%s', async (_, files, id) => {
    const { ids, exitCode } = await refused(files())
    expect(ids).toContain(id)
    expect(exitCode).toBeGreaterThan(0)
  })

  test('a settlement that names millions of chunks, or proofs that are not there, is left early (settlement.48)', async () => {
    const files = edited(EPOCH_PATHS.settlementFile, (file) => {
      file.chunks = [{ instance: 'weigh-tiny', count: 4_000_000 }]
    })
    let reads = 0
    const base = bytesSource(files)
    const source: Source = {
      name: 'counted',
      read: (path, most) => {
        reads++
        return base.read(path, most)
      },
    }
    const found = await verifySettlement({ ...now, source }, before, { pins: PINS })
    expect(found!.settlement).toBeUndefined()
    expect(found!.checks.find(({ id }) => id === 'chunks')!.detail).toMatch(
      /more are not checked: too many proofs fail/,
    )
    expect(reads).toBeLessThan(300)
    const beyond = JSON.parse(files[EPOCH_PATHS.settlementFile]!) as Settlement
    beyond.chunks[0]!.count = 2 ** 22 + 1
    expect(() => parseSettlement(formatJson(beyond), 'settlement.json')).toThrow(
      /must not be more than 4194304 chunks/,
    )
    beyond.chunks = Array.from({ length: 3 }, () => ({ instance: 'weigh-tiny', count: 1 }))
    expect(() => parseSettlement(formatJson(beyond), 'settlement.json')).toThrow(
      /chunks in a row by one instance once/,
    )
  })
})

describe('deposits, withdrawals and fees that a venue shows (settlement.45)', () => {
  const report = (external: object) =>
    settlementReport(now, before, { pins: PINS }, parseExternal(formatJson(external), 'external.json'))

  test('open what the settlement commits to, by instrument', async () => {
    const { valid, flows, exitCode } = (await report(externalFile(honest)))!
    expect([valid, exitCode]).toEqual([true, 0])
    expect(flows).toEqual({
      USDC: { deposits: '0.0007', withdrawals: '0.0005', fees: '0.00003' },
      BTC: { deposits: '0.00000009', withdrawals: '0', fees: '0' },
    })
  })

  test.each([
    [
      'netted',
      { amounts: { USDC: { deposits: '0.0002', withdrawals: '0', fees: '0.00003' } } },
      /does not open/,
    ],
    ['another blind', { blind: '5' }, /does not open/],
    ['another manifest', { manifest: 'ab'.repeat(32) }, /of other epochs/],
    ['another epoch before', { previous: 'ab'.repeat(32) }, /of other epochs/],
    ['another name', { epoch: '2026-03' }, /another venue or epoch/],
    [
      'a derivative',
      { amounts: { 'BTC-PERP': { deposits: '1', withdrawals: '0', fees: '0' } } },
      /no instrument that can be deposited/,
    ],
    [
      'a negative deposit',
      { amounts: { USDC: { deposits: '-1', withdrawals: '0', fees: '0' } } },
      /sign|negative/,
    ],
    [
      'more than there can be',
      { amounts: { USDC: { deposits: '1'.repeat(40), withdrawals: '0', fees: '0' } } },
      /2\^98/,
    ],
  ])('%s is refused', async (_, change, reason) => {
    const { valid, checks, flows, shown } = (await report({ ...externalFile(honest), ...change }))!
    expect([valid, flows, shown]).toEqual([false, undefined, []])
    expect(checks.find(({ id }) => id === 'settlement-external')!.detail).toMatch(reason)
  })
})

describe('an audit, archives and copies (settlement.47)', () => {
  const options = { pins: PINS, development: true, version: '0' }
  const outcomes = async (files: Record<string, string>, more: object = {}) => {
    const report = await audit(bytesSource(files), { ...options, ...more })
    return { report, of: (id: string) => report.procedures.find((each) => each.id === id)?.outcome }
  }

  test('tells the settlement with the epoch before, shows it on the page, and says where it is not checked', async () => {
    const previous = bytesSource(pair.beforeFiles)
    const external = externalFile(honest)
    const { report, of } = await outcomes(honest, { previous, external })
    for (const id of [
      'settlement',
      'settlement-chain',
      'chunks',
      'settlement-liquidations',
      'settlement-proof',
      'settlement-external',
    ])
      expect([id, of(id)]).toEqual([id, 'passed'])
    expect(report.settlement!.reasons.find(({ reason }) => reason === 'trades')).toMatchObject({ rows: true })
    expect(report.settlement!.flows!.map(({ symbol }) => symbol)).toEqual(['USDC', 'BTC'])
    expect(report.procedures.filter(({ outcome }) => outcome === 'exception')).toEqual([])
    expect(report.meaning.join(' ')).toContain('is the sum of its rows')
    expect(report.limits[0]).toContain('nothing here says more than a settlement does')
    expect(report.keys.map(({ instance }) => instance)).toContain('settlement-tiny')
    const page = auditPage(report)
    expect(page).toContain('What moved between 2026-01 and 2026-02')
    expect(page).toContain('aria-label="Deposits and withdrawals by instrument"')
    const alone = await outcomes(honest)
    expect(alone.of('settlement')).toBe('omitted')
    expect(alone.report.procedures.find(({ id }) => id === 'settlement')!.finding).toContain('not checked')
    expect(alone.report.settlement).toBeUndefined()
    expect(alone.report.meaning.join(' ')).not.toContain('sum of its rows')
    const none = await outcomes(pair.now.files, { previous })
    expect(none.report.procedures.find(({ id }) => id === 'settlement')!.finding).toContain(
      'nothing shows how',
    )
  })

  test('a settlement that does not hold is an exception, and nothing of it is on the page', async () => {
    const lies = settledFiles(pair, { signals: { accountsBefore: 5n } })
    const { report, of } = await outcomes(lies, { previous: bytesSource(pair.beforeFiles) })
    expect([of('settlement-proof'), report.valid, report.exitCode]).toEqual(['exception', false, 1])
    expect(report.settlement).toBeUndefined()
    expect(auditPage(report)).not.toContain('What moved between')
  })

  test('an archive has all files of it, and none is made of what is not one', async () => {
    const { manifest } = now.opened.read
    const paths = await epochFiles(bytesSource(honest), manifest)
    expect(paths.sort()).toEqual(Object.keys(honest).sort())
    expect((await openEpoch(bytesSource(honest), { pins: PINS })).report.valid).toBe(true)
    for (const files of [without(EPOCH_PATHS.chunk(0)), { ...honest, 'settlement/notes.txt': '' }])
      await expect(epochFiles(bytesSource(files), manifest)).rejects.toThrow(/missing|not of the epoch/)
  })

  test('T13: copies for two targets have the same rows', async () => {
    const other = bytesSource(settledFiles(pair, { roots: { trades: 14n } }))
    await expect(assertSettledAlike(bytesSource(honest), other)).rejects.toThrow(/other rows of trades/)
    await assertSettledAlike(bytesSource(honest), bytesSource(pair.now.files))
    const { report, of } = await outcomes(honest, { previous: bytesSource(pair.beforeFiles), copy: other })
    expect([of('compare'), report.valid]).toEqual(['exception', false])
    const later = await outcomes(honest, {
      previous: bytesSource(pair.beforeFiles),
      copy: bytesSource(pair.now.files),
    })
    expect(later.of('compare')).toBe('passed')
  })
})
