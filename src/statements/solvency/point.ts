import { encodePacked, keccak256 } from 'viem/utils'
import { FIELD_ORDER, toField } from '../../field/index.js'
import type { RiskColumns, RiskDigests } from '../../risk/index.js'

/** What a reader of a table compares with the table that a proof used, without its values. */
type Shown = Pick<RiskDigests, 'riskRoot' | 'timestamp'> & {
  columns: Pick<RiskColumns, 'marks' | 'scenarios'>
}

/** Marks, then scenario names, as elements: all that the polynomial of a table is of. */
function coefficients({ marks, scenarios }: Shown['columns']): bigint[] {
  return [...marks.map(toField), ...scenarios.map(({ name }) => name)]
}

/**
 * Where a table's marks and names are evaluated: `keccak256(riskRoot, timestamp, marks…, names…)`, each 32
 * bytes, modulo the field's order. Whoever has them computes it, and nobody chooses it.
 */
export function tablePoint({ riskRoot, timestamp, columns }: Shown): bigint {
  const words = [riskRoot, timestamp, ...coefficients(columns)]
  return BigInt(keccak256(encodePacked(['uint256[]'], [words]))) % FIELD_ORDER
}

/** The marks, then the names, as the coefficients of a polynomial at `point`, the first one highest. */
export function tableAtPoint(columns: Shown['columns'], point: bigint): bigint {
  return coefficients(columns).reduce((sum, coefficient) => (sum * point + coefficient) % FIELD_ORDER, 0n)
}
