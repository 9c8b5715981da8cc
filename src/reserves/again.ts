import type { EvidenceBlock } from './blocks.js'
import type { TokenList } from './evm/index.js'
import type { EvidenceFolder } from './folder.js'

/** Evidence that holds, for whoever asks nodes again what it says that nodes have answered. */
export interface AnsweredEvidence {
  folder: EvidenceFolder
  blocks: readonly EvidenceBlock[]
  tokens: TokenList
  /** The text that an account of the list signs. */
  textOf(account: string): string
}

/** What nodes of the reader's own say. */
export interface AskedAgain {
  /** What one of them answers otherwise than the evidence has it, in words that name no account. */
  faults: readonly string[]
  /** What they say, and what they could not, in the same way. */
  notes: readonly string[]
  /** Tokens of which two nodes, each by itself, find the layout, the decimals and the code that were used. */
  layouts: ReadonlySet<string>
  /**
   * Outputs of Bitcoin that were asked about, and those that are unspent now: these were at the moment too.
   */
  unspent: { asked: number; unspent: number }
}
