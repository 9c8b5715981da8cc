import { encodePacked, keccak256 } from 'viem/utils'
import { FIELD_ORDER, toField } from '../../field/index.js'
import { type RiskColumns, type RiskDigests, tableLayout } from '../../risk/index.js'

/** What a reader of a table compares with the table that a proof used, without its values. */
type Shown = Pick<RiskColumns, 'sizes' | 'marks' | 'scenarios'>

/** Layout, marks, then scenario names, as elements: all that the polynomial of a table is of. */
function coefficients(columns: Shown): bigint[] {
  return [tableLayout(columns), ...columns.marks.map(toField), ...columns.scenarios.map(({ name }) => name)]
}

/**
 * Where a table's marks and names are evaluated: `keccak256(riskRoot, timestamp, layout, marks…, names…)`,
 * each 32 bytes, modulo the field's order. Whoever has them computes it, and nobody chooses it. The layout
 * says how many of them are marks, so that it has to be known before the point is.
 */
export function tablePoint(table: Pick<RiskDigests, 'riskRoot' | 'timestamp'> & { columns: Shown }): bigint {
  const words = [table.riskRoot, table.timestamp, ...coefficients(table.columns)]
  return BigInt(keccak256(encodePacked(['uint256[]'], [words]))) % FIELD_ORDER
}

/** Layout, marks and names as the coefficients of a polynomial at `point`, the layout's highest. */
export function tableAtPoint(columns: Shown, point: bigint): bigint {
  return coefficients(columns).reduce((sum, coefficient) => (sum * point + coefficient) % FIELD_ORDER, 0n)
}
