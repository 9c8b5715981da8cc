/**
 * Loaded before a command: right after it has moved the file whose path ends in `TEST_AFTER` into place, it
 * sends itself the signal `TEST_SIGNAL`. So what is interrupted, and where, does not depend on how fast
 * anything is.
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const { TEST_AFTER, TEST_SIGNAL } = process.env
const { rename } = fs.promises
fs.promises.rename = async (from, to) => {
  await rename(from, to)
  if (String(to).endsWith(TEST_AFTER)) process.kill(process.pid, TEST_SIGNAL)
}
syncBuiltinESMExports()
