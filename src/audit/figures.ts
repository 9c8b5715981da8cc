import type { Backing, Disclosed, ReadEpoch } from '../epoch/index.js'
import { ledgerSizesOf } from '../epoch/index.js'
import { formatDecimal, RATIO_ONE } from '../field/index.js'
import { isRequirement, isTiered, marketScenarios, type RiskTable, rowsByKind } from '../risk/index.js'
import { isSettledAtMark } from '../rules/index.js'
import {
  knownInstance,
  NO_LIMIT,
  type Policy,
  type ShownReserves,
  type ShownTotals,
} from '../statements/index.js'

/**
 * How a figure is known: `recomputed` here from what was verified, `proven` by a proof under the pinned keys,
 * `claimed` by the venue, `withheld`: committed to, and not shown.
 */
export type Grade = 'recomputed' | 'proven' | 'claimed' | 'withheld'

/** A figure of a report. */
export interface Figure {
  name: string
  value: string
  grade: Grade
  /** What the grade rests on. */
  basis: string
}

/** How far an instrument is covered. */
export interface Coverage {
  symbol: string
  /** The least ratio that the policy asks, per unit owed. */
  threshold: string
  /** What is held per unit owed, loans as the policy counts them; where both amounts are disclosed. */
  ratio?: string
  /** The least that is held per unit owed, where that is disclosed and proven. */
  atLeast?: string
  /** Exact decimals, where disclosed. */
  owed?: string
  held?: string
  grade: Grade
}

/** What a scenario does, and what is left in it. */
export interface ScenarioFigure {
  name: string
  kind: 'covered' | 'requirement' | 'collateral'
  /** The lowest and the highest change of a spot instrument, in percent. */
  lowest?: { symbol: string; percent: string }
  highest?: { symbol: string; percent: string }
  /** Quote currency: what is held over what is owed before shortfalls, which are proven to be no more. */
  margin?: string
  /** The same as a share of what is owed to customers in the scenario, in percent. */
  marginShare?: string
  /** The bounds of the policy. */
  mostAccounts?: string
  mostShortfall?: string
  grade: Grade
}

/** What was disclosed, by row: opened whole, or proven of chosen instruments. */
export type Amounts = Pick<Disclosed, 'totals' | 'reserves' | 'chosen'>
/** Totals and reserves, both opened whole. */
type Whole = Required<Pick<Amounts, 'totals' | 'reserves'>>

const percentOf = (part: bigint, whole: bigint): string => formatDecimal((part * 10_000n) / whole, 2)
/** Decimals of a ratio that is shown: cut off, never rounded up. */
const RATIO_SHOWN = 6

/**
 * Coverage of every spot instrument: proven at the policy's ratios, recomputed where amounts are shown, and
 * beside them what is proven of chosen instruments.
 */
export function coverage(table: RiskTable, policy: Policy, isValid: boolean, amounts: Amounts): Coverage[] {
  const { totals, reserves, chosen } = amounts
  const assets = rowsByKind(table).spots
  return assets.map((row, i) => {
    const { symbol, decimals } = table.instruments[row]!
    const rules = policy.instruments[i]!
    const line: Coverage = {
      symbol,
      threshold: formatDecimal(rules.minimumRatio, RATIO_SHOWN),
      grade: isValid ? 'proven' : 'claimed',
    }
    const total = totals ? wholeOf(table, row, totals) : chosen?.totals.get(row)
    const held = reserves?.[row] ?? chosen?.reserves.get(row)
    const least = chosen?.ratios.get(row)
    return {
      ...line,
      ...(total && { owed: formatDecimal(total.long, decimals) }),
      ...(held && { held: formatDecimal(held.reserves, decimals) }),
      ...(least !== undefined && { atLeast: formatDecimal(least, RATIO_SHOWN) }),
      ...(total &&
        held && {
          ...(total.long > 0n && {
            ratio: formatDecimal(countedOf(total, held, rules) / total.long, RATIO_SHOWN),
          }),
          grade: isValid ? 'recomputed' : 'claimed',
        }),
    }
  })
}

/** Symbols of the instruments that a disclosure shows below the policy. */
export function belowPolicy(table: RiskTable, policy: Policy, amounts: Whole): string[] {
  return rowsByKind(table).spots.flatMap((row, i) => {
    const rules = policy.instruments[i]!
    const total = wholeOf(table, row, amounts.totals)
    const counted = countedOf(total, amounts.reserves[row]!, rules)
    return counted < rules.minimumRatio * total.long ? [table.instruments[row]!.symbol] : []
  })
}

/** What counts against what is owed of an instrument, in millionths of the same unit. */
function countedOf(
  { short }: ShownTotals,
  { reserves }: ShownReserves,
  { loanFactor }: Policy['instruments'][number],
): bigint {
  return reserves * RATIO_ONE + loanFactor * short
}

