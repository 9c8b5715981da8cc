import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { Circuit } from '../../scripts/soundness/bench/circuit.js'
import { tampered } from '../../scripts/soundness/bench/tamper.js'
import {
  account,
  batchRootOf,
  LEDGER_PUBLIC,
  reopen,
  secondBatch,
  stressTable,
  TIER_TABLE,
  TIER_VALUES,
  TIER_WIDTHS,
  TIERED,
  TINY_TIERS,
  TINY_TIERS_MAIN,
} from '../../scripts/soundness/samples/ledger.js'
import { type CircuitInputs, invertField, type Slot, toBits, toField } from '../../src/field/index.js'
import { poseidon, ROLES, sponge } from '../../src/hash/index.js'
import {
  type LedgerAccount,
  type LedgerWitness,
  ledgerInputs,
  ledgerModel,
} from '../../src/statements/index.js'
import { attack, honestTransplant } from '../helpers/attack.js'
import { Copies } from '../helpers/copies.js'
import { cases } from '../helpers/sweep.js'

const source = { include: 'ledger.circom', main: TINY_TIERS_MAIN, public: LEDGER_PUBLIC }
const TOP = (1n << 64n) - 1n
let circuit: Circuit
beforeAll(async () => {
  circuit = await Circuit.compile(source)
})
const copies = new Copies(source)
const unlimited = copies.with(
  { file: 'sum-by-key.circom', from: 'slotKey += slotLimit[u][s];', to: '' },
  { file: 'sum-by-key.circom', from: 'pole += keyLimit[k \\ 2];', to: '' },
)
const unordered = copies.with(
  { file: 'rising-keys.circom', from: '<== held[s] * (key - before - 1);', to: '<-- 0;' },
  { file: 'rising-keys.circom', from: 'held[s] * (1 - held[s - 1]) === 0;', to: '' },
)
const BITS_OF_SPARES = {
  file: 'ledger.circom',
  from: 'spares[u][s][i] * (spares[u][s][i] - 1) === 0;',
  to: '',
}
const anySpares = copies.with(BITS_OF_SPARES)
const unbound = copies.with({ file: 'ledger.circom', from: 'riskRoot === table.out;', to: '' })

const honest = (accounts = TIERED, table = TIER_TABLE) => secondBatch(accounts, TINY_TIERS, table)
const withFirst = (first: LedgerAccount) => [first, ...TIERED.slice(1)]
const spare = (path: string, value: bigint) =>
  Object.fromEntries(toBits(value, 64).map((bit, i) => [`spares${path}[${i}]`, bit]))

/** What the reference model and the circuit both say. */
async function verdictOf(witness: LedgerWitness, inputs = ledgerInputs(witness)): Promise<boolean> {
  const { valid } = ledgerModel(witness)
  expect(await circuit.accepts(inputs)).toBe(valid)
  return valid
}

describe('tiers (ledger.14)', () => {
  test('full, in part, and beside an unpledged rest and a debt are accepted, and add up as a hand computation says', async () => {
    const witness = honest()
    expect(await verdictOf(witness)).toBe(true)
    expect(witness.equities.map(([collateral]) => collateral)).toEqual([
      1_000n * 90n + 4_000n * 50n - 250_000n,
      10n * 90n - 900n,
      -3n * 100n - 5n + 70_000n,
      0n,
    ])
    expect(witness.shortfallsAfter[0]).toBe(0n)
    expect(witness.totalsAfter.slice(0, 10)).toEqual(
      [77n, 3n, 1_010n, 0n, 4_000n, 0n, 6n, 250_905n, 70_000n, 0n].map((t) => 2n * t),
    )
  })

  test('a row that is no tier holds up to 2^64 − 1, long and short', async () => {
    expect(await verdictOf(honest(withFirst(account(1, [0, TOP], [0, -TOP], [7, TOP]))))).toBe(true)
  })

  test('an unused tier between two used ones is fine: it can only understate', async () => {
    expect(await verdictOf(honest(withFirst(account(1, [2, 5n]))))).toBe(true)
  })
})

