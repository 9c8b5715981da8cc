import { describe, expect, test } from 'vitest'
import { marksAge, tooOld } from '../../../src/risk/index.js'

const NOW = 1_767_225_600
const DAY = 86_400

describe('the time of marks (risk.13)', () => {
  test.each([
    [4_102_444_800, 'marks of 2100-01-01T00:00:00Z, 27028 days in the future'],
    [0, 'marks of 1970-01-01T00:00:00Z, 20454 days old'],
    [NOW - 40 * 3600, 'marks of 2025-12-30T08:00:00Z, 40 hours old'],
    [NOW + 400, 'marks of 2026-01-01T00:06:40Z, 400 seconds in the future'],
    [NOW, undefined],
    [NOW - DAY + 1, undefined],
    [NOW + 300, undefined],
  ])('%i is said to be odd where it is', (timestamp, note) => {
    expect(marksAge(timestamp, NOW)).toBe(note)
  })

  test('is refused beyond the age that a reader accepts, by a second, and in the future', () => {
    expect(tooOld(NOW - DAY, NOW, DAY)).toBeUndefined()
    expect(tooOld(NOW - DAY - 1, NOW, DAY)).toMatch(/24 hours old, and 24 hours are accepted/)
    expect(tooOld(NOW + 301, NOW, DAY)).toMatch(/in the future/)
    expect(tooOld(NOW + 300, NOW, 0)).toBeUndefined()
    expect(tooOld(NOW - 1, NOW, 0)).toBeDefined()
  })
})
