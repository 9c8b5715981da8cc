import { Rational } from '../../src/field/index.js'
import type { ExactRule, Exposure, Line, Portfolio } from '../../src/rules/index.js'

const { ZERO } = Rational

/**
 * What an exact rule says of an account, in fractions: an evaluation that shares nothing with the one in
 * integers.
 */
export function exactMargin(rule: ExactRule, { cash, positions }: Portfolio) {
  const holding = new Map<string, { long: Rational; short: Rational }>()
  for (const { symbol, decimals } of rule.instruments) {
    const own = positions.filter((position) => position.symbol === symbol).map(({ quantity }) => quantity)
    if (symbol === rule.cash) own.push(cash)
    const side = (of: bigint[]) =>
      Rational.of(
        of.reduce((a, b) => a + b, 0n),
        10n ** BigInt(decimals),
      )
    holding.set(symbol, {
      long: side(own.filter((quantity) => quantity > 0n)),
      short: side(own.filter((quantity) => quantity < 0n)).neg(),
    })
  }
  const sum = (list: Rational[]) => list.reduce((a, b) => a.add(b), ZERO)
  const most = (list: Rational[]) => list.reduce((a, b) => a.max(b), ZERO)
  const net = (symbol: string, each: { long: Rational; short: Rational }) => {
    const { long, short } = holding.get(symbol)!
    return long.mul(each.long).sub(short.mul(each.short))
  }
  const both = (change: Rational) => ({ long: change, short: change })

  const equity = sum(rule.instruments.map(({ symbol, value }) => net(symbol, value)))

  const lineOf = ({ constant, terms }: Line<Rational>) =>
    sum([constant, ...terms.map((t) => net(t.symbol, { long: t.long, short: t.short.neg() }))])
  const onBranch = ({ lines }: Exposure<Rational>, branch: number) =>
    most(lines.filter((line) => (line.branch ?? branch) === branch).map(lineOf))
  const values = new Map<string, Rational>()
  for (const exposure of rule.exposures) {
    const peers = rule.exposures.filter(({ choice }) => choice !== undefined && choice === exposure.choice)
    const [first, second] = [0, 1].map((branch) => sum(peers.map((peer) => onBranch(peer, branch))))
    values.set(exposure.name, onBranch(exposure, second!.compare(first!) < 0 ? 1 : 0))
  }
  const adding = (test: (adds: Exposure<Rational>['adds']) => boolean) =>
    sum(rule.exposures.filter(({ adds }) => test(adds)).map(({ name }) => values.get(name)!))

  const gains = (rule.scan?.groups ?? []).map(({ members, flat }) =>
    rule.scan!.scenarios.map((_, s) =>
      sum([
        ...members.map(({ symbol, changes }) => net(symbol, both(changes[s]!))),
        ...flat.map(({ symbol, change }) => net(symbol, both(change))),
      ]),
    ),
  )
  const losses = (rule.scan?.scenarios ?? []).map((scenario, s) =>
    sum(
      rule.scan!.groups.map((group, g) => {
        if (group.sum !== undefined) return ZERO
        const x = gains[g]![s]!
        return x.compare(ZERO) < 0
          ? x.abs().mul(group.loss).mul(scenario.loss)
          : x.mul(group.gain).mul(scenario.gain).neg()
      }),
    ),
  )
  for (const [g, { name, sum: added }] of (rule.scan?.groups ?? []).entries()) {
    if (added === undefined) continue
    const own = most(gains[g]!.map((x) => x.neg()))
    const raised = own.add(adding((adds) => 'raises' in adds && adds.raises === name))
    values.set(name, raised.max(adding((adds) => 'bounds' in adds && adds.bounds === name)))
  }
  const sumOf = (wanted: string) =>
    adding((adds) => 'sum' in adds && adds.sum === wanted).add(
      sum((rule.scan?.groups ?? []).filter((g) => g.sum === wanted).map(({ name }) => values.get(name)!)),
    )
  const slack = new Map<string, Rational>()
  for (const { name, threshold, worst, charges } of rule.requirements) {
    const worstLoss = worst && most([...losses, ...worst.sums.map(sumOf)]).mul(worst.factor)
    const charged = charges.map((charge) => sumOf(charge.sum).mul(charge.factor))
    slack.set(name, equity.sub(sum([threshold, worstLoss ?? ZERO, ...charged])))
  }
  const limits = rule.limits.map(({ cap, lines }) => lines.every((line) => lineOf(line).compare(cap) <= 0))
  return { equity, values, slack, limits }
}
