export { type Parameter, type RiskBounds, readRiskBounds } from './bounds.js'
export { assertCarried } from './carried.js'
export { type Floor, floorSchema } from './floor.js'
export {
  digestHistory,
  type InForce,
  makeProposal,
  type ProposalParts,
  proposalCalibration,
  readInForce,
  withChanges,
} from './make.js'
export {
  assertWithin,
  formatProposal,
  formatProposalSignature,
  type Proposal,
  type ProposalSignature,
  type ProposedChange,
  proposalSchema,
  proposalSigned,
  readProposal,
  signaturePath,
} from './proposal.js'
export { type ProposalCheck, type ProposalTrust, verifyProposal, verifyProposalSignature } from './verify.js'
