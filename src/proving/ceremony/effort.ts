import type { Progress } from '../compile.js'
import type { PointCounter } from './points.js'

/** How much of a long computation is done, and how long the rest will take. */
export class Effort {
  private readonly started = performance.now()
  private done = 0
  private told = 0

  /** @param total in multiplications of a point of G1 by 128 bits */
  constructor(
    private readonly total: number,
    private readonly onProgress: Progress | undefined,
  ) {}

  readonly count: PointCounter = (cost) => {
    this.done += cost
    const now = performance.now()
    if (this.onProgress === undefined || now - this.told < 1000) return
    this.told = now
    const share = Math.min(this.done / this.total, 0.99)
    const left = ((now - this.started) / share) * (1 - share)
    this.onProgress(`${Math.floor(share * 100)} %, about ${span(left / 1000)} left`)
  }
}

function span(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`
}

/** What it takes to verify the powers that circuits of `domain` rows use. */
export function powersEffort(domain: number): number {
  return 2 * (2 + 1 + 1) * domain + 2 * 3 * domain + 11 * 3 * domain * (2 / 16)
}

/** What it takes to verify an instance with so many turns. */
export function instanceEffort({ wires, domain }: { wires: number; domain: number }, turns: number): number {
  const expected = 2 * (7 * domain + 3 * domain)
  const fixed = 2 * wires + 3 * wires * (1 + 11 * (2 / 16))
  return expected + fixed + (turns + 1) * (wires + domain)
}
