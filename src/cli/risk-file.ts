import { InputError } from '../errors/index.js'
import { isTierTableFile, readInstrumentList, readRiskTable, readTierTable } from '../inputs/index.js'
import { marksAge, type RiskTable, tierRiskTable } from '../risk/index.js'
import { MAX_TIMESTAMP } from '../schema/index.js'
import type { Ui } from './terminal/ui.js'

/**
 * Reads a risk table: JSON, or a tier table (CSV). Prints a note when the time of its prices is odd.
 *
 * @param timestamp seconds since 1970-01-01 UTC; a tier table needs it, and no other file takes it
 */
export async function readRisk(path: string, ui: Ui, timestamp: number | undefined): Promise<RiskTable> {
  if (timestamp !== undefined) assertSeconds(timestamp)
  return withAge(await readTable(path, ui, timestamp), ui)
}

/** The same from a list of instruments (CSV). */
export async function readListedRisk(
  path: string,
  ui: Ui,
  at: Pick<RiskTable, 'timestamp' | 'quote'>,
): Promise<RiskTable> {
  assertSeconds(at.timestamp)
  const { table, notes } = await readInstrumentList(path, at)
  ui.notes(notes)
  return withAge(table, ui)
}

function assertSeconds(timestamp: number): void {
  if (timestamp <= MAX_TIMESTAMP) return
  throw new InputError('USAGE', 'is beyond the year 9999: is this in milliseconds?', {
    where: '--timestamp',
    hint: 'Write seconds since 1970-01-01 UTC.',
  })
}

function withAge(table: RiskTable, ui: Ui): RiskTable {
  const age = marksAge(table.timestamp, Date.now() / 1000)
  if (age !== undefined) ui.notes([age])
  return table
}

async function readTable(path: string, ui: Ui, timestamp: number | undefined): Promise<RiskTable> {
  if (!(await isTierTableFile(path))) {
    if (timestamp === undefined) return readRiskTable(path)
    throw new InputError('USAGE', 'a risk table (JSON) holds the time of its prices itself', {
      where: '--timestamp',
      hint: 'Leave the option out, or name a tier table (CSV).',
    })
  }
  if (timestamp === undefined) {
    throw new InputError('TIERS_TIME', 'a tier table does not hold the time of its prices', {
      where: path,
      hint: 'Give it with --timestamp, in seconds since 1970-01-01 UTC. It is part of the risk root, so one file always has one root.',
    })
  }
  const tiers = await readTierTable(path)
  ui.notes(tiers.notes)
  return tierRiskTable(tiers, { timestamp })
}
