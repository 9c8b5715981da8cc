import { stat } from 'node:fs/promises'
import { fileError } from '../../files/index.js'
import { readDepth } from '../../models/index.js'
import type { RiskTable } from '../../risk/index.js'
import type { WatchConfig } from '../config.js'
import type { WatchContext, WatchSource } from '../loop.js'
import { type Sample, sample } from '../samples.js'

type DepthOf = WatchConfig['depth'][number]
type Books = Awaited<ReturnType<typeof readDepth>>

/** Decimals of the prices of levels. */
const PRICE_DECIMALS = 18

/** Order books in a file: how much is wanted and offered near the middle. */
export function depthSource(depth: DepthOf, { config, newestEpoch }: WatchContext): WatchSource {
  const path = config.at(depth.from)
  let told: Sample[] = []
  let writtenAt: number | undefined
  return {
    name: `depth ${depth.name}`,
    every: depth.every,
    async refresh() {
      const table = newestEpoch(depth.venue)?.table
      // Without an epoch nobody knows how many decimals a size has.
      if (table === undefined) return
      const { mtimeMs } = await stat(path).catch((error: unknown) => {
        throw fileError(path, error)
      })
      const books = await readDepth(path, table)
      writtenAt = mtimeMs / 1000
      told = valuesOf(books, table, depth.within, writtenAt)
    },
    samples(now) {
      if (writtenAt === undefined) return []
      const age = Math.max(0, now - writtenAt)
      const instruments = new Set(told.map(({ labels }) => labels.instrument!))
      const ages = [...instruments].map((instrument) =>
        sample('plimsoll_depth_age_seconds', { instrument }, age, now),
      )
      return [...told, ...ages]
    },
  }
}

function valuesOf(books: Books, table: RiskTable, within: readonly string[], at: number): Sample[] {
  return [...books].flatMap(([instrument, book]) => {
    const { decimals } = table.instruments.find(({ symbol }) => symbol === instrument)!
    const priceOf = (price: bigint) => Number(price) / 10 ** PRICE_DECIMALS
    const mid = (priceOf(book.bid[0]!.price) + priceOf(book.ask[0]!.price)) / 2
    return (['bid', 'ask'] as const).flatMap((side) =>
      within.map((share) => {
        const value = book[side]
          .map(({ price, size }) => ({ price: priceOf(price), units: Number(size) / 10 ** decimals }))
          .filter(({ price }) => Math.abs(price - mid) <= Number(share) * mid)
          .reduce((sum, { price, units }) => sum + price * units, 0)
        return sample('plimsoll_depth_value', { instrument, side, within: share }, value, at)
      }),
    )
  })
}
