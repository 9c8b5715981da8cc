import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { Circuit } from '../../scripts/soundness/bench/circuit.js'
import {
  account,
  LEDGER_PUBLIC,
  STRESS_TABLE,
  TIER_TABLE,
  TINY_STRESS,
  TINY_STRESS_MAIN,
  TINY_TIERS,
} from '../../scripts/soundness/samples/ledger.js'
import { books, policy, STRESS_TABLE as STRESS_RISK } from '../../scripts/soundness/samples/solvency.js'
import {
  type LedgerAccount,
  LedgerFold,
  type LedgerSizes,
  type LedgerWitness,
  ledgerInputs,
  ledgerModel,
  solvencyFigures,
  solvencyModel,
} from '../../src/statements/index.js'
import { cases } from '../helpers/sweep.js'

type Table = typeof STRESS_TABLE

/**
 * The witnesses of a ledger that is folded in batches of `sizes`, filled up with accounts that hold nothing.
 */
function folded(accounts: readonly LedgerAccount[], sizes: LedgerSizes, table: Table): LedgerWitness[] {
  const fold = new LedgerFold(sizes, table)
  const witnesses: LedgerWitness[] = []
  for (let at = 0; at < accounts.length || at === 0; at += sizes.accounts) {
    const batch = accounts.slice(at, at + sizes.accounts)
    const padding = Array.from({ length: sizes.accounts - batch.length }, (_, i) => account(900 + at + i))
    witnesses.push(fold.fold(sizes, [...batch, ...padding], BigInt(1_000 + at)))
  }
  return witnesses
}

/** What a ledger comes to, whoever is in it: totals and shortfall sums after its last batch. */
const sumsOf = (witnesses: readonly LedgerWitness[]) => {
  const { totalsAfter, shortfallsAfter } = witnesses.at(-1)!
  return { totals: totalsAfter, shortfalls: shortfallsAfter }
}
const stateOf = (witnesses: readonly LedgerWitness[]) => witnesses.at(-1)!.signals.stateAfter

const TOP = (1n << 64n) - 1n
const quantity = fc.oneof(fc.bigInt(-1_000n, 1_000n), fc.constantFrom(TOP, -TOP, 1n))
const holding = fc.record({ instrument: fc.nat(3), quantity })
const ledgerOf = (slots: number) =>
  fc
    .array(fc.array(holding, { maxLength: slots }), { minLength: 1, maxLength: 9 })
    .map((lists) => lists.map((list, u) => ({ ...account(u), slots: list })))
/** Keys rise, each once: what a table with tiers needs. */
const tidy = (accounts: LedgerAccount[]) =>
  accounts.map((own) => ({
    ...own,
    slots: [
      ...new Map(
        own.slots
          .filter((s) => s.quantity !== 0n)
          .map((s) => [2 * s.instrument + (s.quantity < 0n ? 1 : 0), s]),
      ),
    ]
      .sort(([a], [b]) => a - b)
      .map(([, slot]) => slot),
  }))

describe('a ledger comes to the same (ledger.5, ledger.8)', () => {
  test.each([
    ['with scenarios', TINY_STRESS, STRESS_TABLE, (accounts: LedgerAccount[]) => accounts],
    ['with tiers', TINY_TIERS, TIER_TABLE, tidy],
  ] as const)(
    '%s: in another order, in other batches, with empty accounts in between',
    (_, sizes, table, prepare) => {
      fc.assert(
        fc.property(
          ledgerOf(sizes.slots),
          fc.array(fc.nat(1_000), { minLength: 9, maxLength: 9 }),
          fc.constantFrom(1, 2, 3, 5),
          (made, order, perBatch) => {
            const accounts = prepare(made)
            const base = folded(accounts, sizes, table)
            const sums = sumsOf(base)
            const shuffled = accounts
              .map((own, u) => ({ own, at: order[u]! }))
              .sort((a, b) => a.at - b.at)
              .map(({ own }) => own)
            const other = folded(shuffled, sizes, table)
            expect(sumsOf(other)).toEqual(sums)
            // Not even that the accounts are the same shows: every state is another, but where nothing moved.
            const moved = shuffled.some((own, u) => own !== accounts[u])
            expect(stateOf(other) === stateOf(base)).toBe(!moved)
            expect(sumsOf(folded(accounts, { ...sizes, accounts: perBatch }, table))).toEqual(sums)
            const between = accounts.flatMap((own, u) => [own, account(500 + u)])
            expect(sumsOf(folded(between, sizes, table))).toEqual(sums)
            const more = folded([...accounts, account(777, [0, 1n])], sizes, table)
            expect(sumsOf(more).totals[0]).toBe(sums.totals[0]! + 1n)
            expect(sumsOf(more).totals.slice(1)).toEqual(sums.totals.slice(1))
          },
        ),
        { numRuns: cases(40, 1_000) },
      )
    },
  )

  test('of each account the same, however its slots are spread over instruments of equal values', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 1_000n), fc.bigInt(0n, 1_000n), (a, b) => {
        const one = folded([account(1, [0, a + b])], TINY_STRESS, STRESS_TABLE)[0]!
        const two = folded([account(1, [0, a], [0, b])], TINY_STRESS, STRESS_TABLE)[0]!
        expect(two.equities[0]).toEqual(one.equities[0])
        expect(two.totalsAfter).toEqual(one.totalsAfter)
      }),
      { numRuns: cases(40, 1_000) },
    )
  })
})

