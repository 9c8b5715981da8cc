import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { epochOf } from '../../scripts/soundness/samples/epoch.js'
import { foldSample, type SampleFold } from '../../scripts/soundness/samples/fold.js'
import {
  account,
  BTC,
  BTC_TIERS,
  filled,
  PERP,
  STRESS_SIZES,
  STRESS_TABLE,
  TIER_TABLE,
  TINY_PLEDGED,
  TINY_STRESS,
  tableWith,
  USDT,
  USDT_TIER,
} from '../../scripts/soundness/samples/ledger.js'
import { policy, stressBooks } from '../../scripts/soundness/samples/solvency.js'
import {
  type LedgerAccount,
  type LedgerSizes,
  type LedgerTable,
  ledgerInputs,
  solvencyFigures,
  solvencyModel,
} from '../../src/statements/index.js'
import { expectAccepted, ledgerCircuit } from '../helpers/ledger.js'
import { cases } from '../helpers/sweep.js'

/** A ledger that is folded in batches of `sizes`, filled up with accounts that hold nothing. */
function folded(accounts: readonly LedgerAccount[], sizes: LedgerSizes, table: LedgerTable): SampleFold {
  const batches = []
  for (let at = 0; at < accounts.length || at === 0; at += sizes.accounts) {
    batches.push(filled(sizes, accounts.slice(at, at + sizes.accounts)))
  }
  return foldSample(table, batches)
}

/** What a ledger comes to, whoever is in it: totals and shortfall sums after its last batch. */
const sumsOf = ({ ledger }: SampleFold) => ({ totals: ledger.totals, shortfalls: ledger.state.shortfalls })

const TOP = (1n << 64n) - 1n
const quantity = fc.oneof(fc.bigInt(-1_000n, 1_000n), fc.constantFrom(TOP, -TOP, 1n))
const holding = fc.record({ instrument: fc.constantFrom(BTC, USDT, 2, PERP), quantity })
const tier = fc.record({
  instrument: fc.constantFrom(...BTC_TIERS, USDT_TIER),
  quantity: fc.bigInt(1n, 1_000n),
})
const ledgerOf = (account_: fc.Arbitrary<LedgerAccount['slots']>) =>
  fc
    .array(account_, { minLength: 1, maxLength: 9 })
    .map((lists) => lists.map((list, u): LedgerAccount => ({ ...account(u), slots: list })))
const stressedLedger = ledgerOf(fc.array(holding, { maxLength: 4 }))
/** Up to two tiers, each once, and up to two other holdings. */
const tieredLedger = ledgerOf(
  fc
    .tuple(
      fc.uniqueArray(tier, { maxLength: 2, selector: (t) => t.instrument }),
      fc.array(holding, { maxLength: 2 }),
    )
    .map(([tiers, others]) => [...tiers, ...others]),
)

describe('a ledger comes to the same (ledger.5, ledger.8)', () => {
  test.each([
    ['with scenarios', TINY_STRESS, STRESS_TABLE, stressedLedger],
    ['with tiers', TINY_PLEDGED, TIER_TABLE, tieredLedger],
  ] as const)(
    '%s: in another order, in other batches, with empty accounts in between',
    (_, sizes, table, ledgers) => {
      fc.assert(
        fc.property(
          ledgers,
          fc.array(fc.nat(1_000), { minLength: 9, maxLength: 9 }),
          fc.constantFrom(1, 2, 3, 5),
          (accounts, order, perBatch) => {
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
            expect(other.chain.commitment === base.chain.commitment).toBe(!moved)
            expect(sumsOf(folded(accounts, { ...sizes, accounts: perBatch }, table))).toEqual(sums)
            const between = accounts.flatMap((own, u) => [own, account(500 + u)])
            expect(sumsOf(folded(between, sizes, table))).toEqual(sums)
            const more = sumsOf(folded([...accounts, account(777, [BTC, 1n])], sizes, table))
            expect(more.totals).toEqual(sums.totals.with(0, sums.totals[0]! + 1n))
          },
        ),
        { numRuns: cases(20, 500) },
      )
    },
  )

  test('of each account the same, however its slots are spread over instruments of equal values', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 1_000n), fc.bigInt(0n, 1_000n), (a, b) => {
        const one = folded([account(1, [BTC, a + b])], TINY_STRESS, STRESS_TABLE)
        const two = folded([account(1, [BTC, a], [BTC, b])], TINY_STRESS, STRESS_TABLE)
        expect(two.batches[0]!.equities[0]).toEqual(one.batches[0]!.equities[0])
        expect(two.ledger.totals).toEqual(one.ledger.totals)
      }),
      { numRuns: cases(20, 500) },
    )
  })
})

