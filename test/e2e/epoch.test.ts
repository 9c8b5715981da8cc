import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  ledgerArgs,
  RESERVES,
  ROWS,
  type VenueFiles,
  writeVenue,
} from '../../scripts/soundness/samples/venue.js'
import type { KeyPin, KeyPins } from '../../src/bundle/index.js'
import { EPOCH_PATHS, openEpoch, verifyEpoch } from '../../src/epoch/index.js'
import { folderSource, readMarginProof, readRiskTable } from '../../src/inputs/index.js'
import { verifyMargin } from '../../src/margin/index.js'
import { buildRiskTable } from '../../src/models/index.js'
import { formatRiskTable } from '../../src/risk/index.js'
import { sha256Text } from '../../src/schema/index.js'
import { plimsoll, start, startInterrupted, temporaryFolder, until } from '../helpers/cli.js'
import { changedLeaves } from '../helpers/leaves.js'
import { says } from '../helpers/says.js'

const folder = temporaryFolder()
const epoch = join(folder, 'epoch')
const pins = join(folder, 'pins.json')
let files: VenueFiles
/** What accounts are held to: nothing of a requirement's factors and thresholds is under the risk root. */
const MARGIN = {
  model: 'lending',
  cash: 'USDT',
  params: {
    schema: 'plimsoll/margin-params/lending/1',
    timestamp: 1_767_225_600,
    quote: 'USD',
    assets: [
      { symbol: 'BTC', decimals: 8, price: '97000', loanToValue: '0.7', liquidationThreshold: '0.75' },
      { symbol: 'ETH', decimals: 8, price: '3300.5', loanToValue: '0.8', liquidationThreshold: '0.825' },
    ],
  },
} as const

const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8'))

beforeAll(async () => {
  files = writeVenue(folder)
  writeFileSync(files.risk, formatRiskTable(buildRiskTable(await readRiskTable(files.risk), MARGIN)))
  const setup = await plimsoll('setup', 'ledger-tiny', 'solvency-tiny', '--pins', pins, '--json')
  expect(setup.code, setup.stderr).toBe(0)
  const ledger = await plimsoll(...ledgerArgs(files, epoch), '--json')
  expect(ledger.code, ledger.stderr).toBe(0)
  expect(JSON.parse(ledger.stdout)).toMatchObject({
    accounts: 7,
    batches: 2,
    kept: 0,
    keyKind: 'development',
  })
  const solvency = await plimsoll(
    'solvency',
    'prove',
    '--epoch',
    epoch,
    '--reserves',
    files.reserves,
    '--json',
  )
  expect(solvency.code, solvency.stderr).toBe(0)
  expect(JSON.parse(solvency.stdout)).toMatchObject({ verdict: 'solvent', keyKind: 'development' })
})

/** Verifies a copy of the epoch after `change`; what failed, and the exit code. */
async function verifyChanged(change: (copy: string) => void, ...args: string[]) {
  const copy = join(temporaryFolder(), 'epoch')
  cpSync(epoch, copy, { recursive: true })
  change(copy)
  const run = await plimsoll('verify', copy, '--pins', pins, '--json', ...args)
  const report = JSON.parse(run.stdout) as {
    valid?: boolean
    checks?: { id: string; valid: boolean; detail: string }[]
    error?: { code: string }
  }
  return {
    code: run.code,
    valid: report.valid,
    error: report.error?.code,
    failed: report.checks?.filter((c) => !c.valid).map((c) => c.id),
  }
}

/** The states that the proof of a batch is between. */
const statesOf = (folder: string, index: number): string[] =>
  Object.values(readJson(join(folder, EPOCH_PATHS.batch(index))).signals)

/** Rewrites one JSON file of a copy. */
const edit = (file: string, change: (json: ReturnType<typeof readJson>) => void) => (copy: string) => {
  const path = join(copy, file)
  const json = readJson(path)
  change(json)
  writeFileSync(path, `${JSON.stringify(json, null, 2)}\n`)
}

/** A ceremony as pins name one. */
const CEREMONY = {
  transcript: '0'.repeat(64),
  powers: '0'.repeat(128),
  contributors: ['Alice'],
  beaconRound: 1,
}
/** Powers of tau that are known: the published file of 2^8. */
const KNOWN = {
  ...CEREMONY,
  powers:
    'd6a8fb3a04feb600096c3b791f936a578c4e664d262e4aa24beed1b7a9a96aa5' +
    'eb72864d628db247e9293384b74b36ffb52ca8d148d6e1b8b51e279fdf57b583',
}

describe('an epoch of two batches (epoch.11)', () => {
  test('verifies: every check by its id, with a warning for development keys (key.2)', async () => {
    const run = await plimsoll('verify', epoch, '--pins', pins, '--json')
    expect(run.code, run.stderr).toBe(0)
    const report = JSON.parse(run.stdout)
    expect(report).toMatchObject({
      valid: true,
      venue: 'Tiny Venue',
      epoch: '2026-01',
      keyKind: 'development',
      batches: 2,
      state: readJson(join(epoch, 'manifest.json')).parts.ledger.state,
    })
    expect(report.checks.map((c: { id: string }) => c.id)).toEqual([
      'manifest',
      'files',
      'key:ledger-tiny',
      'key:solvency-tiny',
      'key-kind',
      'risk-table',
      'batch:0000000',
      'batch:0000001',
      'chain',
      'policy',
      'solvency',
    ])
    expect(run.stderr).toContain('WARNING: development keys')
    expect(readJson(join(epoch, 'manifest.json')).parts.ledger.batches).toEqual([
      { instance: 'ledger-tiny', count: 2 },
    ])
  })

  test('verifies with the keys of this machine when no pins are named', async () => {
    expect((await plimsoll('verify', epoch)).code).toBe(0)
  })

  test('each proof file verifies by itself', async () => {
    for (const file of ['ledger/0000/0000000.json', 'ledger/0000/0000001.json', 'solvency.json']) {
      const run = await plimsoll('verify', join(epoch, file), '--pins', pins, '--json')
      expect(run.code, run.stderr).toBe(0)
      const report = JSON.parse(run.stdout)
      expect(report).toMatchObject({ proofHolds: true })
      expect(report).not.toHaveProperty('valid')
    }
  })

  test('proving it again keeps every proof and changes nothing (epoch.8)', async () => {
    const before = readFileSync(join(epoch, 'manifest.json'), 'utf8')
    const again = await plimsoll(...ledgerArgs(files, epoch), '--json')
    expect(again.code, again.stderr).toBe(0)
    expect(JSON.parse(again.stdout)).toMatchObject({ batches: 2, kept: 2 })
    expect(readFileSync(join(epoch, 'manifest.json'), 'utf8')).toBe(before)
  })
})

