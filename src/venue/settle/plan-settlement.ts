import { InputError } from '../../errors/index.js'
import { TREE_ARITY } from '../../hash/index.js'
import { type AccountShape, type ShapeCount, shapeKey } from '../../ledger/index.js'
import { findInstance, proofRows } from '../../proving/index.js'
import {
  type Instance,
  REASONS,
  type Reason,
  settlementInstance,
  treeOf,
  type WeighSizes,
  weighSizes,
} from '../../statements/index.js'
import { cheapCover, type Demand } from '../plan/cover.js'
import {
  type FoldPlan,
  isTiny,
  type LedgerRun,
  leafStep,
  OPENING_SHARE,
  type PlanOptions,
  WIDER,
} from '../plan-ledger.js'
import type { ActivityFiles, FileReason } from './activity-files.js'
import type { LiquidationRow } from './liquidation-rows.js'

/** A `weigh` instance and its sizes. */
export interface WeighInstance {
  name: string
  sizes: WeighSizes
}

/** Batches in a row of one tree, each of which is weighed in as many chunks. */
export interface WeighRun {
  instance: WeighInstance
  batches: number
  /** Of each batch. */
  chunks: number
}

/** What a settlement is about to be proven by. */
export interface PlannedSettlement {
  /** The instance of the closing proof. */
  instance: string
  /** Chunks of all trees: proofs before the closing one. */
  chunks: number
}

/** Which instances prove a settlement, and where rows go. */
export interface SettlementPlan extends PlannedSettlement {
  /** By tree, of those that there are, in their order. */
  trees: readonly { tree: number; runs: readonly WeighRun[] }[]
  /** Where the rows of each reason go. */
  rows: ReadonlyMap<FileReason, FoldPlan>
}

/** What a settlement is planned for. */
export interface SettlementNeeds {
  /** Of the epochs' ledgers, the earlier first. */
  ledgers: readonly [FoldPlan, FoldPlan]
  activity: ActivityFiles
  liquidations: readonly Pick<LiquidationRow, 'slots'>[]
  /** Spot instruments of the epochs' solvency instances. */
  spots: number
}

/** Chooses the instances that prove a settlement in the least time. */
export class SettlementPlanner {
  private readonly among: string
  private readonly accounts: readonly CostedInstance[]
  private readonly rows: readonly CostedInstance[]

  /** @param instances to choose among; those with tiny sizes are taken by name alone */
  constructor(instances: readonly Instance[], { instances: only }: Pick<PlanOptions, 'instances'> = {}) {
    this.among = only === undefined ? '' : ' of those named'
    const weigh = instances
      .filter(({ statement, name }) => statement === 'weigh' && (only?.includes(name) ?? !isTiny(name)))
      .map((instance) => ({
        name: instance.name,
        sizes: weighSizes(instance),
        cost: proofRows(instance),
      }))
    this.accounts = weigh.filter(({ sizes }) => !sizes.activity)
    this.rows = weigh.filter(({ sizes }) => sizes.activity)
  }

  /** Why no instance has room for the rows of one customer and reason; `undefined` when one has. */
  misfit({ others }: AccountShape): string | undefined {
    if (this.rows.some(({ sizes }) => admits(sizes.slots, others))) return undefined
    const most = Math.max(0, ...this.rows.map(({ sizes }) => sizes.slots))
    return most < others
      ? `rows in ${others} instruments and sides, and no instance${this.among} takes more than ${most}`
      : `rows in ${others} instruments and sides, and every instance${this.among} has leaves that are more than one step too wide`
  }

  /** @throws {InputError} `SETTLEMENT_PLAN` when no instance weighs a ledger, or has room for rows */
  plan({ ledgers, activity, liquidations, spots }: SettlementNeeds): SettlementPlan {
    const trees = ledgers.map(({ runs }, tree) => ({
      tree,
      runs: runs.map((run) => this.weighRun(run)),
    }))
    const rows = new Map<FileReason, FoldPlan>()
    for (const reason of REASONS) {
      if (reason === 'liquidations') {
        if (liquidations.length > 0) {
          trees.push({ tree: treeOf(reason), runs: this.liquidationRuns(liquidations) })
        }
        continue
      }
      const shapes = activity.get(reason)?.activity.shapes ?? []
      if (shapes.length === 0) continue
      const plan = this.rowsPlan(reason, shapes)
      rows.set(reason, plan)
      trees.push({ tree: treeOf(reason), runs: rowRuns(plan) })
    }
    return { instance: settlementInstance(spots), trees, rows, chunks: chunksOf(trees) }
  }

