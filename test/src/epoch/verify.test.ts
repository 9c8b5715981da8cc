import { beforeAll, describe, expect, test } from 'vitest'
import { cancellingPair } from '../../../scripts/contract-fixtures/mutations.js'
import { RISK } from '../../../scripts/soundness/samples/venue.js'
import { bytesSource, type EpochCheck, policyHash } from '../../../src/bundle/index.js'
import {
  batchFolders,
  EPOCH_PATHS,
  type EpochReport,
  type Manifest,
  openEpoch,
  tableSizesOf,
  verifyProofFile,
} from '../../../src/epoch/index.js'
import { FIELD_ORDER } from '../../../src/field/index.js'
import type { Proven } from '../../../src/groth16/index.js'
import { parseRiskTable, type RiskTable, riskDigests } from '../../../src/risk/index.js'
import { formatJson, sha256Text } from '../../../src/schema/index.js'
import {
  FULL_RESERVES,
  formatPolicy,
  namedInstance,
  type PolicyFile,
  padPolicy,
  policyDigest,
  resolvePolicy,
  tableAtPoint,
} from '../../../src/statements/index.js'
import { proveSampleEpoch, type SampleAccount, type SampleEpoch } from '../../helpers/epoch.js'
import { cash, coin, LONG, STRESS_RISK, STRESSED, TIER_BOOKS } from '../../helpers/stress-books.js'

const tableOf = (file: object): RiskTable => parseRiskTable(JSON.stringify(file), 'risk.json')
const PLAIN_TABLE = tableOf(RISK)
const STRESS_TABLE = tableOf(STRESS_RISK)
const RESERVES = { BTC: coin(2.6), USDT: cash(250_007.25) }
const LIMITED = { ...FULL_RESERVES, limits: { maintenance: { accounts: 1, shortfall: '360' } } }

let plain: SampleEpoch
let stressed: SampleEpoch
beforeAll(async () => {
  plain = await proveSampleEpoch({
    table: PLAIN_TABLE,
    batches: [
      { instance: 'ledger-tiny', accounts: [[['BTC', 5n]], [['ETH', 7n]]] },
      { instance: 'ledger-tiny', accounts: [[['USDT', 11n]]] },
      {
        instance: 'ledger-tiny-wide',
        accounts: [
          [
            ['BTC', 1n],
            ['USDT', 2n],
          ],
        ],
      },
    ],
    solvency: 'solvency-tiny',
    reserves: { BTC: 6n, ETH: 7n, USDT: 13n },
  })
  stressed = await proveSampleEpoch({
    table: STRESS_TABLE,
    batches: [
      { instance: 'ledger-tiny', accounts: LONG },
      { instance: 'ledger-tiny-stress', accounts: STRESSED },
    ],
    solvency: 'solvency-tiny-stress',
    reserves: RESERVES,
    insurance: { USDT: cash(5000) },
    policy: LIMITED,
  })
})

type Files = SampleEpoch['files']

async function verified(
  { files, pins }: SampleEpoch,
  change: (files: Files) => void = () => {},
): Promise<EpochReport> {
  const copy = { ...files }
  change(copy)
  const { report, epoch } = await openEpoch(bytesSource(copy), { pins, now: 1_767_225_600 })
  expect(epoch !== undefined).toBe(report.valid)
  return report
}

const failures = ({ checks }: EpochReport): string[] =>
  checks.filter(({ valid }) => !valid).map(({ id }) => id)
const detail = ({ checks }: EpochReport, id: string): string =>
  (checks.find((check) => check.id === id) as EpochCheck).detail

const editManifest = (change: (manifest: Manifest) => void) => (files: Files) => {
  const manifest = JSON.parse(files[EPOCH_PATHS.manifest]!)
  change(manifest)
  files[EPOCH_PATHS.manifest] = formatJson(manifest)
}
const one = (text: string): string => ((BigInt(text) + 1n) % FIELD_ORDER).toString()
const signalsOf = (files: Files, path: string): Record<string, string> => JSON.parse(files[path]!).signals

