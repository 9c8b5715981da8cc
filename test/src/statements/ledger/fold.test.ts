import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldSample } from '../../../../scripts/soundness/samples/fold.js'
import {
  ACCOUNTS,
  account,
  BTC,
  BTC_TIERS,
  PERP,
  plain,
  pledged,
  STRESS_TABLE,
  stressed,
  TABLE,
  TIER_RISK,
  TIER_SIZES,
  TIER_TABLE,
  TIERED,
  TINY,
  USDT,
  USDT_TIER,
} from '../../../../scripts/soundness/samples/ledger.js'
import { FIELD_ORDER, toField } from '../../../../src/field/index.js'
import { leafHash, poseidon } from '../../../../src/hash/index.js'
import { TIER_NUMBERS } from '../../../../src/risk/index.js'
import {
  arrangeSlots,
  fixLedger,
  ledgerBatch,
  ledgerModel,
  totalsByRow,
} from '../../../../src/statements/index.js'
import { equitiesLeaf, spareOf } from '../../../../src/statements/ledger/batch.js'
import { cases } from '../../../helpers/sweep.js'

/** x to the n-th, by multiplying n times; and x⁻¹, as x^(p − 2). */
function power(x: bigint, n: number): bigint {
  let result = 1n
  for (let i = 0; i < n; i++) result = toField(result * x)
  return result
}
function inverse(x: bigint): bigint {
  let result = 1n
  let base = toField(x)
  for (let bits = FIELD_ORDER - 2n; bits > 0n; bits >>= 1n) {
    if (bits & 1n) result = toField(result * base)
    base = toField(base * base)
  }
  return result
}

/**
 * The root of the accounts tree, level by level from the leaves of every batch, as circuits/README.md says.
 */
function rootOf(leaves: bigint[][]): bigint {
  const level = (nodes: bigint[], width: number, empty: bigint) => {
    const filled = [...nodes, ...new Array<bigint>(width - nodes.length).fill(empty)]
    return Array.from({ length: width / 16 }, (_, i) => poseidon(filled.slice(16 * i, 16 * i + 16)))
  }
  const empties = [0n]
  for (let d = 0; d < 8; d++) empties.push(poseidon(new Array<bigint>(16).fill(empties[d]!)))
  const roots = leaves.map((batch) => {
    let nodes = batch
    for (const [d, width] of [4096, 256, 16].entries()) {
      const needed = 16 * Math.ceil(nodes.length / 16)
      nodes = level(nodes, Math.min(width, needed), empties[d]!)
    }
    return nodes[0]!
  })
  let nodes = roots
  // An empty place for a batch is 0, as an empty place for an account is.
  for (let d = 0; d < 5; d++) nodes = level(nodes, 16 * Math.ceil(nodes.length / 16), empties[d]!)
  return nodes[0]!
}

