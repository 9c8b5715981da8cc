import type { Command } from 'commander'
import type { Severity } from '../../incident/index.js'
import { command } from '../command.js'
import { addEntry, type EntryOptions, entryOptions, LOG_ARGUMENT, LOG_NOTE } from '../incident.js'
import { required } from '../options.js'
import { createUi } from '../terminal/ui.js'

interface OpenOptions extends EntryOptions {
  severity: Severity
}

export function incidentOpenCommand(): Command {
  return command('open', {
    description: 'Open an incident in a log, and begin the log where there is none.',
    args: [LOG_ARGUMENT],
    options: [
      ...entryOptions(),
      required('--severity <which>', 'how bad it is').choices(['info', 'warning', 'critical']),
    ],
    notes: [LOG_NOTE],
    examples: [
      'plimsoll incident open incidents.jsonl --incident btc-mark --severity warning --text "the mark of BTC is 8 % off"',
    ],
  }).action(async (log: string, options: OpenOptions) => {
    const { entryView } = await import('../views/incident.js')
    const { incident, severity, text } = options
    const result = await addEntry(log, { kind: 'open', incident, severity, text }, options)
    createUi(options).result(result, () => entryView(result))
  })
}
