export type { Balance } from './balances.js'
export { type Inclusion, inclusionSchema, openLeaf, parseInclusion, withoutWay } from './file.js'
export {
  type InclusionReport,
  type InclusionVerdict,
  readSlots,
  type VerifyInclusionOptions,
  verifyInclusion,
} from './verify.js'
