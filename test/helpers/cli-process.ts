import { runHere } from './run-here.js'

/** A process that runs one command after another. */
process.on('disconnect', () => process.exit())
process.on('message', async (words: Parameters<typeof runHere>[0]) => {
  process.send!(await runHere(words))
})
