import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { Circuit, type Edit } from '../../scripts/soundness/bench/circuit.js'
import { elementsOf, tampered } from '../../scripts/soundness/bench/tamper.js'
import { looseWires } from '../../scripts/soundness/perturbation/alternatives.js'
import {
  type Rows,
  rowsOf,
  SETTLED_ACCOUNTS,
  SETTLED_AFTER,
  SETTLED_BEFORE,
  SETTLED_FLOWS,
  SETTLED_ROOTS,
  SETTLED_SPOTS,
  SETTLED_TERMS,
  SETTLEMENT_PUBLIC,
  settlement,
  settlementMain,
  settlementOfRows,
  stateOfRows,
} from '../../scripts/soundness/samples/settlement.js'
import { books, stressBooks } from '../../scripts/soundness/samples/solvency.js'
import {
  type CircuitInputs,
  FIELD_ORDER,
  invertField,
  SALT_BITS,
  TOTAL_BITS,
  toField,
  VALUE_BITS,
} from '../../src/field/index.js'
import { poseidon, sponge } from '../../src/hash/index.js'
import {
  activityDigest,
  externalCommitment,
  FIRST_WEIGH_STATE,
  type Flows,
  FUND_WORTH_BITS,
  flowPole,
  flowSumOf,
  flowsDigest,
  knownInstance,
  SETTLEMENT_SIGNALS,
  type SettlementWitness,
  settlementContext,
  settlementInputs,
  settlementInstance,
  settlementModel,
  settlementTranscript,
  settlementTranscriptOf,
  shippedInstances,
  TREES,
  termsDigest,
  type WeighState,
  weighCommitment,
} from '../../src/statements/index.js'
import { honestTransplant } from '../helpers/attack.js'
import { Copies } from '../helpers/copies.js'
import { shortRelation } from '../helpers/lattice.js'
import { forge } from '../helpers/ledger.js'
import { cases } from '../helpers/sweep.js'

const file = 'settlement.circom'
const flowFile = 'flow-sum.circom'
const main = settlementMain(SETTLED_SPOTS)
const source = { include: file, main, public: SETTLEMENT_PUBLIC }
const copies = new Copies(source)
const WIDE = 1n << BigInt(TOTAL_BITS)
const MOST = WIDE - 1n
const PERP = 32_768
let circuit: Circuit
beforeAll(async () => {
  circuit = await Circuit.compile(source)
})

/** What the plain model and the circuit both say. */
async function verdictOf(witness: SettlementWitness): Promise<boolean> {
  const { valid } = settlementModel(witness)
  expect(await circuit.accepts(settlementInputs(witness))).toBe(valid)
  return valid
}

const all = (amount: bigint) => new Array<bigint>(SETTLED_SPOTS).fill(amount)
const at = (spot: number, amount: bigint) => all(0n).with(spot, amount)
const none: Flows = { in: all(0n), out: all(0n), fees: all(0n), accruals: all(0n), closing: all(0n) }
const pointsOf = (flows: Flows) => {
  const witness = settlement({ flows })
  return settlementTranscriptOf(witness, witness.signals)
}
/** Inputs of a settlement whose rows come to what they do, and are said to come to these flows. */
const ofRows = (rows: Rows, flows: Partial<Flows>) =>
  settlementInputs(settlementOfRows(rowsOf(rows), { flows: { ...none, ...flows } }))
const withLoss = { roots: { ...SETTLED_ROOTS, allocations: 1_007n }, loss: true }

