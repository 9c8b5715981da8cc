import { tableMisfit, tableSizesOf } from '../../epoch/index.js'
import { InputError } from '../../errors/index.js'
import { proofRows } from '../../proving/index.js'
import { type RiskTable, type TableSizes, tableSizes } from '../../risk/index.js'
import type { Instance } from '../../statements/index.js'

/** A `solvency` instance and the tables that it has room for. */
export interface SolvencyInstance {
  name: string
  sizes: TableSizes
  /** What its proof costs: see `proofRows`. */
  cost: number
}

export const PLAN_HINT = '`plimsoll setup --list` shows the instances there are.'

/**
 * The solvency instances that a table can be proven with, of each number of scenarios the one that costs
 * least, cheapest first.
 *
 * @param among said after "instance" in messages, where the choice is limited
 * @throws {InputError} `PLAN_TIERS`, `PLAN_SCENARIOS` or `PLAN_INSTRUMENTS` when there is none
 */
export function solvencyChoices(
  instances: readonly Instance[],
  table: Pick<RiskTable, 'instruments' | 'scenarios'>,
  among: string,
): SolvencyInstance[] {
  const all = instances.map((instance) => ({
    name: instance.name,
    sizes: tableSizesOf(instance),
    cost: proofRows(instance),
  }))
  const holding = all.filter(({ sizes }) => tableMisfit(table, sizes) === undefined)
  if (holding.length === 0) throw misfitError(all, tableSizes(table), among)
  const cheapest = new Map<number, (typeof all)[number]>()
  for (const one of holding.sort((a, b) => a.cost - b.cost)) {
    if (!cheapest.has(one.sizes.scenarios)) cheapest.set(one.sizes.scenarios, one)
  }
  return [...cheapest.values()]
}

const KINDS = [
  ['spots', 'spot instrument'],
  ['derivatives', 'derivative'],
  ['tiers', 'tier'],
] as const

function misfitError(all: readonly SolvencyInstance[], needs: TableSizes, among: string): InputError {
  const refuse = (code: string, message: string) => new InputError(code, message, { hint: PLAN_HINT })
  const tiered = all.filter(({ sizes }) => sizes.tiers > 0 === needs.tiers > 0)
  if (tiered.length === 0) {
    const which = needs.tiers > 0 ? 'with' : 'without'
    return refuse('PLAN_TIERS', `no instance${among} is for a risk table ${which} tiers`)
  }
  if (needs.scenarios === 0) {
    const none = tiered.every(({ sizes }) => sizes.scenarios > 0)
    if (none) return refuse('PLAN_SCENARIOS', `no instance${among} is for a risk table without scenarios`)
    if (needs.derivatives > 0) {
      return refuse(
        'PLAN_SCENARIOS',
        `the risk table has ${countOf(needs.derivatives, 'derivative')} and no scenario to judge them by`,
      )
    }
  }
  const known = tiered.filter(({ sizes }) =>
    needs.scenarios === 0 ? sizes.scenarios === 0 : sizes.scenarios >= needs.scenarios,
  )
  if (known.length === 0) {
    const most = Math.max(...tiered.map(({ sizes }) => sizes.scenarios))
    return refuse(
      'PLAN_SCENARIOS',
      `no instance${among} holds ${countOf(needs.scenarios, 'scenario')}: the most are ${most}`,
    )
  }
  const most = (kind: (typeof KINDS)[number][0]) => Math.max(...known.map(({ sizes }) => sizes[kind]))
  const beyond = KINDS.find(([kind]) => needs[kind] > most(kind))
  const of = `no instance${among} for ${countOf(needs.scenarios, 'scenario')} holds`
  if (beyond !== undefined) {
    const [kind, word] = beyond
    return refuse('PLAN_INSTRUMENTS', `${of} ${countOf(needs[kind], word)}: the most are ${most(kind)}`)
  }
  const counts = (sizes: TableSizes) => KINDS.map(([kind, word]) => countOf(sizes[kind], word)).join(', ')
  const each = known.map(({ name, sizes }) => `${name} (${counts(sizes)})`).join('; ')
  return refuse('PLAN_INSTRUMENTS', `${of} ${counts(needs)} at once: there are ${each}`)
}

export function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
