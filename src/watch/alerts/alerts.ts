import { randomBytes } from 'node:crypto'
import { readJsonFile } from '../../files/index.js'
import { editable } from '../../schema/index.js'
import { Journal } from '../journal.js'
import type { WatchContext, WatchPart } from '../loop.js'
import { type Sample, sample } from '../samples.js'
import { type AlertRule, type AlertsConfig, alertRulesSchema, SEVERITIES } from './config.js'
import { type Calming, evaluate } from './evaluate.js'
import {
  type AlertRecord,
  type AlertState,
  applyRecord,
  emptyState,
  type Notice,
  noticeId,
  recordSchema,
  snapshotOf,
} from './records.js'
import { messageOf, type Receiver, receiverOf, send } from './webhook.js'

/** Seconds from a failed attempt to the next: twice as many each time. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [1, 300]
/** What a receiver says of a message that it will never take. */
const NEVER_TAKEN = [400, 413, 422]

/**
 * Rules over samples, and who is told. What fires, what waits for the receiver and what it has are in one
 * journal: a watch that is killed goes on where it was.
 *
 * Delivery is at least once. A message is sent until the receiver answers that it has it, and never again
 * after that. Where the answer is lost, or this process is killed before the answer is on the disk, the same
 * message goes out again under the same id: a receiver that keeps ids counts nothing twice.
 */
class Alerts implements WatchPart {
  readonly name = 'alerts'
  private readonly calming: Calming = new Map()
  private delivering: Promise<void> | undefined
  private next = Number.NEGATIVE_INFINITY
  private failures = 0
  private readonly errors = { receiver: 0, state: 0 }

  constructor(
    private readonly rules: readonly AlertRule[],
    private readonly receiver: Receiver | undefined,
    private readonly most: number,
    private readonly state: AlertState,
    private readonly journal: Journal<AlertRecord>,
    private readonly now: () => number,
  ) {}

  async onSamples(samples: readonly Sample[], now: number): Promise<readonly Sample[]> {
    const waiting = [...this.state.waiting.values()].reduce((sum, { alerts }) => sum + alerts.length, 0)
    const { state, calming } = this
    const room = Math.max(0, this.most - waiting)
    await this.record(evaluate(this.rules, samples, now, { state, calming, room }))
    this.deliver(now)
    return this.samples(now)
  }

  async close(): Promise<void> {
    await this.delivering
    // What was decided in the last tick is tried once before the end.
    if (this.failures === 0) this.deliver(this.now())
    await this.delivering
    await this.journal.close()
  }

  /**
   * Takes records into the state, and to the disk. An alert goes out though the disk is full; only then a
   * watch that is killed before there is room tells of it a second time.
   */
  private async record(records: readonly AlertRecord[]): Promise<void> {
    for (const record of records) applyRecord(this.state, record)
    if (this.receiver === undefined) {
      const done = [...this.state.waiting.values()].map(({ number, at }) => ({
        ...{ kind: 'done' as const, number, at, status: 0 },
      }))
      for (const record of done) applyRecord(this.state, record)
      records = [...records, ...done]
    }
    if (records.length === 0 && this.journal.isWritten) return
    await this.journal.add(...records).catch(() => {
      this.errors.state++
    })
  }

  /** Sends what waits, one after the other, until there is nothing left or an attempt fails. */
  private deliver(now: number): void {
    // An attempt that is due later than the longest pause was put off before the clock went back.
    const isPutOff = now < this.next && this.next - now <= LONGEST_PAUSE
    if (this.delivering !== undefined || this.state.waiting.size === 0 || isPutOff) return
    this.delivering = this.sendAll().finally(() => {
      this.delivering = undefined
    })
  }

  private async sendAll(): Promise<void> {
    for (const notice of this.state.waiting.values()) if (!(await this.sendOne(notice))) return
  }

  /** Whether the receiver has it, or never takes it. */
  private async sendOne(notice: Notice): Promise<boolean> {
    const receiver = this.receiver!
    const id = noticeId(this.state, notice)
    const { status, retryAfter } = await send(receiver, id, messageOf(receiver, notice), this.now())
    const taken = status !== undefined && status >= 200 && status < 300
    if (!taken) this.errors.receiver++
    if (status !== undefined && (taken || NEVER_TAKEN.includes(status))) {
      this.failures = 0
      this.next = Number.NEGATIVE_INFINITY
      await this.record([{ kind: 'done', number: notice.number, at: this.now(), status }])
      return true
    }
    const pause = Math.max(FIRST_PAUSE * 2 ** Math.min(this.failures++, 20), retryAfter ?? 0)
    this.next = this.now() + Math.min(pause, LONGEST_PAUSE)
    return false
  }

  private samples(now: number): Sample[] {
    const firing = [...this.state.firing.values()]
    return [
      ...SEVERITIES.map((severity) => {
        const those = firing.filter((each) => each.severity === severity)
        return sample('plimsoll_alerts_firing', { severity }, those.length, now)
      }),
      sample('plimsoll_alerts_waiting', {}, this.state.waiting.size, now),
      sample('plimsoll_source_up', { source: 'alerts:receiver' }, this.failures === 0 ? 1 : 0, now),
      sample('plimsoll_watch_errors_total', { source: 'alerts:receiver' }, this.errors.receiver, now),
      sample('plimsoll_source_up', { source: 'alerts:state' }, this.journal.isWritten ? 1 : 0, now),
      sample('plimsoll_watch_errors_total', { source: 'alerts:state' }, this.errors.state, now),
    ]
  }
}

/**
 * The part of a watch that holds samples against rules and tells a receiver.
 *
 * @throws {InputError} `ALERT_SECRET`, `ALERT_URL`, `LOCK_BUSY`, `WATCH_JOURNAL`, `FILE_ACCESS`, and what
 * `readJsonFile` throws
 */
export async function openAlerts(
  alerts: AlertsConfig,
  { config, clock }: Pick<WatchContext, 'clock'> & { config: Pick<WatchContext['config'], 'at'> },
): Promise<WatchPart> {
  const { rules } = await readJsonFile(config.at(alerts.rules), editable(alertRulesSchema))
  const receiver = alerts.webhook && (await receiverOf(alerts.webhook, config.at))
  const { journal, records } = await Journal.open(config.at(alerts.state), recordSchema, snapshotOf)
  const state = emptyState(randomBytes(8).toString('hex'))
  if (records.length === 0) {
    await journal.add({ kind: 'begin', queue: state.queue, next: 0 }).catch(() => {})
  }
  for (const record of records) applyRecord(state, record)
  return new Alerts(rules, receiver, alerts.queue, state, journal, () => clock.now())
}