describe('settlement accepts exactly what its plain model accepts (settlement.20)', () => {
  test('its public signals are in the documented order (privacy.2)', async () => {
    const witness = settlement()
    const made = await circuit.witness(settlementInputs(witness))
    expect(made.slice(1, 12)).toEqual(SETTLEMENT_SIGNALS.map((name) => witness.signals[name]))
    expect(shippedInstances().find(({ name }) => name === 'settlement-tiny')?.public).toEqual([
      ...SETTLEMENT_SIGNALS,
    ])
  })

  test('there is an instance for each number of spot instruments that a solvency instance has', () => {
    const spotsOf = (statement: string) =>
      new Set(shippedInstances().flatMap((one) => (one.statement === statement ? [one.params.SPOTS!] : [])))
    for (const spots of spotsOf('solvency')) {
      expect(knownInstance(settlementInstance(spots))?.params.SPOTS).toBe(spots)
    }
    expect([...spotsOf('solvency')]).toEqual(expect.arrayContaining([...spotsOf('settlement')]))
    expect(settlementInstance(64)).toBe('settlement-64')
  })

  test('random settlements, of which some hold and some do not', async () => {
    const mostly = <T>(weight: number, common: fc.Arbitrary<T>, rare: fc.Arbitrary<T>) =>
      fc.oneof({ weight, arbitrary: common }, { weight: 1, arbitrary: rare })
    const list = <T>(of: fc.Arbitrary<T>) =>
      fc.array(of, { minLength: SETTLED_SPOTS, maxLength: SETTLED_SPOTS })
    const edges = [1n, 9n, MOST, WIDE, 4n * WIDE].flatMap((amount) => [amount, -amount])
    const net = list(mostly(5, fc.bigInt(-12n, 12n), fc.constantFrom(...edges)))
    const taken = mostly(3, list(fc.bigInt(-12n, 0n)), net)
    const amount = list(mostly(60, fc.bigInt(0n, 12n), fc.constantFrom(MOST, WIDE)))
    const blind = fc.bigInt(0n, (1n << BigInt(SALT_BITS)) - 1n)
    const most = (bits: number) => fc.constant((1n << BigInt(bits)) - 1n)
    const seen = { true: 0, false: 0 }
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          flows: fc.record({ in: amount, out: amount, fees: net, accruals: taken, closing: taken }),
          before: fc.record({ reserves: amount, insurance: amount, blind }),
          after: fc.record({ reserves: amount, insurance: amount, blind }),
          allocations: fc.constantFrom(0n, 0n, 1_007n),
          loss: fc.boolean(),
          dust: mostly(9, fc.bigInt(0n, 400n), mostly(1, fc.constant(-1n), most(FUND_WORTH_BITS + 1))),
          marks: list(mostly(20, fc.bigInt(0n, 9n), most(VALUE_BITS))),
          pays: mostly(3, fc.constant(undefined), list(fc.boolean())),
        }),
        async ({ allocations, dust, marks, pays, ...parts }) => {
          const roots = { ...SETTLED_ROOTS, allocations }
          const witness = settlement({ ...parts, roots, terms: { dust: toField(dust), marks } })
          seen[`${await verdictOf(pays ? { ...witness, fundPays: pays } : witness)}`]++
        },
      ),
      { numRuns: cases(60, 1_000), seed: 20 },
    )
    expect(Math.min(seen.true, seen.false)).toBeGreaterThan(5)
  })
})

describe('everything is weighed, and comes to nothing beside (settlement.21)', () => {
  test('the states are those in which nothing and all is weighed, under one transcript', async () => {
    const { signals, flows, blind, externalBlind, flowsBlind } = settlement()
    const external = externalCommitment(flows, externalBlind)
    const { transcript, flowPoint } = settlementTranscript({
      ...SETTLED_ACCOUNTS,
      activity: activityDigest(SETTLED_ROOTS),
      flowsDigest: flowsDigest({ ...flows, external }, flowsBlind),
    })
    expect(signals.firstState).toBe(weighCommitment(transcript, FIRST_WEIGH_STATE))
    const last = { tree: TREES, next: 0, blind, sum: 0n, flowSum: flowSumOf(flows, flowPoint) }
    expect(signals.state).toBe(weighCommitment(transcript, last))
  })

  test('T07: no state in which something is left, or that comes to anything else', async () => {
    const witness = settlement()
    const { transcript, flowPoint } = settlementTranscriptOf(witness, witness.signals)
    const flowSum = flowSumOf(witness.flows, flowPoint)
    const whole: WeighState = { tree: TREES, next: 0, blind: witness.blind, sum: 0n, flowSum }
    const states: [change: Partial<WeighState>, valid: boolean][] = [
      [{}, true],
      [{ tree: 8 }, false],
      [{ next: 16 }, false],
      [{ sum: 1n }, false],
      [{ flowSum: toField(flowSum + 1n) }, false],
      [{ blind: 1n }, false],
    ]
    for (const [change, valid] of states) {
      const state = weighCommitment(transcript, { ...whole, ...change })
      const signals = { ...witness.signals, state }
      expect(await verdictOf({ ...witness, signals }), Object.keys(change)[0]).toBe(valid)
    }
    for (const change of [{ tree: 1 }, { sum: 1n }, { flowSum: 1n }, { next: 16 }]) {
      const firstState = weighCommitment(transcript, { ...FIRST_WEIGH_STATE, ...change })
      const signals = { ...witness.signals, firstState }
      expect(await verdictOf({ ...witness, signals }), Object.keys(change)[0]).toBe(false)
    }
  })
})