describe('the circuits agree that it does (ledger.13, ledger.16)', () => {
  const WIDE: LedgerSizes = { accounts: 2, slots: 16, scenarios: 2, pledged: 0 }

  test('four accounts in one batch or in two of another size, in any order, and the chain of the one is none of the other', async () => {
    // In neither are perps other than netted: each account that holds some has the other side as well.
    const own = fc
      .array(fc.record({ instrument: fc.constantFrom(BTC, USDT, 2), quantity }), { maxLength: 2 })
      .map((list) => [...list, { instrument: PERP, quantity: 3n }, { instrument: PERP, quantity: -3n }])
    const required = tableWith(STRESS_TABLE, (columns) => {
      for (const scenario of columns.scenarios) scenario.requirement = true
      return columns
    })
    await fc.assert(
      fc.asyncProperty(fc.array(own, { minLength: 4, maxLength: 4 }), async (lists) => {
        const accounts = lists.map((list, u): LedgerAccount => ({ ...account(u), slots: list }))
        const [a, b, c, d] = accounts as [LedgerAccount, LedgerAccount, LedgerAccount, LedgerAccount]
        const rules = { policy: policy(STRESS_SIZES) }
        const whole = epochOf(required, [filled(TINY_STRESS, accounts)], {}, rules)
        const halves = epochOf(required, [filled(WIDE, [d, c]), filled(WIDE, [b, a])], {}, rules)
        await expectAccepted(whole)
        await expectAccepted(halves)
        expect(halves.ledger.totals).toEqual(whole.ledger.totals)
        expect(halves.ledger.state.shortfalls).toEqual(whole.ledger.state.shortfalls)
        // The end of one chain does not open as the end of the other: there is one more batch in it.
        const last = halves.witnesses[1]!
        const { stateAfter } = whole.witnesses[0]!.signals
        const claimed = { ...last, signals: { ...last.signals, stateAfter } }
        expect(await (await ledgerCircuit(WIDE)).accepts(ledgerInputs(claimed))).toBe(false)
      }),
      { numRuns: cases(3, 100) },
    )
  })
})

describe('solvency judges the same (solvency.2, solvency.5)', () => {
  const amount = fc.bigInt(0n, 500n)
  const pairs = fc.array(fc.tuple(amount, amount), { minLength: 2, maxLength: 2 })
  /** The first two of a list in the other order; the rest stays where it is. */
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
            const rules = policy(STRESS_SIZES)
            return stressBooks({
              table: tableWith(STRESS_TABLE, (columns) => ({
                ...columns,
                marks: order(columns.marks),
                scenarios: columns.scenarios.map((scenario) => {
                  const { values } = scenario
                  const inPairs = [values.slice(0, 2), values.slice(2, 4), values.slice(4)]
                  return { ...scenario, values: order(inPairs).flat() }
                }),
              })),
              policy: { ...rules, instruments: order(rules.instruments) },
              totals: [...order(owed).flat(), 0n, 0n, 0n, 0n, 7n, 7n, 0n, 0n],
              reserves: order(reserves),
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
      { numRuns: cases(50, 1_000) },
    )
  })
})
