#!/usr/bin/env node
import { EXIT } from '../errors/index.js'
import { run } from './program.js'
import { reportError, show } from './terminal/ui.js'

const json = process.argv.includes('--json')

// Exit handlers remove what is private and temporary; a signal alone would not run them.
process.once('SIGINT', () => {
  show(process.stderr, ['', 'interrupted: run the same command again, and what is finished is kept'])
  process.exit(130)
})
for (const [signal, number] of [
  ['SIGTERM', 15],
  ['SIGHUP', 1],
] as const) {
  process.once(signal, () => process.exit(128 + number))
}
// A reader such as `head` may close the pipe early, and a terminal may be gone; the exit code still tells the
// result.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') process.exit(EXIT.input)
  })
}
process.on('uncaughtException', (error) => process.exit(reportError(error, json)))

process.exitCode = await run(process.argv.slice(2))
// Threads are there where something was proven, and only there.
if (globalThis.curve_bn128 !== undefined) {
  const { terminateProving } = await import('../proving/index.js')
  await terminateProving()
}
