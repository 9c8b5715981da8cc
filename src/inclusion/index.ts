export { answering, type Unanswered } from './answer.js'
export {
  ARCHIVE_PATHS,
  BUCKET_ENTRIES,
  bucketOf,
  entryBytesOf,
  type InclusionArchive,
  openInclusion,
  packEntry,
  padEntry,
  readArchive,
} from './archive.js'
export type { Balance } from './balances.js'
export { type Asked, readSlots } from './checks.js'
export { unnoticedChance } from './coverage.js'
export { DigestTree } from './digest-tree.js'
export {
  type DisputedEpoch,
  type DisputeReport,
  type DisputeVerdict,
  readDisputedEpoch,
  verifyDispute,
} from './dispute.js'
export { type Inclusion, inclusionSchema, openLeaf, parseInclusion } from './file.js'
export type { MovedBalance, OwnLiquidation } from './liquidation.js'
export { type LiquidationReport, verifyLiquidationIn } from './liquidation-report.js'
export {
  type LiquidationRecord,
  liquidationRecordSchema,
  type Moved,
  movementOf,
  parseLiquidationRecord,
} from './moved.js'
export { withStatement } from './own-statement.js'
export { parseOwner } from './owner-file.js'
export { fillPage, type PageData } from './page-data.js'
export { withoutWay } from './path.js'
export {
  type ReceiptReport,
  type ReceiptVerdict,
  type VerifyReceiptOptions,
  verifyReceipt,
} from './receipt.js'
export { nobody, ownerRecipient, passphraseRecipient, type Recipient, sealTo } from './recipient.js'
export { parseRoot } from './root.js'
export {
  type InclusionStatement,
  inclusionDigest,
  inclusionSigned,
  inclusionSigner,
} from './signature.js'
export { packedSlots } from './slots.js'
export type {
  AccountStatement,
  StatementDifference,
  StatementLine,
  StatementSettlement,
  StatementVerdict,
} from './statement.js'
export type { OpenedLeaf, Step } from './statement-step.js'
export { ENTRY_WORDS } from './statement-words.js'
export {
  type InclusionReport,
  type InclusionVerdict,
  type VerifyInclusionOptions,
  verifyInclusion,
  withLiquidation,
} from './verify.js'
