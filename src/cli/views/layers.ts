import type { StressLine } from '../../venue/index.js'

/** The display name of a layer of the waterfall. */
export const LAYER_NAMES: Record<StressLine['layers'][number]['layer'], string> = {
  insurance: 'insurance fund',
  capital: 'own capital',
  mutual: 'mutual fund',
  reserves: 'reserves over balances',
  loans: 'recovery of loans',
}
