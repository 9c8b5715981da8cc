import { type Drawing, shown } from './layout.js'
import { pad, textWidth, wrap } from './width.js'

/** Text that may come from a file; each item of a list gets a line. */
export type Cell = string | number | readonly string[]

const GAP = '  '
/** Columns of the longest word that is kept whole. */
const WORD = 40
const NUMBER = /^[-+]?[0-9][0-9,]*(\.[0-9]+)?( %)?$/

/**
 * A table that fits the terminal. Wide columns are broken between words. Where even the words do not fit,
 * each row becomes a block with one line per column.
 */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): Drawing {
  const names = head.map(shown)
  const cells = rows.map((row) => names.map((_, i) => linesOf(row[i] ?? '')))
  return {
    draw(columns) {
      const least = names.map((name, i) => longest([name, ...column(cells, i)].flatMap(words)))
      const room = columns - GAP.length * (names.length - 1)
      return names.length > 2 && sum(least) > room
        ? stacked(names, cells, columns)
        : drawn(names, cells, fitted(names, cells, { least, room }))
    },
  }
}

/** Names and values below one another, without a head. */
export function facts(rows: readonly (readonly [name: string, value: Cell])[]): Drawing {
  return table(['', ''], rows)
}

function linesOf(cell: Cell): string[] {
  return typeof cell === 'object' ? cell.map(shown) : [shown(`${cell}`)]
}

function drawn(names: readonly string[], cells: string[][][], widths: readonly number[]): string[] {
  const sides = names.map((_, i) => (isNumeric(column(cells, i)) ? 'right' : 'left'))
  const row = (parts: readonly (readonly string[])[]) => {
    const height = Math.max(...parts.map((lines) => lines.length))
    return Array.from({ length: height }, (_, line) =>
      parts.map((lines, i) => pad(lines[line] ?? '', widths[i]!, sides[i])).join(GAP),
    )
  }
  const broken = (lines: readonly string[], i: number) => lines.flatMap((line) => wrap(line, widths[i]!))
  const head = [
    ...row(names.map((name, i) => broken([name], i))),
    widths.map((width) => '─'.repeat(width)).join(GAP),
  ]
  return [
    ...(names.every((name) => name === '') ? [] : head),
    ...cells.flatMap((parts) => row(parts.map(broken))),
  ]
}

function stacked(names: readonly string[], cells: string[][][], columns: number): string[] {
  const label = Math.min(longest(names), columns >> 1)
  return cells.flatMap((parts, number) => [
    ...(number === 0 ? [] : ['']),
    ...parts.flatMap((lines, i) =>
      lines
        .filter((line) => line !== '')
        .flatMap((line) => wrap(line, columns - label - GAP.length))
        .flatMap((line, n) => {
          const own = n === 0 ? wrap(names[i]!, label) : ['']
          return own.map((name, part) => `${pad(name, label)}${GAP}${part === own.length - 1 ? line : ''}`)
        }),
    ),
  ])
}

/** Widths that fit, taken from the widest column first. */
function fitted(
  names: readonly string[],
  cells: string[][][],
  { least, room }: { least: readonly number[]; room: number },
): number[] {
  const widths = names.map((name, i) => Math.min(room, longest([name, ...column(cells, i)])))
  while (sum(widths) > room) {
    const wide = widths.map((width, i) => (width > least[i]! ? width : 0))
    const from = Math.max(...wide) > 0 ? wide : widths
    const widest = from.indexOf(Math.max(...from))
    if (widths[widest]! <= 2) break
    widths[widest]!--
  }
  return widths
}

function column(cells: string[][][], i: number): string[] {
  return cells.flatMap((parts) => parts[i]!)
}

function words(text: string): string[] {
  return text.split(' ').map((word) => (textWidth(word) > WORD ? 'x'.repeat(WORD) : word))
}

function longest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, textWidth(text)), 0)
}

function isNumeric(texts: readonly string[]): boolean {
  return texts.some((text) => NUMBER.test(text)) && texts.every((text) => text === '' || NUMBER.test(text))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
