import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Circuit, Edit } from '../../scripts/soundness/bench/circuit.js'
import { elementsOf, tampered } from '../../scripts/soundness/bench/tamper.js'
import { epochOf, type SampleEpoch } from '../../scripts/soundness/samples/epoch.js'
import {
  account,
  BTC,
  PERP,
  STRESS_RISK,
  STRESS_SIZES,
  STRESS_TABLE,
  STRESSED,
  stressed,
  tableWith,
  USDT,
} from '../../scripts/soundness/samples/ledger.js'
import { laxPolicy, policy, rightSides, stressBooks } from '../../scripts/soundness/samples/solvency.js'
import {
  type CircuitInputs,
  invertField,
  SHORTFALL_BITS,
  TOTAL_BITS,
  toField,
} from '../../src/field/index.js'
import { keyCount, type RiskColumns } from '../../src/risk/index.js'
import {
  equitiesOf,
  type LedgerBatch,
  NO_LIMIT,
  type ScenarioLimit,
  SOLVENCY_SIGNALS,
  type SolvencyWitness,
  shortfallOf,
  slotKey,
  solvencyFigures,
  solvencyInputs,
  solvencyModel,
} from '../../src/statements/index.js'
import { honestTransplant } from '../helpers/attack.js'
import { Copies } from '../helpers/copies.js'
import {
  expectAccepted,
  expectRefusedBySolvency,
  forge,
  forgeSolvency,
  solvencyCircuit,
  solvencySource,
} from '../helpers/ledger.js'
import { cases } from '../helpers/sweep.js'

const copies = new Copies(solvencySource(STRESS_SIZES))
let circuit: Circuit
beforeAll(async () => {
  circuit = await solvencyCircuit(STRESS_SIZES)
})

const zeros = (n: number) => new Array<bigint>(n).fill(0n)
const KEYS = keyCount(STRESS_SIZES)
const totalsOf = (...first: bigint[]) => [...first, ...zeros(KEYS - first.length)]
const stressedBooks = (parts: Parameters<typeof stressBooks>[0] = {}) =>
  stressBooks({ reserves: RESERVES, ...parts })
const limits = (...given: Partial<ScenarioLimit>[]) =>
  laxPolicy(STRESS_SIZES, { scenarios: [0, 1].map((s) => ({ ...NO_LIMIT, ...given[s] })) })
const columnsWith = (change: (columns: RiskColumns) => void) =>
  tableWith(STRESS_TABLE, (columns) => {
    change(columns)
    return columns
  })

async function verdictOf(witness: SolvencyWitness): Promise<boolean> {
  const { valid } = solvencyModel(witness)
  expect(await circuit.accepts(solvencyInputs(witness))).toBe(valid)
  return valid
}

/**
 * BTC: 5,000 owed, 4,990 held, so 10 short: −10 · 55 halved, −10 · 210 doubled. USDT: 70,000 owed, 1,000
 * lent, 71,600 held, so 2,600 over: 2,600 · 2 and 2,600 · 1.
 */
const RESERVES = [4_990n, 71_600n, 0n, 0n]
const SURPLUS = [2_600n * 2n - 10n * 55n, 2_600n - 10n * 210n] as const

