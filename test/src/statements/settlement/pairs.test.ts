import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SETTLED_SPOTS } from '../../../../scripts/soundness/samples/settlement.js'
import {
  type SampleTree,
  type WeighedSample,
  weighed,
  weighSample,
} from '../../../../scripts/soundness/samples/weigh.js'
import {
  byReason,
  externalCommitment,
  FLOW_GROUPS,
  type Flows,
  flowsDigest,
  REASONS,
  type Reason,
  type SettlementWitness,
  settlementModel,
  settlementWitness,
  weighModel,
} from '../../../../src/statements/index.js'
import { cases } from '../../../helpers/sweep.js'

const [COIN, CASH, PERP] = [0, 1, 32_768] as const
const CUSTOMERS = 5

/** By customer and instrument, in units: what is held, or what moved for one reason. */
type Book = Map<string, bigint>
const keyOf = (customer: number, instrument: number) => `${customer} ${instrument}`
const add = (book: Book, customer: number, instrument: number, units: bigint) =>
  book.set(keyOf(customer, instrument), (book.get(keyOf(customer, instrument)) ?? 0n) + units)

interface Pair {
  before: Book
  after: Book
  rows: Record<Reason, Book>
  /** What is said of the rows. */
  flows: Flows
  /** Cash that the fund lost, all of which takers got. */
  paid: bigint
}

interface Draw {
  held: [customer: number, instrument: number, units: bigint][]
  moved: [customer: number, other: number, instrument: number, units: bigint][]
  charged: [payer: number, receiver: number, given: bigint, kept: bigint][]
  closed: [customer: number, taker: number, perps: bigint, cash: bigint, paid: bigint][]
  shared: [customer: number, cash: bigint][]
}

/** Two epochs, of which the later one is the earlier one and all rows. */
function pairOf({ held, moved, charged, closed, shared }: Draw): Pair {
  const book = (): Book => new Map()
  const rows = byReason(book)
  const before = book()
  // Somebody has something in both: an epoch has a batch.
  add(before, 0, COIN, 100_000n)
  for (const [customer, instrument, units] of held) add(before, customer, instrument, units)
  for (const [customer, other, instrument, units] of moved) {
    add(rows.trades, customer, instrument, units)
    add(rows.trades, other, instrument, -units)
    if (instrument === PERP) continue
    add(rows.transfers, other, instrument, units)
    add(rows.fees, customer, instrument, -units / 7n)
  }
  for (const [payer, receiver, given, kept] of charged) {
    add(rows.accruals, payer, CASH, -given - kept)
    add(rows.accruals, receiver, CASH, given)
    add(rows.accruals, payer, PERP, kept)
    add(rows.accruals, receiver, PERP, -kept)
  }
  for (const [customer, taker, perps, cash, paid] of closed) {
    add(rows.liquidations, customer, PERP, -perps)
    add(rows.liquidations, customer, CASH, -cash)
    add(rows.takers, taker, PERP, perps)
    add(rows.takers, taker, CASH, cash + paid)
  }
  for (const [customer, cash] of shared) add(rows.allocations, customer, CASH, -cash)
  const after = new Map(before)
  for (const reason of REASONS) {
    for (const [key, units] of rows[reason]) after.set(key, (after.get(key) ?? 0n) + units)
  }
  const paid = closed.reduce((sum, [, , , , units]) => sum + units, 0n)
  return { before, after, rows, flows: flowsOf(rows), paid }
}

/** What rows come to, in the spot instruments. */
function flowsOf(rows: Record<Reason, Book>): Flows {
  const sum = (reasons: readonly Reason[], of: (units: bigint) => bigint = (units) => units) =>
    Array.from({ length: SETTLED_SPOTS }, (_, spot) =>
      reasons
        .flatMap((reason) => [...rows[reason]])
        .filter(([key]) => key.endsWith(` ${spot}`))
        .reduce((total, [, units]) => total + of(units), 0n),
    )
  return {
    in: sum(['transfers'], (units) => (units > 0n ? units : 0n)),
    out: sum(['transfers'], (units) => (units < 0n ? -units : 0n)),
    fees: sum(['fees']),
    accruals: sum(['accruals']),
    closing: sum(['liquidations', 'takers']),
  }
}

/** Leaves of a book, four to a batch; none of a customer who has nothing in it. */
function treeOf(book: Book, salt: bigint): SampleTree {
  const leaves = Array.from({ length: CUSTOMERS }, (_, customer) => {
    const held = [COIN, CASH, PERP].map((instrument) => [
      instrument,
      book.get(keyOf(customer, instrument)) ?? 0n,
    ])
    return held.some(([, units]) => units !== 0n)
      ? [weighed(customer, held as [number, bigint][], { salt })]
      : []
  }).flat()
  return Array.from({ length: Math.ceil(leaves.length / 4) }, (_, b) => leaves.slice(4 * b, 4 * b + 4))
}

