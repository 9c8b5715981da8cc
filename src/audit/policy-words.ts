import { formatDecimal } from '../field/index.js'
import type { Layer } from '../reserves/index.js'
import { isTiered, marketScenarios, type RiskTable, rowsByKind } from '../risk/index.js'
import {
  NO_LIMIT,
  type Policy,
  type PolicyFile,
  resolveDust,
  resolveLiquidation,
  resolveWaterfall,
} from '../statements/index.js'

const NAMES: Record<Layer, string> = {
  insurance: 'the insurance fund',
  capital: 'capital of the venue’s own',
  mutual: 'the mutual fund',
}

/**
 * A policy in sentences: first what is promised and proven, then the waterfall, whose order is not, and what
 * liquidations may do, which is proven of those that have a proof, and when customers may bear a loss, which
 * is proven by a settlement.
 */
export function policyWords(file: PolicyFile, policy: Policy, table: RiskTable): string[] {
  return [
    ...thresholds(policy, table),
    ...limits(policy, table),
    ...waterfall(file, table),
    ...liquidation(file, table),
    ...settlement(file, table),
  ]
}

const percent = (ratio: bigint): string => `${formatDecimal(ratio, 4)} %`

function thresholds(policy: Policy, table: RiskTable): string[] {
  const symbols = rowsByKind(table).spots.map((row) => table.instruments[row]!.symbol)
  const groups = new Map<string, string[]>()
  for (const [i, { minimumRatio, loanFactor }] of policy.instruments.entries()) {
    if (i >= symbols.length) break
    const loans =
      loanFactor === 0n
        ? 'loans to customers do not count'
        : `loans to customers count for ${percent(loanFactor)}`
    const words = `at least ${percent(minimumRatio)} of what is owed is held; ${loans}`
    groups.set(words, [...(groups.get(words) ?? []), symbols[i]!])
  }
  const all = groups.size === 1
  return [
    ...[...groups].map(
      ([words, of]) => `Of ${all ? 'every instrument that can be held' : of.join(', ')}, ${words}.`,
    ),
    `At mark, all that is held is worth at least ${percent(policy.valueRatio)} of all that is owed.`,
  ]
}

function limits(policy: Policy, table: RiskTable): string[] {
  return table.scenarios.flatMap(({ name }, s) => {
    const { mostAccounts, mostShortfall } = policy.scenarios[s]!
    if (isTiered(table) && s === 0)
      return [`In ${name}, no account owes more than its collateral counts for.`]
    const accounts =
      mostAccounts === NO_LIMIT.mostAccounts ? undefined : `at most ${mostAccounts} accounts are below zero`
    const lack =
      mostShortfall === NO_LIMIT.mostShortfall
        ? undefined
        : `what accounts lack is at most ${formatDecimal(mostShortfall, table.valueDecimals)} ${table.quote} in all`
    const bounds = [accounts, lack].filter((bound) => bound !== undefined)
    return bounds.length === 0 ? [] : [`In ${name}, ${bounds.join(', and ')}.`]
  })
}

function waterfall(file: PolicyFile, table: RiskTable): string[] {
  if (marketScenarios(table).length === 0) return []
  const { layers, cover } = resolveWaterfall(file, table)
  if (layers.length === 0) return ['No layer is set aside for shortfalls.']
  const steps = layers.map(({ layer, cap }) => {
    const most = cap === undefined ? '' : ` up to ${formatDecimal(cap, table.valueDecimals)} ${table.quote}`
    return `${NAMES[layer]}${most}`
  })
  const order = `Shortfalls are absorbed by ${steps.join(', then ')}. A valid proof shows that all of these together suffice in every scenario that could happen; their order and their caps are the venue’s word.`
  if (file.waterfall === undefined) return [order]
  const largest = cover === 1 ? 'largest shortfall' : `${cover} largest shortfalls`
  return [
    order,
    `The venue says that these layers alone cover the ${largest} of each scenario; that is not proven.`,
  ]
}

function liquidation(file: PolicyFile, table: RiskTable): string[] {
  if (file.liquidation === undefined) return []
  const policy = resolveLiquidation(file.liquidation, table)
  const { requirement, cash, trigger, target, backstop, penalty, takeoverPenalty, overshoot } = policy
  const beyond =
    overshoot === 0n ? '' : ` and ${formatDecimal(overshoot, table.margin!.valueDecimals)} ${table.quote}`
  return [
    `An account with less equity than ${percent(trigger)} of its ${requirement} requirement may be closed in part, against ${cash}, until its equity is ${percent(target)} of it${beyond}. It loses at most ${percent(penalty)} of what is closed.`,
    `${backstop === 0n ? 'With less equity than nothing' : `With less than ${percent(backstop)}`}, it may be closed whole, and loses at most ${percent(takeoverPenalty)} of that.`,
    'No account loses more than it has. All of this is proven of a liquidation that has its proof; that every liquidation has one is the venue’s word.',
  ]
}

function settlement(file: PolicyFile, table: RiskTable): string[] {
  if (file.settlement === undefined) return []
  const dust = formatDecimal(resolveDust(file, table), table.valueDecimals)
  return [
    `Customers bear a loss only when all layers together are worth at most ${dust} ${table.quote} at mark. It is proven where a settlement shows how the epoch follows from the one before.`,
  ]
}
