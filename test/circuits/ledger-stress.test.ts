import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { Circuit, type Edit } from '../../scripts/soundness/bench/circuit.js'
import {
  account,
  batchRootOf,
  LEDGER_PUBLIC,
  reopen,
  STRESS_TABLE,
  STRESSED,
  secondBatch,
  stressTable,
  TINY_STRESS,
  TINY_STRESS_MAIN,
  tamper,
} from '../../scripts/soundness/samples/ledger.js'
import {
  type CircuitInputs,
  equityBits,
  FIELD_ORDER,
  invertField,
  type Slot,
  toBits,
  toField,
} from '../../src/field/index.js'
import { poseidon, ROLES, sponge } from '../../src/hash/index.js'
import { riskRootOf } from '../../src/risk/index.js'
import {
  equitiesOf,
  type LedgerWitness,
  ledgerInputs,
  ledgerModel,
  shortfallOf,
} from '../../src/statements/index.js'
import { honestTransplant } from '../helpers/attack.js'
import { Copies } from '../helpers/copies.js'
import { cases } from '../helpers/sweep.js'

const source = { include: 'ledger.circom', main: TINY_STRESS_MAIN, public: LEDGER_PUBLIC }
const copies = new Copies(source)
const BITS = equityBits(TINY_STRESS.slots)
const TOP = (1n << 64n) - 1n
let circuit: Circuit
beforeAll(async () => {
  circuit = await Circuit.compile(source)
})

const honest = (accounts = STRESSED, table = STRESS_TABLE) => secondBatch(accounts, TINY_STRESS, table)

/** Claims another equity, and the shortfall sum that goes with it. */
function claim(witness: LedgerWitness, ...claims: [account: number, scenario: number, equity: bigint][]) {
  const equities = witness.equities.map((account) => [...account])
  const shortfallsAfter = [...witness.shortfallsAfter]
  for (const [u, s, equity] of claims) {
    shortfallsAfter[s]! += shortfallOf(equity) - shortfallOf(equities[u]![s]!)
    equities[u]![s] = equity
  }
  return reopen(witness, { equities, shortfallsAfter })
}

/** What the reference model and the circuit both say. */
async function verdictOf(witness: LedgerWitness, compiled = circuit): Promise<boolean> {
  const { valid } = ledgerModel(witness)
  expect(await compiled.accepts(ledgerInputs(witness))).toBe(valid)
  return valid
}

