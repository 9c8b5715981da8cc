import type { Fault } from './findings.js'
import type { QuantityReader } from './quantity.js'

/** Quantities of one account by the key of their cells (see `Layout`), signed as they are read, none of them twice. */
export type Holdings = ReadonlyMap<number, bigint>

/** How many accounts a scenario leaves below zero, and by how much, in exact decimals of the quote currency. */
export interface ScenarioFigures {
  name: string
  accounts: number
  /** In all. */
  shortfall: string
  /** The largest, largest first; of equal ones those that come first in the file. */
  largest: { account: string; shortfall: string }[]
}

/** Exact decimals of an instrument: what accounts have and what they owe; and of what they have, what is pledged. */
export interface InstrumentTotals {
  long: string
  short: string
  pledged?: Record<string, string>
}

/** What accounts are held to. */
export interface Judge {
  read: QuantityReader
  /** What is wrong with one cell that could be read. */
  refuses(key: number, quantity: bigint): Fault | undefined
  /** Takes one account whose cells could all be read, notes what is wrong with it, and returns how many slots it has. */
  take(held: Holdings, note: (fault: Fault) => void, account: string): number
  /** By symbol, over the accounts taken. */
  totals(): Record<string, InstrumentTotals>
  scenarios(): ScenarioFigures[]
  notes(): string[]
}
