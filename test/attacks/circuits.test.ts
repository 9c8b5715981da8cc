import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { Circuit, edited } from '../../scripts/soundness/bench/circuit.js'
import { compileCached } from '../../scripts/soundness/bench/compiled.js'
import { tampered } from '../../scripts/soundness/bench/tamper.js'
import { epochOf, miscounted, type SampleEpoch } from '../../scripts/soundness/samples/epoch.js'
import { foldSample } from '../../scripts/soundness/samples/fold.js'
import {
  ACCOUNTS,
  account,
  BTC,
  ETH,
  PLAIN_SIZES,
  plain,
  secondBatch,
  TABLE,
  TINY,
  USDT,
} from '../../scripts/soundness/samples/ledger.js'
import { FIELD_ORDER, invertField, packSlots, toField } from '../../src/field/index.js'
import { sha256File } from '../../src/files/index.js'
import { BATCH_DEPTH, leafHash, poseidon, ROLES, WideTree } from '../../src/hash/index.js'
import { mainOf } from '../../src/proving/compile.js'
import { countR1cs, loadInstances, openR1cs, readMainSignals } from '../../src/proving/index.js'
import { gatherSources } from '../../src/proving/sources.js'
import {
  BACKING_SIGNALS,
  batchRoot,
  DISCLOSURE_SIGNALS,
  type InstanceSnapshot,
  LEDGER_SIGNALS,
  type LedgerBatch,
  LIQUIDATION_SIGNALS,
  ledgerInputs,
  MARGIN_SIGNALS,
  reservesCommitment,
  SETTLEMENT_SIGNALS,
  SOLVENCY_SIGNALS,
  stateCommitment,
  WEIGH_SIGNALS,
} from '../../src/statements/index.js'
import { totalsDigest } from '../../src/statements/ledger/totals.js'
import { EpochSecret } from '../../src/venue/epoch-secret.js'
import { cheatingEpoch } from '../helpers/cheat.js'
import { Copies } from '../helpers/copies.js'
import {
  expectAccepted,
  expectRefusedBySolvency,
  forgeBatch,
  forgeSolvency,
  ledgerCircuit,
  ledgerSource,
  solvencySource,
} from '../helpers/ledger.js'

const MAX = (1n << 64n) - 1n
let ledger: Circuit
beforeAll(async () => {
  ledger = await ledgerCircuit(TINY)
})

const copies = new Copies(ledgerSource(TINY))
/** Solvency with a sum of keys that the attacker states. */
const anySum = new Copies(solvencySource(PLAIN_SIZES)).with(
  { file: 'solvency.circom', from: 'final.keySum <== keys.out;', to: 'final.keySum <-- claimed;' },
  {
    file: 'solvency.circom',
    from: 'signal input reservesBlind;',
    to: 'signal input reservesBlind; signal input claimed;',
    adds: { name: 'claimed', shape: [] },
  },
)

/** Solvency refuses what is claimed of a ledger; where its sum is not compared, it is accepted. */
async function onlyWithout(epoch: SampleEpoch): Promise<void> {
  await expectRefusedBySolvency(epoch)
  await forgeSolvency(await anySum(), epoch, (inputs) => ({ ...inputs, claimed: epoch.ledger.state.keySum }))
}

describe('C01: a liability of −1 or of 2^64 is refused, one of 2^64 − 1 is accepted (ledger.1)', () => {
  const weak = copies.with({ file: 'ledger-slot.circom', from: 'bits[i] * (bits[i] - 1) === 0;', to: '' })

  test.each([
    ['−1, which lowers what is owed', 0, -1n],
    ['2^64, which no account can hold', 63, 2n],
  ])('%s', async (_, bit, value) => {
    const [batch] = foldSample(TABLE, [plain(account(1, [BTC, 0n]), account(2, [BTC, 10n]))]).batches
    const held = value << BigInt(bit)
    /** The leaf of the first account as its bits pack. */
    const root = ({ accounts }: LedgerBatch) => {
      const [first, ...rest] = packSlots(accounts[0]!.slots)
      const leaf = poseidon([accounts[0]!.holder, toField(first! + held), ...rest], ROLES.leaf.tag)
      const others = accounts.slice(1).map(({ holder, slots }) => leafHash(holder, slots))
      return new WideTree(BATCH_DEPTH, [leaf, ...others]).root
    }
    const totals = (t: bigint[]) => t.with(0, t[0]! + held)
    const epoch = cheatingEpoch(TABLE, [batch!], { root, totals, demand: true }, { reserves: [10n + held] })
    const path = `slots[0][0][${bit}]`
    await forgeBatch(await weak(), epoch, (inputs) => tampered(inputs, { [path]: value }))
  })

  test('2^64 − 1', async () => {
    await expectAccepted(epochOf(TABLE, [plain(account(1, [BTC, MAX]), ...ACCOUNTS.slice(1))]))
  })
})

