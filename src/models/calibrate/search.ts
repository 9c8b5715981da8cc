const GOLDEN = (Math.sqrt(5) - 1) / 2
const GRID = 24

/**
 * Where a function is largest between two points: the best cell of a grid, then golden sections within it.
 */
export function maximise(f: (x: number) => number, low: number, high: number): { x: number; value: number } {
  const step = (high - low) / GRID
  let best = low
  let bestValue = -Infinity
  for (let i = 0; i <= GRID; i++) {
    const value = f(low + i * step)
    if (value > bestValue) [best, bestValue] = [low + i * step, value]
  }
  let left = Math.max(low, best - step)
  let right = Math.min(high, best + step)
  let [a, b] = [right - GOLDEN * (right - left), left + GOLDEN * (right - left)]
  let [atA, atB] = [f(a), f(b)]
  while (right - left > 1e-7 * (1 + Math.abs(best))) {
    if (atA < atB) {
      ;[left, a, atA, b] = [a, b, atB, a + GOLDEN * (right - a)]
      atB = f(b)
    } else {
      ;[right, b, atB, a] = [b, a, atA, b - GOLDEN * (b - left)]
      atA = f(a)
    }
  }
  const middle = (left + right) / 2
  const value = f(middle)
  return value > bestValue ? { x: middle, value } : { x: best, value: bestValue }
}

/** The point between one where `holds` is true and one where it is false at which it changes. */
export function boundary(holds: (x: number) => boolean, inside: number, outside: number): number {
  let [yes, no] = [inside, outside]
  for (let i = 0; i < 40; i++) {
    const middle = (yes + no) / 2
    if (holds(middle)) yes = middle
    else no = middle
  }
  return (yes + no) / 2
}