describe('verify refuses', () => {
  test('development keys with --production, exit 3 (key.2, cli.1)', async () => {
    expect(await verifyChanged(() => {}, '--production')).toMatchObject({
      code: 3,
      valid: false,
      failed: ['key-kind'],
    })
    const single = await plimsoll('verify', join(epoch, 'solvency.json'), '--pins', pins, '--production')
    expect(single.code).toBe(3)
  })

  test('V33: keys of this machine with --production, and pins that contradict each other, exit 2 (ceremony.13)', async () => {
    for (const words of [
      ['verify', epoch],
      ['verify', join(epoch, 'solvency.json')],
    ]) {
      const run = await plimsoll(...words, '--production', '--json')
      expect([run.code, JSON.parse(run.stdout).error?.code ?? run.stdout]).toEqual([2, 'PINS_MISSING'])
    }
    const { schema, keys } = readJson(pins)
    const [first, second] = Object.keys(keys) as [string, string]
    const file = join(folder, 'contradicting-pins.json')
    for (const [contributors, code] of [
      [['Alice'], 0],
      [['Mallory'], 2],
    ] as const) {
      Object.assign(keys[first], { keyKind: 'ceremony', ceremony: CEREMONY })
      Object.assign(keys[second], { keyKind: 'ceremony', ceremony: { ...CEREMONY, contributors } })
      writeFileSync(file, JSON.stringify({ schema, keys }))
      const run = await plimsoll('verify', epoch, '--pins', file, '--production', '--json')
      expect(run.code, run.stdout).toBe(code)
      if (code === 0) expect(JSON.parse(run.stdout).notes.join()).toContain('powers of tau')
    }
  })

  test('N08: a key that is not pinned, or that is another one, exit 3 (key.3)', async () => {
    const none = join(folder, 'no-pins.json')
    writeFileSync(none, JSON.stringify({ schema: 'plimsoll/pins/2', keys: {} }))
    const run = await plimsoll('verify', epoch, '--pins', none, '--json')
    expect(run.code).toBe(3)
    expect(JSON.parse(run.stdout).valid).toBe(false)
    const other = join(folder, 'other-pins.json')
    const pin = { ...readJson(pins).keys['ledger-tiny'], keyHash: '0'.repeat(64) }
    const keys = { ...readJson(pins).keys, 'ledger-tiny': pin }
    writeFileSync(other, JSON.stringify({ schema: 'plimsoll/pins/2', keys }))
    expect((await plimsoll('verify', epoch, '--pins', other)).code).toBe(3)
  })

  test('V01: an epoch of development keys that calls itself a ceremony: pins alone say what a key is (key.2)', async () => {
    const call = (json: { keyKind: string }) => {
      json.keyKind = 'ceremony'
    }
    expect(await verifyChanged(edit('manifest.json', call))).toMatchObject({ code: 2, error: 'JSON_SCHEMA' })
    const dressed = (copy: string) => {
      for (const file of ['solvency.json', 'ledger/0000/0000000.json', 'ledger/0000/0000001.json']) {
        edit(file, call)(copy)
      }
    }
    expect(await verifyChanged(dressed, '--production')).toMatchObject({
      code: 3,
      valid: false,
      failed: ['key-kind', 'batch:0000000', 'batch:0000001', 'chain', 'solvency'],
    })
  })

  test('V20: a key that is pinned for another circuit of the same name (key.8)', async () => {
    const other = join(folder, 'other-circuit.json')
    const { schema, keys } = readJson(pins)
    keys['ledger-tiny'].circuitHash = keys['solvency-tiny'].circuitHash
    writeFileSync(other, JSON.stringify({ schema, keys }))
    const run = await plimsoll('verify', epoch, '--pins', other, '--json')
    expect(run.code).toBe(3)
    const { checks } = JSON.parse(run.stdout)
    const key = checks.find((c: { id: string }) => c.id === 'key:ledger-tiny')
    expect(JSON.stringify(key)).toContain('pinned for another circuit')
    const single = await plimsoll('verify', join(epoch, EPOCH_PATHS.batch(0)), '--pins', other, '--json')
    expect([single.code, single.stdout]).toEqual([3, expect.stringContaining('CIRCUIT_UNPINNED')])
  })

  test('V20: a manifest that names another circuit for a key, exit 3 (key.8)', async () => {
    const { code, valid, failed } = await verifyChanged(
      edit('manifest.json', (m) => {
        m.keys['ledger-tiny'].circuitHash = m.keys['solvency-tiny'].circuitHash
      }),
    )
    expect([code, valid]).toEqual([3, false])
    expect(failed).toContain('key:ledger-tiny')
  })

  test('V03: a key edited so that delta is gamma, manifest and pin edited with it, exit 3 (key.4)', async () => {
    const forged = join(folder, 'forged-pins.json')
    const copy = join(temporaryFolder(), 'epoch')
    cpSync(epoch, copy, { recursive: true })
    edit('keys/ledger-tiny.json', (key) => {
      key.delta = key.gamma
    })(copy)
    const { verificationKeyHash } = await import('../../src/groth16/index.js')
    const hash = verificationKeyHash(readJson(join(copy, 'keys/ledger-tiny.json')))
    edit('manifest.json', (m) => {
      m.keys['ledger-tiny'].keyHash = hash
    })(copy)
    writeFileSync(
      forged,
      JSON.stringify({
        schema: 'plimsoll/pins/2',
        keys: {
          ...readJson(pins).keys,
          'ledger-tiny': { ...readJson(pins).keys['ledger-tiny'], keyHash: hash },
        },
      }),
    )
    const run = await plimsoll('verify', copy, '--pins', forged, '--json')
    expect(run.code).toBe(3)
    expect(JSON.parse(run.stdout).checks.find((c: { id: string }) => c.id === 'key:ledger-tiny').valid).toBe(
      false,
    )
  })

  test('C18: a batch dropped, repeated or moved (epoch.1)', async () => {
    const [first, last] = ['ledger/0000/0000000.json', 'ledger/0000/0000001.json']
    const dropped = await verifyChanged((copy) => {
      edit('manifest.json', ({ parts: { ledger } }) => {
        ledger.batches[0].count = 1
        ledger.state = readJson(join(copy, first!)).signals.stateAfter
      })(copy)
      rmSync(join(copy, last!))
    })
    expect(dropped).toMatchObject({ code: 1, valid: false, failed: ['solvency'] })
    const repeated = await verifyChanged((copy) => cpSync(join(copy, last!), join(copy, first!)))
    expect(repeated).toMatchObject({ code: 1, valid: false, failed: ['chain'] })
    const moved = await verifyChanged((copy) => {
      cpSync(join(epoch, first!), join(copy, last!))
      cpSync(join(epoch, last!), join(copy, first!))
    })
    expect(moved).toMatchObject({ code: 1, valid: false, failed: ['chain'] })
  })

  test('C18: a chain that starts after a batch, with a first state that fits (epoch.1)', async () => {
    const cut = await verifyChanged((copy) => {
      const second = join(copy, 'ledger/0000/0000001.json')
      edit('manifest.json', ({ parts: { ledger } }) => {
        ledger.batches[0].count = 1
        ledger.firstState = readJson(second).signals.stateBefore
      })(copy)
      cpSync(second, join(copy, 'ledger/0000/0000000.json'))
      rmSync(second)
    })
    expect(cut).toMatchObject({ code: 1, valid: false, failed: ['solvency'] })
  })

  test('a batch by an instance that does not exist is a failed check, not a crash (epoch.1)', async () => {
    const unknown = await verifyChanged(
      edit('manifest.json', (m) => {
        m.parts.ledger.batches[0].instance = 'nope'
      }),
    )
    expect(unknown).toMatchObject({ code: 3, valid: false })
    expect(unknown.failed).toContain('key:nope')
  })

  test('sizes that no instance has, of which a root would take hours and more than the memory (epoch.4)', async () => {
    const large = await verifyChanged(
      edit('manifest.json', (m) => {
        m.sizes = { spots: 4096, derivatives: 4096, tiers: 4096, scenarios: 4096 }
      }),
    )
    expect(large).toMatchObject({ code: 3, valid: false })
    expect(large.failed).toContain('risk-table')
  })

  test('V10: the venue, the epoch or the target renamed (epoch.3)', async () => {
    for (const change of [
      (m: { venue: string }) => {
        m.venue = 'Other Venue'
      },
      (m: { epoch: string }) => {
        m.epoch = '2026-02'
      },
      (m: { target: unknown }) => {
        m.target = { chainId: '1', contract: `0x${'11'.repeat(20)}` }
      },
    ]) {
      expect(await verifyChanged(edit('manifest.json', change))).toMatchObject({
        code: 1,
        failed: ['solvency'],
      })
    }
  })

  test('C19: another mark, another threshold (epoch.2, epoch.3)', async () => {
    const risk = await verifyChanged(
      edit('risk.json', (r) => {
        // With the rule, which has the same prices, it would not even be read.
        delete r.margin
        r.instruments[0].mark = '97001'
      }),
    )
    expect(risk).toMatchObject({ code: 1, failed: ['risk-table', 'solvency'] })
    const policy = await verifyChanged(
      edit('policy.json', (p) => {
        p.valueRatio = '1.5'
      }),
    )
    expect(policy).toMatchObject({ code: 1, failed: ['policy', 'solvency'] })
  })

  test('N16: marks restated in another currency or at another scale (epoch.2)', async () => {
    const restated = await verifyChanged(
      edit('risk.json', (r) => {
        r.quote = 'IDR'
        r.valueDecimals = 15
        for (const row of r.instruments) row.mark = (Number(row.mark) * 1000).toString()
      }),
    )
    expect(restated.failed).toContain('risk-table')
    const renamed = await verifyChanged(
      edit('risk.json', (r) => {
        r.quote = 'EUR'
      }),
    )
    expect(renamed.failed).toContain('risk-table')
  })

  test('V05: each public signal of each proof one higher (proof.2)', async () => {
    for (const file of ['ledger/0000/0000001.json', 'solvency.json']) {
      for (const name of Object.keys(readJson(join(epoch, file)).signals)) {
        const report = await verifyChanged(
          edit(file, (proof) => {
            proof.signals[name] = (BigInt(proof.signals[name]) + 1n).toString()
          }),
        )
        expect(report, `${file} ${name}`).toMatchObject({ code: 1, valid: false })
      }
    }
  })

  test('V06: signals that are too few, too many, or not canonical (proof.2)', async () => {
    const order = 21888242871839275222246405745257275088548364400416034343698204186575808495617n
    const change = (how: (signals: Record<string, unknown>) => void) =>
      edit('solvency.json', (p) => how(p.signals))
    for (const how of [
      (s: Record<string, unknown>) => delete s.context,
      (s: Record<string, unknown>) => {
        s.extra = '0'
      },
      (s: Record<string, unknown>) => {
        s.context = (BigInt(s.context as string) + order).toString()
      },
      (s: Record<string, unknown>) => {
        s.context = `0x${BigInt(s.context as string).toString(16)}`
      },
      (s: Record<string, unknown>) => {
        s.context = `0${s.context}`
      },
      (s: Record<string, unknown>) => {
        s.context = ''
      },
    ]) {
      const report = await verifyChanged(change(how))
      expect(report.valid).toBe(false)
      expect([1, 2]).toContain(report.code)
    }
  })

  test('V08: a proof of one instance in the place of another (proof.4)', async () => {
    const report = await verifyChanged((copy) => {
      const { keyHash } = readJson(join(copy, 'manifest.json')).keys['ledger-tiny']
      const { proof } = readJson(join(copy, 'solvency.json'))
      edit('ledger/0000/0000001.json', (p) => Object.assign(p, { keyHash, proof }))(copy)
    })
    expect(report).toMatchObject({ code: 1, valid: false, failed: ['batch:0000001'] })
  })

  test('unknown and missing fields and files (epoch.4)', async () => {
    const extra = edit('manifest.json', (m) => {
      m.note = 'trust me'
    })
    expect(await verifyChanged(extra)).toMatchObject({ code: 2, error: 'JSON_SCHEMA' })
    const missing = edit('manifest.json', (m) => {
      delete m.riskTable
    })
    expect(await verifyChanged(missing)).toMatchObject({ code: 2, error: 'JSON_SCHEMA' })
    const extraInProof = await verifyChanged(
      edit('solvency.json', (p) => {
        p.comment = ''
      }),
    )
    expect(extraInProof).toMatchObject({ code: 2, valid: false, failed: ['solvency'] })
    const keyNobodyUses = await verifyChanged((copy) => {
      edit('manifest.json', (m) => {
        m.keys.note = m.keys['ledger-tiny']
      })(copy)
      writeFileSync(join(copy, 'keys/note.json'), 'alice@example.com 1.73519024')
    })
    expect(keyNobodyUses).toMatchObject({ valid: false, failed: ['files'] })
    expect(await verifyChanged((copy) => writeFileSync(join(copy, 'extra.txt'), ''))).toMatchObject({
      failed: ['files'],
    })
    expect(await verifyChanged((copy) => rmSync(join(copy, 'policy.json')))).toMatchObject({ valid: false })
    expect(await verifyChanged((copy) => rmSync(join(copy, 'manifest.json')))).toMatchObject({ code: 2 })
  })
})

