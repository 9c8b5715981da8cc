import { TOTAL_BITS } from '../../field/index.js'
import { sponge } from '../../hash/index.js'
import type { RiskDigests, RiskTable, TableSizes } from '../../risk/index.js'
import { riskDigests, rowsByKind } from '../../risk/index.js'
import type { LedgerChain } from '../ledger/fold.js'
import { firstState, type LedgerState, stateCommitment } from '../ledger/state.js'
import { tableAtPoint, tablePoint } from './point.js'
import { type Policy, padPolicy, policyDigest } from './policy.js'
import type { SolvencySignals } from './signals.js'

/** Everything that one `solvency` proof is about: the public signals and what opens them. Private. */
export interface SolvencyWitness extends SolvencyLedger {
  sizes: TableSizes
  signals: SolvencySignals
  /** Smallest units, one entry a spot instrument. */
  reserves: readonly bigint[]
  /**
   * The holdings set aside for shortfalls, beside the reserves: as many, or none where there is no scenario.
   */
  insurance: readonly bigint[]
  reservesBlind: bigint
  table: Pick<RiskDigests, 'columns' | 'rowsDigest'>
  policy: Policy
}

/** A ledger to its end, as solvency opens it. Private. */
export interface SolvencyLedger {
  /** The last state. */
  state: LedgerState
  accountsRoot: bigint
  /** The last batch: its place, its root, and the 16 children of each node above it, batch level first. */
  last: { place: number; root: bigint; children: readonly (readonly bigint[])[] }
  /** By key. */
  totals: readonly bigint[]
  totalsBlind: bigint
  totalsDigest: bigint
  weightedTotals: readonly bigint[]
  weightedTotalsBlind: bigint
  /** The second transcript, and the point that scenarios are weighted at: see `secondTranscript`. */
  second: bigint
}

/** What solvency opens of a chain whose every batch was stepped through. */
export function solvencyLedger({ ledger, state }: Pick<LedgerChain, 'ledger' | 'state'>): SolvencyLedger {
  const place = state.count - 1
  const { levels } = ledger.tree.path(place)
  return {
    state,
    accountsRoot: ledger.tree.root,
    last: { place, root: levels[0]![place % levels[0]!.length]!, children: levels },
    totals: ledger.totals,
    totalsBlind: ledger.totalsBlind,
    totalsDigest: ledger.totalsDigest,
    weightedTotals: ledger.weightedTotals,
    weightedTotalsBlind: ledger.weightedTotalsBlind,
    second: ledger.points.second,
  }
}

/**
 * `sponge(reserves: blind, then of every spot instrument its reserve, and from bit 98 on the insurance fund's
 * holding of it)`
 */
export function reservesCommitment(
  reserves: readonly bigint[],
  insurance: readonly bigint[],
  blind: bigint,
): bigint {
  const held = reserves.map((units, i) => units + ((insurance[i] ?? 0n) << BigInt(TOTAL_BITS)))
  return sponge('reserves', [blind, ...held])
}

/**
 * Reserves and insurance fund as the commitment has them: by spot instrument, padded with zeros to the sizes.
 * Without scenarios there is no insurance fund.
 *
 * @param held by row of the table
 */
export function reservesForSizes(
  held: { reserves: readonly bigint[]; insurance: readonly bigint[] },
  table: RiskTable,
  sizes: TableSizes,
): { reserves: bigint[]; insurance: bigint[] } {
  const { spots } = rowsByKind(table)
  const bySpot = (byRow: readonly bigint[]) =>
    Array.from({ length: sizes.spots }, (_, i) => byRow[spots[i]!] ?? 0n)
  return {
    reserves: bySpot(held.reserves),
    insurance: sizes.scenarios > 0 ? bySpot(held.insurance) : [],
  }
}

/**
 * Puts together what solvency is proven over: every list is padded with zeros to the instance's sizes.
 *
 * @param parts reserves and insurance fund by row of the table
 */
export function solvencyWitness(parts: {
  sizes: TableSizes
  ledger: SolvencyLedger
  table: RiskTable
  policy: Policy
  reserves: readonly bigint[]
  insurance?: readonly bigint[]
  reservesBlind: bigint
  context: bigint
}): SolvencyWitness {
  const { sizes, ledger, table, reservesBlind, context } = parts
  const { reserves, insurance = [] } = parts
  return openSolvency({
    ledger,
    digests: riskDigests(table, sizes),
    ...reservesForSizes({ reserves, insurance }, table, sizes),
    reservesBlind,
    policy: padPolicy(parts.policy, sizes),
    context,
  })
}

/**
 * The witness over a table's digests, and its signals.
 *
 * @param parts everything at the sizes of the digests
 */
export function openSolvency(
  parts: Pick<SolvencyWitness, 'reserves' | 'insurance' | 'reservesBlind' | 'policy'> & {
    ledger: SolvencyLedger
    digests: Pick<RiskDigests, 'riskRoot' | 'timestamp' | 'columns' | 'rowsDigest'>
    context: bigint
  },
): SolvencyWitness {
  const { ledger, digests, reserves, insurance, reservesBlind, policy, context } = parts
  const { riskRoot, timestamp, columns, rowsDigest } = digests
  const point = tablePoint(digests)
  return {
    ...ledger,
    sizes: columns.sizes,
    signals: {
      firstState: stateCommitment(ledger.second, firstState(columns.sizes.scenarios)),
      state: stateCommitment(ledger.second, ledger.state),
      accountsRoot: ledger.accountsRoot,
      riskRoot,
      reservesCommitment: reservesCommitment(reserves, insurance, reservesBlind),
      policy: policyDigest(policy, columns.scenarios),
      context,
      timestamp,
      point,
      tableAtPoint: tableAtPoint(columns, point),
    },
    reserves,
    insurance,
    reservesBlind,
    table: { columns, rowsDigest },
    policy,
  }
}
