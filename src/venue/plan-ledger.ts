import { ledgerSizesOf, MAX_BATCHES } from '../epoch/index.js'
import { InputError } from '../errors/index.js'
import { type AccountShape, type ShapeCount, shapeKey } from '../ledger/index.js'
import { proofRows } from '../proving/index.js'
import type { RiskTable } from '../risk/index.js'
import { batchKind, type Instance, type LedgerSizes } from '../statements/index.js'
import { cheapCover, type Demand } from './plan/cover.js'
import { countOf, PLAN_HINT, type SolvencyInstance, solvencyChoices } from './plan/solvency-choice.js'

/** A `ledger` instance and its sizes. */
export interface LedgerInstance {
  name: string
  sizes: LedgerSizes
}

/** Batches in a row that one instance proves. */
export interface LedgerRun {
  instance: LedgerInstance
  batches: number
}

/** Which instances prove a ledger, and where its accounts go. */
export interface LedgerPlan {
  solvency: Pick<SolvencyInstance, 'name' | 'sizes'>
  /** In the order of their batches. */
  runs: readonly LedgerRun[]
  /** Batches that the whole ledger takes. */
  batches: number
  /** Where accounts of some shapes go, in the order in which they come: so many into batches of each run. */
  routes: readonly { shapes: readonly string[]; quotas: readonly { run: number; accounts: number }[] }[]
}

/** What of a plan a fold needs. */
export type FoldPlan = Omit<LedgerPlan, 'solvency'>

export interface PlanOptions {
  /** Instances to choose among; default: all but the tiny ones, and `own`. */
  instances?: readonly string[]
  /** Instances of the project's own sizes: see `readOwnInstances`. */
  own?: readonly Instance[]
  /** Whether no account goes into a plain batch, so that nobody sees how many have debts. */
  allStressed?: boolean
}

/**
 * The part of a proof's cost that one more instance in a plan has to save: its key is to be made, pinned,
 * kept, and checked in every run.
 */
export const OPENING_SHARE = 0.5

/** Slots of leaves: each step has four times the slots of the one before. */
const FIRST_STEP = 4
const STEP = 4

/** How many more slots a leaf may have than the smallest that holds its account, as a factor: one step. */
export const WIDER = STEP

/** Slots of the smallest leaf that holds so many. */
export function leafStep(slots: number): number {
  let step = FIRST_STEP
  while (step < slots) step *= STEP
  return step
}

/** The instances that a table can be proven with, before its accounts are known. */
export class Planner {
  private readonly among: string
  private readonly ledgers: readonly Instance[]
  private readonly choices: readonly SolvencyInstance[]

  /**
   * @throws {InputError} `PLAN_TIERS`, `PLAN_SCENARIOS` or `PLAN_INSTRUMENTS` when no instance holds the
   * table
   */
  constructor(
    instances: readonly Instance[],
    private readonly table: Pick<RiskTable, 'instruments' | 'scenarios'>,
    private readonly options: PlanOptions = {},
  ) {
    const { instances: only } = options
    this.among = only === undefined ? '' : ' of those named'
    const isNamed = ({ name }: Instance) => only?.includes(name) ?? !isTiny(name)
    const solvency = instances.filter(({ statement }) => statement === 'solvency')
    const named = solvency.filter((instance) => only?.includes(instance.name))
    // Whoever names tiny batches, and no proof of solvency, means the tiny one.
    const tiny = only?.some(isTiny) === true
    const possible = named.length > 0 ? named : solvency.filter(({ name }) => tiny || !isTiny(name))
    this.ledgers = instances.filter((instance) => instance.statement === 'ledger' && isNamed(instance))
    this.choices = solvencyChoices(possible, table, this.among)
  }

  /**
   * Why no instance has room for accounts of a shape, or `undefined` when one has: such an account can be
   * proven.
   */
  misfit(shape: AccountShape): string | undefined {
    const known = this.choices.flatMap((choice) => this.boxesFor(choice))
    if (known.some((instance) => this.admits(instance, shape))) return undefined
    const slots = shape.tiers + shape.others
    const kind = this.kindOf(shape)
    const own = known.filter(({ sizes }) => canHold(sizes, kind))
    if (own.length === 0) {
      return `${KINDS[kind]}, and no instance${this.among} takes such an account`
    }
    const most = Math.max(...own.map(({ sizes }) => sizes.slots))
    if (slots > most)
      return `${countOf(slots, 'slot')}, and no instance for this risk table takes more than ${most}`
    const tiers = Math.max(...own.map(({ sizes }) => sizes.pledged))
    if (shape.tiers > tiers) {
      return `${countOf(shape.tiers, 'slot')} of tiers, and no instance for this risk table takes more than ${tiers}`
    }
    if (shape.tiers > 0) {
      const rooms = [
        ...new Set(own.map(({ sizes }) => `${sizes.pledged} and ${sizes.slots - sizes.pledged}`)),
      ]
      return `${countOf(shape.tiers, 'slot')} of tiers and ${shape.others} others, and instances for this risk table take ${rooms.join(', ')}`
    }
    return `${countOf(slots, 'slot')}, and every instance${this.among} has leaves that are more than one step too wide`
  }

