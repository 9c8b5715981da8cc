import { keysOf } from '../../field/index.js'
/**
 * Totals of each instrument with all its tiers in the instrument's own row, and none in the rows of its
 * tiers.
 *
 * @param totals long, short of every row in turn
 * @param widths as `RiskColumns` has them; without tiers the totals are as they were
 */
export function wholeTotals(totals: readonly bigint[], widths?: readonly bigint[]): bigint[] {
  const whole = [...totals]
  let own = 0
  for (const [row, width] of (widths ?? []).entries()) {
    if (width === 0n) {
      own = row
      continue
    }
    const [to, from] = [keysOf(own), keysOf(row)]
    for (const side of ['long', 'short'] as const) {
      whole[to[side]]! += whole[from[side]]!
      whole[from[side]] = 0n
    }
  }
  return whole
}