describe('what is read is what was proven (epoch.12)', () => {
  const keys = (): KeyPins => readJson(pins).keys
  const copied = () => {
    const copy = join(temporaryFolder(), 'epoch')
    cpSync(epoch, copy, { recursive: true })
    return copy
  }
  const failed = async (copy: string) => {
    const { report, epoch: verified } = await openEpoch(folderSource(copy), { pins: keys() })
    const { checks } = report
    const ids = checks.filter(({ valid }) => !valid).map(({ id }) => id)
    expect(verified === undefined, 'nothing of an invalid epoch is handed on').toBe(ids.length > 0)
    return ids
  }

  test('V18: a copy of an epoch whose requirement asks for nothing, with every hash of it made to fit, is refused by the proof', async () => {
    const weaker = (change: (margin: ReturnType<typeof readJson>) => void) => {
      const copy = copied()
      edit('risk.json', (table) => change(table.margin))(copy)
      const riskTable = sha256Text(readFileSync(join(copy, 'risk.json'), 'utf8'))
      edit('manifest.json', (manifest) => Object.assign(manifest, { riskTable }))(copy)
      edit('solvency.json', (proof) => Object.assign(proof.for, { riskTable }))(copy)
      return copy
    }
    const free = weaker((margin) => {
      for (const requirement of margin.requirements) {
        for (const charge of requirement.charges) charge.factor = '0'
      }
    })
    expect(await failed(free)).toEqual(['risk-table', 'solvency'])
    const renamed = weaker((margin) => {
      margin.exposures[0].name += 'x'
    })
    expect(await failed(renamed)).toEqual(['risk-table', 'solvency'])
  })

  test('the manifest, the table, the policy and the proofs are handed on as they were verified, and read once', async () => {
    const copy = copied()
    const { epoch: verified } = await openEpoch(folderSource(copy), { pins: keys() })
    rmSync(copy, { recursive: true })
    expect(verified!.manifest).toEqual(readJson(join(epoch, 'manifest.json')))
    expect(formatRiskTable(verified!.table)).toBe(readFileSync(join(epoch, 'risk.json'), 'utf8'))
    expect(verified!.policy).toEqual(readJson(join(epoch, 'policy.json')))
    const proofs = ['ledger/0000/0000000.json', 'ledger/0000/0000001.json', 'solvency.json']
    expect(verified!.proofs.map(({ proof }) => proof)).toEqual(
      proofs.map((file) => readJson(join(epoch, file)).proof),
    )
  })

  test('no file of an epoch can be changed in any one of its values, nor a value left out', async () => {
    const files = [
      'manifest.json',
      'policy.json',
      'solvency.json',
      'ledger/0000/0000001.json',
      'keys/ledger-tiny.json',
    ]
    let tried = 0
    const copy = copied()
    for (const file of files) {
      const text = readFileSync(join(copy, file), 'utf8')
      for (const { path, value } of changedLeaves(JSON.parse(text))) {
        writeFileSync(join(copy, file), `${JSON.stringify(value, null, 2)}\n`)
        const ids = await failed(copy).catch((error) => {
          expect(error, `${file} ${path}`).toMatchObject({ code: 'JSON_SCHEMA' })
          return ['refused']
        })
        expect(ids, `${file} ${path}`).not.toEqual([])
        tried++
      }
      writeFileSync(join(copy, file), text)
    }
    expect(tried).toBeGreaterThan(150)
    expect(await failed(copy), 'the control').toEqual([])
  })

  test('a risk table or a policy in another spelling of the same content is refused: it has one text, and its SHA-256 is in the proof', async () => {
    for (const file of ['risk.json', 'policy.json']) {
      for (const change of [
        (text: string) => text.replaceAll('\n', '\r\n'),
        (text: string) => `\ufeff${text}`,
        (text: string) => JSON.stringify(JSON.parse(text)),
        (text: string) => text.replace('"1"', '"1.0"'),
      ]) {
        const copy = copied()
        const path = join(copy, file)
        writeFileSync(path, change(readFileSync(path, 'utf8')))
        const caught = file === 'risk.json' ? ['risk-table'] : ['policy', 'solvency']
        const [first] = await failed(copy)
        expect(caught, `${file} ${change}`).toContain(first)
      }
    }
  })

  test('each field that a proof of solvency was made for is named when it is another', async () => {
    const { checks } = await verifyEpoch(
      folderSource(copiedWith({ venue: 'Other Venue', epoch: '2026-02' })),
      {
        pins: keys(),
      },
    )
    expect(checks.filter(({ valid }) => !valid)).toEqual([
      {
        id: 'solvency',
        valid: false,
        detail: 'was made for another venue (not that of manifest), epoch (not that of manifest)',
      },
    ])
  })

  const copiedWith = (change: object) => {
    const copy = copied()
    edit('manifest.json', (manifest) => Object.assign(manifest, change))(copy)
    return copy
  }

  test('every check that can run runs: a broken table and a broken policy leave the proofs to be checked', async () => {
    const copy = copied()
    for (const file of ['risk.json', 'policy.json']) writeFileSync(join(copy, file), '{}')
    expect(await failed(copy)).toEqual(['risk-table', 'policy', 'solvency'])
  })

  test('marks of the future or of long ago draw a note, and are refused with --max-age (epoch.13)', async () => {
    const day = 86_400
    const at = 1_767_225_600
    const verified = (now: number, maxAge?: number) =>
      verifyEpoch(folderSource(epoch), { pins: keys(), now, ...(maxAge === undefined ? {} : { maxAge }) })
    expect(await verified(at + 60)).toMatchObject({ valid: true, notes: [] })
    expect((await verified(at - 9 * day)).notes).toEqual([
      'marks of 2026-01-01T00:00:00Z, 9 days in the future',
    ])
    for (const [now, maxAge, valid] of [
      [at + day, day, true],
      [at + day + 1, day, false],
      [at - 9 * day, day, false],
    ] as const) {
      const report = await verified(now, maxAge)
      expect([report.valid, report.checks.find(({ id }) => id === 'marks')!.valid]).toEqual([valid, valid])
    }
    const run = await plimsoll('verify', epoch, '--pins', pins, '--max-age', '60')
    expect([run.code, run.stdout.trimEnd().split('\n').at(-1)]).toEqual([1, 'INVALID'])
    expect(run.stderr).toContain('note: marks of 2026-01-01T00:00:00Z')
    expect((await plimsoll('verify', epoch, '--pins', pins, '--max-age', '1d')).code).toBe(2)
  })

  test('a fault of the policy that the reader accepts is not said to be one of the epoch (cli.5)', async () => {
    const published = readJson(join(epoch, 'policy.json'))
    const policy = { ...published, loanFactor: '2' }
    const { checks, exitCode } = await verifyEpoch(folderSource(epoch), { pins: keys(), policy })
    const wrong = checks.filter(({ valid }) => !valid)
    expect([exitCode, wrong.map(({ detail }) => detail)]).toEqual([
      2,
      [expect.stringMatching(/^the policy to accept: policy: \w+\.loanFactor: a loan cannot count for more/)],
    ])
    // An instrument of another epoch's table loosens nothing of this one, and is told.
    const other = { ...published, instruments: { DOGE: { minimumRatio: '0.1' } } }
    const { valid, checks: told } = await verifyEpoch(folderSource(epoch), { pins: keys(), policy: other })
    expect(valid).toBe(true)
    expect(told.find(({ id }) => id === 'policy')!.detail).toContain('which names DOGE too: no row')
  })

  /** A file of a margin proof over the epoch: all of it holds that is not about the proof itself. */
  function marginFile(): string {
    const path = join(temporaryFolder(), 'margin.json')
    const { for: _, ...proof } = readJson(join(epoch, 'solvency.json'))
    writeFileSync(
      path,
      JSON.stringify({
        schema: 'plimsoll/margin-proof/3',
        requirement: 'maintenance',
        times: '1',
        riskTable: '0'.repeat(64),
        sizes: { spots: 4, derivatives: 0, tiers: 0, scenarios: 0 },
        for: { schema: 'plimsoll/margin-purpose/1', reader: { name: 'Desk', purpose: 'a line' } },
        proof,
        key: readJson(join(epoch, 'keys/solvency-tiny.json')),
      }),
    )
    return path
  }

  test('what is odd about an epoch is said of a margin proof over it, too: its keys and the time of its marks (key.2, epoch.13)', async () => {
    const path = marginFile()
    const kinds = (development: string): KeyPins =>
      Object.fromEntries(
        Object.entries(keys()).map(([name, pin]) => [
          name,
          name === development ? pin : { ...pin, keyKind: 'ceremony' as const, ceremony: KNOWN },
        ]),
      )
    const judged = async (development: string) => {
      const options = { pins: kinds(development), now: 1_767_225_600 + 864_000 }
      const opened = await openEpoch(folderSource(epoch), options)
      const report = await verifyMargin(await readMarginProof(path), { ...options, epoch: opened })
      expect(report.notes).toEqual(['marks of 2026-01-01T00:00:00Z, 10 days old'])
      return report.keyKind
    }
    expect(await judged('ledger-tiny')).toBe('development')
    expect(await judged('solvency-tiny')).toBe('development')
    expect(await judged('none'), 'the control').toBe('ceremony')
  })

  test('an epoch is valid in production under pins that name a ceremony, and under no others (key.2, ceremony.10)', async () => {
    const judged = async (change: (pin: KeyPin) => KeyPin) => {
      const pins = Object.fromEntries(Object.entries(keys()).map(([name, pin]) => [name, change(pin)]))
      const report = await verifyEpoch(folderSource(epoch), { pins, production: true })
      return report.checks.filter(({ valid }) => !valid).map(({ id }) => id)
    }
    expect(await judged((pin) => ({ ...pin, keyKind: 'ceremony', ceremony: CEREMONY }))).toEqual([])
    expect(await judged((pin) => ({ ...pin, keyKind: 'ceremony' }))).toEqual(['key-kind'])
    expect(await judged((pin) => pin)).toEqual(['key-kind'])
  })

  test('an epoch that was opened with other settings is held to those of who judges a margin by it (key.2, epoch.13)', async () => {
    const proof = await readMarginProof(marginFile())
    const opened = await openEpoch(folderSource(epoch), { pins: keys() })
    const now = 1_767_225_600 + 864_000
    // The rule is of another table, whose marks are of now: those of the epoch are judged all the same.
    const table = { ...opened.epoch!.table, timestamp: now }
    const judged = async (settings: { maxAge?: number; production?: boolean }) => {
      const { checks } = await verifyMargin(proof, { pins: keys(), now, table, epoch: opened, ...settings })
      const { valid, detail } = checks.find(({ id }) => id === 'epoch')!
      return valid || detail
    }
    expect(await judged({ maxAge: 863_999 })).toBe('not valid: marks')
    expect(await judged({ production: true })).toBe('not valid: key-kind')
    expect(await judged({ maxAge: 864_000 }), 'the control').toBe(true)
  })

  test('what a desktop leaves in a folder is ignored with a note, and nothing that could be content is (epoch.10)', async () => {
    const copy = copied()
    for (const path of ['.DS_Store', 'Thumbs.db', 'ledger/0000/desktop.ini', 'keys/._ledger-tiny.json']) {
      writeFileSync(join(copy, path), 'x')
    }
    const { valid, checks } = await verifyEpoch(folderSource(copy), { pins: keys() })
    expect(valid).toBe(true)
    expect(checks.find(({ id }) => id === 'files')!.detail).toContain(
      'ignored, as a desktop leaves them: .DS_Store, Thumbs.db, keys/._ledger-tiny.json, ledger/0000/desktop.ini',
    )
    for (const path of ['ledger/0000/0000002.json', 'ledger/0001', 'risk.json.orig', '.hidden', 'DS_Store']) {
      const other = copied()
      writeFileSync(join(other, path), 'x')
      expect(await failed(other), path).toEqual(['files'])
    }
    const folder = copied()
    mkdirSync(join(folder, '.DS_Store'))
    expect(await failed(folder)).toEqual(['files'])
  })

  test('an epoch of 480 batches is read with few files open at a time', async () => {
    const copy = copied()
    edit('manifest.json', ({ parts: { ledger } }) => {
      ledger.batches[0].count = 480
    })(copy)
    mkdirSync(join(copy, 'ledger/0001'))
    const proof = readFileSync(join(copy, 'ledger/0000/0000000.json'))
    for (let i = 0; i < 480; i++) writeFileSync(join(copy, EPOCH_PATHS.batch(i)), proof)
    const run = await start(['verify', copy, '--pins', pins, '--json'], {}, { before: 'ulimit -n 256' }).ended
    expect(run.code, run.stderr).toBe(1)
    const { checks } = JSON.parse(run.stdout) as { checks: { id: string; valid: boolean; detail: string }[] }
    const batches = checks.filter(({ id }) => id.startsWith('batch:'))
    expect(batches).toHaveLength(480)
    expect(batches.every(({ valid }) => valid)).toBe(true)
    expect(checks.find(({ id }) => id === 'chain')!.detail).toBe(
      'batch 1 does not start where the one before it ends',
    )
  })
})

