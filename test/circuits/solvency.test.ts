import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { Circuit, type Edit } from '../../scripts/soundness/bench/circuit.js'
import {
  books,
  policy,
  RESERVES,
  SOLVENCY_MAIN,
  SOLVENCY_PUBLIC,
  TABLE,
  TOTALS,
} from '../../scripts/soundness/samples/solvency.js'
import { type CircuitInputs, FIELD_ORDER, toField } from '../../src/field/index.js'
import {
  SOLVENCY_SIGNALS,
  type SolvencyWitness,
  solvencyFigures,
  solvencyInputs,
  solvencyModel,
  stateCommitment,
} from '../../src/statements/index.js'
import { honestTransplant } from '../helpers/attack.js'
import { Copies } from '../helpers/copies.js'
import { cases } from '../helpers/sweep.js'

const source = { include: 'solvency.circom', main: SOLVENCY_MAIN, public: SOLVENCY_PUBLIC }
const copies = new Copies(source)
let circuit: Circuit
beforeAll(async () => {
  circuit = await Circuit.compile(source)
})

/** What the reference model and the circuit both say. */
async function verdictOf(witness: SolvencyWitness): Promise<boolean> {
  const { valid } = solvencyModel(witness)
  expect(await circuit.accepts(solvencyInputs(witness))).toBe(valid)
  return valid
}

const replaced = (list: bigint[], index: number, value: bigint) => list.with(index, value)

