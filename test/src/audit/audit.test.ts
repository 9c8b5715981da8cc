import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { RISK } from '../../../scripts/soundness/samples/venue.js'
import { scenarioFigures } from '../../../src/audit/figures.js'
import {
  type AuditOptions,
  type AuditReport,
  audit,
  auditPage,
  parseWords,
} from '../../../src/audit/index.js'
import { coveragePlot } from '../../../src/audit/page/plots.js'
import { compareEpochs } from '../../../src/audit/previous.js'
import { provenance } from '../../../src/audit/provenance.js'
import { bytesSource, type Source } from '../../../src/bundle/index.js'
import {
  type Disclosure,
  disclosureOf,
  EPOCH_PATHS,
  epochSigned,
  openEpoch,
  parseDisclosure,
} from '../../../src/epoch/index.js'
import { readSecondPrices } from '../../../src/inputs/index.js'
import type { Layer } from '../../../src/reserves/index.js'
import { parseRiskTable, type RiskTable, rowsByKind } from '../../../src/risk/index.js'
import { formatJson, sha256Text } from '../../../src/schema/index.js'
import {
  FULL_RESERVES,
  type PolicyFile,
  resolvePolicy,
  totalsByRow,
  weightedTotalsDigest,
} from '../../../src/statements/index.js'
import { createSigningKey, readSigningKey } from '../../../src/venue/index.js'
import { temporaryFolder } from '../../helpers/cli.js'
import { proveSampleEpoch, type SampleBooks, type SampleEpoch } from '../../helpers/epoch.js'
import { ALL_HOSTILE, HOSTILE } from '../../helpers/hostile.js'
import { openedIn, samplePair } from '../../helpers/settled.js'
import { STRESS_BOOKS, STRESS_RISK } from '../../helpers/stress-books.js'

const NOW = RISK.timestamp
const PLAIN_BOOKS: SampleBooks = {
  table: parseRiskTable(JSON.stringify(RISK), 'risk.json'),
  batches: [{ instance: 'ledger-tiny', accounts: [[['BTC', 5n]], [['USDT', 11n]]] }],
  solvency: 'solvency-tiny',
  reserves: { BTC: 6n, USDT: 11n },
}
const digestOf = ({ files }: Pick<SampleEpoch, 'files'>): string => sha256Text(files[EPOCH_PATHS.manifest]!)

/** The stressed epoch, and a history of three plain ones. */
let stressed: SampleEpoch
let first: SampleEpoch
let second: SampleEpoch
let third: SampleEpoch
beforeAll(async () => {
  stressed = await proveSampleEpoch(STRESS_BOOKS)
  const at = (days: number) => ({ ...PLAIN_BOOKS.table, timestamp: NOW + 86_400 * days })
  first = await proveSampleEpoch(PLAIN_BOOKS)
  second = await proveSampleEpoch({
    ...{ ...PLAIN_BOOKS, table: at(1), epoch: '2026-02', fresh: 1_000n, previous: digestOf(first) },
    policy: { ...FULL_RESERVES, minimumRatio: '1.2', instruments: { USDT: { minimumRatio: '1' } } },
  })
  // Of the same salts and blinds as the first, and of an older policy.
  third = await proveSampleEpoch({
    ...{ ...PLAIN_BOOKS, table: at(2), epoch: '2026-03', previous: digestOf(second) },
  })
})

type Files = SampleEpoch['files']

function audited(
  { files, pins }: Pick<SampleEpoch, 'files' | 'pins'>,
  options: Partial<AuditOptions> = {},
  change: (files: Files) => void = () => {},
): Promise<AuditReport> {
  const copy = { ...files }
  change(copy)
  return audit(bytesSource(copy), {
    ...{ pins, now: NOW, version: '0.0.0', development: true },
    ...options,
  })
}

const sourceOf = ({ files }: Pick<SampleEpoch, 'files'>, name = 'memory'): Source => bytesSource(files, name)
const exceptions = ({ procedures }: AuditReport): string[] =>
  procedures.filter(({ outcome }) => outcome === 'exception').map(({ id }) => id)
const outcomeOf = ({ procedures }: AuditReport, id: string) => procedures.find((each) => each.id === id)!

