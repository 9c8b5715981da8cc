const given = process.argv.slice(2)

/** The words of the command line that are no flags. */
export const benchWords: readonly string[] = given.filter((word) => !word.startsWith('--'))

/** The value in the middle of many. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1]!
}

/** CPU seconds of this process since a moment, all its threads counted. */
export function cpuSecondsSince(moment: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(moment)
  return (user + system) / 1e6
}

/** Prints figures of four digits: one JSON document with `--json`, else a line for each. */
export function reportFigures(figures: Record<string, unknown>): void {
  const rounded = JSON.parse(JSON.stringify(figures), (_, value) =>
    typeof value === 'number' ? Number(value.toPrecision(4)) : value,
  ) as Record<string, unknown>
  const lines = Object.entries(rounded).map(([name, figure]) => `${name}: ${JSON.stringify(figure)}`)
  console.log(given.includes('--json') ? JSON.stringify(rounded) : lines.join('\n'))
}
