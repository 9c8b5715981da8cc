import { InputError } from '../../errors/index.js'

/** A price that a feed gave, and of when it is. */
export interface Price {
  value: number
  /** Seconds since 1970-01-01 UTC. */
  at: number
}

/** How far ahead of this machine's clock a feed may be. */
const AHEAD_SECONDS = 60
const NUMBER = /^[0-9]{1,20}(?:\.[0-9]{1,20})?(?:[eE][+-]?[0-9]{1,2})?$/

/**
 * What a feed gives as a price, which has to be a number above zero.
 *
 * @throws {InputError} `WATCH_FEED`
 */
export function priceIn(given: unknown, where: string): number {
  const value = typeof given === 'string' && NUMBER.test(given) ? Number(given) : given
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value
  throw feedError('what it gives as its price is no number above zero', where)
}

/**
 * The next price of a feed, if it is one: not of the future, and not older than the one before.
 *
 * @throws {InputError} `WATCH_FEED`
 */
export function following(before: Price | undefined, next: Price, now: number, where: string): Price {
  if (!Number.isFinite(next.at) || next.at <= 0)
    throw feedError('what it gives as its time is no time', where)
  if (next.at > now + AHEAD_SECONDS) {
    throw feedError('its time is of the future: this clock, or that of the feed, is wrong', where)
  }
  if (before !== undefined && next.at < before.at) throw feedError('its time has gone backwards', where)
  return next
}

export function feedError(why: string, where: string): InputError {
  return new InputError('WATCH_FEED', why, { where })
}