describe('solvency under scenarios (solvency.11)', () => {
  test('its public signals are in the documented order (privacy.2)', async () => {
    const witness = stressedBooks({ shortfalls: SURPLUS })
    const made = await circuit.witness(solvencyInputs(witness))
    expect(made.slice(1, 11)).toEqual(SOLVENCY_SIGNALS.map((name) => witness.signals[name]))
  })

  test('C05: shortfalls one below, at, and one above what is over, in each scenario (solvency.5)', async () => {
    for (const s of [0, 1]) {
      for (const [by, valid] of [
        [-1n, true],
        [0n, true],
        [1n, false],
      ] as const) {
        const shortfalls = SURPLUS.map((value, i) => (i === s ? value + by : value))
        expect(await verdictOf(stressedBooks({ shortfalls }))).toBe(valid)
      }
    }
  })

  test('says by scenario what is missing (solvency.12)', () => {
    const shortfalls = [SURPLUS[0] + 7n, SURPLUS[1]]
    expect(solvencyFigures(stressedBooks({ shortfalls })).missingByScenario).toEqual([7n, 0n])
  })

  test('an insurance fund covers shortfalls at its long value, and no balance (solvency.7)', async () => {
    const shortfalls = [SURPLUS[0] + 10n, SURPLUS[1]]
    const insured = { shortfalls, insurance: [0n, 5n, 0n, 0n] }
    expect(await verdictOf(stressedBooks({ shortfalls }))).toBe(false)
    expect(await verdictOf(stressedBooks(insured))).toBe(true)
    expect(await verdictOf(stressedBooks({ ...insured, insurance: [0n, 4n, 0n, 0n] }))).toBe(false)
    // Under full reserves a unit of insurance is no unit of reserves.
    const short = { policy: policy(STRESS_SIZES), insurance: [10n, 0n, 0n, 0n] }
    expect(await verdictOf(stressedBooks({ ...short, reserves: [4_990n, 69_500n] }))).toBe(false)
    expect(await verdictOf(stressedBooks({ ...short, reserves: [5_000n, 69_500n] }))).toBe(true)
  })

  test('what the venue is short of costs the short value, whatever else it holds (solvency.5)', async () => {
    const totals = totalsOf(10n)
    // 10 BTC owed and none held: 10 · 55 and 10 · 210, in USDT at 2 and 1.
    expect(await verdictOf(stressedBooks({ totals, reserves: [0n, 2_100n] }))).toBe(true)
    expect(await verdictOf(stressedBooks({ totals, reserves: [0n, 2_099n] }))).toBe(false)
  })

  test('customers who hold what the venue holds need no value at all (solvency.5)', async () => {
    const totals = totalsOf(10n, 0n, 7n)
    expect(await verdictOf(stressedBooks({ totals, reserves: [10n, 7n] }))).toBe(true)
    expect(await verdictOf(stressedBooks({ totals, reserves: [10n, 7n], shortfalls: [1n, 0n] }))).toBe(false)
  })

  test('a wedge on a derivative is no income of the venue, and its mark is in no sum (solvency.3, solvency.16)', async () => {
    const totals = [...zeros(8), 1_000n, 1_000n, 0n, 0n]
    const open = { totals, reserves: [], policy: policy(STRESS_SIZES) }
    expect(await verdictOf(stressedBooks(open))).toBe(true)
    expect(await verdictOf(stressedBooks({ ...open, shortfalls: [0n, 1n] }))).toBe(false)
    for (const mark of [-1n, -(1n << 64n) + 1n, (1n << 64n) - 1n]) {
      const table = columnsWith((columns) => {
        columns.marks[4] = mark
      })
      expect(await verdictOf(stressedBooks({ ...open, table }))).toBe(true)
      expect(await verdictOf(stressedBooks({ ...open, totals: [1n, ...totals.slice(1)], table }))).toBe(false)
    }
  })

  test('derivatives whose longs and shorts do not net have no proof (solvency.3)', async () => {
    const batch = (short: bigint) => [
      stressed(account(1, [PERP, 30n], [USDT, 9n]), account(2, [PERP, -short])),
    ]
    await expectAccepted(epochOf(STRESS_TABLE, batch(30n)))
    for (const short of [29n, 31n]) await expectRefusedBySolvency(epochOf(STRESS_TABLE, batch(short)))
  })

  test('everything at the edge of its width (solvency.9)', async () => {
    const top = (1n << BigInt(TOTAL_BITS)) - 1n
    const value = (1n << 64n) - 1n
    const table = columnsWith(({ scenarios }) => {
      scenarios[0]!.values = zeros(KEYS).map((_, k) => (k === 8 ? -value : value))
      scenarios[1]!.values = zeros(KEYS).map((_, k) => (k === 1 ? value : k >= 8 ? -value : 0n))
    })
    const full = {
      table,
      totals: [0n, ...new Array<bigint>(KEYS - 1).fill(top)],
      reserves: [top, top, top, top],
    }
    const insured = { ...full, insurance: [top, top, top, top] }
    expect(await verdictOf(stressedBooks(insured))).toBe(true)
    // 4 + 3 times 2^98 − 1 units at 2^64 − 1 each are more than any shortfall sum can be.
    const most = { sum: (1n << BigInt(SHORTFALL_BITS)) - 1n, accounts: (1n << 32n) - 1n }
    expect(await verdictOf(stressedBooks({ ...insured, shortfalls: [most, 0n] }))).toBe(true)
    for (const beyond of [
      { ...most, sum: most.sum + 1n },
      { ...most, accounts: most.accounts + 1n },
    ]) {
      expect(await verdictOf(stressedBooks({ ...insured, shortfalls: [beyond, 0n] }))).toBe(false)
    }
    expect(await verdictOf(stressedBooks({ ...insured, insurance: [top + 1n, top, top, top] }))).toBe(false)
    const owing = { ...full, totals: totalsOf(top, 0n, top), reserves: [0n, top] }
    expect(await verdictOf(stressedBooks(owing))).toBe(false)
  })

  test('C25: agrees with its reference model on random books, accepting and rejecting', async () => {
    const amount = fc.bigInt(0n, 20n)
    const limit = fc.record({
      mostShortfall: fc.bigInt(0n, 2_000n),
      mostAccounts: fc.bigInt(0n, 3n),
    })
    const seen = { true: 0, false: 0 }
    await fc.assert(
      fc.asyncProperty(
        fc.array(amount, { minLength: 4, maxLength: 4 }),
        amount,
        fc.array(amount, { minLength: 4, maxLength: 4 }),
        fc.array(fc.record({ sum: fc.bigInt(0n, 1_000n), accounts: fc.bigInt(0n, 2n) }), {
          minLength: 2,
          maxLength: 2,
        }),
        fc.array(fc.oneof({ weight: 4, arbitrary: fc.constant(NO_LIMIT) }, limit), {
          minLength: 2,
          maxLength: 2,
        }),
        fc.array(fc.boolean(), { minLength: 2, maxLength: 2 }),
        async (totals, open, held, shortfalls, scenarios, requirements) => {
          const witness = stressedBooks({
            table: columnsWith((columns) => {
              for (const [s, requirement] of requirements.entries())
                columns.scenarios[s]!.requirement = requirement
            }),
            totals: [...totals, ...zeros(4), open, open, 0n, 0n],
            reserves: [held[0]!, held[1]!],
            insurance: [held[2]!, held[3]!],
            ...{ shortfalls, policy: laxPolicy(STRESS_SIZES, { scenarios }) },
          })
          seen[`${await verdictOf(witness)}`]++
        },
      ),
      { numRuns: cases(100, 1_000) },
    )
    expect(Math.min(seen.true, seen.false)).toBeGreaterThan(5)
  })

  test('N01: when it accepts, every account can be paid what it is worth at any prices between long and short values (solvency.6)', () => {
    const slot = fc.record({ instrument: fc.constantFrom(BTC, USDT, PERP), quantity: fc.bigInt(-30n, 30n) })
    const accounts = fc.array(fc.array(slot, { maxLength: 3 }), { maxLength: 6 })
    const at = fc.array(fc.nat(100), { minLength: 4, maxLength: 4 })
    const { columns } = STRESS_TABLE
    let accepted = 0
    fc.assert(
      fc.property(
        accounts,
        fc.array(fc.bigInt(0n, 90n), { minLength: 4, maxLength: 4 }),
        at,
        (customers, held, where) => {
          const perps = customers.flat().reduce((n, s) => (s.instrument === PERP ? n + s.quantity : n), 0n)
          const ledger = [...customers, [{ instrument: PERP, quantity: -perps }]]
          const totals = zeros(KEYS)
          for (const held of ledger.flat()) {
            totals[slotKey(STRESS_SIZES, held)!]! += held.quantity < 0n ? -held.quantity : held.quantity
          }
          const shortfalls = columns.scenarios.map((_, s) =>
            ledger.reduce((sum, slots) => sum + shortfallOf(equitiesOf(slots, columns)[s]!), 0n),
          )
          const witness = stressBooks({
            ...{ totals, shortfalls },
            reserves: [held[0]!, held[1]!],
            insurance: [held[2]!, held[3]!],
          })
          if (solvencyFigures(witness).missingByScenario.some((missing) => missing > 0n)) return
          accepted++
          const row = { [BTC]: 0, [USDT]: 1, [PERP]: 3 } as Record<number, number>
          for (const { values } of STRESS_RISK.scenarios) {
            // A price between the two, in hundredths.
            const prices = values.map(
              ({ long, short }, i) => 100n * long + BigInt(where[i]!) * (short - long),
            )
            const owed = ledger.reduce((sum, slots) => {
              const worth = slots.reduce((w, s) => w + s.quantity * prices[row[s.instrument]!]!, 0n)
              return sum + (worth > 0n ? worth : 0n)
            }, 0n)
            const holds = (held[0]! + held[2]!) * prices[0]! + (held[1]! + held[3]!) * prices[1]!
            expect(holds >= owed).toBe(true)
          }
        },
      ),
      { numRuns: cases(300, 3_000) },
    )
    expect(accepted).toBeGreaterThan(10)
  })

  test('another shortfall sum, number, insurance, value or name than the committed one (solvency.1)', async () => {
    const inputs = solvencyInputs(stressedBooks({ insurance: [1n, 2n], shortfalls: [5n, 6n] }))
    const changes: [string, CircuitInputs][] = [
      ['shortfalls', { shortfalls: [6n, 6n] }],
      ['accounts below zero', { below: [0n, 1n] }],
      ['insurance', { insurance: [2n, 2n, 0n, 0n] }],
      ['insurance as reserves', { insurance: [0n, 2n, 0n, 0n], reserves: [4_991n, 71_600n, 0n, 0n] }],
      ['names', { names: (inputs.names as bigint[]).map((name) => name + 1n) }],
      ['values', { values: (inputs.values as bigint[][]).map((column) => column.with(0, 401n)) }],
      ['columns', { values: (inputs.values as bigint[][]).toReversed() }],
      ['requirement', { requirement: [1n, 0n] }],
      ['derivatives', { derivativeTotals: [34n, 0n] }],
    ]
    for (const [name, change] of changes) {
      expect(await circuit.accepts({ ...inputs, ...change }), name).toBe(false)
    }
    const values = new Map(elementsOf(inputs))
    for (const name of [
      'weightedTotals[0]',
      'weightedTotals[11]',
      'weightedTotalsBlind[0]',
      'mostAccounts[1]',
    ]) {
      expect(await circuit.accepts(tampered(inputs, { [name]: values.get(name)! + 1n })), name).toBe(false)
    }
  })
})