describe('solvency (solvency.11)', () => {
  test('its public signals are in the documented order (privacy.2)', async () => {
    const witness = books()
    const made = await circuit.witness(solvencyInputs(witness))
    expect(made.slice(1, 7)).toEqual(SOLVENCY_SIGNALS.map((name) => witness.signals[name]))
  })

  test('C05: reserves one below, at, and one above what is owed (solvency.2)', async () => {
    expect(await verdictOf(books({ reserves: replaced(RESERVES, 0, 4_999n) }))).toBe(false)
    expect(await verdictOf(books())).toBe(true)
    expect(await verdictOf(books({ reserves: replaced(RESERVES, 0, 5_001n) }))).toBe(true)
  })

  test('says by instrument what is missing, rounded up (solvency.12)', () => {
    const figures = solvencyFigures(books({ reserves: [4_000n, 69_499n, 0n, 0n] }))
    expect(figures.instruments.map((i) => i.missing)).toEqual([1_000n, 1n, 0n, 0n])
  })

  test('a loan counts for its factor and not for more (solvency.2)', async () => {
    expect(await verdictOf(books({ reserves: replaced(RESERVES, 1, 69_499n) }))).toBe(false)
  })

  test('N01: a surplus in one instrument does not cover another (solvency.2)', async () => {
    expect(await verdictOf(books({ reserves: [0n, 1n << 90n, 0n, 0n] }))).toBe(false)
  })

  test('a derivative whose longs and shorts do not net, or that is held as a reserve (solvency.3)', async () => {
    expect(await verdictOf(books({ totals: replaced(TOTALS, 4, 34n) }))).toBe(false)
    expect(await verdictOf(books({ totals: replaced(TOTALS, 5, 34n) }))).toBe(false)
    expect(await verdictOf(books({ reserves: replaced(RESERVES, 2, 1n) }))).toBe(false)
  })

  test('C15: a liability in an instrument that the table does not have, with reserves invented to match (solvency.3)', async () => {
    expect(
      await verdictOf(books({ totals: replaced(TOTALS, 6, 9n), reserves: replaced(RESERVES, 3, 9n) })),
    ).toBe(false)
    expect(await verdictOf(books({ totals: replaced(TOTALS, 6, 9n) }))).toBe(false)
  })

  test('a minimum ratio above one needs as much more (solvency.2)', async () => {
    const strict = policy({
      instruments: policy().instruments.map((i, k) => (k === 0 ? { ...i, minimumRatio: 1_000_001n } : i)),
    })
    expect(await verdictOf(books({ policy: strict }))).toBe(false)
    expect(await verdictOf(books({ policy: strict, reserves: replaced(RESERVES, 0, 5_001n) }))).toBe(true)
  })

  test('where single instruments may be short, the value of all still has to cover (solvency.4)', async () => {
    const lax = policy({
      instruments: policy().instruments.map((i) => ({ ...i, minimumRatio: 0n, loanFactor: 0n })),
    })
    const owed = 5_000n * TABLE.instruments[0]!.mark + 70_000n * TABLE.instruments[1]!.mark
    const btc = (owed + TABLE.instruments[0]!.mark - 1n) / TABLE.instruments[0]!.mark
    expect(await verdictOf(books({ policy: lax, reserves: [btc, 0n, 0n, 0n] }))).toBe(true)
    expect(await verdictOf(books({ policy: lax, reserves: [btc - 1n, 0n, 0n, 0n] }))).toBe(false)
  })

  const marked = (...marks: bigint[]) => ({
    ...TABLE,
    instruments: TABLE.instruments.map((row, i) => ({ ...row, mark: marks[i]! })),
  })
  const top = (1n << 64n) - 1n
  test('C27: a mark of a perp below zero, which is in no sum, and none of what a customer is owed (solvency.16)', async () => {
    const [btc, usdt] = TABLE.instruments.map(({ mark }) => mark) as [bigint, bigint]
    for (const mark of [-1n, -top, top]) {
      expect(await verdictOf(books({ table: marked(btc, usdt, mark) }))).toBe(true)
      expect(
        await verdictOf(books({ table: marked(btc, usdt, mark), reserves: replaced(RESERVES, 0, 4_999n) })),
      ).toBe(false)
    }
    expect(await verdictOf(books({ table: marked(0n, usdt, -1n) }))).toBe(true)
    for (const mark of [-1n, -top, top + 1n]) {
      expect(await verdictOf(books({ table: marked(mark, usdt, -1n) }))).toBe(false)
    }
  })

  test('totals and reserves at the edge of their widths (solvency.9)', async () => {
    const top = (1n << 96n) - 1n
    const full = { totals: [top, top, top, top, top, top, top, top], reserves: [top, top, 0n, 0n] }
    expect(await verdictOf(books(full))).toBe(true)
    expect(await verdictOf(books({ ...full, totals: replaced(full.totals, 0, top + 1n) }))).toBe(false)
    expect(await verdictOf(books({ ...full, reserves: replaced(full.reserves, 0, top + 1n) }))).toBe(false)
    expect(await verdictOf(books({ ...full, reserves: replaced(full.reserves, 0, FIELD_ORDER - 1n) }))).toBe(
      false,
    )
  })

  test('agrees with its reference model on random books, accepting and rejecting', async () => {
    const amount = fc.bigInt(0n, 20n)
    const seen = { true: 0, false: 0 }
    await fc.assert(
      fc.asyncProperty(
        fc.array(amount, { minLength: 8, maxLength: 8 }),
        fc.array(amount, { minLength: 4, maxLength: 4 }),
        fc.array(fc.constantFrom(0n, 500_000n, 1_000_000n, 2_000_000n), { minLength: 4, maxLength: 4 }),
        fc.bigInt(0n, 1_500_000n),
        fc.boolean(),
        fc.tuple(fc.bigInt(-1n, 20n), fc.bigInt(0n, 20n), fc.bigInt(-20n, 20n)),
        async (totals, reserves, ratios, valueRatio, netted, marks) => {
          const books_ = books({
            table: marked(...marks),
            totals: netted ? [...totals.slice(0, 4), totals[4]!, totals[4]!, totals[6]!, totals[6]!] : totals,
            reserves: netted ? [...reserves.slice(0, 2), 0n, 0n] : reserves,
            policy: {
              valueRatio,
              instruments: policy().instruments.map((i, k) => ({ ...i, minimumRatio: ratios[k]! / 4n })),
            },
          })
          seen[`${await verdictOf(books_)}`]++
        },
      ),
      { numRuns: cases(100, 1_000) },
    )
    expect(Math.min(seen.true, seen.false)).toBeGreaterThan(5)
  })

  test('another total, reserve, mark, threshold, root or blind than the committed one (solvency.1)', async () => {
    const inputs = solvencyInputs(books())
    const changes: [string, number?][] = [
      ['state'],
      ['accountsRoot'],
      ['riskRoot'],
      ['reservesCommitment'],
      ['policy'],
      ['batchCount'],
      ['blind'],
      ['reservesBlind'],
      ['rowsDigest'],
      ['timestamp'],
      ['valueRatio'],
      ['totals', 1],
      ['reserves', 3],
      ['marks', 3],
      ['minimumRatios', 3],
      ['loanFactors', 3],
    ]
    for (const [name, index] of changes) {
      const old = inputs[name]!
      const value =
        index === undefined
          ? (old as bigint) + 1n
          : (old as bigint[]).with(index, (old as bigint[])[index]! + 1n)
      expect(await circuit.accepts({ ...inputs, [name]: value }), name).toBe(false)
    }
  })

  test('V10: a context is part of the statement, and no other fits the witness (solvency.8)', async () => {
    const witness = await circuit.witness(solvencyInputs(books()))
    const edited = circuit.edit(witness, { context: circuit.value(witness, 'context') + 1n })
    expect(circuit.satisfied(edited)).toBe(false)
  })
})