describe('a fold is what a slow computation of the same says (ledger.13)', () => {
  const quantity = fc.oneof(fc.bigInt(-50n, 50n), fc.constantFrom((1n << 64n) - 1n, 1n - (1n << 64n)))
  const others = fc.array(fc.record({ instrument: fc.constantFrom(BTC, USDT, 3, PERP), quantity }), {
    maxLength: 2,
  })
  const tiers = fc.uniqueArray(
    fc.record({
      instrument: fc.constantFrom(...BTC_TIERS, USDT_TIER),
      quantity: fc.bigInt(1n, 1_000n),
    }),
    { maxLength: 2, selector: ({ instrument }) => instrument },
  )
  const batch = fc.oneof(
    fc.tuple(
      fc.constant(pledged),
      fc.array(
        fc.tuple(tiers, others).map((l) => l.flat()),
        { maxLength: 4 },
      ),
    ),
    fc.tuple(fc.constant(stressed), fc.array(others, { maxLength: 4 })),
    fc.tuple(
      fc.constant(plain),
      fc.array(
        others.map((list) =>
          list
            .filter(({ instrument }) => instrument !== PERP)
            .map((slot) => ({ ...slot, quantity: slot.quantity < 0n ? -slot.quantity : slot.quantity })),
        ),
        { maxLength: 4 },
      ),
    ),
  )

  test('tree, totals, weighted totals, both sums, shortfalls and their number, batch by batch', () => {
    fc.assert(
      fc.property(fc.array(batch, { minLength: 1, maxLength: 4 }), (made) => {
        const batches = made.map(([make, lists], b) =>
          make(...lists.map((slots, u) => ({ ...account(10 * b + u), slots }))),
        )
        const fold = foldSample(TIER_TABLE, batches)
        const { columns } = TIER_TABLE
        const { totals, weightedTotals, points, tree } = fold.chain.ledger
        /** Where a list by key has a slot, and what its units are worth there. */
        const keyOf = ({ instrument, quantity }: { instrument: number; quantity: bigint }) => {
          const short = quantity < 0n ? 1 : 0
          if (instrument < TIER_NUMBERS) return 2 * instrument + short
          if (instrument >= 2 * TIER_NUMBERS) return 8 + 2 * (instrument - 2 * TIER_NUMBERS) + short
          return 12 + instrument - TIER_NUMBERS
        }
        const [sums, weighed] = [new Array<bigint>(16).fill(0n), new Array<bigint>(16).fill(0n)]
        let [keySum, equitySum] = [0n, 0n]
        const shortfalls = [0, 1].map(() => ({ sum: 0n, accounts: 0n }))
        for (const [b, { sizes, accounts, spares }] of fold.batches.entries()) {
          const start = power(power(points.accountPoint, 4096), b)
          for (const [u, { slots }] of accounts.entries()) {
            const weight = toField(start * power(points.accountPoint, u))
            const equities = [0n, 0n]
            for (const [s, slot] of slots.entries()) {
              if (slot.quantity === 0n) continue
              const size = slot.quantity < 0n ? -slot.quantity : slot.quantity
              const key = keyOf(slot)
              sums[key]! += size
              for (const scenario of [0, 1]) {
                equities[scenario]! += slot.quantity * columns.scenarios[scenario]!.values[key]!
              }
              let pole = BigInt(2 * slot.instrument + (slot.quantity < 0n ? 1 : 0))
              if (s < sizes.pledged) pole += points.limitPoint * (size + spares[u]![s]! + 1n)
              const share = size * inverse(points.challenge - pole)
              keySum += share
              if (sizes.scenarios === 0) continue
              keySum += points.mix * weight * share
              weighed[key] = toField(weighed[key]! + weight * size)
            }
            if (sizes.scenarios === 0) continue
            for (const [scenario, equity] of equities.entries()) {
              equitySum += weight * power(points.scenarioPoint, scenario) * equity
              if (equity >= 0n) continue
              shortfalls[scenario]!.sum -= equity
              shortfalls[scenario]!.accounts += 1n
            }
          }
        }
        expect(totals).toEqual(sums)
        expect(weightedTotals).toEqual(weighed)
        const { state } = fold.chain
        expect(state).toMatchObject({ count: batches.length, shortfalls })
        expect([state.keySum, state.equitySum]).toEqual([toField(keySum), toField(equitySum)])
        const leaves = fold.batches.map((own) => [
          ...own.accounts.map(({ holder, slots }) => leafHash(holder, slots)),
          ...(own.sizes.scenarios > 0 ? [equitiesLeaf(own)] : []),
        ])
        expect(tree.root).toBe(rootOf(leaves))
        for (const witness of fold.witnesses) expect(ledgerModel(witness)).toEqual({ valid: true })
      }),
      { numRuns: cases(15, 300) },
    )
  })

  test('without scenarios there are no weighted totals, and no equities (ledger.16)', () => {
    const { chain, batches } = foldSample(TABLE, [plain(...ACCOUNTS)])
    expect(chain.ledger.weightedTotals).toEqual([])
    expect(chain.ledger.weightedTotalsDigest).toBe(0n)
    expect(chain.state).toMatchObject({ equitySum: 0n, shortfalls: [] })
    expect(batches[0]!.equities).toEqual([])
  })

  test('of no batch, or of more than the tree has places, is refused (ledger.4)', () => {
    const none = { totals: 1n }
    const totals = new Array<bigint>(8).fill(0n)
    expect(() => fixLedger(TABLE, [], totals, none)).toThrow(/at least one/)
    const many = { length: 2 ** 20 + 1 } as unknown as bigint[]
    expect(() => fixLedger(TABLE, many, totals, none)).toThrow(/at most 1048576/)
  })
})

