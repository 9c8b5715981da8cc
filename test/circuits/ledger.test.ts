import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { Circuit, type Edit } from '../../scripts/soundness/bench/circuit.js'
import {
  ACCOUNTS,
  account,
  batchRootOf,
  LEDGER_PUBLIC,
  reopen,
  secondBatch,
  TINY,
  TINY_MAIN,
  tamper,
} from '../../scripts/soundness/samples/ledger.js'
import { type CircuitInputs, FIELD_ORDER, invertField, toField } from '../../src/field/index.js'
import { emptyRoot, leafHash, poseidon, ROLES, sponge, WideTree } from '../../src/hash/index.js'
import { type LedgerWitness, ledgerInputs, ledgerModel, stateCommitment } from '../../src/statements/index.js'
import { honestTransplant } from '../helpers/attack.js'
import { Copies } from '../helpers/copies.js'
import { cases } from '../helpers/sweep.js'

const source = { include: 'ledger.circom', main: TINY_MAIN, public: LEDGER_PUBLIC }
const copies = new Copies(source)
const OPEN_BEFORE = 'stateBefore === openedBefore;'
const OPEN_AFTER = 'stateAfter === openedAfter;'
let circuit: Circuit
beforeAll(async () => {
  circuit = await Circuit.compile(source)
})

describe('ledger accepts (ledger.13)', () => {
  test('an honest batch, with magnitudes at both edges, and so does the reference model', async () => {
    const witness = secondBatch()
    expect(ledgerModel(witness)).toEqual({ valid: true })
    expect(await circuit.accepts(ledgerInputs(witness))).toBe(true)
  })

  test('its public signals in the documented order (privacy.2)', async () => {
    const { signals, ...rest } = secondBatch()
    const made = await circuit.witness(ledgerInputs({ signals, ...rest }))
    expect(made.slice(1, 4)).toEqual([signals.stateBefore, signals.stateAfter, signals.riskRoot])
  })

  test('C25: any random ledger exactly when the reference model does', async () => {
    const arbitraryAccount = fc.record({
      holder: fc.bigInt(0n, FIELD_ORDER - 1n),
      slots: fc.array(
        fc.record({
          instrument: fc.nat(3),
          quantity: fc.oneof(fc.constantFrom(0n, 1n, (1n << 64n) - 1n), fc.bigInt(0n, (1n << 64n) - 1n)),
        }),
        { maxLength: 2 },
      ),
    })
    // What a cheating prover may claim instead: nothing, one total off, another path, another index, another
    // table.
    const cheat = fc.oneof(
      fc.constant((w: LedgerWitness) => w),
      fc.tuple(fc.nat(7), fc.bigInt(-3n, 3n)).map(([k, by]) => (w: LedgerWitness) => {
        const totalsAfter = w.totalsAfter.map((t, i) => (i === k ? toField(t + by) : t))
        return reopen(w, { totalsAfter })
      }),
      fc
        .tuple(fc.nat(3), fc.nat(15), fc.bigInt(0n, 2n))
        .map(([level, child, value]) => (w: LedgerWitness) => ({
          ...w,
          children: w.children.map((c, d) => c.map((x, i) => (d === level && i === child ? value : x))),
        })),
      fc.nat(3).map((batchIndex) => (w: LedgerWitness) => ({ ...w, batchIndex })),
      fc.bigInt(0n, 3n).map((blindAfter) => (w: LedgerWitness) => ({ ...w, blindAfter })),
      fc.nat(3).map((u) => (w: LedgerWitness) => ({
        ...w,
        slots: w.slots.map((s, i) => (i === u ? s.map((x) => ({ ...x, instrument: x.instrument + 2 })) : s)),
      })),
      fc.nat(3).map((u) => (w: LedgerWitness) => ({
        ...w,
        slots: w.slots.map((s, i) => (i === u ? s.map((x) => ({ ...x, quantity: -x.quantity })) : s)),
      })),
    )
    let accepted = 0
    let rejected = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(arbitraryAccount, { minLength: 4, maxLength: 4 }),
        cheat,
        async (accounts, how) => {
          const witness = how(secondBatch(accounts))
          const { valid } = ledgerModel(witness)
          expect(await circuit.accepts(ledgerInputs(witness))).toBe(valid)
          if (valid) accepted++
          else rejected++
        },
      ),
      { numRuns: cases(60, 1_000) },
    )
    expect(Math.min(accepted, rejected)).toBeGreaterThan(3)
  })
})

