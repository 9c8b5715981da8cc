import { type ExactRule, type Form, type Portfolio, Rational } from '../../src/risk/index.js'

const { ZERO } = Rational

/** What an exact rule says of an account, in fractions: an evaluation that shares nothing with the one in integers. */
export function exactMargin(rule: ExactRule, { cash, positions }: Portfolio) {
  const quantity = new Map<string, Rational>()
  for (const { symbol, decimals } of rule.instruments) {
    quantity.set(symbol, Rational.of(positions.get(symbol) ?? 0n, 10n ** BigInt(decimals)))
  }
  const held = (symbol: string) => quantity.get(symbol)!
  const sum = (list: Rational[]) => list.reduce((a, b) => a.add(b), ZERO)
  const worst = (list: Rational[]) => list.reduce((a, b) => a.max(b), ZERO)
  const isShort = (symbol: string) => held(symbol).compare(ZERO) < 0

  const equity = sum([
    Rational.of(cash, 10n ** BigInt(rule.cashDecimals)),
    ...rule.instruments.map(({ symbol, value }) =>
      held(symbol).mul(isShort(symbol) ? value.short : value.long),
    ),
  ])
  const values = new Map<string, Rational>()
  const formOf = ({ constant, terms }: Form<Rational>) =>
    sum([
      constant,
      ...terms.map((t) =>
        held(t.symbol)
          .abs()
          .mul(isShort(t.symbol) ? t.short : t.long),
      ),
    ])
  for (const { name, forms } of rule.exposures) values.set(name, worst(forms.map(formOf)))
  for (const { name, scenarios, groups } of rule.scans) {
    const losses = scenarios.map((_, s) =>
      sum(
        groups.map(({ members, gain, loss }) => {
          const x = sum(members.map(({ symbol, changes }) => held(symbol).mul(changes[s]!)))
          return x.mul(x.compare(ZERO) < 0 ? loss[s]! : gain[s]!)
        }),
      ).neg(),
    )
    values.set(name, worst(losses))
  }
  for (const { name, pick, of } of rule.combinations) {
    const sums = of.map((parts) => sum(parts.map((part) => values.get(part)!)))
    values.set(
      name,
      sums.reduce((a, b) => (pick === 'max' ? a.max(b) : a.min(b))),
    )
  }
  const slack = new Map<string, Rational>()
  for (const { name, threshold, charges } of rule.requirements) {
    const required = sum([threshold, ...charges.map(({ of, factor }) => values.get(of)!.mul(factor))])
    slack.set(name, equity.sub(required))
  }
  return { equity, values, slack }
}
