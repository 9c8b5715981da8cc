import type { RiskTable } from '../risk/index.js'
import type { WatchContext, WatchPart } from './loop.js'
import { type Sample, sample } from './samples.js'

/** How far the marks of newest valid epochs are from what feeds say. */
export function deviationsPart({ config, newestEpoch }: WatchContext): WatchPart {
  return {
    name: 'deviations',
    onSamples(samples, now) {
      const prices = samples.filter(({ name }) => name === 'plimsoll_feed_price')
      return config.epochs.flatMap(({ venue }) => {
        const table = newestEpoch(venue)?.table
        return table === undefined ? [] : deviationsOf(venue, table, prices, now)
      })
    },
    async close() {},
  }
}

function deviationsOf(venue: string, table: RiskTable, prices: readonly Sample[], now: number): Sample[] {
  return prices.flatMap(({ labels, value }) => {
    const { feed, instrument } = labels as { feed: string; instrument: string }
    const mark = markOf(table, instrument)
    if (mark === undefined) return []
    const all = { venue, instrument, feed }
    return [sample('plimsoll_mark_deviation_ratio', all, Math.abs(mark - value) / value, now)]
  })
}

/** The mark of one whole unit, for comparison with a price; nothing where the table has none. */
export function markOf(table: RiskTable, instrument: string): number | undefined {
  const row = table.instruments.find(({ symbol, tier }) => symbol === instrument && tier === undefined)
  return row === undefined ? undefined : Number(row.mark) * 10 ** (row.decimals - table.valueDecimals)
}