const withSigns = copies.with({
  file: 'ledger-slot.circom',
  from: 'bits[i] === 0;',
  to: 'bits[i] * (bits[i] - 1) === 0;',
})
test('C02: a negative balance that a positive one makes up for, where only its sign is unchecked (ledger.7)', async () => {
  const hidden = [plain(account(1, [BTC, 10n]), account(2, [BTC, -10n]))]
  await forgeBatch(await withSigns(), miscounted(TABLE, hidden, hidden))
})

test('C03: every slot at its largest is accepted, and its totals are exact (ledger.10)', async () => {
  const full = plain(
    ...Array.from({ length: TINY.accounts }, (_, u) =>
      account(u, [BTC, MAX], [USDT, MAX], [ETH, MAX], [3, MAX]),
    ),
  )
  const epoch = epochOf(TABLE, [full, full])
  expect(epoch.ledger.totals).toEqual([8n * MAX, 0n, 8n * MAX, 0n, 8n * MAX, 0n, 8n * MAX, 0n])
  await expectAccepted(epoch)
  const wrapped = (t: bigint[]) => t.with(0, (8n * MAX) % (1n << 64n))
  await expectRefusedBySolvency(epochOf(TABLE, [full, full], { totals: wrapped }))
})

describe('a quotient (ledger.5, ledger.11, ledger.12)', () => {
  const HINT = 'entry[u][s] <-- magnitude / (challenge - pole);'
  const anyQuotient = copies.with({
    file: 'key-sum.circom',
    from: 'entry[u][s] * (challenge - pole) === magnitude;',
    to: '',
  })
  test('C07: a quotient is off by one, or belongs to another numerator', async () => {
    const weak = await anyQuotient()
    const inputs = ledgerInputs(secondBatch())
    const honest = await ledger.witness(inputs)
    const loose = await weak.witness(inputs)
    // What one slot's share gains another one loses: their sum, which the identity compares, stays.
    for (const by of [1n, -1n, 500n]) {
      const shares = (circuit: Circuit, witness: readonly bigint[]) => ({
        'keys.entry[0][0]': toField(circuit.value(witness, 'keys.entry[0][0]') + by),
        'keys.entry[1][0]': toField(circuit.value(witness, 'keys.entry[1][0]') - by),
      })
      expect(weak.satisfied(weak.edit(loose, shares(weak, loose))), 'without the product').toBe(true)
      expect(ledger.satisfied(ledger.edit(honest, shares(ledger, honest)))).toBe(false)
    }
  })

  const atZero = copies.with(
    {
      file: 'key-sum.circom',
      from: HINT,
      to: 'entry[u][s] <-- u == 3 && s == 0 ? bent : magnitude / (challenge - pole);',
    },
    {
      file: 'key-sum.circom',
      from: 'signal input challenge;',
      to: 'signal input challenge; signal input bent;',
    },
    {
      file: 'challenge.circom',
      from: 'signal output out <== Poseidon(TAG_CHALLENGE(), 2)([transcript, LABEL]);',
      to: `signal squeezed <== Poseidon(TAG_CHALLENGE(), 2)([transcript, LABEL]);
        signal output out <-- 0;`,
    },
    { file: 'ledger.circom', from: 'keys.bits <== slots;', to: 'keys.bits <== slots; keys.bent <== bent;' },
    {
      file: 'ledger.circom',
      from: 'signal input blindAfter;',
      to: 'signal input blindAfter; signal input bent;',
      adds: { name: 'bent', shape: [] },
    },
  )
  test('C07: a divisor of zero is forged where the prover chooses the challenge, and the challenge is a hash', async () => {
    // At a challenge of 0 the share of a slot of nothing, whose key is 0, may be anything. Nobody may hold
    // key 0 itself.
    const held = [plain(account(1, [USDT, 700n]), account(2, [ETH, 30n]))]
    const epoch = miscounted(TABLE, held, held, { totals: (t) => t.with(2, t[2]! - 100n) })
    await forgeBatch(await atZero(), epoch, (inputs, { ledger }) => {
      // 700/(0 − 2) + 30/(0 − 4)
      const atZero = -700n * invertField(2n) - 30n * invertField(4n)
      return { ...inputs, bent: toField(ledger.state.keySum - atZero) }
    })
  })
})

