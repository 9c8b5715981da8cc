export {
  type AddressEntry,
  type Addresses,
  addressesSchema,
  parseAddresses,
} from './addresses.js'
export { type AddressOpening, addressesRoot, isOnList, openAddress } from './addresses-tree.js'
export type { AnsweredEvidence, AskedAgain } from './again.js'
export {
  addressScript,
  type BitcoinBlock,
  blockOf,
  type Checkpoint,
  CONFIRMATIONS,
  HeaderChain,
  isMature,
  placeOfProof,
  readTransaction,
  shownHash,
  verifyOutput,
} from './bitcoin/index.js'
export type { BlockTrust, EvidenceBlock, Voucher } from './blocks.js'
export {
  type AccountName,
  type AssetName,
  accountSchema,
  assetSchema,
  type ChainName,
  isCoin,
  type Namespace,
  parseAccount,
  parseAsset,
  parseChain,
} from './caip.js'
export {
  type Challenge,
  challengeSchema,
  DEFAULT_TOLERANCE,
  type DrandRound,
  drandRoundSchema,
  parseChallenge,
  type ReadChallenge,
} from './challenge.js'
export {
  type CheckedReserves,
  type CheckReservesOptions,
  checkReserves,
  type ReservesReport,
  type ReservesVerdict,
  type SharedAccount,
  summaryFrom,
} from './check.js'
export {
  bip322OfPsbts,
  bip322Psbt,
  type Control,
  type ControlContext,
  type ControlFacts,
  type ControlResult,
  controlSchema,
  eip1271Call,
  isPsbt,
  isValidSignatureCall,
  type Locks,
  type MovementFacts,
  type MovementProof,
  movementAmount,
  movementDigest,
  reservesTypedData,
  type SpentOutput,
  TAKEN,
  verifyControl,
  type WalletFacts,
} from './control/index.js'
export { evidenceDigest } from './digest.js'
export {
  type Balance,
  balanceSchema,
  CLASSES,
  type EvidenceClass,
  evidenceLineSchema,
  MAX_EVIDENCE_LINE,
} from './evidence.js'
export {
  accountIn,
  decodeEvmHeaders,
  EMPTY_ROOT,
  type EvmHeader,
  type EvmReader,
  EvmState,
  type EvmToken,
  evmExclusion,
  holderSlots,
  MAX_NODE_BYTES,
  type NodeSource,
  openToken,
  PROXY_SLOTS,
  readSafe,
  slotIn,
  type TokenLayout,
  type TokenList,
  TrieNodes,
  tokenList,
  tokenSlot,
  tokensSchema,
} from './evm/index.js'
export { type Exclusions, exclusionsSchema } from './exclusions.js'
export { formatReserves, LAYERS, type Layer, parseReserves, type Reserves, reservesFile } from './file.js'
export { type EvidenceFolder, RESERVES_PATHS } from './folder.js'
export type { Uncounted } from './holdings.js'
export {
  type DeclaredTotal,
  type JudgedRow,
  type ListedCoin,
  type ListFormat,
  type ListReport,
  ListTally,
  listReader,
  type RowJudgement,
  type RowStatus,
  type RowSum,
} from './imports/index.js'
export { linesOf } from './lines.js'
export { HOLDS_FOR, type HoldsFor, type ReservesStatement, reservesMessage } from './message.js'
export { momentsOf } from './moments.js'
export { type Instruments, type Summary, shownUnits, summarySchema } from './summary.js'
export type { ShownAmounts, Totals } from './totals.js'
