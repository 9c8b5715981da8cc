import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Account } from '../../../src/ledger/index.js'
import type { Instance } from '../../../src/statements/index.js'
import { EpochSecret } from '../../../src/venue/epoch-secret.js'
import { batchAccounts, planLedger } from '../../../src/venue/plan-ledger.js'

const instance = (
  name: string,
  ACCOUNTS: number,
  SLOTS: number,
  INSTRUMENTS: number,
  SCENARIOS = 0,
): Instance => ({
  name,
  statement: 'ledger',
  file: 'ledger.circom',
  template: 'Ledger',
  params: { ACCOUNTS, SLOTS, INSTRUMENTS, SCENARIOS },
  public: ['stateBefore'],
})
const solvency = (INSTRUMENTS: number, SCENARIOS: number, TIERED = 0): Instance => ({
  ...instance(`solvency-${INSTRUMENTS}-${SCENARIOS}`, 0, 0, INSTRUMENTS, SCENARIOS),
  statement: 'solvency',
  params: { INSTRUMENTS, SCENARIOS, TIERED },
})
const INSTANCES = [
  ...[solvency(8, 0), solvency(64, 0), solvency(16, 4), solvency(64, 8)],
  instance('few', 10, 4, 8),
  instance('many', 100, 4, 8),
  instance('wide', 5, 8, 8),
  instance('other', 10, 4, 64),
  instance('stress', 10, 4, 16, 4),
  instance('stress-wide', 5, 8, 16, 4),
  instance('stress-64', 10, 4, 64, 8),
  instance('stress-64-wide', 2, 64, 64, 8),
  instance('unsolved', 9, 512, 64, 4),
]
const plan = (counts: [number, number][], instruments = 3, scenarios = 0) =>
  planLedger(INSTANCES, { instruments, scenarios, tiered: false, histogram: new Map(counts) })

describe('planLedger (epoch.7)', () => {
  test('sends each account to the fewest slots that hold it, and takes the larger of two only when it is filled', () => {
    expect(plan([[2, 50]]).instances.map((i) => i.name)).toEqual(['few'])
    expect(
      plan([
        [2, 150],
        [7, 3],
      ]),
    ).toMatchObject({
      instances: [{ name: 'many' }, { name: 'wide' }],
      batches: 3,
    })
    expect(plan([[2, 5]], 9)).toMatchObject({ instruments: 64, instances: [{ name: 'other' }] })
    expect(plan([[0, 5]])).toMatchObject({ instances: [{ name: 'few' }], batches: 1 })
  })

  test('takes the fewest scenarios that hold the table, and pads the rest', () => {
    const counts: [number, number][] = [
      [2, 20],
      [5, 1],
    ]
    for (const scenarios of [1, 4]) {
      expect(plan(counts, 9, scenarios)).toMatchObject({
        instruments: 16,
        scenarios: 4,
        instances: [{ name: 'stress' }, { name: 'stress-wide' }],
      })
    }
    expect(plan([[2, 20]], 9, 5)).toMatchObject({ scenarios: 8, instances: [{ name: 'stress-64' }] })
    expect(plan([[2, 20]], 17, 1)).toMatchObject({ scenarios: 8, instances: [{ name: 'stress-64' }] })
    expect(() => plan(counts, 9, 9)).toThrow(/9 scenarios/)
  })

  test('never gives a table without scenarios an instance that would accept a loan', () => {
    const needs = { instruments: 3, scenarios: 0, tiered: false, histogram: new Map([[2, 20]]) }
    expect(planLedger(INSTANCES, needs).scenarios).toBe(0)
    expect(() => planLedger(INSTANCES, needs, ['stress'])).toThrow(
      /of those named is for a risk table without scenarios/,
    )
  })

  test('gives a table with tiers the instances with tiers, and no other table one of them', () => {
    const tiers = { ...instance('tiers', 10, 4, 16, 4) }
    tiers.params = { ...tiers.params, TIERED: 1 }
    const needs = { instruments: 3, scenarios: 2, histogram: new Map([[2, 20]]) }
    const among = [...INSTANCES, tiers, solvency(16, 4, 1)]
    expect(planLedger(among, { ...needs, tiered: true }).instances.map((i) => i.name)).toEqual(['tiers'])
    expect(planLedger(among, { ...needs, tiered: false }).instances.map((i) => i.name)).toEqual(['stress'])
    expect(() => planLedger(INSTANCES, { ...needs, tiered: true })).toThrow(/with tiers/)
    expect(() => planLedger(among, { ...needs, tiered: false }, ['tiers'])).toThrow(/without tiers/)
  })

  test('takes larger instances for a wide account, where there are any that hold it', () => {
    const wide = plan(
      [
        [2, 1975],
        [12, 25],
      ],
      12,
      4,
    )
    expect(wide).toMatchObject({
      instruments: 64,
      scenarios: 8,
      instances: [{ name: 'stress-64' }, { name: 'stress-64-wide' }],
    })
    expect(plan([[8, 1]], 12, 4).instances.map((i) => i.name)).toEqual(['stress-wide'])
  })

  test('takes no instance whose ledger no other could prove solvent', () => {
    expect(() => plan([[65, 1]], 12, 4)).toThrow(/65 slots/)
  })

  test('says when no instance is large enough, which sizes there are, and whom to ask', () => {
    expect(() => plan([[9, 1]])).toThrow(
      'an account holds 9 slots, and no instance for 0 scenarios and 3 instruments takes more than 8 (wide)',
    )
    expect(() => plan([[65, 1]], 12, 1)).toThrow(
      'an account holds 65 slots, and no instance for 1 scenario and 12 instruments takes more than 64 (stress-64-wide)',
    )
    expect(() => plan([[1, 1]], 65)).toThrow(/65 instruments: the most are 64/)
    expect(() => plan([[1, 1]], 17, 9)).toThrow(/9 scenarios: the most are 8/)
  })

  test('refuses a ledger of more batches than the accounts tree has places', () => {
    expect(plan([[8, 5 * 65_536]]).batches).toBe(65_536)
    expect(() => plan([[8, 5 * 65_536 + 1]])).toThrow(/65537 batches/)
  })
})

