/**
 * Characters that take two cells of a terminal: East Asian wide and full-width ones, and what is shown as a
 * picture.
 */
const WIDE =
  /[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\u4dbf\u4e00-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18d08}\u{1aff0}-\u{1b2fb}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]/u
/** Characters that stand on the one before. */
const ON_ANOTHER = /[\p{Mn}\p{Me}]/u
const PLAIN = /^[ -~]*$/

/** Cells of a terminal that printable text takes. */
export function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.length
  let width = 0
  for (const character of text) width += cells(character)
  return width
}

/** Printable text, padded to a width. */
export function pad(text: string, width: number, side: 'left' | 'right' = 'left'): string {
  const rest = ' '.repeat(Math.max(0, width - textWidth(text)))
  return side === 'left' ? text + rest : rest + text
}

/** Printable text, cut to a width. */
export function cut(text: string, width: number): string {
  return textWidth(text) <= width ? text : `${pieces(text, width - 1)[0]}…`
}

/**
 * Breaks printable text between words, and words that are longer than a line. Lines after the first begin
 * with `hang`.
 */
export function wrap(text: string, width: number, hang = ''): string[] {
  if (textWidth(text) <= width) return [text]
  const indent = /^ */.exec(text)![0]
  const longest = Math.max(2, width - Math.max(indent.length, hang.length))
  const lines: string[] = []
  let line = indent
  let begun = false
  for (const word of text.slice(indent.length).split(' ')) {
    const longer = begun ? `${line} ${word}` : line + word
    if (textWidth(longer) <= width) {
      line = longer
    } else {
      if (begun) lines.push(line)
      const parts = pieces(word, longest).map((part, i) => (begun || i > 0 ? hang : indent) + part)
      lines.push(...parts.slice(0, -1))
      line = parts.at(-1)!
    }
    begun = true
  }
  return [...lines, line]
}

/** Text in pieces of at most `width` cells, a mark with what it stands on. */
function pieces(text: string, width: number): string[] {
  const found: string[] = []
  let piece = ''
  let taken = 0
  for (const character of text) {
    const own = cells(character)
    if (own > 0 && taken + own > width && piece !== '') {
      found.push(piece)
      piece = ''
      taken = 0
    }
    piece += character
    taken += own
  }
  return [...found, piece]
}

function cells(character: string): number {
  if (ON_ANOTHER.test(character)) return 0
  return WIDE.test(character) ? 2 : 1
}