describe('rows come to these flows, group by group and instrument by instrument (settlement.22)', () => {
  test('rows of all reasons come to what they are added up to', async () => {
    const rows = rowsOf({
      transfers: [
        [1n, 0, 5_000n],
        [2n, 0, -200n],
        [3n, 1, 900n],
        [1n, 1, -1_100n],
      ],
      fees: [
        [1n, 0, -3n],
        [2n, 1, -50n],
        [1n, 1, 10n],
      ],
      trades: [
        [1n, 0, 7n],
        [2n, 0, -7n],
        [1n, PERP, 4n],
        [3n, PERP, -4n],
      ],
      accruals: [
        [1n, 1, 25n],
        [2n, 1, -40n],
        [2n, PERP, 5n],
        [3n, PERP, -5n],
      ],
      liquidations: [
        [1n, PERP, -9n],
        [1n, 1, -30n],
        [1n, 0, -4n],
      ],
      takers: [
        [2n, PERP, 9n],
        [2n, 1, 55n],
      ],
    })
    const flows = {
      in: [5_000n, 900n, 0n, 0n],
      out: [200n, 1_100n, 0n, 0n],
      fees: [-3n, -40n, 0n, 0n],
      accruals: [0n, -15n, 0n, 0n],
      closing: [-4n, 25n, 0n, 0n],
    }
    const witness = settlementOfRows(rows, { flows })
    expect(witness.signals.state).toBe(settlement({ flows }).signals.state)
    expect(await verdictOf(witness)).toBe(true)
  })

  test('every pole is of one group, side and instrument alone', () => {
    const poles = [0, 1, 2, 3, 4].flatMap((group) =>
      [0, 1, 16_383, PERP, 65_535].flatMap((instrument) =>
        group === 0
          ? [flowPole(group, instrument), flowPole(group, instrument, true)]
          : [flowPole(group, instrument)],
      ),
    )
    expect(new Set(poles).size).toBe(poles.length)
    expect(poles.every((pole) => pole >= 0n && pole < 1n << 20n)).toBe(true)
  })
})

describe('what accounts are given, others paid for (settlement.23, settlement.24)', () => {
  test('T10: interest and funding that give one unit more than they take', async () => {
    expect(await verdictOf(settlement({ flows: { accruals: all(0n) } }))).toBe(true)
    for (const spot of [0, 1, 3]) {
      expect(await verdictOf(settlement({ flows: { accruals: at(spot, 1n) } })), `${spot}`).toBe(false)
    }
    // What one instrument is charged pays for no other.
    expect(await verdictOf(settlement({ flows: { accruals: [1n, -1_000n, 0n, 0n] } }))).toBe(false)
    expect(await verdictOf(settlement({ flows: { accruals: at(2, -MOST) } }))).toBe(true)
    expect(await verdictOf(settlement({ flows: { accruals: at(2, -WIDE) } }))).toBe(false)
  })

  test('T09: takers that get one unit more than left the fund', async () => {
    expect(await verdictOf(settlement({ flows: { closing: at(1, 25n) } }))).toBe(true)
    expect(await verdictOf(settlement({ flows: { closing: at(1, 26n) } }))).toBe(false)
    // The fund has more of the coin than before, and of others as much.
    for (const spot of [0, 2, 3]) {
      expect(await verdictOf(settlement({ flows: { closing: at(spot, 1n) } })), `${spot}`).toBe(false)
    }
    const pays = { fundPays: [true, true, true, true] }
    expect(await verdictOf({ ...settlement({ flows: { closing: at(0, 1n) } }), ...pays })).toBe(false)
    expect(await verdictOf({ ...settlement({ flows: { closing: at(0, 0n) } }), ...pays })).toBe(false)
    expect(await verdictOf({ ...settlement({ flows: { closing: at(0, -1n) } }), ...pays })).toBe(true)
    expect(await verdictOf({ ...settlement(), fundPays: [false, false, false, false] })).toBe(false)
  })

  test('amounts at the edges of their widths, and beyond', async () => {
    const before = { reserves: all(MOST), insurance: all(MOST), blind: 1n }
    const after = { reserves: all(MOST), insurance: all(0n), blind: 2n }
    const flows = {
      closing: all(MOST),
      accruals: all(-MOST),
      fees: all(-MOST),
      in: all(MOST),
      out: all(MOST),
    }
    expect(await verdictOf(settlement({ before, after, flows }))).toBe(true)
    const taken = { ...flows, closing: all(-(2n * WIDE)) }
    expect(await verdictOf(settlement({ before, after, flows: taken }))).toBe(true)
    const low = { ...flows, closing: all(-(4n * WIDE)) }
    expect(await verdictOf(settlement({ before, after, flows: low }))).toBe(false)
    for (const held of ['reserves', 'insurance'] as const) {
      const wider = { ...before, [held]: at(0, WIDE) }
      expect(await verdictOf(settlement({ before: wider, after, flows: {} })), held).toBe(false)
      const below = { ...after, [held]: at(0, FIELD_ORDER - 1n) }
      expect(await verdictOf(settlement({ before, after: below, flows: {} })), held).toBe(false)
    }
  })
})

