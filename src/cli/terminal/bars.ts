import { magnitudeOf } from '../../field/index.js'
import { type Drawing, shown } from './layout.js'
import { pad, textWidth } from './width.js'

const HALF = 20
const LEAST_HALF = 5
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/**
 * A bar chart of signed numbers around a middle line: losses to the left, gains to the right, the largest 20 cells long, or what fits.
 * Where nothing does, a bar stands below its name.
 */
export function bars(rows: readonly { name: string; value: bigint; text: string }[]): Drawing {
  let largest = 0n
  for (const { value } of rows) if (magnitudeOf(value) > largest) largest = magnitudeOf(value)
  const names = rows.map(({ name }) => shown(name))
  const texts = rows.map(({ text }) => shown(text))
  const widest = (all: string[]) => all.reduce((most, text) => Math.max(most, textWidth(text)), 0)
  const nameWidth = widest(names)
  const textsWidth = widest(texts)
  return {
    draw(columns) {
      const beside = columns - nameWidth - textsWidth - 5
      const below = beside < 2 * LEAST_HALF
      const room = Math.floor((below ? columns - textsWidth - 5 : beside) / 2)
      const half = Math.max(LEAST_HALF, Math.min(HALF, room))
      return rows.flatMap(({ value }, i) => {
        const eighths = largest === 0n ? 0 : Number((magnitudeOf(value) * BigInt(8 * half)) / largest)
        const full = '█'.repeat(Math.floor(eighths / 8))
        const left = value < 0n ? full.padStart(half) : ' '.repeat(half)
        const right = value < 0n ? '' : full + EIGHTHS[eighths % 8]
        const bar = `  ${pad(texts[i]!, textsWidth, 'right')}  ${left}│${right}`
        return below ? [names[i]!, bar] : [pad(names[i]!, nameWidth) + bar]
      })
    },
  }
}
