import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { Circuit, type Edit } from '../../scripts/soundness/bench/circuit.js'
import { tampered } from '../../scripts/soundness/bench/tamper.js'
import { epochOf, miscounted, type SampleEpoch } from '../../scripts/soundness/samples/epoch.js'
import { foldSample } from '../../scripts/soundness/samples/fold.js'
import {
  ACCOUNTS,
  account,
  BTC,
  BTC_TIERS,
  ETH,
  LEDGER_PUBLIC,
  PERP,
  PLAIN_SIZES,
  plain,
  secondBatch,
  TABLE,
  TINY,
  USDT,
} from '../../scripts/soundness/samples/ledger.js'
import { solvencyOf } from '../../scripts/soundness/samples/solvency.js'
import { type CircuitInputs, FIELD_ORDER, toBits, toField } from '../../src/field/index.js'
import {
  ACCOUNTS_DEPTH,
  emptyRoot,
  leafHash,
  poseidon,
  ROLES,
  sponge,
  WideTree,
} from '../../src/hash/index.js'
import {
  batchRoot,
  batchSums,
  type LedgerWitness,
  ledgerInputs,
  ledgerModel,
  solvencyInputs,
  solvencyModel,
  stateCommitment,
} from '../../src/statements/index.js'
import { totalsDigest } from '../../src/statements/ledger/totals.js'
import { firstTranscript, secondTranscript } from '../../src/statements/ledger/transcript.js'
import { honestTransplant } from '../helpers/attack.js'
import { Copies } from '../helpers/copies.js'
import {
  expectAccepted,
  expectRefusedBySolvency,
  forge,
  forgeBatch,
  ledgerCircuit,
  ledgerSource,
  solvencyCircuit,
} from '../helpers/ledger.js'
import { cases } from '../helpers/sweep.js'

const source = ledgerSource(TINY)
const copies = new Copies(source)
const OPEN_BEFORE = { file: 'ledger.circom', from: 'stateBefore === before.out;', to: '' }
const OPEN_AFTER = { file: 'ledger.circom', from: 'stateAfter === after.out;', to: '' }
const MAX = (1n << 64n) - 1n
let circuit: Circuit
beforeAll(async () => {
  circuit = await ledgerCircuit(TINY)
})

/** What the reference model and the circuit both say. */
async function verdictOf(witness: LedgerWitness): Promise<boolean> {
  const { valid } = ledgerModel(witness)
  expect(await circuit.accepts(ledgerInputs(witness))).toBe(valid)
  return valid
}

