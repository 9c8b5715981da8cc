import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Circuit } from '../../scripts/soundness/bench/circuit.js'
import { tampered } from '../../scripts/soundness/bench/tamper.js'
import { epochOf, linked, type SampleEpoch } from '../../scripts/soundness/samples/epoch.js'
import { type Claims, foldSample } from '../../scripts/soundness/samples/fold.js'
import {
  ACCOUNTS,
  account,
  BTC,
  BTC_TIERS,
  PERP,
  plain,
  pledged,
  secondBatch,
  stressed,
  TIER_SIZES,
  TIER_TABLE,
  TIERED,
  TINY_PLEDGED,
  tableWith,
  USDT,
  USDT_TIER,
} from '../../scripts/soundness/samples/ledger.js'
import { laxPolicy, rightSides } from '../../scripts/soundness/samples/solvency.js'
import {
  type CircuitInputs,
  EQUITY_BITS,
  invertField,
  powField,
  type Slot,
  toBits,
  toField,
} from '../../src/field/index.js'
import { BATCH_DEPTH, leafHash, poseidon, ROLES, sponge, WideTree } from '../../src/hash/index.js'
import { TIER_NUMBERS } from '../../src/risk/index.js'
import {
  type LedgerAccount,
  type LedgerBatch,
  ledgerBatch,
  ledgerInputs,
  ledgerModel,
  solvencyInputs,
  stateCommitment,
} from '../../src/statements/index.js'
import { equitiesLeaf } from '../../src/statements/ledger/batch.js'
import { honestTransplant } from '../helpers/attack.js'
import { cheatingEpoch, shapeOf } from '../helpers/cheat.js'
import { Copies } from '../helpers/copies.js'
import {
  expectAccepted,
  expectRefusedBySolvency,
  forge,
  forgeBatch,
  forgeSolvency,
  ledgerCircuit,
  ledgerSource,
  solvencyCircuit,
  solvencySource,
  verdicts,
} from '../helpers/ledger.js'
import { cases } from '../helpers/sweep.js'

const [T1, T2] = BTC_TIERS
const TOP = (1n << 64n) - 1n
const copies = new Copies(ledgerSource(TINY_PLEDGED))
const books = new Copies(solvencySource(TIER_SIZES))
/** Both circuits without limits: the pole of a key is the key, wherever it is held. */
const unlimited = {
  ledger: copies.with({ file: 'key-sum.circom', from: 'pole += limited[u][s];', to: '' }),
  solvency: books.with({
    file: 'key-totals.circom',
    from: 'pole = 2 * (TIER_NUMBERS() + t) + limit[t];',
    to: 'pole = 2 * (TIER_NUMBERS() + t);',
  }),
}
const unordered = copies.with(
  { file: 'rising-keys.circom', from: '<== held[s] * (key - before - 1);', to: '<-- 0;' },
  { file: 'rising-keys.circom', from: 'held[s] * (1 - held[s - 1]) === 0;', to: '' },
)
const withoutOne = books.with({
  file: 'key-totals.circom',
  from: 'limit[t] <== limitPoint * (widths[t] + 1);',
  to: 'limit[t] <== limitPoint * widths[t];',
})
const BITS_OF_SPARES = {
  file: 'ledger.circom',
  from: 'spares[u][s][i] * (spares[u][s][i] - 1) === 0;',
  to: '',
}
const anySpares = copies.with(BITS_OF_SPARES)
const unbound = books.with({ file: 'solvency.circom', from: 'riskRoot === table.out;', to: '' })
const anyPledged = books.with({ file: 'tier-owners.circom', from: 'difference === 0;', to: '' })
let circuit: Circuit
let solvency: Circuit
beforeAll(async () => {
  circuit = await ledgerCircuit(TINY_PLEDGED)
  solvency = await solvencyCircuit(TIER_SIZES)
})

const lax = { policy: laxPolicy(TIER_SIZES) }
const held = (instrument: number, quantity: bigint): Slot => ({ instrument, quantity })
const EMPTY = held(0, 0n)
const honest = () => secondBatch(TIERED, TINY_PLEDGED, TIER_TABLE)