test('batchAccounts yields every account exactly once, none in a batch that is too small for it (epoch.7)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(8), { minLength: 1, maxLength: 260 }), async (sizes) => {
      const accounts: Account[] = sizes.map((n, i) => ({
        id: `${i}`,
        owner: 0n,
        slots: Array.from({ length: n }, (_, instrument) => ({ instrument, quantity: 1n })),
      }))
      const histogram = new Map<number, number>()
      for (const n of sizes) histogram.set(n, (histogram.get(n) ?? 0) + 1)
      const made = planLedger(INSTANCES, { instruments: 3, scenarios: 0, tiered: false, histogram })
      const seen: string[] = []
      let batches = 0
      const order: string[] = []
      async function* all() {
        yield* accounts
      }
      for await (const batch of batchAccounts(made, all)) {
        batches++
        order.push(batch.instance.name)
        expect(batch.accounts.length).toBeLessThanOrEqual(batch.instance.sizes.accounts)
        for (const account of batch.accounts) {
          expect(account.slots.length).toBeLessThanOrEqual(batch.instance.sizes.slots)
          seen.push(account.id)
        }
      }
      expect(seen.toSorted()).toEqual(accounts.map((a) => a.id).toSorted())
      expect(batches).toBe(made.batches)
      expect(order, 'P08: the order of batches says nothing of how full they are').toEqual(
        order.toSorted(byPlan(made)),
      )
    }),
  )
})

function byPlan(made: ReturnType<typeof plan>) {
  const rank = (name: string) => made.instances.findIndex((i) => i.name === name)
  return (a: string, b: string) => rank(a) - rank(b)
}

describe('EpochSecret', () => {
  test('P08: hides which members of a batch are padding: every member stays, at a place that the seed decides (privacy.4)', () => {
    const secret = EpochSecret.random()
    const members = Array.from({ length: 50 }, (_, i) => i)
    const places = [0, 1].map((batch) => secret.permute(batch, members))
    for (const place of places) expect(place.toSorted((a, b) => a - b)).toEqual(members)
    expect(places[0]).not.toEqual(places[1])
    expect(places[0]).not.toEqual(members)
    expect(EpochSecret.fromHex(secret.toHex()).permute(0, members)).toEqual(places[0])
  })

  test('P02: derives the same from the same seed, and nothing twice: not across accounts, uses, or epochs (privacy.3)', () => {
    const [a, b] = [EpochSecret.random(), EpochSecret.random()]
    const derive = (s: EpochSecret) => [
      s.salt('alice'),
      s.salt('bob'),
      s.salt('1'),
      s.padding(0).accountId,
      s.padding(0).salt,
      s.padding(1).salt,
      s.stateBlind(0),
      s.stateBlind(1),
      s.reservesBlind([1n, 2n]),
      s.reservesBlind([12n]),
    ]
    expect(derive(EpochSecret.fromHex(a.toHex()))).toEqual(derive(a))
    const all = [...derive(a), ...derive(b)]
    expect(new Set(all).size).toBe(all.length)
    expect(all.every((x) => x < 1n << 248n)).toBe(true)
  })
})
