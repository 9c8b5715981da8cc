export { marksAge, tooOld } from './age.js'
export {
  firstTierKey,
  keyCount,
  keyIndex,
  type RiskColumns,
  riskColumns,
  rowsByKind,
  type TableSizes,
  tableLayout,
  tableSizes,
} from './columns.js'
export {
  marginTrees,
  type RiskDigests,
  riskDigests,
  riskRootOf,
  tableTree,
} from './digests.js'
export { formatRiskTable, parseRiskTable, riskTableFile } from './file.js'
export { type ListedInstrument, listedTable, MARK_DECIMALS } from './listed.js'
export { withMargin } from './margin.js'
export { describeCollateral, describeMoves } from './moves.js'
export {
  DERIVATIVE_NUMBERS,
  instrumentNumbers,
  joinedInstruments,
  leafSlots,
  numberedAlike,
  numberedApart,
  rowOfNumber,
  rowPosition,
  TIER_NUMBERS,
} from './numbers.js'
export {
  assertIndices,
  describeIndices,
  INDEX_DECIMALS,
  INDEX_ONE,
  indexOf,
  indexValue,
  type ShareIndex,
  sharesOf,
  stepGrain,
  symbolsInShares,
  unitsFor,
  unitsText,
} from './shares.js'
export { someOf } from './some-of.js'
export {
  COLLATERAL,
  type Instrument,
  isRequirement,
  isTiered,
  marketScenarios,
  type RiskTable,
  type Scenario,
  type TierList,
  type TierRow,
  withScenarios,
} from './table.js'
export { packText } from './text.js'
export { type Asset, assetsOf } from './tiers/assets.js'
export { haircutValue } from './tiers/haircut.js'
export { splitOverKeys, tierKeys } from './tiers/keys.js'
export { parseTiers } from './tiers/list.js'
export { tierRiskTable } from './tiers/risk-table.js'
export {
  PLEDGES,
  type Pledge,
  TIER_VALUE_DECIMALS,
  type Tier,
  type TierInstrument,
  type TierTable,
} from './tiers/table.js'
