const HALF = 20
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** A bar chart of signed numbers around a middle line: losses to the left, gains to the right, the largest 20 cells long. */
export function bars(rows: readonly { name: string; value: bigint; text: string }[]): string {
  const magnitude = (value: bigint) => (value < 0n ? -value : value)
  let largest = 0n
  for (const { value } of rows) if (magnitude(value) > largest) largest = magnitude(value)
  const nameWidth = Math.max(0, ...rows.map(({ name }) => name.length))
  const textWidth = Math.max(0, ...rows.map(({ text }) => text.length))
  return rows
    .map(({ name, value, text }) => {
      const eighths = largest === 0n ? 0 : Number((magnitude(value) * BigInt(8 * HALF)) / largest)
      const full = '█'.repeat(Math.floor(eighths / 8))
      const left = value < 0n ? full.padStart(HALF) : ' '.repeat(HALF)
      const right = value < 0n ? '' : full + EIGHTHS[eighths % 8]
      return `${name.padEnd(nameWidth)}  ${text.padStart(textWidth)}  ${left}│${right}`
    })
    .join('\n')
}