/** Totals of an instrument with all its tiers, which follow it in the table. */
function wholeOf({ instruments }: RiskTable, row: number, totals: readonly ShownTotals[]): ShownTotals {
  let { long, short } = totals[row]!
  for (let tier = row + 1; instruments[tier]?.tier !== undefined; tier++) {
    long += totals[tier]!.long
    short += totals[tier]!.short
  }
  return { long, short }
}

/** The scenarios of a table: what they do, what bounds them, and, where amounts are shown, what is left. */
export function scenarioFigures(
  table: RiskTable,
  policy: Policy | undefined,
  isValid: boolean,
  amounts: Amounts,
): ScenarioFigure[] {
  return table.scenarios.map(({ name, values }, s) => {
    const kind =
      isTiered(table) && s === 0 ? 'collateral' : isRequirement(table, s) ? 'requirement' : 'covered'
    const moves = table.instruments.flatMap(({ symbol, kind: own, mark, tier }, row) => {
      if (tier !== undefined || mark <= 0n || own === 'option') return []
      const change = isSettledAtMark(own) ? values[row]!.long : values[row]!.long - mark
      return [{ symbol, move: (change * 10_000n) / mark }]
    })
    const by = moves.sort((a, b) => (a.move < b.move ? -1 : a.move > b.move ? 1 : 0))
    const move = (at: (typeof by)[number] | undefined) =>
      at && { symbol: at.symbol, percent: formatDecimal(at.move, 2) }
    const [lowest, highest] = [move(by[0]), move(by.at(-1))]
    const limit = policy?.scenarios[s]
    const left = kind === 'covered' ? marginIn(table, s, amounts) : undefined
    const isBounded =
      limit !== undefined &&
      (limit.mostAccounts !== NO_LIMIT.mostAccounts || limit.mostShortfall !== NO_LIMIT.mostShortfall)
    // Of a requirement without a bound nothing is proven.
    const isProven = isValid && (kind !== 'requirement' || isBounded)
    return {
      name,
      kind,
      ...(lowest && { lowest }),
      ...(highest && { highest }),
      ...(left && {
        margin: formatDecimal(left.margin, table.valueDecimals),
        ...(left.owed > 0n && { marginShare: percentOf(left.margin, left.owed) }),
      }),
      ...(limit &&
        limit.mostAccounts !== NO_LIMIT.mostAccounts && { mostAccounts: limit.mostAccounts.toString() }),
      ...(limit &&
        limit.mostShortfall !== NO_LIMIT.mostShortfall && {
          mostShortfall: formatDecimal(limit.mostShortfall, table.valueDecimals),
        }),
      grade: !isProven ? 'claimed' : left ? 'recomputed' : 'proven',
    }
  })
}

/** What is held over what is owed in a scenario, and what is owed there, in units of value. */
function marginIn(
  table: RiskTable,
  s: number,
  { totals, reserves }: Amounts,
): { margin: bigint; owed: bigint } | undefined {
  if (!totals || !reserves) return undefined
  let [margin, owed] = [0n, 0n]
  for (const row of rowsByKind(table).spots) {
    const { long, short } = wholeOf(table, row, totals)
    const value = table.scenarios[s]!.values[row]!
    const net = reserves[row]!.reserves + reserves[row]!.insurance + short - long
    margin += net * (net < 0n ? value.short : value.long)
    owed += long * value.long
  }
  return { margin, owed }
}

