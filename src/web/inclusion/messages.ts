import type { EpochCheck, KeyKind, KeyPins } from '../../bundle/index.js'
import type { InclusionReport, ReceiptReport, Unanswered } from '../../inclusion/index.js'
import type { PortableError } from '../../proving/browser.js'

/** A file that the reader chose, or that came with the page. */
export interface Named {
  name: string
  content: Blob
}

/** A ZIP archive, or a folder's files by their paths. */
export type Place = Named | { name: string; files: ReadonlyMap<string, Blob> }

/** What the page asks of its worker, once. */
export interface Asked {
  /** The reader's own identifier. */
  account: string
  /** The inclusion file, or the archive of sealed ones that it is in. */
  file: { opened: Named } | { sealed: Place; passphrase?: string }
  /** Every proof of an epoch, or no proof: a published root, or the manifest of an epoch that has one. */
  against: { epoch: Place; production: boolean } | { root: string } | { manifest: Place }
  /** Epochs before the one that is verified, for the statement of account. */
  before?: readonly Place[]
  /** Missing where nobody said which keys to trust: no key is, then. */
  pins?: Named
  policy?: Named
  owner?: Named
  /** The venue's address as it was typed. */
  venue?: string
  /** What the venue shows of the epoch. */
  openings?: Named
}

export type Answer = InclusionReport | ReceiptReport | Unanswered

/** What was found of an epoch beside the answer. */
export interface EpochFacts {
  manifestSha256: string
  accountsRoot: string
  /** The ledger's last state. */
  state: string
  /** Proofs that verify, that of solvency among them. */
  proofs: number
  /** Seconds since 1970-01-01 UTC. */
  marksOf: number
  scenarios: readonly string[]
  /** What stands behind the reserves, a sentence each. */
  reserves: readonly string[]
}

/** What a venue shows of an epoch, compared with its commitments. */
export interface Shown {
  checks: readonly EpochCheck[]
  /** Exact decimals of whole units, by row of which something is shown; missing where it is hidden. */
  rows: readonly {
    symbol: string
    owed?: string
    lent?: string
    reserves?: string
    insurance?: string
    /** The least that is held per unit owed, loans as the policy counts them. */
    ratio?: string
    known: readonly ('recomputed' | 'proven')[]
  }[]
  /** The same of all spot instruments together, at mark. */
  ratio?: string
  /** Of the key that chosen instruments are proven under. */
  keyKind?: KeyKind
}

export interface Answered {
  answer: Answer
  /** The answer as `plimsoll inclusion verify --json` prints it. */
  json: string
  facts?: EpochFacts
  /** Who signed the manifest, and whether the reader named that address. */
  signer?: { address: string; known: boolean }
  shown?: Shown
  /** The keys that proofs were verified under. */
  pinned?: KeyPins
}

/** What the worker tells: each check as it is made, how far it is, and in the end the answer. */
export type Told =
  | { kind: 'check'; check: EpochCheck }
  | { kind: 'progress'; share: number }
  | ({ kind: 'answer' } & Answered)
  | { kind: 'failed'; error: PortableError }