describe('ledger accepts (ledger.13)', () => {
  test('an honest batch, with magnitudes at both edges, and so does the reference model', async () => {
    expect(await verdictOf(secondBatch())).toBe(true)
  })

  test('its public signals in the documented order (privacy.2)', async () => {
    const { signals, ...rest } = secondBatch()
    const made = await circuit.witness(ledgerInputs({ signals, ...rest }))
    expect(made.slice(1, 3)).toEqual([signals.stateBefore, signals.stateAfter])
    expect(LEDGER_PUBLIC).toEqual(Object.keys(signals))
  })

  test('one batch, three of them, and one that holds nothing, each epoch with its solvency (ledger.4)', async () => {
    await expectAccepted(epochOf(TABLE, [plain(...ACCOUNTS)]))
    await expectAccepted(epochOf(TABLE, [plain(...ACCOUNTS), plain(), plain(account(5, [ETH, 3n]))]))
  })

  test('C25: any random batch exactly when the reference model does', async () => {
    const arbitraryAccount = fc.record({
      holder: fc.bigInt(0n, FIELD_ORDER - 1n),
      slots: fc.array(
        fc.record({
          instrument: fc.nat(3),
          quantity: fc.oneof(fc.constantFrom(0n, 1n, MAX), fc.bigInt(0n, MAX)),
        }),
        { maxLength: 4 },
      ),
    })
    const eachSlot =
      (u: number, change: (slot: { instrument: number; quantity: bigint }) => typeof slot) =>
      (w: LedgerWitness): LedgerWitness => ({
        ...w,
        accounts: w.accounts.map((own, i) => (i === u ? { ...own, slots: own.slots.map(change) } : own)),
      })
    // What a cheating prover may claim instead: nothing, another path, place, state, table or sum.
    const cheat: fc.Arbitrary<(w: LedgerWitness) => LedgerWitness> = fc.oneof(
      { weight: 3, arbitrary: fc.constant((w: LedgerWitness) => w) },
      fc
        .tuple(fc.nat(4), fc.nat(15), fc.bigInt(0n, 2n))
        .map(([level, child, value]) => (w: LedgerWitness) => ({
          ...w,
          children: w.children.map((c, d) => c.map((x, i) => (d === level && i === child ? value : x))),
        })),
      fc.nat(3).map((count) => (w: LedgerWitness) => ({ ...w, before: { ...w.before, count } })),
      fc.constantFrom('keySum', 'equitySum', 'blind' as const).chain((part) =>
        fc.bigInt(0n, 3n).map((value) => (w: LedgerWitness) => ({
          ...w,
          before: { ...w.before, [part]: value },
        })),
      ),
      fc
        .constantFrom('riskRoot', 'totalsDigest', 'weightedTotalsDigest', 'blindAfter' as const)
        .chain((part) => fc.bigInt(0n, 3n).map((value) => (w: LedgerWitness) => ({ ...w, [part]: value }))),
      fc.nat(3).map((u) => eachSlot(u, (slot) => ({ ...slot, instrument: slot.instrument + 2 }))),
      fc.nat(3).map((u) => eachSlot(u, (slot) => ({ ...slot, instrument: slot.instrument + PERP }))),
      fc.nat(3).map((u) => eachSlot(u, (slot) => ({ ...slot, quantity: -slot.quantity }))),
    )
    let accepted = 0
    let rejected = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(arbitraryAccount, { minLength: 4, maxLength: 4 }),
        cheat,
        async (accounts, how) => {
          if (await verdictOf(how(secondBatch(accounts)))) accepted++
          else rejected++
        },
      ),
      { numRuns: cases(60, 1_000) },
    )
    expect(Math.min(accepted, rejected)).toBeGreaterThan(3)
  })
})

describe('a whole ledger (ledger.4)', () => {
  test('of a full tree: the last of 2^20 batches stands at the last place, and there is no further one', async () => {
    const { witnesses, ledger } = foldSample(TABLE, [plain(...ACCOUNTS)])
    const [one] = witnesses
    // Every batch is the same one: at each level all sixteen children are.
    const levels: bigint[][] = []
    let node = batchRoot(one!)
    for (let d = 0; d < ACCOUNTS_DEPTH; d++) {
      levels.push(new Array<bigint>(16).fill(node))
      node = poseidon(levels[d]!)
    }
    const count = 16 ** ACCOUNTS_DEPTH
    const totals = ledger.totals.map((total) => total * BigInt(count))
    const digest = totalsDigest(totals, TABLE.columns, 555n)
    const parts = { accountsRoot: node, riskRoot: TABLE.riskRoot, totalsDigest: digest, scenarios: 0 }
    const first = firstTranscript(parts)
    const points = { ...first, ...secondTranscript(first.first, 0n) }
    const { keySum } = batchSums(one!, count - 1, points)
    const stateAt = (n: number) => ({
      ...{ count: n, blind: BigInt(n), keySum: toField(keySum * BigInt(n)), equitySum: 0n, shortfalls: [] },
    })
    const [before, after] = [stateAt(count - 1), stateAt(count)]
    const last: LedgerWitness = {
      ...one!,
      signals: {
        stateBefore: stateCommitment(points.second, before),
        stateAfter: stateCommitment(points.second, after),
      },
      ...{ children: levels, totalsDigest: digest, before, blindAfter: after.blind },
    }
    expect(await verdictOf(last)).toBe(true)
    const books = solvencyOf(
      {
        ...{ state: after, accountsRoot: node, second: points.second },
        last: { place: count - 1, root: batchRoot(one!), children: levels },
        ...{ totals, totalsBlind: 555n, totalsDigest: digest, weightedTotals: [], weightedTotalsBlind: 0n },
      },
      TABLE,
      { reserves: [0, 2, 4, 6].map((key) => totals[key]!) },
    )
    expect(books.signals.state).toBe(last.signals.stateAfter)
    expect(solvencyModel(books)).toEqual({ valid: true })
    const solvency = await solvencyCircuit(PLAIN_SIZES)
    expect(await solvency.accepts(solvencyInputs(books))).toBe(true)
    expect(ledgerModel({ ...last, before: { ...before, count } }).valid).toBe(false)
  })
})