describe('an epoch (epoch.11)', () => {
  test('of plain batches is valid: every check by its id', async () => {
    const report = await verified(plain)
    expect(report).toMatchObject({ valid: true, batches: 3, exitCode: 0, notes: [] })
    expect(report.manifestSha256).toBe(sha256Text(plain.files[EPOCH_PATHS.manifest]!))
    expect(report.checks.map(({ id }) => id)).toEqual([
      'manifest',
      'files',
      'key:ledger-tiny',
      'key:ledger-tiny-wide',
      'key:solvency-tiny',
      'key-kind',
      'risk-table',
      'batch:0000000',
      'batch:0000001',
      'batch:0000002',
      'chain',
      'policy',
      'solvency',
    ])
  })

  test('of plain and stressed batches is valid, and says of each scenario what was proven (epoch.18)', async () => {
    const report = await verified(stressed)
    expect(report).toMatchObject({ valid: true, batches: 2, notes: [] })
    expect(detail(report, 'scenario:crash')).toMatch(
      /^covered, no account's shortfall left out; no bound on accounts below zero; BTC -50\.51 %/,
    )
    expect(detail(report, 'scenario:maintenance')).toBe(
      'a requirement, which nothing has to cover: at most 1 accounts are below it, they lack at most 360 USD in all; ' +
        'longs BTC -10 % to USDT 0 %, derivatives PERP -9.99 %; shorts USDT 1 % to BTC 10 %, derivatives PERP 9.99 %',
    )
  })

  test('of pledged batches is valid, and says that pledges cover every debt (epoch.18)', async () => {
    const report = await verified(await proveSampleEpoch(TIER_BOOKS))
    expect(failures(report)).toEqual([])
    expect(detail(report, 'scenario:collateral')).toBe(
      'no account owes more than its collateral counts for, tier by tier',
    )
    expect(detail(report, 'scenario:crash')).toBe(
      "covered, no account's shortfall left out; no bound on accounts below zero; BTC -38.14 % to USDT 0 %",
    )
  })

  test('whose solvency is not proven is not valid, and says who waits for what', async () => {
    const report = await verified(plain, (files) => {
      editManifest(({ parts, keys }) => {
        delete parts.solvency
        delete keys['solvency-tiny']
      })(files)
      for (const path of [EPOCH_PATHS.solvency, EPOCH_PATHS.policy, EPOCH_PATHS.key('solvency-tiny')]) {
        delete files[path]
      }
    })
    expect(report).toMatchObject({ valid: false, exitCode: 1 })
    expect(failures(report)).toEqual(['policy', 'solvency'])
    for (const id of ['policy', 'solvency']) {
      const found = report.checks.find((check) => check.id === id)!
      expect(found.detail).toBe('solvency is not proven yet')
      expect(found.todo).toContain('solvency prove')
    }
  })
})

