export {
  type ArtifactContents,
  type BrowserArtifacts,
  type FileContents,
  openBrowserArtifacts,
  type ReadProgress,
} from './browser/artifacts.js'
export { type BrowserProver, type BrowserProverOptions, browserProver } from './browser/prover.js'
export { serveProver } from './browser/serve.js'
export type { BrowserWorker } from './browser/workers.js'
export { type Prover, proveSignals } from './prover.js'
