import { InputError } from '../../errors/index.js'
import { TIER_VALUE_DECIMALS, type Tier } from './table.js'

/** Tiers of one list. */
export const MAX_TIERS = 12
/** Values are below 2^118, in 10^-16 of the quote currency. */
const MAX_BOUND = (1n << 118n) / 10n ** BigInt(TIER_VALUE_DECIMALS)
const WHOLE = '0|[1-9][0-9]{0,38}'
const TIER = new RegExp(`^ *(${WHOLE})-(${WHOLE}):(${WHOLE}) *$`)
const EXAMPLE = '[0-10000:100,10000-20000:90]'

/**
 * Reads a list of tiers, `[FROM-TO:PERCENT,…]`, the bounds whole numbers of the quote currency; `[]` or
 * nothing for none.
 *
 * @param where the cell, for messages
 * @throws {InputError} `TIERS_LIST`, `TIERS_TOO_MANY`, `TIERS_ORDER`, `TIERS_GAP`, `TIERS_OVERLAP`,
 * `TIERS_PERCENT`, `TIERS_RISING`, `TIERS_BOUND`
 */
export function parseTiers(text: string, where: string): Tier[] {
  if (text === '' || text === '[]') return []
  const fail = (code: string, message: string, hint: string): InputError =>
    new InputError(code, message, { where, hint })
  if (!text.startsWith('[') || !text.endsWith(']')) {
    throw fail('TIERS_LIST', 'a list of tiers that is not in square brackets', `Write ${EXAMPLE}.`)
  }
  const entries = text.slice(1, -1).split(',')
  if (entries.length > MAX_TIERS) {
    throw fail(
      'TIERS_TOO_MANY',
      `${entries.length} tiers, at most ${MAX_TIERS} are allowed`,
      'Merge neighbouring tiers, at the lower percentage of the two.',
    )
  }
  let end = 0n
  let percentBefore = 100n
  return entries.map((entry, i) => {
    const name = `tier ${i + 1}`
    const match = TIER.exec(entry)
    if (!match) {
      throw fail(
        'TIERS_LIST',
        `${name} is not of the form FROM-TO:PERCENT`,
        `Write whole numbers without sign, point or leading zero, as in ${EXAMPLE}.`,
      )
    }
    const [from, to, percent] = match.slice(1).map(BigInt) as [bigint, bigint, bigint]
    if (from > end) {
      throw fail(
        'TIERS_GAP',
        `${name} starts at ${from}, a gap after ${end}`,
        'The first tier starts at 0, every other where the one before it ends.',
      )
    }
    if (from < end) {
      throw fail(
        'TIERS_OVERLAP',
        `${name} starts at ${from}, below ${end} where the one before it ends`,
        'Order the tiers by their bounds, and start each where the one before it ends.',
      )
    }
    if (to <= from) {
      throw fail(
        'TIERS_ORDER',
        `${name} ends at ${to}, not above its start ${from}`,
        'Write the lower bound first.',
      )
    }
    if (to > MAX_BOUND) {
      throw fail('TIERS_BOUND', `${name} ends above ${MAX_BOUND}`, 'Use a lower bound: no amount reaches it.')
    }
    if (percent > 100n) {
      throw fail('TIERS_PERCENT', `${name} counts ${percent} percent of a value`, 'A percentage is 0 to 100.')
    }
    if (percent > percentBefore) {
      throw fail(
        'TIERS_RISING',
        `${name} counts ${percent} percent, more than the ${percentBefore} of the one before it`,
        'Percentages fall or stay from one tier to the next: a larger pledge never counts for more a unit.',
      )
    }
    end = to
    percentBefore = percent
    return { bound: to * 10n ** BigInt(TIER_VALUE_DECIMALS), percent }
  })
}
