import type { CircuitInputs, Slot } from '../../../src/field/index.js'
import { FACTOR_ONE, type MarginRule } from '../../../src/risk/index.js'
import { type MarginSizes, marginInputs } from '../../../src/statements/index.js'
import { witnessOf } from '../../helpers/margin-account.js'
import { changed, HAND_RULE, HELD } from '../../helpers/margin-rule.js'

const TOP = (1n << 64n) - 1n
const UNIT = FACTOR_ONE ** 3n

/** Honest accounts at the edges of what a `margin` instance takes, by what is special about them. */
export function marginWitnesses(params: Record<string, number>): Map<string, CircuitInputs> {
  const [slots, scenarios, groups, lines, links, levels] = [
    'SLOTS',
    'SCENARIOS',
    'GROUPS',
    'LINES',
    'LINKS',
    'LEVELS',
  ].map((name) => params[name]!) as [number, number, number, number, number, number]
  const sizes: MarginSizes = { slots, scenarios, groups, lines, links, levels }
  // The smallest instance has room for two groups and five lines.
  const fits = groups >= 3 && lines >= 8 && links >= 2
  const rule = fits ? HAND_RULE : lessOf(['tiers', 'floor'])
  const choosing = fits ? HAND_RULE : lessOf(['near'])
  const held = HELD.slice(0, slots)
  const cases: [string, MarginRule, readonly Slot[]][] = [
    ['nothing held', rule, []],
    ['every slot full, long', unlimited(rule), held.map((slot) => ({ ...slot, quantity: TOP }))],
    ['every slot full, short', unlimited(rule), held.map((slot) => ({ ...slot, quantity: -TOP }))],
    ['mixed signs', rule, held],
    ['mixed signs, a choice of branches', choosing, held],
    ['one unit of one instrument', rule, [{ instrument: 1, quantity: 1n }]],
  ]
  return new Map(
    cases.map(([name, judge, account]) => [
      name,
      marginInputs(witnessOf(met(judge, account, sizes), account, { sizes, instruments: 4 })),
    ]),
  )
}

/** The rule by hand with two groups and those exposures. */
function lessOf(exposures: string[]): MarginRule {
  return changed((rule) => {
    rule.scan!.groups = rule.scan!.groups.filter(({ name }) => name !== 'right')
    rule.exposures = [
      ...rule.exposures.filter(({ name }) => exposures.includes(name)),
      { name: 'nothing', lines: [], adds: { sum: 't' } },
    ]
  })
}

const unlimited = (from: MarginRule) =>
  changed((rule) => {
    for (const limit of rule.limits) limit.cap = 1n << 100n
  }, from)

/** The rule with the highest threshold that the account meets: what is left is less than a unit. */
function met(from: MarginRule, account: readonly Slot[], sizes: MarginSizes): MarginRule {
  const { slack } = witnessOf(from, account, { sizes })
  return changed((rule) => {
    rule.requirements[0]!.threshold += slack / UNIT - (slack < 0n && slack % UNIT !== 0n ? 1n : 0n)
  }, from)
}
