import * as z from 'zod'
import { sha256Text } from '../../schema/index.js'
import { momentSchema } from '../journal.js'
import { SEVERITIES } from './config.js'

/** An alert as it is told: of one rule, over one series, from when on. */
const alertSchema = z.strictObject({
  /** Rule and series. */
  key: z.string(),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
  /** Seconds since 1970-01-01 UTC. */
  startsAt: momentSchema,
  endsAt: momentSchema.exactOptional(),
})
export type Alert = z.output<typeof alertSchema>

const noticeSchema = z.strictObject({
  kind: z.literal('notice'),
  number: z.int().nonnegative(),
  at: momentSchema,
  status: z.enum(['firing', 'resolved']),
  rule: z.string(),
  severity: z.enum(SEVERITIES),
  alerts: z.array(alertSchema),
})
/** What the receiver is told in one request: alerts of one rule that fire, or that are over. */
export type Notice = z.output<typeof noticeSchema>

/** A line of the journal of alerts. */
export const recordSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('begin'), queue: z.string(), next: z.int().nonnegative() }),
  /** The condition of a rule holds since then, and is not told yet. */
  z.strictObject({ kind: z.literal('pending'), key: z.string(), since: momentSchema }),
  /** It holds no longer, and was never told. */
  z.strictObject({ kind: z.literal('calm'), key: z.string() }),
  /** It fires, and was told before the journal began. */
  z.strictObject({
    kind: z.literal('firing'),
    rule: z.string(),
    severity: z.enum(SEVERITIES),
    alert: alertSchema,
  }),
  noticeSchema,
  /** The receiver has it, or said that it never takes this one. */
  z.strictObject({
    kind: z.literal('done'),
    number: z.int().nonnegative(),
    at: momentSchema,
    status: z.int(),
  }),
])
export type AlertRecord = z.output<typeof recordSchema>

/** What the records of a journal come to. */
export interface AlertState {
  queue: string
  next: number
  pending: Map<string, number>
  firing: Map<string, { rule: string; severity: Notice['severity']; alert: Alert }>
  /** What the receiver does not have yet, in order. */
  waiting: Map<number, Notice>
}

export function emptyState(queue: string): AlertState {
  return { queue, next: 0, pending: new Map(), firing: new Map(), waiting: new Map() }
}

/** Takes one record into the state. */
export function applyRecord(state: AlertState, record: AlertRecord): void {
  switch (record.kind) {
    case 'begin':
      state.queue = record.queue
      state.next = record.next
      break
    case 'pending':
      state.pending.set(record.key, record.since)
      break
    case 'calm':
      state.pending.delete(record.key)
      break
    case 'firing':
      state.firing.set(record.alert.key, record)
      break
    case 'notice': {
      const { number, status, rule, severity, alerts } = record
      state.next = Math.max(state.next, number + 1)
      state.waiting.set(number, record)
      for (const alert of alerts) {
        state.pending.delete(alert.key)
        if (status === 'firing') state.firing.set(alert.key, { rule, severity, alert })
        else state.firing.delete(alert.key)
      }
      break
    }
    case 'done':
      state.waiting.delete(record.number)
  }
}

/** The records that a state comes from, as few as there can be. */
export function snapshotOf(records: readonly AlertRecord[]): AlertRecord[] {
  const state = emptyState('')
  for (const record of records) applyRecord(state, record)
  const told = [...state.firing.values()].map((each) => ({ kind: 'firing' as const, ...pick(each) }))
  return [
    { kind: 'begin', queue: state.queue, next: state.next },
    // Before what waits: of an alert that is over, what waits says so.
    ...told,
    ...state.waiting.values(),
    ...[...state.pending].map(([key, since]) => ({ kind: 'pending' as const, key, since })),
  ]
}

function pick({ rule, severity, alert }: { rule: string; severity: Notice['severity']; alert: Alert }) {
  return { rule, severity, alert }
}

/**
 * What the receiver knows a message by: the same for each attempt, also of another process. Its number alone
 * would be used again where the disk did not take a message, or the journal lost its end: what it says is in.
 */
export function noticeId({ queue }: Pick<AlertState, 'queue'>, notice: Notice): string {
  const { number, at, status, rule, alerts } = notice
  const content = sha256Text(JSON.stringify([at, status, rule, alerts.map(({ key }) => key)]))
  return `plimsoll_${queue}_${number}_${content.slice(0, 16)}`
}

/** The name of an alert among all of one receiver, as Alertmanager has it. */
export function fingerprintOf({ key }: Pick<Alert, 'key'>): string {
  return sha256Text(key).slice(0, 16)
}
