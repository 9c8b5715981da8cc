import { magnitudeOf } from '../../field/index.js'
import { type Drawing, shown } from './layout.js'
import { pad, textWidth, wrap } from './width.js'

const HALF = 20
const LEAST_HALF = 5
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/**
 * A bar chart of signed numbers around a middle line: losses to the left, gains to the right. The largest bar
 * has 20 cells, or as many as fit. Where a bar does not fit beside its name, it stands below; where not even
 * its text does, it has its own line.
 */
export function bars(rows: readonly { name: string; value: bigint; text: string }[]): Drawing {
  let largest = 0n
  for (const { value } of rows) if (magnitudeOf(value) > largest) largest = magnitudeOf(value)
  const names = rows.map(({ name }) => shown(name))
  const texts = rows.map(({ text }) => shown(text))
  const nameWidth = widest(names)
  const textsWidth = widest(texts)
  return {
    draw(columns) {
      // Two spaces before the text and two behind it, and the middle line.
      const free = columns - textsWidth - 5
      const isBeside = free - nameWidth >= 2 * LEAST_HALF
      const isAlone = free < 2 * LEAST_HALF
      const room = isBeside ? free - nameWidth : isAlone ? columns - 3 : free
      const half = Math.min(HALF, room >> 1)
      return rows.flatMap(({ value }, i) => {
        const bar = barOf(value, largest, half)
        const [name, text] = [names[i]!, texts[i]!]
        if (isAlone) return [...wrap(name, columns), ...wrap(`  ${text}`, columns, '  '), `  ${bar}`]
        const line = `  ${pad(text, textsWidth, 'right')}  ${bar}`
        return isBeside ? [pad(name, nameWidth) + line] : [...wrap(name, columns), line]
      })
    },
  }
}

/** @param half cells on each side of the middle line */
function barOf(value: bigint, largest: bigint, half: number): string {
  const eighths = largest === 0n ? 0 : Number((magnitudeOf(value) * BigInt(8 * half)) / largest)
  const full = '█'.repeat(Math.floor(eighths / 8))
  const left = value < 0n ? full.padStart(half) : ' '.repeat(half)
  const right = value < 0n ? '' : full + EIGHTHS[eighths % 8]
  return `${left}│${right}`
}

function widest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, textWidth(text)), 0)
}
