import { InputError } from '../errors/index.js'
import { MAX_SCENARIOS, packCounts, packTriples, TABLE_KEYS_BITS, toField } from '../field/index.js'
import { sponge } from '../hash/index.js'
import { DERIVATIVE_NUMBERS, instrumentNumbers, TIER_NUMBERS } from './numbers.js'
import { isRequirement, type RiskTable } from './table.js'
import { packText } from './text.js'
import { assetsOf } from './tiers/assets.js'

/** How many rows of each kind, and how many scenarios, a table has or an instance has room for. */
export interface TableSizes {
  /** Instruments that can be held in reserve. */
  spots: number
  derivatives: number
  /** Tiers of the former. */
  tiers: number
  scenarios: number
}

/**
 * All unit values of a risk table as circuits read them, rows told apart by place and padded with zeros.
 * *Keys* are long, short of each spot instrument in turn, then of each derivative, then long of each tier.
 */
export interface RiskColumns {
  sizes: TableSizes
  /** Of each spot instrument, then of each derivative. */
  marks: bigint[]
  /**
   * For each scenario its name as a field element, whether it is a requirement, and the value of every key.
   */
  scenarios: { name: bigint; requirement: boolean; values: bigint[] }[]
  /** The most that an account holds of each tier, in smallest units, and which spot instrument it is of. */
  tiers: { width: bigint; owner: number }[]
}

/** The sizes of a table itself. */
export function tableSizes(table: Pick<RiskTable, 'instruments' | 'scenarios'>): TableSizes {
  const rows = rowsByKind(table)
  return {
    spots: rows.spots.length,
    derivatives: rows.derivatives.length,
    tiers: rows.tiers.length,
    scenarios: table.scenarios.length,
  }
}

/** Where a list by key has its first tier: behind long and short of every instrument. */
export function firstTierKey({ spots, derivatives }: TableSizes): number {
  return 2 * (spots + derivatives)
}

/** Keys of a table of these sizes: entries of a list by key. */
export function keyCount(sizes: TableSizes): number {
  return firstTierKey(sizes) + sizes.tiers
}

/**
 * Where a list by key has the units that a leaf's slot holds; `undefined` for a slot that holds what no key
 * of these sizes is of, as a short position in a tier.
 *
 * @param number as `instrumentNumbers` gives it
 */
export function keyIndex(sizes: TableSizes, number: number, side: 'long' | 'short'): number | undefined {
  const { spots, derivatives, tiers } = sizes
  const short = side === 'short' ? 1 : 0
  if (number < TIER_NUMBERS) return number < spots ? 2 * number + short : undefined
  if (number < DERIVATIVE_NUMBERS) {
    const tier = number - TIER_NUMBERS
    return tier < tiers && short === 0 ? firstTierKey(sizes) + tier : undefined
  }
  const derivative = number - DERIVATIVE_NUMBERS
  return derivative < derivatives ? 2 * (spots + derivative) + short : undefined
}

/** Rows of a table by kind, each kind in the table's order, which is the order of its numbers. */
export function rowsByKind(table: Pick<RiskTable, 'instruments'>): {
  spots: number[]
  derivatives: number[]
  tiers: number[]
} {
  const rows = { spots: [] as number[], derivatives: [] as number[], tiers: [] as number[] }
  for (const [row, number] of instrumentNumbers(table).entries()) {
    const kind = number < TIER_NUMBERS ? 'spots' : number < DERIVATIVE_NUMBERS ? 'tiers' : 'derivatives'
    rows[kind].push(row)
  }
  return rows
}

/**
 * The columns of a table, for an instance with room for `sizes`.
 *
 * @throws {InputError} `RISK_TOO_MANY_INSTRUMENTS`, `RISK_TOO_MANY_SCENARIOS`
 */
