import * as z from 'zod'
import { InputError } from '../../errors/index.js'
import { parseDecimal } from '../../field/index.js'
import { LAYERS, type Layer, type Reserves } from '../../reserves/index.js'
import type { RiskTable } from '../../risk/index.js'

/** Accounts of which the layers cover the shortfalls by themselves, when nothing else is said. */
const COVER = 2

const layer = z.enum(LAYERS)

/**
 * The default waterfall in a policy file. The solvency proof shows that all its layers together suffice, and
 * no more of it.
 */
export const waterfallSchema = z.strictObject({
  /** The layers that absorb shortfalls, first to last. What is not named does not count. */
  order: z.array(layer).refine((order) => new Set(order).size === order.length, 'names a layer twice'),
  /** The most that a layer absorbs in one scenario, an exact decimal of the quote currency. */
  caps: z.partialRecord(layer, z.string()).exactOptional(),
  /**
   * Of how many of the largest shortfalls of each scenario the layers cover the sum, whatever else is held
   * (2).
   */
  cover: z.int().min(1).max(1000).exactOptional(),
})

export type WaterfallFile = z.infer<typeof waterfallSchema>

/** A default waterfall over a risk table. */
export interface Waterfall {
  /** First to last; a cap in 10^-valueDecimals of the quote currency. */
  layers: readonly { layer: Layer; cap?: bigint }[]
  cover: number
}

const INSURANCE_ALONE: WaterfallFile = { order: ['insurance'] }

/**
 * Reads the waterfall of a policy; the insurance fund alone when it names none.
 *
 * @throws {InputError} `POLICY_WATERFALL` for the cap of a layer that does not count, and the codes of
 * `parseDecimal`
 */
export function resolveWaterfall(
  { waterfall = INSURANCE_ALONE }: { waterfall?: WaterfallFile },
  table: Pick<RiskTable, 'valueDecimals'>,
): Waterfall {
  const { order, caps = {}, cover = COVER } = waterfall
  const where = (of: string) => `policy: waterfall.caps.${of}`
  for (const of of Object.keys(caps)) {
    if (!order.some((named) => named === of)) {
      throw new InputError('POLICY_WATERFALL', 'a cap on a layer that does not count', {
        where: where(of),
        hint: 'Name the layer in the order, or leave its cap out.',
      })
    }
  }
  return {
    layers: order.map((named) => {
      const cap = caps[named]
      if (cap === undefined) return { layer: named }
      return { layer: named, cap: parseDecimal(cap, { decimals: table.valueDecimals, where: where(named) }) }
    }),
    cover,
  }
}

/** The insurance fund of the proof: all layers that count, instrument by instrument. */
export function layersTogether(held: Reserves, { layers }: Pick<Waterfall, 'layers'>): bigint[] {
  return held.reserves.map((_, i) => layers.reduce((sum, { layer }) => sum + held[layer][i]!, 0n))
}