describe('a loss is shared once the fund is spent (settlement.25)', () => {
  test('T09: allocations without a loss, and a loss while the fund has more than dust', async () => {
    expect(await verdictOf(settlement({ ...withLoss, loss: false }))).toBe(false)
    expect(await verdictOf(settlement(withLoss))).toBe(true)
    const terms = (dust: bigint) => ({ terms: { ...SETTLED_TERMS, dust } })
    expect(await verdictOf(settlement({ ...withLoss, ...terms(1_374n) }))).toBe(false)
    const after = { ...SETTLED_AFTER, insurance: SETTLED_AFTER.insurance.with(1, 376n) }
    expect(await verdictOf(settlement({ ...withLoss, after, flows: { closing: all(0n) } }))).toBe(false)
    // A reader may state a loss for another reason, where there are no allocations.
    expect(await verdictOf(settlement({ loss: true }))).toBe(true)
    expect(await verdictOf(settlement({ loss: true, ...terms(1_374n) }))).toBe(false)
    expect(await verdictOf(settlement(terms(0n)))).toBe(true)
  })

  test('a fund worth the most that there can be, and dust as much', async () => {
    const after = { reserves: all(0n), insurance: all(MOST), blind: 1n }
    const marks = all((1n << BigInt(VALUE_BITS)) - 1n)
    const worth = 4n * MOST * marks[0]!
    for (const [dust, valid] of [
      [worth, true],
      [worth - 1n, false],
      [(1n << BigInt(FUND_WORTH_BITS)) - 1n, true],
    ] as const) {
      const parts = { ...withLoss, after, terms: { dust, marks }, flows: { closing: all(0n) } }
      expect(await verdictOf(settlement(parts)), `${valid}`).toBe(valid)
    }
  })

  test('a loss is 0 or 1', async () => {
    for (const loss of [2n, FIELD_ORDER - 1n]) {
      const witness = settlement({ terms: { ...SETTLED_TERMS, dust: 5_000n } })
      expect(await verdictOf({ ...witness, signals: { ...witness.signals, loss } })).toBe(false)
    }
  })
})

describe('the commitments are those of both epochs (settlement.26)', () => {
  test('reserves and funds open to what solvency proofs have committed to, and to nothing else', async () => {
    for (const solvency of [books(), stressBooks()]) {
      const { reserves, insurance, reservesBlind: blind, signals } = solvency
      const held = { reserves, insurance: reserves.map((_, i) => insurance[i] ?? 0n), blind }
      const same = settlement({ before: held, after: held, flows: { closing: all(0n) } })
      expect(same.signals.reservesBefore).toBe(signals.reservesCommitment)
      expect(same.signals.reservesAfter).toBe(signals.reservesCommitment)
      expect(await verdictOf(same)).toBe(true)
    }
    const same = settlement({ flows: { closing: all(0n) } })
    for (const side of ['before', 'after'] as const) {
      const held = same[side]
      for (const change of [
        { blind: 1n },
        { reserves: held.reserves.with(3, 1n) },
        { insurance: held.insurance.with(0, held.insurance[0]! - 1n) },
      ]) {
        const other = { ...same, [side]: { ...held, ...change } }
        expect(await verdictOf(other), `${side} ${Object.keys(change)[0]}`).toBe(false)
      }
    }
  })
})

