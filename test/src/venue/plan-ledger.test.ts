import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Account, ShapeCount } from '../../../src/ledger/index.js'
import { estimateInstance, loadInstances } from '../../../src/proving/index.js'
import type { RiskTable } from '../../../src/risk/index.js'
import { ESTIMATE_ERROR, estimateCount, type Instance, ownInstance } from '../../../src/statements/index.js'
import { EpochSecret } from '../../../src/venue/epoch-secret.js'
import { batchesOf, startsOf } from '../../../src/venue/fold/batches.js'
import { betterSizes } from '../../../src/venue/plan/better-sizes.js'
import { planCandidates } from '../../../src/venue/plan/candidates.js'
import { type Box, cheapCover, type Demand } from '../../../src/venue/plan/cover.js'
import { type LedgerPlan, leafStep, type PlanOptions, planLedger } from '../../../src/venue/plan-ledger.js'

const ledger = (name: string, ACCOUNTS: number, SLOTS: number, SCENARIOS = 0, PLEDGED = 0): Instance => ({
  name,
  statement: 'ledger',
  file: 'ledger.circom',
  template: 'Ledger',
  params: { ACCOUNTS, SLOTS, SCENARIOS, PLEDGED },
  public: ['stateBefore', 'stateAfter'],
})
const solvency = (SPOTS: number, DERIVATIVES: number, TIERS: number, SCENARIOS: number): Instance => ({
  ...ledger(`solvency-${SPOTS}-${DERIVATIVES}-${TIERS}-s${SCENARIOS}`, 0, 0),
  statement: 'solvency',
  params: { SPOTS, DERIVATIVES, TIERS, SCENARIOS },
})
const INSTANCES = [
  ...[solvency(8, 0, 0, 0), solvency(64, 0, 0, 0), solvency(8, 4, 0, 4), solvency(64, 8, 0, 16)],
  ...[solvency(8, 4, 16, 4)],
  ledger('few', 90, 4),
  ledger('many', 410, 4),
  ledger('wide', 35, 16),
  ledger('wider', 10, 64),
  ledger('stress', 20, 4, 4),
  ledger('stress-wide', 20, 16, 4),
  ledger('stress-16', 20, 4, 16),
  ledger('stress-16-wide', 20, 64, 16),
  ledger('pledge', 10, 16, 4, 12),
  ledger('tiny', 4, 4),
]

interface Rows {
  spots?: number
  derivatives?: number
  tiers?: number
  scenarios?: number
}

function tableOf({ spots = 3, derivatives = 0, tiers = 0, scenarios = 0 }: Rows): RiskTable {
  const row = (symbol: string, kind: 'spot' | 'perp') => ({ symbol, kind, decimals: 2, mark: 100n })
  const instruments = [
    row('S0', 'spot'),
    ...Array.from({ length: tiers }, (_, i) => ({
      ...row(`S0:loan:${i}`, 'spot'),
      tier: { list: 'loan' as const, width: 10n },
    })),
    ...Array.from({ length: spots - 1 }, (_, i) => row(`S${i + 1}`, 'spot')),
    ...Array.from({ length: derivatives }, (_, i) => row(`P${i}`, 'perp')),
  ]
  const values = instruments.map(() => ({ long: 1n, short: 1n }))
  return {
    timestamp: 1,
    quote: 'USD',
    valueDecimals: 2,
    instruments,
    scenarios: Array.from({ length: scenarios }, (_, s) => ({ name: `scenario ${s}`, values })),
  }
}

const plain = (others: number, accounts: number): ShapeCount => ({
  kind: 'plain',
  tiers: 0,
  others,
  accounts,
})
const stressed = (others: number, accounts: number): ShapeCount => ({
  ...plain(others, accounts),
  kind: 'stressed',
})
const pledged = (tiers: number, others: number, accounts: number): ShapeCount => ({
  kind: 'pledged',
  tiers,
  others,
  accounts,
})
const plan = (shapes: ShapeCount[], rows: Rows = {}, options: PlanOptions = {}) =>
  planLedger(INSTANCES, tableOf(rows), shapes, options)
const runs = ({ runs: all }: LedgerPlan) =>
  Object.fromEntries(all.map(({ instance, batches }) => [instance.name, batches]))