describe('solvency refuses the tampered witness that is accepted without (solvency.10)', () => {
  const insolvent = books({ reserves: replaced(RESERVES, 0, 4_999n) })
  const attacks: {
    name: string
    edits: Edit[]
    inputs: CircuitInputs
  }[] = [
    {
      name: 'C06: the surplus of an instrument being checked, where others are worth more than it lacks',
      edits: [{ file: 'range.circom', from: 'in === sum;', to: 'if (BITS != 129) { in === sum; }' }],
      inputs: solvencyInputs(books({ reserves: [4_999n, 80_000n, 0n, 0n] })),
    },
    {
      name: 'C06: the value at mark being checked, where no single instrument has a threshold',
      edits: [{ file: 'range.circom', from: 'in === sum;', to: 'if (BITS != 205) { in === sum; }' }],
      inputs: solvencyInputs(
        books({
          policy: policy({ instruments: policy().instruments.map((i) => ({ ...i, minimumRatio: 0n })) }),
          reserves: [0n, 0n, 0n, 0n],
        }),
      ),
    },
    {
      name: 'C27: marks of what is owed being zero or more: at a mark below zero, more is owed and less is missing',
      edits: [{ file: 'range.circom', from: 'in === sum;', to: 'if (BITS != 64) { in === sum; }' }],
      inputs: solvencyInputs(
        books({
          table: {
            ...TABLE,
            instruments: TABLE.instruments.map((row, i) => (i === 0 ? { ...row, mark: -row.mark } : row)),
          },
          policy: policy({ instruments: policy().instruments.map((i) => ({ ...i, minimumRatio: 0n })) }),
          reserves: [0n, 0n, 0n, 0n],
        }),
      ),
    },
    {
      name: 'C13: bits that add up to what they decompose',
      edits: [{ file: 'range.circom', from: 'in === sum;', to: '' }],
      inputs: solvencyInputs(books({ reserves: replaced(RESERVES, 0, 4_999n) })),
    },
    {
      name: 'reserves being the committed ones',
      edits: [{ file: 'solvency.circom', from: 'reservesCommitment === held.out;', to: '' }],
      inputs: { ...solvencyInputs(books()), reservesCommitment: 5n },
    },
    {
      name: 'totals being those of the state',
      edits: [{ file: 'solvency.circom', from: 'state === opened;', to: '' }],
      inputs: { ...solvencyInputs(books()), totals: [0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n] },
    },
    {
      name: 'marks being those of the risk table',
      edits: [{ file: 'solvency.circom', from: 'riskRoot === table.out;', to: '' }],
      inputs: { ...solvencyInputs(books()), marks: [1n, 1n, 1n, 1n] },
    },
    {
      name: 'thresholds being those of the policy',
      edits: [{ file: 'solvency.circom', from: 'policy === rules.out;', to: '' }],
      inputs: { ...solvencyInputs(insolvent), minimumRatios: [0n, 0n, 0n, 0n], valueRatio: 0n },
    },
    {
      name: 'derivatives netting to zero',
      edits: [{ file: 'solvency.circom', from: 'derivative[i] * (long - short) === 0;', to: '' }],
      inputs: solvencyInputs(books({ totals: replaced(TOTALS, 4, 34n) })),
    },
    {
      name: 'derivatives being no reserves',
      edits: [{ file: 'solvency.circom', from: 'derivative[i] * reserves[i] === 0;', to: '' }],
      inputs: solvencyInputs(books({ reserves: replaced(RESERVES, 2, 7n) })),
    },
  ]
  for (const { name, edits, inputs } of attacks) {
    const copy = copies.with(...edits)
    test(name, async () => {
      const weak = await copy()
      const forged = await weak.witness(inputs)
      expect(weak.satisfied(forged)).toBe(true)
      expect(circuit.satisfied(circuit.transplant(weak, forged))).toBe(false)
    })
  }

  test('control: an honest witness of a copy, laid over the circuit, is accepted', async () => {
    const weak = await copies.with({ file: 'solvency.circom', from: 'riskRoot === table.out;', to: '' })()
    await honestTransplant(circuit, weak, solvencyInputs(books()))
  })

  test('C21: any single wire', async () => {
    const honest = books()
    const witness = await circuit.witness(solvencyInputs(honest))
    expect(circuit.value(witness, 'state')).toBe(stateCommitment(honest.state))
    for (let wire = 1; wire < witness.length; wire++) {
      for (const value of [witness[wire]! + 1n, witness[wire]! - 1n]) {
        const edited = witness.with(wire, toField(value))
        if (!circuit.satisfied(edited)) continue
        expect.fail(`wire ${wire} may also be ${value}`)
      }
      if (wire > 400) wire += 17 // every wire of the statement, then a sample of the hashes'
    }
  })
})
