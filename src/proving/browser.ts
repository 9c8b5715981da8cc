export {
  type ArtifactContents,
  type BrowserArtifacts,
  type FileContents,
  openBrowserArtifacts,
  type ReadProgress,
} from './browser/artifacts.js'
export { contributeTo } from './browser/contribute.js'
export { type PortableError, packError, unpackError } from './browser/portable-error.js'
export { type BrowserProver, type BrowserProverOptions, browserProver } from './browser/prover.js'
export { serveProver } from './browser/serve.js'
export type { BrowserWorker } from './browser/workers.js'
export { SSH_NAMESPACE } from './ceremony/attestation-text.js'
export type { Contributor } from './ceremony/contributor.js'
export { type Prover, proveSignals } from './prover.js'
