import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { policyWords } from '../../../../src/audit/policy-words.js'
import type { RiskTable } from '../../../../src/risk/index.js'
import type { MarginRule } from '../../../../src/rules/index.js'
import {
  FULL_RESERVES,
  formatPolicy,
  liquidationFigures,
  liquidationModel,
  mostLost,
  type PolicyFile,
  policySchema,
  resolveLiquidation,
  resolvePolicy,
} from '../../../../src/statements/index.js'

const FILE = {
  requirement: 'maintenance',
  cash: 'USDC',
  trigger: '1',
  target: '1.1',
  backstop: '0.5',
  penalty: '0.025',
  takeoverPenalty: '0.05',
  overshoot: '2',
}
/** A perp at 3312.75 of which 20 % are required, and USDC at 1: both in whole units. */
const margin: MarginRule = {
  model: 'hand',
  timestamp: 1_767_225_600,
  quote: 'USD',
  valueDecimals: 12,
  instruments: [
    { symbol: 'USDC', decimals: 0, value: { long: 10n ** 12n, short: 10n ** 12n } },
    { symbol: 'PERP', decimals: 0, value: { long: 0n, short: 0n } },
  ],
  exposures: [
    {
      name: 'perp',
      adds: { sum: 'rate' },
      lines: [
        {
          constant: 0n,
          terms: [{ symbol: 'PERP', long: 662_550_000_000_000n, short: 662_550_000_000_000n }],
        },
      ],
    },
  ],
  requirements: [{ name: 'maintenance', threshold: 0n, charges: [{ sum: 'rate', factor: 10n ** 9n }] }],
  limits: [],
}
const table: RiskTable & { margin: MarginRule } = {
  timestamp: margin.timestamp,
  quote: 'USD',
  valueDecimals: 2,
  instruments: [
    { symbol: 'USDC', kind: 'stablecoin', decimals: 0, mark: 100n },
    { symbol: 'PERP', kind: 'perp', decimals: 0, mark: 331_275n },
  ],
  scenarios: [],
  margin,
}
const policy = resolveLiquidation(FILE, table)
/** 25 short: 16,563.75 is required of it, against 9,100. */
const judge = (perp: [bigint, bigint], usdc: [bigint, bigint], takeover = false, changed = policy) =>
  liquidationModel(
    { table, policy: changed },
    {
      slots: [
        { symbol: 'PERP', before: perp[0], after: perp[1] },
        { symbol: 'USDC', before: usdc[0], after: usdc[1] },
      ],
      takeover,
    },
  )
const reasons = (...of: Parameters<typeof judge>) => {
  const found = judge(...of)
  return found.valid ? [] : found.reasons
}

describe('a liquidation by the plain model (liquidation.1)', () => {
  test('closes a part, up to the target and what one lot takes beyond it', () => {
    // 1.1 × 13 × 662.55 = 9,474.47 is above 9,100; 1.1 × 12 × 662.55 = 8,745.66 is below it by 354.34.
    expect(reasons([-25n, -13n], [9100n, 9100n])).toEqual([])
    expect(reasons([-25n, -12n], [9100n, 9100n])).toEqual(['more is closed than restores the target'])
    const lot = resolveLiquidation({ ...FILE, overshoot: '354.35' }, table)
    expect(reasons([-25n, -12n], [9100n, 9100n], false, lot)).toEqual([])
  })

  test('takes no account that meets its requirement, to the unit', () => {
    // 20 × 662.55 = 13,251: met exactly, and short with a unit less.
    expect(reasons([-20n, -19n], [13_251n, 13_251n])).toContain('the account was not below the trigger')
    expect(reasons([-20n, -19n], [13_250n, 13_250n])).toEqual([])
  })

  test('moves positions towards zero alone', () => {
    const wrong = 'a position opens, grows or changes its side'
    expect(reasons([-25n, -26n], [9100n, 9100n])).toContain(wrong)
    expect(reasons([-25n, 1n], [9100n, 9100n])).toContain(wrong)
    expect(reasons([0n, -1n], [-1n, -1n])).toContain(wrong)
  })

  test('costs no more than the penalty, nor more than the account had', () => {
    // 2.5 % of 12 × 3,312.75 is 993.825.
    expect(reasons([-25n, -13n], [9100n, 8107n])).toEqual([])
    expect(reasons([-25n, -13n], [9100n, 8106n])).toEqual(['the account loses more than the penalty'])
    expect(reasons([-25n, -13n], [100n, -1n])).toEqual(['the account loses more than it was worth'])
    expect(reasons([-25n, -13n], [-5n, -6n])).toEqual(['the account loses more than it was worth'])
    expect(reasons([-25n, -13n], [-5n, -5n])).toEqual([])
    // What is told of the penalty is the model's: 993.82, or all that there was.
    const most = (usdc: bigint) => {
      const slots = [
        { symbol: 'PERP', before: -25n, after: -13n },
        { symbol: 'USDC', before: usdc, after: usdc },
      ]
      const books = { table, policy }
      return mostLost(liquidationFigures(books, { slots, takeover: false }), policy.penalty)
    }
    expect([9100n, 100n, -5n].map(most)).toEqual([99_382n, 10_000n, 0n])
  })

  test('takes a whole account below the backstop, and then leaves nothing open', () => {
    // Half of 16,563.75 is 8,281.875.
    expect(reasons([-25n, 0n], [8281n, 8281n], true)).toEqual([])
    expect(reasons([-25n, 0n], [8282n, 8282n], true)).toEqual(['the account was not below the backstop'])
    expect(reasons([-25n, -1n], [8281n, 8281n], true)).toEqual(['a position stays open'])
  })
})

