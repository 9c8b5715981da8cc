export { type LocalChain, startLocalChain } from './anvil.js'
export { type CompiledContract, compileSolidity } from './compile.js'
export { type ChainConnection, connectChain } from './connection.js'
export { exportContracts } from './export.js'
export {
  type ProofWords,
  proofWords,
  type VerifierKey,
  verifierName,
  verifierSource,
} from './verifier-source.js'
export { type ChainCheck, checkOnChain, type DeployedVerifier, deployVerifier } from './verify-on-chain.js'