describe('a requirement, and what a policy bounds (solvency.18)', () => {
  test('nothing has to cover what accounts lack in a requirement', async () => {
    const shortfalls = [0n, SURPLUS[1] + 1_000n]
    const table = columnsWith(({ scenarios }) => {
      scenarios[1]!.requirement = true
    })
    expect(await verdictOf(stressedBooks({ shortfalls }))).toBe(false)
    expect(await verdictOf(stressedBooks({ shortfalls, table }))).toBe(true)
    expect(await verdictOf(stressedBooks({ shortfalls: shortfalls.toReversed(), table }))).toBe(true)
    expect(solvencyFigures(stressedBooks({ shortfalls, table })).missingByScenario).toEqual([0n, 0n])
  })

  test('C31: a sum and a number of accounts at their bounds, and one above, in either kind of scenario', async () => {
    const shortfalls = [5n, 6n].map((sum) => ({ sum, accounts: 3n }))
    for (const requirement of [true, false]) {
      const table = columnsWith(({ scenarios }) => {
        for (const scenario of scenarios) scenario.requirement = requirement
      })
      for (const [bound, valid] of [
        [{}, true],
        [{ mostShortfall: 5n, mostAccounts: 3n }, true],
        [{ mostShortfall: 4n }, false],
        [{ mostAccounts: 2n }, false],
      ] as const) {
        const bounded = stressedBooks({ shortfalls, table, policy: limits(bound, { mostShortfall: 6n }) })
        expect(await verdictOf(bounded)).toBe(valid)
        const { beyond } = solvencyFigures(bounded)
        expect(beyond[0]).toEqual({
          shortfall: 'mostShortfall' in bound && bound.mostShortfall === 4n ? 1n : 0n,
          accounts: 'mostAccounts' in bound && bound.mostAccounts === 2n ? 1n : 0n,
        })
      }
    }
  })

  test('bounds of zero say that nobody is below: not an account that lacks nothing but is counted', async () => {
    const none = limits({ mostShortfall: 0n, mostAccounts: 0n }, { mostShortfall: 0n, mostAccounts: 0n })
    expect(await verdictOf(stressedBooks({ policy: none }))).toBe(true)
    for (const one of [
      { sum: 1n, accounts: 1n },
      { sum: 0n, accounts: 1n },
    ]) {
      expect(await verdictOf(stressedBooks({ policy: none, shortfalls: [one, 0n] }))).toBe(false)
      expect(await verdictOf(stressedBooks({ policy: none, shortfalls: [0n, one] }))).toBe(false)
    }
  })

  test('bounds beyond their widths have no proof', async () => {
    for (const scenario of [
      { mostShortfall: NO_LIMIT.mostShortfall + 1n },
      { mostAccounts: NO_LIMIT.mostAccounts + 1n },
    ]) {
      expect(await verdictOf(stressedBooks({ policy: limits(scenario) }))).toBe(false)
    }
  })
})

