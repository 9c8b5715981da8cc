import { formatDecimal, keysOf, parseDecimal, sideOf } from '../field/index.js'
import type { LedgerReport } from '../ledger/index.js'
import { LAYERS, type Layer, type Reserves } from '../reserves/index.js'
import { isTiered, type RiskTable, riskColumns, rowsByKind, tableSizes } from '../risk/index.js'
import {
  belowFullReserves,
  coverFigures,
  firstState,
  type Instance,
  keyTotals,
  layersTogether,
  outOfRange,
  type Policy,
  type PolicyFile,
  resolvePolicy,
  resolveWaterfall,
  type Shortfall,
  type SolvencyFigures,
  shortages,
  solvencyFigures,
  waterfallFigures,
} from '../statements/index.js'
import { checkAccounts } from './check-accounts.js'
import { cappedReason, namedReasons } from './prove-solvency.js'
import { type StressLine, stressLines } from './stress-lines.js'

/**
 * The largest shortfalls of one scenario against the layers of the waterfall, reserves and recovery of loans
 * left out.
 */
export interface CoverLine {
  /** By account, largest first: an owner may have several. */
  largest: LedgerReport['scenarios'][number]['largest']
  needed: string
  /** The value of the layers in it, none above its cap. */
  fund: string
  valid: boolean
}

/**
 * The findings of a check of a venue's solvency. Private: it names accounts, and amounts are the venue's own,
 * exact decimals.
 */
export interface SolvencyCheck {
  /**
   * Whether the books can be proven, no cap leaves anything uncovered, and the layers cover the largest
   * shortfalls.
   */
  valid: boolean
  /** Why not, a sentence each; they name no amount. */
  reasons: string[]
  /**
   * Where the policy promises less than full reserves, so that `verify` refuses it unless its reader accepts
   * it; in words.
   */
  weak: string[]
  quote: string
  accounts: Pick<LedgerReport, 'accounts' | 'invalid' | 'unreadable' | 'underwater'> & {
    /** With tiers, accounts whose collateral is short of what they owe, or of what they have pledged. */
    short: number
  }
  /** The layers that count, first to last. */
  layers: { layer: Layer; cap?: string }[]
  /** Of how many of the largest shortfalls the layers have to cover the sum. */
  cover: number
  instruments: {
    symbol: string
    long: string
    short: string
    reserves: string
    layers: string
    missing: string
    /** Whether longs and shorts of a derivative are equal. */
    netted: boolean
  }[]
  /** The value that reserves lack at mark. */
  missingValue: string
  scenarios: (StressLine & { cover: CoverLine })[]
  notes: string[]
}

/**
 * Checks with no proving whether a venue's books hold: whether `proveSolvency` would make a proof of them,
 * who pays for shortfalls in each scenario, and whether the layers of the policy's waterfall cover the
 * largest ones alone. Private.
 *
 * @example
 * const table = await readRiskTable('risk.json')
 * const reserves = await readReserves('reserves.json', table)
 * const check = await checkSolvency({ accounts: 'accounts.csv', table, reserves, policy: FULL_RESERVES })
 * if (!check.valid) for (const reason of check.reasons) console.error(reason)
 *
 * @throws {InputError} the codes of `checkAccounts`, and `POLICY_INSTRUMENT`, `POLICY_RATIO`,
 * `POLICY_WATERFALL`
 */
