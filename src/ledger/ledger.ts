import type { Slot } from '../field/index.js'
import type { AccountShape, ShapeCount } from './shape.js'

/** A customer's holdings as the venue's file states them. */
export interface Account {
  /** The customer's own identifier. */
  id: string
  /** The owner's commitment, or 0n for none. */
  owner: bigint
  /** By instrument index, a long before a short of the same instrument; no zero quantities; may be empty. */
  slots: Slot[]
}

export type LedgerFormat = 'tidy' | 'wide'

export interface LedgerOptions {
  /**
   * Memory that the sorting and grouping may take before it spills to a temporary folder, e.g. `'2GB'`
   * (`'1GB'`).
   */
  memoryLimit?: string
  /** Threads of the sorting and grouping; default: every processor. */
  threads?: number
  /** Why there is no room for an account of a shape, where there is none; default: there is for any. */
  misfit?: (shape: AccountShape) => string | undefined
}

export interface AccountOrder {
  /**
   * At least 16 private random bytes: whoever knows them can tell an account's position from its identifier.
   */
  shuffleSeed: Uint8Array
}

/**
 * All accounts of a venue at one moment, checked. Call `close` when done: it removes what was spilled to the
 * disk.
 */
export interface Ledger {
  readonly format: LedgerFormat
  /** SHA-256 of the file, lower-case hex. */
  readonly sha256: string
  /** Number of accounts. */
  readonly count: number
  /** Slots of the largest account. */
  readonly maxSlots: number
  /** Number of accounts by number of slots, fewest slots first. */
  readonly slotCounts: ReadonlyMap<number, number>
  /** Number of accounts of every shape, by the table that they were read with. */
  readonly shapes: readonly ShapeCount[]
  /** The parts of the file that are not used, a sentence each. */
  readonly notes: readonly string[]
  /**
   * Every account once, ordered by SHA-256 of the seed followed by the identifier's UTF-8 bytes: the same
   * seed gives the same order, and without the seed a position says nothing about the identifier. Any number
   * of passes.
   */
  accounts(order: AccountOrder): AsyncGenerator<Account, void, undefined>
  /** Every account once, ordered by the bytes of its identifier's UTF-8. Any number of passes. */
  sorted(): AsyncGenerator<Account, void, undefined>
  close(): Promise<void>
}