describe('one proof file (epoch.11)', () => {
  test('V19: is never called VALID: what holds is one proof, and what was not checked is listed', async () => {
    const run = await plimsoll('verify', join(epoch, 'solvency.json'), '--pins', pins)
    expect(run.code, run.stderr).toBe(0)
    expect(run.stdout).toContain('PROOF HOLDS: one proof of solvency, made for epoch 2026-01 of Tiny Venue')
    expect(run.stdout).toContain('the policy behind its digest, which may promise nothing at all')
    expect(run.stdout).not.toMatch(/VALID/)
    const other = join(copyOfEpoch(), 'solvency.json')
    const proof = readJson(other)
    proof.for.venue = 'Other Venue'
    writeFileSync(other, JSON.stringify(proof))
    const renamed = await plimsoll('verify', other, '--pins', pins)
    expect([renamed.code, renamed.stdout.trimEnd().split('\n').at(-1)]).toEqual([1, 'PROOF DOES NOT HOLD'])
  })

  test('of another kind is refused with the command that reads it (cli.5)', async () => {
    const path = join(temporaryFolder(), 'file.json')
    for (const [schema, hint] of [
      ['plimsoll/margin-proof/3', 'plimsoll margin verify FILE --epoch EPOCH'],
      ['plimsoll/inclusion/3', 'plimsoll inclusion verify FILE --epoch EPOCH'],
      ['plimsoll/liquidation/1', 'plimsoll liquidation verify FILE --epoch EPOCH'],
      ['plimsoll/epoch/4', 'the whole folder'],
      ['plimsoll/owner/1', 'the folder of an epoch'],
    ]) {
      writeFileSync(path, JSON.stringify({ schema }))
      const run = await plimsoll('verify', path, '--pins', pins, '--json')
      expect(run.code).toBe(2)
      expect(JSON.parse(run.stdout).error).toMatchObject({
        code: 'PROOF_FILE',
        hint: expect.stringContaining(hint!),
      })
    }
  })
})

