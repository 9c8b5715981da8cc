import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { Rational } from '../../../../src/field/index.js'
import { readRiskTable } from '../../../../src/inputs/index.js'
import {
  assertCarried,
  assertWithin,
  calibrate,
  digestHistory,
  formatProposal,
  formatProposalSignature,
  makeProposal,
  type PriceSeries,
  type Proposal,
  proposalCalibration,
  proposalSigned,
  readHistory,
  readInForce,
  readProposal,
  readRiskBounds,
  readStressRequest,
  signaturePath,
  stressScenarios,
  verifyProposal,
  withChanges,
} from '../../../../src/models/index.js'
import {
  floored,
  floorSchema,
  longVolatility,
  stressedQuantile,
} from '../../../../src/models/propose/floor.js'
import { withScenarios } from '../../../../src/risk/index.js'
import { readSigningKey } from '../../../../src/venue/index.js'
import { temporaryFolder } from '../../../helpers/cli.js'

const folder = temporaryFolder()
const at = (name: string) => join(folder, name)
const HISTORY = 'examples/stress/prices.csv'
const STRESS = 'examples/venue/stress.json'
const BOUNDS = 'examples/venue/bounds.json'
const KEY = 'examples/venue/signing-key.json'
const MADE_AT = 1767225600

type Floor = Proposal['settings']['floor']

async function made(parts: { floor?: Floor; stress?: string; bounds?: string; series?: PriceSeries[] } = {}) {
  const { floor = { kind: 'buffer', share: '0.25' }, stress = STRESS, bounds = BOUNDS } = parts
  return makeProposal({
    series: parts.series ?? (await readHistory([{ path: HISTORY }], { maxGapDays: 1 })),
    history: await digestHistory([{ path: HISTORY }]),
    inForce: await readInForce(stress),
    bounds: await readRiskBounds(bounds),
    settings: { calibration: proposalCalibration('0.999', 1), window: 1000, floor },
    madeAt: MADE_AT,
  })
}

/** A copy of the example's file with other text in it. */
function changed(path: string, name: string, change: (text: string) => string): string {
  const text = readFileSync(path, 'utf8')
  const other = change(text)
  expect(other).not.toBe(text)
  writeFileSync(at(name), other)
  return at(name)
}

