import { packBytes, packSlots, type Slot } from '../../src/field/index.js'
import { accountIdDigest } from '../../src/hash/index.js'
import { EpochSecret } from '../../src/venue/epoch-secret.js'
import { says } from '../helpers/says.js'

/** What must not be found, and every form in which it could stand somewhere. */
export interface Mark {
  /** What it is, for a message; never the value itself. */
  what: string
  forms: readonly (string | Buffer)[]
}

/**
 * What is shorter would be found by chance in proofs and keys. (Digits alone count only where they stand by
 * themselves.)
 */
const MIN_TEXT = 5
const MIN_BYTES = 8

/**
 * A whole number: decimal, hexadecimal of either case, base64 of each, and as a word of at least eight bytes,
 * the highest or the lowest first.
 */
export function numberMark(what: string, value: bigint): Mark {
  const hex = value.toString(16)
  const word = hex.padStart(Math.max(2 * MIN_BYTES, hex.length + (hex.length % 2)), '0')
  const bytes = Buffer.from(word, 'hex')
  const texts = [value.toString(), hex, hex.toUpperCase()]
  const words = [word, word.toUpperCase()].map((text) => Buffer.from(text))
  return mark(what, [...texts, ...texts.flatMap(base64s), ...words, bytes, Buffer.from(bytes).reverse()])
}

/** A text: as it is, hexadecimal, base64 and escaped as a URL. */
export function textMark(what: string, text: string): Mark {
  const bytes = Buffer.from(text)
  return mark(what, [text, bytes.toString('hex'), encodeURIComponent(text), ...base64s(text)])
}

/** An exact decimal and the smallest units that it stands for. */
export function amountMarks(what: string, text: string, decimals: number): Mark[] {
  const [whole = '', fraction = ''] = text.split('.')
  const scaled = BigInt(whole + fraction.padEnd(decimals, '0'))
  return [textMark(what, text), numberMark(`${what}, in smallest units`, scaled)]
}

/**
 * An account's identifier and its slots, also as they are packed into field elements and hashed without a
 * salt.
 */
export function accountMarks(id: string, slots: readonly Slot[]): Mark[] {
  return [
    textMark('an identifier', id),
    ...packBytes(Buffer.from(id)).map((field) => numberMark('an identifier, packed', field)),
    numberMark('the digest of an identifier', accountIdDigest(id)),
    ...packSlots(slots).map((field) => numberMark('slots, packed', field)),
  ]
}

/** What opens an epoch: its seed, the blinds of its last state and its totals, and the salts of accounts and of padding. */
export function epochKeyMarks(
  {
    seed,
    opening,
  }: {
    seed: string
    opening: { state: { blind: string }; totalsBlind: string; weightedTotalsBlind: string }
  },
  ids: readonly string[],
): Mark[] {
  const secret = EpochSecret.fromHex(seed)
  return [
    textMark('the seed', seed),
    numberMark('the seed, a number', BigInt(`0x${seed}`)),
    numberMark('the blind of the last state', BigInt(opening.state.blind)),
    numberMark('the blind of the totals', BigInt(opening.totalsBlind)),
    numberMark('the blind of the weighted totals', BigInt(opening.weightedTotalsBlind)),
    ...ids.map((id) => numberMark('a salt', secret.salt(id))),
    ...Array.from({ length: 4 }, (_, i) => numberMark("padding's salt", secret.padding(0, i).salt)),
  ]
}

/** What is found of these marks in some bytes. */
export function marksIn(bytes: Buffer, marks: readonly Mark[]): string[] {
  const starts = startsIn(bytes, marks)
  let text: string | undefined
  const has = (form: string | Buffer) => {
    if (!starts.has(startOf(form))) return false
    if (typeof form !== 'string') return bytes.includes(form)
    text ??= bytes.toString('latin1')
    return says(text, form)
  }
  return marks.filter(({ forms }) => forms.some(has)).map(({ what }) => what)
}

/** The first four bytes of a form, as a number. */
function startOf(form: string | Buffer): number {
  return (typeof form === 'string' ? Buffer.from(form.slice(0, 4), 'latin1') : form).readUInt32BE(0)
}

/**
 * Those starts of forms that stand somewhere in some bytes. One pass tells them: of a thousand forms few
 * start anywhere in a proving key, and no other has to be looked for.
 */
function startsIn(bytes: Buffer, marks: readonly Mark[]): Set<number> {
  const wanted = new Set(marks.flatMap(({ forms }) => forms.map(startOf)))
  const slotOf = (start: number) => Math.imul(start, 0x9e3779b1) >>> 12
  const slots = new Uint8Array(1 << 20)
  for (const start of wanted) slots[slotOf(start)] = 1
  const found = new Set<number>()
  let start = 0
  for (let at = 0; at < bytes.length; at++) {
    start = ((start << 8) | bytes[at]!) >>> 0
    if (at >= 3 && slots[slotOf(start)] === 1 && wanted.has(start)) found.add(start)
  }
  return found
}

function mark(what: string, forms: readonly (string | Buffer)[]): Mark {
  const long = forms.filter((form) => form.length >= (typeof form === 'string' ? MIN_TEXT : MIN_BYTES))
  if (long.length === 0) throw new Error(`${what} is too short to be found`)
  // Bytes are searched as Latin-1 text, in which each is one character.
  return {
    what,
    forms: long.map((form) => (typeof form === 'string' ? Buffer.from(form).toString('latin1') : form)),
  }
}

/**
 * Base64 of a text at each of the three places that it can have in what surrounds it, without the characters
 * that vary.
 */
function base64s(text: string): string[] {
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]).toString('base64')
    const end = (offset + Buffer.byteLength(text)) % 3
    return encoded.replaceAll('=', '').slice([0, 2, 3][offset], end === 0 ? undefined : -1)
  })
}