describe('the circuit agrees that it does (ledger.13)', () => {
  let four: Circuit
  let two: Circuit
  beforeAll(async () => {
    const source = { include: 'ledger.circom', public: LEDGER_PUBLIC }
    four = await Circuit.compile({ ...source, main: TINY_STRESS_MAIN })
    two = await Circuit.compile({ ...source, main: 'Ledger(2, 2, 4, 2, 0)' })
  })

  test('four accounts in one batch or in two, in any order, and the chain of the one is none of the other', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(holding, { maxLength: 2 }), { minLength: 4, maxLength: 4 }),
        async (lists) => {
          const accounts = lists.map((list, u) => ({ ...account(u), slots: list }))
          const [whole] = folded(accounts, TINY_STRESS, STRESS_TABLE)
          const halves = folded([...accounts].reverse(), { ...TINY_STRESS, accounts: 2 }, STRESS_TABLE)
          expect(ledgerModel(whole!).valid && halves.every((half) => ledgerModel(half).valid)).toBe(true)
          expect(await four.accepts(ledgerInputs(whole!))).toBe(true)
          for (const half of halves) expect(await two.accepts(ledgerInputs(half))).toBe(true)
          expect(sumsOf(halves)).toEqual(sumsOf([whole!]))
          // The end of one chain does not open as the end of the other: there is one more batch in it.
          const claimed = {
            ...halves[1]!,
            signals: { ...halves[1]!.signals, stateAfter: whole!.signals.stateAfter },
          }
          expect(await two.accepts(ledgerInputs(claimed))).toBe(false)
        },
      ),
      { numRuns: cases(5, 100) },
    )
  })
})

describe('solvency judges the same (solvency.2, solvency.5)', () => {
  const amount = fc.bigInt(0n, 500n)
  const pairs = fc.array(fc.tuple(amount, amount), { minLength: 2, maxLength: 2 })
  /** BTC and USDT in one order or the other; the perp stays where it is. */
  const swap = <T>([a, b, ...rest]: readonly T[]): T[] => [b!, a!, ...rest]

  test('with its instruments in another order, and with more reserves or less owed no worse', () => {
    fc.assert(
      fc.property(
        pairs,
        fc.array(amount, { minLength: 2, maxLength: 2 }),
        fc.array(fc.bigInt(0n, 90_000n), { minLength: 2, maxLength: 2 }),
        fc.tuple(fc.nat(1), fc.bigInt(0n, 50n)),
        (sides, held, shortfalls, [which, by]) => {
          const make = (
            owed: readonly (readonly [bigint, bigint])[],
            reserves: readonly bigint[],
            turned = false,
          ) => {
            const order = turned ? swap : <T>(list: readonly T[]) => [...list]
            const rules = policy()
            return books({
              table: {
                ...STRESS_RISK,
                instruments: order(STRESS_RISK.instruments),
                scenarios: STRESS_RISK.scenarios.map((s) => ({ ...s, values: order(s.values) })),
              },
              policy: { ...rules, instruments: order(rules.instruments) },
              totals: [...order(owed).flat(), 7n, 7n, 0n, 0n],
              reserves: [...order(reserves), 0n, 0n],
              shortfalls,
            })
          }
          const base = make(sides, held)
          const { valid } = solvencyModel(base)
          const turned = make(sides, held, true)
          expect(solvencyModel(turned).valid).toBe(valid)
          expect(solvencyFigures(turned).missingValue).toBe(solvencyFigures(base).missingValue)
          expect(solvencyFigures(turned).missingByScenario).toEqual(solvencyFigures(base).missingByScenario)
          if (!valid) return
          expect(solvencyModel(make(sides, held.with(which, held[which]! + by))).valid).toBe(true)
          const less = sides.map(([long, short], i): [bigint, bigint] =>
            i === which ? [long > by ? long - by : 0n, short] : [long, short],
          )
          expect(solvencyModel(make(less, held)).valid).toBe(true)
        },
      ),
      { numRuns: cases(200, 2_000) },
    )
  })
})