  /**
   * Chooses the instances for a ledger: those that prove it in the least time.
   *
   * @throws {InputError} `PLAN_SLOTS` when no instance has room for an account, and `PLAN_BATCHES` when the
   * ledger takes more batches than the accounts tree has places
   */
  plan(shapes: readonly ShapeCount[]): LedgerPlan {
    for (const shape of shapes.toReversed()) {
      const misfit = this.misfit(shape)
      if (misfit === undefined) continue
      throw new InputError('PLAN_SLOTS', `an account has ${misfit}`, {
        hint: '`plimsoll ledger check` names every such account; `plimsoll setup --list` shows the instances.',
      })
    }
    const plans = this.choices.flatMap((choice) => this.planWith(choice, shapes))
    const [best] = plans.sort((a, b) => a.cost - b.cost).map(({ plan }) => plan)
    if (best === undefined) {
      throw new InputError(
        'PLAN_SLOTS',
        `no instances${this.among} of one number of scenarios have room for all accounts`,
        {
          hint: PLAN_HINT,
        },
      )
    }
    if (best.batches > MAX_BATCHES) {
      throw new InputError(
        'PLAN_BATCHES',
        `the ledger takes ${best.batches} batches, and one has at most ${MAX_BATCHES}`,
        { hint: PLAN_HINT },
      )
    }
    return best
  }

  private boxesFor({ sizes: { scenarios, tiers } }: SolvencyInstance): LedgerInstance[] {
    return this.ledgers
      .map((instance) => ({ name: instance.name, sizes: ledgerSizesOf(instance) }))
      .filter(({ sizes }) => sizes.scenarios === 0 || sizes.scenarios === scenarios)
      .filter(({ sizes }) => sizes.pledged === 0 || tiers > 0)
  }

  private kindOf({ kind }: AccountShape): AccountShape['kind'] {
    // Without scenarios no account has debts, and there are plain batches alone.
    return kind === 'plain' && this.options.allStressed && this.table.scenarios.length > 0 ? 'stressed' : kind
  }

  private admits({ sizes }: LedgerInstance, shape: AccountShape): boolean {
    return (
      canHold(sizes, this.kindOf(shape)) &&
      shape.tiers <= sizes.pledged &&
      shape.others <= sizes.slots - sizes.pledged &&
      sizes.slots <= WIDER * leafStep(shape.tiers + shape.others)
    )
  }

  /** None when these instances do not have room for all accounts. */
  private planWith(
    solvency: SolvencyInstance,
    shapes: readonly ShapeCount[],
  ): { plan: LedgerPlan; cost: number }[] {
    const instances = this.boxesFor(solvency)
    const byBoxes = new Map<string, Demand & { shapes: string[] }>()
    for (const shape of shapes) {
      const boxes = instances.flatMap((instance, b) => (this.admits(instance, shape) ? [b] : []))
      if (boxes.length === 0) return []
      const demand = byBoxes.get(boxes.join()) ?? { count: 0, boxes, shapes: [] }
      byBoxes.set(boxes.join(), {
        ...demand,
        count: demand.count + shape.accounts,
        shapes: [...demand.shapes, shapeKey(shape)],
      })
    }
    const demands = [...byBoxes.values()]
    const costs = instances.map(({ name }) => proofRows(this.ledgers.find((i) => i.name === name)!))
    const cover = cheapCover(
      demands,
      instances.map(({ sizes }, b) => ({
        room: sizes.accounts,
        cost: costs[b]!,
        opening: OPENING_SHARE * costs[b]!,
      })),
    )
    const used = instances.flatMap((instance, box) => {
      const batches = cover.boxes[box]!
      return batches === 0 ? [] : [{ box, run: { instance, batches } }]
    })
    const plan: LedgerPlan = {
      solvency: { name: solvency.name, sizes: solvency.sizes },
      runs: used.map(({ run }) => run),
      batches: used.reduce((sum, { run }) => sum + run.batches, 0),
      routes: demands.map(({ shapes: own }, d) => ({
        shapes: own,
        quotas: used.flatMap(({ box }, run) => {
          const accounts = cover.placed[d]![box]!
          return accounts === 0 ? [] : [{ run, accounts }]
        }),
      })),
    }
    const cost = used.reduce((sum, { box, run }) => sum + run.batches * costs[box]!, solvency.cost)
    return [{ plan, cost }]
  }
}

const KINDS = {
  plain: 'long positions in spot instruments',
  stressed: 'debts, shorts or derivatives',
  pledged: 'pledges',
} as const

/** Whether batches of these sizes take accounts of a kind. */
function canHold(sizes: LedgerSizes, kind: AccountShape['kind']): boolean {
  const order = ['plain', 'stressed', 'pledged'] as const
  return order.indexOf(batchKind(sizes)) >= order.indexOf(kind)
}

/** Tiny instances are for tests and trials: nobody takes one who does not name it. */
export function isTiny(name: string): boolean {
  return name.includes('tiny')
}

/** See `Planner`. */
export function planLedger(
  instances: readonly Instance[],
  table: Pick<RiskTable, 'instruments' | 'scenarios'>,
  shapes: readonly ShapeCount[],
  options: PlanOptions = {},
): LedgerPlan {
  return new Planner(instances, table, options).plan(shapes)
}