describe('ledger refuses (ledger.13)', () => {
  test('C01: a liability of 2^64, which does not even fit the bits of a slot (ledger.1)', () => {
    const honest = secondBatch()
    const [first, ...rest] = honest.accounts
    const slots = [{ instrument: 0, quantity: 1n << 64n }, ...first!.slots.slice(1)]
    expect(() => ledgerInputs({ ...honest, accounts: [{ ...first!, slots }, ...rest] })).toThrow(
      /below 2\^64/,
    )
  })

  test('C02: a negative balance that a positive one makes up for (ledger.7)', async () => {
    expect(await verdictOf(secondBatch([account(1, [BTC, 10n]), account(2, [BTC, -10n])]))).toBe(false)
  })

  test('a derivative in a plain batch, long or short (ledger.7)', async () => {
    for (const quantity of [10n, -10n]) {
      expect(await verdictOf(secondBatch([account(1, [PERP, quantity])]))).toBe(false)
    }
  })

  test('C03: a batch of more than 2^14 slots does not compile (ledger.10)', async () => {
    await expect(Circuit.compile({ ...source, main: 'Ledger(4097, 4, 0, 0)' })).rejects.toThrow(/assert/i)
  })

  for (const by of [1n, -1n]) {
    test(`C04: a total ${by > 0n ? 'over' : 'under'}stated by one (ledger.5)`, async () => {
      const batches = [plain(...ACCOUNTS), plain(...ACCOUNTS)]
      await expectRefusedBySolvency(epochOf(TABLE, batches, { totals: (t) => t.with(2, t[2]! + by) }))
    })
  }

  test('C04, N05: one total too high, another too low by as much (ledger.5)', async () => {
    const totals = (t: bigint[]) => t.with(2, t[2]! - 5n).with(0, t[0]! + 5n)
    await expectRefusedBySolvency(epochOf(TABLE, [plain(...ACCOUNTS)], { totals }))
  })

  test('C15: a holding in an instrument outside the table, whatever the totals say (ledger.6)', async () => {
    for (const instrument of [4, 99, BTC_TIERS[0] - 1]) {
      const batches = [plain(account(1, [instrument, 500n]), account(2, [ETH, 5n]))]
      await expectRefusedBySolvency(epochOf(TABLE, batches))
      await expectRefusedBySolvency(epochOf(TABLE, batches, { totals: (t) => t.with(0, t[0]! + 500n) }))
    }
  })

  test('C10: another place, a bit of it that is not a bit, a path of another tree (ledger.4)', async () => {
    const witness = secondBatch()
    const inputs = ledgerInputs(witness)
    for (const count of [0, 2, 17]) {
      expect(await verdictOf({ ...witness, before: { ...witness.before, count } })).toBe(false)
    }
    expect(await circuit.accepts(tampered(inputs, { 'indexBits[0]': 2n }))).toBe(false)
    expect(await circuit.accepts(tampered(inputs, { 'children[0][0]': 5n }))).toBe(false)
    expect(await circuit.accepts(tampered(inputs, { 'children[1][7]': emptyRoot(2) }))).toBe(false)
  })

  test('C18: a count that does not grow by one (ledger.4)', async () => {
    const { witnesses, chain } = foldSample(TABLE, [plain(...ACCOUNTS), plain(...ACCOUNTS)])
    for (const count of [1, 3]) {
      const stateAfter = stateCommitment(chain.ledger.points.second, { ...chain.state, count })
      const [, second] = witnesses
      expect(await verdictOf({ ...second!, signals: { ...second!.signals, stateAfter } })).toBe(false)
    }
  })

  test('C18: two batches at one place, and a place that is skipped (ledger.4)', async () => {
    const batches = [plain(...ACCOUNTS), plain(account(7, [BTC, 5n])), plain(account(8, [ETH, 5n]))]
    const { witnesses } = foldSample(TABLE, batches)
    const [first, second, third] = witnesses as [LedgerWitness, LedgerWitness, LedgerWitness]
    const { accounts, children } = first
    expect(await verdictOf({ ...second, accounts, children })).toBe(false)
    const { stateBefore } = second.signals
    expect(
      await verdictOf({ ...third, before: second.before, signals: { ...third.signals, stateBefore } }),
    ).toBe(false)
  })

  test('C14: a padding account that carries a balance which the totals leave out (ledger.5)', async () => {
    const hidden = plain(...ACCOUNTS.slice(0, 3), account(4, [BTC, 1n]))
    await expectRefusedBySolvency(epochOf(TABLE, [hidden], { totals: (t) => t.with(0, t[0]! - 1n) }))
  })

  test('C28: a batch that no proof visits, behind those that are proven (ledger.15)', async () => {
    const batches = [plain(...ACCOUNTS), plain(account(7, [BTC, 5n]))]
    await expectRefusedBySolvency(epochOf(TABLE, batches, { proven: 1 }))
  })
})

