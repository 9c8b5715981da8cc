import { describe, expect, test } from 'vitest'
import { LiquidationSizing, type PenaltySizing, type SizingBooks } from '../../../../src/models/index.js'
import { runCascade } from '../../../../src/models/sizing/cascade.js'
import { closingOf, isBelow } from '../../../../src/models/sizing/closing.js'
import { pricesOf, ruleAt } from '../../../../src/models/sizing/prices.js'
import { liquidationModel } from '../../../../src/statements/index.js'
import { uniform } from '../../../helpers/random.js'
import { AT, books, depth, dollars, holding, policy, table } from '../../../helpers/sizing.js'

const GOALS = { rounds: 8, incentive: 1_000n }
/** 1,000 are required of it, and 900 are there. */
const LONG = holding({ PERP: 100, USDC: 900 })
/** 500 are required of it, and 560 are there. */
const BESIDE = holding({ PERP: 50, USDC: 560 })

const ppm = (share: number) => BigInt(Math.round(share * 1e6))
function sized(accounts: ReturnType<typeof holding>[], changed: Partial<SizingBooks> = {}) {
  const sizing = new LiquidationSizing({ ...books, ...changed })
  for (const slots of accounts) sizing.add(slots)
  return sizing
}
const at = (penalty: number, accounts: ReturnType<typeof holding>[], changed: Partial<SizingBooks> = {}) =>
  sized(accounts, changed).at(ppm(penalty), GOALS)
const amounts = ({ cascade }: PenaltySizing) =>
  cascade.rounds.map(({ accounts, closed, lost, slippage }) => [accounts, closed, lost, slippage])