describe('equities and shortfalls (ledger.8)', () => {
  test('are what a hand computation says, and a batch of them is accepted', async () => {
    const witness = honest()
    expect(witness.equities).toEqual([
      [500n * 40n - 7n * 2n, 500n * 180n - 7n * 2n],
      [-10n * 55n + 900n * 2n, -10n * 210n + 900n],
      [30n * -50n + 20n * 2n, 30n * 95n + 20n],
      [0n, 0n],
    ])
    expect(witness.shortfallsBefore).toEqual([1_460n, 1_200n])
    expect(witness.shortfallsAfter).toEqual([2_920n, 2_400n])
    expect(await verdictOf(witness)).toBe(true)
  })

  test('at every edge of their range: all long, all short, values of ±(2^64 − 1), nothing at all (ledger.10)', async () => {
    const table = stressTable([
      [TOP, TOP, TOP, TOP, -TOP, -TOP, 0n, 0n],
      [0n, TOP, -TOP, TOP, -TOP, TOP, 0n, 0n],
    ])
    const witness = honest(
      [
        account(1, [0, TOP], [1, TOP]),
        account(2, [0, -TOP], [1, -TOP]),
        account(3, [2, -TOP], [2, TOP]),
        account(4, [3, TOP], [3, -TOP]),
      ],
      table,
    )
    expect(witness.equities[0]![0]).toBe(2n * TOP * TOP)
    expect(witness.equities[1]).toEqual([-2n * TOP * TOP, -2n * TOP * TOP])
    expect(await verdictOf(witness)).toBe(true)
  })

  test('C25: agree with the circuit on random ledgers, honest and not (ledger.13)', async () => {
    const sizes = { accounts: 2, slots: 2, instruments: 2, scenarios: 2 }
    const small = await Circuit.compile({ ...source, main: 'Ledger(2, 2, 2, 2, 0)' })
    const edges = [0n, 1n, -1n, TOP, -TOP]
    const signed = fc.oneof(fc.constantFrom(...edges), fc.bigInt(-TOP, TOP), fc.bigInt(-9n, 9n))
    const slots = fc.array(fc.record({ instrument: fc.nat(1), quantity: signed }), { maxLength: 2 })
    const column = fc.array(signed, { minLength: 4, maxLength: 4 })
    const off = fc.constantFrom(-1n, 1n)
    const cheat = fc.oneof(
      { weight: 6, arbitrary: fc.constant((w: LedgerWitness) => w) },
      fc.tuple(fc.nat(1), off).map(([s, by]) => (w: LedgerWitness) => {
        const shortfallsAfter = w.shortfallsAfter.map((sum, i) => (i === s ? toField(sum + by) : sum))
        return reopen(w, { shortfallsAfter })
      }),
      fc.tuple(fc.nat(1), fc.nat(1), off).map(
        ([u, s, by]) =>
          (w: LedgerWitness) =>
            claim(w, [u, s, w.equities[u]![s]! + by]),
      ),
      fc
        .nat(1)
        .map((u) => (w: LedgerWitness) => claim(w, [u, 0, w.equities[u]![1]!], [u, 1, w.equities[u]![0]!])),
      fc.nat(1).map((u) => (w: LedgerWitness) => ({
        ...w,
        slots: w.slots.map((s, i) => (i === u ? s.map((x) => ({ ...x, quantity: -x.quantity })) : s)),
      })),
    )
    const seen = { true: 0, false: 0 }
    await fc.assert(
      fc.asyncProperty(
        fc.array(slots, { minLength: 2, maxLength: 2 }),
        fc.array(column, { minLength: 2, maxLength: 2 }),
        cheat,
        async (holdings, columns, how) => {
          const accounts = holdings.map((list, u) => ({ ...account(u), slots: list }))
          const witness = how(secondBatch(accounts, sizes, stressTable(columns.map((c) => [...c]))))
          const { valid } = ledgerModel(witness)
          const count = ++seen[`${valid}`]
          // Every `===` of the circuit is asserted while a witness is made; all constraints are checked now
          // and then.
          const made = await small.witness(ledgerInputs(witness)).catch(() => undefined)
          expect(made !== undefined && (count % 20 > 0 || small.satisfied(made))).toBe(valid)
        },
      ),
      { numRuns: cases(60, 1_000) },
    )
    expect(Math.min(seen.true, seen.false)).toBeGreaterThan(8)
  })
})

