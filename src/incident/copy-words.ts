import type { EpochCopy } from './report.js'

/** What a copy of an epoch comes to, for people. */
export function copyWords(copy: EpochCopy | undefined): string {
  if (copy === undefined) return 'not opened'
  const { verdict, failed, place } = copy
  if (verdict === 'another manifest') return `NO: ${place} is another epoch of that name`
  return verdict === 'valid' ? `valid, in ${place}` : `INVALID in ${place}: ${failed.join(', ')}`
}
