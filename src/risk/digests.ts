import { toField } from '../field/index.js'
import { EMPTY_LEAF, poseidon, ROLES, sponge, WideTree } from '../hash/index.js'
import type { MarginRule } from '../rules/index.js'
import {
  compileRequirement,
  kindCode,
  MAX_REQUIREMENTS,
  marginRoot,
  marginRowDigest,
} from '../rules/index.js'
import { type RiskColumns, riskColumns, type TableSizes, tableSizes, valuesDigestOf } from './columns.js'
import { instrumentNumbers, rowPosition } from './numbers.js'
import type { Instrument, RiskTable } from './table.js'
import { packText } from './text.js'

/** Levels of the tree of rows: a place for every number. */
export const ROWS_DEPTH = 4

/** The commitments to a risk table, and what opens `riskRoot`. */
export interface RiskDigests {
  /** Unit values as the instance's circuits read them, padded with zeros. */
  columns: RiskColumns
  valuesDigest: bigint
  rowsRoot: bigint
  /**
   * For each of four requirements, the root over its margin rows; 0 where the rule has no further one, or
   * there is no rule.
   */
  marginRoots: bigint[]
  rowsDigest: bigint
  timestamp: bigint
  riskRoot: bigint
}

/**
 * The commitments to a risk table, for an instance with room for `sizes`.
 *
 * - `valuesDigest`: of the unit values, by `valuesDigestOf`. Scenarios are padded with ones that are nothing
 *   but zeros: in such a scenario everything is worth nothing, and nothing is owed.
 * - `rowsRoot`: the root of a 16-ary tree of depth 4 that has at the `rowPosition` of each instrument's
 *   number `sponge(row, [number, symbol, kind, decimals, mark, quote, valueDecimals])`: what the instrument
 *   is, and in what unit its mark is; of a tier also the name of its list, at the end; of an instrument that
 *   counts shares its long and its short index instead. Symbols and names are UTF-8, in normal form C, packed
 *   into one element; a kind is its code. Only real instruments are leaves, so that it does not depend on the
 *   instance, and how many there are is bound in.
 * - `marginRoots`: for each requirement of the table's margin rule `marginRoot` of such a tree over
 *   `marginRowDigest`s, a leaf being 0 where the rule does not have the instrument.
 * - `rowsDigest = P(rows; rowsRoot, marginRoots…)`,
 *   `riskRoot = P(risk; valuesDigest, rowsDigest, timestamp)`.
 *
 * @throws {InputError} `RISK_TOO_MANY_INSTRUMENTS`, `RISK_TOO_MANY_SCENARIOS`
 * @example
 * const { riskRoot } = riskDigests(table, { spots: 4, derivatives: 0, tiers: 0, scenarios: 2 })
 */
export function riskDigests(table: RiskTable, sizes: TableSizes = tableSizes(table)): RiskDigests {
  const columns = riskColumns(table, sizes)
  const valuesDigest = valuesDigestOf(columns)
  const rowsRoot = tableTree(table).root
  const marginRoots = marginTrees(table).map((tree) => tree?.root ?? 0n)
  const rowsDigest = poseidon([rowsRoot, ...marginRoots], ROLES.rows.tag)
  const timestamp = BigInt(table.timestamp)
  const riskRoot = poseidon([valuesDigest, rowsDigest, timestamp], ROLES.risk.tag)
  return { columns, valuesDigest, rowsRoot, marginRoots, rowsDigest, timestamp, riskRoot }
}

/** What a table says of each instrument, as a tree: the rows under `rowsRoot`. */
export function tableTree(table: RiskTable): WideTree {
  const numbers = instrumentNumbers(table)
  return rowsTree(
    numbers,
    table.instruments.map((row, i) => rowHash(table, row, numbers[i]!)),
  )
}

/** The root that unit values and the digest of everything else come to: what `solvency` recomputes. */
export function riskRootOf(opening: Pick<RiskDigests, 'columns' | 'rowsDigest' | 'timestamp'>): bigint {
  const { columns, rowsDigest, timestamp } = opening
  return poseidon([valuesDigestOf(columns), rowsDigest, timestamp], ROLES.risk.tag)
}

/**
 * The rows of one requirement, in the order of the table's instruments, and what stands for them under the
 * risk root.
 */
export interface MarginTree {
  rows: WideTree
  root: bigint
}

const margins = new WeakMap<MarginRule, { instruments: string; trees: (MarginTree | undefined)[] }>()

/** For each of four requirements its rows, as a tree. */
export function marginTrees(table: RiskTable): (MarginTree | undefined)[] {
  const { margin } = table
  if (margin === undefined) return new Array(MAX_REQUIREMENTS).fill(undefined)
  const numbers = instrumentNumbers(table)
  const symbols = table.instruments.map(({ symbol }) => symbol)
  const instruments = symbols.map((symbol, i) => `${symbol} ${numbers[i]}`).join()
  const known = margins.get(margin)
  if (known?.instruments === instruments) return known.trees
  const trees = Array.from({ length: MAX_REQUIREMENTS }, (_, r) => {
    const named = margin.requirements[r]
    if (named === undefined) return undefined
    const requirement = compileRequirement(margin, named.name)
    const rows = rowsTree(
      numbers,
      symbols.map((symbol) => {
        const row = requirement.rows.get(symbol)
        return row === undefined ? 0n : marginRowDigest(row)
      }),
    )
    return { rows, root: marginRoot(rows.root, requirement) }
  })
  margins.set(margin, { instruments, trees })
  return trees
}

/** A tree that has what is said of each instrument at the position of its number. */
function rowsTree(numbers: readonly number[], rows: readonly bigint[]): WideTree {
  const positions = numbers.map(rowPosition)
  const leaves = new Array<bigint>(Math.max(0, ...positions.map((at) => at + 1))).fill(EMPTY_LEAF)
  for (const [i, row] of rows.entries()) leaves[positions[i]!] = row
  return new WideTree(ROWS_DEPTH, leaves)
}

function rowHash(table: RiskTable, row: Instrument, number: number): bigint {
  const { symbol, kind, decimals, mark, index, tier } = row
  return sponge('row', [
    BigInt(number),
    packText(symbol),
    kindCode(kind),
    BigInt(decimals),
    toField(mark),
    packText(table.quote),
    BigInt(table.valueDecimals),
    ...(tier === undefined ? [] : [packText(tier.list)]),
    ...(index === undefined ? [] : [index.long, index.short]),
  ])
}