const copyOfEpoch = () => {
  const copy = join(temporaryFolder(), 'epoch')
  cpSync(epoch, copy, { recursive: true })
  cpSync(`${epoch}.private`, `${copy}.private`, { recursive: true })
  return copy
}

describe('what is finished and what is not (epoch.8)', () => {
  test('a finished epoch is not overwritten by proving solvency again, without --force', async () => {
    const copy = copyOfEpoch()
    const before = readFileSync(join(copy, 'solvency.json'), 'utf8')
    const args = ['solvency', 'prove', '--epoch', copy, '--reserves', files.reserves, '--json']
    const again = await plimsoll(...args)
    expect([again.code, JSON.parse(again.stdout).error.code]).toEqual([2, 'EPOCH_DONE'])
    expect(readFileSync(join(copy, 'solvency.json'), 'utf8')).toBe(before)
    expect((await plimsoll(...args, '--force')).code).toBe(0)
    expect(readFileSync(join(copy, 'solvency.json'), 'utf8')).not.toBe(before)
    expect((await verifyEpoch(folderSource(copy), { pins: readJson(pins).keys })).valid).toBe(true)
  })

  test('of a finished epoch no file is overwritten by proving its ledger again under other keys or from another seed', async () => {
    const filesIn = (folder: string) =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => [name, readFileSync(join(parentPath, name), 'utf8')])
    const other = (hex: string) => hex.replace(/^./, (digit) => (digit === '0' ? '1' : '0'))
    const keys = copyOfEpoch()
    edit('manifest.json', (manifest) => {
      for (const key of Object.values<{ keyHash: string }>(manifest.keys)) key.keyHash = other(key.keyHash)
    })(keys)
    for (const batch of readdirSync(join(keys, 'ledger/0000'))) {
      edit(`ledger/0000/${batch}`, (proof) => {
        proof.keyHash = other(proof.keyHash)
      })(keys)
    }
    const seed = copyOfEpoch()
    edit('epoch.json', (record) => {
      record.seed = other(record.seed)
    })(`${seed}.private`)
    for (const copy of [keys, seed]) {
      const before = filesIn(copy)
      const run = await plimsoll(...ledgerArgs(files, copy), '--json')
      expect([run.code, JSON.parse(run.stdout).error?.code]).toEqual([2, 'EPOCH_DONE'])
      expect(filesIn(copy)).toEqual(before)
    }
  })

  test('an interrupted epoch says how far it is proven, and what to do', async () => {
    const copy = copyOfEpoch()
    for (const file of ['manifest.json', 'ledger/0000/0000001.json', 'solvency.json', 'policy.json']) {
      rmSync(join(copy, file))
    }
    const prove = ['solvency', 'prove', '--epoch', copy, '--reserves', files.reserves]
    for (const [args, far] of [
      [['verify', copy, '--pins', pins], 'up to batch 1,'],
      [prove, 'up to batch 1 of 2,'],
    ] as const) {
      const run = await plimsoll(...args, '--json')
      expect(run.code).toBe(2)
      const { error } = JSON.parse(run.stdout)
      expect(error).toMatchObject({
        code: 'EPOCH_UNFINISHED',
        hint: expect.stringContaining('plimsoll ledger prove'),
      })
      expect(error.message).toContain(far)
    }
  })

  test('solvency is not proven beside another risk table than the ledger was proven with (epoch.12)', async () => {
    const copy = copyOfEpoch()
    edit('risk.json', (table) => {
      table.margin.requirements[0].threshold = '1000000'
    })(copy)
    const run = await plimsoll(
      'solvency',
      'prove',
      '--epoch',
      copy,
      '--reserves',
      files.reserves,
      '--force',
      '--json',
    )
    expect([run.code, JSON.parse(run.stdout).error.code]).toEqual([2, 'EPOCH_OTHER_RUN'])
  })

  test('a run is not gone on with under another threshold of a requirement (epoch.9)', async () => {
    const path = join(temporaryFolder(), 'risk.json')
    const table = readJson(files.risk)
    table.margin.requirements[0].threshold = '1000000'
    writeFileSync(path, JSON.stringify(table))
    const run = await plimsoll(...ledgerArgs({ ...files, risk: path }, epoch), '--json')
    expect([run.code, JSON.parse(run.stdout).error.code]).toEqual([2, 'EPOCH_OTHER_RUN'])
  })

  test('the epoch before is named by its folder, and a run is not gone on with after another one (epoch.9, epoch.20)', async () => {
    const out = join(temporaryFolder(), 'epoch')
    const named = (folder: string, id: string) =>
      ledgerArgs(files, folder).map((word) => (word === '2026-01' ? id : word))
    const next = named(out, '2026-02')
    const first = await plimsoll(...next, '--previous', epoch, '--json')
    expect(first.code, first.stderr).toBe(0)
    const previous = sha256Text(readFileSync(join(epoch, 'manifest.json'), 'utf8'))
    expect(JSON.parse(first.stdout).previous).toBe(previous)
    expect(readJson(join(out, 'manifest.json')).previous).toBe(previous)
    const again = await plimsoll(...next, '--json')
    expect(again.code).toBe(2)
    expect(JSON.parse(again.stdout).error).toMatchObject({
      code: 'EPOCH_OTHER_RUN',
      message: expect.stringContaining('was begun with another previous epoch'),
    })
    const unfinished = await plimsoll(
      ...named(join(temporaryFolder(), 'epoch'), '2026-03'),
      ...['--previous', out, '--json'],
    )
    expect([unfinished.code, JSON.parse(unfinished.stdout).error.code]).toEqual([2, 'EPOCH_PREVIOUS'])
  })

  test('a venue and an epoch are named by whoever proves, never by default (epoch.3)', async () => {
    for (const option of ['--venue', '--epoch']) {
      const args = ledgerArgs(files, join(temporaryFolder(), 'epoch'))
      args.splice(args.indexOf(option), 2)
      const run = await plimsoll(...args, '--json')
      expect([run.code, JSON.parse(run.stdout).error.code]).toEqual([2, 'USAGE'])
      expect(JSON.parse(run.stdout).error.message).toContain(option)
    }
  })
})

