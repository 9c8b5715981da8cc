import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { Circuit, type Edit } from '../../scripts/soundness/bench/circuit.js'
import { elementsOf, tampered } from '../../scripts/soundness/bench/tamper.js'
import {
  CASH_RATIO,
  COIN_RATIO,
  DISCLOSED_HELD,
  DISCLOSED_TOTALS,
  DISCLOSURE_MAIN,
  DISCLOSURE_PUBLIC,
  disclosure,
  hidden,
  VALUE_RATIO,
} from '../../scripts/soundness/samples/disclosure.js'
import { STRESS_TABLE, TABLE, TIER_TABLE } from '../../scripts/soundness/samples/ledger.js'
import { books, ledgerOf, solvencyOf, stressBooks } from '../../scripts/soundness/samples/solvency.js'
import {
  type CircuitInputs,
  FIELD_ORDER,
  invertField,
  RATIO_BITS,
  TOTAL_BITS,
  toField,
} from '../../src/field/index.js'
import { poseidon, sponge } from '../../src/hash/index.js'
import {
  DISCLOSURE_SIGNALS,
  type DisclosureWitness,
  disclosureContext,
  disclosureInputs,
  disclosureInstance,
  disclosureModel,
  highestRatios,
  interestShown,
  type ShownFigures,
  shippedInstances,
  shownDigest,
} from '../../src/statements/index.js'
import { honestTransplant } from '../helpers/attack.js'
import { Copies } from '../helpers/copies.js'
import { forge } from '../helpers/ledger.js'
import { cases } from '../helpers/sweep.js'

const source = { include: 'disclosure.circom', main: DISCLOSURE_MAIN, public: DISCLOSURE_PUBLIC }
const copies = new Copies(source)
const WIDE = 1n << BigInt(TOTAL_BITS)
const [MOST, MOST_RATIO] = [WIDE - 1n, (1n << BigInt(RATIO_BITS)) - 1n]
let circuit: Circuit
beforeAll(async () => {
  circuit = await Circuit.compile(source)
})

/** What the plain model and the circuit both say. */
async function verdictOf(witness: DisclosureWitness): Promise<boolean> {
  const { valid } = disclosureModel(witness)
  expect(await circuit.accepts(disclosureInputs(witness))).toBe(valid)
  return valid
}