describe('settlement refuses the tampered witness that is accepted without (settlement.28)', () => {
  const cut = (from: string): Edit => ({ file, from, to: '' })
  const to = (from: string, text: string): Edit => ({ file, from, to: text })
  const unranged = (what: string) => to(`Range(TOTAL_BITS())(${what});`, 'Range(TOTAL_BITS())(0);')
  const honest = () => settlementInputs(settlement())
  const witnessOf = (parts: Parameters<typeof settlement>[0]) => settlementInputs(settlement(parts))
  /** The last state, or the first one, with some of it changed. */
  const stateWith = (change: Partial<WeighState>, which: 'state' | 'firstState' = 'state') => {
    const witness = settlement()
    const { transcript, flowPoint } = settlementTranscriptOf(witness, witness.signals)
    const flowSum = flowSumOf(witness.flows, flowPoint)
    const whole = { tree: TREES, next: 0, blind: witness.blind, sum: 0n, flowSum }
    const state = { ...(which === 'state' ? whole : FIRST_WEIGH_STATE), ...change }
    return tampered(honest(), { [which]: weighCommitment(transcript, state) })
  }
  /** Reserves and fund of the coin in one element. */
  const element = (held: typeof SETTLED_BEFORE) => held.reserves[0]! + held.insurance[0]! * WIDE
  const rest = (held: typeof SETTLED_BEFORE, reserves: bigint) =>
    toField((element(held) - reserves) * invertField(WIDE))
  const coinPaid = (closing: bigint) => ({ flows: { closing: SETTLED_FLOWS.closing.with(0, closing) } })
  const [huge, small] = [rest(SETTLED_BEFORE, 5_099n), rest(SETTLED_AFTER, 9_899n)]

  const attacks: { name: string; edits: Edit[]; inputs: () => CircuitInputs }[] = [
    {
      name: 'T07: the sum being zero: a unit of a customer that no row is of',
      edits: [to('last.sum <== 0;', 'last.sum <== 5;')],
      inputs: () => stateWith({ sum: 5n }),
    },
    {
      name: 'T07: all trees being weighed: takers and allocations that nobody has looked at',
      edits: [to('last.tree <== 9;', 'last.tree <== 7;')],
      inputs: () => stateWith({ tree: 7 }),
    },
    {
      name: 'T07: all places being weighed',
      edits: [to('last.next <== 0;', 'last.next <== 16;')],
      inputs: () => stateWith({ next: 16 }),
    },
    {
      name: 'the chain beginning with the accounts before, which are then forgotten',
      edits: [to('first.tree <== 0;', 'first.tree <== 1;')],
      inputs: () => stateWith({ tree: 1 }, 'firstState'),
    },
    {
      name: 'the chain beginning at the first account',
      edits: [to('first.next <== 0;', 'first.next <== 16;')],
      inputs: () => stateWith({ next: 16 }, 'firstState'),
    },
    {
      name: 'the chain beginning with a sum of zero',
      edits: [to('first.sum <== 0;', 'first.sum <== 5;')],
      inputs: () => stateWith({ sum: 5n }, 'firstState'),
    },
    {
      name: 'the chain beginning with no flows',
      edits: [to('first.flowSum <== 0;', 'first.flowSum <== 5;')],
      inputs: () => stateWith({ flowSum: 5n }, 'firstState'),
    },
    {
      name: 'the first state being that of the transcript',
      edits: [cut('firstState === first.out;')],
      inputs: () => tampered(honest(), { firstState: 5n }),
    },
    {
      name: 'the last state being that of the transcript',
      edits: [cut('state === last.out;')],
      inputs: () => tampered(honest(), { state: 5n }),
    },
    {
      name: 'activity being that of the roots: a tree that is published and not weighed',
      edits: [cut('activity === transcript.activity;')],
      inputs: () => tampered(honest(), { activity: activityDigest({ ...SETTLED_ROOTS, allocations: 7n }) }),
    },
    {
      name: 'external being that of the flows: other deposits than there are rows of',
      edits: [cut('external === flowed.out;')],
      inputs: () => {
        const { flows, externalBlind, flowsBlind, roots, blind } = settlement()
        const external = externalCommitment({ ...flows, in: at(0, 9_000_000n) }, externalBlind)
        const { transcript, flowPoint } = settlementTranscript({
          ...SETTLED_ACCOUNTS,
          activity: activityDigest(roots),
          flowsDigest: flowsDigest({ ...flows, external }, flowsBlind),
        })
        const last = { tree: TREES, next: 0, blind, sum: 0n, flowSum: flowSumOf(flows, flowPoint) }
        return tampered(honest(), {
          external,
          firstState: weighCommitment(transcript, FIRST_WEIGH_STATE),
          state: weighCommitment(transcript, last),
        })
      },
    },
    {
      name: 'flows being quotients: none at all, whatever rows come to',
      edits: [
        {
          file: flowFile,
          from: [
            'entry[i][e] <-- amount[e] / (challenge - pole[e]);',
            '            entry[i][e] * (challenge - pole[e]) === amount[e];',
          ].join('\n'),
          to: 'entry[i][e] <-- 0;',
        },
      ],
      inputs: () => stateWith({ flowSum: 0n }),
    },
    {
      name: 'a fee having a group of its own: counted with trades, which nobody then pays for',
      edits: [{ file: flowFile, from: '2 * i + GROUP,', to: '2 * i + 2 * GROUP,' }],
      inputs: () => ofRows({ trades: [[1n, 0, -3n]] }, { fees: at(0, -3n) }),
    },
    {
      name: 'T08: what goes out standing apart from what comes in',
      edits: [{ file: flowFile, from: '2 * i + 1,', to: '2 * i,' }],
      inputs: () =>
        ofRows(
          {
            transfers: [
              [1n, 0, 5_000n],
              [2n, 0, 200n],
            ],
          },
          { in: at(0, 5_000n), out: at(0, 200n) },
        ),
    },
    {
      name: 'T10: interest that is paid above what is charged',
      edits: [to('Range(TOTAL_BITS())(-accruals[i]);', 'Range(TOTAL_BITS())(1000 - accruals[i]);')],
      inputs: () => witnessOf({ flows: { accruals: at(0, 1n) } }),
    },
    {
      name: 'T09: closing being at most what left the fund',
      edits: [to('(spent[i] - closing[i]);', '(1000 + spent[i] - closing[i]);')],
      inputs: () => witnessOf({ flows: { closing: at(1, 26n) } }),
    },
    {
      name: 'a fund paying or not, and not the less the more it has: of −1 what it gained is lost',
      edits: [cut('fundPays[i] * (fundPays[i] - 1) === 0;')],
      inputs: () => tampered(witnessOf(coinPaid(1n)), { 'fundPays[0]': -1n }),
    },
    {
      name: 'a fund paying or not, and not several times',
      edits: [cut('fundPays[i] * (fundPays[i] - 1) === 0;')],
      inputs: () => tampered(witnessOf({ flows: { closing: at(1, 125n) } }), { 'fundPays[1]': 5n }),
    },
    {
      name: 'allocations needing a loss',
      edits: [cut('roots[6] * (1 - loss) === 0;')],
      inputs: () => witnessOf({ ...withLoss, loss: false }),
    },
    {
      name: 'T09: a loss while the fund has more than dust',
      edits: [to('(dust - counted);', '(1 + dust - counted);')],
      inputs: () => witnessOf({ ...withLoss, terms: { ...SETTLED_TERMS, dust: 1_374n } }),
    },
    {
      name: 'a loss being 0 or 1: another number, in which the fund counts for less',
      edits: [cut('loss * (loss - 1) === 0;')],
      inputs: () => tampered(witnessOf({ terms: { ...SETTLED_TERMS, dust: 0n } }), { loss: -1n }),
    },
    {
      name: 'terms being those of the reader: other dust',
      edits: [cut('terms === stated.out;')],
      inputs: () =>
        tampered(witnessOf({ ...withLoss, terms: { ...SETTLED_TERMS, dust: 0n } }), { dust: 1_375n }),
    },
    {
      name: 'terms being those of the reader: other marks',
      edits: [cut('terms === stated.out;')],
      inputs: () =>
        tampered(witnessOf({ ...withLoss, terms: { ...SETTLED_TERMS, dust: 375n } }), { 'marks[0]': 0n }),
    },
    {
      name: 'the fund before being the committed one',
      edits: [cut('reservesBefore === before.out;')],
      inputs: () => tampered(witnessOf(coinPaid(999n)), { 'insuranceBefore[0]': 1_009n, 'fundPays[0]': 1n }),
    },
    {
      name: 'the fund after being the committed one',
      edits: [cut('reservesAfter === after.out;')],
      inputs: () => tampered(witnessOf(coinPaid(9n)), { 'insuranceAfter[0]': 0n, 'fundPays[0]': 1n }),
    },
    {
      name: 'reserves before in their range, so that no fund is made of them',
      edits: [unranged('heldBefore[i]')],
      inputs: () =>
        tampered(witnessOf(coinPaid(999n)), {
          'heldBefore[0]': element(SETTLED_BEFORE) - 1_009n * WIDE,
          'insuranceBefore[0]': 1_009n,
          'fundPays[0]': 1n,
        }),
    },
    {
      name: 'the fund before in its range, so that an element is split in one way alone',
      edits: [unranged('insuranceBefore[i]')],
      inputs: () =>
        tampered(witnessOf(coinPaid(huge - 10n)), {
          'heldBefore[0]': 5_099n,
          'insuranceBefore[0]': huge,
          'fundPays[0]': 1n,
        }),
    },
    {
      name: 'reserves after in their range, so that they hide no fund',
      edits: [unranged('heldAfter[i]')],
      inputs: () =>
        tampered(witnessOf(coinPaid(9n)), {
          'heldAfter[0]': element(SETTLED_AFTER),
          'insuranceAfter[0]': 0n,
          'fundPays[0]': 1n,
        }),
    },
    {
      name: 'the fund after in its range',
      edits: [unranged('insuranceAfter[i]')],
      inputs: () =>
        tampered(witnessOf(coinPaid(toField(9n - small))), {
          'heldAfter[0]': 9_899n,
          'insuranceAfter[0]': small,
          'fundPays[0]': 1n,
        }),
    },
  ]
  for (const { name, edits, inputs } of attacks) {
    const copy = copies.with(...edits)
    test(name, async () => forge(await copy(), circuit, inputs()))
  }

  test('control: an honest witness of a copy, laid over the circuit, is accepted', async () => {
    const copy = copies.with(cut('firstState === first.out;'))
    await honestTransplant(circuit, await copy(), honest())
  })

  test('no wire can change alone, except the context to its negative and who pays nothing', async () => {
    const witness = await circuit.witness(honest())
    // Of an instrument whose fund is what it was, both bits say the same.
    const free = circuit.names(looseWires(circuit.r1cs, witness))
    expect(free.sort()).toEqual(['context', 'fundPays[2]', 'fundPays[3]'])
    const context = circuit.value(witness, 'context')
    expect(circuit.satisfied(circuit.edit(witness, { context: toField(-context) }))).toBe(true)
  })

  test('any input but those that are stated, and every public signal', async () => {
    const inputs = witnessOf({ terms: { ...SETTLED_TERMS, dust: 1_374n } })
    for (const [name, value] of elementsOf(inputs)) {
      // Either bit holds where accounts are given nothing, and no more was taken than the fund gained.
      if (name === 'context' || /^fundPays\[[023]\]$/.test(name)) continue
      expect(await circuit.accepts(tampered(inputs, { [name]: value + 1n })), name).toBe(false)
    }
  })
})

