import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { Circuit, type Edit } from '../../scripts/soundness/bench/circuit.js'
import {
  books,
  policy,
  SOLVENCY_PUBLIC,
  STRESS_MAIN,
  STRESS_TABLE,
} from '../../scripts/soundness/samples/solvency.js'
import { type CircuitInputs, toField } from '../../src/field/index.js'
import {
  equitiesOf,
  SOLVENCY_SIGNALS,
  type SolvencyWitness,
  shortfallOf,
  solvencyFigures,
  solvencyInputs,
  solvencyModel,
} from '../../src/statements/index.js'
import { honestTransplant } from '../helpers/attack.js'
import { Copies } from '../helpers/copies.js'
import { cases } from '../helpers/sweep.js'

const source = { include: 'solvency.circom', main: STRESS_MAIN, public: SOLVENCY_PUBLIC }
const copies = new Copies(source)
let circuit: Circuit
beforeAll(async () => {
  circuit = await Circuit.compile(source)
})

/** A policy that asks for nothing at mark, so that only the scenarios decide. */
const LAX = policy({
  valueRatio: 0n,
  instruments: policy().instruments.map((i) => ({ ...i, minimumRatio: 0n })),
})
const zeros = (n: number) => new Array<bigint>(n).fill(0n)
type Books = Parameters<typeof books>[0]
const stressed = (parts: Books = {}) => books({ table: STRESS_TABLE, policy: LAX, ...parts })

async function verdictOf(witness: SolvencyWitness): Promise<boolean> {
  const { valid } = solvencyModel(witness)
  expect(await circuit.accepts(solvencyInputs(witness))).toBe(valid)
  return valid
}

/**
 * BTC: 5,000 owed, 4,990 held, so 10 short: −10 · 500 in the crash, −10 · 1,600 in the rally. USDT: 70,000
 * owed, 1,000 lent, 71,600 held, so 2,600 over: 2,600 · 9 and 2,600 · 10.
 */
const RESERVES = [4_990n, 71_600n, 0n, 0n]
const SURPLUS = [2_600n * 9n - 10n * 500n, 2_600n * 10n - 10n * 1_600n]

