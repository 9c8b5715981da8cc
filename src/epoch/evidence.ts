import type { Source } from '../bundle/index.js'
import {
  type CheckReservesOptions,
  checkReserves,
  type EvidenceClass,
  type ReservesReport,
  shownUnits,
} from '../reserves/index.js'
import { type RiskTable, sharesOf } from '../risk/index.js'
import type { Backing } from './backing-words.js'
import { evidenceOf } from './evidence-source.js'
import type { Manifest } from './manifest-schema.js'

/** What a reader knows of chains and tokens, to check evidence of reserves with. */
export type KnownOfEvidence = Omit<CheckReservesOptions, 'epoch' | 'table' | 'onCheck' | 'onProgress'>

/** Evidence of an epoch that holds. */
export interface EpochEvidence {
  backing: Backing
  /**
   * What it shows by the classes that count, in smallest units by row of the risk table; of an instrument
   * that counts shares in these, rounded down.
   */
  shown: bigint[]
}

/**
 * Checks the evidence of an epoch without a network, against the epoch and its risk table.
 *
 * @returns the report, and what the evidence shows where it holds
 */
export async function checkEvidence(
  source: Source,
  epoch: { manifest: Manifest; table: RiskTable; classes: readonly EvidenceClass[] },
  known: KnownOfEvidence = {},
): Promise<{ report: ReservesReport; evidence?: EpochEvidence }> {
  const { manifest, table, classes } = epoch
  const { venue, epoch: name, parts, riskTable } = manifest
  const { instruments, timestamp } = table
  const { report, totals } = await checkReserves(evidenceOf(source), {
    ...known,
    epoch: {
      ...{ venue, epoch: name, timestamp },
      // A manifest has evidence beside a proof of solvency alone.
      accountsRoot: parts.solvency!.accountsRoot,
    },
    table: { sha256: riskTable, instruments },
  })
  const { verdict, evidenceHash, blocks, shown, accounts, words, asked } = report
  if (verdict === 'refused' || totals === undefined || evidenceHash === undefined) return { report }
  const backing = {
    ...{ classes, verdict, evidenceHash, blocks, shown, accounts, words },
    ...(asked && { asked: asked.notes }),
  }
  const units = shownUnits(totals, instruments, classes)
  return { report, evidence: { backing, shown: units.map((each, i) => sharesOf(each, instruments[i]!)) } }
}

/** Why evidence does not hold, in words. */
export function evidenceFaults({ checks }: Pick<ReservesReport, 'checks'>): string {
  return checks
    .filter(({ valid }) => !valid)
    .map(({ id, detail }) => `${id}: ${detail}`)
    .join('; ')
}