describe('a history cannot be rewritten (epoch.20)', () => {
  const books = {
    table: PLAIN_TABLE,
    batches: [{ instance: 'ledger-tiny', accounts: [[['BTC', 5n]]] as SampleAccount[] }],
    solvency: 'solvency-tiny',
    reserves: { BTC: 5n },
  }
  let later: SampleEpoch
  beforeAll(async () => {
    later = await proveSampleEpoch({ ...books, previous: sha256Text(plain.files[EPOCH_PATHS.manifest]!) })
  })

  test('an epoch names the manifest of the one before, or that it is the first', async () => {
    const [first, second] = [await verified(plain), await verified(later)]
    expect(first).not.toHaveProperty('previous')
    expect(detail(first, 'manifest')).toBe(
      'Tiny Venue, epoch 2026-01, the first of its history: it names none before it',
    )
    expect(second).toMatchObject({ valid: true, previous: first.manifestSha256 })
    expect(detail(second, 'manifest')).toBe(
      `Tiny Venue, epoch 2026-01, after the epoch whose manifest has the SHA-256 ${first.manifestSha256}`,
    )
  })

  test('another epoch before, or none, is refused by the proof, whatever the files say', async () => {
    const other = '1'.repeat(64)
    const nameIn = (previous: string | undefined, ...paths: string[]) =>
      verified(later, (files) => {
        for (const path of paths) {
          const file = JSON.parse(files[path]!)
          const { previous: _, ...rest } = path === EPOCH_PATHS.manifest ? file : file.for
          const named = previous === undefined ? rest : { ...rest, previous }
          files[path] = formatJson(path === EPOCH_PATHS.manifest ? named : { ...file, for: named })
        }
      })
    for (const previous of [other, undefined]) {
      const one = await nameIn(previous, EPOCH_PATHS.manifest)
      expect(failures(one)).toEqual(['solvency'])
      expect(detail(one, 'solvency')).toBe('was made for another previous (not that of manifest)')
      const both = await nameIn(previous, EPOCH_PATHS.manifest, EPOCH_PATHS.solvency)
      expect(failures(both)).toEqual(['solvency'])
      expect(detail(both, 'solvency')).toMatch(/^context: /)
    }
  })

  test('no digest stands for there being none', async () => {
    await expect(
      verified(
        plain,
        editManifest((manifest) => {
          manifest.previous = '0'.repeat(64)
        }),
      ),
    ).rejects.toMatchObject({ code: 'JSON_SCHEMA', where: 'memory/manifest.json: previous' })
  })
})

describe('a chain of states that is not whole is refused (epoch.1)', () => {
  const [first, second] = [EPOCH_PATHS.batch(0), EPOCH_PATHS.batch(1)]

  test('two batches in one another’s places', async () => {
    const report = await verified(plain, (files) => {
      ;[files[first], files[second]] = [files[second]!, files[first]!]
    })
    expect(failures(report)).toEqual(['chain'])
    expect(detail(report, 'chain')).toBe('batch 0 does not start at the first state')
  })

  test('bad proofs are named, and no other, though their errors cancel (proof.16)', async () => {
    const report = await verified(plain, (files) => {
      const [one, two] = [first, second].map((path) => JSON.parse(files[path]!))
      const proven = ({ proof }: Pick<Proven, 'proof'>): Proven => ({ proof, publicSignals: [] })
      const pair = cancellingPair(proven(one), proven(two))
      files[first] = formatJson({ ...one, proof: pair[0].proof })
      files[second] = formatJson({ ...two, proof: pair[1].proof })
    })
    expect(failures(report)).toEqual(['batch:0000000', 'batch:0000001'])
    expect(detail(report, 'batch:0000000')).toBe('the proof does not verify')
  })

  test('each proof is verified, however many there are', async () => {
    const [count, bad, unreadable] = [130, 70, 129]
    const report = await verified(plain, (files) => {
      const two = JSON.parse(files[second]!)
      const wide = files[EPOCH_PATHS.batch(2)]!
      for (let index = 2; index < count; index++) files[EPOCH_PATHS.batch(index)] = files[first]!
      const swapped = { ...two, proof: JSON.parse(files[first]!).proof }
      files[EPOCH_PATHS.batch(bad)] = formatJson(swapped)
      files[EPOCH_PATHS.batch(unreadable)] = '{}'
      files[EPOCH_PATHS.batch(count)] = wide
      editManifest(({ parts: { ledger } }) => {
        ledger.batches[0]!.count = count
      })(files)
    })
    expect(failures(report)).toEqual([`batch:0000070`, `batch:0000129`, 'chain'])
    expect(
      report.checks.filter(({ id }) => id.startsWith('batch:')).map(({ id }) => Number(id.slice(6))),
    ).toEqual(Array.from({ length: count + 1 }, (_, i) => i))
  })

  test('a batch twice, and one of another epoch', async () => {
    const twice = await verified(plain, (files) => {
      files[second] = files[first]!
    })
    expect(detail(twice, 'chain')).toBe('batch 1 does not start where the one before it ends')
    const foreign = await verified(plain, (files) => {
      files[first] = stressed.files[first]!
    })
    expect(failures(foreign)).toEqual(['chain'])
  })

  test('the last batch left out, with the manifest that fits', async () => {
    const report = await verified(plain, (files) => {
      delete files[EPOCH_PATHS.batch(2)]
      delete files[EPOCH_PATHS.key('ledger-tiny-wide')]
      editManifest(({ parts: { ledger }, keys }) => {
        ledger.batches.pop()
        ledger.state = signalsOf(files, second).stateAfter!
        delete keys['ledger-tiny-wide']
      })(files)
    })
    expect(failures(report)).toEqual(['solvency'])
    expect(detail(report, 'solvency')).toBe("not the epoch's: state")
  })

  test('the first batch left out, with a first state that fits', async () => {
    const report = await verified(plain, (files) => {
      for (const i of [0, 1]) files[EPOCH_PATHS.batch(i)] = files[EPOCH_PATHS.batch(i + 1)]!
      delete files[EPOCH_PATHS.batch(2)]
      editManifest(({ parts: { ledger } }) => {
        ledger.batches[0]!.count = 1
        ledger.firstState = signalsOf(files, first).stateBefore!
      })(files)
    })
    expect(failures(report)).toEqual(['solvency'])
    expect(detail(report, 'solvency')).toBe("not the epoch's: firstState")
  })

  test('a state that the manifest alone has', async () => {
    for (const state of ['firstState', 'state'] as const) {
      const report = await verified(
        plain,
        editManifest(({ parts: { ledger } }) => {
          ledger[state] = one(ledger[state])
        }),
      )
      expect(failures(report)).toEqual(['chain', 'solvency'])
      expect(detail(report, 'solvency')).toBe(`not the epoch's: ${state}`)
    }
  })

  test('a state that a proof was not made for', async () => {
    const report = await verified(plain, (files) => {
      const file = JSON.parse(files[second]!)
      file.signals.stateAfter = one(file.signals.stateAfter)
      files[second] = formatJson(file)
    })
    expect(failures(report)).toEqual(['batch:0000001', 'chain'])
  })

  test('a proof that cannot be read: the others are verified all the same', async () => {
    const report = await verified(plain, (files) => {
      files[second] = '{'
    })
    expect(failures(report)).toEqual(['batch:0000001', 'chain'])
    expect(detail(report, 'chain')).toBe('the proof of batch 1 cannot be read')
  })
})

