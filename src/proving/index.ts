export {
  type ArtifactOptions,
  type Artifacts,
  cachedKey,
  cachedKeys,
  type DescribedArtifacts,
  ensureArtifacts,
  loadArtifacts,
  transcriptOf,
} from './artifacts.js'
export { type CacheOptions, cacheFolder } from './cache.js'
export { type CacheEntry, cacheEntries, pruneCache } from './cache-state.js'
export {
  acceptContribution,
  applyBeacon,
  closeCeremony,
  contribute,
  exportKeys,
  importContribution,
} from './ceremony/contribute.js'
export type { Attestation, CeremonyFile, Closing } from './ceremony/files.js'
export { finalizeCeremony, installCeremony } from './ceremony/finalize.js'
export { initCeremony } from './ceremony/init.js'
export { type ReadTranscript, readTranscript } from './ceremony/transcript.js'
export { type CeremonyReport, verifyCeremony } from './ceremony/verify.js'
export { chooseProver } from './choose-prover.js'
export { calculateWitness, type WitnessCircuit } from './circuit-witness.js'
export {
  compileCircuit,
  type Progress,
  snapshotOf,
  takeSnapshot,
} from './compile.js'
export {
  describeInstance,
  estimateInstance,
  type InstanceDescription,
  proofRows,
} from './counts.js'
export { writeDevelopmentKey } from './development-key.js'
export { externalProver } from './external-prover.js'
export {
  type CircuitsLocation,
  findInstance,
  loadInstances,
  loadProduction,
  loadSnapshots,
  PACKAGE_CIRCUITS,
} from './instances.js'
export {
  createWorkerKey,
  type OpenPool,
  openQueue,
  type PooledProof,
  type PoolNotice,
  type PoolOptions,
  type ProofPool,
  type ProofTask,
  parseWorkersKey,
  poolOf,
  type QueueOptions,
  readWorkerKey,
  startPool,
  type WorkEvent,
  type WorkerUse,
  type WorkQueueOptions,
  workQueue,
} from './jobs/index.js'
export { type Prover, proveSignals } from './prover.js'
export { brokenConstraint, countR1cs, openR1cs } from './r1cs.js'
export { measureProving } from './rate.js'
export { snarkjsProver } from './snarkjs-prover.js'
export { startWorker } from './start-worker.js'
export { readMainSignals, readSymbols } from './symbols.js'
export { terminateProving } from './terminate.js'
export { wasmProver } from './wasm-prover.js'
export { witnessElements } from './witness.js'
export { readVerificationKey } from './zkey.js'
