import { copyWords, type IncidentReport, type LogReport } from '../../incident/index.js'
import { apart, type Text } from '../terminal/layout.js'
import { facts, table } from '../terminal/table.js'
import { checksView, notCheckedView } from './checks.js'

const DID: Record<string, string> = { open: 'opened', note: 'noted', close: 'closed' }

/** The result of `incident open`, `note` and `close`. */
export function entryView(result: {
  log: string
  incident: string
  did: string
  at: number
  head: string
}): Text {
  return facts([
    [DID[result.did]!, result.incident],
    ['at', new Date(result.at * 1000).toISOString()],
    ['log', result.log],
    ['head, to be noted elsewhere', result.head],
  ])
}

/** The result of `incident verify`. */
export function logView(
  result: Omit<LogReport, 'exitCode' | 'head'> & { head: string; incidents: number; open: readonly string[] },
): Text {
  const { checks, valid, entries, incidents, open, head, log, notChecked } = result
  return apart([
    ...checksView(checks),
    facts([
      ['log', log],
      ['entries', entries],
      ['incidents', incidents],
      ['open now', open.length === 0 ? 'none' : open.join(', ')],
      ...(valid ? ([['head, to be noted elsewhere', head]] as const) : []),
    ]),
    notCheckedView(notChecked),
    `verdict: ${valid ? 'VALID' : 'INVALID'}`,
  ])
}

/** The result of `incident report`. */
export function reportView(report: IncidentReport, files: readonly string[]): Text {
  const { log, incidents, levels, epochs, paid, timeline, notChecked } = report
  const at = (seconds: number) => new Date(Math.floor(seconds) * 1000).toISOString().replace('.000Z', 'Z')
  return apart([
    table(
      ['at', 'from', 'what'],
      timeline.map(({ at: when, source, what }) => [at(when), source, what]),
    ),
    ...(levels.length === 0
      ? []
      : [
          table(
            ['scope', 'level', 'from', 'to'],
            levels.map(({ scope, level, from, to }) => [
              ...[scope, level, at(from)],
              to === undefined ? 'lasts' : at(to),
            ]),
          ),
        ]),
    ...(epochs.length === 0
      ? []
      : [
          table(
            ['venue', 'epoch relied on', 'from', 'to', 'verified for this report'],
            epochs.map(({ venue, epoch, from, to, copy }) => [
              ...[venue, epoch, at(from), to === undefined ? 'still' : at(to), copyWords(copy)],
            ]),
          ),
        ]),
    facts([
      ['incidents', incidents.length],
      ['epochs relied on', epochs.length],
      ['payments of the fund', paid.length],
      ...(files.length === 0 ? [] : ([['written', files.join(', ')]] as const)),
    ]),
    notCheckedView(notChecked),
    `the log is ${log.valid ? 'VALID' : 'INVALID'}`,
  ])
}
