/**
 * Proving margin in a browser: an account's files in, a verified proof out. It reads no file and opens no
 * connection by itself, and its work is done in Web Workers, each of which runs `plimsoll/prove-worker`. What
 * reads and checks the files is in `plimsoll/verify`.
 *
 * @example
 * import { browserProver, openBrowserArtifacts, parseOwner, proveMargin } from 'plimsoll/prove'
 * import { parseInclusion, parseRiskTable } from 'plimsoll/verify'
 *
 * const files = { manifest, provingKey: fetch(keyUrl), witnessCode: fetch(codeUrl) }
 * const artifacts = await openBrowserArtifacts(files)
 * const proof = await proveMargin({
 *   inclusion: parseInclusion(inclusionText, 'inclusion.json'),
 *   ownerSecret: parseOwner(ownerText, 'owner.json'),
 *   table: parseRiskTable(tableText, 'risk.json'),
 *   requirement: 'maintenance',
 *   purpose: { schema: 'plimsoll/margin-purpose/1', reader: { name: 'Example Desk', purpose: 'line 7' } },
 *   instance: artifacts.instance.name,
 *   artifacts: async () => artifacts,
 *   prover: browserProver({ worker: startWorker }),
 * })
 *
 * @module
 */
export {
  type ArtifactContents,
  type BrowserArtifacts,
  type BrowserProver,
  type BrowserProverOptions,
  type BrowserWorker,
  browserProver,
  type FileContents,
  openBrowserArtifacts,
  type Prover,
  type ReadProgress,
} from './proving/browser.js'
export { type ProveMarginOptions, parseOwner, proveMargin } from './trader/browser.js'