describe('disclosure accepts exactly what its plain model accepts (disclosure.1)', () => {
  test('its public signals are in the documented order (privacy.2)', async () => {
    const witness = disclosure()
    const made = await circuit.witness(disclosureInputs(witness))
    expect(made.slice(1, 5)).toEqual(DISCLOSURE_SIGNALS.map((name) => witness.signals[name]))
    expect(DISCLOSURE_PUBLIC).toEqual([...DISCLOSURE_SIGNALS])
  })

  test('C37: of each instrument the highest ratio holds, and one unit more does not (disclosure.2)', async () => {
    expect(highestRatios(disclosure())).toEqual({
      ratios: [COIN_RATIO, CASH_RATIO, undefined, undefined],
      valueRatio: VALUE_RATIO,
    })
    expect(await verdictOf(disclosure())).toBe(true)
    const ratios = disclosure().ratios
    expect(await verdictOf(disclosure({ ratios: ratios.with(0, COIN_RATIO + 1n) }))).toBe(false)
    expect(await verdictOf(disclosure({ ratios: ratios.with(1, CASH_RATIO + 1n) }))).toBe(false)
    expect(await verdictOf(disclosure({ ratios: ratios.with(0, COIN_RATIO - 1n) }))).toBe(true)
  })

  test('C37: the ratio at mark holds, and one unit more does not (disclosure.2)', async () => {
    expect(await verdictOf(hidden({ valueRatio: VALUE_RATIO }))).toBe(true)
    expect(await verdictOf(hidden({ valueRatio: VALUE_RATIO + 1n }))).toBe(false)
  })

  test('the insurance fund is in no ratio, pledges are, and loans count as the policy says (disclosure.2)', async () => {
    const rich = { ...DISCLOSED_HELD, insurance: [MOST, MOST, 0n, 0n] }
    expect(highestRatios(disclosure({ held: rich }))).toEqual(highestRatios(disclosure()))
    const pledged = [...DISCLOSED_TOTALS.slice(0, 12), 0n, 0n, 0n, 0n]
    expect(highestRatios(disclosure({ totals: pledged })).ratios[0]).toBe(1_700_000n)
    expect(highestRatios(disclosure({ loanFactors: [0n, 0n, 0n, 0n] })).ratios[1]).toBe(992_857n)
    expect(await verdictOf(disclosure({ loanFactors: [0n, 0n, 0n, 0n] }))).toBe(false)
    expect(await verdictOf(disclosure({ loanFactors: [0n, 499_999n, 0n, 0n] }))).toBe(false)
  })

  test('without reserves, totals alone are shown; no ratio above zero holds then (disclosure.3)', async () => {
    const alone = hidden({ held: undefined, totalsOf: [0, 1, 4, 5] })
    expect(await verdictOf(alone)).toBe(true)
    expect(alone.signals.reservesCommitment).toBe(0n)
    expect(await verdictOf(hidden({ held: undefined, ratios: [1n, 0n, 0n, 0n] }))).toBe(false)
    const loanFactors = [0n, 0n, 0n, 0n]
    expect(await verdictOf(hidden({ held: undefined, loanFactors, valueRatio: 1n }))).toBe(false)
  })

  test('T10: reserves of no commitment are free unless they are shown, as interest shows none (settlement.64)', async () => {
    const steps = {
      paid: [0n, 1_000n, 0n, 0n],
      charged: [0n, 1n, 0n, 0n],
      moved: [],
      cut: [],
      letOff: [],
      overstated: [],
    }
    const read = (reservesOf: number[]) =>
      hidden({ held: undefined, ratios: steps.paid, loanFactors: steps.charged, reservesOf })
    const lie = (reservesOf: number[]) => ({
      ...disclosureInputs(read(reservesOf)),
      reserves: [0n, 70_000n, 0n, 0n],
    })
    expect(await circuit.accepts(lie([]))).toBe(true)
    const all = [0, 1, 2, 3]
    expect(read(all).signals.shown).toBe(shownDigest(interestShown(steps, TIER_TABLE.columns)))
    expect(await circuit.accepts(lie(all))).toBe(false)
  })

  test('amounts at the edges of their widths, and beyond (disclosure.4)', async () => {
    const all = (amount: bigint) => new Array<bigint>(4).fill(amount)
    const held = { reserves: all(MOST), insurance: all(MOST), blind: 0n }
    const totals = [...all(MOST), ...all(MOST), ...all(MOST), ...all(0n)]
    const everything = { totalsOf: [0, 1, 2, 3, 4, 5], reservesOf: [0, 1, 2, 3] }
    const full = { held, totals, ...everything, ratios: all(1_000_000n), valueRatio: 1_000_000n }
    expect(await verdictOf(disclosure(full))).toBe(true)
    expect(await verdictOf(disclosure({ ...full, loanFactors: all(0n), ratios: all(1_000_001n) }))).toBe(
      false,
    )
    expect(await verdictOf(disclosure({ ...full, held: { ...held, reserves: all(WIDE) } }))).toBe(false)
    expect(await verdictOf(disclosure({ ...full, held: { ...held, insurance: all(WIDE) } }))).toBe(false)
    const below = { ...held, reserves: [FIELD_ORDER - 1n, 0n, 0n, 0n] }
    expect(await verdictOf(hidden({ held: below }))).toBe(false)
    const most = { ratios: all(MOST_RATIO), loanFactors: all(MOST_RATIO), valueRatio: MOST_RATIO }
    expect(await verdictOf(disclosure({ ...full, ...most }))).toBe(true)
  })

  test('random venues, of which some show ratios that hold and some do not', async () => {
    const amounts = (length: number) => fc.array(fc.bigInt(0n, 40n), { minLength: length, maxLength: length })
    const ratio = fc.constantFrom(0n, 0n, 500_000n, 1_000_000n)
    const seen = { true: 0, false: 0 }
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          totals: amounts(16),
          reserves: amounts(4),
          insurance: amounts(4),
          ratios: fc.array(ratio, { minLength: 4, maxLength: 4 }),
          loanFactors: fc.array(ratio, { minLength: 4, maxLength: 4 }),
          valueRatio: ratio,
          blind: fc.bigInt(0n, FIELD_ORDER - 1n),
          totalsOf: fc.subarray([0, 1, 2, 3, 4, 5]),
          reservesOf: fc.subarray([0, 1, 2, 3]),
        }),
        async ({ reserves, insurance, blind, ...rest }) => {
          seen[`${await verdictOf(disclosure({ ...rest, held: { reserves, insurance, blind } }))}`]++
        },
      ),
      { numRuns: cases(60, 1_000), seed: 37 },
    )
    expect(Math.min(seen.true, seen.false)).toBeGreaterThan(5)
  })
})

