import { evidenceDigest } from '../../reserves/index.js'
import type { RiskTable, TableSizes } from '../../risk/index.js'
import { rowsByKind } from '../../risk/index.js'
import { reservesCommitment, reservesForSizes } from '../solvency/witness.js'
import type { BackingSignals } from './signals.js'

/** Everything that one `backing` proof is about: the public signals and what opens them. Private. */
export interface BackingWitness {
  signals: BackingSignals
  /** Smallest units, one entry a spot instrument of the instance, as all lists. */
  reserves: readonly bigint[]
  /** All layers that the policy counts, together. */
  insurance: readonly bigint[]
  reservesBlind: bigint
  shown: readonly bigint[]
}

/**
 * Puts together what backing is proven over: what solvency has committed to, and what addresses show.
 *
 * @param parts reserves, insurance fund (all layers that count, together) and what is shown, in smallest
 *   units by row of the table; `sizes` of the epoch's instance of solvency
 * @throws {InputError} `EVIDENCE_RANGE`
 */
export function backingWitness(parts: {
  sizes: TableSizes
  table: RiskTable
  reserves: readonly bigint[]
  insurance: readonly bigint[]
  reservesBlind: bigint
  shown: readonly bigint[]
  context: bigint
}): BackingWitness {
  const { sizes, table, reservesBlind, context } = parts
  const { reserves, insurance } = reservesForSizes(parts, table, sizes)
  const shown = shownForSizes(parts.shown, table, sizes)
  return {
    signals: {
      reservesCommitment: reservesCommitment(reserves, insurance, reservesBlind),
      evidence: evidenceDigest(shown, sizes.spots),
      context,
    },
    reserves,
    insurance: reserves.map((_, i) => insurance[i] ?? 0n),
    reservesBlind,
    shown,
  }
}

/**
 * What addresses show as the statement has it: by spot instrument, padded with zeros to the sizes.
 *
 * @param shown smallest units by row of the table
 */
export function shownForSizes(
  shown: readonly bigint[],
  table: RiskTable,
  sizes: Pick<TableSizes, 'spots'>,
): bigint[] {
  const { spots } = rowsByKind(table)
  return Array.from({ length: sizes.spots }, (_, i) => shown[spots[i]!] ?? 0n)
}
