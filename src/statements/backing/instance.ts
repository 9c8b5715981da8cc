import { INSTANCES } from '../generated/instances.js'
import { ownInstanceName } from '../own-instances.js'

/**
 * The instance of `backing` for a solvency instance of so many spot instruments: a commitment of another
 * number of them is another one. A shipped one, or one of a project's own size.
 *
 * @example
 * backingInstance(64) // backing-64
 */
export function backingInstance(spots: number): string {
  const params = { SPOTS: spots }
  const shipped = INSTANCES.find((known) => known.statement === 'backing' && known.params.SPOTS === spots)
  return shipped?.name ?? ownInstanceName({ statement: 'backing', params })
}