describe('the floor against procyclicality is that of Article 28 (risk.21)', () => {
  const about = { confidence: 0.99, shareOf: (loss: number) => loss }

  test('a buffer is whole at first and in calm times, is used up by a rise, and never falls below what was calculated', () => {
    const buffer = { kind: 'buffer', share: '0.25' } as const
    const path = [0.1, 0.11, 0.125, 0.13, 0.2, 0.19, 0.17, 0.15, 0.1]
    let before: number | undefined
    const said = path.map((calculated) => (before = floored(calculated, buffer, { ...about, before })))
    const expected = [0.125, 0.125, 0.125, 0.13, 0.2, 0.2, 0.2, 0.1875, 0.125]
    for (const [i, value] of said.entries()) expect(value).toBeCloseTo(expected[i]!, 12)
  })

  test('a long window never lets a figure fall below the normal quantile of its volatility', () => {
    const long = { kind: 'long-window', periods: 2500 } as const
    const z99 = 2.326347874
    expect(floored(0.01, long, { ...about, longVolatility: 0.02 })).toBeCloseTo(z99 * 0.02, 9)
    expect(floored(0.06, long, { ...about, longVolatility: 0.02 })).toBe(0.06)
    expect(longVolatility([9, 0.03, -0.04], 2)).toBeCloseTo(Math.sqrt((0.03 ** 2 + 0.04 ** 2) / 2), 15)
  })

  test('stressed returns have their weight in a quantile, or that of their number if it is more', () => {
    // The third to the sixth are the stressed ones: their squares sum to 0.0086.
    const losses = [9, 0.01, 0.02, 0.05, -0.04, 0.06, -0.03, 0.005, -0.01, 0.015, -0.02]
    const quantile = (weight: string, confidence: number) =>
      stressedQuantile(losses, { weight, periods: 10, stressed: 4 }, confidence)
    // At a half, each of the four weighs 1/8 and each of the six others 1/12: 0.06, 0.05 and 0.02 from above
    // sum to 1/8, 1/4 and 1/3.
    expect([0.9, 0.875, 0.8, 0.75, 0.7, 0.6].map((c) => quantile('0.5', c))).toEqual([
      ...[0.06, 0.05, 0.05, 0.02, 0.02, 0.015],
    ])
    // At a quarter each of the ten weighs as much as any.
    expect([0.95, 0.9, 0.8, 0.7].map((c) => quantile('0.25', c))).toEqual([0.06, 0.05, 0.02, 0.015])
    // All of the weight: the others are not there.
    expect([0.8, 0.75, 0.5, 0.25].map((c) => quantile('1', c))).toEqual([0.06, 0.05, -0.03, -0.04])
    const stressed = { kind: 'stressed', weight: '0.25', periods: 2520, stressed: 252 } as const
    expect(floored(0.04, stressed, { ...about, stressedLoss: 0.06 })).toBe(0.06)
    expect(floored(0.07, stressed, { ...about, stressedLoss: 0.06 })).toBe(0.07)
  })

  test('a crisis that the window of the estimates has forgotten still counts with its weight', async () => {
    const closes = [100]
    // Two hundred returns of the crisis, then 1,500 calm ones; a crisis returns every fourth day 8 %.
    for (let i = 0; i < 1700; i++) {
      const sign = i % 2 === 0 ? 1 : -1
      const move = i < 200 ? (i % 4 < 2 ? 0.08 : 0.02) : 0.01 + (i % 7) / 1000
      closes.push(closes.at(-1)! * Math.exp(sign * move))
    }
    const dates = closes.map((_, i) => new Date(Date.UTC(2020, 0, 1 + i)).toISOString().slice(0, 10))
    const series = [{ asset: 'BTC', dates, closes }]
    const plain = await made({ series, floor: { kind: 'none' } })
    const floor = { kind: 'stressed', weight: '0.25', periods: 2520, stressed: 200 } as const
    const weighted = await made({ series, floor })
    const haircut = ({ changes }: Proposal) => changes.find(({ parameter }) => parameter === 'haircut')!.after
    expect(Number(haircut(plain))).toBeLessThan(0.05)
    // A quarter of a quarter of the weight are falls of 8 %: far more than a thousandth.
    expect(haircut(weighted)).toBe((Math.ceil(1e6 * (1 - Math.exp(-0.08))) / 1e6).toFixed(6))
  })

  test('a buffer below 25 % is refused, and so is a window below a year', () => {
    const takes = (floor: unknown) => floorSchema.safeParse(floor).success
    expect(['0.25', '0.3', '1'].map((share) => takes({ kind: 'buffer', share }))).toEqual([true, true, true])
    expect(['0.2', '0.249999', '1.1', '-1', '25'].some((share) => takes({ kind: 'buffer', share }))).toBe(
      false,
    )
    expect(takes({ kind: 'long-window', periods: 249 })).toBe(false)
    expect(takes({ kind: 'none', share: '0.25' })).toBe(false)
    const weighing = (weight: string) => takes({ kind: 'stressed', weight, periods: 2520, stressed: 252 })
    expect(['0.25', '1', '0.249999', '1.1'].map(weighing)).toEqual([true, true, false, false])
  })
})

