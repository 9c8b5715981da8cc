import fc from 'fast-check'
import { PLEDGES, type Tier, type TierInstrument, type TierTable, tierKeys } from '../../src/risk/index.js'

const USDT = 10n ** 16n

/** Up to four tiers; bounds from a few USDT to millions, so that they run through units, and beside them. */
const lists: fc.Arbitrary<Tier[]> = fc
  .tuple(
    fc.array(fc.bigInt({ min: 0n, max: 100n }), { maxLength: 4 }),
    fc.array(fc.oneof(fc.bigInt({ min: 1n, max: 200n }), fc.bigInt({ min: 1n, max: 100_000n })), {
      minLength: 4,
      maxLength: 4,
    }),
  )
  .map(([percents, widths]) => {
    let bound = 0n
    return percents
      .sort((a, b) => (a > b ? -1 : 1))
      .map((percent, i) => {
        bound += widths[i]! * USDT
        return { bound, percent }
      })
  })

/** Prices of one smallest unit: round ones, that whole bounds are multiples of, and any. */
const marks = fc.oneof(
  fc.integer({ min: 0, max: 16 }).map((zeros) => 10n ** BigInt(zeros)),
  fc.bigInt({ min: 0n, max: 10n ** 17n }),
)

const assets: fc.Arbitrary<TierInstrument[]> = fc
  .array(
    fc.record({
      decimals: fc.constantFrom(2, 8),
      mark: marks,
      tiers: fc.record({ loan: lists, margin: lists, portfolio: lists }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((list) => list.map((asset, i) => ({ symbol: `c${i}`, ...asset })))

/** Tier tables in which some tier of some asset counts for something. */
export const tierTables: fc.Arbitrary<TierTable> = assets
  .filter((list) => list.some(({ mark, tiers }) => PLEDGES.some((p) => tierKeys(mark, tiers[p]).length > 0)))
  .map((instruments) => ({ quote: 'USDT', valueDecimals: 16, instruments, notes: [] }))