describe('N22: a tier overfilled (ledger.14)', () => {
  test.each([
    ['by one', 1_001n, 0n],
    ['by one, with the room of the next tier', 1_001n, 4_000n - 1_001n],
    ['by one, with the room of a row that is no tier', 1_001n, TOP - 1_001n],
    ['by one, with the room of a tier of another asset', 1_001n, 70_000n - 1_001n],
    ['to the end of the range', TOP, 0n],
  ])('%s is refused; without limits it passes', async (_, held, room) => {
    const witness = honest(withFirst(account(1, [1, held])))
    expect(ledgerModel(witness)).toMatchObject({
      reasons: ['account 0, slot 0: not within the width of its tier'],
    })
    await attack(circuit, await unlimited(), tampered(ledgerInputs(witness), spare('[0][0]', room)))
  })

  test('by one, with a spare of minus one, is refused: its bits are bits', async () => {
    const witness = honest(withFirst(account(1, [1, 1_001n])))
    await attack(circuit, await anySpares(), tampered(ledgerInputs(witness), { 'spares[0][0][0]': -1n }))
  })

  test('on the short side is refused as well', async () => {
    await attack(circuit, await unlimited(), ledgerInputs(honest(withFirst(account(1, [1, -1_001n])))))
  })

  test('every spare that is off by one is refused, also where the tier is not full', async () => {
    const inputs = ledgerInputs(honest())
    const weak = await unlimited()
    for (const [u, s] of [
      [0, 0],
      [0, 1],
      [0, 3],
      [1, 0],
      [2, 3],
    ] as const) {
      const [bit] = (inputs.spares as bigint[][][])[u]![s]!
      const changed = tampered(inputs, { [`spares[${u}][${s}][0]`]: 1n - bit! })
      expect(await circuit.accepts(changed), `account ${u}, slot ${s}`).toBe(false)
      const forged = await weak.witness(changed)
      expect(circuit.satisfied(circuit.transplant(weak, forged))).toBe(false)
    }
  })
})

test('control: an honest witness of a copy, laid over the circuit, is accepted (ledger.12)', async () => {
  await honestTransplant(circuit, await unbound(), ledgerInputs(honest()))
})

describe('N22: a tier used twice (ledger.14)', () => {
  test.each<[string, LedgerAccount]>([
    ['in neighbouring slots', account(1, [1, 1_000n], [1, 1_000n])],
    ['with another between', account(1, [1, 1_000n], [2, 1n], [1, 1_000n])],
    ['with an empty slot between', account(1, [1, 1_000n], [0, 0n], [1, 1_000n])],
    ['with an empty slot of a higher key between', account(1, [1, 1_000n], [7, 0n], [1, 1_000n])],
    ['in falling keys', account(1, [3, 5n], [1, 1_000n])],
    ['after a first slot that is empty', account(1, [0, 0n], [1, 1_000n])],
  ])('%s is refused; without the order it passes', async (_, first) => {
    const witness = honest(withFirst(first))
    expect(ledgerModel(witness).valid).toBe(false)
    await attack(circuit, await unordered(), ledgerInputs(witness))
  })

  test('by two accounts is what tiers are for: each has its own', async () => {
    const both = [account(1, [1, 1_000n]), account(2, [1, 1_000n]), account(3), account(4)]
    expect(await verdictOf(honest(both))).toBe(true)
  })
})

