import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { Circuit } from '../../scripts/soundness/bench/circuit.js'
import { SAMPLE_CONTEXT, SOLVENCY_PUBLIC } from '../../scripts/soundness/samples/solvency.js'
import type { RiskTable } from '../../src/risk/index.js'
import {
  type Policy,
  type SolvencyWitness,
  solvencyFigures,
  solvencyInputs,
  solvencyModel,
  solvencyWitness,
  stateCommitment,
} from '../../src/statements/index.js'
import { attack } from '../helpers/attack.js'
import { Copies } from '../helpers/copies.js'
import { cases } from '../helpers/sweep.js'

const source = { include: 'solvency.circom', main: 'Solvency(6, 2, 1)', public: SOLVENCY_PUBLIC }
const copies = new Copies(source)
const without = (from: string, to = '') => copies.with({ file: 'solvency.circom', from, to })
const rowsApart = without('<== isTier[i + 1] * total[i + 1][side];', '<-- 0;')
const withShortfalls = without('shortfalls[0] === 0;')
const withReserves = without('reserves[i] * tier[i] === 0;')
const withInsurance = without('insurance[i] * tier[i] === 0;')
const derivativeTier = without('derivative[i] * tier[i] === 0;')
const ofDerivative = without('derivative[i] * tier[i + 1] === 0;')
const firstTier = without('widths[0] === 0;')
let circuit: Circuit
beforeAll(async () => {
  circuit = await Circuit.compile(source)
})

const spot = { kind: 'spot', decimals: 2, mark: 100n } as const
/** A coin with two tiers, cash with one, and a perp; first the collateral column, then a crash. */
const TABLE: RiskTable = {
  timestamp: 1_767_225_600,
  quote: 'USD',
  valueDecimals: 4,
  instruments: [
    { symbol: 'BTC', ...spot },
    { symbol: 'BTC:loan:1', ...spot, tier: { list: 'loan', width: 1_000n } },
    { symbol: 'BTC:loan:2', ...spot, tier: { list: 'loan', width: 4_000n } },
    { symbol: 'USDT', ...spot, mark: 1n },
    { symbol: 'USDT:loan:1', ...spot, mark: 1n, tier: { list: 'loan', width: 9_000n } },
    { symbol: 'BTC-PERP', kind: 'perp', decimals: 2, mark: 101n },
  ],
  scenarios: [
    {
      name: 'collateral',
      values: [
        { long: 0n, short: 100n },
        { long: 90n, short: 100n },
        { long: 50n, short: 100n },
        { long: 0n, short: 1n },
        { long: 1n, short: 1n },
        { long: 0n, short: 0n },
      ],
    },
    {
      name: 'crash',
      values: [
        { long: 40n, short: 50n },
        { long: 40n, short: 50n },
        { long: 30n, short: 50n },
        { long: 1n, short: 1n },
        { long: 1n, short: 1n },
        { long: -61n, short: -51n },
      ],
    },
  ],
}
/**
 * Long and short of every row: 3,500 BTC are owed in three rows and 700 lent, 9,500 USDT in two rows and 900
 * lent.
 */
const TOTALS = [500n, 600n, 1_000n, 0n, 2_000n, 100n, 500n, 900n, 9_000n, 0n, 33n, 33n]
const RESERVES = [3_500n, 0n, 0n, 9_500n, 0n, 0n]
/** What is over in the crash: the loans, at long values. */
const OVER = 700n * 40n + 900n

function policy(change: Partial<Policy['instruments'][number]>[] = []): Policy {
  return {
    valueRatio: 1_000_000n,
    instruments: TABLE.instruments.map(({ kind }, i) => ({
      derivative: kind === 'perp',
      minimumRatio: 1_000_000n,
      loanFactor: 0n,
      ...change[i],
    })),
  }
}

interface Parts {
  totals?: bigint[]
  reserves?: bigint[]
  insurance?: bigint[]
  shortfalls?: bigint[]
  policy?: Policy
  table?: RiskTable
}

