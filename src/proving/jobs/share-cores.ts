import { availableParallelism } from 'node:os'

/** Threads of a process, unless somebody says how many: more processes need more memory. */
const THREADS = 4

/** How many processes prove at once, and each by how many threads. */
export interface CoreShare {
  workers: number
  threads: number
}

/** What is not given is chosen so that no core has more than one thread, if that can be. */
export function shareCores(
  given: { workers?: number | undefined; threads?: number | undefined },
  cores = availableParallelism(),
): CoreShare {
  const { workers = Math.max(1, Math.floor(cores / (given.threads ?? THREADS))) } = given
  return { workers, threads: given.threads ?? Math.max(1, Math.floor(cores / workers)) }
}