describe('ledger refuses (ledger.13)', () => {
  test('C01: a liability of 2^64, which does not even fit the bits of a slot (ledger.1)', () => {
    const honest = secondBatch()
    const with64 = { ...honest, slots: [[{ instrument: 0, quantity: 1n << 64n }], ...honest.slots.slice(1)] }
    expect(() => ledgerInputs(with64)).toThrow(/below 2\^64/)
  })

  test('C02: a negative balance that a positive one makes up for (ledger.7)', async () => {
    const witness = secondBatch([account(1, [0, 10n]), account(2, [0, -10n]), account(3), account(4)])
    expect(ledgerModel(witness).valid).toBe(false)
    expect(await circuit.accepts(ledgerInputs(witness))).toBe(false)
  })

  test('C03: a batch whose sums could wrap does not compile (ledger.10)', async () => {
    await expect(
      Circuit.compile({ include: 'sum-by-key.circom', main: 'SumByKey(65537, 1, 1, 0, 0)' }),
    ).rejects.toThrow(/assert/i)
  })

  for (const by of [1n, -1n]) {
    test(`C04: a total ${by > 0n ? 'over' : 'under'}stated by one`, async () => {
      const honest = secondBatch()
      const totalsAfter = honest.totalsAfter.map((t, i) => (i === 2 ? t + by : t))
      const witness = reopen(honest, { totalsAfter })
      expect(ledgerModel(witness).valid).toBe(false)
      expect(await circuit.accepts(ledgerInputs(witness))).toBe(false)
    })
  }

  test('C04, N05: one total too high, another too low by as much (ledger.5)', async () => {
    const honest = secondBatch()
    const totalsAfter = honest.totalsAfter.map((t, i) => (i === 2 ? t - 5n : i === 0 ? t + 5n : t))
    expect(await circuit.accepts(ledgerInputs(reopen(honest, { totalsAfter })))).toBe(false)
  })

  test('C15: a holding in an instrument outside the table, whatever the totals say (ledger.6)', async () => {
    const honest = secondBatch()
    const slots = honest.slots.map((s, u) => (u === 0 ? [{ instrument: 4, quantity: 500n }, s[1]!] : s))
    for (const totalsAfter of [
      honest.totalsAfter,
      honest.totalsAfter.map((t, k) => (k === 0 ? t - 500n : t)),
    ]) {
      const witness = reopen(honest, { slots, totalsAfter })
      expect(ledgerModel(witness).valid).toBe(false)
      expect(await circuit.accepts(ledgerInputs(witness))).toBe(false)
    }
  })

  test('C10: another position, a bit of it that is not a bit, a path of another tree (ledger.4)', async () => {
    const witness = secondBatch()
    const inputs = ledgerInputs(witness)
    expect(await circuit.accepts(ledgerInputs({ ...witness, batchIndex: 2 }))).toBe(false)
    expect(await circuit.accepts(ledgerInputs({ ...witness, batchIndex: 0 }))).toBe(false)
    expect(await circuit.accepts(tamper(inputs, 'indexBits', [0], 2n))).toBe(false)
    expect(await circuit.accepts(tamper(inputs, 'children', [0, 0], 5n))).toBe(false)
    expect(await circuit.accepts(tamper(inputs, 'children', [1, 7], emptyRoot(2)))).toBe(false)
  })

  test('C10: a position that was already taken (ledger.4)', async () => {
    const witness = secondBatch()
    const children = witness.children.map((level, d) =>
      d === 0 ? level.map((c, i) => (i === 1 ? 9n : c)) : [...level],
    )
    const taken = poseidon(children[0]!)
    children[1]![0] = taken
    for (let d = 1; d < 3; d++) children[d + 1]![0] = poseidon(children[d]!)
    const accountsRoot = poseidon(children[3]!)
    const stateBefore = stateCommitment({
      batchIndex: 1,
      accountsRoot,
      totals: witness.totalsBefore,
      shortfalls: [],
      blind: witness.blindBefore,
    })
    const forged = { ...witness, children, signals: { ...witness.signals, stateBefore } }
    expect(ledgerModel(forged).valid).toBe(false)
    expect(await circuit.accepts(ledgerInputs(forged))).toBe(false)
  })

  test('C18: an index that does not grow by one (ledger.4)', async () => {
    const witness = secondBatch()
    for (const index of [1n, 3n]) {
      expect(await circuit.accepts(ledgerInputs(reopen(witness, {}, index)))).toBe(false)
    }
  })

  test('C14: a padding account that carries a balance which the totals leave out (ledger.5)', async () => {
    const honest = secondBatch()
    const slots = honest.slots.map((s, u) => (u === 3 ? [{ instrument: 0, quantity: 1n }, s[1]!] : s))
    expect(await circuit.accepts(ledgerInputs(reopen(honest, { slots })))).toBe(false)
  })
})

