/** A process that watches one made-up series, second after second, and tells of each tick that is over. */
import { setTimeout } from 'node:timers/promises'
import { alertsSchema } from '../../src/watch/alerts/config.js'
import { openAlerts } from '../../src/watch/alerts/index.js'
import { sample } from '../../src/watch/samples.js'

const [folder, url, from] = process.argv.slice(2) as [string, string, string]
let now = Number(from)
const config = { at: (path: string) => `${folder}/${path}` }
const clock = { now: () => now, sleep: async () => {} }
const webhook = { url, secret: { env: 'TEST_ALERT_SECRET' } }
const alerts = await openAlerts(alertsSchema.parse({ rules: 'rules.json', state: 'alerts.jsonl', webhook }), {
  config,
  clock,
})
for (;;) {
  // Twenty seconds above the threshold, twenty below.
  const value = Math.floor(now / 20) % 2
  await alerts.onSamples([sample('plimsoll_epoch_conflicts', { venue: 'Tiny' }, value, now)], now)
  process.stdout.write(`${now}\n`)
  now++
  await setTimeout(3)
}
