import { formatDecimal, magnitudeOf } from '../field/index.js'
import { assetsOf, isRequirement, isTiered, marketScenarios, type RiskTable, someOf } from '../risk/index.js'
import { isDerivative, isSettledAtMark } from '../rules/index.js'
import { NO_LIMIT, type Policy } from '../statements/index.js'
import { wholeMark } from './prices.js'

/** A stablecoin whose mark is further than this from one, in parts per million, stands out. */
const PEG = 20_000n
const MILLION = 1_000_000n

/**
 * What of a risk table and a policy a reader should look at by themselves, a sentence each: nothing here is a
 * fault by itself, and all of it is the venue's choice.
 */
export function outstanding(table: RiskTable, policy: Policy | undefined): string[] {
  return [
    ...derivatives(table),
    ...spots(table),
    ...lookalikes(table),
    ...tiers(table),
    ...scenarios(table),
    ...(policy === undefined ? [] : thresholds(table, policy)),
  ]
}

function listed(words: string, symbols: readonly string[], then = ''): string[] {
  return symbols.length === 0 ? [] : [`${words}: ${someOf(symbols)}${then}`]
}

function derivatives(table: RiskTable): string[] {
  const all = table.instruments.filter(({ kind }) => isDerivative(kind))
  const symbols = (some: typeof all) => some.map(({ symbol }) => symbol)
  return [
    ...listed(
      'derivatives, which nothing is held in reserve for because longs and shorts net to zero',
      symbols(all),
      '; whether each is a contract between customers, and no claim on the venue, is the venue’s word',
    ),
    ...listed(
      'derivatives worth something at mark, so that accounts carry value which no reserve stands behind',
      symbols(all.filter(({ kind, mark }) => !isSettledAtMark(kind) && mark > 0n)),
    ),
    ...listed('perps or futures with a mark below zero', symbols(all.filter(({ mark }) => mark < 0n))),
  ]
}

function spots(table: RiskTable): string[] {
  const one = 10n ** BigInt(table.valueDecimals)
  const own = table.instruments.filter(({ kind, tier }) => !isDerivative(kind) && tier === undefined)
  const offPeg = own.filter(({ kind, mark, decimals }) => {
    const unit = mark * 10n ** BigInt(decimals)
    return kind === 'stablecoin' && magnitudeOf(unit - one) * MILLION > PEG * one
  })
  return [
    ...listed(
      'spot instruments with no mark: they count for nothing in value, and are reserved for unit by unit',
      own.filter(({ mark }) => mark === 0n).map(({ symbol }) => symbol),
    ),
    ...listed(
      `stablecoins marked more than 2 % away from one ${table.quote}`,
      offPeg.map((row) => `${row.symbol} ${wholeMark(table, row)}`),
    ),
  ]
}

/** Symbols that people read as one: alike but for case, width or form. */
function lookalikes({ instruments }: RiskTable): string[] {
  const groups = new Map<string, string[]>()
  for (const { symbol, tier } of instruments) {
    if (tier !== undefined) continue
    const plain = symbol.normalize('NFKC').toLowerCase()
    groups.set(plain, [...(groups.get(plain) ?? []), symbol])
  }
  const alike = [...groups.values()].filter((symbols) => symbols.length > 1)
  return listed(
    'symbols that look like one another',
    alike.map((symbols) => symbols.join(' and ')),
  )
}

function tiers(table: RiskTable): string[] {
  if (!isTiered(table)) return []
  const { instruments, scenarios } = table
  const counted = assetsOf(table).filter(({ base, lists }) => {
    const rows = [base, ...(lists.get('holding') ?? []).map(({ row }) => row)]
    return !isDerivative(instruments[base]!.kind) && rows.some((row) => scenarios[0]!.values[row]!.long > 0n)
  })
  const unpledged = assetsOf(table).filter(
    ({ lists }) => lists.size > 0 && [...lists.keys()].every((l) => l === 'holding'),
  )
  return [
    ...listed(
      'counted as collateral without being pledged',
      counted.map(({ symbol }) => symbol),
    ),
    ...listed(
      'with tiers, and with nothing that can be pledged',
      unpledged.map(({ symbol }) => symbol),
    ),
  ]
}

function scenarios(table: RiskTable): string[] {
  const market = marketScenarios(table)
  const { instruments } = table
  if (market.length === 0) {
    return [
      table.scenarios.length === 0
        ? 'there is no scenario: nothing is proven of any other price than the marks'
        : 'no scenario could happen, all of them are requirements: nothing is proven of any other price than the marks',
    ]
  }
  const falls = ({ values }: (typeof market)[number]['scenario']) =>
    instruments.some(({ kind, mark, tier }, i) => {
      if (tier !== undefined || kind === 'stablecoin') return false
      const change = isSettledAtMark(kind) ? values[i]!.long : values[i]!.long - mark
      return change * 20n < -magnitudeOf(mark)
    })
  const seen = new Map<string, string[]>()
  for (const { scenario } of market) {
    const values = scenario.values.map(({ long, short }) => `${long},${short}`).join()
    seen.set(values, [...(seen.get(values) ?? []), scenario.name])
  }
  return [
    ...listed(
      'scenarios in which nothing falls by more than 5 %',
      market.filter(({ scenario }) => !falls(scenario)).map(({ scenario }) => scenario.name),
    ),
    ...listed(
      'scenarios with the same values',
      [...seen.values()].filter((names) => names.length > 1).map((names) => names.join(' and ')),
    ),
  ]
}

function thresholds(table: RiskTable, policy: Policy): string[] {
  const spotRows = table.instruments.filter(({ kind, tier }) => !isDerivative(kind) && tier === undefined)
  const ratio = (value: bigint) => formatDecimal(value, 6)
  const below = spotRows.flatMap(({ symbol }, i) => {
    const { minimumRatio } = policy.instruments[i]!
    return minimumRatio < MILLION ? [`${symbol} ${ratio(minimumRatio)}`] : []
  })
  const lent = spotRows.flatMap(({ symbol }, i) => {
    const { loanFactor } = policy.instruments[i]!
    return loanFactor > 0n ? [`${symbol} ${ratio(loanFactor)}`] : []
  })
  return [
    ...listed('promised below full reserves', below),
    ...listed('loans to customers counted as held', lent),
    ...(policy.valueRatio < MILLION
      ? [`value held promised below value owed: ${ratio(policy.valueRatio)}`]
      : []),
    ...listed(
      'requirements without a bound: how many accounts are below them is not shown',
      table.scenarios.flatMap(({ name }, s) => {
        const { mostAccounts, mostShortfall } = policy.scenarios[s]!
        const free = mostAccounts === NO_LIMIT.mostAccounts && mostShortfall === NO_LIMIT.mostShortfall
        return isRequirement(table, s) && !(isTiered(table) && s === 0) && free ? [name] : []
      }),
    ),
  ]
}
