import { correlationMatrix } from '../calibrate/correlation.js'

/**
 * How far of the way to one the correlations of a window have moved from those before it: the weight with
 * which `stressCorrelation` would lead from one to the other, on the mean of all pairs. Below zero where they
 * have moved apart.
 *
 * @param returns one list for each asset, all equally long, at least two lists
 * @param window how many of the last returns are compared with all of them
 * @returns nothing where the prices of an asset stand still
 */
export function correlationMove(returns: readonly (readonly number[])[], window: number): number | undefined {
  const [usual, now] = [meanCorrelation(returns), meanCorrelation(returns.map((list) => list.slice(-window)))]
  return usual === undefined || now === undefined || usual >= 1 ? undefined : (now - usual) / (1 - usual)
}

function meanCorrelation(returns: readonly (readonly number[])[]): number | undefined {
  if (returns.some((list) => list.every((r) => r === list[0]))) return undefined
  const pairs = correlationMatrix(returns).flatMap((row, i) => row.slice(0, i))
  return pairs.reduce((sum, value) => sum + value, 0) / pairs.length
}