describe('the commitments are those of solvency (disclosure.5)', () => {
  test('C38: totals and reserves open to what a solvency proof has committed to, and to nothing else', async () => {
    const totals = DISCLOSED_TOTALS
    const { reserves, insurance } = DISCLOSED_HELD
    const { signals } = solvencyOf(ledgerOf(TIER_TABLE, { totals }), TIER_TABLE, { reserves, insurance })
    const same = disclosure()
    expect(same.signals.firstState).toBe(signals.firstState)
    expect(same.signals.reservesCommitment).toBe(signals.reservesCommitment)
    const other: Partial<DisclosureWitness>[] = [
      { accountsRoot: same.accountsRoot + 1n },
      { riskRoot: same.riskRoot + 1n },
      { weightedTotalsDigest: same.weightedTotalsDigest + 1n },
      { totalsBlind: same.totalsBlind + 1n },
      { totals: totals.with(12, 1_501n) },
      { pledged: [2_001n, 10_000n, 0n, 0n] },
      { sizes: { ...same.sizes, scenarios: 1 } },
      { held: { ...DISCLOSED_HELD, blind: 1n } },
      { held: { ...DISCLOSED_HELD, reserves: reserves.with(3, 1n) } },
    ]
    for (const change of other)
      expect(await verdictOf({ ...same, ...change }), Object.keys(change)[0]).toBe(false)
  })

  test('with scenarios and without, with derivatives and without', async () => {
    for (const [main, table, solvency] of [
      ['Disclosure(4, 0, 0)', TABLE, books()],
      ['Disclosure(4, 2, 0)', STRESS_TABLE, stressBooks()],
    ] as const) {
      const { totals, reserves, insurance, reservesBlind: blind, signals } = solvency
      const held = { reserves, insurance: reserves.map((_, i) => insurance[i] ?? 0n), blind }
      const shown = hidden({ table, totals, held, totalsOf: [1], reservesOf: [1] })
      expect(shown.signals.firstState).toBe(signals.firstState)
      expect(shown.signals.reservesCommitment).toBe(signals.reservesCommitment)
      const own = await Circuit.compile({ ...source, main })
      expect(await own.accepts(disclosureInputs(shown))).toBe(true)
      expect(await own.accepts(tampered(disclosureInputs(shown), { 'spotTotals[1][0]': 1n }))).toBe(false)
    }
  })

  test('there is an instance for the sizes of each solvency instance', () => {
    const sizesOf = (statement: string) =>
      shippedInstances().flatMap(({ statement: own, params: { SPOTS, DERIVATIVES, TIERS } }) =>
        own === statement ? [`${SPOTS}-${DERIVATIVES}-${TIERS}`] : [],
      )
    expect(sizesOf('solvency').sort()).toEqual(sizesOf('disclosure').sort())
    const instances = shippedInstances().filter(({ statement }) => statement === 'disclosure')
    for (const { name, params } of instances) {
      const [spots, derivatives, tiers] = [params.SPOTS!, params.DERIVATIVES!, params.TIERS!]
      expect(disclosureInstance({ spots, derivatives, tiers })).toBe(name)
    }
    expect(disclosureInstance({ spots: 5, derivatives: 1, tiers: 2 })).toBe('disclosure-own-5-1-2')
  })
})