/**
 * Each rule of the circuit in turn is left out of a copy. There the attack succeeds, and solvency as it is
 * accepts what the ledger is then said to come to; the witness is then laid over the circuit as it is, which
 * has to refuse it.
 */
describe('ledger refuses the tampered witness that is accepted without (ledger.12)', () => {
  const [first, ...others] = ACCOUNTS
  const attacks: {
    name: string
    edits: Edit[]
    epoch: () => SampleEpoch
    inputs?: (honest: CircuitInputs) => CircuitInputs
  }[] = [
    {
      name: 'C08: bits that are bits (an instrument traded for 2^65 of another one, same packed value, same leaf)',
      edits: [{ file: 'ledger-slot.circom', from: 'bits[i] * (bits[i] - 1) === 0;', to: '' }],
      epoch: () =>
        miscounted(TABLE, [plain(...ACCOUNTS)], [plain(...ACCOUNTS)], {
          totals: (t) => t.with(2, t[2]! - MAX).with(0, t[0]! + MAX + (1n << 65n)),
        }),
      inputs: (h) => tampered(h, { 'slots[1][0][65]': 0n, 'slots[1][0][63]': 5n }),
    },
    {
      name: 'C02: a long position alone (a debt lowers nothing that anybody looks at)',
      edits: [{ file: 'ledger-slot.circom', from: 'bits[i] === 0;', to: 'bits[i] * (bits[i] - 1) === 0;' }],
      epoch: () => {
        const indebted = [plain(account(1, [BTC, 500n]), account(2, [USDT, -7n]))]
        return miscounted(TABLE, indebted, indebted)
      },
    },
    {
      name: 'leaves that hash what the slots hold (a customer is shown one unit more than is counted)',
      edits: [{ file: 'leaf.circom', from: 'packed[p] <== sum;', to: 'packed[p] <-- sum + 1;' }],
      epoch: () => {
        const [shown, counted] = [2n, 1n].map((held) => [plain(...[0, 1, 2, 3].map((u) => oneMore(u, held)))])
        return miscounted(TABLE, shown!, counted!)
      },
      inputs: (h) => ({ ...h, slots: ledgerSlots([0, 1, 2, 3].map((u) => oneMore(u, 1n))) }),
    },
    {
      name: 'C10: the way through the tree being where the node below is (another batch stands there)',
      edits: [
        {
          file: 'tree-path.circom',
          from: 'way[d].selected[c] * (children[d][c] - node[d]) === 0;',
          to: '',
        },
      ],
      epoch: () => miscounted(TABLE, [plain(...ACCOUNTS)], [plain(...others)]),
      inputs: (h) => ({
        ...h,
        slots: ledgerSlots(plain(...others).accounts),
        holders: plain(...others).accounts.map(({ holder }) => holder),
      }),
    },
    {
      name: 'C10: bits of a place that are bits (a batch at two places stands for the one behind them)',
      edits: [{ file: 'one-hot.circom', from: 'bits[k] * (bits[k] - 1) === 0;', to: '' }],
      epoch: () => {
        const [twin, unseen] = [plain(account(1, [BTC, 5n])), plain(account(2, [BTC, 900n]))]
        return miscounted(TABLE, [twin, twin, unseen], [twin, twin, twin])
      },
      inputs: (h) => {
        const twin = plain(account(1, [BTC, 5n])).accounts
        const counted = { slots: ledgerSlots(twin), holders: twin.map(({ holder }) => holder) }
        return tampered({ ...h, ...counted }, { 'indexBits[0]': 2n, 'indexBits[1]': 0n })
      },
    },
    {
      name: "C14: a slot's share being its magnitude's (a padding account holds what no total counts)",
      edits: [
        {
          file: 'key-sum.circom',
          from: 'entry[u][s] <-- magnitude / (challenge - pole);\n            entry[u][s] * (challenge - pole) === magnitude;',
          to: 'entry[u][s] <-- u == 3 ? 0 : magnitude / (challenge - pole);',
        },
      ],
      epoch: () =>
        miscounted(
          TABLE,
          [plain(first!, ...others.slice(0, 2), account(4, [BTC, 9n]))],
          [plain(first!, ...others)],
        ),
    },
    {
      name: 'C15: the tree holding the leaves (a batch is counted that nobody is shown)',
      edits: [
        {
          file: 'ledger.circom',
          from: 'signal batchRoot <== BatchRoot(ACCOUNTS + STRESSED)(leaves);',
          to: 'signal unused <== BatchRoot(ACCOUNTS + STRESSED)(leaves); signal batchRoot <-- children[0][0];',
        },
      ],
      epoch: () => miscounted(TABLE, [plain(...ACCOUNTS)], [plain(...others)]),
      inputs: (h) => ({ ...h, slots: ledgerSlots(plain(...others).accounts) }),
    },
    {
      name: 'the challenge being squeezed from the transcript (one is chosen at which the sums agree)',
      edits: [
        {
          file: 'challenge.circom',
          from: 'signal output out <== Poseidon(TAG_CHALLENGE(), 2)([transcript, LABEL]);',
          to: `signal squeezed <== Poseidon(TAG_CHALLENGE(), 2)([transcript, LABEL]);
            signal output out <-- squeezed * 500 / 400;`,
        },
      ],
      // 500/(r · 500/400) = 400/r
      epoch: () => miscounted(TABLE, [plain(account(1, [BTC, 500n]))], [plain(account(1, [BTC, 400n]))]),
    },
    {
      name: 'the sum growing by what the batch holds',
      edits: [
        {
          file: 'ledger.circom',
          from: 'after.keySum <== keySumBefore + keys.out;',
          to: 'after.keySum <-- keySumBefore;',
        },
      ],
      epoch: () => miscounted(TABLE, [plain(...ACCOUNTS), plain(first!)], [plain(...ACCOUNTS), plain()]),
    },
    {
      name: 'C18: each batch standing at the place that its count names (one twice, and the next one never)',
      edits: [
        {
          file: 'ledger.circom',
          from: 'signal input blindAfter;',
          to: 'signal input blindAfter; signal input placed;',
          adds: { name: 'placed', shape: [] },
        },
        { file: 'ledger.circom', from: 'before.count <== count;', to: 'before.count <-- placed;' },
        { file: 'ledger.circom', from: 'after.count <== count + 1;', to: 'after.count <-- placed + 1;' },
      ],
      // The first batch is counted in the place of the second as well, whose customers are owed more.
      epoch: () => {
        const [twice, unseen] = [plain(account(1, [BTC, 5n])), plain(account(2, [BTC, 900n]))]
        return miscounted(TABLE, [twice, unseen], [twice, twice])
      },
      inputs: (h) => {
        const twice = plain(account(1, [BTC, 5n])).accounts
        const counted = { slots: ledgerSlots(twice), holders: twice.map(({ holder }) => holder) }
        return { ...tampered({ ...h, ...counted }, { 'indexBits[0]': 0n }), placed: 1n }
      },
    },
  ]

  /** An account whose first and fourth slot hold `held` of the coin and of cash. */
  function oneMore(u: number, held: bigint) {
    const slots = [BTC, ETH, ETH, USDT].map((instrument, s) => ({
      instrument,
      quantity: s % 3 === 0 ? held : 7n,
    }))
    return { ...account(u), slots }
  }

  /** The bits of accounts whose slots are not filled up yet. */
  function ledgerSlots(accounts: readonly { slots: readonly { instrument: number; quantity: bigint }[] }[]) {
    return accounts.map(({ slots }) =>
      Array.from({ length: TINY.slots }, (_, s) => {
        const { instrument, quantity } = slots[s] ?? { instrument: 0, quantity: 0n }
        return toBits((BigInt(instrument) << 65n) | quantity, 81)
      }),
    )
  }

  for (const { name, edits, epoch, inputs } of attacks) {
    const copy = copies.with(...edits)
    test(name, async () => forgeBatch(await copy(), epoch(), inputs))
  }

  const anyBits = copies.with({ file: 'ledger-slot.circom', from: 'bits[i] * (bits[i] - 1) === 0;', to: '' })
  test('C01, C13: bits that are bits (3 and −1 in place of 1 and 0: the same magnitude)', async () => {
    const inputs = tampered(ledgerInputs(secondBatch()), { 'slots[0][0][2]': 3n, 'slots[0][0][3]': -1n })
    await forge(await anyBits(), circuit, inputs)
  })

  for (const [state, edit] of [
    ['stateBefore', OPEN_BEFORE],
    ['stateAfter', OPEN_AFTER],
  ] as const) {
    const copy = copies.with(edit)
    test(`C18: ${state} being what it opens to`, async () => {
      await forge(await copy(), circuit, { ...ledgerInputs(secondBatch()), [state]: 5n })
    })
  }

  test('control: an honest witness of a copy, laid over the circuit, is accepted', async () => {
    await honestTransplant(circuit, await copies.with(OPEN_BEFORE)(), ledgerInputs(secondBatch()))
  })

  test('C21: any single wire of the statement: slots, holders, path, digests, sums, blinds, challenge', async () => {
    const witness = await circuit.witness(ledgerInputs(secondBatch()))
    const names = [
      ...[0, 1, 63, 65, 79].map((i) => `slots[0][0][${i}]`),
      'holders[0]',
      'leaves[0]',
      'batchRoot',
      'accountsRoot',
      'indexBits[0]',
      'children[0][0]',
      'children[4][15]',
      'riskRoot',
      'totalsDigest',
      'weightedTotalsDigest',
      'scenarios[0]',
      'keySumBefore',
      'equitySumBefore',
      'shortfallsDigest[0]',
      'blindBefore',
      'blindAfter',
      'stateBefore',
      'stateAfter',
      'transcripts.first',
      'Challenge#0.transcript',
      'Challenge#0.out',
      'keys.entry[0][0]',
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
