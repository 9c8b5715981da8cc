import { METRICS, type Sample, seriesKey } from '../samples.js'
import type { AlertRule } from './config.js'
import type { Alert, AlertRecord, AlertState, Notice } from './records.js'

/** Alerts of one message, at most. */
const MOST_IN_ONE = 100

const HOLDS: Record<AlertRule['is'], (value: number, than: number) => boolean> = {
  above: (value, than) => value > than,
  atLeast: (value, than) => value >= than,
  below: (value, than) => value < than,
  atMost: (value, than) => value <= than,
}

/** Since when what fires no longer holds, by key. A watch that is started anew waits for it anew. */
export type Calming = Map<string, number>

/**
 * What rules make of the samples of a tick: the records that take the state further. A series that is not
 * among the samples changes nothing: an alert is resolved by what is seen, never by silence. What there is no
 * room for in the queue stays as it is, and is told later if it still holds.
 *
 * @param room alerts that the queue takes
 */
export function evaluate(
  rules: readonly AlertRule[],
  samples: readonly Sample[],
  now: number,
  { state, calming, room }: { state: AlertState; calming: Calming; room: number },
): AlertRecord[] {
  const byMetric = new Map<string, AlertRule[]>()
  for (const rule of rules) byMetric.set(rule.metric, [...(byMetric.get(rule.metric) ?? []), rule])
  const records: AlertRecord[] = []
  const news = new Map<
    string,
    { rule: string; severity: Notice['severity']; firing: Alert[]; resolved: Alert[] }
  >()
  let left = room
  const tell = (rule: Pick<AlertRule, 'name' | 'severity'>, what: 'firing' | 'resolved', alert: Alert) => {
    if (left === 0) return
    left--
    const { name, severity } = rule
    const of = news.get(name) ?? { rule: name, severity, firing: [], resolved: [] }
    news.set(name, of)
    of[what].push(alert)
  }
  const over = (rule: Pick<AlertRule, 'name' | 'severity'>, alert: Alert) => {
    calming.delete(alert.key)
    tell(rule, 'resolved', { ...alert, endsAt: now })
  }

  // What was told by a rule that is gone, or looks at other series now, is seen by nobody any more.
  for (const { rule: name, severity, alert } of state.firing.values()) {
    const rule = rules.find((each) => each.name === name)
    const isSeen =
      rule !== undefined && alert.key === keyOf(rule, { name: rule.metric, labels: alert.labels })
    if (!isSeen || !chooses(rule, alert.labels)) over({ name, severity }, alert)
  }
  const seen = new Set<string>()
  for (const sample of samples) {
    for (const rule of byMetric.get(sample.name) ?? []) {
      if (!chooses(rule, sample.labels)) continue
      const key = keyOf(rule, sample)
      // The first of two samples of one series counts, as it does for the metrics.
      if (seen.has(key)) continue
      seen.add(key)
      const told = state.firing.get(key)
      if (HOLDS[rule.is](sample.value, rule.than)) {
        calming.delete(key)
        if (told !== undefined) continue
        const known = state.pending.get(key)
        // A clock that went back would keep it waiting.
        const since = known === undefined || known > now ? now : known
        if (now - since >= rule.for) tell(rule, 'firing', alertOf(rule, sample, key, since))
        else if (since !== known) records.push({ kind: 'pending', key, since })
      } else if (told !== undefined) {
        const since = Math.min(calming.get(key) ?? now, now)
        calming.set(key, since)
        if (now - since >= rule.for) over(rule, told.alert)
      } else if (state.pending.has(key)) {
        records.push({ kind: 'calm', key })
      }
    }
  }
  let number = state.next
  for (const { rule, severity, firing, resolved } of news.values()) {
    for (const [status, alerts] of [
      ['resolved', resolved],
      ['firing', firing],
    ] as const) {
      for (let from = 0; from < alerts.length; from += MOST_IN_ONE) {
        const some = alerts.slice(from, from + MOST_IN_ONE)
        records.push({ kind: 'notice', number: number++, at: now, status, rule, severity, alerts: some })
      }
    }
  }
  return records
}

/** Whether a rule looks at series with these labels. */
function chooses(rule: AlertRule, labels: Sample['labels']): boolean {
  return Object.entries(rule.labels).every(([label, text]) => labels[label] === text)
}

function keyOf({ name }: AlertRule, series: Pick<Sample, 'name' | 'labels'>): string {
  return `${name} ${seriesKey(series)}`
}

function alertOf(rule: AlertRule, { name, labels, value }: Sample, key: string, startsAt: number): Alert {
  // What comes from the books goes nowhere but to metrics.
  const isPrivate = METRICS[name].help.endsWith(' Private.')
  const { summary, runbook } = rule
  const annotations = { summary, runbook_url: runbook, ...(isPrivate ? {} : { value: `${value}` }) }
  return { key, labels: { ...labels }, annotations, startsAt }
}
