/** A process that watches: each line of its input is a time, and it answers when that tick is over. */
import { createInterface } from 'node:readline'
import { tickingWatch } from './ticking-watch.js'

const [file, privateKey] = process.argv.slice(2) as [string, string]
const watch = await tickingWatch(file, privateKey)
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await watch.tick(Number(line)))}\n`)
}
await watch.close()
