import type { Clock } from '../../src/watch/index.js'

/** A clock that stands still but for what sleeps on it, and for `set`. */
export function simulatedClock(start: number): Clock & { set(now: number): void } {
  let time = start
  return {
    now: () => time,
    async sleep(seconds) {
      time += seconds
    },
    set(now) {
      time = now
    },
  }
}
