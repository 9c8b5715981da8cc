import type { ChainName } from './caip.js'

/** The files of evidence, in the folder that holds it. */
export const RESERVES_PATHS = {
  challenge: 'challenge.json',
  addresses: 'addresses.json',
  evidence: 'evidence.jsonl',
  tokens: 'tokens.json',
  summary: 'summary.json',
  drand: 'drand.json',
  headers: (chain: ChainName) => `headers/${chain.id.replace(':', '-')}.bin`,
  nodes: (chain: ChainName) => `nodes/${chain.id.replace(':', '-')}.bin`,
} as const

/**
 * Where evidence comes from: a folder, or memory. It is not trusted, and of any size: its files are read in
 * pieces, once.
 */
export interface EvidenceFolder {
  /** Name for messages. */
  readonly name: string
  /**
   * The bytes of a file in pieces, or `undefined` when there is none.
   *
   * @throws {InputError} `FILE_ACCESS`
   */
  open(path: string): Promise<AsyncIterable<Uint8Array> | undefined>
  /** The paths of all files. */
  list(): Promise<readonly string[]>
}