describe('solvency under scenarios (solvency.11)', () => {
  test('its public signals are in the documented order (privacy.2)', async () => {
    const witness = stressed({ reserves: RESERVES, shortfalls: SURPLUS })
    const made = await circuit.witness(solvencyInputs(witness))
    expect(made.slice(1, 7)).toEqual(SOLVENCY_SIGNALS.map((name) => witness.signals[name]))
  })

  test('C05: shortfalls one below, at, and one above what is over, in each scenario (solvency.5)', async () => {
    for (const s of [0, 1]) {
      for (const [by, valid] of [
        [-1n, true],
        [0n, true],
        [1n, false],
      ] as const) {
        const shortfalls = SURPLUS.map((value, i) => (i === s ? value + by : value))
        expect(await verdictOf(stressed({ reserves: RESERVES, shortfalls }))).toBe(valid)
      }
    }
  })

  test('says by scenario what is missing (solvency.12)', () => {
    const shortfalls = [SURPLUS[0]! + 7n, SURPLUS[1]!]
    expect(solvencyFigures(stressed({ reserves: RESERVES, shortfalls })).missingByScenario).toEqual([7n, 0n])
  })

  test('an insurance fund covers shortfalls at its long value, and no balance (solvency.7)', async () => {
    const shortfalls = [SURPLUS[0]! + 45n, SURPLUS[1]!]
    const insured = { reserves: RESERVES, shortfalls, insurance: [0n, 5n, 0n, 0n] }
    expect(await verdictOf(stressed({ reserves: RESERVES, shortfalls }))).toBe(false)
    expect(await verdictOf(stressed(insured))).toBe(true)
    expect(await verdictOf(stressed({ ...insured, insurance: [0n, 4n, 0n, 0n] }))).toBe(false)
    // Under full reserves a unit of insurance is no unit of reserves.
    const short = { policy: policy(), insurance: [10n, 0n, 0n, 0n] }
    expect(await verdictOf(stressed({ ...short, reserves: [4_990n, 69_500n, 0n, 0n] }))).toBe(false)
    expect(await verdictOf(stressed({ ...short, reserves: [5_000n, 69_500n, 0n, 0n] }))).toBe(true)
  })

  test('what the venue is short of costs the short value, whatever else it holds (solvency.5)', async () => {
    const totals = [10n, 0n, 0n, 0n, 0n, 0n, 0n, 0n]
    // 10 BTC owed and none held: 10 · 500 and 10 · 1,600, in USDT at 9 and 10.
    expect(await verdictOf(stressed({ totals, reserves: [0n, 1_600n, 0n, 0n] }))).toBe(true)
    expect(await verdictOf(stressed({ totals, reserves: [0n, 1_599n, 0n, 0n] }))).toBe(false)
  })

  test('customers who hold what the venue holds need no value at all (solvency.5)', async () => {
    const totals = [10n, 0n, 7n, 0n, 0n, 0n, 0n, 0n]
    expect(await verdictOf(stressed({ totals, reserves: [10n, 7n, 0n, 0n] }))).toBe(true)
    const shortfalls = [1n, 0n]
    expect(await verdictOf(stressed({ totals, reserves: [10n, 7n, 0n, 0n], shortfalls }))).toBe(false)
  })

  test('a wedge on a derivative is no income of the venue (solvency.5)', async () => {
    // At long and short values of their own, 1,000 contracts long and short differ by 1,000 · 200: that pays
    // for no shortfall.
    const totals = [0n, 0n, 0n, 0n, 1_000n, 1_000n, 0n, 0n]
    const open = { totals, reserves: [0n, 0n, 0n, 0n] }
    expect(await verdictOf(stressed(open))).toBe(true)
    expect(await verdictOf(stressed({ ...open, shortfalls: [0n, 1n] }))).toBe(false)
  })

  test('an insurance fund of a derivative is refused (solvency.3)', async () => {
    const insurance = [0n, 0n, 1n, 0n]
    expect(await verdictOf(stressed({ reserves: RESERVES, insurance }))).toBe(false)
  })

  test('everything at the edge of its width (solvency.9)', async () => {
    const top = (1n << 96n) - 1n
    const value = (1n << 64n) - 1n
    const sides = (long: bigint, short: bigint) => ({ long, short })
    const table = {
      ...STRESS_TABLE,
      scenarios: [
        { name: 'high', values: [sides(value, value), sides(value, value), sides(-value, value)] },
        { name: 'low', values: [sides(0n, value), sides(0n, 0n), sides(-value, -value)] },
      ],
    }
    const full = { table, totals: [0n, top, top, top, top, top, top, top], reserves: [top, top, 0n, 0n] }
    const insured = { ...full, insurance: [top, top, 0n, 0n] }
    expect(await verdictOf(stressed(insured))).toBe(true)
    // 3 + 2 times 2^96 − 1 units at 2^64 − 1 each are more than any shortfall sum can be.
    const shortfalls = [(1n << 160n) - 1n, 0n]
    expect(await verdictOf(stressed({ ...insured, shortfalls }))).toBe(true)
    expect(await verdictOf(stressed({ ...insured, shortfalls: [1n << 160n, 0n] }))).toBe(false)
    expect(await verdictOf(stressed({ ...insured, insurance: [top + 1n, top, 0n, 0n] }))).toBe(false)
    const owing = { ...full, totals: [top, 0n, top, 0n, 0n, 0n, 0n, 0n], reserves: [0n, top, 0n, 0n] }
    expect(await verdictOf(stressed(owing))).toBe(false)
    for (const far of [value + 2n, -value - 2n]) {
      const beyond = table.scenarios.map(({ name, values }, s) => ({
        name,
        values: values.map((v, i) => (s === 0 && i === 2 ? sides(far, far) : v)),
      }))
      expect(await verdictOf(stressed({ ...insured, table: { ...table, scenarios: beyond } }))).toBe(false)
    }
  })

  test('C25: agrees with its reference model on random books, accepting and rejecting', async () => {
    const amount = fc.bigInt(0n, 20n)
    const seen = { true: 0, false: 0 }
    await fc.assert(
      fc.asyncProperty(
        fc.array(amount, { minLength: 4, maxLength: 4 }),
        fc.array(amount, { minLength: 3, maxLength: 3 }),
        fc.array(amount, { minLength: 4, maxLength: 4 }),
        fc.array(fc.bigInt(0n, 3_000n), { minLength: 2, maxLength: 2 }),
        async (totals, [open], held, shortfalls) => {
          const witness = stressed({
            totals: [...totals, open!, open!, 0n, 0n],
            reserves: [held[0]!, held[1]!, 0n, 0n],
            insurance: [held[2]!, held[3]!, 0n, 0n],
            shortfalls,
          })
          seen[`${await verdictOf(witness)}`]++
        },
      ),
      { numRuns: cases(100, 1_000) },
    )
    expect(Math.min(seen.true, seen.false)).toBeGreaterThan(5)
  })

  test('N01: when it accepts, every account can be paid what it is worth at any prices between long and short values (solvency.6)', () => {
    const slot = fc.record({ instrument: fc.nat(2), quantity: fc.bigInt(-30n, 30n) })
    const accounts = fc.array(fc.array(slot, { maxLength: 3 }), { maxLength: 6 })
    const at = fc.array(fc.nat(100), { minLength: 3, maxLength: 3 })
    const nobody = stressed()
    const columns = nobody.table.columns.scenarios
    let accepted = 0
    fc.assert(
      fc.property(
        accounts,
        fc.array(fc.bigInt(0n, 90n), { minLength: 4, maxLength: 4 }),
        at,
        (customers, held, where) => {
          const perps = customers.flat().reduce((n, s) => (s.instrument === 2 ? n + s.quantity : n), 0n)
          const ledger = [...customers, [{ instrument: 2, quantity: -perps }]]
          const totals = zeros(8)
          for (const { instrument, quantity } of ledger.flat()) {
            const key = 2 * instrument + (quantity < 0n ? 1 : 0)
            totals[key]! += quantity < 0n ? -quantity : quantity
          }
          const shortfalls = columns.map((_, s) =>
            ledger.reduce((sum, slots) => sum + shortfallOf(equitiesOf(slots, columns)[s]!), 0n),
          )
          const figures = solvencyFigures({
            ...nobody,
            state: { ...nobody.state, totals, shortfalls },
            reserves: [held[0]!, held[1]!, 0n, 0n],
            insurance: [held[2]!, held[3]!, 0n, 0n],
          })
          if (figures.missingByScenario.some((missing) => missing > 0n)) return
          accepted++
          for (const { values } of STRESS_TABLE.scenarios) {
            // A price between the two, in hundredths.
            const prices = values.map(
              ({ long, short }, i) => 100n * long + BigInt(where[i]!) * (short - long),
            )
            const owed = ledger.reduce((sum, slots) => {
              const worth = slots.reduce((w, s) => w + s.quantity * prices[s.instrument]!, 0n)
              return sum + (worth > 0n ? worth : 0n)
            }, 0n)
            const holds = (held[0]! + held[2]!) * prices[0]! + (held[1]! + held[3]!) * prices[1]!
            expect(holds >= owed).toBe(true)
          }
        },
      ),
      { numRuns: 3_000 },
    )
    expect(accepted).toBeGreaterThan(100)
  })

  test('another shortfall sum, insurance, value or name than the committed one (solvency.1)', async () => {
    const inputs = solvencyInputs(stressed({ reserves: RESERVES, insurance: [1n, 2n, 0n, 0n] }))
    const changes: [string, CircuitInputs][] = [
      ['shortfalls', { shortfalls: [1n, 0n] }],
      ['insurance', { insurance: [2n, 2n, 0n, 0n] }],
      ['insurance as reserves', { insurance: [0n, 2n, 0n, 0n], reserves: [4_991n, 71_600n, 0n, 0n] }],
      ['names', { names: (inputs.names as bigint[]).map((name) => name + 1n) }],
      ['values', { values: (inputs.values as bigint[][]).map((column) => column.with(0, 401n)) }],
      ['columns', { values: (inputs.values as bigint[][]).toReversed() }],
    ]
    for (const [name, change] of changes) {
      expect(await circuit.accepts({ ...inputs, ...change }), name).toBe(false)
    }
  })
})

