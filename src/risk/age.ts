const DAY = 86_400
/** Seconds that two clocks may differ by. */
const SKEW = 300

/**
 * What a reader should notice about the time of a table's marks: that it is in the future, or more than a day
 * ago. Nobody proves that time; it is the venue's word, bound by the risk root.
 *
 * @param timestamp of the marks, seconds since 1970-01-01 UTC
 * @param now in the same unit
 * @returns `undefined` for marks of the last day
 * @example
 * marksAge(4_102_444_800, 1_767_225_600) // 'marks of 2100-01-01T00:00:00Z, 27028 days in the future'
 */
export function marksAge(timestamp: number, now: number): string | undefined {
  const age = now - timestamp
  if (age >= -SKEW && age < DAY) return undefined
  return `marks of ${moment(timestamp)}, ${age < 0 ? `${span(-age)} in the future` : `${span(age)} old`}`
}

/**
 * Why marks are not of the last `maxAge` seconds, in words; `undefined` when they are.
 *
 * @param maxAge seconds
 */
export function tooOld(timestamp: number, now: number, maxAge: number): string | undefined {
  const age = now - timestamp
  if (age >= -SKEW && age <= maxAge) return undefined
  const what = age < 0 ? `${span(-age)} in the future` : `${span(age)} old, and ${span(maxAge)} are accepted`
  return `marks of ${moment(timestamp)} are ${what}`
}

/** An exact moment as people read it: seconds are all there is. */
export function moment(timestamp: number): string {
  return new Date(1000 * timestamp).toISOString().replace('.000Z', 'Z')
}

function span(seconds: number): string {
  const [count, unit] =
    seconds >= 2 * DAY
      ? [Math.floor(seconds / DAY), 'days']
      : seconds >= 7200
        ? [Math.floor(seconds / 3600), 'hours']
        : [seconds, 'seconds']
  return `${count} ${unit}`
}
