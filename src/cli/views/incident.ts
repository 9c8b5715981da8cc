import type { LogReport } from '../../incident/index.js'
import { apart, type Text } from '../terminal/layout.js'
import { facts } from '../terminal/table.js'
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