/** An epoch of one pledged batch, its first account among those that hold nothing. */
const epochWith = (slots: Slot[], claims: Claims = {}) =>
  epochOf(
    TIER_TABLE,
    [pledged()],
    {
      ...claims,
      batch: (batch) => {
        const accounts = batch.accounts.with(0, { ...batch.accounts[0]!, slots })
        const own = ledgerBatch(batch.sizes, accounts, TIER_TABLE.columns, batch.equitiesBlind)
        expect(own.equities[0]).toEqual(worth(slots))
        return claims.batch?.(own, 0) ?? own
      },
    },
    lax,
  )

/** What slots are worth in both scenarios, row by row of the table. */
function worth(slots: readonly Slot[]): bigint[] {
  const values: Record<number, [bigint, bigint][]> = {
    [BTC]: [
      [0n, 100n],
      [50n, 55n],
    ],
    [T1]: [
      [90n, 0n],
      [50n, 0n],
    ],
    [T2]: [
      [50n, 0n],
      [50n, 0n],
    ],
    [USDT]: [
      [0n, 1n],
      [1n, 1n],
    ],
    [USDT_TIER]: [
      [1n, 0n],
      [1n, 0n],
    ],
    [PERP]: [
      [0n, 0n],
      [-20n, -15n],
    ],
  }
  return [0, 1].map((s) =>
    slots.reduce((sum, { instrument, quantity }) => {
      const [long, short] = values[instrument]?.[s] ?? [0n, 0n]
      return sum + quantity * (quantity < 0n ? short : long)
    }, 0n),
  )
}

/** Another spare of the first account's slot. */
const withSpare =
  (slot: number, spare: bigint) =>
  (batch: LedgerBatch): LedgerBatch => ({
    ...batch,
    spares: batch.spares.with(0, batch.spares[0]!.with(slot, spare)),
  })

describe('tiers (ledger.14)', () => {
  test('full, in part, and beside an unpledged rest and a debt are accepted, and add up as a hand computation says', async () => {
    const epoch = epochOf(TIER_TABLE, [pledged(...TIERED), pledged(...TIERED)])
    expect(epoch.witnesses[1]!.equities.map(([collateral]) => collateral)).toEqual([
      1_000n * 90n + 4_000n * 50n - 250_000n,
      10n * 90n - 900n,
      70_000n - 3n * 100n,
      100n,
    ])
    for (const [u, { slots }] of TIERED.entries())
      expect(epoch.witnesses[1]!.equities[u]).toEqual(worth(slots))
    expect(epoch.ledger.state.shortfalls).toEqual([
      { sum: 0n, accounts: 0n },
      { sum: 800n, accounts: 2n },
    ])
    const by = (...units: bigint[]) => units.map((u) => 2n * u)
    const [spots, derivatives] = [by(77n, 3n, 0n, 250_900n, 0n, 0n, 0n, 0n), by(5n, 5n, 0n, 0n)]
    expect(epoch.ledger.totals).toEqual([...spots, ...derivatives, ...by(1_010n, 4_000n, 70_100n, 0n)])
    expect(solvencyInputs(epoch.solvency).pledged).toEqual([...by(5_010n, 70_100n), 0n, 0n])
    await expectAccepted(epoch)
  })

  test('stand with stressed and plain batches in one chain (ledger.16)', async () => {
    const mixed = [
      pledged(...TIERED),
      stressed(account(11, [USDT, 20n], [BTC, -1n]), account(12, [BTC, 3n])),
      plain(...ACCOUNTS.slice(0, 2)),
      pledged(),
    ]
    const [first, second, ...rest] = epochOf(TIER_TABLE, mixed).solvency.state.shortfalls
    expect([first!.accounts, second!.accounts, rest.length]).toEqual([1n, 2n, 0])
    // The unpledged collateral of the stressed account counts for nothing, and its debt does.
    await expectRefusedBySolvency(epochOf(TIER_TABLE, mixed))
    await expectAccepted(epochOf(TIER_TABLE, mixed.with(1, stressed(account(12, [BTC, 3n])))))
  })

  test('a row that is no tier holds up to 2^64 − 1, outside the pledged slots', async () => {
    await expectAccepted(epochWith([EMPTY, EMPTY, held(BTC, TOP), held(USDT, TOP)]))
  })

  test('an unused tier before a used one is fine: it can only understate', async () => {
    await expectAccepted(epochWith([held(T2, 5n), EMPTY, EMPTY, EMPTY]))
  })
})

