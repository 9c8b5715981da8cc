export type { FeeLimits } from '../fees.js'
export {
  type Finality,
  type Publication,
  type PublishEvent,
  type PublishOptions,
  type PublishPlan,
  type PublishTransaction,
  planPublication,
  publishEpoch,
} from './publish.js'
export type { PublishStep } from './steps.js'