describe('hand-computed cases (sizing.1)', () => {
  test('nothing is closed of accounts that meet their requirement, to the cent', () => {
    // 100 · 10 = 1,000 is required: met exactly, and short with a cent less.
    const { counts } = sized([holding({ PERP: 100, USDC: 1000 }), holding({ PERP: 100, USDC: 999.99 })])
    expect(counts).toMatchObject({ accounts: 2, belowTrigger: 1, belowBackstop: 0 })
    // Half of 1,000, and a cent less.
    const whole = sized([holding({ PERP: 100, USDC: 500 }), holding({ PERP: 100, USDC: 499.99 })])
    expect(whole.counts).toMatchObject({ belowTrigger: 2, belowBackstop: 1 })
    expect(at(0.05, [holding({ PERP: 100, USDC: 1000 })]).cascade).toMatchObject({ rests: true, rounds: [] })
  })

  test('a part is closed, up to the target, in as many rounds as its own impact takes', () => {
    // Round 1, mark 100. After n are closed, 12·(100 − n) is the target and 900 − 5n is left:
    // 300 ≥ 7n, so 42. Closed 4,200, lost 210. Sold 40 at 99 and 2 at 95, for 4,150: slippage 50.
    // The last bid is 4 below the best: mark 96.
    // Round 2. 58 are left, 690 in cash, less 232 for the fall: 458, of 580. At 96 the penalty is 4.80:
    // 12·(58 − n) ≥ 458 − 4.8n, so 33 of 238 ÷ 7.2. Closed 3,168, lost 158.40. Sold at 95 for 3,135: 33.
    // Round 3, mark 96. 25 are left: 690 − 132 − 158.40 = 399.60, less 100: 299.60, of 250. It rests.
    const { cascade, misfits } = at(0.05, [LONG])
    expect(amounts({ cascade } as PenaltySizing)).toEqual([
      [1, dollars(4200), dollars(210), dollars(50)],
      [1, dollars(3168), dollars(158.4), dollars(33)],
    ])
    expect(misfits).toEqual([])
    expect(cascade).toMatchObject({ rests: true, first: 1, later: 0, left: 0, takeovers: 0, leftDebts: 0n })
    // Liquidators keep 160 of 4,200, which is 38,095 millionths, and 125.40 of 3,168.
    expect(cascade).toMatchObject({ earned: dollars(285.4), leastIncentive: 38_095n })
    expect(cascade.fund).toEqual({ debts: 0n, slippage: 0n, earned: 0n, lacking: 0n })
    expect(cascade.instruments).toEqual([
      {
        symbol: 'PERP',
        ...{ closed: dollars(7368), lost: dollars(368.4), slippage: dollars(83) },
        sides: {
          bid: { taken: 75n, beyond: 0n, size: 140n, levels: 2, best: dollars(99), last: dollars(95) },
          ask: { taken: 0n, beyond: 0n, size: 140n, levels: 0, best: dollars(101), last: dollars(101) },
        },
      },
    ])
  })

  test('a lower penalty closes less, and one below the slippage leaves no incentive', () => {
    // At 1 %: 12·(100 − n) ≥ 900 − n, so 27 of 300 ÷ 11. Sold at 99: slippage 27, lost 27, nothing is kept.
    const low = at(0.01, [LONG])
    expect(amounts(low)).toEqual([[1, dollars(2700), dollars(27), dollars(27)]])
    expect(low.cascade.leastIncentive).toBe(0n)
    expect(low.misfits).toEqual(['no-incentive'])
    // At 2 %: 30 would be at the target to the cent, 840, where rounded numbers prove nothing: 29.
    // Kept are 29 of 2,900: one percent. All are sold at the best bid, so that the mark stays.
    const fit = at(0.02, [LONG])
    expect(amounts(fit)).toEqual([[1, dollars(2900), dollars(58), dollars(29)]])
    expect(fit.cascade.leastIncentive).toBe(10_000n)
    expect(fit.misfits).toEqual([])
    // Without a penalty liquidators would pay 25 of 2,500, which the fund does: 12·(100 − n) ≥ 900.
    // 25 are exactly at the target, so that 24 are closed.
    const none = at(0, [LONG])
    expect(amounts(none)).toEqual([[1, dollars(2400), 0n, dollars(24)]])
    expect(none.cascade.fund).toMatchObject({ slippage: dollars(24), lacking: dollars(24) })
    expect(none.misfits).toEqual(['no-incentive', 'fund'])
    expect(at(0, [LONG], { fund: dollars(24) }).cascade.fund.lacking).toBe(0n)
  })

  test('an account that fell by what was closed of another is a cascade, and at a lower penalty there is none', () => {
    // At 5 % the mark falls to 96, where 560 − 200 = 360 is below 500.
    const { cascade, misfits } = at(0.05, [LONG, BESIDE])
    expect(cascade).toMatchObject({ first: 1, later: 1 })
    expect(misfits).toContain('cascade')
    expect(at(0.02, [LONG, BESIDE]).misfits).toEqual([])
    // Where a quarter of the way stays in the mark, it falls to 99 and 510 are above 500.
    const damped = at(0.05, [LONG, BESIDE], { impact: 250_000n })
    expect(damped.cascade).toMatchObject({ first: 1, later: 0 })
    expect(damped.misfits).toEqual([])
    // Round 1 is as before. Round 2, mark 99: 58 are left, 690 − 58 = 632, of 580: it rests.
    expect(amounts(damped)).toEqual([[1, dollars(4200), dollars(210), dollars(50)]])
  })

  test('a cascade that does not rest within the rounds allowed says so', () => {
    const { cascade, misfits } = sized([LONG]).at(ppm(0.05), { ...GOALS, rounds: 1 })
    expect(cascade).toMatchObject({ rests: false, rounds: [{ accounts: 1 }] })
    expect(misfits).toEqual(['no-rest'])
    // Control: it rests after two.
    expect(sized([LONG]).at(ppm(0.05), { ...GOALS, rounds: 2 }).cascade.rests).toBe(true)
  })

  test('a short that is worth less than nothing is taken over, and the fund pays debt and slippage', () => {
    // 10 up: 100 − 200 is −100, nothing can be lost. The book is around 110: 20 from the ask at 111.10.
    // Closed 2,200, bought for 2,222.
    const { cascade, misfits } = at(0.05, [holding({ PERP: -20, USDC: 100 })], {
      scenario: 'up',
      fund: dollars(100),
    })
    expect(cascade.rounds).toMatchObject([
      { takeovers: 1, closed: dollars(2200), lost: 0n, slippage: dollars(22) },
    ])
    expect(cascade.fund).toEqual({
      ...{ debts: dollars(100), slippage: dollars(22), earned: 0n, lacking: dollars(22) },
    })
    // Parts were none, so that no liquidator of parts wants anything.
    expect(cascade.leastIncentive).toBeUndefined()
    expect(misfits).toEqual(['fund'])
    expect(cascade.instruments[0]).toMatchObject({
      sides: { ask: { taken: 20n, levels: 1, best: dollars(111.1) } },
    })
  })

  test('a takeover loses no more than the account was worth, and the fund keeps what slippage leaves', () => {
    // 20 down: the coin is at 80 and counts for 72. 144 − 150 is below half of 20. At the mark 10 are left:
    // 10 % of 160 would be 16, so 10 are lost. Bids are around 80, at 79.20: slippage 1.60, kept 8.40.
    const { cascade } = at(0.05, [holding({ COIN: 2, USDC: -150 })], { scenario: 'crash' })
    expect(cascade.rounds).toMatchObject([
      { takeovers: 1, closed: dollars(160), lost: dollars(10), slippage: dollars(1.6) },
    ])
    expect(cascade.fund).toEqual({ debts: 0n, slippage: 0n, earned: dollars(8.4), lacking: 0n })
    expect(cascade).toMatchObject({ left: 0, earned: 0n })
  })

  test('the same share is closed of every position, and each bears its part of what is lost', () => {
    // 90 · 40 − 2,800 = 800, of 10 · 100 = 1,000. A share of 0.35 closes 21 contracts and 14 coins, 3,500 at
    // mark, and loses 175: 12 · 65 = 780 is above 90 · 26 − 2,800 + 1,400 − 175 = 765. One millionth more
    // rounds up to 22 and 15, 3,700 and 185: 12 · 63 = 756 is below 90 · 25 − 2,800 + 1,500 − 185 = 765.
    // Of the 175, 105 are of 2,100 in contracts and 70 of 1,400 in coins. All are sold at 99.
    const { cascade } = at(0.05, [holding({ PERP: 60, COIN: 40, USDC: -2800 })])
    expect(cascade.rounds).toMatchObject([{ closed: dollars(3500), lost: dollars(175) }])
    expect(cascade.instruments.map(({ symbol, lost, slippage }) => [symbol, lost, slippage])).toEqual([
      ['PERP', dollars(105), dollars(21)],
      ['COIN', dollars(70), dollars(14)],
    ])
  })

  test('more than the book has is sold at its last price and said', () => {
    // 200 are taken over, 140 are wanted: 40 at 99, 100 at 95, and 60 beyond it, counted at 95.
    // 20,000 − 3,960 − 9,500 − 5,700 = 840.
    const { cascade, misfits } = at(0.05, [holding({ PERP: 200, USDC: 400 })])
    expect(cascade.rounds[0]).toMatchObject({ takeovers: 1, slippage: dollars(840), lost: dollars(400) })
    expect(cascade.instruments[0]!.sides.bid).toMatchObject({ taken: 140n, beyond: 60n, levels: 2 })
    expect(misfits).toEqual(['no-depth', 'fund'])
    expect(cascade.fund.lacking).toBe(dollars(440))
  })

  test('what has no book is not closed, and who holds nothing else is left', () => {
    const noBook = new Map([['COIN', depth.get('COIN')!]])
    const { cascade } = at(0.05, [holding({ PERP: -20, USDC: 100 })], { scenario: 'up', depth: noBook })
    expect(cascade).toMatchObject({ rests: true, rounds: [], left: 1, leftDebts: dollars(100) })
  })

  test('accounts that the rule does not judge are counted, and no others', () => {
    const { instruments, exposures } = table.margin
    const partly = {
      ...table.margin,
      instruments: instruments.slice(0, 2),
      exposures: exposures.filter(({ name }) => name === 'PERP'),
    }
    const { counts } = sized([LONG, holding({ COIN: 1 })], { table: { ...table, margin: partly } })
    expect(counts).toMatchObject({ accounts: 2, unjudged: 1 })
  })
})

