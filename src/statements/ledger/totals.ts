import { keysOf, magnitudeOf } from '../../field/index.js'
import { sponge } from '../../hash/index.js'
import {
  firstTierKey,
  keyCount,
  type RiskColumns,
  type RiskTable,
  rowsByKind,
  type TableSizes,
} from '../../risk/index.js'
import type { LedgerBatch } from './batch.js'
import { slotKey } from './equity.js'

/** For each key, nothing. */
export function noTotals(sizes: TableSizes): bigint[] {
  return new Array<bigint>(keyCount(sizes)).fill(0n)
}

/** Adds the magnitudes of a batch to the totals by key; what no key is of is left out. */
export function addTotals(totals: bigint[], batch: LedgerBatch, sizes: TableSizes): void {
  for (const { slots } of batch.accounts) {
    for (const slot of slots) {
      if (slot.quantity === 0n) continue
      const key = slotKey(sizes, slot)
      if (key !== undefined) totals[key]! += magnitudeOf(slot.quantity)
    }
  }
}

/** Of every spot instrument, what is held of it in its tiers. */
export function pledgedTotals(totals: readonly bigint[], { sizes, tiers }: RiskColumns): bigint[] {
  const pledged = new Array<bigint>(sizes.spots).fill(0n)
  const first = firstTierKey(sizes)
  for (const [t, { owner }] of tiers.entries()) pledged[owner]! += totals[first + t]!
  return pledged
}

/**
 * `sponge(totals: blind, long and short of every spot instrument, long of every derivative, long of every
 * tier, and with tiers what is pledged of every spot instrument)`. A derivative's shorts are as many as its
 * longs, or no solvency is proven over them.
 */
export function totalsDigest(totals: readonly bigint[], columns: RiskColumns, blind: bigint): bigint {
  const { sizes } = columns
  const pledged = sizes.tiers > 0 ? pledgedTotals(totals, columns) : []
  return openedTotalsDigest({ totals, pledged, sizes, blind })
}

/** The same of totals whose sums by instrument are given. */
export function openedTotalsDigest(parts: {
  totals: readonly bigint[]
  pledged: readonly bigint[]
  sizes: TableSizes
  blind: bigint
}): bigint {
  const { totals, pledged, sizes, blind } = parts
  const { spots, derivatives } = sizes
  return sponge('totals', [
    blind,
    ...totals.slice(0, 2 * spots),
    ...Array.from({ length: derivatives }, (_, i) => totals[2 * (spots + i)]!),
    ...totals.slice(firstTierKey(sizes)),
    ...pledged,
  ])
}

/** `sponge(weightedTotals: blind, weighted total of every key)`, or 0 without scenarios. */
export function weightedTotalsDigest(
  weightedTotals: readonly bigint[],
  { scenarios }: TableSizes,
  blind: bigint,
): bigint {
  return scenarios === 0 ? 0n : sponge('weightedTotals', [blind, ...weightedTotals])
}

/** Totals by key, at the table's own sizes, from long, short of every row of the table in turn. */
export function keyTotals(byRow: readonly bigint[], table: Pick<RiskTable, 'instruments'>): bigint[] {
  const { spots, derivatives, tiers } = rowsByKind(table)
  const pair = (row: number) => [byRow[keysOf(row).long]!, byRow[keysOf(row).short]!]
  return [...spots, ...derivatives].flatMap(pair).concat(tiers.map((row) => byRow[keysOf(row).long]!))
}

/** The same at the sizes of an instance, with nothing of what is beyond the table. */
export function totalsForSizes(
  byRow: readonly bigint[],
  table: Pick<RiskTable, 'instruments'>,
  sizes: TableSizes,
): bigint[] {
  const totals = noTotals(sizes)
  const { spots, derivatives, tiers } = rowsByKind(table)
  const pairs = [...spots.entries(), ...derivatives.map((row, i) => [sizes.spots + i, row] as const)]
  for (const [instrument, row] of pairs) {
    totals[2 * instrument] = byRow[keysOf(row).long]!
    totals[2 * instrument + 1] = byRow[keysOf(row).short]!
  }
  for (const [t, row] of tiers.entries()) totals[firstTierKey(sizes) + t] = byRow[keysOf(row).long]!
  return totals
}

/** Totals by key as long, short of every row of the table in turn. */
export function totalsByRow(
  totals: readonly bigint[],
  table: Pick<RiskTable, 'instruments'>,
  sizes: TableSizes,
): bigint[] {
  const byRow = new Array<bigint>(2 * table.instruments.length).fill(0n)
  const rows = rowsByKind(table)
  const pairs = [
    ...rows.spots.map((row, i) => [row, i]),
    ...rows.derivatives.map((row, i) => [row, sizes.spots + i]),
  ]
  for (const [row, instrument] of pairs as [number, number][]) {
    byRow[keysOf(row).long] = totals[2 * instrument]!
    byRow[keysOf(row).short] = totals[2 * instrument + 1]!
  }
  for (const [t, row] of rows.tiers.entries()) byRow[keysOf(row).long] = totals[firstTierKey(sizes) + t]!
  return byRow
}
