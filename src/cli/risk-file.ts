import { stat } from 'node:fs/promises'
import { InputError } from '../errors/index.js'
import {
  isTierTableFile,
  type RiskTable,
  readRiskTable,
  readTierTable,
  tierRiskTable,
} from '../risk/index.js'
import type { Ui } from './ui.js'

/** A risk table that a command is given: JSON, or a tier table (CSV) as it is, whose prices are then taken to be as old as the file. */
export async function readRisk(path: string, ui: Ui): Promise<RiskTable> {
  return (await isTierTableFile(path)) ? readTiersAsRisk(path, ui) : readRiskTable(path)
}

/**
 * A tier table as a risk table.
 *
 * @param timestamp the time of its prices, seconds since 1970-01-01 UTC; when the file was last written to, if left out
 */
export async function readTiersAsRisk(path: string, ui: Ui, timestamp?: number): Promise<RiskTable> {
  const tiers = await readTierTable(path)
  for (const note of tiers.notes) ui.say(`note: ${note}`)
  if (timestamp !== undefined) return tierRiskTable(tiers, { timestamp })
  const written = Math.floor((await stat(path)).mtimeMs / 1000)
  if (written < 0) {
    throw new InputError('TIERS_TIME', 'the file was last written to before 1970', {
      where: path,
      hint: 'Say the time of its prices: `plimsoll risk tiers --timestamp`.',
    })
  }
  ui.say(
    `note: the time of the prices is that of the file, ${written} (${new Date(written * 1000).toISOString()})`,
  )
  return tierRiskTable(tiers, { timestamp: written })
}