describe('N22: a tier overfilled (ledger.14)', () => {
  /** Solvency refuses; without limits both circuits take it. */
  async function refusedButWithoutLimits(epoch: SampleEpoch): Promise<void> {
    await expectRefusedBySolvency(epoch)
    // The sums without limits are others: both copies are asked for the state that they come to.
    const points = { ...epoch.points, limitPoint: 0n }
    const { totals, weightedTotals } = epoch.ledger
    const sides = rightSides(TIER_TABLE.columns, totals, weightedTotals, points)
    const again = reopened(epoch, sides)
    const [witness] = again.witnesses
    const limited = witness!.accounts[0]!.slots.slice(0, 2).some(({ quantity }) => quantity !== 0n)
    // Where no limited slot is in use, nothing of the batch is forged: solvency alone is.
    if (limited) await forge(await unlimited.ledger(), circuit, ledgerInputs(witness!))
    else expect(await circuit.accepts(ledgerInputs(witness!))).toBe(true)
    await forge(await unlimited.solvency(), solvency, solvencyInputs(again.solvency))
  }

  test.each([
    ['by one', 1_001n, 0n],
    ['by one, with the room of the next tier', 1_001n, 4_000n - 1_001n],
    ['by one, with the room of a row that is no tier', 1_001n, TOP - 1_001n],
    ['by one, with the room of a tier of another asset', 1_001n, 70_000n - 1_001n],
    ['to the end of the range', TOP, 0n],
  ])('%s is refused; without limits it passes', async (_, quantity, room) => {
    const slots = [held(T1, quantity), EMPTY, EMPTY, EMPTY]
    await refusedButWithoutLimits(epochWith(slots, { batch: withSpare(0, room) }))
  })

  test('by one, with a spare of minus one, is refused: its bits are bits', async () => {
    const weak = await anySpares()
    const [batch] = foldSample(TIER_TABLE, [pledged(account(1, [T1, 1_001n]))]).batches
    // The bits of the first spare, the lowest of them −1: together −1.
    const epoch = cheatingEpoch(
      TIER_TABLE,
      [batch!],
      { root: rootWith((bits) => bits.with(0, -1n)), demand: true },
      {
        ...lax,
        reserves: [2_000n],
      },
    )
    expect(await solvency.accepts(solvencyInputs(epoch.solvency))).toBe(true)
    await forge(weak, circuit, tampered(ledgerInputs(epoch.witnesses[0]!), { 'spares[0][0][0]': -1n }))
  })

  test('on the short side is refused as well, as is any short of a tier', async () => {
    for (const quantity of [-1_001n, -1n]) {
      await expectRefusedBySolvency(epochWith([held(T1, quantity), EMPTY, held(USDT, 10n), EMPTY]))
    }
  })

  test('every spare that is off by one is refused, also where the tier is not full', async () => {
    for (const [slots, slot, spare] of [
      [[held(T1, 1_000n), held(T2, 4_000n)], 0, 1n],
      [[held(T1, 1_000n), held(T2, 3_999n)], 1, 0n],
      [[held(T1, 10n), EMPTY], 0, 989n],
      [[held(T1, 10n), EMPTY], 0, 991n],
    ] as const) {
      await expectRefusedBySolvency(epochWith([...slots, EMPTY, EMPTY], { batch: withSpare(slot, spare) }))
    }
  })

  test('a tier in a slot that has no limit is refused; without limits it passes', async () => {
    await refusedButWithoutLimits(epochWith([EMPTY, EMPTY, held(T1, 1_001n), EMPTY]))
    await refusedButWithoutLimits(epochWith([held(T1, 1_000n), EMPTY, held(T1, 1_000n), EMPTY]))
  })

  test('of width 0, as beyond the table, in a slot that has no limit is refused; its pole has one more than the width', async () => {
    const none = TIER_NUMBERS + 3
    const epoch = epochWith([EMPTY, EMPTY, held(none, 500n), EMPTY])
    await expectRefusedBySolvency(epoch)
    const again = reopened(
      epoch,
      rightSides(
        TIER_TABLE.columns,
        epoch.ledger.totals,
        epoch.ledger.weightedTotals,
        { ...epoch.points },
        ({ width }) => width,
      ),
    )
    // Nothing of the batch is forged: the pole of its slot is its key, as that of the row is without the one.
    expect(linked(epoch)).toBe(true)
    expect(again.solvency.signals.state).toBe(epoch.solvency.signals.state)
    await forge(await withoutOne(), solvency, solvencyInputs(epoch.solvency))
  })

  test('a tier in a batch without pledges, stressed or plain, is refused', async () => {
    for (const batch of [stressed(account(1)), plain(account(1))]) {
      const claims: Claims = {
        batch: (b) => ({
          ...b,
          accounts: b.accounts.with(0, { ...b.accounts[0]!, slots: [held(T1, 5n), EMPTY, EMPTY, EMPTY] }),
          equities: b.sizes.scenarios === 0 ? [] : b.equities.with(0, [450n, 250n]),
        }),
      }
      await expectRefusedBySolvency(epochOf(TIER_TABLE, [batch], claims, lax))
    }
  })

  test('what is no tier in a pledged slot is refused, whatever its spare', async () => {
    for (const room of [0n, 1_000n - 7n, TOP - 7n]) {
      const slots = [held(BTC, 7n), EMPTY, EMPTY, EMPTY]
      await expectRefusedBySolvency(epochWith(slots, { batch: withSpare(0, room) }))
    }
  })
})