/**
 * Each rule of the circuit in turn is left out of a copy. There the attack succeeds, which shows that it is
 * one; the witness that it yields is then laid over the circuit as it is, which has to refuse it.
 */
describe('ledger refuses the tampered witness that is accepted without (ledger.12)', () => {
  const attacks: {
    name: string
    edit: Edit
    inputs?: (honest: CircuitInputs) => CircuitInputs
  }[] = [
    {
      name: 'C01, C13: bits that are bits (3 and −1 in place of 1 and 0: the same magnitude)',
      edit: { file: 'slot.circom', from: 'bits[i] * (bits[i] - 1) === 0;', to: '' },
      inputs: (h) => tamper(tamper(h, 'slots', [0, 0, 2], 3n), 'slots', [0, 0, 3], FIELD_ORDER - 1n),
    },
    {
      name: 'C08: bits that are bits (an instrument traded for 2^65 of another one, same packed value, same leaf)',
      edit: { file: 'slot.circom', from: 'bits[i] * (bits[i] - 1) === 0;', to: '' },
      inputs: (h) => {
        const held = (1n << 64n) - 1n
        const totals = [...(h.totalsAfter as bigint[])]
        totals[2]! -= held
        totals[0]! += held + (1n << 65n)
        const traded = tamper(tamper(h, 'slots', [1, 0, 65], 0n), 'slots', [1, 0, 63], 5n)
        return { ...traded, totalsAfter: totals }
      },
    },
    {
      name: 'leaves that hash what the slots hold',
      edit: { file: 'leaf.circom', from: 'packed[p] <== sum;', to: 'packed[p] <-- sum + 1;' },
    },
    {
      name: 'C10: the way through the tree being where the node below is',
      edit: {
        file: 'tree-insert.circom',
        from: 'way[d].selected[c] * (children[d][c] - before[d]) === 0;',
        to: '',
      },
      inputs: (h) => tamper(h, 'indexBits', [4], 1n),
    },
    {
      name: 'C10: index bits that are bits',
      edit: { file: 'one-hot.circom', from: 'bits[k] * (bits[k] - 1) === 0;', to: '' },
      inputs: (h) => {
        const top = (h.children as bigint[][])[3]!
        return tamper(tamper(h, 'indexBits', [15], 2n), 'children', [3, 8], top[0]!)
      },
    },
    {
      name: 'C10, C14: the position having been empty',
      edit: { file: 'tree-insert.circom', from: 'before[0] <== 0;', to: 'before[0] <-- children[0][1];' },
      inputs: (h) => {
        const children = structuredClone(h.children) as bigint[][]
        children[0]![1] = 77n
        for (let d = 0; d < 3; d++) children[d + 1]![0] = poseidon(children[d]!)
        return { ...h, children }
      },
    },
    {
      name: 'C10: no other position changing',
      edit: {
        file: 'tree-insert.circom',
        from: 'changed[d][c] <== children[d][c] + way[d].selected[c] * (after[d] - before[d]);',
        to: 'changed[d][c] <-- d == 0 && c == 0 ? 1 : children[d][c] + way[d].selected[c] * (after[d] - before[d]);',
      },
    },
    {
      name: 'C04: the sums being equal',
      edit: { file: 'sum-by-key.circom', from: 'total === 0;', to: '' },
      inputs: (h) => tamper(h, 'totalsAfter', [0], (h.totalsAfter as bigint[])[0]! - 1n),
    },
    {
      name: "C14: a slot's share being its magnitude's (a padding account holds what no total counts)",
      edit: {
        file: 'sum-by-key.circom',
        from: 'entry[u][s] <-- magnitude / (challenge - slotKey);\n            entry[u][s] * (challenge - slotKey) === magnitude;',
        to: 'entry[u][s] <-- u == 3 ? 0 : magnitude / (challenge - slotKey);',
      },
      inputs: (h) => tamper(h, 'slots', [3, 0, 0], 1n),
    },
    {
      name: "C04: a key's share being its total's",
      edit: {
        file: 'sum-by-key.circom',
        from: 'key[k] <-- sums[k] / (challenge - pole);\n        key[k] * (challenge - pole) === sums[k];',
        to: 'key[k] <-- (k == 0 ? sums[k] - 1 : sums[k]) / (challenge - pole);',
      },
      inputs: (h) => tamper(h, 'totalsAfter', [0], (h.totalsAfter as bigint[])[0]! + 1n),
    },
    {
      name: 'C15: the batch hashing the leaves',
      edit: {
        file: 'ledger.circom',
        from: 'signal batchRoot <== BatchRoot(ACCOUNTS)(leaves);',
        to: 'signal unused <== BatchRoot(ACCOUNTS)(leaves); signal batchRoot <-- 5;',
      },
    },
    {
      name: 'the challenge being squeezed from the transcript',
      edit: {
        file: 'ledger.circom',
        from: 'challenge <== Challenge(1)(transcript);',
        to: 'signal unused <== Challenge(1)(transcript); challenge <-- 12345;',
      },
    },
  ]

  for (const { name, edit, inputs = (h: CircuitInputs) => h } of attacks) {
    // The states are left to the attacker as well, who then opens them as they have to be.
    const copy = copies.with(
      edit,
      { file: 'ledger.circom', from: OPEN_BEFORE, to: '' },
      { file: 'ledger.circom', from: OPEN_AFTER, to: '' },
    )
    test(name, async () => {
      const weak = await copy()
      const attack = inputs(ledgerInputs(secondBatch()))
      const first = await weak.witness(attack)
      const forged = await weak.witness({
        ...attack,
        stateBefore: weak.value(first, 'openedBefore'),
        stateAfter: weak.value(first, 'openedAfter'),
      })
      expect(weak.satisfied(forged)).toBe(true)
      expect(weak.value(forged, 'stateBefore')).toBe(weak.value(forged, 'openedBefore'))
      expect(weak.value(forged, 'stateAfter')).toBe(weak.value(forged, 'openedAfter'))
      expect(circuit.satisfied(circuit.transplant(weak, forged))).toBe(false)
    })
  }

  for (const [state, line] of [
    ['stateBefore', OPEN_BEFORE],
    ['stateAfter', OPEN_AFTER],
  ] as const) {
    const copy = copies.with({ file: 'ledger.circom', from: line, to: '' })
    test(`C18: ${state} being what it opens to`, async () => {
      const weak = await copy()
      const forged = await weak.witness(tamper(ledgerInputs(secondBatch()), state, [], 5n))
      expect(weak.satisfied(forged)).toBe(true)
      expect(circuit.satisfied(circuit.transplant(weak, forged))).toBe(false)
    })
  }

  test('control: an honest witness of a copy, laid over the circuit, is accepted', async () => {
    const weak = await copies.with({ file: 'ledger.circom', from: OPEN_BEFORE, to: '' })()
    await honestTransplant(circuit, weak, ledgerInputs(secondBatch()))
  })

  test('C21: any single wire of the statement: slots, holders, path, totals, blinds, challenge', async () => {
    const witness = await circuit.witness(ledgerInputs(secondBatch()))
    const names = [
      ...[0, 1, 63, 65, 80].map((i) => `slots[0][0][${i}]`),
      'holders[0]',
      'leaves[0]',
      'batchRoot',
      'indexBits[0]',
      'children[0][0]',
      'children[3][15]',
      'totalsBefore[0]',
      'totalsAfter[7]',
      'blindBefore',
      'blindAfter',
      'stateBefore',
      'stateAfter',
      'riskRoot',
      'transcript',
      'challenge',
      'sums.entry[0][0]',
      'sums.key[0]',
    ]
    for (const name of names) {
      for (const value of [0n, 1n, 2n, circuit.value(witness, name) + 1n, FIELD_ORDER - 1n]) {
        if (toField(value) === circuit.value(witness, name)) continue
        const edited = circuit.edit(witness, { [name]: toField(value) })
        expect(circuit.satisfied(edited), `${name} = ${value}`).toBe(false)
      }
    }
  })
})