describe('N23: the table of widths (ledger.9)', () => {
  test('tiers swapped across assets are another table: its root is not the published one', async () => {
    const widths = TIER_WIDTHS.with(1, 70_000n).with(4, 1_000n)
    const accounts = [account(1, [1, 1_001n]), TIERED[1]!, account(3), account(4)]
    const witness = honest(accounts, stressTable(TIER_VALUES, widths))
    expect(await verdictOf(witness)).toBe(true)
    const published = { ...witness, signals: { ...witness.signals, riskRoot: TIER_TABLE.riskRoot } }
    const inputs = ledgerInputs(published)
    expect(await circuit.accepts(inputs)).toBe(false)
    await attack(circuit, await unbound(), inputs)
  })

  test('a width of its own in one batch, zero for no tier included, is refused', async () => {
    const inputs = ledgerInputs(honest())
    for (const [row, width] of [
      [1, 1_001n],
      [1, 0n],
      [0, 5n],
      [7, 1n],
    ] as const) {
      expect(await circuit.accepts(tampered(inputs, { [`widths[${row}]`]: width }))).toBe(false)
    }
  })

  test('the root of a table with tiers does not open without them, nor the other way round', async () => {
    const plain = await Circuit.compile({ ...source, main: 'Ledger(4, 4, 8, 2, 0)' })
    const witness = honest([account(1, [1, 5_000n], [1, 5_000n]), ...TIERED.slice(1)])
    const { widths: _w, spares: _s, ...inputs } = ledgerInputs(witness)
    expect(await plain.accepts(inputs)).toBe(false)
    const untiered = secondBatch(
      witness.slots.map((slots, u) => ({ holder: witness.holders[u]!, slots })),
      TINY_TIERS,
      stressTable(TIER_VALUES),
    )
    expect(await plain.accepts(ledgerInputs(untiered))).toBe(true)
    expect(untiered.signals.riskRoot).not.toBe(TIER_TABLE.riskRoot)
  })
})

/**
 * C16, C17. A copy that does not absorb the spares, whose bits are free there: the attacker fixes the
 * challenge, then moves the pole of an empty slot onto it, which frees that slot's fraction, and steals from
 * a total.
 */
describe('C17: a transcript without the spares is forged (ledger.11)', () => {
  const squeeze = (transcript: bigint, label: bigint) => poseidon([transcript, label], ROLES.challenge.tag)

  const withoutSpares = copies.with(
    BITS_OF_SPARES,
    {
      file: 'ledger.circom',
      from: 'pack.in[EQUITIES + (u * SLOTS + s) * MAGNITUDE_BITS() + i] <== spares[u][s][i];',
      to: 'pack.in[EQUITIES + (u * SLOTS + s) * MAGNITUDE_BITS() + i] <== 0;',
    },
    {
      file: 'sum-by-key.circom',
      from: 'entry[u][s] <-- magnitude / (challenge - slotKey);',
      to: 'entry[u][s] <-- u == 3 && s == 3 ? bent : magnitude / (challenge - slotKey);',
    },
    {
      file: 'sum-by-key.circom',
      from: 'signal input challenge;',
      to: 'signal input challenge; signal input bent;',
    },
    {
      file: 'ledger.circom',
      from: 'sums.spares <== spares;',
      to: 'sums.spares <== spares; sums.bent <== bent;',
    },
    {
      file: 'ledger.circom',
      from: 'signal input blindAfter;',
      to: 'signal input blindAfter; signal input bent;',
      adds: { name: 'bent', shape: [] },
    },
  )
  test('a total is less than what accounts hold. The strong circuit refuses the same witness', async () => {
    const weak = await withoutSpares()
    const stolen = 400n
    const before = honest()
    const forged = reopen(before, {
      totalsAfter: before.totalsAfter.map((t, k) => (k === 2 ? t - stolen : t)),
    })
    expect(ledgerModel(forged).valid).toBe(false)
    const transcript = sponge('transcript', [
      forged.signals.stateBefore,
      forged.signals.stateAfter,
      batchRootOf(forged),
      forged.signals.riskRoot,
      ...[4n, 4n, 8n, 2n, 1n],
      ...packed(forged),
    ])
    const account = squeeze(transcript, 2n)
    const held = new Array<bigint>(16).fill(0n)
    for (const [u, slots] of forged.slots.entries()) {
      for (const { instrument, quantity } of slots) {
        const [key, magnitude] = quantity < 0n ? [2 * instrument + 1, -quantity] : [2 * instrument, quantity]
        held[key] = toField(held[key]! + account ** BigInt(u) * magnitude)
      }
    }
    const again = sponge('transcript', [transcript, ...held])
    const [point, mix, limitPoint] = [squeeze(again, 1n), squeeze(again, 4n), squeeze(again, 5n)]
    // What the sum lacks at the key of the total, over the weight of the last account.
    const lacking = toField(mix * stolen * invertField(toField(point - 2n - limitPoint * TIER_WIDTHS[1]!)))
    const inputs: CircuitInputs = {
      ...tampered(ledgerInputs(forged), {
        ...spare('[3][3]', 0n),
        'spares[3][3][0]': point * invertField(limitPoint),
      }),
      bent: toField(-lacking * invertField(toField(mix + account ** 3n))),
    }
    const witness = await weak.witness(inputs)
    expect(weak.satisfied(witness)).toBe(true)
    const { bent: _, ...rest } = inputs
    expect(await circuit.accepts(rest)).toBe(false)
    expect(circuit.satisfied(circuit.transplant(weak, witness))).toBe(false)
  })

  test('C16: the spares, altered after the points are fixed, break a constraint', async () => {
    const points = ['accountPoint', 'scenarioPoint', 'mix', 'challenge', 'limitPoint[0]']
    const made = await circuit.witness(ledgerInputs(honest()))
    // The same account in another order of nothing: only the empty slot's spare, which no identity looks at,
    // is another.
    const other = await circuit.witness(tampered(ledgerInputs(honest()), spare('[3][3]', 12_345n)))
    expect(circuit.satisfied(other)).toBe(true)
    for (const name of points) {
      expect(circuit.value(other, name), name).not.toBe(circuit.value(made, name))
      expect(circuit.satisfied(circuit.edit(other, { [name]: circuit.value(made, name) })), name).toBe(false)
    }
  })

  /** What the copy absorbs: the bits of the equities, and zeros for the spares. */
  function packed({ equities, sizes }: LedgerWitness): bigint[] {
    const bits = [0, 1].flatMap((s) => equities.flatMap((own) => toBits(own[s]! + (1n << 130n), 131)))
    bits.push(...new Array<bigint>(sizes.accounts * sizes.slots * 64).fill(0n))
    const elements: bigint[] = []
    for (let i = 0; i < bits.length; i += 253) {
      elements.push(bits.slice(i, i + 253).reduce((sum, bit, j) => sum | (bit << BigInt(j)), 0n))
    }
    return elements
  }
})