describe('a proposal says what is to change, by what, and whether it may (risk.22)', () => {
  test('values are the figures of `risk calibrate` with the floor, and say where they come from', async () => {
    const proposal = await made()
    const series = await readHistory([{ path: HISTORY }], { maxGapDays: 1 })
    const { assets } = calibrate(series, proposal.settings.calibration)
    expect(proposal.changes.map(({ instrument, parameter }) => `${instrument} ${parameter}`)).toEqual(
      ['BTC', 'ETH', 'BTC-PERP', 'ETH-PERP'].flatMap((name) => [`${name} haircut`, `${name} markup`]),
    )
    for (const { parameter, before, after, origin } of proposal.changes) {
      const row = assets.find(({ asset }) => asset === origin.asset)!
      const figure = row[parameter].figures[0]!
      expect(origin).toMatchObject({ calculated: figure.value, detector: figure.basis, returns: 399 })
      expect(origin.high).toBe(figure.estimates[figure.basis].high)
      expect(before).toBe('0')
      const whole = Rational.parse(figure.value).mul(Rational.parse('1.25'))
      const over = Rational.parse(after).sub(whole)
      expect(over.numerator >= 0n && over.compare(Rational.parse('0.000001')) < 0).toBe(true)
    }
    const plain = await made({ floor: { kind: 'none' } })
    for (const { after, origin } of plain.changes) expect(after).toBe(origin.calculated)
  })

  test('what is in force and still within the buffer stays, and is no change', async () => {
    const proposal = await made()
    const first = (name: string) => proposal.changes.find(({ instrument }) => instrument === name)!.after
    const kept = changed(STRESS, 'kept.json', (text) =>
      text.replace('"BTC": { "asset": "BTC" }', `"BTC": { "asset": "BTC", "haircut": "${first('BTC')}" }`),
    )
    const next = await made({ stress: kept })
    expect(next.changes.some((row) => row.instrument === 'BTC' && row.parameter === 'haircut')).toBe(false)
    expect(next.changes.length).toBe(proposal.changes.length - 1)
    const high = changed(STRESS, 'high.json', (text) =>
      text.replace('"BTC": { "asset": "BTC" }', '"BTC": { "asset": "BTC", "haircut": "0.5" }'),
    )
    const lower = (await made({ stress: high })).changes[0]!
    expect(lower).toMatchObject({ before: '0.5', after: first('BTC'), outside: ['step'] })
  })

  test('the request with the changes has them, and nothing else is other', async () => {
    const proposal = await made()
    const inForce = await readInForce(STRESS)
    const before = JSON.parse(readFileSync(STRESS, 'utf8'))
    const document = JSON.parse(withChanges(inForce, proposal, STRESS))
    for (const { instrument, parameter, after } of proposal.changes) {
      expect(document.instruments[instrument][parameter]).toBe(after)
      delete document.instruments[instrument][parameter]
    }
    expect(document).toEqual(before)
    const other = await readInForce(changed(STRESS, 'other.json', (text) => `${text}\n`))
    expect(() => withChanges(other, proposal, 'other.json')).toThrow(
      expect.objectContaining({ code: 'PROPOSAL_REQUEST' }),
    )
  })

  test('what breaks a bound is named, and nobody signs it', async () => {
    const tight = changed(BOUNDS, 'tight.json', (text) =>
      text
        .replace('"step": "0.3" },\n  "markup"', '"step": "0.1" },\n  "markup"')
        .replace(
          '"instruments": {',
          '"instruments": { "BTC": { "markup": { "least": "0.2", "most": "1", "step": "1" } },',
        ),
    )
    const bounds = await readRiskBounds(tight)
    const proposal = await made({ bounds: tight })
    const outside = proposal.changes.flatMap((row) =>
      row.outside.length > 0 ? [`${row.instrument} ${row.parameter} ${row.outside}`] : [],
    )
    expect(outside).toEqual(['BTC markup least', 'ETH haircut step', 'ETH-PERP haircut step'])
    expect(() => assertWithin(proposal, bounds, 'p.json')).toThrow(
      expect.objectContaining({
        code: 'PROPOSAL_BOUNDS',
        message: expect.stringContaining('markup of BTC (least)'),
      }),
    )
    const own = await readRiskBounds(BOUNDS)
    expect(() => assertWithin(proposal, own, 'p.json')).toThrow(
      expect.objectContaining({ message: expect.stringContaining('other bounds') }),
    )
    const fit = await made()
    expect(() => assertWithin(fit, own, 'p.json')).not.toThrow()
    expect(() => assertWithin({ ...fit, changes: [] }, own, 'p.json')).toThrow(
      expect.objectContaining({ code: 'PROPOSAL_EMPTY' }),
    )
  })

  test('a file that says it lies within its bounds and does not is refused, by the field', async () => {
    const proposal = await made()
    const [first, ...others] = proposal.changes
    const lies = { ...proposal, changes: [{ ...first!, after: '0.9' }, ...others] }
    writeFileSync(at('lies.json'), formatProposal(lies))
    await expect(readProposal(at('lies.json'))).rejects.toMatchObject({
      code: 'JSON_SCHEMA',
      message: expect.stringContaining('values and bounds'),
    })
  })

  test('without a history of any instrument there is nothing to propose', async () => {
    const [one] = await readHistory([{ path: HISTORY }], { maxGapDays: 1 })
    const series = [{ ...one!, asset: 'GOLD' }]
    await expect(made({ series })).rejects.toMatchObject({ code: 'PROPOSAL_HISTORY' })
    const short = [{ ...one!, dates: one!.dates.slice(0, 1), closes: one!.closes.slice(0, 1) }]
    await expect(made({ series: short })).rejects.toMatchObject({ code: 'CALIBRATE_SHORT' })
    const flat = [{ ...one!, closes: one!.closes.map(() => 100) }]
    await expect(made({ series: flat })).rejects.toMatchObject({ code: 'CALIBRATE_TAIL' })
  })
})

