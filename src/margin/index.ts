export {
  type MarginProof,
  type MarginProofFile,
  marginProofSchema,
  parseMarginProof,
  timesSchema,
} from './file.js'
export {
  type MarginPurpose,
  marginPurposeSchema,
  parsePurpose,
  purposeFile,
  purposeSignals,
} from './purpose.js'
export { type MarginReport, type VerifyMarginOptions, verifyMargin } from './verify.js'