test('C25: agree with the circuit on random ledgers, honest and not (ledger.13)', async () => {
  const sizes = { accounts: 2, slots: 3, instruments: 4, scenarios: 2 }
  const small = await Circuit.compile({ ...source, main: 'Ledger(2, 3, 4, 2, 1)' })
  const widths = fc.array(fc.oneof(fc.constant(0n), fc.constantFrom(1n, 5n, TOP), fc.bigInt(1n, 30n)), {
    minLength: 3,
    maxLength: 3,
  })
  const quantity = fc.oneof(fc.bigInt(-12n, 12n), fc.constantFrom(0n, 1n, 5n, -5n, TOP, -TOP))
  const slot: fc.Arbitrary<Slot> = fc.record({ instrument: fc.nat(3), quantity })
  const slots = fc.array(slot, { maxLength: 3 })
  const tidy = slots.map((list) => {
    const byKey = new Map(
      list.filter((s) => s.quantity !== 0n).map((s) => [2 * s.instrument + (s.quantity < 0n ? 1 : 0), s]),
    )
    return [...byKey].sort(([a], [b]) => a - b).map(([, s]) => s)
  })
  const seen = { true: 0, false: 0 }
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 3, arbitrary: tidy }, slots), { minLength: 2, maxLength: 2 }),
      widths,
      fc.array(fc.array(fc.bigInt(-9n, 9n), { minLength: 8, maxLength: 8 }), { minLength: 2, maxLength: 2 }),
      async (holdings, own, values) => {
        const table = stressTable(
          values.map((v) => [...v]),
          [0n, ...own],
        )
        const accounts = holdings.map((list, u) => ({ ...account(u), slots: list }))
        const witness = secondBatch(accounts, sizes, table)
        const { valid } = ledgerModel(witness)
        const count = ++seen[`${valid}`]
        const made = await small.witness(ledgerInputs(witness)).catch(() => undefined)
        expect(made !== undefined && (count % 20 > 0 || small.satisfied(made))).toBe(valid)
      },
    ),
    { numRuns: cases(40, 1_000) },
  )
  expect(seen.true).toBeGreaterThan(2)
  expect(seen.false).toBeGreaterThan(2)
})