describe('a table carries a proposal, or is another one (risk.23)', () => {
  test('its scenarios are those of the request with the new values, at its own marks', async () => {
    const proposal = await made()
    writeFileSync(at('proposed.json'), withChanges(await readInForce(STRESS), proposal, STRESS))
    const [old, request] = [await readStressRequest(STRESS), await readStressRequest(at('proposed.json'))]
    const table = await readRiskTable('examples/venue/risk.json')
    const carrying = withScenarios(table, stressScenarios(table, request))
    expect(() => assertCarried(proposal, request, carrying, 'epoch')).not.toThrow()
    const refused = (what: string) =>
      expect.objectContaining({ code: 'PROPOSAL_TABLE', message: expect.stringContaining(what) })
    expect(() => assertCarried(proposal, old, carrying, 'epoch')).toThrow(refused('haircut of BTC'))
    const stale = withScenarios(table, stressScenarios(table, old))
    expect(() => assertCarried(proposal, request, stale, 'epoch')).toThrow(refused('2020-03-12-covid'))
    const fewer = { ...carrying, scenarios: carrying.scenarios.slice(1) }
    expect(() => assertCarried(proposal, request, fewer, 'epoch')).toThrow(refused('2020-03-12-covid'))
    const more = {
      ...carrying,
      scenarios: [...carrying.scenarios, { ...carrying.scenarios[0]!, name: 'more' }],
    }
    expect(() => assertCarried(proposal, request, more, 'epoch')).toThrow(refused('scenario more'))
    const [first, ...others] = carrying.scenarios
    const [value, ...values] = first!.values
    const touched = { ...first!, values: [{ ...value!, long: value!.long + 1n }, ...values] }
    const shifted = { ...carrying, scenarios: [touched, ...others] }
    expect(() => assertCarried(proposal, request, shifted, 'epoch')).toThrow(refused('2020-03-12-covid'))
  })
})

describe('a signed proposal is verified against files of the reader’s own (risk.24)', () => {
  const file = at('signed.json')
  let signer: string

  beforeAll(async () => {
    const proposal = await made()
    writeFileSync(file, formatProposal(proposal))
    const { sha256 } = await readProposal(file)
    const signature = await (await readSigningKey(KEY)).sign(proposalSigned(proposal, sha256))
    signer = signature.signer
    writeFileSync(signaturePath(file), formatProposalSignature({ proposal: sha256, ...signature }))
  })

  const verdict = async (
    other: { file?: string; signer?: string; bounds?: string; history?: string; stress?: string } = {},
  ) => {
    const { history = HISTORY, stress = STRESS } = other
    const checks = await verifyProposal(other.file ?? file, {
      signer: other.signer ?? signer,
      bounds: await readRiskBounds(other.bounds ?? BOUNDS),
      sources: [{ path: history }],
      inForce: await readInForce(stress),
    })
    return checks.filter(({ ok }) => !ok).map(({ what }) => what)
  }
  /** Signs another text in the place of the proposal. */
  async function signedAs(name: string, change: (proposal: Proposal) => Proposal): Promise<string> {
    const proposal = change(await made())
    writeFileSync(at(name), formatProposal(proposal))
    const { sha256 } = await readProposal(at(name))
    const signature = await (await readSigningKey(KEY)).sign(proposalSigned(proposal, sha256))
    writeFileSync(signaturePath(at(name)), formatProposalSignature({ proposal: sha256, ...signature }))
    return at(name)
  }

  test('as it was made, all of it holds', async () => {
    expect(await verdict()).toEqual([])
  })

  test('another signer, other bounds, another request and another history are found', async () => {
    expect(await verdict({ signer: `0x${'12'.repeat(20)}` })).toEqual(['signature'])
    const space = (text: string) => `${text} `
    expect(await verdict({ bounds: changed(BOUNDS, 'bounds-2.json', space) })).toEqual(['bounds', 'values'])
    expect(await verdict({ stress: changed(STRESS, 'stress-2.json', space) })).toEqual(['request'])
    const prices = changed(HISTORY, 'prices-2.csv', (text) => text.replace('60053.88', '60053.89'))
    expect(await verdict({ history: prices })).toEqual(['history'])
  })

  test('a signature over another proposal, and a proposal touched after it was signed', async () => {
    const touched = changed(file, 'touched.json', (text) => text.replace(`${MADE_AT}`, `${MADE_AT + 1}`))
    writeFileSync(signaturePath(touched), readFileSync(signaturePath(file)))
    expect(await verdict({ file: touched })).toEqual(['signature'])
  })

  test('a signer who signs other values than the histories give is found out', async () => {
    const low = await signedAs('low.json', (proposal) => {
      const [first, ...others] = proposal.changes
      return { ...proposal, changes: [{ ...first!, after: '0.08' }, ...others] }
    })
    expect(await verdict({ file: low })).toEqual(['values'])
    const fewer = await signedAs('fewer.json', (proposal) => ({
      ...proposal,
      changes: proposal.changes.slice(1),
    }))
    expect(await verdict({ file: fewer })).toEqual(['values'])
    const own = await signedAs('own.json', (proposal) => ({
      ...proposal,
      changes: proposal.changes.map((row) => ({ ...row, bounds: { ...row.bounds, most: '0.9' } })),
    }))
    expect(await verdict({ file: own })).toEqual(['bounds', 'values'])
  })
})
