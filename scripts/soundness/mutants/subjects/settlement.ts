import {
  type CircuitInputs,
  FIELD_ORDER,
  invertField,
  TOTAL_BITS,
  toField,
} from '../../../../src/field/index.js'
import {
  activityDigest,
  externalCommitment,
  FIRST_WEIGH_STATE,
  flowSumOf,
  flowsDigest,
  settlementInputs,
  settlementTranscript,
  TREES,
  weighCommitment,
} from '../../../../src/statements/index.js'
import { tampered } from '../../bench/tamper.js'
import {
  rowsOf,
  SETTLED_ACCOUNTS,
  SETTLED_AFTER,
  SETTLED_BEFORE,
  SETTLED_FLOWS,
  SETTLED_ROOTS,
  SETTLED_SPOTS,
  SETTLED_TERMS,
  SETTLEMENT_PUBLIC,
  settlement,
  settlementMain,
  settlementOfRows,
} from '../../samples/settlement.js'
import { settlementChallenges } from '../../samples/transcript.js'
import type { Case, Subject } from '../search.js'
import { POSEIDON } from './lib.js'

/** Epochs that follow from each other, and some that do not: each rule is broken alone. */
export function settlementSubjects(): Subject[] {
  const wide = 1n << BigInt(TOTAL_BITS)
  const honest = settlement()
  const inputs = settlementInputs(honest)
  const flows = (change: Partial<typeof SETTLED_FLOWS>) => settlement({ flows: change })
  const at = (spot: number, amount: bigint) => [0n, 0n, 0n, 0n].with(spot, amount)
  const spent = { roots: { ...SETTLED_ROOTS, allocations: 1_007n }, loss: true }
  const pairs: [label: string, witness: typeof honest][] = [
    ['an epoch that follows from the last', honest],
    ['an epoch with a loss', settlement(spent)],
  ]
  const held = (side: 'before' | 'after', change: Partial<typeof SETTLED_BEFORE>) =>
    settlement({ [side]: { ...(side === 'before' ? SETTLED_BEFORE : SETTLED_AFTER), ...change } })
  const coinPaid = (closing: bigint) =>
    settlement({ flows: { closing: SETTLED_FLOWS.closing.with(0, closing) } })
  const element = ({ reserves, insurance }: typeof SETTLED_BEFORE) => reserves[0]! + insurance[0]! * wide
  const rest = (of: typeof SETTLED_BEFORE, reserves: bigint) =>
    toField((element(of) - reserves) * invertField(wide))
  const other = settlementOfRows(
    rowsOf({
      transfers: [
        [1n, 0, 5_000n],
        [2n, 0, -200n],
      ],
      trades: [[1n, 0, 3n]],
    }),
    {
      flows: {
        in: at(0, 5_000n),
        out: at(0, 200n),
        fees: at(0, 0n),
        accruals: at(0, 0n),
        closing: at(0, 0n),
      },
    },
  )
  const forged: Record<string, ReturnType<typeof settlement>> = {
    'interest that is paid and not charged': flows({ accruals: at(0, 1n) }),
    'interest beyond its width': flows({ accruals: at(3, -wide) }),
    'one unit more than the fund lost': flows({ closing: at(1, 26n) }),
    'a unit of an instrument whose fund gained': flows({ closing: at(0, 1n) }),
    'more taken than a difference has room for': flows({ closing: at(3, -4n * wide) }),
    'allocations and no loss': settlement({ ...spent, loss: false }),
    'a loss while the fund has one unit more than dust': settlement({
      ...{ ...spent, terms: { ...SETTLED_TERMS, dust: 1_374n } },
    }),
    'dust beyond its width': settlement({ terms: { ...SETTLED_TERMS, dust: FIELD_ORDER - 1n } }),
    'reserves before beyond their width': held('before', { reserves: at(0, wide) }),
    'a fund before below zero': held('before', { insurance: at(3, FIELD_ORDER - 1n) }),
    'reserves after beyond their width': held('after', { reserves: at(0, wide) }),
    'a fund after below zero': held('after', { insurance: at(3, FIELD_ORDER - 1n) }),
  }
  const opened: Record<string, Record<string, bigint>> = {
    'a deposit other than that of external': { 'transfersIn[0]': 5_001n },
    'a withdrawal other than that of external': { 'transfersOut[1]': 1_101n },
    'a fee other than that of external': { 'fees[2]': 3n },
    'interest other than what was absorbed': { 'accruals[1]': -16n },
    'closing other than what was absorbed': { 'closing[1]': 24n },
    'a root other than that of activity': { 'roots[6]': 0n, 'roots[5]': 7n },
    'accounts other than those before': { accountsBefore: 11_112n },
    'reserves other than the committed ones before': { 'heldBefore[2]': 5n },
    'reserves other than the committed ones after': { 'heldAfter[2]': 5n },
    'dust other than that of the terms': { dust: 2_000n },
    'a mark other than that of the terms': { 'marks[0]': 99n },
  }
  const split: [label: string, of: ReturnType<typeof settlement>, change: Record<string, bigint>][] = [
    ['a fund that pays −1 times what it lost', coinPaid(1n), { 'fundPays[0]': -1n }],
    ['a loss of −1', settlement({ terms: { ...SETTLED_TERMS, dust: 0n } }), { loss: -1n }],
    [
      'reserves before that a fund is made of',
      coinPaid(999n),
      {
        ...{ 'heldBefore[0]': element(SETTLED_BEFORE) - 1_009n * wide, 'insuranceBefore[0]': 1_009n },
        'fundPays[0]': 1n,
      },
    ],
    [
      'reserves after that hide the fund',
      coinPaid(9n),
      { 'heldAfter[0]': element(SETTLED_AFTER), 'insuranceAfter[0]': 0n, 'fundPays[0]': 1n },
    ],
    [
      'a fraction of a fund before',
      coinPaid(rest(SETTLED_BEFORE, 5_099n) - 10n),
      {
        ...{ 'heldBefore[0]': 5_099n, 'insuranceBefore[0]': rest(SETTLED_BEFORE, 5_099n) },
        'fundPays[0]': 1n,
      },
    ],
    [
      'a fraction of a fund after',
      coinPaid(toField(9n - rest(SETTLED_AFTER, 9_899n))),
      {
        ...{ 'heldAfter[0]': 9_899n, 'insuranceAfter[0]': rest(SETTLED_AFTER, 9_899n) },
        'fundPays[0]': 1n,
      },
    ],
  ]
  return [
    {
      name: 'settlement',
      source: {
        include: 'settlement.circom',
        main: settlementMain(SETTLED_SPOTS),
        public: SETTLEMENT_PUBLIC,
      },
      whole: ['settlement.circom'],
      untouched: POSEIDON,
      honest: pairs.map(([label, witness]) => ({ label, inputs: settlementInputs(witness) })),
      forged: [
        ...Object.entries(forged).map(
          ([label, witness]): Case => ({ label, inputs: settlementInputs(witness) }),
        ),
        ...Object.entries(opened).map(
          ([label, change]): Case => ({ label, inputs: tampered(inputs, change), openable: true }),
        ),
        { label: 'deposits other than those of the rows', inputs: otherDeposits(), openable: true },
        { label: 'a trade that nobody pays for', inputs: settlementInputs(other), openable: true },
        ...split.map(([label, of, change]): Case => {
          return { label, inputs: tampered(settlementInputs(of), change) }
        }),
      ],
      openings: [
        ['firstState', 'first.out'],
        ['state', 'last.out'],
        ['activity', 'transcript.activity'],
        ['external', 'flowed.out'],
        ['reservesBefore', 'before.out'],
        ['reservesAfter', 'after.out'],
        ['terms', 'stated.out'],
      ],
      challenges: ({ label }) => settlementChallenges(new Map(pairs).get(label)!),
    },
  ]
}

/** A settlement whose flows and rows agree, beside a commitment to other deposits that it absorbs. */
function otherDeposits(): CircuitInputs {
  const { flows, externalBlind, flowsBlind, roots, blind, ...witness } = settlement()
  const external = externalCommitment({ ...flows, in: flows.in.with(0, 9_000_000n) }, externalBlind)
  const { transcript, flowPoint } = settlementTranscript({
    ...SETTLED_ACCOUNTS,
    activity: activityDigest(roots),
    flowsDigest: flowsDigest({ ...flows, external }, flowsBlind),
  })
  const last = { tree: TREES, next: 0, blind, sum: 0n, flowSum: flowSumOf(flows, flowPoint) }
  return tampered(settlementInputs({ ...witness, flows, externalBlind, flowsBlind, roots, blind }), {
    external,
    firstState: weighCommitment(transcript, FIRST_WEIGH_STATE),
    state: weighCommitment(transcript, last),
  })
}
