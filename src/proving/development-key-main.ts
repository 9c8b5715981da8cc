import { PlimsollError } from '../errors/index.js'
import { writeDevelopmentKey } from './development-key.js'
import type { KeyProcessMessage } from './development-key-process.js'

/** The process that makes one development key: see `makeDevelopmentKey`. */
const [r1cs, zkey] = process.argv.slice(2)
const say = (message: KeyProcessMessage) => new Promise((resolve) => process.send!(message, resolve))

// Without a parent process there is no key to make.
process.on('disconnect', () => process.exit(1))
try {
  await writeDevelopmentKey(r1cs!, zkey!, { onProgress: (progress) => void say({ progress }) })
  process.exit(0)
} catch (error) {
  const known = error instanceof PlimsollError
  await say({
    code: known ? error.code : 'KEY_FAILED',
    message:
      known && error.where !== undefined
        ? error.message.slice(error.where.length + 2)
        : (error as Error).message,
    ...(known && error.where !== undefined ? { where: error.where } : {}),
  })
  process.exit(1)
}