describe('settlement refuses rows that come to other flows than are claimed (settlement.22)', () => {
  const anyFlows = copies.with(
    { file, from: 'last.flowSum <== sum.out;', to: 'last.flowSum <-- claimed;' },
    {
      ...{ file, from: 'signal input context;', to: 'signal input context; signal input claimed;' },
      adds: { name: 'claimed', shape: [] },
    },
  )
  const unpaid: { name: string; rows: Rows; flows: Partial<Flows> }[] = [
    {
      name: 'T08: deposits that are netted against withdrawals',
      rows: {
        transfers: [
          [1n, 0, 5_000n],
          [2n, 0, -200n],
        ],
      },
      flows: { in: at(0, 4_800n) },
    },
    {
      name: 'a transfer of a derivative',
      rows: {
        transfers: [
          [1n, PERP, 5n],
          [2n, PERP, -5n],
        ],
      },
      flows: {},
    },
    {
      name: 'a trade that nobody pays for',
      rows: {
        trades: [
          [1n, 0, 5n],
          [2n, 0, -4n],
        ],
      },
      flows: {},
    },
    {
      name: 'trades that come to nothing over two instruments alone',
      rows: {
        trades: [
          [1n, 0, 5n],
          [2n, 1, -5n],
        ],
      },
      flows: {},
    },
    { name: 'a derivative that funding makes', rows: { accruals: [[1n, PERP, 5n]] }, flows: {} },
    {
      name: 'a derivative that a liquidation takes, and nobody takes over',
      rows: { liquidations: [[1n, PERP, -5n]], takers: [[2n, PERP, 4n]] },
      flows: {},
    },
    { name: 'an instrument that the table has no place for', rows: { fees: [[1n, 4, 5n]] }, flows: {} },
    {
      name: 'T10: interest that is charged, and given to somebody as a trade',
      rows: { accruals: [[1n, 1, -5n]], trades: [[2n, 1, 5n]] },
      flows: { accruals: at(1, -5n) },
    },
  ]
  for (const { name, rows, flows } of unpaid) {
    test(name, async () => {
      const [weak, inputs] = [await anyFlows(), ofRows(rows, flows)]
      const claimed = stateOfRows(rowsOf(rows), pointsOf({ ...none, ...flows }), 0n).flowSum
      const forged = await weak.witness({ ...inputs, claimed })
      expect(weak.satisfied(forged)).toBe(true)
      expect(circuit.satisfied(circuit.transplant(weak, forged, new Map(elementsOf(inputs))))).toBe(false)
      expect(await circuit.accepts(inputs)).toBe(false)
    })
  }
})

