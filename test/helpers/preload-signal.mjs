/**
 * Loaded before a command: right after it has moved the file whose path ends in `TEST_AFTER` into place, or
 * begun to write it piece by piece, it sends itself the signal `TEST_SIGNAL`. So what is interrupted, and
 * where, does not depend on how fast anything is.
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const { TEST_AFTER, TEST_SIGNAL } = process.env
const interruptAt = (path) => {
  if (String(path).endsWith(TEST_AFTER)) process.kill(process.pid, TEST_SIGNAL)
}
const { rename } = fs.promises
fs.promises.rename = async (from, to) => {
  await rename(from, to)
  interruptAt(to)
}
const { openSync } = fs
fs.openSync = (path, flags, ...rest) => {
  const fd = openSync(path, flags, ...rest)
  if (String(flags).startsWith('w')) interruptAt(path)
  return fd
}
syncBuiltinESMExports()
