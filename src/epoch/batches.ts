import type { LedgerPart } from './manifest-schema.js'

/** Proofs in a row, as runs of one instance each. */
export type Batches = LedgerPart['batches']

/** The batches of a manifest, or the chunks of a settlement, whose instances are given one by one. */
export function batchRuns(instances: Iterable<string>): Batches {
  const runs: Batches = []
  for (const instance of instances) {
    const last = runs.at(-1)
    if (last?.instance === instance) last.count++
    else runs.push({ instance, count: 1 })
  }
  return runs
}

/** How many proofs runs name. */
export function batchCount(batches: Batches): number {
  return batches.reduce((sum, { count }) => sum + count, 0)
}

/** The instance that makes each proof, one by one. */
export function* batchInstances(batches: Batches): Generator<string> {
  for (const { instance, count } of batches) for (let i = 0; i < count; i++) yield instance
}

/** The instance that proves batch `index`, or `undefined` when there is no such batch. */
export function batchInstance(batches: Batches, index: number): string | undefined {
  let start = 0
  for (const { instance, count } of batches) {
    start += count
    if (index < start) return instance
  }
  return undefined
}
