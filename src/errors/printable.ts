/**
 * What a terminal acts on, does not show, or lets move its neighbours: control, format, private and
 * unassigned characters, halves of surrogate pairs, every space but the plain one, what fonts leave blank,
 * and letters written from right to left, around which terminals reorder a whole row. A combining mark has to
 * have something before it, and no more than four stand on one another.
 */
const UNPRINTABLE = [
  String.raw`(?! )[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]`,
  String.raw`[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]`,
  String.raw`^\p{M}`,
  String.raw`(?<=\p{M}{4})\p{M}`,
].join('|')
const IN_TEXT = new RegExp(UNPRINTABLE, 'gu')
const IN_JSON = new RegExp(`(?!\n)(?:${UNPRINTABLE})`, 'gu')

/**
 * Text from anywhere, as one line that can be shown: what `UNPRINTABLE` says stands there as its code point,
 * such as `\u{202e}`. Printable text stays as it is.
 *
 * @example
 * printable('VALID\n\u001b[2J') // 'VALID\\u{a}\\u{1b}[2J'
 */
export function printable(text: string): string {
  return text.replace(IN_TEXT, (mark) => `\\u{${mark.codePointAt(0)!.toString(16)}}`)
}

/**
 * A value as indented JSON that is safe to show: it parses to the same value and holds nothing that
 * `printable` would change.
 *
 * @param indent spaces; with 0, all is on one line
 * @example
 * const { report } = opened
 * console.log(printableJson({ venue: report.venue, checks: report.checks }))
 */
export function printableJson(value: unknown, indent = 2): string {
  return JSON.stringify(value, null, indent).replace(IN_JSON, (mark) =>
    Array.from({ length: mark.length }, (_, i) => `\\u${hex(mark.charCodeAt(i))}`).join(''),
  )
}

function hex(unit: number): string {
  return unit.toString(16).padStart(4, '0')
}
