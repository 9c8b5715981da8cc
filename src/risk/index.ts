export { type RiskDigests, ROWS_DEPTH, riskDigests } from './digests.js'
export { formatRiskTable, readRiskTable } from './file.js'
export { INSTRUMENT_KINDS, type InstrumentKind, isDerivative, kindCode } from './kinds.js'
export type { Instrument, RiskTable, Scenario } from './table.js'
