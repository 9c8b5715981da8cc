import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ledgerSizesOf } from '../../../../src/epoch/index.js'
import { TREE_ARITY } from '../../../../src/hash/index.js'
import { type ShapeCount, shapeKey } from '../../../../src/ledger/index.js'
import { findInstance, loadInstances } from '../../../../src/proving/index.js'
import { REASONS, treeOf, weighSizes } from '../../../../src/statements/index.js'
import type { FoldPlan } from '../../../../src/venue/plan-ledger.js'
import type { ActivityFiles, FileReason } from '../../../../src/venue/settle/activity-files.js'
import { type SettlementNeeds, SettlementPlanner } from '../../../../src/venue/settle/plan-settlement.js'

const INSTANCES = loadInstances()
const planner = new SettlementPlanner(INSTANCES)
const named = (statement: string) =>
  INSTANCES.filter((each) => each.statement === statement && !each.name.includes('tiny'))

/** A ledger of batches of one instance. */
const ledgerOf = (name: string, batches: number): FoldPlan => {
  const instance = { name, sizes: ledgerSizesOf(findInstance(name)) }
  return { runs: [{ instance, batches }], batches, routes: [] }
}
const shape = (others: number, accounts: number): ShapeCount => ({
  ...{ kind: 'stressed', tiers: 0, others, accounts },
})
/** Rows of which nothing is known but how many of each shape there are. */
const rowsOf = (rows: Partial<Record<FileReason, ShapeCount[]>>): ActivityFiles =>
  new Map(
    Object.entries(rows).map(([reason, shapes]) => [reason, { path: '', activity: { shapes } }]),
  ) as unknown as ActivityFiles
const needs = (given: Partial<SettlementNeeds> = {}): SettlementNeeds => ({
  ledgers: [ledgerOf('ledger-4-16', 1), ledgerOf('ledger-4-16', 1)],
  ...{ activity: rowsOf({}), liquidations: [], spots: 64 },
  ...given,
})
const liquidation = (width: number) => ({
  slots: Array.from({ length: width }, () => ({ instrument: 0, quantity: 1n })),
})

