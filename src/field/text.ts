import * as z from 'zod'

/**
 * What does not show, or draws elsewhere than it stands: control, format, bidirectional, default-ignorable,
 * private-use and unassigned characters, lone surrogates, ends of lines, and white space other than a plain
 * space.
 */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\u2800]|(?! )\p{Zs}/u
/** The bytes of one packed field element. */
const SYMBOL_BYTES = 31
/** Scripts with letters that look like Latin ones. */
const LIKE_LATIN =
  /[\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}\p{Script=Lisu}]/u
const SYMBOL = /^[\p{L}\p{M}\p{Nd}!#-&(-+\--/:-@[-_{-~]+$/u

/**
 * What keeps a text from being one that people read as it is stored: it must be in Unicode normal form C,
 * with nothing in it that does not show. Letters of different scripts that look alike pass: no rule of this
 * kind tells them apart.
 *
 * @param maxBytes of its UTF-8
 * @returns `undefined` for a sound text, else a predicate such as "must not be empty"; it never repeats the
 * text
 * @example
 * textFault('user\u200b1', 256) // 'must not hold U+200B, which does not show as text'
 */
export function textFault(text: string, maxBytes: number): string | undefined {
  if (text === '') return 'must not be empty'
  if (new TextEncoder().encode(text).length > maxBytes) return `must not be longer than ${maxBytes} bytes`
  const [unseen] = UNSEEN.exec(text) ?? []
  if (unseen !== undefined) {
    const code = unseen.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')
    return `must not hold U+${code}, which does not show as text`
  }
  if (text.trim() !== text) return 'must not start or end with a space'
  if (/^\p{M}/u.test(text)) return 'must not start with a combining mark'
  if (text.normalize('NFC') !== text) return 'must be in Unicode normal form C (NFC)'
  return undefined
}

/** The same for the identifier of an account: what a ledger holds and an inclusion file shows. */
export function accountIdFault(id: string): string | undefined {
  return textFault(id, 256)
}

/** The same for the name of a venue or an epoch. */
export function labelFault(label: string): string | undefined {
  return textFault(label, 64)
}

/** The same for the name of a scenario, which is one packed field element. */
export function scenarioNameFault(name: string): string | undefined {
  return textFault(name, SYMBOL_BYTES)
}

/**
 * The same for a symbol: letters, marks and digits of any script, and ASCII punctuation that no list or CSV
 * file gives a meaning. Latin letters do not stand beside those of a script that looks like Latin.
 */
export function symbolFault(symbol: string): string | undefined {
  const fault = textFault(symbol, SYMBOL_BYTES)
  if (fault !== undefined) return fault
  if (!SYMBOL.test(symbol) || symbol === '__proto__') {
    return 'must be letters, digits, marks and ASCII punctuation without comma, space or quotes'
  }
  if (/\p{Script=Latin}/u.test(symbol) && LIKE_LATIN.test(symbol)) {
    return 'must not mix Latin letters with those of a script that looks like Latin'
  }
  return undefined
}

/** A text that one of these rules has nothing against. */
export function textSchema(fault: (text: string) => string | undefined): z.ZodString {
  return z.string().superRefine((text, context) => {
    const message = fault(text)
    if (message !== undefined) context.addIssue({ code: 'custom', message })
  })
}
