import type { Command } from 'commander'
import { command } from '../command.js'
import { addEntry, type EntryOptions, entryOptions, LOG_ARGUMENT, LOG_NOTE } from '../incident.js'
import { createUi } from '../terminal/ui.js'

export function incidentCloseCommand(): Command {
  return command('close', {
    description: 'Close an incident. What is found later is a note.',
    args: [LOG_ARGUMENT],
    options: entryOptions(),
    notes: [LOG_NOTE],
    examples: [
      'plimsoll incident close incidents.jsonl --incident btc-mark --text "the feed was corrected, deposits are open"',
    ],
  }).action(async (log: string, options: EntryOptions) => {
    const { entryView } = await import('../views/incident.js')
    const { incident, text } = options
    const result = await addEntry(log, { kind: 'close', incident, text }, options)
    createUi(options).result(result, () => entryView(result))
  })
}
