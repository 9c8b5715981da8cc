import type { JobHeader } from './job.js'

/** Milliseconds for the start of anything, and for a row of the circuit: 10 to 100 times what is usual. */
const START = 120_000
const ROW = 4

/**
 * How long one proof may take before its worker counts as hung, in milliseconds. Each time a job is handed
 * out again it is twice as long, so that a slow machine ends it, too.
 */
export function patienceFor({ domainSize }: Pick<JobHeader, 'domainSize'>, times: number): number {
  return (START + ROW * domainSize) * 2 ** Math.min(times, 8)
}
