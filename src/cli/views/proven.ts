import type { Text } from '../terminal/layout.js'
import { facts } from '../terminal/table.js'
import { shownTime } from './time.js'

/** The result of `ledger prove`. */
export interface LedgerResult {
  epoch: string
  private: string
  accounts: number
  batches: number
  /** Batches whose proofs an earlier run wrote. */
  kept: number
  /** Of all who proved. */
  cpuSeconds: number
  /** The most that one of them took. */
  peakBytes: number
}

export function ledgerProvenView(result: LedgerResult): Text {
  return facts([
    ['accounts folded', result.accounts],
    ['batches proven', `${result.batches} (${result.kept} kept from an earlier run)`],
    ...(result.cpuSeconds > 0
      ? [
          ['processor time', shownTime(result.cpuSeconds)] as const,
          ['memory of a prover', `${(result.peakBytes / 2 ** 20).toFixed(0)} MiB`] as const,
        ]
      : []),
    ['public epoch', result.epoch],
    ['private folder', result.private],
    ['next', `plimsoll solvency prove --epoch ${result.epoch} --reserves FILE`],
  ])
}

/** The result of `solvency prove`. */
export interface SolvencyResult {
  verdict: string
  epoch: string
  scenarios: readonly string[]
  /** What stands behind the reserves, a sentence each. */
  reserves: readonly string[]
}

/** @param check options that a verifier of this epoch gives */
export function solvencyProvenView(
  { verdict, epoch, scenarios, reserves }: SolvencyResult,
  check: string,
): Text {
  const made = facts([
    ['verdict', verdict],
    ...(scenarios.length > 0 ? [['holds in the scenarios', scenarios.join(', ')] as const] : []),
    ['public epoch', epoch],
    ['verify it', `plimsoll verify ${epoch}${check}`],
  ])
  return [made, ...reserves]
}

/** The result of `epoch retarget`. */
export function retargetedView(
  made: { epoch: string; target: { chainId: string; contract: string } },
  from: string,
): Text {
  const { epoch, target } = made
  return facts([
    ['public epoch', epoch],
    ['for', `${target.contract} on chain ${target.chainId}`],
    ['sign it', `plimsoll epoch sign ${epoch} --key FILE`],
    ['readers compare', `plimsoll audit ${from} --compare ${epoch}`],
  ])
}

/** The result of `reserves prove`. */
export function backingProvenView({ epoch, reserves }: { epoch: string; reserves: readonly string[] }): Text {
  const made = facts([
    ['public epoch', epoch],
    ['verify it', `plimsoll verify ${epoch}`],
  ])
  return [made, ...reserves]
}

/** The result of `margin prove`. */
export interface MarginResult {
  proof: string
  requirement: string
  times: string
  signals: Record<string, string>
}

export function marginProvenView({ proof, requirement, times, signals }: MarginResult): Text {
  return facts([
    ['proof (public)', proof],
    ['it says', `meets ${times} × ${requirement}`],
    ['handle', signals.handle!],
    ['the reader verifies it', `plimsoll margin verify ${proof} --epoch EPOCH`],
  ])
}

/** The result of `owner new`. */
export function ownerView(result: { owner: string; commitment: string; key: string }): Text {
  const { owner, commitment, key } = result
  return facts([
    ['commitment, for the venue', commitment],
    ['key, for the venue to seal your file to', key],
    ['secret (never share)', owner],
  ])
}

/** Files that were written, and the keys that they are made from. */
export function contractsView(result: {
  files: readonly string[]
  keys: readonly { instance: string; keyHash: string }[]
}): Text {
  return [...result.files, ...result.keys.map((key) => `key of ${key.instance}: ${key.keyHash}`)]
}

/** The result of `worker --new-key`. */
export function workerKeyView({ key, publicKey }: { key: string; publicKey: string }): Text {
  return facts([
    ['key file (workers only)', key],
    ['public key', publicKey],
    ['next', `plimsoll worker --queue URL --key ${key}`],
    ['who hands out jobs', `plimsoll ledger prove … --queue URL --workers-key ${publicKey}`],
  ])
}

/** The result of `epoch`. */
export interface MadeEpoch {
  verdict: 'valid'
  venue: string
  epoch: string
  previous?: string
  folder: string
  archive: string
  /** Of the archive. */
  sha256: string
  /** With which customers check, in a browser. */
  page: string
  pins: string
  inclusion: string
  private: string
  keyKind: string
  signer?: string
  /** What stands behind the reserves, a sentence each. */
  reserves: readonly string[]
}

export function madeEpochView(made: MadeEpoch): Text {
  const signed = made.signer === undefined ? '' : ` --venue ${made.signer}`
  return [
    facts([
      ['epoch', `${made.epoch} of ${made.venue}`],
      ['archive, to publish', made.archive],
      ['SHA-256 of the archive', made.sha256],
      ['page for customers, to publish', made.page],
      ['pins, to publish elsewhere', made.pins],
      ['inclusion files (each for its customer)', made.inclusion],
      ['private folder (never publish)', made.private],
      ['readers verify it', `plimsoll verify ${made.archive} --pins ${made.pins}${signed}`],
    ]),
    ...made.reserves,
    'VALID',
  ]
}
