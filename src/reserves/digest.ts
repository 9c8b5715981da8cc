import { InputError } from '../errors/index.js'
import { TOTAL_BITS } from '../field/index.js'
import { sponge } from '../hash/index.js'

/**
 * What addresses show, as the `backing` proof has it: `sponge(evidence: shown of every spot instrument)`,
 * padded with zeros to as many as the epoch's solvency instance has.
 *
 * @param shown smallest units by spot instrument, in the risk table's order
 * @param spots spot instruments of the solvency instance
 * @throws {InputError} `EVIDENCE_RANGE` for an amount from 2^98 on, or below zero
 * @throws {RangeError} for more amounts than the instance has spot instruments
 * @example
 * const evidence = evidenceDigest([125_000_000n, 40_000_000_000n], 64)
 */
export function evidenceDigest(shown: readonly bigint[], spots: number): bigint {
  if (shown.length > spots) throw new RangeError('there are more amounts than spot instruments')
  for (const amount of shown) {
    if (amount >= 0n && amount >> BigInt(TOTAL_BITS) === 0n) continue
    throw new InputError('EVIDENCE_RANGE', `an amount that addresses show is not below 2^${TOTAL_BITS}`, {
      where: 'evidence',
      hint: 'Leave out holdings until it is: a proof has no room for more of one instrument.',
    })
  }
  return sponge(
    'evidence',
    Array.from({ length: spots }, (_, i) => shown[i] ?? 0n),
  )
}
