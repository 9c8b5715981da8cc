import { INSTANCES } from '../generated/instances.js'
import { ownInstanceName } from '../own-instances.js'

/**
 * The instance of `settlement` for epochs whose solvency instances have so many spot instruments: commitments
 * of another number of them are others. A shipped one, or one of a project's own size.
 *
 * @example
 * settlementInstance(64) // settlement-64
 */
export function settlementInstance(spots: number): string {
  const params = { SPOTS: spots }
  const shipped = INSTANCES.find((known) => known.statement === 'settlement' && known.params.SPOTS === spots)
  return shipped?.name ?? ownInstanceName({ statement: 'settlement', params })
}
