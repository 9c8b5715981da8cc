import type { WorkerUse } from './answer.js'

/** Does something, and says what it took of this process. */
export async function measured<T>(work: () => Promise<T>): Promise<{ result: T; use: WorkerUse }> {
  const started = performance.now()
  const before = process.cpuUsage()
  const result = await work()
  const { user, system } = process.cpuUsage(before)
  const use = {
    seconds: (performance.now() - started) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  }
  return { result, use }
}