describe('solvency under scenarios refuses the tampered witness that is accepted without (solvency.10)', () => {
  const line = (from: string, to = ''): Edit => ({ file: 'solvency.circom', from, to })
  const range = (bits: number) => ({
    file: 'range.circom',
    from: 'in === sum;',
    to: `if (BITS != ${bits}) { in === sum; }`,
  })
  const uncovered = () => solvencyInputs(stressedBooks({ shortfalls: [SURPLUS[0] + 1n, 0n] }))
  const free = (name: string, length?: number): Edit => ({
    file: 'solvency.circom',
    from: 'signal input reservesBlind;',
    to: `signal input reservesBlind; signal input ${name}${length === undefined ? '' : `[${length}]`};`,
    adds: { name, shape: length === undefined ? [] : [length] },
  })
  const attacks: { name: string; edits: Edit[]; inputs: () => CircuitInputs }[] = [
    {
      name: 'C06: what is held covering the shortfalls of each scenario',
      edits: [range(179)],
      inputs: uncovered,
    },
    {
      name: 'what has to be covered being all that is lacking',
      edits: [line('toCover[s] <== (1 - requirement[s]) * covered;', 'toCover[s] <-- 0;')],
      inputs: uncovered,
    },
    {
      name: 'C31: flags of requirements being those of the risk table (solvency.18)',
      edits: [
        line('riskRoot === table.out;'),
        line('policy === rules.out;'),
        line('tableAtPoint === horner[INSTRUMENTS + SCENARIOS];'),
      ],
      inputs: () => ({ ...uncovered(), requirement: [1n, 1n] }),
    },
    {
      name: 'a flag being 0 or 1: two of the first scenario are one of the second (solvency.18)',
      edits: [
        { file: 'risk-root.circom', from: 'requirement[s] * (requirement[s] - 1) === 0;', to: '' },
        line('policy === rules.out;'),
      ],
      inputs: () => {
        const table = columnsWith(({ scenarios }) => {
          scenarios[1]!.requirement = true
        })
        const witness = stressedBooks({ table, shortfalls: [SURPLUS[0] + 1n, 0n] })
        return { ...solvencyInputs(witness), requirement: [2n, 0n] }
      },
    },
    {
      name: 'what accounts lack being within the bound of the policy (solvency.18)',
      edits: [
        line(
          'Range(SHORTFALL_BITS())(mostShortfall[s] - shortfalls[s]);',
          'Range(SHORTFALL_BITS())(1 - requirement[s]);',
        ),
      ],
      inputs: () =>
        solvencyInputs(stressedBooks({ shortfalls: [5n, 0n], policy: limits({ mostShortfall: 4n }) })),
    },
    {
      name: 'the number of accounts being within the bound of the policy (solvency.18)',
      edits: [
        line(
          'Range(ACCOUNT_COUNT_BITS())(mostAccounts[s] - below[s]);',
          'Range(ACCOUNT_COUNT_BITS())(1 - requirement[s]);',
        ),
      ],
      inputs: () =>
        solvencyInputs(
          stressedBooks({
            shortfalls: [{ sum: 5n, accounts: 3n }, 0n],
            policy: limits({ mostAccounts: 2n }),
          }),
        ),
    },
    {
      name: 'bounds being those of the policy (solvency.18)',
      edits: [line('policy === rules.out;')],
      inputs: () => ({
        ...solvencyInputs(stressedBooks({ shortfalls: [5n, 0n], policy: limits({ mostShortfall: 4n }) })),
        mostShortfall: [5n, 5n],
      }),
    },
    {
      name: 'a sum within its width: 2^144 less of it is one account more (solvency.18)',
      edits: [line('Range(SHORTFALL_BITS())(shortfalls[s]);', 'Range(SHORTFALL_BITS())(mostShortfall[s]);')],
      inputs: () => {
        const shortfalls = [{ sum: 100n, accounts: 3n }, 0n]
        const inputs = solvencyInputs(stressedBooks({ shortfalls, policy: limits({ mostShortfall: 99n }) }))
        const split = { 'shortfalls[0]': 100n - (1n << BigInt(SHORTFALL_BITS)), 'below[0]': 4n }
        return tampered(inputs, split)
      },
    },
    {
      name: 'shortfall sums being those of the state',
      edits: [line('state === final.out;')],
      inputs: () => ({ ...uncovered(), shortfalls: [0n, 0n] }),
    },
    {
      name: 'the insurance fund being the committed one',
      edits: [line('reservesCommitment === held.out;')],
      inputs: () => ({ ...uncovered(), insurance: [9n, 9n, 0n, 0n] }),
    },
    {
      name: 'reserves within their width (2^98 more of them, and one unit less in the insurance fund)',
      edits: [
        line('Range(TOTAL_BITS())(reserves[i]);', 'Range(TOTAL_BITS())(marks[i]);'),
        line('Range(TOTAL_BITS())(insurance[i]);', 'Range(TOTAL_BITS())(marks[i]);'),
      ],
      inputs: () =>
        tampered(uncovered(), { 'reserves[1]': 71_600n + (1n << BigInt(TOTAL_BITS)), 'insurance[1]': -1n }),
    },
    {
      name: 'values being those of the risk table',
      edits: [line('riskRoot === table.out;'), line('state === final.out;')],
      inputs: () => ({ ...uncovered(), values: [0, 1].map(() => zeros(KEYS).fill(100n)) }),
    },
    {
      name: 'what is owed being told from what is held (a debt at the long value)',
      edits: [{ file: 'negative.circom', from: 'out <== 1 - bit[BITS];', to: 'out <-- 0;' }],
      inputs: uncovered,
    },
    {
      name: 'C13: bits of a net adding up to it (every net dressed as positive)',
      edits: [
        { file: 'negative.circom', from: 'in + (1 << BITS) === sum;', to: '' },
        { file: 'negative.circom', from: '((in + (1 << BITS)) >> i) & 1;', to: '1;' },
      ],
      inputs: uncovered,
    },
    {
      name: 'a value at the side that it is for',
      edits: [
        line(
          'side[s][i] <== values[s][2 * i] + owes[i] * (values[s][2 * i + 1] - values[s][2 * i]);',
          'side[s][i] <-- values[s][2 * i];',
        ),
      ],
      inputs: uncovered,
    },
    {
      name: 'a worth being its units times that value',
      edits: [
        line('worth[s][i] <== net[i] * side[s][i];', 'worth[s][i] <-- i == 0 ? 0 : net[i] * side[s][i];'),
      ],
      inputs: uncovered,
    },
  ]
  for (const { name, edits, inputs } of attacks) {
    const copy = copies.with(...edits)
    test(name, async () => forge(await copy(), circuit, inputs()))
  }

  /** An account lacks 5 at 2 each, and says of a scenario that it lacks nothing. */
  const debtor = [stressed(account(1, [USDT, -5n]), account(2, [BTC, 3n]))]
  const silent = (...scenarios: number[]) => ({
    batch: (batch: LedgerBatch) => ({
      ...batch,
      equities: batch.equities.with(
        0,
        batch.equities[0]!.map((equity, s) => (scenarios.includes(s) ? 0n : equity)),
      ),
    }),
  })
  const ledgers: {
    name: string
    edits: Edit[]
    epoch: () => SampleEpoch
    inputs?: (honest: CircuitInputs, epoch: SampleEpoch) => CircuitInputs
  }[] = [
    {
      name: 'equities being what holdings and values come to',
      edits: [
        line(
          'final.equitySum <== ValuesAt(INSTRUMENTS, TIERS, SCENARIOS)(values, weightedTotals, scenarioPoint);',
          `_ <== ValuesAt(INSTRUMENTS, TIERS, SCENARIOS)(values, weightedTotals, scenarioPoint);
            final.equitySum <-- claimed;`,
        ),
        free('claimed'),
      ],
      epoch: () => epochOf(STRESS_TABLE, debtor, silent(0, 1)),
      inputs: (h, { ledger }) => ({ ...h, claimed: ledger.state.equitySum }),
    },
    {
      name: 'the worth of a key being a product of it and the values',
      edits: [
        {
          file: 'values-at.circom',
          from: 'worth[k] <== weightedTotals[k] * sum;',
          to: 'worth[k] <-- k == 3 ? 0 : weightedTotals[k] * sum;',
        },
      ],
      epoch: () => epochOf(STRESS_TABLE, debtor, silent(0, 1)),
    },
    {
      name: 'a value carrying its own weight',
      edits: [
        {
          file: 'values-at.circom',
          from: 'partial[k][s] <== sum * point + values[s][k];',
          to: `if (k == 3 && s == 0) {
                partial[k][s] <-- sum * point;
            } else {
                partial[k][s] <== sum * point + values[s][k];
            }`,
        },
      ],
      epoch: () => epochOf(STRESS_TABLE, debtor, silent(0)),
    },
    {
      name: 'the point of scenarios being squeezed from the transcript (one is chosen at which equities agree)',
      edits: [
        line(
          'signal scenarioPoint <== Challenge(3)(transcripts.first);',
          'signal squeezed <== Challenge(3)(transcripts.first); signal scenarioPoint <-- chosen;',
        ),
        free('chosen'),
      ],
      epoch: () => epochOf(STRESS_TABLE, debtor, silent(1)),
      inputs: (h, { ledger, points }) => {
        const at = (scenarioPoint: bigint) =>
          rightSides(STRESS_TABLE.columns, ledger.totals, ledger.weightedTotals, { ...points, scenarioPoint })
            .equitySum
        const slope = toField(at(1n) - at(0n))
        return { ...h, chosen: toField((ledger.state.equitySum - at(0n)) * invertField(slope)) }
      },
    },
    {
      name: 'longs and shorts of a derivative being one total (solvency.3)',
      edits: [
        line(
          'totals[2 * (SPOTS + i) + 1] = derivativeTotals[i];',
          'totals[2 * (SPOTS + i) + 1] = shortTotals[i];',
        ),
        free('shortTotals', 2),
      ],
      epoch: () =>
        epochOf(STRESS_TABLE, [stressed(account(1, [PERP, 30n], [USDT, 9n]), account(2, [PERP, -27n]))]),
      inputs: (h, { ledger }) => ({ ...h, shortTotals: [ledger.totals[9]!, ledger.totals[11]!] }),
    },
    {
      name: 'a pole that nothing but the table decides (a flag of the policy, chosen after the challenge, moves it)',
      edits: [
        {
          file: 'key-totals.circom',
          from: 'entry[k] <-- total / (challenge - pole);\n        entry[k] * (challenge - pole) === total;',
          to: `entry[k] <-- total / (challenge - pole - (k == 0 ? flag * 65536 : 0));
        entry[k] * (challenge - pole - (k == 0 ? flag * 65536 : 0)) === total;`,
        },
        {
          file: 'key-totals.circom',
          from: 'signal input challenge;',
          to: 'signal input challenge; signal input flag;',
        },
        line(
          'keys.challenge <== Challenge(1)(transcripts.second);',
          'keys.challenge <== Challenge(1)(transcripts.second); keys.flag <== flag;',
        ),
        free('flag'),
      ],
      epoch: () => epochOf(STRESS_TABLE, [stressed(...STRESSED)], { totals: (t) => t.with(0, t[0]! - 400n) }),
      // (total + mix · weighted)/(r − 2^16 · flag) is what the key's slots come to.
      inputs: (h, { ledger, points }) => {
        const share = (totals: readonly bigint[], weighted: readonly bigint[]) =>
          rightSides(STRESS_TABLE.columns, totals, weighted, points).keySum
        const { totals, weightedTotals, state } = ledger
        const rest = share(totals.with(0, 0n), weightedTotals.with(0, 0n))
        const own = toField(totals[0]! + points.mix * weightedTotals[0]!)
        const pole = toField(points.challenge - own * invertField(toField(state.keySum - rest)))
        return { ...h, flag: toField(pole * invertField(65_536n)) }
      },
    },
  ]
  for (const { name, edits, epoch, inputs } of ledgers) {
    const copy = copies.with(...edits)
    test(name, async () => {
      const played = epoch()
      await expectRefusedBySolvency(played)
      await forgeSolvency(await copy(), played, inputs)
    })
  }

  test('control: an honest witness of a copy, laid over the circuit, is accepted', async () => {
    const weak = await copies.with(line('policy === rules.out;'))()
    await honestTransplant(circuit, weak, solvencyInputs(stressedBooks()))
  })

  test('any single wire of the rules on scenarios', async () => {
    const witness = await circuit.witness(
      solvencyInputs(stressedBooks({ insurance: [1n, 2n], shortfalls: [5n, 6n] })),
    )
    const names = [
      ...['shortfalls[0]', 'below[1]', 'insurance[1]', 'names[1]', 'requirement[0]', 'mostShortfall[1]'],
      ...['mostAccounts[0]', 'values[0][0]', 'values[1][5]', 'values[1][11]', 'weightedTotals[3]'],
      ...['derivativeTotals[0]', 'owes[0]', 'owes[1]', 'owes[2]', 'side[0][0]', 'side[1][2]'],
      ...['worth[0][0]', 'worth[1][1]', 'toCover[0]', 'scenarioPoint', 'keys.mixed[3]', 'keys.entry[3]'],
    ]
    for (const name of names) {
      for (const value of [0n, 1n, 2n, circuit.value(witness, name) + 1n, -1n]) {
        if (toField(value) === circuit.value(witness, name)) continue
        const edited = circuit.edit(witness, { [name]: toField(value) })
        expect(circuit.satisfied(edited), `${name} = ${value}`).toBe(false)
      }
    }
  })
})