describe('the plan of a settlement (settlement.32)', () => {
  test('weighs the batches of every ledger that ships and has no tiers, each leaf in one chunk', () => {
    const plain = named('ledger').filter(({ params }) => params.PLEDGED === 0)
    expect(plain).toHaveLength(20)
    for (const { name } of plain) {
      const ledger = ledgerOf(name, 7)
      const { trees } = planner.plan(needs({ ledgers: [ledger, ledger] }))
      expect(trees.map(({ tree }) => tree)).toEqual([0, 1])
      const { accounts, slots, scenarios } = ledger.runs[0]!.instance.sizes
      for (const { runs } of trees) {
        const [run] = runs
        expect(runs, name).toHaveLength(1)
        expect(run!.batches).toBe(7)
        const { leaves, level, slots: width, activity } = run!.instance.sizes
        expect([width, activity], name).toEqual([slots, false])
        const places = TREE_ARITY ** level
        // Accounts stand first; behind those of a stressed batch is the leaf of no account.
        const all = accounts + (scenarios > 0 ? 1 : 0)
        expect(run!.chunks, name).toBe(Math.ceil(all / places))
        for (let first = 0; first < all; first += places) {
          const own = Math.max(0, Math.min(accounts - first, places))
          expect(own, name).toBeLessThanOrEqual(leaves)
          expect(Math.min(all - first, places) - own, name).toBeLessThanOrEqual(
            leaves < places ? 1 : places - own,
          )
        }
      }
    }
  })

  test('closes at the spot instruments of every solvency instance without tiers', () => {
    const spots = named('solvency').filter(({ params }) => params.TIERS === 0)
    for (const { name, params } of spots) {
      const { instance } = planner.plan(needs({ spots: params.SPOTS! }))
      expect(findInstance(instance).params, name).toEqual({ SPOTS: params.SPOTS })
    }
  })

  test('has room for all rows of each reason, in leaves that are not much wider than they need', () => {
    const count = fc.integer({ min: 1, max: 3_000 })
    const widths = fc.uniqueArray(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(widths, fc.array(count, { minLength: 6, maxLength: 6 }), (others, counts) => {
        const shapes = others.map((width, i) => shape(width, counts[i]!))
        const { trees, rows, chunks } = planner.plan(needs({ activity: rowsOf({ trades: shapes }) }))
        const plan = rows.get('trades')!
        const placed = new Map<number, number>()
        for (const { shapes: keys, quotas } of plan.routes) {
          const wanted = shapes.filter((each) => keys.includes(shapeKey(each)))
          const sum = (list: readonly { accounts: number }[]) =>
            list.reduce((all, { accounts }) => all + accounts, 0)
          expect(sum(quotas)).toBe(sum(wanted))
          for (const { run, accounts } of quotas) {
            placed.set(run, (placed.get(run) ?? 0) + accounts)
            const { slots } = plan.runs[run]!.instance.sizes
            for (const each of wanted) expect(each.others).toBeLessThanOrEqual(slots)
          }
        }
        expect(plan.routes.flatMap(({ shapes: keys }) => keys).sort()).toEqual(shapes.map(shapeKey).sort())
        for (const [run, { instance, batches }] of plan.runs.entries()) {
          expect(placed.get(run)).toBeLessThanOrEqual(batches * instance.sizes.accounts)
          expect(weighSizes(findInstance(instance.name)).activity).toBe(true)
        }
        const own = trees.find(({ tree }) => tree === treeOf('trades'))!
        expect(own.runs.map(({ batches, chunks: each }) => [batches, each])).toEqual(
          plan.runs.map(({ batches }) => [batches, 1]),
        )
        expect(chunks).toBe(
          trees.flatMap(({ runs }) => runs).reduce((sum, run) => sum + run.batches * run.chunks, 0),
        )
      }),
      { numRuns: 60 },
    )
  })

  test('has trees in their order, and none for a reason without rows', () => {
    const activity = rowsOf({ takers: [shape(2, 5)], transfers: [shape(1, 500)], fees: [] })
    const { trees } = planner.plan(needs({ activity, liquidations: [liquidation(4), liquidation(16)] }))
    const reasons = ['transfers', 'liquidations', 'takers'] as const
    expect(trees.map(({ tree }) => tree).sort()).toEqual([0, 1, ...reasons.map(treeOf)].sort())
    const own = trees.find(({ tree }) => tree === treeOf('liquidations'))!
    expect(own.runs.map(({ instance, batches, chunks }) => [instance.sizes.slots, batches, chunks])).toEqual([
      [4, 1, 1],
      [16, 1, 1],
    ])
    expect(REASONS).toHaveLength(7)
  })

  test('is refused where nothing fits, and names what', () => {
    const refused = (given: Partial<SettlementNeeds>, own = planner) => {
      try {
        own.plan(needs(given))
      } catch (error) {
        return error
      }
      return undefined
    }
    const pledged = named('ledger').find(({ params }) => params.PLEDGED! > 0)!.name
    expect(pledged).toBeDefined()
    const rows = refused({ activity: rowsOf({ trades: [shape(1025, 1)] }) })
    expect(rows).toMatchObject({ code: 'SETTLEMENT_PLAN', exitCode: 2, where: 'trades' })
    expect(`${rows}`).toContain('rows in 1025 instruments and sides, and no instance takes more than 1024')
    const among = new SettlementPlanner(INSTANCES, { instances: ['weigh-activity-4-16'] })
    expect(`${refused({}, among)}`).toContain('no instance of those named weighs the batches of ledger-4-16')
    expect(among.misfit(shape(5, 1))).toContain('no instance of those named takes more than 4')
    expect(among.misfit(shape(4, 1))).toBeUndefined()
    expect(refused({ liquidations: [liquidation(5)] })).toMatchObject({ code: 'SETTLEMENT_PLAN' })
  })
})
