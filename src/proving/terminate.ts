import { endThreads } from './wasm-prover.js'

/**
 * Ends the threads that proving started, so that the process can end.
 *
 * @example
 * await terminateProving()
 */
export async function terminateProving(): Promise<void> {
  await Promise.all([globalThis.curve_bn128?.terminate(), endThreads()])
}