export function riskColumns(table: RiskTable, sizes: TableSizes = tableSizes(table)): RiskColumns {
  const rows = rowsByKind(table)
  if (keyCount(sizes) > 2 ** TABLE_KEYS_BITS) {
    throw new InputError(
      'RISK_TOO_MANY_INSTRUMENTS',
      `the rows of the risk table have ${keyCount(sizes)} keys, and a proof has room for ${2 ** TABLE_KEYS_BITS}`,
      { hint: 'An instrument has two keys and a tier one: remove those that no account holds.' },
    )
  }
  if (sizes.scenarios > MAX_SCENARIOS) {
    throw new InputError(
      'RISK_TOO_MANY_SCENARIOS',
      `the risk table has ${sizes.scenarios} scenarios, and a proof has room for ${MAX_SCENARIOS}`,
      { hint: 'Remove scenarios, or judge them in a table of their own.' },
    )
  }
  for (const [kind, what] of KINDS) {
    if (rows[kind].length <= sizes[kind]) continue
    throw new InputError(
      'RISK_TOO_MANY_INSTRUMENTS',
      `the risk table has ${rows[kind].length} ${what}, the instance has room for ${sizes[kind]}`,
      { hint: 'Use an instance with more rows, or remove those that no account holds.' },
    )
  }
  if (table.scenarios.length > sizes.scenarios) {
    throw new InputError(
      'RISK_TOO_MANY_SCENARIOS',
      `the risk table has ${table.scenarios.length} scenarios, the instance has room for ${sizes.scenarios}`,
      { hint: 'Use an instance with more scenarios.' },
    )
  }
  const marksOf = (kind: 'spots' | 'derivatives') =>
    Array.from({ length: sizes[kind] }, (_, i) => table.instruments[rows[kind][i]!]?.mark ?? 0n)
  const spotOf = new Map(rows.spots.map((row, spot) => [row, spot]))
  const owners = new Map<number, number>()
  for (const { base, lists } of assetsOf(table)) {
    for (const list of lists.values()) for (const { row } of list) owners.set(row, spotOf.get(base)!)
  }
  return {
    sizes,
    marks: [...marksOf('spots'), ...marksOf('derivatives')],
    scenarios: Array.from({ length: sizes.scenarios }, (_, s) => {
      const scenario = table.scenarios[s]
      const pairOf = (row: number | undefined) => scenario?.values[row!] ?? { long: 0n, short: 0n }
      const pairs = (kind: 'spots' | 'derivatives') =>
        Array.from({ length: sizes[kind] }, (_, i) => pairOf(rows[kind][i])).flatMap(({ long, short }) => [
          long,
          short,
        ])
      return {
        name: packText(scenario?.name ?? ''),
        requirement: scenario !== undefined && isRequirement(table, s),
        values: [
          ...pairs('spots'),
          ...pairs('derivatives'),
          ...Array.from({ length: sizes.tiers }, (_, t) => pairOf(rows.tiers[t]).long),
        ],
      }
    }),
    tiers: Array.from({ length: sizes.tiers }, (_, t) => {
      const row = rows.tiers[t]
      return row === undefined
        ? { width: 0n, owner: 0 }
        : { width: table.instruments[row]!.tier!.width, owner: owners.get(row)! }
    }),
  }
}

const KINDS = [
  ['spots', 'spot instruments'],
  ['derivatives', 'derivatives'],
  ['tiers', 'tiers'],
] as const

/** The sizes of a table, 16 bits each, and from bit 64 on which of its scenarios are requirements. */
export function tableLayout({ sizes, scenarios }: Pick<RiskColumns, 'sizes' | 'scenarios'>): bigint {
  const flags = scenarios.reduce(
    (sum, { requirement }, s) => (requirement ? sum | (1n << BigInt(s)) : sum),
    0n,
  )
  return packCounts([sizes.spots, sizes.derivatives, sizes.tiers, sizes.scenarios]) | (flags << 64n)
}

/**
 * `sponge(values: layout, marks of spot instruments three to an element, marks of derivatives, for each
 * scenario its name and the value of every key, then width and owner of every tier)`. A negative number is
 * taken modulo the field's order.
 */
export function valuesDigestOf(columns: RiskColumns): bigint {
  const { sizes, marks, scenarios, tiers } = columns
  return sponge('values', [
    tableLayout(columns),
    ...packTriples(marks.slice(0, sizes.spots)),
    ...marks.slice(sizes.spots).map(toField),
    ...scenarios.flatMap(({ name, values }) => [name, ...values.map(toField)]),
    ...tiers.flatMap(({ width, owner }) => [width, BigInt(owner)]),
  ])
}