test('a manifest of a million batches costs its reader no more than a hundred of them (epoch.11)', async () => {
  const read: string[] = []
  const source = bytesSource(plain.files)
  const change = editManifest(({ parts: { ledger } }) => {
    ledger.batches[0]!.count = 2 ** 20 - 1
  })
  const files = { ...plain.files }
  change(files)
  const counting = {
    name: 'counting',
    read: async (path: string, maxBytes: number) => {
      read.push(path)
      return path === EPOCH_PATHS.manifest
        ? new TextEncoder().encode(files[EPOCH_PATHS.manifest])
        : source.read(path, maxBytes)
    },
  }
  const { report } = await openEpoch(counting, { pins: plain.pins })
  expect(report).toMatchObject({ valid: false, exitCode: 2, batches: 2 ** 20 })
  expect(read.length).toBeLessThan(150)
  expect(detail(report, 'batch:0000000'), 'the control: proofs are read').toContain('ledger proof')
  expect(detail(report, 'batches')).toBe(`${2 ** 20 - 128} more are not checked: too many proofs fail`)
  expect(failures(report)).toEqual(expect.arrayContaining(['batch:0000003', 'batches', 'chain']))
})

test('600,000 copies of a proof that holds cost their reader no more than some hundreds of them (epoch.11)', async () => {
  const read: string[] = []
  const source = bytesSource(plain.files)
  const files = { ...plain.files }
  editManifest(({ parts: { ledger } }) => {
    ledger.batches[0]!.count = 600_000
  })(files)
  const copies = {
    name: 'copies',
    read: async (path: string, maxBytes: number) => {
      read.push(path)
      if (path === EPOCH_PATHS.manifest) return new TextEncoder().encode(files[path])
      return source.read(path.startsWith('ledger/') ? EPOCH_PATHS.batch(0) : path, maxBytes)
    },
  }
  const { report } = await openEpoch(copies, { pins: plain.pins })
  expect(report).toMatchObject({ valid: false, exitCode: 1 })
  expect(read.length).toBeLessThan(600)
  const verified = report.checks.filter(({ id, valid }) => id.startsWith('batch:') && valid)
  expect(verified.length, 'the control: each copy holds by itself').toBeGreaterThan(400)
  expect(verified.length).toBeLessThan(600)
  expect(detail(report, 'batches')).toContain('more are not checked: the chain of states is broken too often')
  expect(failures(report)).toEqual(expect.arrayContaining(['batches', 'chain']))
})

