export { readRiskBounds } from './bounds.js'
export { assertCarried } from './carried.js'
export { type Floor, floorSchema } from './floor.js'
export {
  digestHistory,
  makeProposal,
  proposalCalibration,
  readInForce,
  withChanges,
} from './make.js'
export {
  assertWithin,
  formatProposal,
  formatProposalSignature,
  type Proposal,
  proposalSchema,
  proposalSigned,
  readProposal,
  signaturePath,
} from './proposal.js'
export { type ProposalCheck, verifyProposal, verifyProposalSignature } from './verify.js'