test('control: an honest witness of a copy, laid over the circuit, is accepted (ledger.12)', async () => {
  await honestTransplant(circuit, await anySpares(), ledgerInputs(honest()))
})

describe('N22: a tier used twice (ledger.14)', () => {
  test.each<[string, Slot[]]>([
    ['in neighbouring slots', [held(T1, 1_000n), held(T1, 1_000n)]],
    ['in falling keys', [held(T2, 5n), held(T1, 1_000n)]],
    ['after a first slot that is empty', [EMPTY, held(T1, 1_000n)]],
    ['after an empty slot of a higher key', [held(T2, 0n), held(T1, 1_000n)]],
  ])('%s is refused; without the order it passes', async (_, slots) => {
    const epoch = epochWith([...slots, EMPTY, EMPTY])
    expect(ledgerModel(epoch.witnesses[0]!).valid).toBe(false)
    await forgeBatch(await unordered(), epoch)
  })

  test('by two accounts is what tiers are for: each has its own', async () => {
    await expectAccepted(epochOf(TIER_TABLE, [pledged(account(1, [T1, 1_000n]), account(2, [T1, 1_000n]))]))
  })
})

describe('N23: the table of widths (ledger.9)', () => {
  const swapped = tableWith(TIER_TABLE, (columns) => {
    columns.tiers[0]!.width = 70_000n
    columns.tiers[2]!.width = 1_000n
    return columns
  })
  const wide = [pledged(account(1, [T1, 1_001n]))]

  test('tiers swapped across assets are another table: its root is not the published one', async () => {
    await expectAccepted(epochOf(swapped, wide))
    const published = { ...swapped, riskRoot: TIER_TABLE.riskRoot }
    await forgeSolvency(await unbound(), epochOf(published, wide))
  })

  test('a width of its own, zero for no tier included, or an owner of its own, is refused', async () => {
    const inputs = solvencyInputs(epochOf(TIER_TABLE, [pledged(...TIERED)]).solvency)
    for (const change of [
      { 'widths[0]': 1_001n },
      { 'widths[0]': 0n },
      { 'widths[3]': 5n },
      { 'owners[0]': 1n },
      { 'owners[2]': 0n },
    ]) {
      expect(await solvency.accepts(tampered(inputs, change))).toBe(false)
    }
  })

  test('what is pledged counts to the instrument that the table says: to another one, or to none, is refused', async () => {
    // Of the pledged coins it is said that they are of an instrument beyond the table, which nobody has to
    // hold.
    const said = TIER_TABLE.columns.tiers.map((tier) => ({ ...tier, owner: 3 }))
    const table = { ...TIER_TABLE, columns: { ...TIER_TABLE.columns, tiers: said } }
    const epoch = epochOf(table, [pledged(account(1, [T1, 1_000n]))], {}, { reserves: [0n, 0n, 0n, 1_000n] })
    await forgeSolvency(await anyPledged(), epoch, (inputs) => ({ ...inputs, owners: [0n, 0n, 1n, 0n] }))
  })
})

/**
 * C16, C17. A copy that does not absorb the spares, whose bits are free there: the attacker moves the pole of
 * an empty slot onto the challenge, which frees that slot's fraction, and steals from a total.
 */
