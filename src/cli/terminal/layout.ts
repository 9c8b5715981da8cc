import { printable } from '../../errors/index.js'
import { cut, wrap } from './width.js'

/** Characters of the longest text that is shown; `--json` prints all of it. */
const LONGEST = 4_000
const HANG = '  '
/** Columns where there is no terminal. */
const DEFAULT_COLUMNS = 80
const FEWEST_COLUMNS = 20

/** Something of several lines, made of printable parts only, that is drawn for a number of columns. */
export interface Drawing {
  draw(columns: number): string[]
}

/**
 * What people are shown: lines and drawings, one below the other. A string is always one line, whatever it
 * contains, so that nothing from a file can look like a line, a row or a verdict of the program.
 */
export type Text = string | Drawing | readonly Text[]

/** Text that may come from a file, made safe to show on one line. */
export function shown(text: string): string {
  const line = printable(text.slice(0, LONGEST))
  return text.length <= LONGEST ? line : `${line}… (${text.length - LONGEST} more characters)`
}

/** Text whose lines all begin at the left edge. */
export function paragraph(text: string): Drawing {
  return { draw: (columns) => wrap(shown(text), columns) }
}

/** Lays a text out in lines of at most so many columns, each with its line end. */
export function layOut(text: Text, columns: number): string {
  return linesOf(text, columns)
    .map((line) => `${line.trimEnd()}\n`)
    .join('')
}

function linesOf(text: Text, columns: number): string[] {
  if (typeof text === 'string') {
    const line = shown(text)
    const indent = /^ */.exec(line)![0]
    return wrap(line, columns, indent.slice(0, columns >> 1) + HANG)
  }
  if ('draw' in text) return text.draw(columns)
  return text.flatMap((part) => linesOf(part, columns))
}

/** The columns of a terminal; where there is none, those of the variable COLUMNS, or else 80. */
export function columnsOf(stream: NodeJS.WriteStream): number {
  const columns = stream.columns || Number(process.env.COLUMNS)
  return Number.isInteger(columns) && columns > 0 ? Math.max(columns, FEWEST_COLUMNS) : DEFAULT_COLUMNS
}

/** A status that is redrawn in place: it is cut to one line of the terminal. */
export function statusLine(text: string, columns: number): string {
  return cut(shown(text), columns - 1)
}

/** Parts separated by blank lines. */
export function apart(parts: readonly Text[]): Text {
  return parts.flatMap((part, i) => (i === 0 ? [part] : ['', part]))
}