function books(parts: Parts = {}): SolvencyWitness {
  return solvencyWitness({
    sizes: { instruments: 6, scenarios: 2 },
    state: {
      batchIndex: 3,
      accountsRoot: 987_654_321n,
      totals: parts.totals ?? TOTALS,
      shortfalls: parts.shortfalls ?? [0n, 0n],
      blind: 424_242n,
    },
    table: parts.table ?? TABLE,
    policy: parts.policy ?? policy(),
    reserves: parts.reserves ?? RESERVES,
    insurance: parts.insurance ?? [],
    reservesBlind: 5_555n,
    context: SAMPLE_CONTEXT,
  })
}

async function verdictOf(witness: SolvencyWitness): Promise<boolean> {
  const { valid } = solvencyModel(witness)
  expect(await circuit.accepts(solvencyInputs(witness))).toBe(valid)
  return valid
}

describe('an instrument with tiers (solvency.2)', () => {
  test('is covered by reserves for all its rows together, to the unit', async () => {
    expect(await verdictOf(books())).toBe(true)
    for (const row of [0, 3]) {
      const reserves = RESERVES.with(row, RESERVES[row]! - 1n)
      expect(await verdictOf(books({ reserves }))).toBe(false)
      expect(solvencyFigures(books({ reserves })).instruments[row]!.missing).toBe(1n)
    }
  })

  test('N24: hides nothing in a tier: with the rows apart, the base row alone would be covered', async () => {
    const weak = await rowsApart()
    const reserves = [500n, 0n, 0n, 500n, 0n, 0n]
    const [table, shortfalls] = [TABLE, [0n, 0n]]
    await attack(circuit, weak, solvencyInputs(books({ reserves, table, shortfalls })))
  })

  test('counts loans in all its rows where the policy does, and in the value at mark', async () => {
    const half = policy([{ loanFactor: 500_000n }])
    expect(await verdictOf(books({ policy: half, reserves: RESERVES.with(0, 3_150n) }))).toBe(true)
    expect(await verdictOf(books({ policy: half, reserves: RESERVES.with(0, 3_149n) }))).toBe(false)
    const none = { ...policy(TABLE.instruments.map(() => ({ minimumRatio: 0n }))) }
    expect(await verdictOf(books({ policy: none, reserves: [3_595n, 0n, 0n, 0n, 0n, 0n] }))).toBe(true)
    expect(await verdictOf(books({ policy: none, reserves: [3_594n, 0n, 0n, 99n, 0n, 0n] }))).toBe(false)
  })

  test('covers shortfalls in a scenario by what is over of all its rows together', async () => {
    expect(await verdictOf(books({ shortfalls: [0n, OVER] }))).toBe(true)
    expect(await verdictOf(books({ shortfalls: [0n, OVER + 1n] }))).toBe(false)
    const insured = { insurance: [1n, 0n, 0n, 0n, 0n, 0n] }
    expect(await verdictOf(books({ shortfalls: [0n, OVER + 40n], ...insured }))).toBe(true)
    expect(await verdictOf(books({ shortfalls: [0n, OVER + 41n], ...insured }))).toBe(false)
  })

  test('of totals at the end of their range is no overflow', async () => {
    const most = (1n << 96n) - 1n
    const totals = [most, most, most, most, most, most, 0n, 0n, 0n, 0n, 0n, 0n]
    expect(await verdictOf(books({ totals, reserves: [most, 0n, 0n, 0n, 0n, 0n] }))).toBe(false)
    expect(await verdictOf(books({ totals, policy: policy([{ loanFactor: 1_000_000n }]) }))).toBe(true)
  })
})

