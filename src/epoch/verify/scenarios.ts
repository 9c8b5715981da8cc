import { fail, passed } from '../../bundle/index.js'
import { formatDecimal } from '../../field/index.js'
import {
  describeCollateral,
  describeMoves,
  isRequirement,
  isTiered,
  type RiskTable,
  type Scenario,
} from '../../risk/index.js'
import { NO_LIMIT, type Policy, type ScenarioLimit } from '../../statements/index.js'
import type { Verification } from './verification.js'

/**
 * What is proven of every scenario of the table: it holds when all else does, as shortfalls are summed along
 * the chain, and solvency covers or bounds them. Of a requirement without a bound nothing is, which is no
 * check: it is handed back, in words.
 */
export async function verifyScenarios(
  { checks }: Verification,
  table: RiskTable | undefined,
  policy: Policy | undefined,
): Promise<string[]> {
  const proven = checks.valid
  const unbounded: string[] = []
  for (const [s, scenario] of (table?.scenarios ?? []).entries()) {
    const limit = policy?.scenarios[s]
    const isCovered = !isRequirement(table!, s)
    const isCollateral = isTiered(table!) && s === 0
    if (!isCovered && !isCollateral && limit !== undefined && isUnbounded(limit)) {
      unbounded.push(
        `of the scenario ${scenario.name} nothing is proven: it is a requirement, and the policy has no bound`,
      )
      continue
    }
    await checks.run(`scenario:${scenario.name}`, () => {
      if (!proven || limit === undefined) fail('not proven: a check above fails')
      if (isCollateral) return passed(describeCollateral(table!))
      return passed(isCovered ? covered(table!, scenario, limit) : requirement(table!, scenario, limit))
    })
  }
  return unbounded
}

function covered(table: RiskTable, scenario: Scenario, limit: ScenarioLimit): string {
  const bounds = describeBounds(limit, table, 'below zero')
  return `covered, no account's shortfall left out; ${bounds}; ${describeMoves(table, scenario)}`
}

function requirement(table: RiskTable, scenario: Scenario, limit: ScenarioLimit): string {
  const bounds = describeBounds(limit, table, 'below it')
  const longs = describeMoves(table, scenario, 'long')
  const shorts = describeMoves(table, scenario, 'short')
  return `a requirement, which nothing has to cover: ${bounds}; longs ${longs}; shorts ${shorts}`
}

function isUnbounded({ mostAccounts, mostShortfall }: ScenarioLimit): boolean {
  return mostAccounts === NO_LIMIT.mostAccounts && mostShortfall === NO_LIMIT.mostShortfall
}

/**
 * The bounds of a policy in words. Who is below lacks something, so that a bound of zero in either is one in
 * both.
 */
function describeBounds(
  limit: ScenarioLimit,
  { quote, valueDecimals }: RiskTable,
  below: 'below zero' | 'below it',
): string {
  const { mostAccounts, mostShortfall } = limit
  if (mostAccounts === 0n || mostShortfall === 0n) return `no account is ${below}`
  if (isUnbounded(limit)) return `no bound on accounts ${below}`
  return [
    mostAccounts === NO_LIMIT.mostAccounts
      ? `no bound on how many accounts are ${below}`
      : `at most ${mostAccounts} accounts are ${below}`,
    mostShortfall === NO_LIMIT.mostShortfall
      ? 'no bound on what they lack'
      : `they lack at most ${formatDecimal(mostShortfall, valueDecimals)} ${quote} in all`,
  ].join(', ')
}
