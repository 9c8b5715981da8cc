export { type Difference, differencesOf, roleName } from './compare.js'
export { grantCall } from './grant.js'
export { logsOf, readGovernance } from './read.js'
export { intendedGovernance, type Targets } from './state.js'
export {
  ACCESS,
  type AccessContract,
  assertGovernable,
  DEFAULT_DELAYS,
  ROLES,
  selectorsOf,
} from './table.js'
