import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { Circuit, type Edit, edited } from '../../scripts/soundness/bench/circuit.js'
import { compileCached } from '../../scripts/soundness/bench/compiled.js'
import {
  ACCOUNTS,
  account,
  batchRootOf,
  LEDGER_PUBLIC,
  reopen,
  secondBatch,
  TABLE,
  TINY,
  TINY_MAIN,
  tamper,
} from '../../scripts/soundness/samples/ledger.js'
import { type CircuitInputs, FIELD_ORDER, toField } from '../../src/field/index.js'
import { sha256File } from '../../src/files/index.js'
import { poseidon, ROLES, sponge } from '../../src/hash/index.js'
import { mainOf } from '../../src/proving/compile.js'
import { countR1cs, findInstance, loadInstances, openR1cs, readMainSignals } from '../../src/proving/index.js'
import { gatherSources } from '../../src/proving/sources.js'
import {
  type InstanceSnapshot,
  LEDGER_SIGNALS,
  LedgerFold,
  ledgerInputs,
  MARGIN_SIGNALS,
  reservesCommitment,
  SOLVENCY_SIGNALS,
  stateCommitment,
} from '../../src/statements/index.js'
import { EpochSecret } from '../../src/venue/epoch-secret.js'
import { Copies } from '../helpers/copies.js'

const source = { include: 'ledger.circom', main: TINY_MAIN, public: LEDGER_PUBLIC }
const MAX = (1n << 64n) - 1n
let ledger: Circuit
beforeAll(async () => {
  ledger = await Circuit.compile(source)
})

/** The ledger with one rule changed, and with states that open to whatever the attacker says. */
const copies = new Copies(source)
const without = (...edits: Edit[]) =>
  copies.with(
    ...edits,
    { file: 'ledger.circom', from: 'stateBefore === openedBefore;', to: '' },
    { file: 'ledger.circom', from: 'stateAfter === openedAfter;', to: '' },
  )

/**
 * The attack succeeds without the rule; with it, the generator refuses the inputs, and the constraints the
 * witness.
 */
async function onlyWithout(weak: Circuit, inputs: CircuitInputs): Promise<void> {
  const first = await weak.witness(inputs)
  const opened = {
    ...inputs,
    stateBefore: weak.value(first, 'openedBefore'),
    stateAfter: weak.value(first, 'openedAfter'),
  }
  const forged = await weak.witness(opened)
  expect(weak.satisfied(forged), 'the attack itself').toBe(true)
  await expect(ledger.witness(opened), 'the honest generator').rejects.toThrow()
  expect(ledger.satisfied(ledger.transplant(weak, forged)), 'the edited witness').toBe(false)
}

const totalsOf = (inputs: CircuitInputs) => inputs.totalsAfter as bigint[]

describe('C01: a liability of −1 or of 2^64 is refused, one of 2^64 − 1 is accepted (ledger.1)', () => {
  const weak = without({ file: 'slot.circom', from: 'bits[i] * (bits[i] - 1) === 0;', to: '' })

  test.each([
    ['−1, which lowers what is owed', 0, FIELD_ORDER - 1n, -501n],
    ['2^64, which no account can hold', 63, 2n, 1n << 64n],
  ])('%s', async (_, bit, value, growth) => {
    const honest = ledgerInputs(secondBatch())
    // The account holds 500; its bits are all zero but for the attacker's one.
    let inputs = honest
    for (let i = 0; i < 64; i++) inputs = tamper(inputs, 'slots', [0, 0, i], i === bit ? value : 0n)
    const held = growth < 0n ? growth : growth - 500n
    await onlyWithout(await weak(), tamper(inputs, 'totalsAfter', [0], toField(totalsOf(honest)[0]! + held)))
  })

  test('2^64 − 1', async () => {
    expect(
      await ledger.accepts(ledgerInputs(secondBatch([account(1, [0, MAX]), ...ACCOUNTS.slice(1)]))),
    ).toBe(true)
  })
})

const withSigns = without({
  file: 'slot.circom',
  from: 'bits[i] === 0;',
  to: 'bits[i] * (bits[i] - 1) === 0;',
})
test('C02: a negative balance that a positive one makes up for, where only its sign is unchecked (ledger.7)', async () => {
  const hidden = secondBatch([account(1, [0, 10n]), account(2, [0, -10n]), account(3), account(4)])
  await onlyWithout(await withSigns(), ledgerInputs(hidden))
})

test('C03: every slot at its largest is accepted, and its totals are exact (ledger.10)', async () => {
  const full = Array.from({ length: TINY.accounts }, (_, u) =>
    account(u, ...Array.from({ length: TINY.slots }, (_, s): [number, bigint] => [s, MAX])),
  )
  const witness = secondBatch(full)
  expect(witness.totalsAfter.slice(0, 4)).toEqual([8n * MAX, 0n, 8n * MAX, 0n])
  expect(await ledger.accepts(ledgerInputs(witness))).toBe(true)
  const wrapped = witness.totalsAfter.with(0, (8n * MAX) % (1n << 64n))
  expect(await ledger.accepts(ledgerInputs(reopen(witness, { totalsAfter: wrapped })))).toBe(false)
})