  /** How the batches of a ledger are weighed. */
  private weighRun({ instance, batches }: LedgerRun): WeighRun {
    const { accounts, slots, scenarios } = instance.sizes
    // Behind the accounts of a stressed batch is the leaf of its equities.
    const leaves = accounts + (scenarios > 0 ? 1 : 0)
    const fitting = this.accounts
      .filter(({ sizes }) => sizes.slots === slots && hasRoom(sizes, accounts, leaves))
      .map((each) => ({ each, chunks: Math.ceil(leaves / TREE_ARITY ** each.sizes.level) }))
      .sort((a, b) => a.chunks * a.each.cost - b.chunks * b.each.cost)
    const best = fitting[0]
    if (best === undefined) {
      throw planError(`no instance${this.among} weighs the batches of ${instance.name}`)
    }
    return { instance: bare(best.each), batches, chunks: best.chunks }
  }

  /** Liquidations are cut into batches as their leaves' slots and the instances' places have it. */
  private liquidationRuns(rows: readonly Pick<LiquidationRow, 'slots'>[]): WeighRun[] {
    const widths = [...new Set(rows.map(({ slots }) => slots.length))]
    return widths.map((width) => {
      const count = rows.filter(({ slots }) => slots.length === width).length
      const [best] = this.rows
        .filter(({ sizes }) => sizes.slots === width)
        .map((each) => ({ each, batches: Math.ceil(count / each.sizes.leaves) }))
        .sort((a, b) => a.batches * a.each.cost - b.batches * b.each.cost)
      if (best === undefined) {
        throw planError(`no instance${this.among} weighs liquidations with ${width} slots`)
      }
      return { instance: bare(best.each), batches: best.batches, chunks: 1 }
    })
  }

  /** Rows of one reason in batches that are one chunk each. */
  private rowsPlan(reason: Reason, shapes: readonly ShapeCount[]): FoldPlan {
    const demands = new Map<string, Demand & { shapes: string[] }>()
    for (const shape of shapes) {
      const boxes = this.rows.flatMap(({ sizes }, box) => (admits(sizes.slots, shape.others) ? [box] : []))
      if (boxes.length === 0) {
        throw planError(`a customer has ${this.misfit(shape)}`, reason)
      }
      const demand = demands.get(boxes.join()) ?? { count: 0, boxes, shapes: [] }
      demand.count += shape.accounts
      demand.shapes.push(shapeKey(shape))
      demands.set(boxes.join(), demand)
    }
    const list = [...demands.values()]
    const cover = cheapCover(
      list,
      this.rows.map(({ sizes, cost }) => ({ room: sizes.leaves, cost, opening: OPENING_SHARE * cost })),
    )
    const used = this.rows.flatMap(({ name, sizes }, box) => {
      const { leaves, slots } = sizes
      const instance = { name, sizes: { accounts: leaves, slots, scenarios: 0, pledged: 0 } }
      const batches = cover.boxes[box]!
      return batches === 0 ? [] : [{ box, run: { instance, batches } }]
    })
    return {
      runs: used.map(({ run }) => run),
      batches: used.reduce((sum, { run }) => sum + run.batches, 0),
      routes: list.map(({ shapes: own }, d) => ({
        shapes: own,
        quotas: used.flatMap(({ box }, run) => {
          const accounts = cover.placed[d]![box]!
          return accounts === 0 ? [] : [{ run, accounts }]
        }),
      })),
    }
  }
}

type CostedInstance = WeighInstance & { cost: number }

/** Rows of a customer go into leaves that are at most one step wider than they need. */
function admits(room: number, slots: number): boolean {
  return slots <= room && room <= WIDER * leafStep(slots)
}

/**
 * Whether every chunk of a batch has its accounts at places that are opened, and the leaf behind them at one
 * of these or at the one behind.
 */
function hasRoom({ leaves: room, level }: WeighSizes, accounts: number, leaves: number): boolean {
  const places = TREE_ARITY ** level
  const inChunk = (count: number, chunk: number) => Math.min(places, Math.max(0, count - chunk * places))
  for (let chunk = 0; chunk * places < leaves; chunk++) {
    if (inChunk(accounts, chunk) > room) return false
    if (inChunk(leaves, chunk) > Math.min(places, room + 1)) return false
  }
  return true
}

/** How the rows of a reason are weighed: each batch is one chunk. */
function rowRuns({ runs }: FoldPlan): WeighRun[] {
  return runs.map(({ instance: { name }, batches }) => ({
    instance: { name, sizes: weighSizes(findInstance(name)) },
    batches,
    chunks: 1,
  }))
}

function chunksOf(trees: SettlementPlan['trees']): number {
  return trees.flatMap(({ runs }) => runs).reduce((sum, { batches, chunks }) => sum + batches * chunks, 0)
}

function bare({ name, sizes }: CostedInstance): WeighInstance {
  return { name, sizes }
}

function planError(message: string, where?: string): InputError {
  return new InputError('SETTLEMENT_PLAN', message, {
    ...(where === undefined ? {} : { where }),
    hint: 'Leave --instance out to choose among all; `plimsoll setup --list` shows them.',
  })
}
