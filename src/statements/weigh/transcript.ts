import { poseidon, ROLES } from '../../hash/index.js'
import { REASONS, type Reason } from './reasons.js'

/** What the transcript of a settlement absorbs. */
export interface SettlementTranscriptParts {
  /** Of the earlier epoch. */
  accountsBefore: bigint
  /** Of the later epoch. */
  accountsAfter: bigint
  /** See `activityDigest`. */
  activity: bigint
  /** Hidden commitment to what flows in and out, and to what reasons net to. */
  flowsDigest: bigint
}

/** Where the identities of a settlement are compared. */
export interface WeighPoints {
  /** A customer's identifier is a pole of this variable, */
  idPoint: bigint
  /** the number of an instrument one of this, */
  instrumentPoint: bigint
  /** and group, instrument and side of a flow one of this. */
  flowPoint: bigint
}

/** The transcript of a settlement, with the points that are drawn from it. */
export interface SettlementTranscript extends WeighPoints {
  transcript: bigint
}

/** `P(activity; root of each reason)`, 0n for a reason without rows. */
export function activityDigest(roots: Readonly<Record<Reason, bigint>>): bigint {
  return poseidon(
    REASONS.map((reason) => roots[reason]),
    ROLES.activity.tag,
  )
}

/** `P(settled; accountsBefore, accountsAfter, activity, flowsDigest)` and its challenges 18, 19 and 20. */
export function settlementTranscript(parts: SettlementTranscriptParts): SettlementTranscript {
  const { accountsBefore, accountsAfter, activity, flowsDigest } = parts
  const transcript = poseidon([accountsBefore, accountsAfter, activity, flowsDigest], ROLES.settled.tag)
  const squeeze = (label: bigint) => poseidon([transcript, label], ROLES.challenge.tag)
  return {
    transcript,
    idPoint: squeeze(18n),
    instrumentPoint: squeeze(19n),
    flowPoint: squeeze(20n),
  }
}
