import { BATCH_SLOTS_BITS } from '../../field/index.js'
import { BATCH_DEPTH, TREE_ARITY } from '../../hash/index.js'
import type { ShapeCount } from '../../ledger/index.js'
import { estimateInstance, findInstance, loadInstances, proofRows } from '../../proving/index.js'
import { type RiskTable, tableSizes } from '../../risk/index.js'
import type { Instance } from '../../statements/index.js'
import { type LedgerPlan, type PlanOptions, planLedger } from '../plan-ledger.js'

/** Sizes that would prove a ledger in less time than the instances that there are. */
export interface BetterSizes {
  /** By the name that stands for them here. */
  instances: Record<string, Record<string, number>>
  /** The part of the proofs' time that they would save, 0 to 1. */
  saves: number
}

/** Below this, sizes of one's own are not worth their keys. */
const WORTH = 0.2
const DOMAINS = [16, 18]

/**
 * The sizes that would save most: of as many scenarios, rows and pledged slots as the table and its accounts
 * have, filled to the same domains. `undefined` when they save less than a fifth. Their circuits' sizes are
 * estimated, within some percent.
 */
export function betterSizes(
  table: RiskTable,
  shapes: readonly ShapeCount[],
  plan: LedgerPlan,
  options: PlanOptions = {},
): BetterSizes | undefined {
  const { scenarios } = tableSizes(table)
  if (scenarios === 0 || options.instances !== undefined) return undefined
  const all = loadInstances()
  const own = plan.runs.flatMap(({ instance }) => {
    const { slots, scenarios: stressed, pledged } = instance.sizes
    if (stressed === 0) return []
    const used = shapes.filter(({ kind, tiers, others }) => kind !== 'plain' && tiers + others <= slots)
    const tiers = Math.max(0, ...used.map((shape) => shape.tiers))
    return DOMAINS.flatMap((log) => ledgerOf(slots, scenarios, Math.min(pledged, tiers), log))
  })
  const rows = tableSizes(table)
  const solvency = {
    ...findInstance(plan.solvency.name),
    name: `solvency-own-s${scenarios}`,
    params: { SPOTS: rows.spots, DERIVATIVES: rows.derivatives, TIERS: rows.tiers, SCENARIOS: scenarios },
  }
  const among = [...all, ...own, solvency]
  const best = planLedger(among, table, shapes, options)
  const saves = 1 - rowsOf(best, among) / rowsOf(plan, among)
  if (saves < WORTH) return undefined
  const names = [...best.runs.map(({ instance }) => instance.name), best.solvency.name]
  const shipped = new Set(all.map(({ name }) => name))
  const made = among.filter(({ name }) => names.includes(name) && !shipped.has(name))
  return { instances: Object.fromEntries(made.map(({ name, params }) => [name, params])), saves }
}

function rowsOf(plan: LedgerPlan, among: readonly Instance[]): number {
  const of = (name: string) => proofRows(among.find((instance) => instance.name === name)!)
  return plan.runs.reduce(
    (sum, { instance, batches }) => sum + batches * of(instance.name),
    of(plan.solvency.name),
  )
}

/** As many accounts as a domain takes; none when it takes no one. */
function ledgerOf(slots: number, scenarios: number, pledged: number, log: number): Instance[] {
  const kind = pledged > 0 ? '-pledged' : ''
  const sized = (accounts: number): Instance => ({
    ...findInstance('ledger-tiny'),
    name: `ledger-own-${slots}-${log}-s${scenarios}${kind}`,
    params: { ACCOUNTS: accounts, SLOTS: slots, SCENARIOS: scenarios, PLEDGED: pledged },
  })
  const most = Math.min(TREE_ARITY ** BATCH_DEPTH - 1, 2 ** BATCH_SLOTS_BITS / slots)
  let accounts = 0
  for (let step = 2 ** Math.floor(Math.log2(most)); step >= 1; step /= 2) {
    const wanted = accounts + step
    const { wires, domainSize } = estimateInstance(sized(wanted))
    if (wanted <= most && domainSize <= 2 ** log && wires < 2 ** log) accounts = wanted
  }
  return accounts === 0 ? [] : [sized(accounts)]
}