export async function checkSolvency(options: {
  accounts: string
  table: RiskTable
  reserves: Reserves
  policy: PolicyFile
  /** Instances of the project's own sizes: see `readOwnInstances`. */
  own?: readonly Instance[]
  /** Gets a few words on how far it is. They name no account and no amount. */
  progress?: (what: string) => void
}): Promise<SolvencyCheck> {
  const { table, reserves: held } = options
  const policy = resolvePolicy(options.policy, table)
  const waterfall = resolveWaterfall(options.policy, table)
  const ledger = await checkAccounts(options.accounts, table, {
    limit: 0,
    largest: waterfall.cover,
    ...(options.own ? { own: options.own } : {}),
    ...(options.progress ? { progress: options.progress } : {}),
  })

  const value = (text: string) => parseDecimal(text, { decimals: table.valueDecimals })
  // Holdings in tiers are part of the total of their instrument.
  const totals = table.instruments.flatMap(({ symbol, decimals, tier }) => {
    if (tier !== undefined) return [0n, 0n]
    const { long, short } = ledger.totals[symbol]!
    return [long, short].map((text) => parseDecimal(text, { decimals }))
  })
  const byName = new Map(ledger.scenarios.map((scenario) => [scenario.name, scenario]))
  const below = table.scenarios.map(({ name }) => {
    const found = byName.get(name)
    return found === undefined
      ? { sum: 0n, accounts: 0n }
      : { sum: value(found.shortfall), accounts: BigInt(found.accounts) }
  })
  const insurance = layersTogether(held, waterfall)
  const { figures, reasons } = bookFigures({
    table,
    policy,
    totals,
    below,
    reserves: held.reserves,
    insurance,
  })
  const books = { table, totals, shortfalls: below.map(({ sum }) => sum), held }
  const waterfallByScenario = waterfallFigures(books, waterfall)
  const amount = (units: bigint) => formatDecimal(units, table.valueDecimals)
  const scenarios = stressLines(books, waterfall, waterfallByScenario).map((line, s) => {
    const { largest } = byName.get(line.scenario)!
    const { fund } = waterfallByScenario[s]!
    const { needed, covered } = coverFigures(
      waterfallByScenario[s]!,
      largest.map(({ shortfall }) => value(shortfall)),
    )
    return { ...line, cover: { largest, needed: amount(needed), fund: amount(fund), valid: covered } }
  })

  if (ledger.unreadable > 0) reasons.push('accounts that cannot be used: `plimsoll ledger check` names them')
  reasons.push(...ledger.missing)
  const short = isTiered(table) ? Math.max(0, ledger.unprovable - ledger.unreadable - ledger.wide) : 0
  if (short > 0) reasons.push('accounts whose collateral is short: `plimsoll ledger check` names them')
  if (
    table.scenarios.length === 0 &&
    totals.some((units, key) => sideOf(key).side === 'short' && units > 0n)
  ) {
    reasons.push('a loan or a short where the risk table has no scenario to judge it by')
  }
  for (const [s, line] of scenarios.entries()) {
    const missing = figures.missingByScenario[waterfallByScenario[s]!.scenario]
    if (line.uncovered !== '0' && missing === 0n) reasons.push(cappedReason(line))
    if (!line.cover.valid) {
      reasons.push(
        `scenario ${line.scenario}: the layers do not cover the ${waterfall.cover} largest shortfalls`,
      )
    }
  }

  const { spots, derivatives } = rowsByKind(table)
  const counted = waterfall.layers.map(({ layer }) => layer)
  const idle = LAYERS.filter((layer) => !counted.includes(layer) && held[layer].some((units) => units > 0n))
  return {
    valid: reasons.length === 0,
    reasons,
    weak: belowFullReserves(policy, table),
    quote: table.quote,
    accounts: {
      accounts: ledger.accounts,
      invalid: ledger.invalid,
      unreadable: ledger.unreadable,
      underwater: ledger.underwater,
      short,
    },
    layers: waterfall.layers.map(({ layer, cap }) => ({
      layer,
      ...(cap === undefined ? {} : { cap: amount(cap) }),
    })),
    cover: waterfall.cover,
    instruments: table.instruments.flatMap(({ symbol, decimals, tier }, row) => {
      if (tier !== undefined) return []
      const [spot, derivative] = [figures.spots[spots.indexOf(row)], derivatives.indexOf(row)]
      const units = (n: bigint) => formatDecimal(n, decimals)
      return {
        symbol,
        long: units(totals[keysOf(row).long]!),
        short: units(totals[keysOf(row).short]!),
        reserves: units(held.reserves[row]!),
        layers: units(insurance[row]!),
        missing: units(spot?.missing ?? 0n),
        netted: figures.derivatives[derivative]?.netted ?? true,
      }
    }),
    missingValue: amount(figures.missingValue),
    scenarios,
    notes: [
      ...ledger.notes,
      ...idle.map((layer) => `${layer} is held and does not count: the policy's waterfall does not name it.`),
    ],
  }
}

/** The figures of solvency over books that nobody has folded, and what is wrong with them, in words. */
function bookFigures(books: {
  table: RiskTable
  policy: Policy
  /** Long, short of every row; those of tiers in the row of their instrument. */
  totals: readonly bigint[]
  /** Of every scenario. */
  below: readonly Shortfall[]
  reserves: readonly bigint[]
  insurance: readonly bigint[]
}): { figures: SolvencyFigures; reasons: string[] } {
  const { table, policy } = books
  const sizes = tableSizes(table)
  const columns = riskColumns(table, sizes)
  const { spots } = rowsByKind(table)
  const bySpot = (byRow: readonly bigint[]) => spots.map((row) => byRow[row]!)
  const witness = {
    state: { ...firstState(sizes.scenarios), shortfalls: books.below },
    totals: keyTotals(books.totals, table),
    reserves: bySpot(books.reserves),
    insurance: sizes.scenarios > 0 ? bySpot(books.insurance) : [],
    table: { columns, rowsDigest: 0n },
    policy,
  }
  const figures = solvencyFigures(witness)
  return { figures, reasons: namedReasons([...outOfRange(witness), ...shortages(figures, columns)], table) }
}