/** Everything that an epoch says in numbers, each with how it is known. */
export function figures(
  { manifest, table, digests, policy: file }: ReadEpoch,
  isValid: boolean,
  amounts: Amounts,
  backing: Backing | undefined,
): Figure[] {
  const { ledger, solvency } = manifest.parts
  const held = ledger.batches.reduce((most, { instance, count }) => {
    const known = knownInstance(instance)
    return most + count * (known?.statement === 'ledger' ? ledgerSizesOf(known).accounts : 0)
  }, 0)
  const batches = ledger.batches.reduce((sum, { count }) => sum + count, 0)
  const proven: Grade = isValid ? 'proven' : 'claimed'
  const recomputed: Grade = isValid ? 'recomputed' : 'claimed'
  /** What a basis says of a valid epoch alone. */
  const ifProven = (words: string) => (isValid ? words : 'nothing of it is proven')
  const rows: Figure[] = [
    {
      name: 'batches of accounts',
      value: `${batches}`,
      grade: recomputed,
      basis: isValid ? 'counted; each has its own proof' : 'as the manifest says',
    },
    {
      name: 'accounts at most',
      value: `${held}`,
      grade: recomputed,
      basis: 'places in all batches; how many are padding is hidden',
    },
    {
      name: 'root over all accounts',
      value: solvency?.accountsRoot ?? 'none',
      grade: proven,
      basis: 'public signal of the proof of solvency',
    },
    {
      name: 'last state of the ledger',
      value: ledger.state,
      grade: proven,
      basis: 'the end of the chain of proofs, which solvency opens',
    },
    {
      name: 'root of the risk table',
      value: manifest.riskRoot,
      grade: digests?.riskRoot.toString() === manifest.riskRoot ? 'recomputed' : 'claimed',
      basis: digests?.riskRoot.toString() === manifest.riskRoot ? 'from risk.json' : 'as the manifest says',
    },
  ]
  if (table) {
    rows.push(
      {
        name: 'time of the marks',
        value: new Date(1000 * table.timestamp).toISOString(),
        grade: 'claimed',
        basis: 'bound by the root of the table; nobody proves the time',
      },
      {
        name: 'marks',
        value: `${table.instruments.length} instruments in ${table.quote}`,
        grade: 'claimed',
        basis: 'bound by the root of the table; compare them with markets',
      },
    )
  }
  const behind =
    isValid && backing
      ? `reserves are proven to be no more than addresses show, ${backing.verdict}`
      : 'that reserves exist, and whose they are, is the venue’s word'
  rows.push(
    ...chosenFigures(table, amounts, isValid, {
      grade: isValid && backing?.verdict === 'shown' ? 'proven' : 'claimed',
      behind,
    }),
    amounts.totals
      ? {
          name: 'totals owed to customers',
          value: 'disclosed, below',
          grade: isValid ? 'recomputed' : 'claimed',
          basis: `opens firstState; ${ifProven('proven to be the sum of all accounts')}`,
        }
      : {
          name: 'totals owed to customers',
          value: amounts.chosen?.totals.size ? 'hidden but of chosen instruments' : 'hidden',
          grade: 'withheld',
          basis: `committed to in every state; ${ifProven('proven to be covered')}`,
        },
    amounts.reserves
      ? {
          name: 'reserves',
          value: 'disclosed, below',
          grade: isValid && backing?.verdict === 'shown' ? 'proven' : 'claimed',
          basis: `opens reservesCommitment; ${behind}`,
        }
      : {
          name: 'reserves',
          value: amounts.chosen?.reserves.size ? 'hidden but of chosen instruments' : 'hidden',
          grade: 'withheld',
          basis: `committed to; ${behind}`,
        },
    { name: 'accounts below zero', ...belowZero(table, file?.limits, proven) },
  )
  return rows
}

/** What is proven of chosen instruments, and of all together at mark. */
function chosenFigures(
  table: RiskTable | undefined,
  { chosen }: Amounts,
  isValid: boolean,
  held: Pick<Figure, 'grade'> & { behind: string },
): Figure[] {
  if (!table || !chosen) return []
  const proof = isValid ? 'a proof of its own, over the commitments of this epoch' : 'nothing of it is proven'
  const figure = (name: string, value: string, ...more: string[]): Figure => ({
    ...{ name, value },
    grade: isValid ? 'proven' : 'claimed',
    basis: [proof, ...more].join('; '),
  })
  const counted = 'loans to customers count as the policy says'
  const units = (row: number, value: bigint) => formatDecimal(value, table.instruments[row]!.decimals)
  const symbol = (row: number) => table.instruments[row]!.symbol
  return [
    ...(chosen.ratio === undefined
      ? []
      : [
          figure(
            'reserves and loans per unit owed, all spot instruments at mark',
            `at least ${formatDecimal(chosen.ratio, RATIO_SHOWN)}`,
            ...[counted, held.behind],
          ),
        ]),
    ...[...chosen.ratios].map(([row, ratio]) =>
      figure(
        `reserves and loans of ${symbol(row)} per unit owed`,
        `at least ${formatDecimal(ratio, RATIO_SHOWN)}`,
        ...[`${counted}, and where nothing is owed any ratio holds`, held.behind],
      ),
    ),
    ...[...chosen.totals].map(([row, { long, short }]) =>
      figure(`total of ${symbol(row)}`, `${units(row, long)} owed, ${units(row, short)} lent or short`),
    ),
    ...[...chosen.reserves].map(([row, { reserves, insurance }]) => ({
      ...figure(
        `reserves of ${symbol(row)}`,
        `${units(row, reserves)}, and ${units(row, insurance)} in layers`,
        held.behind,
      ),
      grade: held.grade,
    })),
  ]
}

/** What an epoch says of accounts below zero. */
function belowZero(
  table: RiskTable | undefined,
  limits: object | undefined,
  proven: Grade,
): Omit<Figure, 'name'> {
  if (table === undefined) {
    return { value: 'not known', grade: 'claimed', basis: 'the risk table could not be read' }
  }
  if (table.scenarios.length === 0) {
    const basis = 'proofs of a table without scenarios let no account owe anything'
    return { value: 'none can be', grade: proven, basis }
  }
  const isBounded = limits !== undefined && Object.keys(limits).length > 0
  const isCovered = marketScenarios(table).length > 0
  return {
    value: isBounded ? 'number hidden, bounded as the scenarios below say' : 'number hidden, without a bound',
    grade: isBounded || isCovered ? proven : 'withheld',
    basis: isCovered
      ? 'a valid epoch covers their shortfalls in every scenario that could happen'
      : 'no scenario could happen: nothing has to cover what they lack',
  }
}
