import type { Contributor, PortableError } from '../../proving/browser.js'

/** What the page asks of its worker, once. */
export interface Asked {
  files: ReadonlyMap<string, Blob>
  contributor: Contributor
  entropy: Uint8Array
}

/** What the worker tells: how far it is, and in the end what it made or why not. */
export type Told =
  | { kind: 'progress'; what: string; share: number }
  | { kind: 'made'; text: string; files: ReadonlyMap<string, Blob> }
  | { kind: 'failed'; error: PortableError }
