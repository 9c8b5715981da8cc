import { textWidth } from './width.js'

const INDENT = '  '
/** The end of a line that continues. */
const GOES_ON = ' \\'

/**
 * A command line as help shows it: indented, and broken before options and between words, never inside one,
 * with a backslash where it goes on.
 *
 * @param line words apart by one space; those in double quotes stay together
 */
export function shellLines(line: string, columns: number): string[] {
  const words = line.match(/"[^"]*"|\S+/g) ?? []
  const lines: string[] = []
  let current = ''
  for (const [i, word] of words.entries()) {
    const together = word.startsWith('--') ? withValues(words, i) : word
    const longer = current === '' ? INDENT + word : `${current} ${together}`
    if (current !== '' && textWidth(longer) > columns - GOES_ON.length) {
      lines.push(current + GOES_ON)
      current = INDENT.repeat(2) + word
    } else {
      current = current === '' ? INDENT + word : `${current} ${word}`
    }
  }
  return [...lines, current]
}

/** An option with the values that follow it. */
function withValues(words: readonly string[], at: number): string {
  const next = words.findIndex((word, i) => i > at && word.startsWith('--'))
  return words.slice(at, next < 0 ? undefined : next).join(' ')
}
