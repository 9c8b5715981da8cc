import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { assertReplaceable, writeFileAtomic } from '../../files/index.js'
import {
  digestHistory,
  formatProposal,
  type HistorySource,
  makeProposal,
  type Proposal,
  proposalCalibration,
  readHistory,
  readInForce,
  readRiskBounds,
} from '../../models/index.js'
import type { WatchContext } from '../loop.js'
import { type Sample, sample } from '../samples.js'
import type { DetectorsConfig } from './config.js'

/** How often it is looked whether a history has changed, in seconds. */
const EVERY = 60

/**
 * Writes a proposal whenever the histories, the request or the bounds have changed, and the values with them.
 * Nothing changes by it: a steward reads it, signs it, and makes a table of it.
 */
export function proposals(
  { config }: WatchContext,
  { maxGapDays }: DetectorsConfig,
  terms: NonNullable<DetectorsConfig['propose']>,
): (sources: readonly HistorySource[], now: number) => Promise<readonly Sample[]> {
  let looked = Number.NEGATIVE_INFINITY
  let madeOf = ''
  let last: Proposal | undefined
  return async (sources, now) => {
    if (Math.abs(now - looked) >= EVERY) {
      looked = now
      const history = await digestHistory(sources)
      const inForce = await readInForce(config.at(terms.stress))
      const bounds = await readRiskBounds(config.at(terms.bounds))
      const of = [inForce.sha256, bounds.sha256, ...history.map(({ sha256 }) => sha256)].join()
      if (of !== madeOf) {
        const { confidence, window, floor } = terms
        const settings = { calibration: proposalCalibration(confidence, maxGapDays), window, floor }
        const series = await readHistory(sources, { maxGapDays })
        const madeAt = Math.floor(now)
        last = makeProposal({ series, history, inForce, bounds, settings, madeAt })
        if (last.changes.length > 0) await write(config.at(terms.into), last)
        madeOf = of
      }
    }
    return (last?.changes ?? []).map(({ instrument, parameter, before, after }) => {
      const ratio = Number(before) === 0 ? 1 : Number(after) / Number(before) - 1
      return sample('plimsoll_proposed_change_ratio', { parameter: `${parameter} ${instrument}` }, ratio, now)
    })
  }
}

async function write(folder: string, proposal: Proposal): Promise<void> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, `${proposal.madeAt}.json`)
  const text = formatProposal(proposal)
  await assertReplaceable(path, text)
  await writeFileAtomic(path, text)
}
