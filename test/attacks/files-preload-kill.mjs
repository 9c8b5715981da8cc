/**
 * Loaded before a command: lets it finish one file that was not there before, and kills it, as by `kill -9`,
 * right before it moves the next one into place. A manifest that is written anew counts as one.
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

let finished = 0
const { rename } = fs.promises
fs.promises.rename = (from, to) => {
  if ((!fs.existsSync(to) || String(to).endsWith('manifest.json')) && ++finished === 2) {
    process.kill(process.pid, 'SIGKILL')
  }
  return rename(from, to)
}
syncBuiltinESMExports()
