import { printable } from '../../errors/index.js'
import { cut, wrap } from './width.js'

/** The longest text that is shown; `--json` has all of it. */
const LONGEST = 4_000
const HANG = '  '

/** Something of several lines, each made of printable parts alone, for a terminal of some columns. */
export interface Drawing {
  draw(columns: number): string[]
}

/**
 * What people are shown: lines and drawings, one below the other. A string is always one line, whatever stands in it, so that
 * nothing from a file can look like a line, a row or a verdict of ours.
 */
export type Text = string | Drawing | readonly Text[]

/** A text that may come from a file, as it is shown on one line. */
export function shown(text: string): string {
  const line = printable(text.slice(0, LONGEST))
  return text.length <= LONGEST ? line : `${line}… (${text.length - LONGEST} more characters)`
}

/**
 * Lays a text out, every line with its end.
 *
 * @param columns those of the terminal, at which lines are broken too; without one, only drawings are fitted, to 80
 */
export function layOut(text: Text, columns: number | undefined): string {
  return linesOf(text, columns)
    .map((line) => `${line.trimEnd()}\n`)
    .join('')
}

function linesOf(text: Text, columns: number | undefined): string[] {
  if (typeof text === 'string') {
    const line = shown(text)
    if (columns === undefined) return [line]
    const indent = /^ */.exec(line)![0]
    return wrap(line, columns, indent.slice(0, columns >> 1) + HANG)
  }
  if ('draw' in text) return text.draw(columns ?? 80)
  return text.flatMap((part) => linesOf(part, columns))
}

/** The columns of a terminal or, where there is none, of the variable COLUMNS. */
export function columnsOf(stream: NodeJS.WriteStream): number | undefined {
  const columns = stream.columns || Number(process.env.COLUMNS)
  return Number.isInteger(columns) && columns > 0 ? Math.max(columns, 20) : undefined
}

/** One line of a terminal that is drawn over again and again: it must not need a second one. */
export function statusLine(text: string, columns: number | undefined): string {
  return cut(shown(text), (columns ?? 80) - 1)
}

/** Parts with a blank line between each two. */
export function apart(parts: readonly Text[]): Text {
  return parts.flatMap((part, i) => (i === 0 ? [part] : ['', part]))
}