describe('slots of an account in the order of an instance (ledger.14)', () => {
  const slot = (instrument: number, quantity: bigint) => ({ instrument, quantity })
  const EMPTY = slot(0, 0n)
  const [low, high] = BTC_TIERS

  test('are tiers by rising number, filled up, then everything else, filled up', () => {
    const held = [slot(USDT, -5n), slot(high, 2n), EMPTY, slot(low, 1n), slot(PERP, 3n)]
    const sizes = { slots: 6, pledged: 3 }
    expect(arrangeSlots(held, sizes)).toEqual([
      ...[slot(low, 1n), slot(high, 2n), EMPTY],
      ...[slot(USDT, -5n), slot(PERP, 3n), EMPTY],
    ])
    expect(arrangeSlots([], sizes)).toEqual(new Array(6).fill(EMPTY))
  })

  test('that do not fit are refused, on either side of the pledged ones', () => {
    for (const [held, sizes] of [
      [[slot(low, 1n)], { slots: 4, pledged: 0 }],
      [[slot(low, 1n), slot(high, 1n), slot(USDT_TIER, 1n)], { slots: 4, pledged: 2 }],
      [[slot(BTC, 1n), slot(USDT, 1n), slot(PERP, 1n)], { slots: 4, pledged: 2 }],
      [[0, 1, 2, 3, 4].map((i) => slot(i, 1n)), { slots: 4, pledged: 0 }],
    ] as const) {
      expect(() => arrangeSlots(held, sizes)).toThrow(/does not fit/)
    }
  })

  test('leave of a tier what its width has room for, and nothing where they are above it or no tier', () => {
    const { tiers } = TIER_TABLE.columns
    expect(spareOf(slot(low, 400n), tiers)).toBe(600n)
    expect(spareOf(slot(low, 1_000n), tiers)).toBe(0n)
    expect(spareOf(slot(low, 1_001n), tiers)).toBe(0n)
    expect(spareOf(slot(BTC, 7n), tiers)).toBe(0n)
    expect(spareOf(slot(TIER_NUMBERS + 99, 7n), tiers)).toBe(0n)
    expect(spareOf(EMPTY, tiers)).toBe(0n)
  })
})

test('the leaf of equities binds every equity, spare, blind and size, and their places (ledger.11)', () => {
  const batch = foldSample(TIER_TABLE, [pledged(...TIERED)]).batches[0]!
  const leaf = equitiesLeaf(batch)
  const others = [
    ...batch.equities.flatMap((own, u) =>
      own.map((equity, s) => ({ ...batch, equities: batch.equities.with(u, own.with(s, equity + 1n)) })),
    ),
    ...batch.spares.flatMap((own, u) =>
      own.map((spare, s) => ({ ...batch, spares: batch.spares.with(u, own.with(s, spare + 1n)) })),
    ),
    { ...batch, equities: batch.equities.toReversed() },
    { ...batch, equitiesBlind: batch.equitiesBlind + 1n },
    ...(['accounts', 'slots', 'pledged'] as const).map((size) => ({
      ...batch,
      sizes: { ...batch.sizes, [size]: batch.sizes[size] + 1 },
    })),
  ]
  const leaves = others.map(equitiesLeaf)
  expect(new Set([leaf, ...leaves]).size).toBe(others.length + 1)
})

describe('totals (ledger.5)', () => {
  test('by key are those of the rows of a table, long and short', () => {
    const { ledger } = foldSample(TIER_TABLE, [pledged(...TIERED)])
    const byRow = totalsByRow(ledger.totals, TIER_RISK, TIER_SIZES)
    // BTC and its two tiers, USDT and its tier, BTC-PERP.
    expect(byRow).toEqual([77n, 3n, 1_010n, 0n, 4_000n, 0n, 0n, 250_900n, 70_100n, 0n, 5n, 5n])
  })

  test('leave out what no key is of, and a batch of it is none (ledger.6)', () => {
    const outside = stressed(account(1, [99, 5n], [PERP + 9, -5n], [BTC, 1n]))
    const { ledger, batches } = foldSample(STRESS_TABLE, [outside])
    expect(ledger.totals.filter((total) => total !== 0n)).toEqual([1n])
    expect(batches[0]!.equities[0]).toEqual([40n, 180n])
    const accounts = [account(1, [99, 5n]), account(2), account(3), account(4)]
    expect(ledgerBatch(TINY, accounts, TABLE.columns, 0n).equities).toEqual([])
  })
})
