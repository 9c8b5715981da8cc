import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Circuit } from '../../scripts/soundness/bench/circuit.js'
import { tampered } from '../../scripts/soundness/bench/tamper.js'
import { TIER_SIZES, TIER_TABLE, tableWith } from '../../scripts/soundness/samples/ledger.js'
import { books, policy } from '../../scripts/soundness/samples/solvency.js'
import { TOTAL_BITS } from '../../src/field/index.js'
import {
  type LedgerTable,
  type Policy,
  type SolvencyWitness,
  solvencyFigures,
  solvencyInputs,
  solvencyModel,
} from '../../src/statements/index.js'
import { Copies } from '../helpers/copies.js'
import { forge, solvencyCircuit, solvencySource } from '../helpers/ledger.js'
import { cases } from '../helpers/sweep.js'

const copies = new Copies(solvencySource(TIER_SIZES))
const without = (from: string, to = '') => copies.with({ file: 'solvency.circom', from, to })
const rowsApart = without('long[i] += pledged[i];')
const withShortfalls = without('shortfalls[0] === 0;')
const uncoveredColumn = without('requirement[0] === 1;')
let circuit: Circuit
beforeAll(async () => {
  circuit = await solvencyCircuit(TIER_SIZES)
})

/**
 * Long and short of every spot instrument and derivative, long of every tier: 3,500 BTC are owed in three
 * rows and 700 lent, 9,500 USDT in two rows and 900 lent.
 */
const TOTALS = [500n, 700n, 500n, 900n, 0n, 0n, 0n, 0n, 33n, 33n, 0n, 0n, 1_000n, 2_000n, 9_000n, 0n]
const RESERVES = [3_500n, 9_500n]
/** What is over in the crash: the loans, at long values. */
const OVER = 700n * 50n + 900n

function rules(change: Partial<Policy['instruments'][number]>[] = []): Policy {
  const full = { minimumRatio: 1_000_000n, loanFactor: 0n }
  return policy(TIER_SIZES, {
    instruments: Array.from({ length: TIER_SIZES.spots }, (_, i) => ({ ...full, ...change[i] })),
  })
}

const tiered = (parts: Parameters<typeof books>[0] = {}) =>
  books({ table: TIER_TABLE, totals: TOTALS, reserves: RESERVES, policy: rules(), ...parts })

async function verdictOf(witness: SolvencyWitness): Promise<boolean> {
  const { valid } = solvencyModel(witness)
  expect(await circuit.accepts(solvencyInputs(witness))).toBe(valid)
  return valid
}

describe('an instrument with tiers (solvency.2)', () => {
  test('is covered by reserves for all its rows together, to the unit', async () => {
    expect(await verdictOf(tiered())).toBe(true)
    for (const spot of [0, 1]) {
      const reserves = RESERVES.with(spot, RESERVES[spot]! - 1n)
      expect(await verdictOf(tiered({ reserves }))).toBe(false)
      expect(solvencyFigures(tiered({ reserves })).spots[spot]!.missing).toBe(1n)
    }
  })

  test('N24: hides nothing in a tier: with the rows apart, the base row alone would be covered', async () => {
    await forge(await rowsApart(), circuit, solvencyInputs(tiered({ reserves: [500n, 500n] })))
  })

  test('counts loans where the policy does, and in the value at mark', async () => {
    const half = rules([{ loanFactor: 500_000n }])
    expect(await verdictOf(tiered({ policy: half, reserves: RESERVES.with(0, 3_150n) }))).toBe(true)
    expect(await verdictOf(tiered({ policy: half, reserves: RESERVES.with(0, 3_149n) }))).toBe(false)
    // 3,500 · 100 + 9,500 · 1 are owed at mark.
    const none = rules([0, 1, 2, 3].map(() => ({ minimumRatio: 0n })))
    expect(await verdictOf(tiered({ policy: none, reserves: [3_595n, 0n] }))).toBe(true)
    expect(await verdictOf(tiered({ policy: none, reserves: [3_594n, 99n] }))).toBe(false)
  })

  test('covers shortfalls in a scenario by what is over of all its rows together', async () => {
    expect(await verdictOf(tiered({ shortfalls: [0n, OVER] }))).toBe(true)
    expect(await verdictOf(tiered({ shortfalls: [0n, OVER + 1n] }))).toBe(false)
    const insurance = [1n]
    expect(await verdictOf(tiered({ shortfalls: [0n, OVER + 50n], insurance }))).toBe(true)
    expect(await verdictOf(tiered({ shortfalls: [0n, OVER + 51n], insurance }))).toBe(false)
  })

  test('of totals at the end of their range is no overflow', async () => {
    const most = (1n << BigInt(TOTAL_BITS)) - 1n
    const totals = TOTALS.with(0, 0n).with(1, most).with(12, most).with(13, 0n)
    expect(await verdictOf(tiered({ totals, reserves: [most - 1n, 9_500n] }))).toBe(false)
    expect(await verdictOf(tiered({ totals, policy: rules([{ loanFactor: 1_000_000n }]) }))).toBe(true)
  })
})