describe('a quotient (ledger.5, ledger.11, ledger.12)', () => {
  const CHALLENGE = 'challenge <== Challenge(1)(transcript);'
  const HINT = 'entry[u][s] <-- magnitude / (challenge - slotKey);'
  const CHECK = 'entry[u][s] * (challenge - slotKey) === magnitude;'

  const anyQuotient = without({ file: 'sum-by-key.circom', from: CHECK, to: '' })
  test('C07: a quotient is off by one, or belongs to another numerator', async () => {
    const weak = await anyQuotient()
    const inputs = ledgerInputs(secondBatch())
    const honest = await ledger.witness(inputs)
    const loose = await weak.witness(inputs)
    // What one slot's share gains another one loses: their sum, which the identity compares, stays.
    for (const by of [1n, -1n, 500n]) {
      const shares = (circuit: Circuit, witness: readonly bigint[]) => ({
        'sums.entry[0][0]': toField(circuit.value(witness, 'sums.entry[0][0]') + by),
        'sums.entry[1][0]': toField(circuit.value(witness, 'sums.entry[1][0]') - by),
      })
      expect(weak.satisfied(weak.edit(loose, shares(weak, loose))), 'without the product').toBe(true)
      expect(ledger.satisfied(ledger.edit(honest, shares(ledger, honest)))).toBe(false)
    }
  })

  const stolen = 100n
  // Shares at 0 are −magnitude/key: the total of key 2 lacks stolen/2, which the empty slot puts in.
  const atZero = without(
    {
      file: 'sum-by-key.circom',
      from: HINT,
      to: `entry[u][s] <-- u == 3 && s == 0 ? ${stolen / 2n} : magnitude / (challenge - slotKey);`,
    },
    {
      file: 'ledger.circom',
      from: CHALLENGE,
      to: 'signal unused <== Challenge(1)(transcript); challenge <-- 0;',
    },
  )
  test('C07: a divisor of zero is forged where the prover chooses the challenge, and the challenge is a hash', async () => {
    // At a challenge of 0 the share of a slot of nothing, whose key is 0, may be anything. Nobody may hold
    // key 0 itself.
    const accounts = [account(1, [1, 700n]), account(2, [2, 30n]), account(3), account(4)]
    const honest = secondBatch(accounts)
    const totalsAfter = honest.totalsAfter.with(2, honest.totalsAfter[2]! - stolen)
    await onlyWithout(await atZero(), ledgerInputs(reopen(honest, { totalsAfter })))
  })
})

describe('what the totals leave out', () => {
  const weak = without({ file: 'sum-by-key.circom', from: 'total === 0;', to: '' })

  test('C09: a leaf that is folded twice, in one batch or in two, is owed twice (ledger.5)', async () => {
    const [twin] = ACCOUNTS
    const inOne = secondBatch([twin!, twin!, account(3), account(4)])
    const once = inOne.totalsAfter.map((total, k) => (total + inOne.totalsBefore[k]!) / 2n)
    expect(inOne.totalsAfter[0]! - inOne.totalsBefore[0]!).toBe(2n * 500n)
    expect(await ledger.accepts(ledgerInputs(inOne))).toBe(true)
    await onlyWithout(await weak(), ledgerInputs(reopen(inOne, { totalsAfter: once })))

    // The second batch has the leaves of the first: it may not leave the totals as they were.
    const again = secondBatch()
    expect(batchRootOf(again)).toBe(batchRootOf(new LedgerFold(TINY, TABLE).fold(TINY, ACCOUNTS, 1n)))
    expect(await ledger.accepts(ledgerInputs(again))).toBe(true)
    await onlyWithout(await weak(), ledgerInputs(reopen(again, { totalsAfter: again.totalsBefore })))
  })

  test('C12: the largest of the balances in place of their sum (ledger.5)', async () => {
    const held = [40n, 900n, 7n, 35n]
    const honest = secondBatch(held.map((quantity, u) => account(u, [0, quantity])))
    const totalsAfter = honest.totalsAfter.with(0, honest.totalsBefore[0]! + 900n)
    await onlyWithout(await weak(), ledgerInputs(reopen(honest, { totalsAfter })))
  })

  test('C15: a holding in an instrument outside the table, in no total (ledger.6)', async () => {
    const honest = secondBatch([account(1), account(2, [1, 30n]), account(3), account(4)])
    for (const instrument of [TINY.instruments, 0xffff]) {
      const slots = honest.slots.with(0, [{ instrument, quantity: 500n }, honest.slots[0]![1]!])
      await onlyWithout(await weak(), ledgerInputs(reopen(honest, { slots })))
    }
  })
})

