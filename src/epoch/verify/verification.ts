import type { Checks, EpochCheck, KeyKind, KeyPins, Source } from '../../bundle/index.js'
import type { ExitCode } from '../../errors/index.js'
import type { PolicyFile } from '../../statements/index.js'
import type { Backing } from '../backing-words.js'
import type { KnownOfEvidence } from '../evidence.js'
import type { Manifest } from '../manifest-schema.js'
import type { AskContract } from '../signature.js'

export interface VerifyEpochOptions {
  pins: KeyPins
  /** Refuse development keys. */
  production?: boolean
  /** The weakest policy to accept (default: full reserves in every instrument). */
  policy?: PolicyFile
  /** Address of the venue's key or contract, lower-case: the manifest must have its signature. */
  venue?: string
  /** Asks a contract that is said to have signed the manifest; without it, none is asked. */
  askContract?: AskContract
  /** Refuse marks of the future and marks older than this many seconds (default: accept any time). */
  maxAge?: number
  /** What the reader knows of chains and tokens, from elsewhere than the evidence of the reserves. */
  evidence?: KnownOfEvidence
  /** Seconds since 1970-01-01 UTC (default: the clock of this machine). */
  now?: number
  onCheck?: (check: EpochCheck) => void
}

/** What a reader accepts of an epoch before another: the same, but for what is of the later moment alone. */
export function pastTrust(options: VerifyEpochOptions): VerifyEpochOptions {
  const { maxAge: _, evidence, ...trust } = options
  if (!evidence) return trust
  const { blocks: _blocks, challenge: _challenge, again: _again, ...known } = evidence
  return { ...trust, evidence: known }
}

/** Report on an epoch. */
export interface EpochReport {
  valid: boolean
  venue: string
  epoch: string
  /** SHA-256 of the bytes of `manifest.json`, lower-case hex: the next epoch names this one by it. */
  manifestSha256: string
  /** That of the epoch before, by this one's own word; missing in the first of a history. */
  previous?: string
  /** Who signed the manifest; missing when nobody did, or not soundly. */
  signer?: Signer
  /** A contract that is said to have signed it, of which nobody was asked: nothing is known of it. */
  unasked?: { address: string; chainId: string }
  /** Kind of the pinned keys: `ceremony` when all are. */
  keyKind: KeyKind
  batches: number
  /** The ledger's last state, in decimal: readers of a valid epoch who have the same one have one ledger. */
  state: string
  checks: EpochCheck[]
  /** What addresses show of the reserves; missing where the manifest names no evidence that holds. */
  backing?: Backing
  /** What stands behind the reserves, a sentence each. */
  reserves: readonly string[]
  /** Remarks that fail no check, such as old marks. */
  notes: string[]
  /**
   * Exit code of a process that did nothing else: 0 valid, 1 invalid, 2 unreadable, 3 a key that is broken or
   * unpinned.
   */
  exitCode: ExitCode
}

/** The key or the contract that signed an epoch. */
export interface Signer {
  /** Lower-case. */
  address: string
  /** Whether it is the one that the reader named; if not, it is whoever's. */
  known: boolean
  /** Of a contract: where it was asked. That it answered so is the word of a node, and no proof. */
  observed?: { chainId: string; block: number; blockHash: string }
}

/** An epoch while it is verified: where it comes from, what it says of itself, and what was found so far. */
export interface Verification {
  source: Source
  manifest: Manifest
  manifestSha256: string
  checks: Checks
  options: VerifyEpochOptions
}

/** Every instance that a proof of the epoch names, once. */
export function usedInstances({ parts: { ledger, solvency, backing } }: Manifest): string[] {
  const instances = ledger.batches.map(({ instance }) => instance)
  return [
    ...new Set([...instances, ...[solvency, backing].flatMap((part) => (part ? [part.instance] : []))]),
  ].sort()
}

const KNOWN_PARTS: readonly string[] = ['ledger', 'solvency', 'backing']

/** Names of the parts of an epoch that this version does not know. */
export function unknownParts({ parts }: Manifest): string[] {
  return Object.keys(parts).filter((name) => !KNOWN_PARTS.includes(name))
}