/** What opens a sample epoch, as a venue discloses it. */
function disclosed({ witness, manifest, files }: SampleEpoch, { table }: SampleBooks): Disclosure {
  const byRow = totalsByRow(witness.totals, table, witness.sizes)
  const { spots } = rowsByKind(table)
  const { totalsBlind, weightedTotals, weightedTotalsBlind, sizes, reservesBlind } = witness
  return disclosureOf(manifest, digestOf({ files }), table, {
    totals: {
      blind: totalsBlind,
      weightedTotalsDigest: weightedTotalsDigest(weightedTotals, sizes, weightedTotalsBlind),
      rows: table.instruments.map((_, row) => ({ long: byRow[2 * row]!, short: byRow[2 * row + 1]! })),
    },
    reserves: {
      blind: reservesBlind,
      rows: table.instruments.map((_, row) => ({
        reserves: witness.reserves[spots.indexOf(row)] ?? 0n,
        insurance: witness.insurance[spots.indexOf(row)] ?? 0n,
      })),
    },
  })
}

describe('an audit of an epoch (audit.1)', () => {
  test('numbers its procedures, names those that were not carried out, and hashes what it read', async () => {
    const report = await audited(stressed)
    expect(report).toMatchObject({ valid: true, exitCode: 0, manifestSha256: digestOf(stressed) })
    expect(report.state).toBe(stressed.manifest.parts.ledger.state)
    expect(report.procedures.map(({ number }) => number)).toEqual(report.procedures.map((_, i) => i + 1))
    expect(report.procedures.filter(({ what, id }) => what === id)).toEqual([])
    expect(report.procedures.filter(({ outcome }) => outcome === 'omitted').map(({ id }) => id)).toEqual([
      ...[
        'marks',
        'signature',
        'evidence',
        'liquidations',
        'second-prices',
        'open-epoch',
        'previous-link',
        'history',
        'settlement',
        'compare',
      ],
    ])
    const hashes = new Map(report.inputs.map(({ name, sha256 }) => [name, sha256]))
    for (const path of [EPOCH_PATHS.manifest, EPOCH_PATHS.risk, EPOCH_PATHS.policy, EPOCH_PATHS.solvency]) {
      expect(hashes.get(path), path).toBe(sha256Text(stressed.files[path]!))
    }
    // Of every other epoch that it read, too.
    const named = { previous: sourceOf(first), history: [sourceOf(first)], copy: sourceOf(second) }
    const { inputs } = await audited(second, named)
    const lines = ({ files }: SampleEpoch) =>
      Object.keys(files)
        .sort()
        .map((path) => `${sha256Text(files[path]!)}  ${path}\n`)
        .join('')
    const others = inputs.filter(({ name }) => /^(previous epoch|history|second copy) /.test(name))
    expect(others.map(({ sha256 }) => sha256)).toEqual(
      [first, first, second].map((one) => sha256Text(lines(one))),
    )
  })

  test('fails under development keys unless they are accepted, with exit code 1 (key.2)', async () => {
    const report = await audited(stressed, { development: false })
    expect([report.valid, report.exitCode, exceptions(report)]).toEqual([false, 1, ['provenance']])
    expect(report.meaning.join(' ')).not.toContain('is counted once')
  })

  test('fails with exit code 3 for a key that is not pinned, and goes on', async () => {
    const { 'ledger-tiny': _, ...pins } = stressed.pins
    const report = await audited({ ...stressed, pins })
    expect([report.valid, report.exitCode]).toEqual([false, 3])
    expect(exceptions(report)).toEqual(
      expect.arrayContaining(['key:ledger-tiny', 'batch:0000000', 'provenance']),
    )
    expect(outcomeOf(report, 'instruments').outcome).toBe('remark')
  })

  test('finds a flipped digit in any file, and runs every other procedure', async () => {
    const all = (await audited(stressed)).procedures.length
    for (const path of Object.keys(stressed.files)) {
      const flip = (files: Files) => {
        files[path] = files[path]!.replace(/[0-9](?=[^0-9]*$)/, (digit) => `${(Number(digit) + 1) % 10}`)
      }
      const report = await audited(stressed, {}, flip).catch((error: Error) => error)
      if (report instanceof Error) {
        expect([path, report.message]).toEqual([
          EPOCH_PATHS.manifest,
          expect.stringContaining('manifest.json'),
        ])
        continue
      }
      expect(report.valid, path).toBe(false)
      expect(exceptions(report).length, path).toBeGreaterThan(0)
      expect(report.procedures.length, path).toBeGreaterThanOrEqual(all - 2)
      expect(
        report.figures.filter(({ grade }) => grade === 'proven'),
        path,
      ).toEqual([])
    }
  })
})

