import { TOTAL_BITS, VALUE_BITS } from '../../field/index.js'
import { sponge } from '../../hash/index.js'

/** The most that an insurance fund can be worth: 2^14 instruments at most, at the widths of both factors. */
export const FUND_WORTH_BITS = TOTAL_BITS + VALUE_BITS + 14

/** When an insurance fund counts as spent, so that a loss may be shared. All of it is public. */
export interface SettlementTerms {
  /** The most that the fund may still be worth, in the units of the marks: see {@link FUND_WORTH_BITS}. */
  dust: bigint
  /** Unit values of the later epoch's spot instruments, padded with zeros to the sizes of the instance. */
  marks: readonly bigint[]
}

/** `sponge(terms: dust, mark of every spot instrument)` */
export function termsDigest({ dust, marks }: SettlementTerms): bigint {
  return sponge('terms', [dust, ...marks])
}
