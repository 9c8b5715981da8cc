import { InputError } from '../../errors/index.js'

/** Most cells of a line. */
const MAX_CELLS = 64

/** Raises what is wrong with a list at a line and, where it is known, a column. */
export function listFault(where: string, line: number, message: string, column?: number): InputError {
  const place = column === undefined ? `${where}:${line}` : `${where}:${line}:${column}`
  return new InputError('RESERVES_LIST', message, {
    where: place,
    hint: 'Compare the line with the form that --format names, or name another form.',
  })
}

/**
 * The cells of a line, without spaces around them. Quoted cells are as RFC 4180 has them; besides, published
 * lists have JSON in cells without quotes, whose commas separate nothing.
 *
 * @param separator one character
 * @throws {InputError} `RESERVES_LIST` with line and column
 */
export function splitCells(text: string, separator: string, where: string, line: number): string[] {
  const cells: string[] = []
  for (let at = 0; ; ) {
    if (cells.length >= MAX_CELLS) throw listFault(where, line, `more than ${MAX_CELLS} cells`, at + 1)
    const start = at + (/^ */.exec(text.slice(at, at + 8))?.[0].length ?? 0)
    const isQuoted = text[start] === '"'
    const end = isQuoted ? quoteEnd(text, start, where, line) : bareEnd(text, at, separator)
    const cell = isQuoted ? text.slice(start + 1, end - 1).replaceAll('""', '"') : text.slice(at, end)
    cells.push(cell.trim())
    if (end >= text.length) return cells
    if (text[end] !== separator)
      throw listFault(where, line, 'text after the closing quote of a cell', end + 1)
    at = end + 1
  }
}

/** Where a quoted cell ends, behind its quote. */
function quoteEnd(text: string, start: number, where: string, line: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] !== '"') continue
    if (text[at + 1] !== '"') return at + 1
    at++
  }
  throw listFault(where, line, 'a quoted cell does not end on its line', start + 1)
}

/** Where a cell without quotes ends: at a separator outside all braces and brackets. */
function bareEnd(text: string, start: number, separator: string): number {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    const mark = text[at]!
    if (mark === '{' || mark === '[') depth++
    else if (mark === '}' || mark === ']') depth--
    else if (mark === separator && depth <= 0) return at
  }
  return text.length
}
