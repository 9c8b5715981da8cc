import { join } from 'node:path'
import { InputError, ProofError } from '../errors/index.js'
import { formatDecimal } from '../field/index.js'
import { writeJson } from '../files/index.js'
import {
  type CheckReservesOptions,
  checkReserves,
  type EvidenceClass,
  type EvidenceFolder,
  formatReserves,
  type Instruments,
  LAYERS,
  RESERVES_PATHS,
  type Reserves,
  type ReservesReport,
  type Summary,
  shownUnits,
  summaryFrom,
} from '../reserves/index.js'
import { marketScenarios, type RiskTable, sharesOf } from '../risk/index.js'
import { isDerivative } from '../rules/index.js'
import { evidenceFolder } from './folder.js'

/** How evidence becomes amounts to commit to. */
export interface CommitReservesOptions {
  /** Folder of the evidence; it gets the summary. */
  folder: string
  table: RiskTable
  /** SHA-256 of the table as epochs publish it. */
  tableSha256: string
  /** The classes that count. Only what is named is taken. */
  classes: readonly EvidenceClass[]
  /** Amounts to commit to, in place of all that is shown; none may be above it. */
  reserves?: Reserves
  /** As whoever checks knows blocks and tokens. */
  known?: Omit<CheckReservesOptions, 'table'>
}

/** Amounts to commit to. */
export interface CommittedReserves {
  report: ReservesReport
  summary: Summary
  reserves: Reserves
  /** Text of the file for `solvency prove`. */
  text: string
  /** Instruments that the evidence names and the table has not, or as what cannot be held. */
  unknown: readonly string[]
}

/**
 * Turns evidence into amounts to commit to, never above what it shows, and writes its summary. Evidence that
 * does not hold gives a report alone.
 *
 * @throws {ProofError} `RESERVES_ABOVE` for amounts above what is shown
 * @throws {InputError} `RESERVES_INSURANCE` for a layer where the table has no scenario
 * @example
 * const folder = 'epoch/reserves'
 * const tableSha256 = 'ab'.repeat(32)
 * const made = await commitReserves({ folder, table, tableSha256, classes: ['proven'] })
 */
export async function commitReserves({
  folder,
  table,
  tableSha256,
  classes,
  reserves: given,
  known = {},
}: CommitReservesOptions): Promise<CommittedReserves | { report: ReservesReport }> {
  const instruments: Instruments = { sha256: tableSha256, instruments: table.instruments }
  const checked = await checkReserves(withoutSummary(evidenceFolder(folder)), known)
  const { report, totals } = checked
  if (totals === undefined) return { report }
  const held = table.instruments.map(({ kind, tier }) => tier === undefined && !isDerivative(kind))
  const of = (holdsFor: 'customers' | (typeof LAYERS)[number]) =>
    shownUnits(totals, table.instruments, classes, [holdsFor]).map((units, i) =>
      held[i] ? sharesOf(units, table.instruments[i]!) : 0n,
    )
  const shown: Reserves = {
    reserves: of('customers'),
    insurance: of('insurance'),
    capital: of('capital'),
    mutual: of('mutual'),
  }
  if (
    marketScenarios(table).length === 0 &&
    LAYERS.some((layer) => shown[layer].some((units) => units > 0n))
  ) {
    throw new InputError('RESERVES_INSURANCE', 'there is nothing to insure: the risk table has no scenario', {
      where: folder,
      hint: 'List those accounts as ones that hold for customers, or add scenarios to the risk table.',
    })
  }
  if (given !== undefined) assertShown(given, shown, table)
  const summary = summaryFrom(checked, instruments, classes)
  await writeJson(join(folder, RESERVES_PATHS.summary), summary)
  const names = new Set(table.instruments.filter((_, i) => held[i]).map(({ symbol }) => symbol))
  const unknown = new Set(report.shown.map(({ instrument }) => instrument).filter((name) => !names.has(name)))
  const reserves = given ?? shown
  return { report, summary, reserves, text: formatReserves(reserves, table), unknown: [...unknown] }
}

/** Of each instrument, all lists together are at most what all accounts show. */
function assertShown(given: Reserves, shown: Reserves, { instruments }: RiskTable): void {
  const sum = (held: Reserves, i: number) =>
    held.reserves[i]! + LAYERS.reduce((all, layer) => all + held[layer][i]!, 0n)
  for (const [i, { symbol, decimals }] of instruments.entries()) {
    const above = sum(given, i) - sum(shown, i)
    if (above <= 0n) continue
    throw new ProofError('RESERVES_ABOVE', `${formatDecimal(above, decimals)} ${symbol} more than is shown`, {
      hint: 'Commit to less, or show more: collect evidence of further accounts, or name further classes.',
    })
  }
}

/** A summary that lies there is of an earlier run, and is written anew. */
function withoutSummary(folder: EvidenceFolder): EvidenceFolder {
  return {
    ...folder,
    list: async () => (await folder.list()).filter((path) => path !== RESERVES_PATHS.summary),
    open: async (path) => (path === RESERVES_PATHS.summary ? undefined : folder.open(path)),
  }
}
