import { InputError } from '../errors/index.js'
import { packBytes, toField } from '../field/index.js'
import { poseidon, ROLES, sponge, WideTree } from '../hash/index.js'
import type { MarginRule } from '../rules/index.js'
import {
  compileRequirement,
  kindCode,
  MAX_REQUIREMENTS,
  marginRoot,
  marginRowDigest,
} from '../rules/index.js'
import { type Instrument, isTiered, type RiskTable } from './table.js'

/** Levels of the tree of rows: up to 65,536 instruments. */
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

/** All unit values of a risk table at the sizes of an instance. */
export interface RiskColumns {
  marks: bigint[]
  /**
   * For each scenario its name as a field element, and the value of every key: long, short of each instrument
   * in turn.
   */
  scenarios: { name: bigint; values: bigint[] }[]
  /**
   * Of a tiered table, how much of a tier an account holds at most, in smallest units; 0 for a row that is no
   * tier.
   */
  widths?: bigint[]
}

/**
 * The commitments to a risk table, for an instance with room for `instruments` instruments and `scenarios`
 * scenarios.
 *
 * - `valuesDigest = sponge(values, marks ‖ for each scenario in turn: name, value of every key)`. Marks are
 *   padded with zeros to `instruments`, and so is each scenario to `2 · instruments` keys; key
 *   `2 · instrument` is a long unit, `2 · instrument + 1` a short one. Scenarios are padded with ones that
 *   are nothing but zeros: in such a scenario everything is worth nothing, and nothing is owed. A negative
 *   mark or value is taken modulo the field's order. Of a table with tiers it is
 *   `sponge(tieredValues, the same ‖ widths)`, so that no root opens in both ways.
 * - `rowsRoot`: the root of a 16-ary tree of depth 4 whose leaf i is
 *   `sponge(row, [i, symbol, kind, decimals, mark, quote, valueDecimals])`: what the instrument is, and in
 *   what unit its mark is; of a tier also the name of its list, at the end. Symbols and names are UTF-8, in
 *   normal form C, packed into one element; a kind is its code. Only real instruments are leaves, so that it
 *   does not depend on the instance, and their number is bound in.
 * - `marginRoots`: for each requirement of the table's margin rule `marginRoot` of such a tree over
 *   `marginRowDigest`s, a leaf being 0 where the rule does not have the instrument.
 * - `rowsDigest = P(rows; rowsRoot, marginRoots…)`,
 *   `riskRoot = P(risk; valuesDigest, rowsDigest, timestamp)`.
 *
 * @throws {InputError} `RISK_TOO_MANY_INSTRUMENTS`, `RISK_TOO_MANY_SCENARIOS`
 * @example
 * const { riskRoot } = riskDigests(table, 3)
 */
export function riskDigests(
  table: RiskTable,
  instruments: number,
  scenarios = table.scenarios.length,
): RiskDigests {
  if (table.instruments.length > instruments) {
    throw new InputError(
      'RISK_TOO_MANY_INSTRUMENTS',
      `the risk table has ${table.instruments.length} instruments, the instance has room for ${instruments}`,
      { hint: 'Use an instance with more instruments, or remove those that no account holds.' },
    )
  }
  if (table.scenarios.length > scenarios) {
    throw new InputError(
      'RISK_TOO_MANY_SCENARIOS',
      `the risk table has ${table.scenarios.length} scenarios, the instance has room for ${scenarios}`,
      { hint: 'Use an instance with more scenarios.' },
    )
  }
  const columns: RiskColumns = {
    marks: padded(
      table.instruments.map(({ mark }) => mark),
      instruments,
    ),
    scenarios: Array.from({ length: scenarios }, (_, s) => {
      const { name, values } = table.scenarios[s] ?? { name: '', values: [] }
      const keys = values.flatMap(({ long, short }) => [long, short])
      return { name: packText(name), values: padded(keys, 2 * instruments) }
    }),
    ...(isTiered(table)
      ? {
          widths: padded(
            table.instruments.map(({ tier }) => tier?.width ?? 0n),
            instruments,
          ),
        }
      : {}),
  }
  const valuesDigest = valuesDigestOf(columns)
  const rowsRoot = new WideTree(
    ROWS_DEPTH,
    table.instruments.map((row, i) => rowHash(table, row, i)),
  ).root
  const marginRoots = marginTrees(table).map((tree) => tree?.root ?? 0n)
  const rowsDigest = poseidon([rowsRoot, ...marginRoots], ROLES.rows.tag)
  const timestamp = BigInt(table.timestamp)
  const riskRoot = poseidon([valuesDigest, rowsDigest, timestamp], ROLES.risk.tag)
  return { columns, valuesDigest, rowsRoot, marginRoots, rowsDigest, timestamp, riskRoot }
}

/**
 * `sponge(values: marks, then for each scenario its name and the value of every key)`, or with widths the
 * tiered one.
 */
function valuesDigestOf({ marks, scenarios, widths }: RiskColumns): bigint {
  const values = [
    ...marks.map(toField),
    ...scenarios.flatMap(({ name, values }) => [name, ...values.map(toField)]),
  ]
  return widths === undefined ? sponge('values', values) : sponge('tieredValues', [...values, ...widths])
}

/**
 * The root that unit values and the digest of everything else come to: what a circuit with scenarios
 * recomputes.
 */
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
export function marginTrees({ margin, instruments }: RiskTable): (MarginTree | undefined)[] {
  if (margin === undefined) return new Array(MAX_REQUIREMENTS).fill(undefined)
  const symbols = instruments.map(({ symbol }) => symbol)
  const known = margins.get(margin)
  if (known?.instruments === symbols.join()) return known.trees
  const trees = Array.from({ length: MAX_REQUIREMENTS }, (_, r) => {
    const named = margin.requirements[r]
    if (named === undefined) return undefined
    const requirement = compileRequirement(margin, named.name)
    const rows = new WideTree(
      ROWS_DEPTH,
      symbols.map((symbol) => {
        const row = requirement.rows.get(symbol)
        return row === undefined ? 0n : marginRowDigest(row)
      }),
    )
    return { rows, root: marginRoot(rows.root, requirement) }
  })
  margins.set(margin, { instruments: symbols.join(), trees })
  return trees
}

function rowHash(table: RiskTable, row: Instrument, index: number): bigint {
  const { symbol, kind, decimals, mark, tier } = row
  return sponge('row', [
    BigInt(index),
    packText(symbol),
    kindCode(kind),
    BigInt(decimals),
    toField(mark),
    packText(table.quote),
    BigInt(table.valueDecimals),
    ...(tier === undefined ? [] : [packText(tier.list)]),
  ])
}

/**
 * A symbol or a name, whose UTF-8 is one element: no two of them pack alike, as none starts with a zero byte.
 */
function packText(text: string): bigint {
  const bytes = new TextEncoder().encode(text)
  if (bytes.length > 31 || bytes[0] === 0) throw new RangeError('a text is not one element')
  return packBytes(bytes)[0] ?? 0n
}

function padded(values: readonly bigint[], length: number): bigint[] {
  return Array.from({ length }, (_, i) => values[i] ?? 0n)
}
