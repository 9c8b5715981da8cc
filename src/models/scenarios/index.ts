export {
  correlationBreak,
  parallelShock,
  singleFailure,
  volatilityShock,
} from './generate.js'
export { HISTORICAL_SCENARIOS, historicalScenario } from './library.js'
export { readStressRequest, type StressInstrument } from './request.js'
export { parseScenario, type StressScenario } from './scenario.js'
export { stressScenario, stressScenarios } from './values.js'
