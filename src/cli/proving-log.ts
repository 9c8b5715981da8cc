import type { PoolNotice } from '../proving/index.js'
import type { BatchEvent } from '../venue/index.js'
import type { Ui } from './terminal/ui.js'
import { shownTime } from './views/time.js'

/** Says how far a ledger is proven, by whom, and adds up what it took. */
export class ProvingLog {
  /** Batches whose proofs an earlier run wrote. */
  kept = 0
  private readonly byWorker = new Map<string, number>()
  private cpuSeconds = 0
  private peakBytes = 0

  /** @param unit what is proven one by one */
  constructor(
    private readonly ui: Ui,
    private readonly unit: 'batch' | 'chunk',
  ) {}

  batch(event: BatchEvent): void {
    const { kept, worker = '', use } = event
    if (kept) this.kept++
    if (use !== undefined) {
      this.byWorker.set(worker, (this.byWorker.get(worker) ?? 0) + 1)
      this.cpuSeconds += use.cpuSeconds
      this.peakBytes = Math.max(this.peakBytes, use.peakBytes)
    }
    this.ui.event({ event: this.unit, ...event })
    if (!this.ui.json) this.ui.status(this.line(event))
  }

  notice(notice: PoolNotice): void {
    const { worker, index, what } = notice
    this.ui.event({ event: 'fault', ...notice })
    if (!this.ui.json) this.ui.say(`  ${worker} ${what}: ${this.unit} ${index} is done again`)
  }

  say(what: string): void {
    this.ui.say(what)
  }

  end(): void {
    this.ui.status('')
  }

  /** What proving took: processor time of all who proved, and the most memory of one of them. */
  summary(): { cpuSeconds: number; peakBytes: number } {
    return { cpuSeconds: Number(this.cpuSeconds.toFixed(1)), peakBytes: this.peakBytes }
  }

  private line({ done, of, accountsPerSecond, secondsLeft = 0 }: BatchEvent): string {
    const kept = this.kept > 0 ? ` (${this.kept} kept)` : ''
    const units = this.unit === 'batch' ? 'batches' : 'chunks'
    const parts = [`  ${done} of ${of} ${units} proven${kept}`]
    if (accountsPerSecond !== undefined) parts.push(`${accountsPerSecond.toFixed(1)} accounts/s`)
    if (done < of && accountsPerSecond !== undefined) parts.push(`${shownTime(secondsLeft)} left`)
    const each = [...this.byWorker].filter(([worker]) => worker !== '')
    if (each.length > 0) parts.push(each.map(([worker, count]) => `${worker}: ${count}`).join(', '))
    return parts.join(' · ')
  }
}