describe('what an audit says of what was not shown (audit.1)', () => {
  test('calls nothing proven in any figure or field while a check or a key is not accepted', async () => {
    const broken = await audited(stressed, {}, (files) => {
      files[EPOCH_PATHS.batch(0)] = '{}'
    })
    const unaccepted = await audited(stressed, { development: false })
    for (const { figures, coverage, scenarios, attestation } of [broken, unaccepted]) {
      for (const { grade } of [...figures, ...coverage, ...scenarios]) expect(grade).not.toBe('proven')
      expect(JSON.stringify([figures, attestation])).not.toMatch(/are proven|proven to|Proven at|proven for/)
    }
    expect(JSON.stringify((await audited(stressed)).attestation)).toContain('Proven at the thresholds')
  })

  test('leaves a signer whom nobody named to the reader', async () => {
    const path = join(temporaryFolder(), 'key.json')
    const venue = await createSigningKey(path)
    const about = { manifest: digestOf(first), uri: '', deadline: 0 }
    const signed = await (await readSigningKey(path)).sign(epochSigned(first.manifest, about))
    const text = formatJson({ schema: 'plimsoll/epoch-signature/1', ...about, ...signed })
    const sign = (as: string) => (files: Files) => {
      files[EPOCH_PATHS.signature] = as
    }
    const outcomes = async (options: Partial<AuditOptions>, as = text) =>
      (await audited(first, options, sign(as))).procedures
        .filter(({ id }) => id === 'signature')
        .map(({ outcome }) => outcome)
    expect(await outcomes({})).toEqual(['remark'])
    expect(await outcomes({ venue })).toEqual(['passed'])
    expect(await outcomes({}, text.replace(digestOf(first), '1'.repeat(64)))).toEqual(['exception'])
  })

  test('calls no requirement without a bound proven, and no key by the ceremony of another', () => {
    const { table } = STRESS_BOOKS
    const grades = (policy: typeof FULL_RESERVES) =>
      scenarioFigures(table, resolvePolicy(policy, table), true, {}).map(({ grade }) => grade)
    expect(grades(FULL_RESERVES)).toEqual(['proven', 'claimed'])
    expect(grades(STRESS_BOOKS.policy!)).toEqual(['proven', 'proven'])
    const ceremony = { transcript: '1', powers: '2', contributors: ['A'], beaconRound: 1 }
    const pins = Object.fromEntries(
      Object.entries(first.pins).map(([name, pin]) => [
        name,
        { ...pin, keyHash: '0'.repeat(64), keyKind: 'ceremony' as const, ceremony },
      ]),
    )
    for (const key of provenance(first.manifest, pins)) {
      expect(key).toMatchObject({ pinned: false, kind: 'unknown' })
      expect(key).not.toHaveProperty('ceremony')
    }
  })
})

describe('what no proof can answer (audit.2)', () => {
  test('the policy is told in words, with its bounds, and what stands out is for the reader', async () => {
    const report = await audited(stressed)
    expect(report.policy).toContain(
      'In maintenance, at most 1 accounts are below zero, and what accounts lack is at most 360 USD in all.',
    )
    expect(report.remarks.join(' ')).toMatch(/derivatives, which nothing is held in reserve for.*PERP/)
    expect(report.remarks.join(' ')).not.toContain('without a bound')
    const plain = await audited(first)
    expect(plain.remarks).toContain(
      'there is no scenario: nothing is proven of any other price than the marks',
    )
  })

  test('marks are compared with a second source, to the tolerance and no further', async () => {
    const price = (text: string) => BigInt(text) * 10n ** 36n
    const compare = async (btc: string, tolerance: bigint) => {
      const prices = { prices: new Map([['BTC', price(btc)]]), tolerance }
      return outcomeOf(await audited(first, { prices }), 'second-prices')
    }
    // 97,000 is 3,000 below 100,000: exactly three percent.
    expect(await compare('100000', 30_000n)).toMatchObject({
      outcome: 'passed',
      finding: '1 marks within 3 % of the second source; without a second price: ETH, USDT',
    })
    expect(await compare('100000', 29_999n)).toMatchObject({ outcome: 'exception' })
    expect((await compare('100000', 0n)).finding).toContain('BTC 97000 against 100000')
    const none = { prices: new Map(), tolerance: 10_000n }
    expect(exceptions(await audited(first, { prices: none }))).toEqual(['second-prices'])
    const partly = await audited(first, {
      prices: { prices: new Map([['BTC', price('97000')]]), tolerance: 0n },
    })
    expect(partly.procedures).toContainEqual(
      expect.objectContaining({
        id: 'second-prices',
        outcome: 'omitted',
        finding: 'without a second price: ETH, USDT',
      }),
    )
  })

  test('a tolerance that a mark of nothing would meet is refused', async () => {
    const file = join(temporaryFolder(), 'prices.csv')
    writeFileSync(file, 'symbol,price\nBTC,97000\n')
    await expect(readSecondPrices(file, '1')).rejects.toMatchObject({ code: 'USAGE', where: '--tolerance' })
    expect((await readSecondPrices(file, '0.999999')).prices.tolerance).toBe(999_999n)
  })

  test('a copy is compared with what was verified, and not with what is sent later', async () => {
    const later: Files = { ...first.files, [EPOCH_PATHS.solvency]: `${first.files[EPOCH_PATHS.solvency]} ` }
    const [one, two] = [bytesSource(first.files), bytesSource(later)]
    const seen = new Set<string>()
    const source: Source = {
      ...one,
      read(path, maxBytes) {
        const from = seen.has(path) ? two : one
        seen.add(path)
        return from.read(path, maxBytes)
      },
    }
    const report = await audit(source, {
      ...{ pins: first.pins, now: NOW, version: '0.0.0', development: true },
      copy: two,
    })
    expect(exceptions(report)).toEqual(['compare'])
    expect(outcomeOf(report, 'compare').finding).toContain('solvency.json: not the same file')
  })

  test('two copies are compared byte by byte, and the first difference is named', async () => {
    const copy = (change: (files: Files) => void) => {
      const files = { ...first.files }
      change(files)
      return audited(first, { copy: bytesSource(files) })
    }
    expect(outcomeOf(await copy(() => {}), 'compare').outcome).toBe('passed')
    const changed = await copy((files) => {
      files[EPOCH_PATHS.risk] = files[EPOCH_PATHS.risk]!.replace('97000', '97001')
    })
    expect(outcomeOf(changed, 'compare').finding).toMatch(
      /^risk\.json: the first difference is in line \d+, byte \d+/,
    )
    const less = await copy((files) => {
      delete files[EPOCH_PATHS.solvency]
    })
    expect(outcomeOf(less, 'compare').finding).toBe('solvency.json: only this one has it')
  })
})

