import { InputError } from '../../errors/index.js'
import type { MarginRule, Portfolio } from '../../rules/index.js'
import { type Verdict, verdict } from '../verdict.js'
import { marginFigures } from './figures.js'

/**
 * The plain model of `margin`: whether an account meets one requirement of a rule, and every limit of it.
 *
 * @throws {InputError} `MARGIN_REQUIREMENT` when the rule has no such requirement, and what `marginFigures`
 * throws
 */
export function marginModel(rule: MarginRule, portfolio: Portfolio, requirement: string): Verdict {
  const figures = marginFigures(rule, portfolio)
  const chosen = figures.requirements.find(({ name }) => name === requirement)
  if (chosen === undefined) {
    throw new InputError('MARGIN_REQUIREMENT', `the rule has no requirement ${requirement}`, {
      hint: `It has ${rule.requirements.map(({ name }) => name).join(', ')}.`,
    })
  }
  const reasons = figures.limits.filter(({ met }) => !met).map(({ name }) => `${name} is above its cap`)
  if (chosen.slack < 0n) reasons.unshift(`equity is below the ${requirement} requirement`)
  return verdict(reasons)
}
