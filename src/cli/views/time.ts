/** A time for people, to two places. */
export function shownTime(seconds: number): string {
  const [size, unit] = (
    [
      [86_400, 'days'],
      [3_600, 'h'],
      [60, 'min'],
      [1, 's'],
    ] as const
  ).find(([size]) => seconds >= 1.5 * size) ?? [1, 's']
  return `${Number((seconds / size).toPrecision(2))} ${unit}`
}
