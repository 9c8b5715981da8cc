import { formatDecimal } from '../field/index.js'
import { CLASSES, type EvidenceClass } from './evidence.js'
import { HOLDS_FOR, type HoldsFor } from './message.js'

/** The most decimals that an asset may have: amounts of all assets are added in these units. */
export const AMOUNT_DECIMALS = 77

/** What one instrument's addresses show for one purpose, by class; classes are never added. */
export interface ShownAmounts extends Record<EvidenceClass, string> {
  instrument: string
  holdsFor: HoldsFor
}

type ByClass = Record<EvidenceClass, bigint>

const none = (): ByClass => ({ proven: 0n, observed: 0n, attested: 0n })

/**
 * Amounts by moment, instrument, purpose and class. Of several moments, the least amount counts.
 *
 * @example
 * const { totals } = await checkReserves(evidenceFolder('epoch/reserves'))
 */
export class Totals {
  readonly #moments: Map<string, ByClass>[]

  constructor(moments: number) {
    this.#moments = Array.from({ length: moments }, () => new Map())
  }

  /** @param decimals of the asset on its chain, up to `AMOUNT_DECIMALS` */
  add(
    moment: number,
    holding: { instrument: string; holdsFor: HoldsFor; class: EvidenceClass },
    amount: bigint,
    decimals: number,
  ): void {
    const of = this.#moments[moment]!
    const key = keyOf(holding)
    const sums = of.get(key) ?? none()
    sums[holding.class] += amount * 10n ** BigInt(AMOUNT_DECIMALS - decimals)
    of.set(key, sums)
  }

  /** The least amount that any moment shows. */
  least(holding: { instrument: string; holdsFor: HoldsFor; class: EvidenceClass }): bigint {
    const amounts = this.#moments.map((of) => of.get(keyOf(holding))?.[holding.class] ?? 0n)
    return amounts.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))[0]!
  }

  /** What is shown, by instrument in rising order, then by purpose. */
  rows(): ShownAmounts[] {
    const instruments = new Set(
      this.#moments.flatMap((of) => [...of.keys()].map((key) => key.split(' ')[0]!)),
    )
    return [...instruments].sort().flatMap((instrument) =>
      HOLDS_FOR.filter((holdsFor) => this.#moments.some((of) => of.has(keyOf({ instrument, holdsFor })))).map(
        (holdsFor) => ({
          instrument,
          holdsFor,
          ...(Object.fromEntries(
            CLASSES.map((each) => [
              each,
              formatDecimal(this.least({ instrument, holdsFor, class: each }), AMOUNT_DECIMALS),
            ]),
          ) as Record<EvidenceClass, string>),
        }),
      ),
    )
  }
}

/** A symbol holds no space. */
function keyOf({ instrument, holdsFor }: { instrument: string; holdsFor: HoldsFor }): string {
  return `${instrument} ${holdsFor}`
}
