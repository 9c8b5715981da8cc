import { setTimeout } from 'node:timers/promises'
import type { Clock } from './loop.js'

/**
 * The clock of this machine.
 *
 * @example
 * console.log(systemClock.now()) // 1795000000.123
 */
export const systemClock: Clock = {
  now: () => Date.now() / 1000,
  async sleep(seconds, signal) {
    await setTimeout(seconds * 1000, undefined, signal === undefined ? {} : { signal }).catch(() => {})
  },
}
