export { type Backing, backingWords } from './backing-words.js'
export { batchInstance, batchRuns } from './batches.js'
export { differentBooks, targetWords } from './books.js'
export { type DisclosedChosen, type DisclosureTrust, needsReserves, shownFigures } from './chosen.js'
export {
  type Disclosed,
  type Disclosure,
  disclosureOf,
  parseDisclosure,
  verifyDisclosure,
} from './disclosure.js'
export { disclosureWords } from './disclosure-words.js'
export { checkEvidence, type EpochEvidence, evidenceFaults, type KnownOfEvidence } from './evidence.js'
export { evidenceIn, evidencePaths } from './evidence-source.js'
export {
  isKnownSize,
  ledgerSizesOf,
  sameSizes,
  tableMisfit,
  tableSizesOf,
} from './instance-sizes.js'
export { type LiquidationProof, parseLiquidation } from './liquidation-file.js'
export {
  type FoundLiquidations,
  type LiquidationEpoch,
  type LiquidationTrust,
  liquidationWords,
  verifyLiquidation,
  verifyLiquidationOf,
  verifyLiquidations,
} from './liquidations.js'
export {
  type BackingPart,
  type LedgerPart,
  MAX_BATCHES,
  type Manifest,
  manifestSchema,
  type ProvenManifest,
  type SolvencyPart,
} from './manifest-schema.js'
export {
  type OpenedEpoch,
  type OpenedPlace,
  openEpoch,
  openPlace,
  type ReadEpoch,
  type VerifiedEpoch,
  verifyEpoch,
} from './open.js'
export { batchFolders, EPOCH_PATHS, isClutter, isLiquidationFile } from './paths.js'
export { readManifest, readPublishedManifest } from './read-manifest.js'
export {
  type External,
  externalAmounts,
  externalOf,
  parseExternal,
  verifyExternal,
} from './settlement/external.js'
export { parseSettlement, recoveredText, type Settlement } from './settlement/file.js'
export { type SettlementReport, settlementReport } from './settlement/report.js'
export { liquidationsRoot } from './settlement/tree.js'
export {
  type FoundSettlement,
  hasSettlement,
  spotMarks,
  type VerifiedSettlement,
  verifySettlement,
} from './settlement/verify.js'
export {
  type AskContract,
  type ContractAnswer,
  type ContractQuestion,
  type EpochContractSignature,
  type EpochSignature,
  epochSignatureSchema,
  epochSigned,
  signedTermsSchema,
} from './signature.js'
export { readSignedManifest, type SignedManifest } from './signed-manifest.js'
export { epochFiles } from './verify/files.js'
export type { EpochProof } from './verify/proof.js'
export { timeNow, verifyAge } from './verify/table.js'
export { type EpochReport, pastTrust, type Signer, type VerifyEpochOptions } from './verify/verification.js'
export { type ProofReport, verifyProofFile } from './verify-proof.js'