describe('what is shown (disclosure.6)', () => {
  const none: ShownFigures = {
    totals: new Array(6).fill(undefined),
    reserves: new Array(4).fill(undefined),
    ratios: [0n, 0n, 0n, 0n],
    valueRatio: 0n,
    loanFactors: [0n, 500_000n, 0n, 0n],
    marks: [100n, 1n, 0n, 0n],
  }

  test('is a digest of every number, of whether it is shown, and under a tag of its own', () => {
    const list = [
      0n,
      ...[0, 1, 2, 3].flatMap((i) => [0n, 0n, 0n, none.loanFactors[i]!, none.marks[i]!]),
      0n,
      0n,
    ]
    expect(shownDigest(none)).toBe(sponge('disclosed', list))
    expect(sponge('disclosed', [7n])).toBe(poseidon([1n, 7n], 31n))
    const zero = { long: 0n, short: 0n }
    const digests = [
      none,
      { ...none, totals: none.totals.with(0, zero) },
      { ...none, totals: none.totals.with(1, zero) },
      { ...none, totals: none.totals.with(4, zero) },
      { ...none, totals: none.totals.with(0, { long: 1n, short: 0n }) },
      { ...none, totals: none.totals.with(0, { long: 0n, short: 1n }) },
      { ...none, reserves: none.reserves.with(0, { reserves: 0n, insurance: 0n }) },
      { ...none, reserves: none.reserves.with(0, { reserves: 1n, insurance: 0n }) },
      { ...none, reserves: none.reserves.with(0, { reserves: 0n, insurance: 1n }) },
      { ...none, ratios: none.ratios.with(0, 1n) },
      { ...none, valueRatio: 1n },
      { ...none, loanFactors: none.loanFactors.with(0, 1n) },
      { ...none, marks: none.marks.with(0, 101n) },
    ].map(shownDigest)
    expect(new Set(digests).size).toBe(digests.length)
  })

  test('of what is hidden, it says nothing: two venues that show the same have one digest', () => {
    const [one, other] = [disclosure(), disclosure({ totals: DISCLOSED_TOTALS.with(2, 59_999n) })]
    expect(one.signals.shown).toBe(other.signals.shown)
    expect(one.signals.firstState).not.toBe(other.signals.firstState)
  })

  test('C39: a proof is for one manifest', async () => {
    const [one, other] = ['ab', 'ac'].map((byte) => disclosureContext(byte.repeat(32)))
    expect(one).not.toBe(other)
    expect(one! < FIELD_ORDER).toBe(true)
    const witness = await circuit.witness(disclosureInputs(disclosure()))
    const moved = circuit.edit(witness, { context: circuit.value(witness, 'context') + 1n })
    expect(circuit.satisfied(moved)).toBe(false)
  })
})