describe('what solvency opens is what is published (epoch.12)', () => {
  test.each(['accountsRoot', 'reservesCommitment', 'policy'] as const)('another %s', async (signal) => {
    const report = await verified(
      plain,
      editManifest(({ parts: { solvency } }) => {
        solvency![signal] = one(solvency![signal])
      }),
    )
    expect(failures(report)).toEqual(signal === 'policy' ? ['policy', 'solvency'] : ['solvency'])
    expect(detail(report, 'solvency')).toBe(`not the epoch's: ${signal}`)
  })

  test('a proof that shows its table at a point of its maker’s choice', async () => {
    const cheated = await proveSampleEpoch({
      table: PLAIN_TABLE,
      batches: [{ instance: 'ledger-tiny', accounts: [[['BTC', 5n]]] }],
      solvency: 'solvency-tiny',
      reserves: { BTC: 5n },
      cheat: (honest) => ({
        ...honest,
        signals: { ...honest.signals, point: 0n, tableAtPoint: tableAtPoint(honest.table.columns, 0n) },
      }),
    })
    const report = await verified(cheated)
    expect(failures(report)).toEqual(['solvency'])
    expect(detail(report, 'solvency')).toBe("not the epoch's: point, tableAtPoint")
  })

  test('another time, mark or name in the table: its root, its hash and what solvency shows are others', async () => {
    const changes: [from: string, to: string][] = [
      ['1767225600', '1767225599'],
      ['"97000"', '"97001"'],
      ['"crash"', '"dip"'],
      ['"requirement": true,', ''],
    ]
    for (const [from, to] of changes) {
      const report = await verified(stressed, (files) => {
        expect(files[EPOCH_PATHS.risk]).toContain(from)
        files[EPOCH_PATHS.risk] = formatJson(JSON.parse(files[EPOCH_PATHS.risk]!.replace(from, to)))
      })
      expect(failures(report), from).toEqual(expect.arrayContaining(['risk-table', 'solvency']))
      expect(detail(report, 'risk-table')).toContain("its root is not the manifest's riskRoot")
      expect(detail(report, 'solvency')).toMatch(/^not the epoch's: .*tableAtPoint$/)
    }
  })
})

test('tighter bounds than those that were proven, and none, are refused, with every hash and digest made to fit (epoch.12, epoch.18)', async () => {
  const bounds: NonNullable<PolicyFile['limits']>[] = [
    { maintenance: { accounts: 0, shortfall: '360' } },
    { maintenance: { accounts: 1, shortfall: '359.999999' } },
    { maintenance: { accounts: 1, shortfall: '360' }, crash: { accounts: 0 } },
    { crash: { accounts: 1, shortfall: '360' } },
    {},
  ]
  const { columns } = riskDigests(STRESS_TABLE, stressed.manifest.sizes)
  for (const limits of bounds) {
    const policy = { ...LIMITED, limits }
    const thresholds = padPolicy(resolvePolicy(policy, STRESS_TABLE), columns.sizes)
    const report = await verified(stressed, (files) => {
      files[EPOCH_PATHS.policy] = formatPolicy(policy)
      editManifest(({ parts: { solvency } }) => {
        solvency!.policy = policyDigest(thresholds, columns.scenarios).toString()
      })(files)
      const proof = JSON.parse(files[EPOCH_PATHS.solvency]!)
      proof.for.policy = policyHash(policy)
      files[EPOCH_PATHS.solvency] = formatJson(proof)
    })
    const scenarios = ['scenario:crash', ...('maintenance' in limits ? ['scenario:maintenance'] : [])]
    expect(failures(report), JSON.stringify(limits)).toEqual(['solvency', ...scenarios])
    expect(detail(report, 'solvency')).toContain('context: not that of')
  }
})

describe('an epoch is proven at sizes that its table is for (epoch.16)', () => {
  const debts: SampleAccount[] = [[['BTC', 5n]], [['USDT', -1_000_000n]]]

  test('debts are not hidden in scenarios that the table does not have', async () => {
    const report = await verified(
      await proveSampleEpoch({
        table: PLAIN_TABLE,
        batches: [{ instance: 'ledger-tiny-stress', accounts: debts }],
        solvency: 'solvency-tiny-stress',
        reserves: { BTC: 5n },
      }),
    )
    expect(failures(report)).toEqual(expect.arrayContaining(['risk-table', 'policy', 'solvency']))
    expect(detail(report, 'risk-table')).toContain('it has no scenarios, and the sizes are for tables with')
    expect(detail(report, 'batch:0000000'), 'the control: the proofs hold').toContain('ledger proof')
    expect(detail(report, 'chain')).toContain('1 batches from the first state to the last')
  })

  test('a manifest of other sizes, known or not', async () => {
    const sizes = (change: Partial<Manifest['sizes']>) =>
      editManifest((manifest) => {
        Object.assign(manifest.sizes, change)
      })
    const known = await verified(plain, sizes(tableSizesOf(namedInstance('solvency-16'))))
    expect(failures(known)).toEqual(['key:solvency-tiny', 'risk-table', 'policy', 'solvency'])
    expect(detail(known, 'key:solvency-tiny')).toBe("its sizes are not the epoch's")
    expect(detail(known, 'risk-table')).toBe("its root is not the manifest's riskRoot")
    const unknown = await verified(plain, sizes({ spots: 4096, derivatives: 4095 }))
    expect(detail(unknown, 'risk-table')).toBe(
      'no instance has as many rows and scenarios as the manifest says',
    )
  })

  test('batches with other scenarios than the epoch, with tiers where it has none, or of another statement', async () => {
    const byInstance = async (epoch: SampleEpoch, instance: string) => {
      const report = await verified(
        epoch,
        editManifest(({ parts: { ledger } }) => {
          ledger.batches[0]!.instance = instance
        }),
      )
      expect(report.exitCode).toBe(3)
      return detail(report, `key:${instance}`)
    }
    expect(await byInstance(plain, 'ledger-tiny-stress')).toBe(
      "it has another number of scenarios than the epoch's",
    )
    expect(await byInstance(stressed, 'ledger-tiny-pledged')).toBe(
      'it is for a table with tiers, and the epoch has none',
    )
    expect(await byInstance(stressed, 'margin-tiny')).toBe('it proves margin, not ledger')
    expect(await byInstance(plain, 'solvency-tiny')).toBe('it proves solvency, not ledger')
    expect(await byInstance(plain, 'ledger-none')).toBe('is not an instance that this version knows')
  })
})

describe('the parts of a manifest (epoch.17)', () => {
  test('one that this version does not know is noted as not verified, with its file, folder and key', async () => {
    const report = await verified(stressed, (files) => {
      editManifest(({ parts, keys }) => {
        parts.custody = { evidence: ['anything'] }
        keys['backing-8'] = keys['ledger-tiny']!
      })(files)
      files['custody.json'] = '{}'
      files['custody/btc.json'] = '{}'
      files['keys/backing-8.json'] = '{}'
    })
    expect(report.valid).toBe(true)
    expect(report.notes).toEqual(['the part custody is not verified: this version does not know it'])
  })

  test('without it neither its files nor its key may be there', async () => {
    for (const path of ['custody.json', 'reserves/btc.json', 'keys/backing-8.json', 'ledger/0000/x.json']) {
      const report = await verified(stressed, (files) => {
        files[path] = '{}'
      })
      expect(failures(report), path).toEqual(['files', 'scenario:crash', 'scenario:maintenance'])
    }
    const key = editManifest(({ keys }) => {
      keys['backing-8'] = keys['ledger-tiny']!
    })
    expect(detail(await verified(stressed, key), 'files')).toBe(
      'the manifest has keys that no proof uses, or lacks one',
    )
  })

  test('have names that are no other file’s, and batches that are counted in one way', async () => {
    const refused = (change: (manifest: Manifest) => void) => verified(stressed, editManifest(change))
    for (const name of ['keys', 'manifest', 'policy', 'risk', 'Reserves', '../x', '']) {
      await expect(
        refused(({ parts }) => {
          parts[name] = {}
        }),
        name,
      ).rejects.toMatchObject({ code: 'JSON_SCHEMA', exitCode: 2 })
    }
    const runs: Manifest['parts']['ledger']['batches'][] = [
      [],
      [{ instance: 'ledger-tiny', count: 0 }],
      [
        { instance: 'ledger-tiny', count: 1 },
        { instance: 'ledger-tiny', count: 1 },
      ],
      [{ instance: 'ledger-tiny', count: 2 ** 20 + 1 }],
      Array.from({ length: 1001 }, (_, i) => ({ instance: `ledger-${i}`, count: 1 })),
      [{ instance: 'x'.repeat(201), count: 1 }],
    ]
    for (const batches of runs) {
      await expect(
        refused(({ parts: { ledger } }) => {
          ledger.batches = batches
        }),
      ).rejects.toMatchObject({ where: expect.stringContaining('parts.ledger.batches') })
    }
    const crowd = Array.from({ length: 1001 }, (_, i) => `key-${i}`)
    await expect(
      refused(({ keys }) => {
        for (const name of crowd) keys[name] = keys['ledger-tiny']!
      }),
    ).rejects.toMatchObject({ where: expect.stringContaining('keys') })
  })

  test('an epoch of an older version is refused by that name', async () => {
    for (const schema of ['plimsoll/epoch/1', 'plimsoll/epoch/2', 'plimsoll/epoch/3']) {
      const opened = verified(
        plain,
        editManifest((manifest) => {
          Object.assign(manifest, { schema })
        }),
      )
      await expect(opened).rejects.toMatchObject({
        code: 'JSON_SCHEMA',
        exitCode: 2,
        where: 'memory/manifest.json: schema',
        message: expect.stringContaining('an older version of Plimsoll made this epoch; prove it again'),
      })
    }
  })

  test('proofs lie a thousand to a folder, up to the last of 2^20', () => {
    const folders = [...batchFolders(2 ** 20)]
    expect(folders.length).toBe(1049)
    expect(folders.every(({ files }) => files.length <= 1000)).toBe(true)
    const paths = folders.flatMap(({ folder, files }) => files.map((file) => `${folder}/${file}`))
    expect(paths.length).toBe(2 ** 20)
    for (const index of [0, 999, 1000, 2 ** 20 - 1]) expect(paths[index]).toBe(EPOCH_PATHS.batch(index))
    expect(paths.at(-1)).toBe('ledger/1048/1048575.json')
  })
})

describe('one proof file alone (epoch.11)', () => {
  test('holds, and says what it does not show', async () => {
    const source = bytesSource(stressed.files)
    for (const [path, statement, missing] of [
      [EPOCH_PATHS.batch(1), 'ledger', /accounts and the risk table behind its states/],
      [EPOCH_PATHS.solvency, 'solvency', /proofs of all its batches lead from firstState to state/],
    ] as const) {
      const report = await verifyProofFile(source, path, { pins: stressed.pins })
      expect(report).toMatchObject({ proofHolds: true, statement })
      expect(report.notChecked.join('\n')).toMatch(missing)
      expect('valid' in report).toBe(false)
    }
  })
})
