import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { filesIn, writeVectors } from '../../../scripts/conformance/write.js'
import { RISK } from '../../../scripts/soundness/samples/venue.js'
import { bytesSource } from '../../../src/bundle/index.js'
import { verifyEpoch } from '../../../src/epoch/index.js'
import { folderSource, readPins } from '../../../src/inputs/index.js'
import { MARGIN_MODELS, type MarginModelName, withRule } from '../../../src/models/index.js'
import { formatRiskTable, parseRiskTable, riskDigests, tableSizes } from '../../../src/risk/index.js'
import { formatJson } from '../../../src/schema/index.js'
import { temporaryFolder } from '../../helpers/cli.js'
import { proveSampleEpoch, type SampleBooks, type SampleEpoch } from '../../helpers/epoch.js'
import { rootIndependently, verifyIndependently } from '../../helpers/independent-verifier.js'
import { agreeing } from '../../helpers/models.js'
import { cash, coin, STRESS_BOOKS, TIER_BOOKS } from '../../helpers/stress-books.js'

const [BTC, , USDT] = RISK.instruments
const tableOf = (risk: object) => parseRiskTable(JSON.stringify(risk), 'risk.json')

/** A table with a rule of two requirements, a scan, a choice and a limit. */
const MARGIN_BOOKS: SampleBooks = {
  table: tableOf({
    ...RISK,
    instruments: [BTC, USDT],
    margin: {
      schema: 'plimsoll/margin-rule/2',
      ...{ model: 'made up', timestamp: RISK.timestamp, quote: RISK.quote },
      valueDecimals: RISK.valueDecimals,
      instruments: [
        { symbol: 'BTC', decimals: 8, value: { long: '90000', short: '105000' } },
        { symbol: 'USDT', decimals: 6, value: { long: '0.9', short: '1.1' } },
      ],
      exposures: [
        {
          name: 'debt of coins',
          adds: { sum: 'debts' },
          lines: [{ constant: '-5', terms: [{ symbol: 'BTC', long: '0', short: '900' }] }],
        },
      ],
      requirements: [
        { name: 'initial', threshold: '10', charges: [{ sum: 'debts', factor: '1.5' }] },
        { name: 'maintenance', threshold: '0', charges: [{ sum: 'debts', factor: '1' }] },
      ],
      limits: [
        {
          name: 'size',
          cap: '1000000',
          lines: [{ constant: '0', terms: [{ symbol: 'BTC', long: '90000', short: '90000' }] }],
        },
      ],
    },
  }),
  batches: [
    { instance: 'ledger-tiny', accounts: [[['BTC', coin(1)]]] },
    { instance: 'ledger-tiny', accounts: [[['USDT', cash(5)]]] },
  ],
  solvency: 'solvency-tiny',
  reserves: { BTC: coin(1.3), USDT: cash(7) },
}

/**
 * Plain and stressed batches, a perp, two scenarios, one of them a requirement, and a policy with bounds; then
 * tiers and pledges; then a margin rule. Beside each, the vectors that are of it alone.
 */
const BOOKS = [
  ['with scenarios and bounds', STRESS_BOOKS, []],
  ['with tiers', TIER_BOOKS, ['tier-width', 'tier-list', 'tier-value']],
  ['with a margin rule', MARGIN_BOOKS, ['margin-left-out', 'margin-threshold', 'margin-row', 'margin-name']],
] as const
const epochs: SampleEpoch[] = []
let epoch: SampleEpoch
beforeAll(async () => {
  for (const [, books] of BOOKS) epochs.push(await proveSampleEpoch(books))
  epoch = epochs[0]!
})

describe.each(BOOKS.map(([what, , own], index) => ({ what, own, index })))('an epoch $what', (books) => {
  test('is accepted by a verifier that was written from the specification alone, as by this one (epoch.23)', async () => {
    const { files, pins } = epochs[books.index]!
    expect(await verifyIndependently(files, pins)).toBeUndefined()
    expect((await verifyEpoch(bytesSource(files), { pins })).valid).toBe(true)
  })

  test('is refused by both with every tampered vector, as the files that others run (epoch.23)', async () => {
    const { files: valid, pins } = epochs[books.index]!
    const out = temporaryFolder()
    const written = writeVectors(valid, formatJson({ schema: 'plimsoll/pins/2', keys: pins }), out)
    expect(JSON.parse(readFileSync(join(out, 'vectors.json'), 'utf8'))).toEqual(written)
    expect(await readPins(join(out, 'pins.json'))).toEqual(pins)
    expect(written.filter(({ valid }) => !valid).length).toBeGreaterThanOrEqual(20)
    const names = written.map(({ folder }) => folder)
    expect(new Set(names).size).toBe(names.length)
    expect(names.filter((name) => /^(?:tier|margin)-/.test(name))).toEqual(books.own)
    // What is the same in every epoch is tried in one.
    const own = ['valid', 'mark-named', ...books.own]
    const tried = written.filter(({ folder }) => books.index === 0 || own.includes(folder))
    for (const { folder, valid: isValid } of tried) {
      const files = filesIn(join(out, folder))
      expect(isDeepStrictEqual(files, valid), folder).toBe(isValid)
      const independent = await verifyIndependently(files, pins)
      expect(independent === undefined, folder).toBe(isValid)
      if (/^(?:tier|margin|mark-named)/.test(folder)) expect(independent, folder).toBe('riskRoot')
      const source = folderSource(join(out, folder))
      const here = await verifyEpoch(source, { pins }).catch((error: unknown) => error)
      expect(here, folder).toMatchObject(isValid ? { valid: true } : { exitCode: expect.any(Number) })
      expect((here as { valid?: boolean }).valid === true, folder).toBe(isValid)
    }
  })
})

test.each(Object.keys(MARGIN_MODELS) as MarginModelName[])(
  'both put the same rows of a rule of %s under the risk root (epoch.23)',
  async (model) => {
    for (const { rule, table } of fc.sample(agreeing(model), { numRuns: 3, seed: 23 })) {
      const built = withRule(table, rule, 'CASH')
      const sizes = tableSizes(built)
      const { riskRoot } = riskDigests(built, sizes)
      const file = JSON.parse(formatRiskTable(built))
      expect(await rootIndependently(file, sizes)).toBe(riskRoot.toString())
      file.margin.requirements.at(-1).threshold += '1'
      expect(await rootIndependently(file, sizes), 'the control').not.toBe(riskRoot.toString())
    }
  },
)

test('what the other verifier does not check it does not accept: a settlement (epoch.23)', async () => {
  const files = { ...epoch.files, 'settlement/settlement.json': '{}' }
  expect(await verifyIndependently(files, epoch.pins)).toBe('settlement: not checked')
})

test('a key of somebody else is refused by both, whatever the manifest says (epoch.23)', async () => {
  const { 'ledger-tiny': pin, ...rest } = epoch.pins
  const other = { ...rest, 'ledger-tiny': { ...pin!, keyHash: '0'.repeat(64) } }
  expect(await verifyIndependently(epoch.files, other)).toBe('key ledger-tiny')
  expect((await verifyEpoch(bytesSource(epoch.files), { pins: other })).valid).toBe(false)
})