describe('a disclosure (audit.3)', () => {
  test('opens totals and reserves: ratios and margins are recomputed from them', async () => {
    const disclosure = disclosed(stressed, STRESS_BOOKS)
    expect(parseDisclosure(formatJson(disclosure), 'disclosure.json')).toEqual(disclosure)
    const report = await audited(stressed, { disclosure })
    expect(exceptions(report)).toEqual([])
    expect(report.coverage).toEqual([
      expect.objectContaining({ symbol: 'BTC', owed: '2.6', held: '2.6', ratio: '1', grade: 'recomputed' }),
      expect.objectContaining({ symbol: 'USDT', owed: '250007.25', held: '250007.25', ratio: '1' }),
    ])
    // The loan of 9,000 comes back at 0.99, and so does the fund of 5,000; nothing of BTC is over.
    expect(report.scenarios[0]).toMatchObject({ name: 'crash', margin: '13860', grade: 'recomputed' })
  })

  test('of nearly all that is owed is not drawn as of all', () => {
    const drawn = coveragePlot([
      { symbol: 'BTC', threshold: '0.99996', ratio: '0.999967', grade: 'recomputed' },
      { symbol: 'ETH', threshold: '0.99996', grade: 'proven' },
      { symbol: 'USDT', threshold: '1', ratio: '1.15', grade: 'recomputed' },
      { symbol: 'SOL', threshold: '1', atLeast: '1.03', grade: 'proven' },
    ]).text
    expect([...drawn.matchAll(/<text x="[^"]*" y="[^"]*">([^<]* %)</g)].map(([, words]) => words)).toEqual([
      ...['99.99 %', 'at least 99.99 %', '115 %', 'at least 103 %'],
    ])
  })

  test('of one part opens that part alone', async () => {
    const { reserves: _, ...rest } = disclosed(stressed, STRESS_BOOKS)
    const part: Disclosure = { ...rest, shown: ['totals'], hidden: ['reserves', 'accounts', 'shortfalls'] }
    const report = await audited(stressed, { disclosure: part })
    expect(exceptions(report)).toEqual([])
    expect(report.coverage.every(({ ratio, grade }) => ratio === undefined && grade === 'proven')).toBe(true)
    expect(report.coverage.map(({ owed, held }) => [owed, held])).toEqual([
      ...[
        ['2.6', undefined],
        ['250007.25', undefined],
      ],
    ])
    expect(() => parseDisclosure(formatJson({ ...part, shown: ['totals', 'reserves'] }), 'x')).toThrow(
      'shown',
    )
    expect(() => parseDisclosure(formatJson({ ...part, hidden: ['accounts', 'shortfalls'] }), 'x')).toThrow(
      'hidden',
    )
  })

  test('shows no insurance fund that nothing commits to', async () => {
    const disclosure = disclosed(first, PLAIN_BOOKS)
    expect(exceptions(await audited(first, { disclosure }))).toEqual([])
    disclosure.reserves!.amounts.BTC!.insurance = '1000'
    expect(exceptions(await audited(first, { disclosure }))).toEqual(['open-reserves'])
  })

  test('of another amount, blind or epoch is refused by name', async () => {
    const honest = disclosed(stressed, STRESS_BOOKS)
    const lies: [string, (file: Disclosure) => void][] = [
      [
        'open-totals',
        (file) => {
          file.totals!.amounts.BTC!.long = '2.59'
        },
      ],
      [
        'open-totals',
        (file) => {
          file.totals!.amounts.USDT!.short = '8999'
        },
      ],
      [
        'open-totals',
        (file) => {
          file.totals!.amounts.PERP = { long: '1', short: '2' }
        },
      ],
      [
        'open-totals',
        (file) => {
          file.totals!.blind = '556'
        },
      ],
      [
        'open-totals',
        (file) => {
          file.totals!.weightedTotalsDigest = '1'
        },
      ],
      [
        'open-totals',
        (file) => {
          file.totals!.amounts.DOGE = { long: '1', short: '0' }
        },
      ],
      [
        'open-reserves',
        (file) => {
          file.reserves!.amounts.BTC!.reserves = '2.61'
        },
      ],
      [
        'open-reserves',
        (file) => {
          file.reserves!.amounts.USDT!.insurance = '0'
        },
      ],
      [
        'open-reserves',
        (file) => {
          file.reserves!.blind = '0'
        },
      ],
      [
        'open-reserves',
        (file) => {
          file.reserves!.amounts.PERP = { reserves: '1', insurance: '0' }
        },
      ],
      [
        'open-epoch',
        (file) => {
          file.manifest = '0'.repeat(64)
        },
      ],
      [
        'open-epoch',
        (file) => {
          file.venue = 'Another Venue'
        },
      ],
    ]
    for (const [id, lie] of lies) {
      const disclosure = structuredClone(honest)
      lie(disclosure)
      expect(exceptions(await audited(stressed, { disclosure })), lie.toString()).toEqual([id])
    }
  })
})

