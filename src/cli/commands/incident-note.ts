import type { Command } from 'commander'
import { command } from '../command.js'
import { addEntry, type EntryOptions, entryOptions, LOG_ARGUMENT, LOG_NOTE } from '../incident.js'
import { createUi } from '../terminal/ui.js'

export function incidentNoteCommand(): Command {
  return command('note', {
    description: 'Add to an incident what is known or was done.',
    args: [LOG_ARGUMENT],
    options: entryOptions(),
    notes: [LOG_NOTE],
    examples: [
      'plimsoll incident note incidents.jsonl --incident btc-mark --text "deposits are paused, feed 2 is asked"',
    ],
  }).action(async (log: string, options: EntryOptions) => {
    const { entryView } = await import('../views/incident.js')
    const { incident, text } = options
    const result = await addEntry(log, { kind: 'note', incident, text }, options)
    createUi(options).result(result, () => entryView(result))
  })
}