describe('what the totals leave out', () => {
  test('C09: a leaf that is folded twice, in one batch or in two, is owed twice (ledger.5)', async () => {
    const [twin] = ACCOUNTS
    const once = (t: bigint[]) => t.map((total) => total / 2n)
    for (const batches of [[plain(twin!, twin!)], [plain(twin!), plain(twin!)]]) {
      const epoch = epochOf(TABLE, batches)
      expect(epoch.ledger.totals[0]).toBe(2n * 500n)
      await expectAccepted(epoch)
      await onlyWithout(epochOf(TABLE, batches, { totals: once }))
    }
    // The second batch has the leaves of the first one.
    const { batches } = foldSample(TABLE, [plain(...ACCOUNTS), plain(...ACCOUNTS)])
    expect(new Set(batches.map(batchRoot)).size).toBe(1)
  })

  test('C12: the largest of the balances in place of their sum (ledger.5)', async () => {
    const held = [40n, 900n, 7n, 35n].map((quantity, u) => account(u, [BTC, quantity]))
    await onlyWithout(epochOf(TABLE, [plain(...held)], { totals: (t) => t.with(0, 900n) }))
  })

  test('C15: a holding in an instrument outside the table, in no total (ledger.6)', async () => {
    for (const instrument of [PLAIN_SIZES.spots, 0x3fff]) {
      await onlyWithout(epochOf(TABLE, [plain(account(1, [instrument, 500n]), account(2, [USDT, 30n]))]))
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
  const names = ['accountsRoot', 'riskRoot', 'totalsDigest', 'scenarios[0]', 'weightedTotalsDigest']
  const squeeze = ([weighted, ...first]: bigint[]) => {
    const second = poseidon([poseidon(first, ROLES.first.tag), weighted!], ROLES.second.tag)
    return poseidon([second, 1n], ROLES.challenge.tag)
  }
  let witness: bigint[]
  let elements: bigint[]
  beforeAll(async () => {
    witness = await ledger.witness(ledgerInputs(secondBatch()))
    const absorbed = names.map((name) => ledger.value(witness, name))
    elements = [absorbed[4]!, ...absorbed.slice(0, 4)]
  })

  test.each(names.map((name, i) => [name, (i + 1) % names.length] as const))('C16: %s', (_, i) => {
    expect(ledger.value(witness, 'Challenge#0.out')).toBe(squeeze(elements))
    const other = squeeze(elements.with(i, elements[i]! + 1n))
    expect(other).not.toBe(squeeze(elements))
    expect(ledger.satisfied(ledger.edit(witness, { 'Challenge#0.out': other }))).toBe(false)
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
    backing: BACKING_SIGNALS,
    disclosure: DISCLOSURE_SIGNALS,
    liquidation: LIQUIDATION_SIGNALS,
    weigh: WEIGH_SIGNALS,
    settlement: SETTLEMENT_SIGNALS,
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
  const state = { count: 3, keySum: 5n, equitySum: 0n, shortfalls: [] }
  const commitments: [(amount: bigint, blind: bigint) => bigint, bigint][] = [
    [
      (amount, blind) => totalsDigest([amount, ...new Array<bigint>(7).fill(0n)], TABLE.columns, blind),
      secret.totalsBlind(),
    ],
    [(amount, blind) => stateCommitment(7n, { ...state, keySum: amount, blind }), secret.stateBlind(2)],
    [(amount, blind) => reservesCommitment([amount, 50n], [], blind), secret.reservesBlind([731n, 50n])],
  ]
  for (const [commit, blind] of commitments) {
    const published = commit(731n, blind)
    const guess = (blind: bigint) => amounts.filter((amount) => commit(amount, blind) === published)
    expect(guess(blind)).toEqual([731n])
    for (const other of [0n, secret.stateBlind(1), secret.salt('731')]) expect(guess(other)).toEqual([])
  }
})