describe('an epoch and those before it (audit.4)', () => {
  test('follows from the previous one, by its digest', async () => {
    const report = await audited(second, { previous: sourceOf(first) })
    expect(exceptions(report)).toEqual([])
    expect(outcomeOf(report, 'previous-scope').outcome).toBe('passed')
  })

  test('uses nothing again that has to be fresh, and promises no less', async () => {
    const report = await audited(third, { previous: sourceOf(second) })
    expect(exceptions(report)).toEqual(['previous-scope'])
    expect(outcomeOf(report, 'previous-scope').finding).toContain('BTC minimumRatio 1')
    const again = await audited(third, { previous: sourceOf(first) })
    expect(exceptions(again)).toEqual(['previous-link', 'previous-fresh'])
    expect(outcomeOf(again, 'previous-fresh').finding).toMatch(/accountsRoot.*reservesCommitment/)
    const itself = await audited(second, { previous: sourceOf(second) })
    expect(exceptions(itself)).toEqual(
      expect.arrayContaining(['previous-venue', 'previous-link', 'previous-later', 'previous-fresh']),
    )
  })

  test('shows no less than before: what was disclosed and is not now is an exception', async () => {
    const previousDisclosure = disclosed(first, PLAIN_BOOKS)
    const report = await audited(second, { previous: sourceOf(first), previousDisclosure })
    expect(outcomeOf(report, 'previous-scope').finding).toBe(
      'less than before: disclosed totals, disclosed reserves',
    )
    const unknown = await audited(second, { previous: sourceOf(first) })
    expect(outcomeOf(unknown, 'previous-scope').finding).toContain(
      'what was disclosed before is not compared',
    )
    const other = { ...previousDisclosure, manifest: '1'.repeat(64) }
    const astray = await audited(second, { previous: sourceOf(first), previousDisclosure: other })
    expect(exceptions(astray)).toContain('previous-open')
    const alone = await audited(second, { previousDisclosure })
    expect(outcomeOf(alone, 'previous-open').outcome).toBe('omitted')
  })

  test('knows what is shown of chosen instruments apart from what is shown whole', async () => {
    const opened = await openEpoch(sourceOf(stressed), { pins: stressed.pins })
    const scopeOf = async (shown: string[], before: string[]) => {
      const checks = await compareEpochs({ opened, shown }, { opened, shown: before })
      return checks.find(({ id }) => id === 'previous-scope')!.detail
    }
    expect(await scopeOf(['totals'], ['totals of BTC'])).toBe('more than before: disclosed totals')
    expect(await scopeOf(['totals of BTC'], ['totals'])).toBe('less than before: disclosed totals')
    expect(await scopeOf(['totals of ETH', 'ratio at mark'], ['totals of BTC', 'ratio at mark'])).toBe(
      'less than before: disclosed totals of BTC',
    )
  })

  test('counts an instrument without reserves and a scenario without cover as less, whatever their names', async () => {
    const opened = await openEpoch(sourceOf(stressed), { pins: stressed.pins })
    const scopeOf = async (table: RiskTable) => {
      const now = { ...opened, read: { ...opened.read, table } }
      const checks = await compareEpochs({ opened: now }, { opened })
      return checks.find(({ id }) => id === 'previous-scope')!
    }
    expect((await scopeOf(STRESS_BOOKS.table)).valid).toBe(true)
    const [crash, ...rest] = STRESS_RISK.scenarios
    const spared = { ...STRESS_RISK, scenarios: [{ ...crash, requirement: true }, ...rest] }
    expect((await scopeOf(parseRiskTable(JSON.stringify(spared), 'risk.json'))).detail).toBe(
      'less than before: cover in crash',
    )
    const { table } = STRESS_BOOKS
    const instruments = table.instruments.map((row) =>
      row.symbol === 'USDT' ? { ...row, kind: 'perp' as const } : row,
    )
    expect((await scopeOf({ ...table, instruments })).detail).toBe('less than before: reserves of USDT')
  })

  test('counts a liquidation that may come sooner, close more or cost more as less', async () => {
    const pair = await samplePair()
    const [{ opened: now }, { opened: before }] = [
      await openedIn(pair.now.files),
      await openedIn(pair.before.files),
    ]
    const scopeOf = async (change: Partial<NonNullable<PolicyFile['liquidation']>>) => {
      const liquidation = { ...pair.policy.liquidation!, ...change }
      const read = { ...now.read, policy: { ...now.read.policy!, liquidation } }
      const checks = await compareEpochs({ opened: { ...now, read } }, { opened: before })
      return checks.find(({ id }) => id === 'previous-scope')!
    }
    expect((await scopeOf({})).valid).toBe(true)
    expect((await scopeOf({ penalty: '0.009', overshoot: '10.0' })).valid).toBe(true)
    expect((await scopeOf({ requirement: 'initial' })).detail).toContain(
      'promised of liquidation requirement',
    )
    for (const [bound, value] of [
      ['target', '1.21'],
      ['backstop', '0.51'],
      ['penalty', '0.0101'],
      ['takeoverPenalty', '0.03'],
      ['overshoot', '10.01'],
    ] as const) {
      expect((await scopeOf({ [bound]: value })).detail).toBe(
        `less than before: promised of liquidation ${bound} ${value}`,
      )
    }
  })

  test('counts a layer that the waterfall no longer names as less (settlement.40)', async () => {
    const opened = await openEpoch(sourceOf(stressed), { pins: stressed.pins })
    const scopeOf = async (own: Layer[] | undefined, old: Layer[] | undefined) => {
      const withOrder = (order: Layer[] | undefined) => {
        const { waterfall: _, ...policy } = opened.read.policy!
        const read = { ...opened.read, policy: { ...policy, ...(order && { waterfall: { order } }) } }
        return { opened: { ...opened, read } }
      }
      const checks = await compareEpochs(withOrder(own), withOrder(old))
      return checks.find(({ id }) => id === 'previous-scope')!
    }
    expect((await scopeOf([], undefined)).detail).toBe('less than before: layer insurance')
    expect((await scopeOf(['capital'], ['mutual', 'capital'])).detail).toBe('less than before: layer mutual')
    expect((await scopeOf(['capital', 'insurance'], undefined)).detail).toContain(
      'more than before: layer capital',
    )
    expect((await scopeOf(['insurance'], undefined)).detail).toContain('the same is proven and promised')
  })

  test('counts a policy that lets customers bear a loss sooner as less (settlement.40)', async () => {
    const opened = await openEpoch(sourceOf(stressed), { pins: stressed.pins })
    const scopeOf = async (own: string | undefined, old: string | undefined) => {
      const withDust = (dust: string | undefined) => {
        const { settlement: _, ...policy } = opened.read.policy!
        const read = {
          ...opened.read,
          policy: { ...policy, ...(dust !== undefined && { settlement: { dust } }) },
        }
        return { opened: { ...opened, read } }
      }
      const checks = await compareEpochs(withDust(own), withDust(old))
      return checks.find(({ id }) => id === 'previous-scope')!
    }
    for (const old of ['100', undefined]) {
      expect((await scopeOf('1000000', old)).detail).toContain(
        'less than before: promised of losses that customers bear: layers may be worth 1000000 ',
      )
    }
    for (const own of ['100', '99', undefined]) expect((await scopeOf(own, '100')).valid).toBe(true)
  })

  test('names a scenario that moves prices less under its old name, and values in another currency', async () => {
    const opened = await openEpoch(sourceOf(stressed), { pins: stressed.pins })
    const { table } = STRESS_BOOKS
    const scopeOf = async (change: (table: RiskTable) => RiskTable) => {
      const now = { ...opened, read: { ...opened.read, table: change(table) } }
      const checks = await compareEpochs({ opened: now }, { opened })
      return checks.find(({ id }) => id === 'previous-scope')!
    }
    const [crash] = table.scenarios
    const row = rowsByKind(table).spots.find((at) => {
      const { mark } = table.instruments[at]!
      return crash!.values[at]!.long < mark - 10n
    })!
    const { symbol, mark } = table.instruments[row]!
    const valued = (long: bigint) => (given: RiskTable) => ({
      ...given,
      scenarios: given.scenarios.map((scenario, i) =>
        i === 0
          ? { ...scenario, values: scenario.values.with(row, { ...scenario.values[row]!, long }) }
          : scenario,
      ),
    })
    const { long } = crash!.values[row]!
    expect(await scopeOf(valued(long + (mark - long) / 2n))).toMatchObject({
      valid: false,
      detail: `less than before: milder than it was: ${symbol} in ${crash!.name}`,
    })
    expect(await scopeOf(valued(long / 2n))).toMatchObject({
      valid: true,
      detail: expect.stringContaining(`harsher than it was: ${symbol} in ${crash!.name}`),
    })
    // The same fall of a price that has doubled is the same scenario.
    const doubled = (given: RiskTable): RiskTable => ({
      ...given,
      instruments: given.instruments.map((each) => ({ ...each, mark: 2n * each.mark })),
      scenarios: given.scenarios.map((scenario) => ({
        ...scenario,
        values: scenario.values.map((each) => ({ long: 2n * each.long, short: 2n * each.short })),
      })),
    })
    expect((await scopeOf(doubled)).valid).toBe(true)
    expect(await scopeOf((given) => ({ ...given, quote: 'EUR' }))).toMatchObject({
      valid: false,
      detail: `less than before: values in ${table.quote}`,
    })
  })

  test('is judged by the age of its own marks, and those before it by its keys', async () => {
    const dated = { previous: sourceOf(first), now: NOW + 86_400, maxAge: 3600 }
    expect(exceptions(await audited(second, dated))).toEqual([])
    const strict = await audited(second, { ...dated, development: false })
    expect(exceptions(strict)).toEqual(['provenance', 'previous-valid'])
    const none = await audited(second, { previous: bytesSource({}, 'nowhere') })
    expect([none.exitCode, exceptions(none)]).toEqual([2, ['previous-valid']])
  })

  test('a history has no broken copy, and nothing that an epoch further back used', async () => {
    const broken = bytesSource({ ...first.files, [EPOCH_PATHS.batch(0)]: '{}' }, 'broken')
    for (const history of [
      [broken, sourceOf(first)],
      [sourceOf(first), broken],
    ]) {
      expect(exceptions(await audited(second, { history }))).toEqual(['history-epoch:2026-01'])
    }
    const itself = bytesSource({ ...second.files, [EPOCH_PATHS.batch(0)]: '{}' }, 'itself')
    expect(exceptions(await audited(second, { history: [itself, sourceOf(first)] }))).toEqual([
      'history-epoch:itself',
    ])
    const again = await audited(third, { history: [sourceOf(second), sourceOf(first)] })
    expect(outcomeOf(again, 'history-epoch:2026-01').finding).toMatch(
      /^used again in epoch 2026-03: .*reservesCommitment/,
    )
  })

  test('is the end of one history, walked by digests; a gap and a second branch are found', async () => {
    const whole = await audited(second, { history: [sourceOf(second), sourceOf(first)] })
    expect(exceptions(whole)).toEqual([])
    expect(outcomeOf(whole, 'history').finding).toBe('2 epochs, one way back to the first')
    const gap = await audited(third, { history: [sourceOf(first)] })
    expect(outcomeOf(gap, 'history').finding).toContain('which is not here')
    const branch = await audited(second, { history: [sourceOf(first), sourceOf(third)] })
    expect(outcomeOf(branch, 'history').finding).toBe('no manifest leads to: 2026-03')
    const files = { ...first.files }
    files[EPOCH_PATHS.manifest] = files[EPOCH_PATHS.manifest]!.replace('Tiny Venue', 'Tiny Venuf')
    const rewritten = await audited(second, { history: [bytesSource(files)] })
    expect(exceptions(rewritten)).toEqual(['history'])
    const broken = await audited(second, { history: [sourceOf(first), bytesSource({}, 'elsewhere')] })
    expect(exceptions(broken)).toEqual(['history-epoch:elsewhere'])
  })
})

