import type { Instance } from '../instances.js'
import type { WeighSizes } from './chunk.js'

/** Public signals of `weigh`, in the circuit's order. */
export const WEIGH_SIGNALS = ['stateBefore', 'stateAfter'] as const

export type WeighSignals = Record<(typeof WEIGH_SIGNALS)[number], bigint>

/** The sizes of a `weigh` instance. */
export function weighSizes({ params }: Pick<Instance, 'params'>): WeighSizes {
  const { LEAVES, LEVEL, SLOTS, ACTIVITY } = params
  return { leaves: LEAVES!, level: LEVEL!, slots: SLOTS!, activity: ACTIVITY === 1 }
}