describe('solvency under scenarios refuses the tampered witness that is accepted without (solvency.10)', () => {
  const range = (bits: number) => ({
    file: 'range.circom',
    from: 'in === sum;',
    to: `if (BITS != ${bits}) { in === sum; }`,
  })
  const attacks: {
    name: string
    edits: Edit[]
    inputs: () => CircuitInputs
  }[] = [
    {
      name: 'C06: what is held covering the shortfalls of each scenario',
      edits: [range(174)],
      inputs: () => solvencyInputs(stressed({ reserves: RESERVES, shortfalls: [SURPLUS[0]! + 1n, 0n] })),
    },
    {
      name: 'shortfall sums being those of the state',
      edits: [{ file: 'solvency.circom', from: 'state === opened;', to: '' }],
      inputs: () => ({
        ...solvencyInputs(stressed({ reserves: RESERVES, shortfalls: [SURPLUS[0]! + 1n, 0n] })),
        shortfalls: [0n, 0n],
      }),
    },
    {
      name: 'the insurance fund being the committed one',
      edits: [{ file: 'solvency.circom', from: 'reservesCommitment === held.out;', to: '' }],
      inputs: () => ({ ...solvencyInputs(stressed({ reserves: RESERVES })), insurance: [9n, 9n, 0n, 0n] }),
    },
    {
      name: 'values being those of the risk table',
      edits: [{ file: 'solvency.circom', from: 'riskRoot === table.out;', to: '' }],
      inputs: () => ({
        ...solvencyInputs(stressed({ reserves: RESERVES })),
        values: [0, 1].map(() => zeros(8).fill(1n)),
      }),
    },
    {
      name: 'what is owed being told from what is held (a debt at the long value)',
      edits: [
        {
          file: 'negative.circom',
          from: 'out <== 1 - bit[BITS];',
          to: 'out <-- 0;',
        },
      ],
      inputs: () => solvencyInputs(stressed({ reserves: RESERVES })),
    },
    {
      name: 'C13: bits of a net adding up to it (every net dressed as positive)',
      edits: [
        { file: 'negative.circom', from: 'in + (1 << BITS) === sum;', to: '' },
        { file: 'negative.circom', from: '((in + (1 << BITS)) >> i) & 1;', to: '1;' },
      ],
      inputs: () => solvencyInputs(stressed({ reserves: RESERVES })),
    },
    {
      name: 'a value at the side that it is for',
      edits: [
        {
          file: 'solvency.circom',
          from: 'side[s][i] <== values[s][2 * i] + owes[i] * (values[s][2 * i + 1] - values[s][2 * i]);',
          to: 'side[s][i] <-- values[s][2 * i];',
        },
      ],
      inputs: () => solvencyInputs(stressed({ reserves: RESERVES })),
    },
    {
      name: 'a worth being its units times that value',
      edits: [
        {
          file: 'solvency.circom',
          from: 'worth[s][i] <== net[i] * side[s][i];',
          to: 'worth[s][i] <-- i == 0 ? 0 : net[i] * side[s][i];',
        },
      ],
      inputs: () => solvencyInputs(stressed({ reserves: RESERVES })),
    },
    {
      name: 'a derivative being no insurance',
      edits: [{ file: 'solvency.circom', from: 'derivative[i] * insurance[i] === 0;', to: '' }],
      inputs: () => solvencyInputs(stressed({ reserves: RESERVES, insurance: [0n, 0n, 7n, 0n] })),
    },
    {
      name: 'C13: values within their width (a debt at a price of minus one)',
      edits: [range(65)],
      inputs: () => {
        const table = {
          ...STRESS_TABLE,
          scenarios: STRESS_TABLE.scenarios.map(({ name, values }) => ({
            name,
            values: values.map((v, i) => (i === 0 ? { long: -(1n << 65n), short: -(1n << 65n) } : v)),
          })),
        }
        return solvencyInputs(
          stressed({ table, reserves: [4_990n, 0n, 0n, 0n], totals: [5_000n, ...zeros(7)] }),
        )
      },
    },
  ]
  for (const { name, edits, inputs } of attacks) {
    const copy = copies.with(...edits)
    test(name, async () => {
      const weak = await copy()
      const forged = await weak.witness(inputs())
      expect(weak.satisfied(forged)).toBe(true)
      expect(circuit.satisfied(circuit.transplant(weak, forged))).toBe(false)
    })
  }

  test('control: an honest witness of a copy, laid over the circuit, is accepted', async () => {
    const weak = await copies.with({
      file: 'solvency.circom',
      from: 'derivative[i] * insurance[i] === 0;',
      to: '',
    })()
    await honestTransplant(circuit, weak, solvencyInputs(stressed({ reserves: RESERVES })))
  })

  test('any single wire of the rules on scenarios', async () => {
    const witness = await circuit.witness(
      solvencyInputs(stressed({ reserves: RESERVES, insurance: [1n, 2n, 0n, 0n], shortfalls: [5n, 6n] })),
    )
    const names = [
      'shortfalls[0]',
      'insurance[1]',
      'insurance[2]',
      'names[1]',
      'values[0][0]',
      'values[1][5]',
      'values[1][7]',
      'net[0]',
      'net[2]',
      'owes[0]',
      'owes[1]',
      'owes[2]',
      'side[0][0]',
      'side[1][2]',
      'worth[0][0]',
      'worth[1][1]',
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