describe('planLedger (epoch.7)', () => {
  test('mixes instances, and takes the small ones for a small ledger', () => {
    expect(runs(plan([plain(2, 50)]))).toEqual({ few: 1 })
    expect(runs(plan([plain(2, 1_230)]))).toEqual({ many: 3 })
    expect(runs(plan([plain(2, 150), plain(7, 3)]))).toEqual({ few: 2, wide: 1 })
    expect(runs(plan([plain(0, 5)]))).toEqual({ few: 1 })
  })

  test('puts few accounts into places that are free anyway, and none into a leaf more than one step wider', () => {
    expect(runs(plan([plain(2, 5), stressed(1, 5)], { scenarios: 1 }))).toEqual({ stress: 1 })
    expect(runs(plan([plain(4, 5), plain(16, 20)]))).toEqual({ wide: 1 })
    expect(runs(plan([plain(4, 1), plain(17, 1)]))).toEqual({ few: 1, wider: 1 })
    expect([0, 1, 4, 5, 16, 17, 64, 65, 1_000].map(leafStep)).toEqual([4, 4, 4, 16, 16, 64, 64, 256, 1_024])
  })

  test('takes the fewest scenarios that hold the table, for solvency and all its batches', () => {
    for (const scenarios of [1, 4]) {
      const made = plan([plain(2, 20), stressed(5, 1)], { scenarios })
      expect(made.solvency.sizes).toMatchObject({ scenarios: 4 })
      expect(made.runs.every(({ instance }) => [0, 4].includes(instance.sizes.scenarios))).toBe(true)
    }
    expect(plan([stressed(2, 20)], { scenarios: 5 }).solvency.sizes).toMatchObject({ scenarios: 16 })
    // Room for 17 spot instruments has no other.
    expect(runs(plan([stressed(2, 20)], { scenarios: 1, spots: 17 }))).toEqual({ 'stress-16': 1 })
  })

  test('takes more scenarios than the table has where only they have room for an account', () => {
    const made = plan([stressed(2, 20), stressed(20, 1)], { scenarios: 4 })
    expect(made.solvency.sizes.scenarios).toBe(16)
    expect(runs(made)).toEqual({ 'stress-16': 1, 'stress-16-wide': 1 })
  })

  test('never gives a table without scenarios an instance that would accept a loan', () => {
    expect(plan([plain(2, 20)]).solvency.sizes.scenarios).toBe(0)
    expect(() => plan([plain(2, 20)], {}, { instances: ['stress'] })).toThrow(/of those named/)
    expect(() => plan([stressed(1, 1)])).toThrow(/debts, shorts or derivatives/)
    expect(() => plan([plain(1, 1)], { derivatives: 1 })).toThrow(/1 derivative and no scenario/)
  })

  test('gives a table with tiers the instances with tiers, and no other table one of them', () => {
    const tiered = { tiers: 3, scenarios: 2 }
    const made = plan([plain(2, 80), pledged(3, 1, 4)], tiered)
    expect(made.solvency.sizes.tiers).toBe(16)
    expect(runs(made)).toEqual({ few: 1, pledge: 1 })
    expect(plan([plain(2, 20)], { scenarios: 2 }).solvency.sizes.tiers).toBe(0)
    const without = INSTANCES.filter(({ params }) => !params.TIERS)
    expect(() => planLedger(without, tableOf(tiered), [plain(1, 1)])).toThrow(/with tiers/)
    expect(() => plan([pledged(13, 1, 1)], tiered)).toThrow(/13 slots of tiers.* takes more than 12/)
    expect(() => plan([pledged(1, 5, 1)], tiered)).toThrow(/1 slot of tiers and 5 others/)
  })

  test('hides how many accounts have debts when it is asked to', () => {
    const shapes = [plain(2, 100), stressed(2, 1)]
    expect(runs(plan(shapes, { scenarios: 1 }))).toEqual({ few: 1, stress: 1 })
    const hidden = plan(shapes, { scenarios: 1 }, { allStressed: true })
    expect(runs(hidden)).toEqual({ stress: 6 })
    expect(runs(plan([plain(2, 50)], {}, { allStressed: true }))).toEqual({ few: 1 })
  })

  test('says when no instance is large enough, which sizes there are, and whom to ask', () => {
    expect(() => plan([plain(65, 1)])).toThrow(
      'an account has 65 slots, and no instance for this risk table takes more than 64',
    )
    expect(() => plan([plain(1, 1)], { spots: 65 })).toThrow(/65 spot instruments: the most are 64/)
    expect(() => plan([plain(1, 1)], { scenarios: 17 })).toThrow(/17 scenarios: the most are 16/)
    expect(() => plan([plain(1, 1)], { derivatives: 9, scenarios: 4 })).toThrow(
      /9 derivatives: the most are 8/,
    )
    const apart = [...INSTANCES, solvency(9, 2, 0, 16)].filter((i) => i.name !== 'solvency-64-8-0-s16')
    expect(() =>
      planLedger(apart, tableOf({ spots: 9, derivatives: 4, scenarios: 4 }), [plain(1, 1)]),
    ).toThrow(/9 spot instruments, 4 derivatives, 0 tiers at once: there are solvency/)
  })

  test('refuses a ledger of more batches than the accounts tree has places', () => {
    const only = { instances: ['wider'] }
    expect(plan([plain(60, 10 * 2 ** 20)], {}, only).batches).toBe(2 ** 20)
    expect(() => plan([plain(60, 10 * 2 ** 20 + 1)], {}, only)).toThrow(/1048577 batches/)
  })

  test('of the shipped instances, has room for whatever the bounds allow, and takes no tiny one unasked', () => {
    const all = loadInstances()
    const wide = planLedger(all, tableOf({ spots: 1_024, derivatives: 900, scenarios: 4 }), [
      stressed(1_024, 1),
    ])
    expect(runs(wide)).toEqual({ 'ledger-1024-18-s4': 1 })
    const exchange = planLedger(all, tableOf({ spots: 500, tiers: 3_000, scenarios: 2 }), [
      plain(3, 200),
      pledged(60, 22, 1),
      pledged(190, 60, 1),
    ])
    expect(exchange.solvency.name).toBe('solvency-21-s4-tiers')
    expect([...wide.runs, ...exchange.runs].some(({ instance }) => instance.name.includes('tiny'))).toBe(
      false,
    )
    const acceptance = planLedger(all, tableOf({ spots: 12, scenarios: 3 }), [
      stressed(12, 25),
      plain(3, 1_975),
    ])
    expect(acceptance.solvency.name).toBe('solvency-16-s4')
    const named = { instances: ['ledger-tiny'] }
    expect(planLedger(all, tableOf({}), [plain(2, 9)], named)).toMatchObject({
      solvency: { name: 'solvency-tiny' },
      batches: 3,
    })
  })
})

