export { type Asset, assetsOf } from './assets.js'
export { haircutValue } from './haircut.js'
export { splitOverKeys, type TierKey, tierKeys } from './keys.js'
export { parseTiers } from './list.js'
export { tierRiskTable } from './risk-table.js'
export { assertTiers } from './rules.js'
export {
  PLEDGES,
  type Pledge,
  TIER_VALUE_DECIMALS,
  type Tier,
  type TierInstrument,
  type TierTable,
} from './table.js'