describe('privacy', () => {
  const marks = [
    ...ROWS.flatMap(([id, , quantity]) => [id, quantity, quantity.replace('.', '').replace(/^0+/, '')]),
    ...Object.values(RESERVES).flatMap((q) => [q, q.replace('.', '')]),
  ].filter((mark) => mark.length > 6)

  test('P04: no balance, total, reserve, identifier or seed is in the public folder or in what is printed (privacy.1)', async () => {
    const { seed, opening } = readJson(join(`${epoch}.private`, 'epoch.json'))
    const { totals, totalsBlind, totalsDigest, second, state, last } = opening
    const hidden = [totalsBlind, totalsDigest, second, state.blind, state.keySum, last.root]
    const secrets = [...marks, seed, ...hidden, ...totals.filter((t: string) => t.length > 6)]
    const public_ = readdirSync(epoch, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    const again = await plimsoll(...ledgerArgs(files, epoch))
    const verified = await plimsoll('verify', epoch, '--pins', pins)
    const text = [...public_, again.stdout, again.stderr, verified.stdout, verified.stderr].join('\n')
    for (const secret of secrets) expect(says(text, secret), 'a private value is public').toBe(false)
    const own = readFileSync(join(`${epoch}.private`, 'epoch.json'), 'utf8')
    const there = [seed, ...hidden, ...totals.filter((t: string) => t.length > 6)]
    expect(
      there.filter((secret) => !says(own, secret)),
      'the control: the scan finds what is there',
    ).toEqual([])
  })

  test('the private folder says what it is, keeps out of git, and lies beside the epoch with a warning only (epoch.10)', async () => {
    expect(readFileSync(join(`${epoch}.private`, '.gitignore'), 'utf8')).toBe('*\n')
    expect(readFileSync(join(`${epoch}.private`, 'README.txt'), 'utf8')).toContain('PRIVATE')
    expect(statSync(join(`${epoch}.private`, 'README.txt')).mode & 0o777).toBe(0o600)
    const beside = await plimsoll(...ledgerArgs(files, epoch))
    expect(beside.stderr).toContain('is next to the epoch')
    const named = await plimsoll(...ledgerArgs(files, epoch), '--private', `${epoch}.private`)
    expect(named.stderr).not.toContain('is next to the epoch')
  })

  test('F07: the private folder is for its owner alone, and nothing temporary is left (cli.4, cli.3)', () => {
    expect(statSync(`${epoch}.private`).mode & 0o777).toBe(0o700)
    expect(statSync(join(`${epoch}.private`, 'epoch.json')).mode & 0o777).toBe(0o600)
    const left = [epoch, `${epoch}.private`].flatMap((f) =>
      readdirSync(f, { recursive: true, encoding: 'utf8' }),
    )
    expect(left.filter((name) => /tmp|lock|wtns/.test(name))).toEqual([])
  })

  test('P02: the same books in another epoch share no state, no root, no commitment (privacy.3)', async () => {
    const other = join(folder, 'other-epoch')
    expect((await plimsoll(...ledgerArgs(files, other))).code).toBe(0)
    const [a, b] = [epoch, other].map((e) => [0, 1].flatMap((i) => statesOf(e, i)))
    expect(new Set(a).size, 'the control').toBe(3)
    expect(a!.some((state) => b!.includes(state))).toBe(false)
  })
})

describe('proving refuses', () => {
  test('C05: reserves below liabilities: says by instrument what is short, exit 1, no proof is written (solvency.12, cli.1)', async () => {
    const copy = join(temporaryFolder(), 'epoch')
    const other = join(folder, 'other-epoch')
    cpSync(other, copy, { recursive: true })
    cpSync(`${other}.private`, `${copy}.private`, { recursive: true })
    const short = writeVenue(temporaryFolder(), { ...RESERVES, ETH: '65.37464746', BTC: '4' })
    const before = readdirSync(copy).sort()
    const run = await plimsoll('solvency', 'prove', '--epoch', copy, '--reserves', short.reserves, '--json')
    expect(run.code).toBe(1)
    expect(JSON.parse(run.stdout).error).toMatchObject({
      code: 'SOLVENCY_SHORT',
      shortages: [
        { symbol: 'BTC', missing: '0.88596562' },
        { symbol: 'ETH', missing: '0.00000001' },
      ],
    })
    expect(readdirSync(copy).sort()).toEqual(before)
    const text = await plimsoll('solvency', 'prove', '--epoch', copy, '--reserves', short.reserves)
    expect(text.code).toBe(1)
    expect(text.stderr).toContain('0.88596562')
  })

  test('N17: a policy of zeros is proven, but not called solvent, and nobody accepts it who does not say so (epoch.5)', async () => {
    const copy = join(temporaryFolder(), 'epoch')
    const other = join(folder, 'other-epoch')
    cpSync(other, copy, { recursive: true })
    cpSync(`${other}.private`, `${copy}.private`, { recursive: true })
    const nothing = writeVenue(temporaryFolder(), {})
    const policy = join(temporaryFolder(), 'policy.json')
    const zeros = { valueRatio: '0', minimumRatio: '0', loanFactor: '0', instruments: {} }
    writeFileSync(policy, JSON.stringify({ schema: 'plimsoll/policy/1', ...zeros }))
    const args = ['--epoch', copy, '--reserves', nothing.reserves, '--policy', policy]
    const run = await plimsoll('solvency', 'prove', ...args, '--json')
    expect(run.code, run.stderr).toBe(0)
    expect(JSON.parse(run.stdout).verdict).not.toBe('solvent')
    expect(run.stderr).toContain('BTC minimumRatio 0')
    const refused = await plimsoll('verify', copy, '--pins', pins, '--json')
    expect(refused.code).toBe(1)
    expect(JSON.parse(refused.stdout).checks.find((c: { id: string }) => c.id === 'policy')).toMatchObject({
      valid: false,
    })
    expect((await plimsoll('verify', copy, '--pins', pins, '--policy', policy)).code).toBe(0)
  })

  test('solvency for a manifest that was given another name (epoch.3)', async () => {
    const copy = join(temporaryFolder(), 'epoch')
    cpSync(epoch, copy, { recursive: true })
    cpSync(`${epoch}.private`, `${copy}.private`, { recursive: true })
    for (const change of [{ venue: 'Somebody Else' }, { epoch: '2027-12' }, { previous: '1'.repeat(64) }]) {
      edit('manifest.json', (m) => Object.assign(m, change))(copy)
      const run = await plimsoll('solvency', 'prove', '--epoch', copy, '--reserves', files.reserves, '--json')
      expect(run.code).toBe(2)
      expect(JSON.parse(run.stdout).error.code).toBe('EPOCH_OTHER_RUN')
    }
  })

  test('a private folder inside the public one, however it is written (epoch.10)', async () => {
    const out = join(temporaryFolder(), 'epoch')
    for (const own of [join(out, 'keys/private'), out, `${out}/../epoch/private`, join(out, '..')]) {
      const run = await plimsoll(...ledgerArgs(files, out), '--private', own, '--json')
      expect(run.code, own).toBe(2)
      expect(JSON.parse(run.stdout).error.code).toBe('EPOCH_FOLDERS')
    }
    const { defaultPrivateFolder } = await import('../../src/venue/index.js')
    expect(defaultPrivateFolder('.')).toBe(`${process.cwd()}.private`)
    expect(defaultPrivateFolder('a/b/')).toBe(join(process.cwd(), 'a/b.private'))
  })

  test('an epoch begun with another accounts file (epoch.9)', async () => {
    const changed = writeVenue(temporaryFolder())
    writeFileSync(changed.accounts, readFileSync(changed.accounts, 'utf8').replace('0.000001', '0.000002'))
    const run = await plimsoll(...ledgerArgs(changed, epoch), '--json')
    expect(run.code).toBe(2)
    expect(JSON.parse(run.stdout).error.code).toBe('EPOCH_OTHER_RUN')
  })

  test('F12: a second process on the same epoch (epoch.9)', async () => {
    const out = join(temporaryFolder(), 'epoch')
    const first = startInterrupted(ledgerArgs(files, out), 'SIGSTOP', EPOCH_PATHS.batch(0))
    await until(() => existsSync(join(out, EPOCH_PATHS.batch(0))))
    const second = await plimsoll(...ledgerArgs(files, out), '--json')
    expect(second.code).toBe(2)
    expect(JSON.parse(second.stdout).error.code).toBe('EPOCH_BUSY')
    const own = join(temporaryFolder(), 'own')
    const third = await plimsoll(...ledgerArgs(files, out), '--private', own, '--json')
    expect([third.code, JSON.parse(third.stdout).error.code]).toEqual([2, 'EPOCH_OTHER_RUN'])
    expect(existsSync(own), 'nothing is left of it').toBe(false)
    first.child.kill('SIGCONT')
    expect((await first.ended).code).toBe(0)
  })

  test('F06: kill -9 in the middle; run again, finished batches are kept and the chain is complete (epoch.8)', async () => {
    const out = join(temporaryFolder(), 'epoch')
    const run = startInterrupted(ledgerArgs(files, out), 'SIGKILL', EPOCH_PATHS.batch(0))
    await run.ended
    expect(run.child.signalCode).toBe('SIGKILL')
    expect(existsSync(join(out, 'manifest.json'))).toBe(false)
    const kept = readFileSync(join(out, EPOCH_PATHS.batch(0)), 'utf8')
    // What a kill can leave behind at the worst moment: half a temporary file, half a proof.
    writeFileSync(join(out, 'ledger/0000/.0000001.json.0123456789ab.tmp'), '{"schema": "plims')
    writeFileSync(join(out, EPOCH_PATHS.batch(1)), kept.slice(0, 100))
    const again = await plimsoll(...ledgerArgs(files, out), '--json')
    expect(again.code, again.stderr).toBe(0)
    expect(JSON.parse(again.stdout)).toMatchObject({ batches: 2, kept: 1 })
    expect(readFileSync(join(out, EPOCH_PATHS.batch(0)), 'utf8')).toBe(kept)
    expect(readdirSync(join(out, 'ledger/0000')).sort()).toEqual(['0000000.json', '0000001.json'])
    const solvency = await plimsoll('solvency', 'prove', '--epoch', out, '--reserves', files.reserves)
    expect(solvency.code, solvency.stderr).toBe(0)
    expect((await plimsoll('verify', out, '--pins', pins)).code).toBe(0)
  })

  test('a finished proof that says another key is proven again; leftovers of a killed write are removed (epoch.8, cli.3)', async () => {
    const out = join(temporaryFolder(), 'epoch')
    cpSync(epoch, out, { recursive: true })
    cpSync(`${epoch}.private`, `${out}.private`, { recursive: true })
    edit(EPOCH_PATHS.batch(1), (proof) => {
      proof.keyHash = '0'.repeat(64)
    })(out)
    const left = [join(out, '.manifest.json.0123456789ab.tmp'), join(out, 'keys/.x.json.0123456789ab.tmp')]
    for (const path of left) writeFileSync(path, '{')
    const again = await plimsoll(...ledgerArgs(files, out), '--json')
    expect(JSON.parse(again.stdout)).toMatchObject({ kept: 1 })
    expect(left.some((path) => existsSync(path))).toBe(false)
    expect((await plimsoll('verify', out, '--pins', pins)).code).toBe(0)
  })

  test('N09: a finished proof that was swapped for another is proven again, not kept (epoch.8)', async () => {
    const out = join(temporaryFolder(), 'epoch')
    mkdirSync(out)
    cpSync(epoch, out, { recursive: true })
    cpSync(`${epoch}.private`, `${out}.private`, { recursive: true })
    cpSync(join(out, EPOCH_PATHS.batch(1)), join(out, EPOCH_PATHS.batch(0)))
    const again = await plimsoll(...ledgerArgs(files, out), '--json')
    expect(JSON.parse(again.stdout)).toMatchObject({ kept: 1 })
    expect((await plimsoll('verify', out, '--pins', pins)).code).toBe(0)
  })
})

describe('usage and broken artifacts', () => {
  test('every command has a --help with an example, and bad usage is exit 2 (cli.1, cli.2)', async () => {
    for (const command of ['demo', 'setup', 'ledger prove', 'solvency prove', 'verify', 'contract export']) {
      const help = await plimsoll(...command.split(' '), '--help')
      expect(help.code, command).toBe(0)
      expect(help.stdout, command).toContain('Example')
      expect(help.stdout, command).toContain('--json')
    }
    for (const args of [
      ['nonsense'],
      ['verify'],
      ['ledger', 'prove'],
      ['setup', 'no-such-instance'],
      ['verify', '/no/such'],
    ]) {
      expect((await plimsoll(...args)).code, args.join(' ')).toBe(2)
    }
  })

  test('setup --list --json names every instance with sizes, signals, constraints and fill (key.6)', async () => {
    const list = JSON.parse((await plimsoll('setup', '--list', '--json')).stdout).instances
    expect(list.find((i: { name: string }) => i.name === 'ledger-tiny')).toMatchObject({
      statement: 'ledger',
      sizes: { accounts: 4, slots: 4, scenarios: 0, pledged: 0 },
      publicSignals: ['stateBefore', 'stateAfter'],
    })
    for (const { constraints, domain, fill } of list) {
      expect(constraints.nonLinear + constraints.linear).toBeLessThan(domain)
      expect(fill).toBeGreaterThan(0.5)
      expect(fill).toBeLessThanOrEqual(1)
    }
  })

  test('F01: malformed input files name file, line and field, exit 2 (cli.1, cli.5)', async () => {
    const bad = writeVenue(temporaryFolder())
    writeFileSync(bad.accounts, 'account_id,instrument,quantity\na,BTC,1\nb,BTC,1e3\n')
    const run = await plimsoll(...ledgerArgs(bad, join(temporaryFolder(), 'epoch')), '--json')
    expect(run.code).toBe(2)
    expect(JSON.parse(run.stdout).error).toMatchObject({ code: 'DECIMAL_SYNTAX' })
    expect(JSON.parse(run.stdout).error.message).toContain('accounts.csv:3')
    writeFileSync(bad.accounts, 'account_id,instrument,quantity\na,BTC,1\nb,BTC,-1\n')
    const negative = await plimsoll(...ledgerArgs(bad, join(temporaryFolder(), 'epoch')), '--json')
    expect(negative.code).toBe(2)
    expect(JSON.parse(negative.stdout).error.code).toBe('LEDGER_NEGATIVE')
  })
})

describe('what a first user runs into', () => {
  test('bad usage is a JSON object with --json, and a path through a file is bad input, not a fault of ours (cli.2)', async () => {
    const usage = await plimsoll('verify', '--json')
    expect(usage.code).toBe(2)
    expect(JSON.parse(usage.stdout).error.code).toBe('USAGE')
    const path = await plimsoll(...ledgerArgs(files, join(files.risk, 'epoch')), '--json')
    expect(path.code).toBe(2)
    expect(JSON.parse(path.stdout).error.code).toBe('FILE_ACCESS')
  })

  test('a folder that holds something else is refused before anything is written into it (epoch.10)', async () => {
    const other = temporaryFolder()
    writeFileSync(join(other, 'x.txt'), 'hi')
    for (const args of [ledgerArgs(files, other), ['demo', '--out', other]]) {
      const run = await plimsoll(...args, '--json')
      expect(run.code).toBe(2)
      expect(JSON.parse(run.stdout).error.code).toBe('EPOCH_FOLDERS')
    }
    expect(readdirSync(other)).toEqual(['x.txt'])
    // A proof or a key of another run, and what only looks as if a killed run had left it.
    for (const stale of ['ledger/0000/0000002.json', 'ledger/00000.json', 'keys/ledger-4-16.json', 'x.tmp']) {
      const out = join(temporaryFolder(), 'epoch')
      for (const name of ['ledger/0000', 'keys']) mkdirSync(join(out, name), { recursive: true })
      writeFileSync(join(out, stale), '{}')
      const run = await plimsoll(...ledgerArgs(files, out), '--json')
      expect([run.code, JSON.parse(run.stdout).error?.code], stale).toEqual([2, 'EPOCH_FOLDERS'])
      expect(existsSync(join(out, 'risk.json'))).toBe(false)
    }
  })

  test('an epoch whose ledger is no folder cannot be read, which is no fault of ours (cli.2)', async () => {
    const out = join(temporaryFolder(), 'epoch')
    mkdirSync(out)
    writeFileSync(join(out, 'ledger'), '')
    await expect(verifyEpoch(folderSource(out), { pins: {} })).rejects.toMatchObject({ code: 'FILE_ACCESS' })
  })

  test('pins are added to a pins file, not put in its place (key.3)', async () => {
    const copy = join(temporaryFolder(), 'pins.json')
    cpSync(pins, copy)
    expect((await plimsoll('setup', 'ledger-tiny', '--pins', copy)).code).toBe(0)
    expect(readJson(copy)).toEqual(readJson(pins))
  })

  test('a verifier is exported for a key that there is, never for one made on the spot (key.3)', async () => {
    const out = join(temporaryFolder(), 'contracts')
    const made = await plimsoll('contract', 'export', 'ledger-tiny', '--out', out, '--json')
    expect(made.code, made.stderr).toBe(0)
    expect(JSON.parse(made.stdout).keys[0].keyHash).toBe(readJson(pins).keys['ledger-tiny'].keyHash)
    const none = await start(['contract', 'export', 'ledger-tiny', '--out', out, '--json'], {
      PLIMSOLL_CACHE: temporaryFolder(),
    }).ended
    expect(none.code).toBe(3)
    expect(JSON.parse(none.stdout).error.code).toBe('KEY_MISSING')
  })
})