describe('C17: a transcript without the spares is forged (ledger.11)', () => {
  const withoutSpares = copies.with(
    BITS_OF_SPARES,
    {
      file: 'equities-leaf.circom',
      from: 'pack.in[FIRST_SPARE + (u * PLEDGED + s) * MAGNITUDE_BITS() + i] <== spares[u][s][i];',
      to: 'pack.in[FIRST_SPARE + (u * PLEDGED + s) * MAGNITUDE_BITS() + i] <== 0;',
    },
    {
      file: 'key-sum.circom',
      from: 'entry[u][s] <-- magnitude / (challenge - pole);',
      to: 'entry[u][s] <-- u == 3 && s == 1 ? bent : magnitude / (challenge - pole);',
    },
    {
      file: 'key-sum.circom',
      from: 'signal input challenge;',
      to: 'signal input challenge; signal input bent;',
    },
    { file: 'ledger.circom', from: 'keys.bits <== slots;', to: 'keys.bits <== slots; keys.bent <== bent;' },
    {
      file: 'ledger.circom',
      from: 'signal input blindAfter;',
      to: 'signal input blindAfter; signal input bent;',
      adds: { name: 'bent', shape: [] },
    },
  )
  test('a total is less than what accounts hold. The strong circuit refuses the same witness', async () => {
    const weak = await withoutSpares()
    const { batches } = foldSample(TIER_TABLE, [pledged(...TIERED)])
    const epoch = cheatingEpoch(
      TIER_TABLE,
      batches,
      {
        root: rootWith((bits) => bits.map(() => 0n)),
        totals: (t) => t.with(12, t[12]! - 400n),
        demand: true,
      },
      { reserves: [10_000n, 80_000n], insurance: [9_000n], ...lax },
    )
    expect(await solvency.accepts(solvencyInputs(epoch.solvency))).toBe(true)
    const { challenge, limitPoint, mix, accountPoint } = epoch.points
    const lacking = 400n * invertField(toField(challenge - BigInt(2 * T1) - limitPoint * 1_001n))
    const weight = 1n + mix * powField(accountPoint, 3n)
    const inputs: CircuitInputs = {
      ...tampered(ledgerInputs(epoch.witnesses[0]!), {
        'spares[3][1][0]': challenge * invertField(limitPoint) - 1n,
      }),
      bent: toField(-lacking * invertField(toField(weight))),
    }
    await forge(weak, circuit, inputs)
  })

  test('C16: a spare that no identity looks at is absorbed all the same', () => {
    const [batch] = foldSample(TIER_TABLE, [pledged(...TIERED)]).batches
    const other = { ...batch!, spares: batch!.spares.with(3, [batch!.spares[3]![0]!, 12_345n]) }
    expect(equitiesLeaf(other)).not.toBe(equitiesLeaf(batch!))
  })
})

/** The root of a batch whose bits of spares are others in its equities leaf. */
function rootWith(change: (bits: bigint[]) => bigint[]): (batch: LedgerBatch) => bigint {
  return ({ sizes, accounts, equities, spares, equitiesBlind }) => {
    const bits = [
      ...[0, 1].flatMap((s) =>
        equities.flatMap((own) => toBits(own[s]! + (1n << BigInt(EQUITY_BITS)), EQUITY_BITS + 1)),
      ),
      ...change(spares.flatMap((own) => own.flatMap((spare) => toBits(spare, 64)))),
    ]
    const elements: bigint[] = []
    for (let i = 0; i < bits.length; i += 253) {
      elements.push(toField(bits.slice(i, i + 253).reduce((sum, bit, j) => sum + (bit << BigInt(j)), 0n)))
    }
    const digest = sponge('equities', [equitiesBlind, shapeOf(sizes), ...elements])
    const leaf = poseidon([digest], ROLES.equities.tag)
    return new WideTree(BATCH_DEPTH, [...accounts.map((own) => leafHash(own.holder, own.slots)), leaf]).root
  }
}

/** An epoch whose only batch ends with other sums. */
function reopened(epoch: SampleEpoch, sums: { keySum: bigint; equitySum: bigint }): SampleEpoch {
  const [witness] = epoch.witnesses
  const state = { ...epoch.ledger.state, ...sums }
  const stateAfter = stateCommitment(epoch.ledger.second, state)
  const signals = { ...witness!.signals, stateAfter }
  return {
    ...epoch,
    witnesses: [{ ...witness!, signals }],
    solvency: { ...epoch.solvency, state, signals: { ...epoch.solvency.signals, state: stateAfter } },
  }
}

