import { randomBytes } from 'node:crypto'
import { type LedgerOptions, readLedger } from '../ledger/index.js'
import {
  LiquidationSizing,
  type PenaltySizing,
  type SizingBooks,
  type SizingCounts,
  type SizingGoals,
} from '../models/index.js'

export interface PlanLiquidationOptions
  extends SizingBooks,
    SizingGoals,
    Pick<LedgerOptions, 'memoryLimit' | 'threads'> {
  /** Penalties to try for parts, in parts per million. */
  penalties: readonly bigint[]
}

/** What liquidations of a ledger come to under each penalty. Counts and sums: no account is named. */
export interface LiquidationPlan {
  counts: SizingCounts
  /** What is not used of the accounts file, a sentence each. */
  notes: readonly string[]
  /** Lowest penalty first. */
  penalties: PenaltySizing[]
  /** The lowest and the highest penalty tried that fit. */
  fitting?: { lowest: bigint; highest: bigint }
}

/**
 * Sizes the liquidations of a ledger in a scenario, under each penalty that is given. The accounts are read
 * as a stream, and only those that could fall are kept.
 *
 * @throws {InputError} the codes of `readLedger` and of `LiquidationSizing`
 */
export async function planLiquidation(
  path: string,
  { penalties, rounds, incentive, memoryLimit, threads, ...books }: PlanLiquidationOptions,
): Promise<LiquidationPlan> {
  const sizing = new LiquidationSizing(books)
  const ledger = await readLedger(path, books.table, {
    ...(memoryLimit === undefined ? {} : { memoryLimit }),
    ...(threads === undefined ? {} : { threads }),
  })
  try {
    for await (const { slots } of ledger.accounts({ shuffleSeed: randomBytes(32) })) sizing.add(slots)
    const ordered = [...new Set(penalties)].sort((a, b) => (a < b ? -1 : 1))
    const tried = ordered.map((penalty) => sizing.at(penalty, { rounds, incentive }))
    const fitting = tried.filter(({ misfits }) => misfits.length === 0).map(({ penalty }) => penalty)
    return {
      counts: sizing.counts,
      notes: ledger.notes,
      penalties: tried,
      ...(fitting.length === 0 ? {} : { fitting: { lowest: fitting[0]!, highest: fitting.at(-1)! } }),
    }
  } finally {
    await ledger.close()
  }
}