describe('the collateral column (solvency.15)', () => {
  test('N24: leaves nobody short by a single unit; left out, it would', async () => {
    await forge(await withShortfalls(), circuit, solvencyInputs(tiered({ shortfalls: [1n, 0n] })))
    expect(solvencyModel(tiered({ shortfalls: [1n, 0n] }))).toMatchObject({
      reasons: ['an account owes more than its collateral counts for'],
    })
  })

  test('is no scenario that reserves have to cover: its haircuts say nothing of what is owed', async () => {
    const dear = tableWith(TIER_TABLE, (columns) => {
      columns.scenarios[0]!.values = columns.scenarios[0]!.values.map((_, k) => (k % 2 ? 1_000_000n : 0n))
      return columns
    })
    expect(await verdictOf(tiered({ table: dear }))).toBe(true)
  })

  test('is a requirement in every table with tiers: nothing else is proven to be', async () => {
    const market = tableWith(TIER_TABLE, (columns) => {
      columns.scenarios[0]!.requirement = false
      return columns
    })
    expect(solvencyModel(tiered({ table: market })).valid).toBe(false)
    await forge(await uncoveredColumn(), circuit, solvencyInputs(tiered({ table: market })))
  })
})

describe('what is pledged of an instrument (ledger.14)', () => {
  test('is the sum of its tiers, and of no other: another split of the same sum is refused', async () => {
    const inputs = solvencyInputs(tiered())
    expect(inputs.pledged).toEqual([3_000n, 9_000n, 0n, 0n])
    for (const change of [
      { 'pledged[0]': 2_999n },
      { 'pledged[0]': 2_999n, 'pledged[1]': 9_001n },
      { 'pledged[0]': 0n, 'pledged[3]': 3_000n },
      { 'owners[0]': 1n },
      { 'tierTotals[0]': 999n, 'tierTotals[1]': 2_001n },
    ]) {
      expect(await circuit.accepts(tampered(inputs, change)), JSON.stringify(Object.keys(change))).toBe(false)
    }
  })

  test('of an instrument that another owner list names is another table and another ledger', async () => {
    const turned = tableWith(TIER_TABLE, (columns) => {
      columns.tiers = columns.tiers.map((tier, t) => ({ ...tier, owner: [1, 0, 0, 0][t]! }))
      return columns
    })
    const reserves = [500n + 11_000n, 500n + 1_000n]
    expect(await verdictOf(tiered({ table: turned, reserves }))).toBe(true)
    expect(await verdictOf(tiered({ table: turned }))).toBe(false)
    expect(turned.riskRoot).not.toBe(TIER_TABLE.riskRoot)
  })
})

test('C25: agree with the circuit on random books (solvency.11)', async () => {
  const amount = fc.oneof(fc.constantFrom(0n, 1n, 100n, (1n << BigInt(TOTAL_BITS)) - 1n), fc.bigInt(0n, 300n))
  const list = (n: number) => fc.array(amount, { minLength: n, maxLength: n })
  const seen = { true: 0, false: 0 }
  await fc.assert(
    fc.asyncProperty(
      list(4),
      list(3),
      fc.array(fc.bigInt(-2n, 400n), { minLength: 2, maxLength: 2 }),
      fc.record({ perp: amount, short: fc.bigInt(0n, 40_000n), lacks: fc.nat(9), flag: fc.nat(9) }),
      async (spotTotals, tierTotals, over, { perp, short, lacks, flag }) => {
        const totals = [...spotTotals, 0n, 0n, 0n, 0n, perp, perp, 0n, 0n, ...tierTotals, 0n]
        const owed = [spotTotals[0]! + tierTotals[0]! + tierTotals[1]!, spotTotals[2]! + tierTotals[2]!]
        const fits = (n: bigint) => (n < 0n || n >> BigInt(TOTAL_BITS) > 0n ? 0n : n)
        const reserves = owed.map((total, i) => fits(total + over[i]!))
        const shortfalls = [lacks === 0 ? 1n : 0n, short]
        const table: LedgerTable =
          flag > 0
            ? TIER_TABLE
            : tableWith(TIER_TABLE, (columns) => {
                for (const scenario of columns.scenarios) scenario.requirement = !scenario.requirement
                return columns
              })
        seen[`${await verdictOf(tiered({ totals, reserves, shortfalls, table }))}`]++
      },
    ),
    { numRuns: cases(40, 1_000) },
  )
  expect(seen.true).toBeGreaterThan(2)
  expect(seen.false).toBeGreaterThan(2)
})