describe('ledger with scenarios refuses (ledger.8)', () => {
  for (const by of [1n, -1n]) {
    test(`a shortfall ${by > 0n ? 'over' : 'under'}stated by one, with and without the equity to match`, async () => {
      const witness = honest()
      expect(await verdictOf(claim(witness, [1, 1, -1_200n - by]))).toBe(false)
      const shortfallsAfter = [witness.shortfallsAfter[0]!, witness.shortfallsAfter[1]! + by]
      expect(await verdictOf(reopen(witness, { shortfallsAfter }))).toBe(false)
    })
  }

  test("N02: an account's shortfall hidden behind another account's equity", async () => {
    expect(await verdictOf(claim(honest(), [1, 1, 0n], [0, 1, 89_986n - 1_200n]))).toBe(false)
  })

  test('N13: two scenarios with their columns exchanged', async () => {
    const witness = honest()
    const swapped = witness.equities.flatMap(([a, b], u): [number, number, bigint][] => [
      [u, 0, b!],
      [u, 1, a!],
    ])
    expect(await verdictOf(claim(witness, ...swapped))).toBe(false)
  })

  test('C15: a short in an instrument outside the table, which would be worth nothing (ledger.6)', async () => {
    const witness = honest()
    const slots = witness.slots.map((s, u) => (u === 1 ? [{ instrument: 4, quantity: -10n }, s[1]!] : s))
    const totalsAfter = witness.totalsAfter.map((total, k) => (k === 1 ? total - 10n : total))
    const moved = reopen(witness, { slots, totalsAfter })
    expect(await verdictOf(claim(moved, [1, 0, 1_800n], [1, 1, 900n]))).toBe(false)
  })

  test('a short written as a long, and a long as a short (ledger.5)', async () => {
    const witness = honest()
    for (const u of [0, 1, 2]) {
      const slots = witness.slots.map((s, i): Slot[] =>
        i === u ? s.map((slot) => ({ ...slot, quantity: -slot.quantity })) : [...s],
      )
      expect(await verdictOf(reopen(witness, { slots }))).toBe(false)
    }
  })

  test('C19: a table with one value changed, whether or not riskRoot is changed with it (ledger.9)', async () => {
    const witness = honest()
    for (const [s, k] of [
      [0, 0],
      [1, 1],
      [1, 3],
    ] as const) {
      const values = STRESS_TABLE.columns.scenarios.map((c) => [...c.values])
      values[s]![k]! += 1n
      const table = stressTable(values)
      expect(await verdictOf({ ...witness, table })).toBe(false)
      const rebound = { ...witness, table, signals: { ...witness.signals, riskRoot: table.riskRoot } }
      expect(await verdictOf(rebound)).toBe(false)
      // Honest under the other table, it is another statement.
      expect(await verdictOf(honest(STRESSED, table))).toBe(true)
    }
  })

  test('C19: another name, mark, row or time than the ones behind riskRoot (ledger.9)', async () => {
    const inputs = ledgerInputs(honest())
    for (const [name, path] of [
      ['names', [1]],
      ['marks', [3]],
      ['rowsDigest', [0]],
      ['timestamp', [0]],
    ] as const) {
      expect(await circuit.accepts(tamper(inputs, name, [...path], 5n)), name).toBe(false)
    }
  })

  test('C04: a total off by one, long or short (ledger.5)', async () => {
    const witness = honest()
    for (const key of [0, 1, 3, 4]) {
      const totalsAfter = witness.totalsAfter.map((total, k) => (k === key ? total + 1n : total))
      expect(await verdictOf(reopen(witness, { totalsAfter }))).toBe(false)
    }
  })

  test('C03: a batch whose shortfalls could leave their width does not compile (ledger.10)', async () => {
    await expect(Circuit.compile({ ...source, main: 'Ledger(4096, 33, 4, 2, 0)' })).rejects.toThrow(/assert/i)
  })
})

/**
 * As for the ledger without scenarios: without the rule the attack succeeds, with it the same witness is
 * refused.
 */