describe('every flow is absorbed before the challenge (settlement.28)', () => {
  /** A flow that is chosen once the challenge is known, in a copy whose transcript leaves it out. */
  const unabsorbed = {
    external: { file, from: 'flows.in[1] <== external;', to: 'flows.in[1] <== 0;' },
    accruals: { file, from: 'flows.in[2 + 2 * i] <== accruals[i];', to: 'flows.in[2 + 2 * i] <== 0;' },
    closing: { file, from: 'flows.in[3 + 2 * i] <== closing[i];', to: 'flows.in[3 + 2 * i] <== 0;' },
  }
  /** What is claimed at the challenge: as much as the rows come to, and within every range. */
  const lies: Record<keyof typeof unabsorbed, { rows: Rows; lie: (flowPoint: bigint) => Partial<Flows> }> = {
    external: {
      rows: { trades: [[1n, 0, 1_000n]] },
      lie: (k) => ({ in: at(0, toField(1_000n * k * invertField(k - flowPole(2, 0)))) }),
    },
    accruals: { rows: { accruals: [[1n, 0, 1n]] }, lie: (k) => ({ accruals: netted(k, 3) }) },
    closing: { rows: { takers: [[1n, 0, 1n]] }, lie: (k) => ({ closing: netted(k, 4) }) },
  }
  /** Amounts of a group, none above zero, that come to what one unit of the coin does. */
  const netted = (k: bigint, group: number) => {
    const slopes = all(0n).map((_, spot) => invertField(k - flowPole(group, spot)))
    const fits = (x: readonly bigint[]) =>
      x.every((by, spot) => by + at(0, 1n)[spot]! <= 0n && -by < MOST) && x.some((by) => by !== 0n)
    return shortRelation(slopes, fits).map((by, spot) => by + at(0, 1n)[spot]!)
  }
  for (const part of ['external', 'accruals', 'closing'] as const) {
    const copy = copies.with(unabsorbed[part])
    test(part, async () => {
      const { rows, lie } = lies[part]
      const { roots, externalBlind, flowsBlind, blind } = settlement()
      const external = externalCommitment(none, externalBlind)
      const left = { external: { external: 0n }, accruals: {}, closing: {} }[part]
      const points = settlementTranscript({
        ...SETTLED_ACCOUNTS,
        activity: activityDigest(roots),
        flowsDigest: flowsDigest({ ...none, external, ...left }, flowsBlind),
      })
      const inputs = settlementInputs(settlement({ flows: { ...none, ...lie(points.flowPoint) } }))
      await forge(
        await copy(),
        circuit,
        tampered(inputs, {
          firstState: weighCommitment(points.transcript, FIRST_WEIGH_STATE),
          state: weighCommitment(points.transcript, stateOfRows(rowsOf(rows), points, blind)),
        }),
      )
    })
  }
})