test('C13: the bits of x + p fit a range one bit too wide, which does not compile (ledger.10, solvency.9)', async () => {
  const include = 'range.circom'
  const range = (bits: number, sources = {}) => Circuit.compile({ include, main: `Range(${bits})`, sources })
  await expect(range(254)).rejects.toThrow(/assert/i)
  const unlimited = { file: include, from: 'assert(BITS > 0 && BITS <= 252);', to: '' }
  const wide = await range(254, Object.fromEntries(edited(gatherSources([include]), [unlimited])))
  const honest = await wide.witness({ in: 5n })
  const alias = 5n + FIELD_ORDER
  const bits = Array.from({ length: 254 }, (_, i) => [`bit[${i}]`, (alias >> BigInt(i)) & 1n] as const)
  expect(wide.satisfied(wide.edit(honest, Object.fromEntries(bits))), 'another way to write 5').toBe(true)

  const strong = await range(252)
  const cut = strong.edit(await strong.witness({ in: 5n }), Object.fromEntries(bits.slice(0, 252)))
  expect(strong.satisfied(cut)).toBe(false)
})

describe('C16: a challenge belongs to every element that is absorbed (ledger.11, margin.7)', () => {
  const { params } = findInstance('ledger-tiny')
  const names = ['stateBefore', 'stateAfter', 'batchRoot', 'riskRoot', ...Object.keys(params)]
  const squeeze = (elements: bigint[]) => poseidon([sponge('transcript', elements), 1n], ROLES.challenge.tag)
  let witness: bigint[]
  let elements: bigint[]
  beforeAll(async () => {
    witness = await ledger.witness(ledgerInputs(secondBatch()))
    const signals = names.slice(0, 4).map((name) => ledger.value(witness, name))
    elements = [...signals, ...Object.values(params).map(BigInt)]
  })

  test.each(names.map((name, i) => [name, i] as const))('C16: %s', (_, i) => {
    expect(ledger.value(witness, 'challenge')).toBe(squeeze(elements))
    const other = squeeze(elements.with(i, elements[i]! + 1n))
    expect(other).not.toBe(squeeze(elements))
    expect(ledger.satisfied(ledger.edit(witness, { challenge: other }))).toBe(false)
  })

  test('nor to a list that is shorter, longer, or in another order', () => {
    const lists = [elements, elements.slice(0, -1), [...elements, 0n], elements.toReversed()]
    expect(new Set(lists.map(squeeze)).size).toBe(lists.length)
  })
})

describe('C23: a circuit does not change unseen (key.6)', () => {
  const agreed: Record<string, InstanceSnapshot | undefined> = JSON.parse(
    readFileSync(new URL('../../circuits/constraints.json', import.meta.url), 'utf8'),
  )
  /** The larger ones are the same templates at other sizes. */
  const small = loadInstances().filter(({ name }) => (agreed[name]?.nonLinear ?? Infinity) <= 30_000)
  const order: Record<string, readonly string[]> = {
    ledger: LEDGER_SIGNALS,
    solvency: SOLVENCY_SIGNALS,
    margin: MARGIN_SIGNALS,
  }

  test('C23: every instance is counted, and several are small enough to be compiled here', () => {
    const names = (instances: readonly { name: string }[]) => instances.map(({ name }) => name).sort()
    expect(Object.keys(agreed).sort()).toEqual(names(loadInstances()))
    expect(small.length).toBeGreaterThan(5)
  })

  test.each(small)(
    'C23: $name has the constraints, the wires and the public signals that were agreed',
    async (instance) => {
      const { name, statement } = instance
      const { r1cs, symbols } = await compileCached(mainOf(instance))
      const { sha256, ...counts } = agreed[name]!
      const opened = openR1cs(r1cs)
      expect((await readMainSignals(symbols, opened)).publicSignals).toEqual(order[statement])
      expect(countR1cs(opened)).toEqual(counts)
      expect(await sha256File(r1cs)).toBe(sha256.r1cs)
    },
  )
})

test('N07: totals and reserves are guessed behind a commitment whose blind is known, and behind no other (privacy.9)', () => {
  // Whoever guesses knows all but one amount below 2^10, as a venue's rivals may.
  const secret = EpochSecret.fromHex('5e'.repeat(32))
  const amounts = Array.from({ length: 1 << 10 }, (_, i) => BigInt(i))
  const commitments: [(amount: bigint, blind: bigint) => bigint, bigint][] = [
    [
      (amount, blind) =>
        stateCommitment({
          batchIndex: 3,
          accountsRoot: 987_654_321n,
          totals: [amount, 0n],
          shortfalls: [],
          blind,
        }),
      secret.stateBlind(2),
    ],
    [(amount, blind) => reservesCommitment([amount, 50n], [], blind), secret.reservesBlind([731n, 50n])],
  ]
  for (const [commit, blind] of commitments) {
    const published = commit(731n, blind)
    const guess = (blind: bigint) => amounts.filter((amount) => commit(amount, blind) === published)
    expect(guess(blind)).toEqual([731n])
    for (const other of [0n, secret.stateBlind(1), secret.salt('731')]) expect(guess(other)).toEqual([])
  }
})