test('C25: agree with the circuits on random ledgers, honest and not (ledger.13)', async () => {
  const quantity = fc.oneof(fc.bigInt(1n, 12n), fc.constantFrom(0n, 5n, TOP))
  const tierSlot = fc.record({ instrument: fc.constantFrom(T1, T2, USDT_TIER, TIER_NUMBERS + 3), quantity })
  const anySlot = fc.record({
    instrument: fc.constantFrom(BTC, USDT, 2, 3, PERP, T1),
    quantity: fc.oneof(quantity, fc.bigInt(-9n, 9n)),
  })
  const tidy = fc
    .tuple(fc.array(tierSlot, { maxLength: 2 }), fc.array(anySlot, { maxLength: 2 }))
    .map(([tiers, others]) => {
      const byKey = new Map(tiers.filter((s) => s.quantity !== 0n).map((s) => [s.instrument, s]))
      const first = [...byKey.values()].sort((a, b) => a.instrument - b.instrument)
      const rest = others.filter(({ instrument }) => instrument < TIER_NUMBERS)
      return [...filledTo(first, 2), ...filledTo(rest, 2)]
    })
  const untidy = fc.array(fc.oneof(tierSlot, anySlot), { minLength: 4, maxLength: 4 })
  const widths = fc.array(fc.oneof(fc.constantFrom(0n, 5n, TOP), fc.bigInt(8n, 30n)), {
    minLength: 4,
    maxLength: 4,
  })
  const seen = { accepted: 0, ledger: 0, solvency: 0 }
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 4, arbitrary: tidy }, untidy), { minLength: 4, maxLength: 4 }),
      widths,
      fc.array(fc.bigInt(-9n, 9n), { minLength: 32, maxLength: 32 }),
      async (lists, own, values) => {
        const table = tableWith(TIER_TABLE, (columns) => ({
          ...columns,
          tiers: columns.tiers.map((tier, t) => ({ ...tier, width: own[t]! })),
          scenarios: columns.scenarios.map((scenario, s) => ({
            ...scenario,
            requirement: true,
            values: scenario.values.map((_, k) => (s === 0 ? 0n : values[k]!)),
          })),
        }))
        const accounts = lists.map((slots, u): LedgerAccount => ({ ...account(u), slots }))
        const batch = ledgerBatch(TINY_PLEDGED, accounts, table.columns, 7_000n)
        const epoch = epochOf(table, [pledged()], { batch: () => batch }, lax)
        const { ledgers, solvency } = await verdicts(epoch)
        const valid = accounts.every(({ slots }) => isHonest(slots, own)) && isNetted(accounts)
        expect(ledgers[0] && solvency).toBe(valid)
        seen[valid ? 'accepted' : ledgers[0] ? 'solvency' : 'ledger']++
      },
    ),
    { numRuns: cases(50, 1_000) },
  )
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(1)
})

function filledTo(slots: Slot[], count: number): Slot[] {
  return [...slots, ...new Array<Slot>(count - slots.length).fill(EMPTY)]
}

/** What the statement says of the slots of an account, in plain words. */
function isHonest(slots: readonly Slot[], widths: readonly bigint[]): boolean {
  const isTier = ({ instrument }: Slot) => instrument >= TIER_NUMBERS && instrument < 2 * TIER_NUMBERS
  const [first, rest] = [slots.slice(0, 2), slots.slice(2)].map((list) =>
    list.map((slot, s) => ({ slot, s })).filter(({ slot }) => slot.quantity !== 0n),
  ) as [{ slot: Slot; s: number }[], { slot: Slot; s: number }[]]
  return (
    first.every(
      ({ slot, s }, i) =>
        i === s &&
        isTier(slot) &&
        slot.quantity > 0n &&
        slot.quantity <= widths[slot.instrument - TIER_NUMBERS]! &&
        (i === 0 || slot.instrument > first[i - 1]!.slot.instrument),
    ) && rest.every(({ slot }) => !isTier(slot))
  )
}

function isNetted(accounts: readonly LedgerAccount[]): boolean {
  const perps = accounts.flatMap(({ slots }) => slots).filter(({ instrument }) => instrument === PERP)
  return perps.reduce((sum, { quantity }) => sum + quantity, 0n) === 0n
}
