import type { DepthBook } from './depth.js'
import { ceilDiv, floorDiv } from './division.js'

/** A level where the scenario has moved it: 10^-valueDecimals of the quote currency for a smallest unit. */
interface Level {
  price: bigint
  size: bigint
}

/** What a market order came to. */
export interface Fill {
  /** What the units cost or brought, in 10^-valueDecimals; those beyond the book at its last price. */
  value: bigint
  /** Units beyond the last level. */
  beyond: bigint
}

/**
 * One side of a book that is eaten and never filled again. Prices are rounded against whoever takes: bids
 * down, asks up.
 */
export class BookSide {
  /** The first level that has something left, and how much of it is taken. */
  private at = 0
  private taken = 0n
  /** Units that were taken so far, those beyond the last level left out. */
  filled = 0n
  beyond = 0n

  private constructor(readonly levels: readonly Level[]) {}

  /**
   * A side placed around a mark, in proportion to the middle of the book as it was read.
   *
   * @param mark 10^-valueDecimals for a smallest unit; zero or more
   */
  static around(book: DepthBook, side: keyof DepthBook, mark: bigint): BookSide {
    const twice = book.bid[0]!.price + book.ask[0]!.price
    const round = side === 'bid' ? floorDiv : ceilDiv
    return new BookSide(
      book[side].map(({ price, size }) => ({ price: round(2n * price * mark, twice), size })),
    )
  }

  /** The best price of the side as it was. */
  get best(): bigint {
    return this.levels[0]!.price
  }

  /** The worst price of the side. */
  get worst(): bigint {
    return this.levels.at(-1)!.price
  }

  /** The price of the last unit that was taken; the best one when none was. */
  get last(): bigint {
    const index = this.taken === 0n && this.at > 0 ? this.at - 1 : this.at
    return this.levels[Math.min(index, this.levels.length - 1)]!.price
  }

  /** Units that the side had. */
  get size(): bigint {
    return this.levels.reduce((sum, { size }) => sum + size, 0n)
  }

  /** Levels that were reached. */
  get reached(): number {
    return this.at + (this.taken === 0n ? 0 : 1)
  }

  /** Takes so many units, from where the last order ended. */
  take(units: bigint): Fill {
    let [left, value] = [units, 0n]
    while (left > 0n && this.at < this.levels.length) {
      const { price, size } = this.levels[this.at]!
      const part = left < size - this.taken ? left : size - this.taken
      value += part * price
      left -= part
      this.taken += part
      if (this.taken === size) [this.at, this.taken] = [this.at + 1, 0n]
    }
    this.filled += units - left
    this.beyond += left
    return { value: value + left * this.worst, beyond: left }
  }
}