describe('what readers compute (settlement.27)', () => {
  test('external is a digest of what came in, what went out and fees, under a blind', () => {
    const { externalBlind, signals, flows } = settlement()
    const [i, o, f] = [flows.in, flows.out, flows.fees.map(toField)]
    const list = [externalBlind, ...i.flatMap((amount, spot) => [amount, o[spot]!, f[spot]!])]
    expect(signals.external).toBe(sponge('external', list))
    expect(sponge('external', [7n])).toBe(poseidon([1n, 7n], 35n))
    const other = settlement({ flows: { accruals: at(0, -9n), closing: at(1, 3n) } })
    expect(other.signals.external).toBe(signals.external)
    expect(other.signals.firstState).not.toBe(signals.firstState)
  })

  test('terms are a digest of dust and marks', () => {
    expect(settlement().signals.terms).toBe(sponge('terms', [SETTLED_TERMS.dust, ...SETTLED_TERMS.marks]))
    expect(sponge('terms', [7n])).toBe(poseidon([1n, 7n], 39n))
    expect(termsDigest({ dust: 1n, marks: [2n] })).not.toBe(termsDigest({ dust: 2n, marks: [1n] }))
  })

  test('a proof is for two manifests, in their order', async () => {
    const contexts = [
      ['ab', 'cd'],
      ['cd', 'ab'],
      ['ab', 'ce'],
      ['aa', 'cd'],
    ].map(([before, after]) => settlementContext(before!.repeat(32), after!.repeat(32)))
    expect(new Set(contexts).size).toBe(contexts.length)
    expect(contexts.every((context) => context < FIELD_ORDER)).toBe(true)
    const witness = await circuit.witness(settlementInputs(settlement()))
    const moved = circuit.edit(witness, { context: circuit.value(witness, 'context') + 1n })
    expect(circuit.satisfied(moved)).toBe(false)
  })
})
