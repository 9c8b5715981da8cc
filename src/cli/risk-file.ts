import { InputError } from '../errors/index.js'
import { isTierTableFile, readRiskTable, readTierTable } from '../inputs/index.js'
import { marksAge, type RiskTable, tierRiskTable } from '../risk/index.js'
import { MAX_TIMESTAMP } from '../schema/index.js'
import type { Ui } from './terminal/ui.js'

/**
 * A risk table that a command is given: JSON, or a tier table (CSV) as it is. What is odd about the time of its prices is said.
 *
 * @param timestamp as the command line has it; a tier table needs it, and no other file takes it
 */
export async function readRisk(path: string, ui: Ui, timestamp: string | undefined): Promise<RiskTable> {
  const at = timestamp === undefined ? undefined : seconds(timestamp)
  const table = await readTable(path, ui, at)
  const age = marksAge(table.timestamp, Date.now() / 1000)
  if (age !== undefined) ui.say(`note: ${age}`)
  return table
}

async function readTable(path: string, ui: Ui, at: number | undefined): Promise<RiskTable> {
  if (!(await isTierTableFile(path))) {
    if (at === undefined) return readRiskTable(path)
    throw new InputError('USAGE', 'a risk table (JSON) says itself when its prices are of', {
      where: '--timestamp',
      hint: 'Leave the option out, or name a tier table (CSV).',
    })
  }
  if (at === undefined) {
    throw new InputError('TIERS_TIME', 'a tier table says nothing of the time of its prices', {
      where: path,
      hint: 'Say it with --timestamp SECONDS, since 1970-01-01 UTC: it is part of the risk root, so that one file has one.',
    })
  }
  const tiers = await readTierTable(path)
  for (const note of tiers.notes) ui.say(`note: ${note}`)
  return tierRiskTable(tiers, { timestamp: at })
}

function seconds(text: string): number {
  if (/^(0|[1-9][0-9]{0,15})$/.test(text)) {
    if (Number(text) <= MAX_TIMESTAMP) return Number(text)
    throw new InputError('USAGE', 'is beyond the year 9999: is this in milliseconds?', {
      where: '--timestamp',
      hint: 'Write seconds since 1970-01-01 UTC.',
    })
  }
  throw new InputError('USAGE', 'not a whole number of seconds since 1970-01-01 UTC', {
    where: '--timestamp',
  })
}