/** What a pair is proven with: chunks of every tree, and the closing proof over them. */
function prove({ before, after, rows, flows, paid }: Pair): {
  sample: WeighedSample
  closing: SettlementWitness
} {
  const [externalBlind, flowsBlind] = [7_777n, 8_888n]
  const external = externalCommitment(flows, externalBlind)
  const sample = weighSample({
    before: treeOf(before, 7n),
    after: treeOf(after, 8n),
    rows: Object.fromEntries(
      REASONS.map((reason, i) => [reason, treeOf(rows[reason], 100n + BigInt(i))] as const),
    ),
    flowsDigest: flowsDigest({ ...flows, external }, flowsBlind),
  })
  const { trees, state } = sample.chain
  const none = new Array<bigint>(SETTLED_SPOTS).fill(0n)
  const closing = settlementWitness({
    ...{ ...trees, flows, externalBlind, flowsBlind, blind: state.blind, context: 1n },
    before: { reserves: none, insurance: none.with(CASH, 50n + paid), blind: 1n },
    after: { reserves: none, insurance: none.with(CASH, 50n), blind: 2n },
    terms: { dust: 50n, marks: none.with(CASH, 1n) },
    loss: trees.roots.allocations !== 0n,
  })
  return { sample, closing }
}

/** Whether readers accept a pair: the closing proof holds, over the chain's first and last state. */
function accepted({ sample, closing }: ReturnType<typeof prove>): boolean {
  const { signals } = closing
  return (
    settlementModel(closing).valid &&
    sample.witnesses[0]?.signals.stateBefore === signals.firstState &&
    sample.chain.commitment === signals.state
  )
}

/** A unit where it does not belong: of another customer, in another instrument or for another reason. */
type Move = [from: Spot, to: Spot]
type Spot = [book: 'before' | 'after' | Reason, customer: number, instrument: number]

function moved(pair: Pair, [from, to]: Move): Pair | undefined {
  const [[one, customer, instrument], [other, second, third]] = [from, to]
  // What a customer loses before and is given as an allocation is another earlier epoch, and no lie.
  const isHonest = groupOf(one) === groupOf(other) || (isFree(one) && isFree(other))
  if (isHonest && customer === second && instrument === third) return undefined
  const copy = {
    ...pair,
    before: new Map(pair.before),
    after: new Map(pair.after),
    rows: byReason((reason) => new Map(pair.rows[reason])),
  }
  const bookOf = (name: Spot[0]) => (name === 'before' || name === 'after' ? copy[name] : copy.rows[name])
  add(bookOf(one), customer, instrument, -1n)
  add(bookOf(other), second, third, 1n)
  return copy
}

/** Books between which a unit may move without anybody being told something else. */
const groupOf = (book: Spot[0]) => (book === 'before' || book === 'after' ? book : `${FLOW_GROUPS[book]}`)

const isFree = (book: Spot[0]) => book === 'before' || book === 'allocations'

const customer = fc.nat(CUSTOMERS - 1)
const instrument = fc.constantFrom(COIN, CASH, PERP)
const units = fc.bigInt(1n, 60n)
const draw: fc.Arbitrary<Draw> = fc.record({
  held: fc.array(fc.tuple(customer, instrument, fc.bigInt(-50n, 900n)), { minLength: 1, maxLength: 9 }),
  moved: fc.array(fc.tuple(customer, customer, instrument, fc.bigInt(-60n, 60n)), { maxLength: 6 }),
  charged: fc.array(fc.tuple(customer, customer, units, units), { maxLength: 3 }),
  closed: fc.array(fc.tuple(customer, customer, units, units, units), { maxLength: 2 }),
  shared: fc.array(fc.tuple(customer, units), { maxLength: 2 }),
})
const spot: fc.Arbitrary<Spot> = fc.tuple(
  fc.constantFrom('before' as const, 'after' as const, ...REASONS),
  customer,
  instrument,
)

describe('whole pairs of epochs (settlement.29)', () => {
  test('are accepted where the later one is the earlier one and all rows', () => {
    fc.assert(
      fc.property(draw, (drawn) => {
        const pair = pairOf(drawn)
        const { sample, closing } = prove(pair)
        for (const witness of sample.witnesses) expect(weighModel(witness)).toEqual({ valid: true })
        expect(accepted({ sample, closing })).toBe(true)
      }),
      { numRuns: cases(25, 1_000), seed: 29 },
    )
  })

  test('are refused with one unit of another customer, instrument or reason', () => {
    let refused = 0
    fc.assert(
      fc.property(draw, fc.tuple(spot, spot), (drawn, move) => {
        const other = moved(pairOf(drawn), move)
        if (other === undefined) return
        expect(accepted(prove(other))).toBe(false)
        refused++
      }),
      { numRuns: cases(60, 1_200), seed: 30 },
    )
    expect(refused).toBeGreaterThan(cases(50, 1_000))
  })
})