describe('the collateral column (solvency.15)', () => {
  test('N24: leaves nobody short by a single unit; left out, it would', async () => {
    const weak = await withShortfalls()
    await attack(circuit, weak, solvencyInputs(books({ shortfalls: [1n, 0n] })))
    expect(solvencyModel(books({ shortfalls: [1n, 0n] }))).toMatchObject({
      reasons: ['an account owes more than its collateral counts for'],
    })
  })

  test('is no scenario that reserves have to cover: its haircuts say nothing of what is owed', async () => {
    const values = TABLE.scenarios[0]!.values.map(() => ({ long: 0n, short: 1_000_000n }))
    const table = { ...TABLE, scenarios: [{ name: 'collateral', values }, TABLE.scenarios[1]!] }
    expect(await verdictOf(books({ table, reserves: [3_500n, 0n, 0n, 9_500n, 0n, 0n] }))).toBe(true)
  })
})

describe('a tier of its own (solvency.15)', () => {
  test('is not held in reserve or in the insurance fund', async () => {
    const reserved = books({ reserves: RESERVES.with(1, 1n) })
    await attack(circuit, await withReserves(), solvencyInputs(reserved))
    const insured = books({ insurance: [0n, 1n, 0n, 0n, 0n, 0n] })
    await attack(circuit, await withInsurance(), solvencyInputs(insured))
  })

  test('is neither a derivative nor one of a derivative: it would count nowhere', async () => {
    const rule = policy([{}, {}, {}, {}, { derivative: true }])
    // At no price: with one, the value at mark would count it twice over and leave the range of a mark.
    const free = TABLE.instruments.map((row, i) => (i === 3 || i === 4 ? { ...row, mark: 0n } : row))
    const tier = { table: { ...TABLE, instruments: free }, policy: rule, totals: TOTALS.with(9, 9_000n) }
    await attack(circuit, await derivativeTier(), solvencyInputs(books(tier)))
    const totals = [0n, 0n, 900n, 0n, 0n, 900n, ...TOTALS.slice(6)]
    const base = { policy: policy([{ derivative: true }]), totals, reserves: RESERVES.with(0, 0n) }
    await attack(circuit, await ofDerivative(), solvencyInputs(books(base)))
  })

  test('is not the first row: no instrument would own it', async () => {
    const [first, ...rest] = TABLE.instruments
    const instruments = [{ ...first!, tier: { list: 'loan', width: 5n } as const }, ...rest]
    const totals = [0n, 0n, 0n, 0n, 0n, 0n, ...TOTALS.slice(6)]
    const orphan = books({ table: { ...TABLE, instruments }, totals, reserves: RESERVES.with(0, 0n) })
    await attack(circuit, await firstTier(), solvencyInputs(orphan))
  })
})

test('C25: agree with the circuit on random books (solvency.11)', async () => {
  const amount = fc.oneof(fc.constantFrom(0n, 1n, 100n, (1n << 96n) - 1n), fc.bigInt(0n, 300n))
  const list = (n: number) => fc.array(amount, { minLength: n, maxLength: n })
  const seen = { true: 0, false: 0 }
  await fc.assert(
    fc.asyncProperty(
      list(10),
      fc.array(fc.bigInt(-2n, 400n), { minLength: 2, maxLength: 2 }),
      fc.record({ tier: fc.nat(39), perp: amount, short: fc.bigInt(0n, 40_000n), lacks: fc.nat(9) }),
      async (spotTotals, over, { tier, perp, short, lacks }) => {
        const totals = [...spotTotals, perp, perp]
        const owed = [spotTotals[0]! + spotTotals[2]! + spotTotals[4]!, spotTotals[6]! + spotTotals[8]!]
        const fits = (n: bigint) => (n < 0n || n >> 96n > 0n ? 0n : n)
        const reserves = [fits(owed[0]! + over[0]!), 0n, 0n, fits(owed[1]! + over[1]!), 0n, 0n]
        if (tier < 6) reserves[tier]! += 1n
        const shortfalls = [lacks === 0 ? 1n : 0n, short]
        const witness = books({ totals, reserves, shortfalls })
        expect(stateCommitment(witness.state)).toBe(witness.signals.state)
        seen[`${await verdictOf(witness)}`]++
      },
    ),
    { numRuns: cases(40, 1_000) },
  )
  expect(seen.true).toBeGreaterThan(2)
  expect(seen.false).toBeGreaterThan(2)
})
