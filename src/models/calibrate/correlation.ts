/**
 * Correlations of returns over the same days, a symmetric matrix with ones on its diagonal.
 *
 * @param returns one list for each asset, all equally long, none constant
 */
export function correlationMatrix(returns: readonly (readonly number[])[]): number[][] {
  const unit = returns.map((list) => {
    const mean = list.reduce((sum, r) => sum + r, 0) / list.length
    const length = Math.sqrt(list.reduce((sum, r) => sum + (r - mean) ** 2, 0))
    return list.map((r) => (r - mean) / length)
  })
  return unit.map((a, i) =>
    unit.map((b, j) => {
      if (i === j) return 1
      const product = a.reduce((sum, x, t) => sum + x * b[t]!, 0)
      return Math.min(1, Math.max(-1, product))
    }),
  )
}

/**
 * Moves every correlation a share of the way to one (all fall together: no diversification) or to zero
 * (hedges part). Either is a mean of two positive semi-definite matrices, so it is one too.
 *
 * @param weight from 0, nothing changes, to 1, all the way
 */
export function stressCorrelation(
  matrix: readonly (readonly number[])[],
  target: 'one' | 'zero',
  weight: number,
): number[][] {
  const goal = target === 'one' ? 1 : 0
  return matrix.map((row, i) => row.map((value, j) => (i === j ? 1 : (1 - weight) * value + weight * goal)))
}
