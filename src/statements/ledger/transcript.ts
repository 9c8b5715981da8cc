import { poseidon, ROLES } from '../../hash/index.js'

/** What both transcripts absorb, beside the ledger itself. */
export interface TranscriptParts {
  accountsRoot: bigint
  riskRoot: bigint
  totalsDigest: bigint
  scenarios: number
}

/** The first transcript and the points that are drawn from it. */
export interface FirstTranscript {
  first: bigint
  /** Its powers weigh accounts by the place of their leaves. */
  accountPoint: bigint
  /** Its powers weigh scenarios. */
  scenarioPoint: bigint
  /** Where tiers and their instruments are compared. */
  ownerPoint: bigint
}

/** The second transcript, which binds the weighted totals as well, and the points that are drawn from it. */
export interface SecondTranscript {
  second: bigint
  /** Where slots and totals are compared, key by key. */
  challenge: bigint
  /** How much a weighted total counts beside its total. */
  mix: bigint
  /** How much a limit counts beside its key. */
  limitPoint: bigint
}

const squeeze = (transcript: bigint, label: bigint) => poseidon([transcript, label], ROLES.challenge.tag)

/** `first = P(first; accountsRoot, riskRoot, totalsDigest, scenarios)` and its challenges 2, 3 and 6. */
export function firstTranscript(parts: TranscriptParts): FirstTranscript {
  const { accountsRoot, riskRoot, totalsDigest, scenarios } = parts
  const first = poseidon([accountsRoot, riskRoot, totalsDigest, BigInt(scenarios)], ROLES.first.tag)
  return {
    first,
    accountPoint: squeeze(first, 2n),
    scenarioPoint: squeeze(first, 3n),
    ownerPoint: squeeze(first, 6n),
  }
}

/** `second = P(second; first, weightedTotalsDigest)` and its challenges 1, 4 and 5. */
export function secondTranscript(first: bigint, weightedTotalsDigest: bigint): SecondTranscript {
  const second = poseidon([first, weightedTotalsDigest], ROLES.second.tag)
  return {
    second,
    challenge: squeeze(second, 1n),
    mix: squeeze(second, 4n),
    limitPoint: squeeze(second, 5n),
  }
}
