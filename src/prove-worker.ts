/**
 * A Web Worker of `plimsoll/prove`: start it where `browserProver` asks for one. It exports nothing.
 *
 * @module
 */
import { serveProver } from './proving/browser.js'

serveProver(globalThis as unknown as Parameters<typeof serveProver>[0])
