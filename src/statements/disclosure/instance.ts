import type { TableSizes } from '../../risk/index.js'
import { INSTANCES } from '../generated/instances.js'
import { ownInstanceName } from '../own-instances.js'

/**
 * The instance of `disclosure` for a solvency instance of these sizes: commitments at other sizes are others.
 * A shipped one, or one of a project's own sizes.
 *
 * @example
 * disclosureInstance({ spots: 64, derivatives: 16, tiers: 448 }) // disclosure-64-16-448
 */
export function disclosureInstance(sizes: Pick<TableSizes, 'spots' | 'derivatives' | 'tiers'>): string {
  const params = { SPOTS: sizes.spots, DERIVATIVES: sizes.derivatives, TIERS: sizes.tiers }
  const own = ownInstanceName({ statement: 'disclosure', params })
  const shipped = INSTANCES.find(
    (known) => known.statement === 'disclosure' && ownInstanceName(known) === own,
  )
  return shipped?.name ?? own
}
