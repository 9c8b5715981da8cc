export { Checks, type EpochCheck, type Found, fail, passed } from '../errors/index.js'
export { addressSchema } from './address.js'
export { bytesOfBlob, bytesSource } from './bytes-source.js'
export { purposeContext, solvencyPurpose } from './context.js'
export { fileKind } from './file-kind.js'
export { knownPowers } from './known-powers.js'
export {
  assertPinnedCircuit,
  assertRecordedCeremony,
  type CeremonyPin,
  ceremonyPinSchema,
  type KeyKind,
  type KeyPin,
  type KeyPins,
  kindOfPin,
  parsePins,
  pinOf,
  pinsSchema,
  TAKE_PINS,
  vouchedNotes,
} from './pins.js'
export {
  areProofsOf,
  type FiledClaim,
  type FiledVerdict,
  orderedSignals,
  proofFile,
  verifyFiledProof,
  verifyFiledProofs,
} from './proof-file.js'
export {
  type Published,
  policyHash,
  readPublishedPolicy,
  readPublishedTable,
  riskTableHash,
} from './published.js'
export {
  chainIdSchema,
  instanceNameSchema,
  labelSchema,
  type ProofFile,
  previousSchema,
  proofFileSchema,
  type SolvencyPurpose,
  tableSizesSchema,
  targetSchema,
} from './schema.js'
export {
  isSignedBy,
  type Signature,
  type SignedData,
  signatureSchema,
  signedHash,
  typedDataOf,
} from './signature.js'
export {
  placeOf,
  readJsonFrom,
  readJsonIfThere,
  readTextFrom,
  readTextIfThere,
  type Source,
  type SourceEntry,
} from './source.js'
export { parseTarget } from './target.js'
export { archiveSource, type UrlSourceOptions, urlSource } from './url-source.js'
export { zipArchive } from './zip-archive.js'
export { MAX_UNPACKED, zipSource } from './zip-source.js'
