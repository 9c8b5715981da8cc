import { Ring } from './ring.js'

/** How far a price is from its mark, and how far it will be if it goes on as it does. */
export interface SpeedReading {
  /** In a period; below zero where the distance shrinks. */
  speed: number
  /** The distance after the periods that it is foretold for; never below the last one. */
  ahead: number
}

/**
 * The speed of a deviation: the slope of the line that lies nearest to the last distances (least squares,
 * over equal periods), and the distance that it leads to. A growing distance is found before it crosses a
 * bound; one that jumps over it is not.
 */
export class StreamedSpeed {
  readonly #distances: Ring
  readonly #ahead: number

  /** @param settings `points` that the line is laid through, at least two, and how many periods `ahead` */
  constructor({ points, ahead }: { points: number; ahead: number }) {
    this.#distances = new Ring(points)
    this.#ahead = ahead
  }

  /**
   * @param distance of price and mark, as a share of the mark
   * @returns nothing until there are enough distances
   */
  push(distance: number): SpeedReading | undefined {
    this.#distances.push(distance)
    if (!this.#distances.isFull) return undefined
    const speed = slope(this.#distances.toArray())
    return { speed, ahead: distance + Math.max(0, speed) * this.#ahead }
  }
}

/** Of the line through points that are one apart. */
function slope(points: readonly number[]): number {
  const middle = (points.length - 1) / 2
  let [products, squares] = [0, 0]
  for (const [i, point] of points.entries()) {
    products += (i - middle) * point
    squares += (i - middle) ** 2
  }
  return products / squares
}
