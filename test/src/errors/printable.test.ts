import { expect, test } from 'vitest'
import { InputError, printable, printableJson } from '../../../src/errors/index.js'

/** By category or property: a character of it, each to be shown as its code point. */
const HIDDEN: Record<string, string> = {
  'a control character (Cc)': '\u001b',
  'a line feed (Cc)': '\n',
  'a C1 control sequence introducer (Cc)': '\u009b',
  'delete (Cc)': '\u007f',
  'a bidirectional override (Cf)': '\u202e',
  'a bidirectional isolate (Cf)': '\u2067',
  'a zero width space (Cf)': '\u200b',
  'a language tag (Cf)': '\u{e0041}',
  'private use (Co)': '\ue000',
  'private use beyond the first plane (Co)': '\u{10fffd}',
  'half of a surrogate pair (Cs)': '\ud800',
  'unassigned (Cn)': '\u{2ffff}',
  'a line separator (Zl)': '\u2028',
  'a paragraph separator (Zp)': '\u2029',
  'a space that is not the plain one (Zs)': '\u00a0',
  'an ideographic space (Zs)': '\u3000',
  'a filler that is a letter (Lo, default ignorable)': '\u3164',
  'a joiner that is a mark (Mn, default ignorable)': '\u034f',
  'a variation selector (Mn, default ignorable)': '\ufe0f',
  'a pattern without dots (So)': '\u2800',
  'a Hebrew letter (Lo, right to left)': '\u05d0',
  'an Arabic digit (Nd, right to left)': '\u0660',
  'an Adlam letter (Lu, right to left)': '\u{1e900}',
}

test.each(Object.entries(HIDDEN))('%s is shown as its code point (cli.17)', (_, character) => {
  const point = character.codePointAt(0)!.toString(16)
  expect(printable(`a${character}b`)).toBe(`a\\u{${point}}b`)
  const json = printableJson({ [character]: [character] })
  expect(json.split('\n').join(''), 'no raw character').not.toContain(character)
  expect(JSON.parse(json)).toEqual({ [character]: [character] })
})

test('of all of Unicode, what is left can be seen and stays where it is (cli.17)', () => {
  const moved =
    /[\p{Bidi_Control}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u
  const unseen = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u
  let left = 0
  for (let point = 0; point <= 0x10ffff; point++) {
    const text = `x${String.fromCodePoint(point)}`
    const shown = printable(text)
    if (shown !== text) continue
    left++
    if (unseen.test(text) || moved.test(text) || /(?! )\p{Z}/u.test(text)) {
      expect.fail(`U+${point.toString(16)} is shown as it is`)
    }
  }
  expect(left, 'letters, digits, marks and signs are not escaped').toBeGreaterThan(100_000)
})

test('a mark has something to stand on, and few stand on one another (cli.17)', () => {
  expect(printable('\u0338x')).toBe('\\u{338}x')
  expect(printable('e\u0301')).toBe('e\u0301')
  expect(printable(`e${'\u0301'.repeat(6)}`)).toBe(`e${'\u0301'.repeat(4)}\\u{301}\\u{301}`)
})

test('what people write is left as it is, and what is printable stays so (cli.17)', () => {
  const text = 'Zürich, 東京, Ωμέγα, हिन्दी, ₿ 1.5 — “x” \\u{1b} │ ✓ 😀'
  expect(printable(text)).toBe(text)
  for (const character of Object.values(HIDDEN)) {
    expect(printable(printable(character))).toBe(printable(character))
  }
})

test('the message and the hint of an error are printable wherever they end up; its place is as it was given (cli.17)', () => {
  const error = new InputError('X', 'no \u001b[2J here', { where: 'a\nVALID', hint: 'It has \u202e.' })
  expect(error.message).toBe('a\\u{a}VALID: no \\u{1b}[2J here')
  expect(error.hint).toBe('It has \\u{202e}.')
  expect(error.where).toBe('a\nVALID')
})
