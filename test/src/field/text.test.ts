import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { accountIdFault, labelFault, symbolFault, textFault } from '../../../src/field/index.js'

/** Characters that a reader does not see, or that move what stands around them. */
const UNSEEN = {
  'a zero-width space': '\u200b',
  'a zero-width joiner': '\u200d',
  'a left-to-right mark': '\u200e',
  'a right-to-left override': '\u202e',
  'an isolate': '\u2066',
  'the end of an isolate': '\u2069',
  'an Arabic letter mark': '\u061c',
  'a soft hyphen': '\u00ad',
  'a word joiner': '\u2060',
  'a byte order mark': '\ufeff',
  'a variation selector': '\ufe0f',
  'a Hangul filler': '\u3164',
  'a tag': '\u{e0041}',
  'a line separator': '\u2028',
  'an escape': '\u001b',
  'a next line': '\u0085',
  'a no-break space': '\u00a0',
  'an ideographic space': '\u3000',
  'a blank Braille pattern': '\u2800',
  'a private-use character': '\ue000',
  'an unassigned character': '\u0378',
  'half of a surrogate pair': '\ud800',
}

describe('a text that is read as it is stored (cli.16)', () => {
  test.each(Object.entries(UNSEEN))('has not %s in it, in an account id, a label or a symbol', (_, mark) => {
    for (const fault of [accountIdFault, labelFault, symbolFault]) {
      for (const text of [`us${mark}er1`, `user1${mark}`, `${mark}user1`])
        expect(fault(text)).toMatch(/^must /)
      expect(fault('user1')).toBeUndefined()
    }
    expect(textFault(`a${mark}b`, 99)).toMatch(/U\+[0-9A-F]{4,6}/)
  })

  test.each([
    ['', 'empty'],
    [' a', 'space'],
    ['a ', 'space'],
    ['e\u0301', 'NFC'],
    ['\u0301a', 'combining mark'],
    ['é'.repeat(129), '256 bytes'],
  ])('is not "%s"', (text, why) => {
    expect(accountIdFault(text)).toContain(why)
  })

  test.each(['a b', 'é', '客户-1', '😀', "o'x", '#1', 'ﬁx', 'User1'])('may be the account id "%s"', (id) => {
    expect(accountIdFault(id)).toBeUndefined()
  })

  test('has one spelling: no two sound texts are equal once normalised or stripped of what does not show', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 12 }), (text) => {
        fc.pre(textFault(text, 256) === undefined)
        expect(text.normalize('NFC')).toBe(text)
        expect(text.replace(/[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}]/gu, '')).toBe(
          text,
        )
        expect(text.trim()).toBe(text)
      }),
    )
  })
})

describe('a symbol (risk.2)', () => {
  test.each(['币安人生', 'ΕΥΡΩ', 'ТОН', 'čáp', '한국', 'BTC-PERP', 'btc:loan:1', '1000币', '٣'])(
    'may be "%s"',
    (symbol) => {
      expect(symbolFault(symbol)).toBeUndefined()
    },
  )

  test.each([
    ['a comma', 'A,B'],
    ['a space', 'A B'],
    ['a quote', 'A"'],
    ['an emoji', '😀'],
    ['a sign of a currency', '€'],
    ['a name of JavaScript', '__proto__'],
    ['Latin and Cyrillic letters', 'ВTC'],
    ['Latin and Greek letters', 'ΑTOM'],
    ['32 bytes', '币'.repeat(11)],
  ])('is not one with %s', (_, symbol) => {
    expect(symbolFault(symbol)).toMatch(/^must /)
  })
})
