import { toField } from '../../../src/field/index.js'
import {
  chunkSums,
  type Flows,
  type OpenedSettlement,
  REASONS,
  type Reason,
  SETTLEMENT_SIGNALS,
  type SettlementTranscript,
  type SettlementWitness,
  settlementTranscriptOf,
  settlementWitness,
  TREES,
  treeOf,
  type WeighedAccount,
  type WeighState,
  weighCommitment,
} from '../../../src/statements/index.js'

export const SETTLEMENT_PUBLIC: string[] = [...SETTLEMENT_SIGNALS]

/** The main component of a settlement between epochs of so many spot instruments. */
export function settlementMain(spots: number): string {
  return `Settlement(${spots})`
}

export const SETTLED_SPOTS = 4

/** Rows of every reason but allocations. */
export const SETTLED_ROOTS: Readonly<Record<Reason, bigint>> = {
  transfers: 1_001n,
  fees: 1_002n,
  trades: 1_003n,
  accruals: 1_004n,
  liquidations: 1_005n,
  takers: 1_006n,
  allocations: 0n,
}
/** A coin and cash: interest is charged in cash, and of a liquidation the fund pays 25 of cash. */
export const SETTLED_FLOWS: Flows = {
  in: [5_000n, 900n, 0n, 0n],
  out: [200n, 1_100n, 0n, 0n],
  fees: [-3n, -40n, 2n, 0n],
  accruals: [0n, -15n, 0n, 0n],
  closing: [-4n, 25n, 0n, 0n],
}
export const SETTLED_BEFORE = {
  reserves: [5_100n, 69_500n, 0n, 0n],
  insurance: [9n, 400n, 0n, 0n],
  blind: 5_555n,
}
/** The fund lost 25 of cash, to the unit, and has more of the coin. */
export const SETTLED_AFTER = {
  reserves: [9_900n, 69_300n, 2n, 0n],
  insurance: [10n, 375n, 0n, 0n],
  blind: 6_666n,
}
/** At these marks the later fund is worth 1,375. */
export const SETTLED_TERMS = { dust: 1_375n, marks: [100n, 1n, 7n, 0n] }
export const SETTLED_ACCOUNTS = { accountsBefore: 11_111n, accountsAfter: 22_222n }

/** What a settlement opens, with its signals; the amounts need not hold. */
export function settlement(
  parts: Partial<Omit<OpenedSettlement, 'flows'>> & { flows?: Partial<Flows>; loss?: boolean } = {},
): SettlementWitness {
  const { flows, ...rest } = parts
  return settlementWitness({
    roots: SETTLED_ROOTS,
    externalBlind: 7_777n,
    flowsBlind: 8_888n,
    blind: 9_999n,
    before: SETTLED_BEFORE,
    after: SETTLED_AFTER,
    terms: SETTLED_TERMS,
    ...SETTLED_ACCOUNTS,
    loss: false,
    context: 271_828n,
    ...rest,
    flows: { ...SETTLED_FLOWS, ...flows },
  })
}

/** By reason: customer, number of the instrument, quantity. */
export type Rows = Partial<
  Record<Reason, readonly (readonly [accountId: bigint, instrument: number, quantity: bigint])[]>
>

/** Each as an account of one slot. */
export function rowsOf(rows: Rows): { tree: number; place: WeighedAccount }[] {
  return REASONS.flatMap((reason) =>
    (rows[reason] ?? []).map(([accountId, instrument, quantity]) => ({
      tree: treeOf(reason),
      place: { accountId, owner: 0n, salt: 1n, slots: [{ instrument, quantity }] },
    })),
  )
}

/** The last state of a chain that weighs these rows, and accounts that differ by them. */
export function stateOfRows(
  rows: ReturnType<typeof rowsOf>,
  points: SettlementTranscript,
  blind: bigint,
): WeighState {
  const flowSum = rows.reduce((sum, { tree, place }) => sum + chunkSums([place], tree, points).flowSum, 0n)
  return { tree: TREES, next: 0, blind, sum: 0n, flowSum: toField(flowSum) }
}

/** A settlement with the last state of these rows, whatever flows it is said to have. */
export function settlementOfRows(
  rows: ReturnType<typeof rowsOf>,
  parts: Parameters<typeof settlement>[0],
): SettlementWitness {
  const witness = settlement(parts)
  const points = settlementTranscriptOf(witness, witness.signals)
  const state = weighCommitment(points.transcript, stateOfRows(rows, points, witness.blind))
  return { ...witness, signals: { ...witness.signals, state } }
}