/**
 * C16, C17. Three copies leave one thing out of the transcript each. The attacker fixes the challenge, then
 * solves the sum's one linear equation for what the challenge does not range over, and steals from a total.
 */
describe('C17: a transcript that leaves something out is forged (ledger.11)', () => {
  const absorbed =
    '[stateBefore, stateAfter, batchRoot, riskRoot, ACCOUNTS, SLOTS, INSTRUMENTS, SCENARIOS, TIERED]'

  /** The challenge that a copy squeezes, whatever the sums are. */
  const challengeOf = (elements: bigint[]) =>
    poseidon([sponge('transcript', elements), 1n], ROLES.challenge.tag)

  const withoutState = copies.with({
    file: 'ledger.circom',
    from: absorbed,
    to: absorbed.replace('stateAfter', '0'),
  })
  test('left out: the state after, hence the totals. The strong circuit refuses the same witness', async () => {
    const weak = await withoutState()
    const honest = secondBatch()
    const batchRoot = batchRootOf(honest)
    const r = challengeOf([
      honest.signals.stateBefore,
      0n,
      batchRoot,
      honest.signals.riskRoot,
      4n,
      2n,
      4n,
      0n,
      0n,
    ])
    // Take 400 from instrument 0's long total; the share of instrument 3's makes up for it at this r.
    const stolen = 400n
    const other = toField(stolen * toField(r - 6n) * invertField(toField(r)))
    const totalsAfter = honest.totalsAfter.map((t, k) =>
      k === 0 ? t - stolen : k === 6 ? toField(t + other) : t,
    )
    const forged = reopen(honest, { totalsAfter })
    const witness = await weak.witness(ledgerInputs(forged))
    expect(weak.satisfied(witness)).toBe(true)
    expect(ledgerModel(forged).valid).toBe(false)
    expect(await circuit.accepts(ledgerInputs(forged))).toBe(false)
    expect(circuit.satisfied(circuit.transplant(weak, witness))).toBe(false)
  })

  const withoutBatch = copies.with({
    file: 'ledger.circom',
    from: absorbed,
    to: '[stateBefore, 0, 0, riskRoot, ACCOUNTS, SLOTS, INSTRUMENTS, SCENARIOS, TIERED]',
  })
  test('left out: the batch, hence the slots. The strong circuit refuses the same witness', async () => {
    const weak = await withoutBatch()
    // With the challenge fixed before the slots, hide 7 units of instrument 1 behind instrument 0 at a ratio
    // of the challenge.
    const honest = secondBatch()
    const r = challengeOf([honest.signals.stateBefore, 0n, 0n, honest.signals.riskRoot, 4n, 2n, 4n, 0n, 0n])
    const hidden = 7n
    const other = toField(hidden * toField(r - 4n) * invertField(toField(r - 2n)))
    const totalsAfter = honest.totalsAfter.map((t, k) =>
      k === 2 ? t - hidden : k === 4 ? toField(t + other) : t,
    )
    const forged = reopen(honest, { totalsAfter })
    const witness = await weak.witness(ledgerInputs(forged))
    expect(weak.satisfied(witness)).toBe(true)
    expect(circuit.satisfied(circuit.transplant(weak, witness))).toBe(false)
  })

  test('C16: each absorbed element, altered after the challenge is fixed, breaks a constraint', async () => {
    const witness = await circuit.witness(ledgerInputs(secondBatch()))
    const challenge = circuit.value(witness, 'challenge')
    for (const change of [
      (w: LedgerWitness) => reopen(w, { blindAfter: 5n }),
      (w: LedgerWitness) => reopen(w, { slots: w.slots.map((s, u) => (u ? s : [s[1]!, s[0]!])) }),
      (w: LedgerWitness) => ({ ...w, signals: { ...w.signals, riskRoot: w.signals.riskRoot + 1n } }),
    ]) {
      const other = await circuit.witness(ledgerInputs(change(secondBatch())))
      expect(circuit.value(other, 'challenge')).not.toBe(challenge)
      expect(circuit.satisfied(circuit.edit(other, { challenge }))).toBe(false)
    }
  })
})

test('C11: a node is not a leaf, and a shorter list is not a longer one with zeros (ledger.2)', () => {
  const children = Array.from({ length: 16 }, (_, i) => BigInt(i + 1))
  const node = new WideTree(1, children).root
  expect(poseidon(children.slice(1), ROLES.leaf.tag)).not.toBe(node)
  const [a, b] = ACCOUNTS
  expect(leafHash(a!.holder, a!.slots)).not.toBe(leafHash(a!.holder, [...a!.slots, ...a!.slots]))
  expect(leafHash(a!.holder, [])).not.toBe(leafHash(b!.holder, []))
  expect(sponge('totals', [1n])).not.toBe(sponge('totals', [1n, 0n]))
  expect(sponge('totals', new Array<bigint>(13).fill(1n))).not.toBe(
    sponge('totals', [...new Array<bigint>(13).fill(1n), 0n]),
  )
  expect(TINY.accounts).toBe(4)
})