/** Boxes and demands of any kind, of which each demand fits somewhere. */
const covers = fc
  .array(fc.record({ room: fc.integer({ min: 1, max: 9 }), cost: fc.integer({ min: 1, max: 20 }) }), {
    minLength: 1,
    maxLength: 4,
  })
  .chain((boxes) =>
    fc.tuple(
      fc.constant(boxes.map((box): Box => ({ ...box, opening: 0 }))),
      fc.array(
        fc.record({
          count: fc.integer({ min: 1, max: 12 }),
          boxes: fc.subarray([...boxes.keys()], { minLength: 1 }),
        }),
        { minLength: 1, maxLength: 3 },
      ),
    ),
  )

test('a cover has room for every demand, and no box that could be left out (epoch.7)', () => {
  fc.assert(
    fc.property(covers, ([boxes, demands]: [Box[], Demand[]]) => {
      const { boxes: counts, placed } = cheapCover(demands, boxes)
      for (const [d, { count, boxes: own }] of demands.entries()) {
        expect(placed[d]!.reduce((sum, n) => sum + n, 0)).toBe(count)
        expect(placed[d]!.every((n, b) => n >= 0 && (n === 0 || own.includes(b)))).toBe(true)
      }
      for (const [b, { room }] of boxes.entries()) {
        const used = placed.reduce((sum, row) => sum + row[b]!, 0)
        expect(used).toBeLessThanOrEqual(room * counts[b]!)
      }
      // Alone, a demand costs what the best way to fill its boxes costs, whatever that is.
      if (demands.length === 1) {
        const [{ count, boxes: own }] = demands as [Demand]
        const least = [0]
        for (let n = 1; n <= count; n++) {
          least.push(Math.min(...own.map((b) => boxes[b]!.cost + least[Math.max(0, n - boxes[b]!.room)]!)))
        }
        expect(counts.reduce((sum, n, b) => sum + n * boxes[b]!.cost, 0)).toBe(least[count])
      }
    }),
  )
})

