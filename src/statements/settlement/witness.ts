import type { HeldReserves } from '../disclosure/witness.js'
import { reservesCommitment } from '../solvency/witness.js'
import { type Reason, TREES } from '../weigh/reasons.js'
import { FIRST_WEIGH_STATE, type WeighState, weighCommitment } from '../weigh/state.js'
import { activityDigest, settlementTranscript } from '../weigh/transcript.js'
import { externalCommitment, type Flows, flowSumOf, flowsDigest } from './flows.js'
import type { SettlementSignals } from './signals.js'
import { type SettlementTerms, termsDigest } from './terms.js'

/** Everything that one `settlement` proof is about: the public signals and what opens them. Private. */
export interface SettlementWitness extends OpenedSettlement {
  signals: SettlementSignals
  /** Of every spot instrument, whether what closing gave accounts may be what the fund lost. */
  fundPays: readonly boolean[]
}

/** What a settlement commits to. Every list has an entry a spot instrument of the instance. Private. */
export interface OpenedSettlement {
  /** Root over the rows of each reason; 0n where there are none. */
  roots: Readonly<Record<Reason, bigint>>
  flows: Flows
  externalBlind: bigint
  flowsBlind: bigint
  /** That of the last state. */
  blind: bigint
  /** Reserves and insurance fund of the earlier epoch. */
  before: HeldReserves
  /** Those of the later epoch. */
  after: HeldReserves
  terms: SettlementTerms
}

/**
 * Puts together what a settlement is proven over. What does not hold is refused by `settlementModel`.
 *
 * @param parts.loss whether a loss is shared
 */
export function settlementWitness(
  parts: OpenedSettlement & {
    accountsBefore: bigint
    accountsAfter: bigint
    loss: boolean
    context: bigint
  },
): SettlementWitness {
  const { accountsBefore, accountsAfter, loss, context, ...opened } = parts
  const { flows, before, after, terms } = opened
  const committed = (held: HeldReserves) => reservesCommitment(held.reserves, held.insurance, held.blind)
  return {
    ...opened,
    signals: {
      ...settlementStates(opened, { accountsBefore, accountsAfter }),
      accountsBefore,
      accountsAfter,
      activity: activityDigest(opened.roots),
      external: externalCommitment(flows, opened.externalBlind),
      reservesBefore: committed(before),
      reservesAfter: committed(after),
      terms: termsDigest(terms),
      loss: loss ? 1n : 0n,
      context,
    },
    fundPays: flows.closing.map((_, i) => before.insurance[i]! > after.insurance[i]!),
  }
}

/** The transcript of a settlement with its points: everything that is weighed is absorbed by it. */
export function settlementTranscriptOf(
  opened: Pick<OpenedSettlement, 'roots' | 'flows' | 'externalBlind' | 'flowsBlind'>,
  accounts: { accountsBefore: bigint; accountsAfter: bigint },
): ReturnType<typeof settlementTranscript> {
  const { roots, flows, externalBlind, flowsBlind } = opened
  const external = externalCommitment(flows, externalBlind)
  return settlementTranscript({
    ...accounts,
    activity: activityDigest(roots),
    flowsDigest: flowsDigest({ ...flows, external }, flowsBlind),
  })
}

/** The states in which nothing and everything is weighed, where it comes to these flows. */
export function settlementStates(
  opened: Pick<OpenedSettlement, 'roots' | 'flows' | 'externalBlind' | 'flowsBlind' | 'blind'>,
  accounts: { accountsBefore: bigint; accountsAfter: bigint },
): Pick<SettlementSignals, 'firstState' | 'state'> {
  const { transcript, flowPoint } = settlementTranscriptOf(opened, accounts)
  const flowSum = flowSumOf(opened.flows, flowPoint)
  const last: WeighState = { tree: TREES, next: 0, blind: opened.blind, sum: 0n, flowSum }
  return {
    firstState: weighCommitment(transcript, FIRST_WEIGH_STATE),
    state: weighCommitment(transcript, last),
  }
}
