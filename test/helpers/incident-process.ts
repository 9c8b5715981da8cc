/** A process that adds entries to a log, and says each once it is there. */
import { appendIncident } from '../../src/incident/index.js'

const [path, name, count] = process.argv.slice(2) as [string, string, string]
for (let i = 0; i < Number(count); i++) {
  const text = `${name} ${i}`
  await appendIncident({
    path,
    words: { kind: 'note', incident: 'btc-1', text },
    now: 1_790_000_050,
    patience: 60_000,
  })
  process.stdout.write(`${text}\n`)
}