test.each([
  [{ requirement: 'none' }, /no such requirement/],
  [{ cash: 'PERP' }, /not an instrument with a price/],
  [{ trigger: '1.000001' }, /not above 0/],
  [{ trigger: '0', backstop: '0' }, /not above 0/],
  [{ target: '0.99' }, /below the trigger/],
  [{ backstop: '1.1' }, /above the trigger/],
  [{ target: '2.097152' }, /is above 2.097151/],
  [{ penalty: '1.000001' }, /is above 1/],
  [{ takeoverPenalty: '-0.1' }, /sign|negative/],
  [{ overshoot: '9'.repeat(40) }, /beyond what an account/],
])('a policy with %o of liquidations is refused (liquidation.2)', (change, message) => {
  expect(() => resolveLiquidation({ ...FILE, ...change }, table)).toThrow(message)
})

const EXAMPLES = readdirSync('examples/liquidation').filter((name) => name.endsWith('.json'))
test('there are policies to begin from (liquidation.2)', () => expect(EXAMPLES).toHaveLength(4))

test.each(EXAMPLES)('%s can be begun from, over any table with the requirement (liquidation.2)', (name) => {
  const file = policySchema.parse(JSON.parse(readFileSync(`examples/liquidation/${name}`, 'utf8')))
  const { liquidation, ...promises } = file
  expect(promises).toEqual(FULL_RESERVES)
  const resolved = resolveLiquidation(liquidation!, table)
  expect(resolved.target).toBeGreaterThanOrEqual(resolved.trigger)
  expect(policyWords(file, resolvePolicy(file, table), table).join(' ')).toContain('may be closed in part')
})

test('a policy with liquidations has the thresholds of one without, a text of its own, and words (liquidation.2)', () => {
  const file: PolicyFile = policySchema.parse({ ...FULL_RESERVES, liquidation: FILE })
  const resolved = resolvePolicy(file, table)
  expect(resolved).toEqual(resolvePolicy(FULL_RESERVES, table))
  expect(formatPolicy(file)).not.toBe(formatPolicy(FULL_RESERVES))
  expect(policyWords(file, resolved, table).join(' ')).toContain(
    'less equity than 100 % of its maintenance requirement may be closed in part, against USDC, until its equity is 110 % of it and 2 USD',
  )
  const never: PolicyFile = policySchema.parse({
    ...FULL_RESERVES,
    liquidation: { ...FILE, backstop: '0' },
  })
  // Below zero by the rule, it can be worth something at marks, and loses of that.
  expect(policyWords(never, resolved, table).join(' ')).toContain(
    'With less equity than nothing, it may be closed whole, and loses at most 5 % of that.',
  )
  const { backstop: _, ...without } = FILE
  expect(policySchema.safeParse({ ...FULL_RESERVES, liquidation: without }).success).toBe(false)
})