test('batchesOf yields every account exactly once, in a batch that has room for it, at its own place (epoch.7)', async () => {
  const kinds = fc.record({ slots: fc.nat(20), short: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(fc.array(kinds, { minLength: 1, maxLength: 260 }), async (given) => {
      const table = tableOf({ spots: 60, scenarios: 10 })
      const accounts: Account[] = given.map(({ slots, short }, i) => ({
        id: `${i}`,
        owner: 0n,
        slots: Array.from({ length: slots }, (_, instrument) => ({
          instrument,
          quantity: short && instrument === 0 ? -1n : 1n,
        })),
      }))
      const counts = new Map<string, ShapeCount>()
      for (const { slots, short } of given) {
        const shape = short && slots > 0 ? stressed(slots, 0) : plain(slots, 0)
        const known = counts.get(JSON.stringify(shape)) ?? shape
        counts.set(JSON.stringify(shape), { ...known, accounts: known.accounts + 1 })
      }
      const made = planLedger(INSTANCES, table, [...counts.values()])
      const ledgerOf = {
        async *accounts() {
          yield* accounts
        },
      }
      const seen: string[] = []
      const places: { index: number; name: string }[] = []
      for await (const { index, instance, accounts: members } of batchesOf(
        made,
        table,
        ledgerOf,
        Buffer.of(),
      )) {
        places.push({ index, name: instance.name })
        expect(members.length).toBeLessThanOrEqual(instance.sizes.accounts)
        for (const { id, slots } of members) {
          expect(slots.length).toBeLessThanOrEqual(instance.sizes.slots)
          if (slots.some(({ quantity }) => quantity < 0n)) expect(instance.sizes.scenarios).toBe(16)
          seen.push(id)
        }
      }
      expect(seen.toSorted()).toEqual(accounts.map(({ id }) => id).toSorted())
      const inOrder = places.toSorted((a, b) => a.index - b.index)
      expect(inOrder.map(({ index }) => index)).toEqual(Array.from({ length: made.batches }, (_, i) => i))
      expect(
        inOrder.map(({ name }) => name),
        'P08: the order of batches says nothing of how full they are',
      ).toEqual(made.runs.flatMap(({ instance, batches }) => new Array<string>(batches).fill(instance.name)))
      // One run read by itself has the same batches, in their order.
      for (const [run, first] of startsOf(made).entries()) {
        const own: number[] = []
        for await (const { index } of batchesOf(made, table, ledgerOf, Buffer.of(), run)) own.push(index)
        expect(own).toEqual(Array.from({ length: made.runs[run]!.batches }, (_, i) => first + i))
      }
    }),
    { numRuns: 30 },
  )
})

describe("a project's own sizes (key.11, epoch.7)", () => {
  const rows = { spots: 6, tiers: 20, scenarios: 1 }
  const shapes = [pledged(3, 1, 30), pledged(1, 4, 200), plain(2, 9)]
  const among = (options: PlanOptions) => planLedger(planCandidates(options), tableOf(rows), shapes, options)

  test('are proposed where they save much, fill their domain and no more, and are taken once the project has them', () => {
    const shipped = among({})
    const { instances, saves } = betterSizes(tableOf(rows), shapes, shipped)!
    expect(saves).toBeGreaterThan(0.2)
    const own = Object.values(instances).map((sizes) => ownInstance(sizes))
    expect(own.map(({ name }) => name)).toEqual(Object.keys(instances))
    expect(own.map(({ params }) => params)).toContainEqual({
      SPOTS: 6,
      DERIVATIVES: 0,
      TIERS: 20,
      SCENARIOS: 1,
    })
    for (const instance of own.filter(({ statement }) => statement === 'ledger')) {
      const { nonLinear } = estimateCount(instance)!
      const { domainSize } = estimateInstance(instance)
      expect(instance.params).toMatchObject({ SCENARIOS: 1, PLEDGED: 3 })
      // Also where the estimate is as wrong as it may be, the circuit is within its domain.
      expect(nonLinear * (1 + ESTIMATE_ERROR)).toBeLessThan(domainSize)
      expect(nonLinear).toBeGreaterThan(0.9 * domainSize)
    }
    const taken = among({ own })
    const names = [...taken.runs.map(({ instance }) => instance.name), taken.solvency.name]
    expect(names.filter((name) => name in instances).sort()).toEqual(Object.keys(instances).sort())
    expect(betterSizes(tableOf(rows), shapes, taken, { own })).toBeUndefined()
  })

  test('are taken by name alone, too, and a name that is none is refused', () => {
    const name = 'ledger-own-90-16-4-5'
    const made = among({ instances: [name, 'ledger-4-16'] })
    expect(made.runs.map(({ instance }) => instance.name)).toContain(name)
    const none = () => planCandidates({ instances: ['ledger-own-90-16-4'] })
    expect(none).toThrow(expect.objectContaining({ code: 'INSTANCE_UNKNOWN' }))
    const beyond = () => planCandidates({ instances: ['ledger-own-90-16-0-5'] })
    expect(beyond).toThrow(expect.objectContaining({ code: 'INSTANCE_SIZE' }))
  })
})

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
      s.padding(0, 0).accountId,
      s.padding(0, 0).salt,
      s.padding(0, 1).salt,
      s.padding(1, 0).salt,
      s.stateBlind(0),
      s.stateBlind(1),
      s.equitiesBlind(0),
      s.equitiesBlind(1),
      s.totalsBlind(),
      s.weightedTotalsBlind(),
      s.reservesBlind([1n, 2n]),
      s.reservesBlind([12n]),
    ]
    expect(derive(EpochSecret.fromHex(a.toHex()))).toEqual(derive(a))
    const all = [...derive(a), ...derive(b)]
    expect(new Set(all).size).toBe(all.length)
    expect(all.every((x) => x < 1n << 248n)).toBe(true)
  })
})