describe('the page of a report (audit.5)', () => {
  const words = parseWords(
    formatJson({
      schema: 'plimsoll/words/1',
      venue: { responsibleParty: 'Tiny Venue Ltd', assertion: 'All is held.' },
      auditor: { practitioner: 'A. Auditor' },
      chains: [{ chain: 'Bitcoin', block: '930000', time: '2026-01-01' }],
      holdings: [{ asset: 'BTC', class: 'coin', place: 'bc1…', evidence: 'message' }],
    }),
    'words.json',
  )

  test('has no script and no reference to anything outside, and every section', async () => {
    const page = auditPage(await audited(stressed, { words, disclosure: disclosed(stressed, STRESS_BOOKS) }))
    expect(page).not.toMatch(/<script|<link|<img|<iframe|<object|<form|url\(|@import|javascript:|https?:/i)
    expect(page).not.toMatch(/\s(?:src|href|srcset|action|on[a-z]+)=/i)
    expect(page).toContain('content="default-src &#39;none&#39;')
    for (const heading of [
      ...['Procedures and findings', 'Figures, and how each is known', 'Coverage by instrument', 'Scenarios'],
      ...[
        'Policy and waterfall',
        'Keys',
        'Fields of an attestation',
        'How to repeat it by hand',
        'Inputs and tool',
      ],
    ]) {
      expect(page).toContain(`<h2>${heading}</h2>`)
    }
    expect(page.indexOf('VALID')).toBeLessThan(page.indexOf('<h2>'))
    expect(page.match(/<svg/g)).toHaveLength(3)
    expect(page).toContain('the auditor’s word')
  })

  test('tells an exception on top, and calls nothing proven', async () => {
    const page = auditPage(
      await audited(stressed, {}, (files) => {
        files[EPOCH_PATHS.batch(0)] = '{}'
      }),
    )
    expect(page).toContain('<strong>NOT VALID</strong>')
    expect(page.indexOf('<h2>Exceptions</h2>')).toBeLessThan(page.indexOf('<h2>Procedures'))
    expect(page).not.toContain('<span class="tag proven">')
  })

  test('lets no text from a file run, leave its place or draw', async () => {
    const tags = `</td></style></title><script>alert(1)</script><img src=x onerror="alert(1)">'"&`
    const report = await audited(stressed)
    const evil = (value: unknown): unknown => {
      if (typeof value === 'string') return `${tags}${ALL_HOSTILE}`
      if (Array.isArray(value)) return value.map(evil)
      if (typeof value !== 'object' || value === null) return value
      return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, evil(part)]))
    }
    const keep = ({ procedures, figures, keys, coverage, scenarios, attestation, ...rest }: AuditReport) => ({
      ...(evil(rest) as AuditReport),
      procedures: procedures.map((p) => ({ ...(evil(p) as typeof p), outcome: p.outcome })),
      figures: figures.map((f) => ({ ...(evil(f) as typeof f), grade: f.grade })),
      keys: keys.map((k) => ({ ...(evil(k) as typeof k), kind: k.kind, circuit: k.circuit })),
      coverage: coverage.map((c) => ({ ...(evil(c) as typeof c), grade: c.grade, threshold: '1' })),
      scenarios: scenarios.map((s) => ({ ...s, name: `${tags}${ALL_HOSTILE}` })),
      attestation: attestation.map((a) => ({
        ...a,
        entries: a.entries.map(({ by }) => ({ by, text: `${tags}${ALL_HOSTILE}` })),
      })),
      claimed: { chains: [{ chain: tags, block: ALL_HOSTILE, time: tags }] },
    })
    const page = auditPage(keep(report))
    expect(page).not.toMatch(/<script|<img|<\/td><\/style/i)
    for (const tag of page.matchAll(/<[^>]*>/g)) expect(tag[0]).not.toMatch(/alert|onerror/)
    expect(page.match(/<\/style>/g)).toHaveLength(1)
    for (const [name, text] of Object.entries(HOSTILE)) {
      expect(page.includes(text), name).toBe(false)
    }
    expect(page).not.toMatch(/(?!\n)[\p{C}\p{Zl}\p{Zp}]/u)
  })

  test('takes words by their schema alone', () => {
    for (const file of [
      { schema: 'plimsoll/words/1', venue: { balance: 'x' } },
      { schema: 'plimsoll/words/2' },
    ]) {
      expect(() => parseWords(formatJson(file), 'words.json')).toThrow('words.json')
    }
  })
})
