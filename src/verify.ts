/**
 * Plimsoll's verifier: everything that checks what others have published, for a browser as for Node. It reads
 * no file and opens no connection by itself: an epoch comes from a source, which is memory, a ZIP archive, or
 * addresses that are fetched.
 *
 * @example
 * import { openEpoch, parseInclusion, verifyInclusion, zipSource } from 'plimsoll/verify'
 *
 * const opened = await openEpoch(zipSource(archive, 'epoch.zip'), { pins, production: true })
 * const { verdict } = verifyInclusion(parseInclusion(text, 'inclusion.json'), opened)
 *
 * @module
 */
export {
  type AttestationField,
  type AuditOptions,
  type AuditReport,
  type Author,
  audit,
  auditPage,
  type Coverage,
  type Figure,
  type Grade,
  type InputHash,
  type KeyProvenance,
  type Outcome,
  type Procedure,
  parseWords,
  type ScenarioFigure,
  type SecondPrices,
  type Words,
} from './audit/index.js'
export {
  archiveSource,
  bytesSource,
  type CeremonyPin,
  type EpochCheck,
  type KeyKind,
  type KeyPin,
  type KeyPins,
  type ProofFile,
  parsePins,
  type Source,
  type SourceEntry,
  type UrlSourceOptions,
  urlSource,
  zipSource,
} from './bundle/index.js'
export {
  type Backing,
  type BackingPart,
  backingWords,
  type Disclosure,
  type EpochProof,
  type EpochReport,
  type KnownOfEvidence,
  type LedgerPart,
  type Manifest,
  type OpenedEpoch,
  openEpoch,
  type ProofReport,
  type ProvenManifest,
  parseDisclosure,
  type ReadEpoch,
  readSignedManifest,
  type SignedManifest,
  type Signer,
  type SolvencyPart,
  type VerifiedEpoch,
  type VerifyEpochOptions,
  verifyEpoch,
  verifyProofFile,
} from './epoch/index.js'
export {
  ArtifactError,
  type ErrorOptions,
  EXIT,
  type ExitCode,
  InputError,
  PlimsollError,
} from './errors/index.js'
export type { Slot } from './field/index.js'
export {
  type Groth16Proof,
  type Proven,
  type VerificationKey,
  verificationKeyHash,
  verifyProof,
  verifyProofs,
} from './groth16/index.js'
export { accountIdDigest, holderCommitment, leafHash, ownerCommitment } from './hash/index.js'
export {
  type Asked,
  type Balance,
  type DisputedEpoch,
  type DisputeReport,
  type DisputeVerdict,
  type Inclusion,
  type InclusionArchive,
  type InclusionReport,
  type InclusionVerdict,
  inclusionSigner,
  openInclusion,
  ownerRecipient,
  parseInclusion,
  passphraseRecipient,
  type ReceiptReport,
  type ReceiptVerdict,
  type Recipient,
  readArchive,
  readDisputedEpoch,
  unnoticedChance,
  type VerifyInclusionOptions,
  type VerifyReceiptOptions,
  verifyDispute,
  verifyInclusion,
  verifyReceipt,
} from './inclusion/index.js'
export {
  type MarginProof,
  type MarginPurpose,
  type MarginReport,
  parseMarginProof,
  type VerifyMarginOptions,
  verifyMargin,
} from './margin/index.js'
export {
  type AccountName,
  type BlockTrust,
  type ChainName,
  type Checkpoint,
  type CheckReservesOptions,
  type Control,
  type ControlContext,
  type ControlFacts,
  type ControlResult,
  type EvidenceFolder,
  type Exclusions,
  eip1271Call,
  type HoldsFor,
  type Instruments,
  type Locks,
  type MovementFacts,
  movementAmount,
  type Namespace,
  parseAccount,
  type ReservesStatement,
  reservesMessage,
  reservesTypedData,
  type SpentOutput,
  verifyControl,
  type WalletFacts,
} from './reserves/index.js'
export {
  type Instrument,
  parseRiskTable,
  type RiskColumns,
  type RiskDigests,
  type RiskTable,
  riskDigests,
  type Scenario,
  type TableSizes,
  type TierList,
  type TierRow,
} from './risk/index.js'
export type {
  Exposure,
  Limit,
  Line,
  MarginRule,
  Requirement,
  Rule,
  RuleInstrument,
  Scan,
  ScanGroup,
} from './rules/index.js'
export {
  FULL_RESERVES,
  type Instance,
  type PolicyFile,
  policySchema,
  shippedInstances,
} from './statements/index.js'
