/**
 * Totals of each instrument with all its tiers in the instrument's own row, and none in the rows of its tiers.
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
    for (const side of [0, 1]) {
      whole[2 * own + side]! += whole[2 * row + side]!
      whole[2 * row + side] = 0n
    }
  }
  return whole
}
