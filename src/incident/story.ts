import type { IncidentEntry, LogLine, Severity } from './entry.js'

/** An incident, as the entries of a log tell it. */
export interface Incident {
  incident: string
  severity: Severity
  openedAt: number
  /** Absent while it is open. */
  closedAt?: number
  entries: readonly IncidentEntry[]
}

/** The incidents of a log in the order of their opening. */
export interface Story {
  incidents: readonly Incident[]
  /** What cannot have been so, each with its entry. */
  faults: readonly string[]
}

/**
 * The incidents of a log. A note behind the close of an incident is what was found later.
 *
 * @param latest entries of a later time are of the future
 */
export function incidentsOf(lines: readonly LogLine[], latest = Number.POSITIVE_INFINITY): Story {
  const incidents = new Map<string, Incident & { entries: IncidentEntry[] }>()
  const faults: string[] = []
  let time = 0
  for (const { entry } of lines) {
    const fault = (why: string) => faults.push(`entry ${entry.number} ${why}`)
    if (entry.at < time) fault('was written before the one before it')
    time = entry.at
    if (entry.at > latest) fault('is of the future')
    if (entry.kind === 'begin') {
      if (entry.number !== 0 || incidents.size > 0) fault('begins a log inside of one')
      continue
    }
    const known = incidents.get(entry.incident)
    if (entry.kind === 'open') {
      if (known !== undefined) fault('opens an incident that was opened before')
      const { incident, severity, at: openedAt } = entry
      incidents.set(incident, { incident, severity, openedAt, entries: [entry] })
      continue
    }
    if (known === undefined) {
      fault('speaks of an incident that was not opened')
      continue
    }
    if (entry.kind === 'close') {
      if (known.closedAt !== undefined) fault('closes an incident that was closed before')
      known.closedAt = entry.at
    }
    known.entries.push(entry)
  }
  return { incidents: [...incidents.values()], faults }
}