describe('whatever the accounts (sizing.2)', () => {
  const next = uniform(19)
  const whole = (least: number, most: number) => Math.floor(least + next() * (most - least + 1))
  const random = () =>
    holding({ PERP: whole(-40, 40), COIN: whole(0, 8), USDC: whole(-400, 900) }).filter(
      ({ quantity }) => quantity !== 0n,
    )
  const ledgers = Array.from({ length: 60 }, () => Array.from({ length: 12 }, random))
  const scenarioOf = (i: number) => [undefined, 'up', 'crash'][i % 3]
  const cascadeOf = (accounts: ReturnType<typeof random>[], i: number, penalty: bigint) =>
    runCascade(
      {
        ...books,
        prices: pricesOf(table, scenarioOf(i)),
        policy: { ...policy, penalty },
        rounds: 20,
      },
      accounts,
    )

  test('every cent that is lost is slippage, or somebody’s', () => {
    let closed = 0
    for (const [i, accounts] of ledgers.entries()) {
      const { lost, slippage, earned, fund, rounds } = cascadeOf(accounts, i, 30_000n)
      expect(lost).toBe(slippage + earned + fund.earned - fund.slippage)
      closed += rounds.length
    }
    expect(closed).toBeGreaterThan(ledgers.length / 2)
  })

  test('accounts that are left out at the far ends of the books change nothing', () => {
    let leftOut = 0
    for (const [i, accounts] of ledgers.entries()) {
      const scenario = scenarioOf(i)
      const sizing = sized(accounts, scenario === undefined ? {} : { scenario })
      const { cascade } = sizing.at(30_000n, { ...GOALS, rounds: 20 })
      const all = cascadeOf(accounts, i, 30_000n)
      expect(cascade).toEqual(all)
      leftOut += sizing.counts.accounts - sizing.counts.withinReach
    }
    expect(leftOut).toBeGreaterThan(ledgers.length)
  })

  test('what is closed of an account at marks is what the plain model of a liquidation accepts', () => {
    const prices = pricesOf(table)
    const hasBook = table.instruments.map(({ symbol }) => depth.has(symbol))
    const market = { table, policy, rule: ruleAt(table, prices), prices, cash: AT.USDC, hasBook }
    const modes = { part: 0, takeover: 0 }
    for (const before of ledgers.flat()) {
      if (!isBelow(market, before, policy.trigger)) continue
      const closing = closingOf(market, before)
      // A debt alone leaves nothing to close.
      if (closing === undefined) continue
      const { takeover, after } = closing
      const of = (slots: typeof before, i: number) =>
        slots.find(({ instrument }) => instrument === i)?.quantity ?? 0n
      const slots = table.instruments.map(({ symbol }, i) => ({
        ...{ symbol, before: of(before, i), after: of(after, i) },
      }))
      const { valid } = liquidationModel({ table, policy }, { slots, takeover })
      expect(valid).toBe(true)
      modes[takeover ? 'takeover' : 'part']++
    }
    expect(modes.part).toBeGreaterThan(20)
    expect(modes.takeover).toBeGreaterThan(20)
  })

  test('the order of accounts changes nothing', () => {
    for (const [i, accounts] of ledgers.slice(0, 20).entries()) {
      expect(cascadeOf(accounts.toReversed(), i, 30_000n)).toEqual(cascadeOf(accounts, i, 30_000n))
    }
  })
})

test('scenarios and prices that cannot be sized by are refused (sizing.4)', () => {
  const refusal = (changed: Partial<SizingBooks>) => {
    try {
      sized([], changed)
    } catch (error) {
      return (error as { code: string }).code
    }
    return 'none'
  }
  expect(refusal({ scenario: 'flood' })).toBe('SCENARIO_UNKNOWN')
  expect(refusal({ depth: new Map([['USDC', depth.get('PERP')!]]) })).toBe('DEPTH_CASH')
  const free = {
    ...table,
    scenarios: table.scenarios.map((scenario) => ({
      ...scenario,
      values: scenario.values.map((value, i) => (i === 0 ? { long: 0n, short: 0n } : value)),
    })),
  }
  expect(refusal({ table: free, scenario: 'up' })).toBe('DEPTH_MARK')
  const below = {
    ...table,
    instruments: table.instruments.map((row) => (row.symbol === 'PERP' ? { ...row, mark: -1n } : row)),
  }
  expect(refusal({ table: below })).toBe('DEPTH_MARK')
  expect(refusal({ scenario: 'up' })).toBe('none')
})