describe('disclosure refuses the tampered witness that is accepted without (disclosure.7)', () => {
  const file = 'disclosure.circom'
  const cut = (from: string): Edit => ({ file, from, to: '' })
  const unranged = (what: string): Edit => ({
    file,
    from: `Range(TOTAL_BITS())(${what});`,
    to: 'Range(TOTAL_BITS())(0);',
  })
  const honest = () => disclosureInputs(disclosure())
  /** What a witness shows, with some of it changed. */
  const digestWith = (change: (shown: bigint[]) => void): bigint => {
    const list: bigint[] = [VALUE_RATIO]
    const { ratios, loanFactors, marks } = disclosure()
    const [coin, perp] = [packed(5_000n, 10n), packed(33n, 33n)]
    const held = packed(5_100n, 9n)
    for (const i of [0, 1, 2, 3]) {
      list.push(...(i === 0 ? [coin, held] : [0n, 0n]), ratios[i]!, loanFactors[i]!, marks[i]!)
    }
    list.push(perp, 0n)
    change(list)
    return sponge('disclosed', list.map(toField))
  }
  const packed = (first: bigint, second: bigint) => WIDE * WIDE + first + second * WIDE
  const attacks: { name: string; edits: Edit[]; inputs: () => CircuitInputs }[] = [
    {
      name: 'C37: a ratio of an instrument',
      edits: [{ file, from: '(counted[i] - owed[i])', to: '(counted[i] - owed[i] + 5000)' }],
      inputs: () => disclosureInputs(disclosure({ ratios: [COIN_RATIO + 1n, 0n, 0n, 0n] })),
    },
    {
      name: 'C37: the ratio at mark',
      edits: [{ file, from: 'VALUE_BITS() + 14)(sum);', to: 'VALUE_BITS() + 14)(sum + (1 << 20));' }],
      inputs: () => disclosureInputs(disclosure({ valueRatio: VALUE_RATIO + 1n })),
    },
    {
      name: 'C38: totals being those of the first state',
      edits: [cut('firstState === first.out;')],
      inputs: () => tampered(honest(), { 'spotTotals[2][0]': 5n }),
    },
    {
      name: 'C38: reserves being the committed ones',
      edits: [cut('reservesCommitment === opened;')],
      inputs: () => tampered(honest(), { 'reserves[2]': 5n }),
    },
    {
      name: 'reserves being opened or not, and nothing in between, which scales another commitment',
      edits: [cut('opensReserves * (opensReserves - 1) === 0;')],
      inputs: () => {
        const richer = { ...DISCLOSED_HELD, reserves: DISCLOSED_HELD.reserves.with(1, 80_000n) }
        const { signals } = disclosure({ held: richer })
        const { reservesCommitment } = disclosure().signals
        return tampered(
          disclosureInputs(disclosure({ held: richer, ratios: [COIN_RATIO, 1_100_000n, 0n, 0n] })),
          {
            reservesCommitment,
            opensReserves: toField(reservesCommitment * invertField(signals.reservesCommitment)),
          },
        )
      },
    },
    {
      name: 'what is shown being that of the digest',
      edits: [cut('shown === seen.out;')],
      inputs: () => tampered(honest(), { 'showsTotals[1]': 1n }),
    },
    {
      name: 'totals of a spot instrument being shown or not, and nothing in between, which scales them',
      edits: [cut('showsTotals[i] * (showsTotals[i] - 1) === 0;')],
      inputs: () => {
        const lie = packed(1n, 10n)
        return tampered(honest(), {
          'showsTotals[0]': toField(lie * invertField(packed(5_000n, 10n))),
          shown: digestWith((list) => list.splice(1, 1, lie)),
        })
      },
    },
    {
      name: 'totals of a derivative',
      edits: [cut('showsTotals[SPOTS + i] * (showsTotals[SPOTS + i] - 1) === 0;')],
      inputs: () => {
        const lie = packed(1n, 1n)
        return tampered(honest(), {
          'showsTotals[4]': toField(lie * invertField(packed(33n, 33n))),
          shown: digestWith((list) => list.splice(21, 1, lie)),
        })
      },
    },
    {
      name: 'reserves of an instrument being shown or not, and nothing in between',
      edits: [cut('showsReserves[i] * (showsReserves[i] - 1) === 0;')],
      inputs: () => {
        const lie = packed(9_000n, 0n)
        return tampered(honest(), {
          'showsReserves[0]': toField(lie * invertField(packed(5_100n, 9n))),
          shown: digestWith((list) => list.splice(2, 1, lie)),
        })
      },
    },
    {
      name: 'what is pledged being part of what is owed',
      edits: [cut('long += pledged[i];')],
      inputs: () =>
        tampered(honest(), {
          'ratios[0]': 1_700_000n,
          shown: digestWith((list) => {
            list.splice(1, 1, packed(3_000n, 10n))
            list.splice(3, 1, 1_700_000n)
          }),
        }),
    },
    {
      name: 'reserves below their width, so that no fund makes more of them',
      edits: [unranged('reserves[i]')],
      inputs: () =>
        tampered(honest(), {
          'reserves[1]': 69_500n + 400n * WIDE,
          'insurance[1]': 0n,
        }),
    },
    {
      name: 'a fund in its range, so that an element is split in one way alone',
      edits: [unranged('insurance[i]')],
      inputs: () => {
        // The element of cash, split so that reserves are more and the fund is a fraction.
        const element = 69_500n + 400n * WIDE
        return tampered(honest(), {
          'reserves[1]': 90_000n,
          'insurance[1]': toField((element - 90_000n) * invertField(WIDE)),
        })
      },
    },
  ]
  for (const { name, edits, inputs } of attacks) {
    const copy = copies.with(...edits)
    test(name, async () => forge(await copy(), circuit, inputs()))
  }

  test('control: an honest witness of a copy, laid over the circuit, is accepted', async () => {
    const copy = copies.with(cut('shown === seen.out;'))
    await honestTransplant(circuit, await copy(), honest())
  })

  test('no wire can change alone, except the public context to its negative', async () => {
    const witness = await circuit.witness(honest())
    for (let wire = 1; wire < witness.length; wire++) {
      for (const value of [witness[wire]! + 1n, witness[wire]! - 1n]) {
        expect(circuit.satisfied(witness.with(wire, toField(value))), `wire ${wire}`).toBe(false)
      }
      if (wire > 300) wire += 23 // every input and first range, then a sample of the rest
    }
    const context = circuit.value(witness, 'context')
    expect(circuit.satisfied(circuit.edit(witness, { context: toField(-context) }))).toBe(true)
  })

  test('any input but those that are stated', async () => {
    for (const [name, value] of elementsOf(honest())) {
      if (name === 'context') continue
      expect(await circuit.accepts(tampered(honest(), { [name]: value + 1n })), name).toBe(false)
    }
  })
})
