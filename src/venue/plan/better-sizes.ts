import { BATCH_PLACES } from '../../hash/index.js'
import type { ShapeCount } from '../../ledger/index.js'
import { estimateInstance, proofRows } from '../../proving/index.js'
import { type RiskTable, tableSizes } from '../../risk/index.js'
import { canHaveSizes, type Instance, type OwnSizes, ownInstance } from '../../statements/index.js'
import { type LedgerPlan, type PlanOptions, planLedger } from '../plan-ledger.js'
import { planCandidates } from './candidates.js'

/** Sizes that would prove a ledger in less time than the instances that there are. */
export interface BetterSizes {
  /** By their names, as a project's own file of instances has them. */
  instances: Record<string, OwnSizes>
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
  const all = planCandidates(options)
  const own = plan.runs.flatMap(({ instance }) => {
    const { slots, scenarios: stressed, pledged } = instance.sizes
    if (stressed === 0) return []
    const used = shapes.filter(({ kind, tiers, others }) => kind !== 'plain' && tiers + others <= slots)
    const tiers = Math.max(0, ...used.map((shape) => shape.tiers))
    return DOMAINS.flatMap((log) => ledgerOf(slots, scenarios, Math.min(pledged, tiers), log))
  })
  const rows = tableSizes(table)
  const params = {
    SPOTS: rows.spots,
    DERIVATIVES: rows.derivatives,
    TIERS: rows.tiers,
    SCENARIOS: scenarios,
  }
  const solvency = { statement: 'solvency', params }
  const made = [...own, solvency].filter(canHaveSizes).map(ownInstance)
  const among = [...new Map([...all, ...made].map((instance) => [instance.name, instance])).values()]
  const best = planLedger(among, table, shapes, options)
  const saves = 1 - rowsOf(best, among) / rowsOf(plan, among)
  if (saves < WORTH) return undefined
  const names = [...best.runs.map(({ instance }) => instance.name), best.solvency.name]
  const known = new Set(all.map(({ name }) => name))
  const better = made.filter(({ name }) => names.includes(name) && !known.has(name))
  const sizes = better.map(({ name, statement, params }) => [name, { statement, params }])
  return { instances: Object.fromEntries(sizes), saves }
}

function rowsOf(plan: LedgerPlan, among: readonly Instance[]): number {
  const of = (name: string) => proofRows(among.find((instance) => instance.name === name)!)
  return plan.runs.reduce(
    (sum, { instance, batches }) => sum + batches * of(instance.name),
    of(plan.solvency.name),
  )
}

/** As many accounts as a domain takes, though the circuit be larger than estimated: perhaps none. */
function ledgerOf(slots: number, scenarios: number, pledged: number, log: number): OwnSizes[] {
  const sized = (accounts: number): OwnSizes => ({
    statement: 'ledger',
    params: { ACCOUNTS: accounts, SLOTS: slots, SCENARIOS: scenarios, PLEDGED: pledged },
  })
  const fits = (sizes: OwnSizes) =>
    canHaveSizes(sizes) && estimateInstance(ownInstance(sizes)).domainSize <= 2 ** log
  let accounts = 0
  for (let step = BATCH_PLACES; step >= 1; step /= 2) {
    if (fits(sized(accounts + step))) accounts += step
  }
  return accounts === 0 ? [] : [sized(accounts)]
}