describe('ledger with scenarios refuses the tampered witness that is accepted without (ledger.12)', () => {
  const open = ['before', 'after'].map((side) => {
    const name = side === 'before' ? 'Before' : 'After'
    return { file: 'ledger.circom', from: `state${name} === opened${name};`, to: '' }
  })
  /** Account 1 says of scenario 1 that it lacks nothing. */
  const hidden = () => ledgerInputs(claim(honest(), [1, 1, 0n]))
  const attacks: {
    name: string
    edits: Edit[]
    inputs: () => CircuitInputs
  }[] = [
    {
      name: 'C01, C13: bits of an equity that are bits (the same equity, dressed as a positive one)',
      edits: [{ file: 'equities.circom', from: 'bits[s][u][i] * (bits[s][u][i] - 1) === 0;', to: '' }],
      inputs: () => {
        const bits = toBits(1n << BigInt(BITS), BITS + 1).with(0, toField(-1_200n))
        const inputs = ledgerInputs(honest())
        const equities = (inputs.equities as bigint[][][]).map((column, s) =>
          column.map((account, u) => (u === 1 && s === 1 ? bits : account)),
        )
        return { ...inputs, equities, shortfallsAfter: [2_920n, 1_200n] }
      },
    },
    {
      name: 'a shortfall being what is below zero',
      edits: [
        {
          file: 'equities.circom',
          from: 'shortfall[s][u] <== (bits[s][u][BITS] - 1) * equity;',
          to: 'shortfall[s][u] <-- u == 1 ? 0 : (bits[s][u][BITS] - 1) * equity;',
        },
      ],
      inputs: () => tamper(ledgerInputs(honest()), 'shortfallsAfter', [1], 1_200n),
    },
    {
      name: 'all shortfalls of a scenario adding up to its sum',
      edits: [
        {
          file: 'ledger.circom',
          from: 'shortfallsAfter[s] === shortfallsBefore[s] + worth.shortfalls[s];',
          to: '',
        },
      ],
      inputs: () => tamper(ledgerInputs(honest()), 'shortfallsAfter', [1], 0n),
    },
    {
      name: 'equities being what holdings and values come to',
      edits: [{ file: 'ledger.circom', from: 'worth.out === expected;', to: '' }],
      inputs: hidden,
    },
    {
      name: "an account's equities carrying its own weight",
      edits: [
        {
          file: 'equities.circom',
          from: 'weighted[u] <== weights[u] * sum;',
          to: 'weighted[u] <-- weights[u] * (u == 1 ? sum - 1200 * point : sum);',
        },
      ],
      inputs: hidden,
    },
    {
      name: "a scenario's equities carrying the scenario's own weight",
      edits: [
        {
          file: 'equities.circom',
          from: 'partial[u][s] <== sum * point + equity;',
          to: `if (u == 1 && s == 1) {
                partial[u][s] <-- sum * point + equity - 1200;
            } else {
                partial[u][s] <== sum * point + equity;
            }`,
        },
      ],
      inputs: hidden,
    },
    {
      name: 'weights of accounts being powers of a challenge (a weight of zero hides an account)',
      edits: [
        {
          file: 'powers.circom',
          from: 'out[i] <== i == 0 ? 1 : base;',
          to: 'out[i] <-- i == 0 ? 1 : 0;',
        },
      ],
      inputs: hidden,
    },
    {
      name: 'the scenario point being squeezed from the transcript (at zero, only the first scenario counts)',
      edits: [
        {
          file: 'ledger.circom',
          from: 'signal scenarioPoint <== Challenge(3)(transcript);',
          to: 'signal unused <== Challenge(3)(transcript); signal scenarioPoint <-- 0;',
        },
      ],
      inputs: hidden,
    },
    {
      name: 'values being those of riskRoot',
      edits: [{ file: 'ledger.circom', from: 'riskRoot === table.out;', to: '' }],
      inputs: () => {
        // Shorts cost nothing.
        const values = STRESS_TABLE.columns.scenarios.map(({ values }) =>
          values.map((value, key) => (key % 2 ? 0n : value)),
        )
        const { riskRoot } = STRESS_TABLE
        return ledgerInputs(honest(STRESSED, { ...stressTable(values), riskRoot }))
      },
    },
    {
      name: 'the worth of holdings being a product of them and the values',
      edits: [
        {
          file: 'values-at.circom',
          from: 'worth[k] <== holdings[k] * sum;',
          to: 'worth[k] <-- k == 7 ? 0 : holdings[k] * sum;',
        },
      ],
      inputs: () => {
        const table = stressTable([
          [1n, 1n, 1n, 1n, 1n, 1n, 1n, 0n],
          [1n, 1n, 1n, 1n, 1n, 1n, 1n, 0n],
        ])
        const values = table.columns.scenarios.map((c) => [...c.values.slice(0, 7), 9n])
        const real = stressTable(values)
        const accounts = [account(1, [3, -5n]), account(2), account(3), account(4)]
        return { ...ledgerInputs(honest(accounts, table)), ...pick(ledgerInputs(honest(accounts, real))) }
      },
    },
    {
      name: 'holdings by key being sums of the slots',
      edits: [
        {
          file: 'ledger.circom',
          from: 'sums.sums[k] <== mix * (totalsAfter[k] - totalsBefore[k]) + holdings[k];',
          to: `sums.sums[k] <-- mix * (totalsAfter[k] - totalsBefore[k]) + held[k];`,
        },
        // Just enough long units of instrument 1, of no account, to make up for the claim.
        {
          file: 'ledger.circom',
          from: 'signal holdings[2 * INSTRUMENTS] <-- held;',
          to: `var bent[2 * INSTRUMENTS];
                for (var k = 0; k < 2 * INSTRUMENTS; k++) { bent[k] = held[k]; }
                bent[2] += 1200 * powers[1] * scenarioPoint / (values[0][2] + values[1][2] * scenarioPoint);
                signal holdings[2 * INSTRUMENTS] <-- bent;`,
        },
      ],
      inputs: hidden,
    },
    {
      name: 'C02: zero having no sign (a slot of −0, which the leaf of an honest account never holds)',
      edits: [{ file: 'slot.circom', from: 'bits[MAGNITUDE_BITS()] * (1 - held) === 0;', to: '' }],
      inputs: () => tamper(ledgerInputs(honest()), 'slots', [3, 0, 64], 1n),
    },
  ]

  /** The inputs that open a table. */
  function pick(inputs: CircuitInputs): CircuitInputs {
    const names = ['riskRoot', 'values', 'names', 'marks']
    return Object.fromEntries(names.map((name) => [name, inputs[name]!]))
  }

  for (const { name, edits, inputs } of attacks) {
    const copy = copies.with(...edits, ...open)
    test(name, async () => {
      const weak = await copy()
      const attack = inputs()
      const first = await weak.witness(attack)
      const forged = await weak.witness({
        ...attack,
        stateBefore: weak.value(first, 'openedBefore'),
        stateAfter: weak.value(first, 'openedAfter'),
      })
      expect(weak.satisfied(forged)).toBe(true)
      expect(circuit.satisfied(circuit.transplant(weak, forged))).toBe(false)
    })
  }

  test('control: an honest witness of a copy, laid over the circuit, is accepted', async () => {
    const weak = await copies.with(
      { file: 'equities.circom', from: 'bits[s][u][i] * (bits[s][u][i] - 1) === 0;', to: '' },
      ...open,
    )()
    await honestTransplant(circuit, weak, ledgerInputs(honest()))
  })

  test('any single wire of the rules on scenarios', async () => {
    const witness = await circuit.witness(ledgerInputs(honest()))
    const names = [
      ...[0, 60, BITS - 1, BITS].map((i) => `equities[1][1][${i}]`),
      'shortfallsBefore[0]',
      'shortfallsAfter[1]',
      'values[0][0]',
      'values[1][7]',
      'marks[0]',
      'names[0]',
      'rowsDigest[0]',
      'timestamp[0]',
      'accountPoint',
      'scenarioPoint',
      'mix',
      'challenge',
      'powers[2]',
      'holdings[0]',
      'holdings[7]',
      'worth.shortfall[1][1]',
      'worth.partial[1][0]',
      'worth.weighted[1]',
      'sums.weighted[0]',
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

/**
 * C16, C17. Three copies leave one thing out of a transcript each, and are forged; the circuit as it is
 * refuses the forgery.
 */
describe('C17: a transcript that leaves something out is forged (ledger.11)', () => {
  const head = ({ signals, ...rest }: LedgerWitness) => [
    signals.stateBefore,
    signals.stateAfter,
    batchRootOf(rest),
    signals.riskRoot,
    4n,
    2n,
    4n,
    2n,
    0n,
  ]
  const squeeze = (transcript: bigint, label: bigint) => poseidon([transcript, label], ROLES.challenge.tag)
  /**
   * What the transcript absorbs of equities: the bits of E + 2^BITS, scenario after scenario, 253 to an
   * element.
   */
  function packed({ equities }: LedgerWitness): bigint[] {
    const bits = [0, 1].flatMap((s) =>
      equities.flatMap((account) => toBits(account[s]! + (1n << BigInt(BITS)), BITS + 1)),
    )
    const elements: bigint[] = []
    for (let i = 0; i < bits.length; i += 253) {
      elements.push(bits.slice(i, i + 253).reduce((sum, bit, j) => sum | (bit << BigInt(j)), 0n))
    }
    return elements
  }

  async function forgedBy(weak: Circuit, forged: LedgerWitness, more: CircuitInputs = {}): Promise<void> {
    const witness = await weak.witness({ ...ledgerInputs(forged), ...more })
    expect(weak.satisfied(witness)).toBe(true)
    expect(ledgerModel(forged).valid).toBe(false)
    expect(await circuit.accepts(ledgerInputs(forged))).toBe(false)
    expect(circuit.satisfied(circuit.transplant(weak, witness))).toBe(false)
  }

  const withoutEquities = copies.with({
    file: 'ledger.circom',
    from: 'absorbed.in[9 + i] <== pack.out[i];',
    to: 'absorbed.in[9 + i] <-- 0;',
  })
  test('left out: the equities. Two accounts below water rise together, each by less than the range', async () => {
    const weak = await withoutEquities()
    // The sums that the attacker would like, which fix the state and hence the points.
    const wanted = claim(honest(), [1, 1, 0n], [2, 0, 0n])
    const transcript = sponge('transcript', [...head(wanted), ...packed(wanted).map(() => 0n)])
    const [account, scenario] = [squeeze(transcript, 2n), squeeze(transcript, 3n)]
    // x · account¹ · scenario¹ + y · account² · scenario⁰ = 0 with x and y above the shortfalls and below
    // 2^BITS.
    const ratio = toField(scenario * invertField(account))
    const [x, y] = positivePair(toField(-ratio), 1n << BigInt(BITS - 1))
    const risen = claim(honest(), [1, 1, x - 1_200n], [2, 0, y - 1_460n])
    expect(risen.shortfallsAfter).toEqual([1_460n, 1_200n])
    await forgedBy(weak, risen)
  })

  const withoutHoldings = copies.with(
    { file: 'ledger.circom', from: 'again.in[1 + k] <== holdings[k];', to: 'again.in[1 + k] <== 0;' },
    { file: 'ledger.circom', from: '<-- held;', to: '<-- bent;' },
    {
      file: 'ledger.circom',
      from: 'signal input blindAfter;',
      to: 'signal input blindAfter; signal input bent[2 * INSTRUMENTS];',
      adds: { name: 'bent', shape: [8] },
    },
  )
  test('left out: the holdings by key. They are bent until a false equity fits', async () => {
    const weak = await withoutHoldings()
    const forged = claim(honest(), [1, 1, 0n])
    const transcript = sponge('transcript', [...head(forged), ...packed(forged)])
    const [account, scenario] = [squeeze(transcript, 2n), squeeze(transcript, 3n)]
    const point = squeeze(sponge('transcript', [transcript, ...new Array<bigint>(8).fill(0n)]), 1n)
    const holdings = new Array<bigint>(8).fill(0n)
    for (const [u, slots] of forged.slots.entries()) {
      for (const { instrument, quantity } of slots) {
        const key = 2 * instrument + (quantity < 0n ? 1 : 0)
        holdings[key]! += account ** BigInt(u) * (quantity < 0n ? -quantity : quantity)
      }
    }
    // δ₀/(r − 0) + δ₂/(r − 2) = 0, and δ₀ · value₀ + δ₂ · value₂ = what the false equity adds.
    const value = (key: number) =>
      STRESS_TABLE.columns.scenarios.reduceRight((sum, { values }) => sum * scenario + values[key]!, 0n)
    const trade = toField((point - 2n) * invertField(point))
    const added = 1_200n * account * scenario
    const delta = toField(added * invertField(toField(value(0) - trade * value(2))))
    holdings[0]! += delta
    holdings[2]! -= trade * delta
    await forgedBy(weak, forged, { bent: holdings.map(toField) })
  })

  const withoutTable = copies.with({
    file: 'ledger.circom',
    from: 'batchRoot, riskRoot, ACCOUNTS',
    to: 'batchRoot, 0, ACCOUNTS',
  })
  test('left out: the table. A value of it is chosen after the points', async () => {
    const weak = await withoutTable()
    const forged = claim(honest(), [1, 1, 0n])
    const transcript = sponge('transcript', [...head(forged).with(3, 0n), ...packed(forged)])
    const account = squeeze(transcript, 2n)
    const values = STRESS_TABLE.columns.scenarios.map((c) => [...c.values])
    // Only account 2 holds instrument 2, 30 units: 30 · account² · change = 1,200 · account¹, whatever the
    // scenario.
    values[1]![4]! += toField(1_200n * invertField(toField(30n * account)))
    const table = stressTable(values)
    await forgedBy(weak, { ...forged, table, signals: { ...forged.signals, riskRoot: table.riskRoot } })
  })

  test('C16: each absorbed element, altered after the points are fixed, breaks a constraint', async () => {
    const points = ['accountPoint', 'scenarioPoint', 'mix', 'challenge']
    const witness = await circuit.witness(ledgerInputs(honest()))
    const fixed = Object.fromEntries(points.map((name) => [name, circuit.value(witness, name)]))
    const values = STRESS_TABLE.columns.scenarios.map((c) => [...c.values])
    values[0]![6] = 9n // Nobody holds it: the equities stay.
    const others = {
      'state, table and equities unchanged': reopen(honest(), { blindAfter: 5n }),
      'the batch': honest([STRESSED[1]!, STRESSED[0]!, STRESSED[2]!, STRESSED[3]!]),
      'the table': honest(STRESSED, stressTable(values)),
      'the equities': honest([account(1, [0, 500n], [1, -8n]), ...STRESSED.slice(1)]),
    }
    for (const [name, other] of Object.entries(others)) {
      const made = await circuit.witness(ledgerInputs(other))
      for (const point of points) {
        expect(circuit.value(made, point), `${name}: ${point}`).not.toBe(fixed[point])
        const edited = circuit.edit(made, { [point]: fixed[point]! })
        expect(circuit.satisfied(edited), `${name}: ${point}`).toBe(false)
      }
      expect(circuit.satisfied(circuit.edit(made, fixed)), name).toBe(false)
    }
  })
})

/**
 * x, y > 2^16 and below `bound` with y = x · ratio in the field: a short vector of a lattice of two
 * dimensions.
 */
function positivePair(ratio: bigint, bound: bigint): [bigint, bigint] {
  const abs = (n: bigint) => (n < 0n ? -n : n)
  let a: [bigint, bigint] = [0n, FIELD_ORDER]
  let b: [bigint, bigint] = [1n, ratio]
  const norm = ([x, y]: [bigint, bigint]) => x * x + y * y
  for (;;) {
    if (norm(a) < norm(b)) [a, b] = [b, a]
    const dot = a[0] * b[0] + a[1] * b[1]
    const by = (2n * abs(dot) + norm(b)) / (2n * norm(b)) // nearest integer
    if (by === 0n) break
    const sign = dot < 0n ? -1n : 1n
    a = [a[0] - sign * by * b[0], a[1] - sign * by * b[1]]
  }
  for (let i = -9n; i <= 9n; i++) {
    for (let j = -9n; j <= 9n; j++) {
      const [x, y] = [i * a[0] + j * b[0], i * a[1] + j * b[1]]
      if (x > 65_536n && y > 65_536n && x < bound && y < bound) return [x, y]
    }
  }
  throw new Error('no pair is short enough')
}

test('an equity of an instrument outside the table is nothing, in the model as in the circuit (ledger.6)', () => {
  expect(equitiesOf([{ instrument: 9, quantity: 5n }], STRESS_TABLE.columns.scenarios)).toEqual([0n, 0n])
  expect(riskRootOf(STRESS_TABLE)).toBe(STRESS_TABLE.riskRoot)
})
