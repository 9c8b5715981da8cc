export {
  correlationBreak,
  type ParallelShock,
  parallelShock,
  type SingleFailure,
  singleFailure,
  volatilityShock,
} from './generate.js'
export { HISTORICAL_SCENARIOS, historicalScenario } from './library.js'
export { readStressRequest, type StressInstrument, type StressRequest } from './request.js'
export { parseScenario, type StressScenario } from './scenario.js'
export { stressScenario, stressScenarios } from './values.js'
