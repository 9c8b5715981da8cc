import { textFault } from '../field/index.js'

/** Bytes of one text of a log. */
const MAX_BYTES = 2_000

/**
 * What looks like a secret or like the identifier of an account. Addresses of 20 bytes are public; numbers of
 * 32 bytes are either hashes, which have fields of their own, or keys, salts and commitments, which nobody
 * can tell from hashes.
 */
const NOT_PUBLIC: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN /, 'a key in PEM'],
  [/[^\s@]+@[^\s@]+\.[^\s@]/, 'an address of e-mail, which may name an account, or a password in a URL'],
  [/:\/\/[^\s/]*@/, 'a password in a URL'],
  [/[?&#][^\s=]*(?:key|token|secret|auth|sig)[^\s=]*=/i, 'a key in a URL'],
  [/(?<![0-9A-Fa-f])(?:0x)?[0-9A-Fa-f]{48,}/, 'a long hexadecimal number, which may be a key'],
  [/[0-9]{25,}/, 'a long number, which may be a salt or a secret'],
  [/\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){3,}/, 'the number of a bank account'],
]
/** Runs of letters and digits such as tokens have, and the one kind of them that is public. */
const RUN = /[A-Za-z0-9_-]{28,}/g
const ADDRESS = /^0x[0-9A-Fa-f]{40}$/

/**
 * Why a text may not stand in a log of incidents, which others read: it does not show as it is stored, or
 * something in it looks like a secret or an identifier. A fault repeats nothing of the text. Names of
 * accounts that look like any word pass: see `assertNamesNoAccount`.
 *
 * @example
 * publicTextFault('feed 2 is 14 % off') // undefined
 * publicTextFault('ask jane@example.com') // 'must not hold an address of e-mail, …'
 */
export function publicTextFault(text: string): string | undefined {
  const unseen = textFault(text, MAX_BYTES)
  if (unseen !== undefined) return unseen
  const found = NOT_PUBLIC.find(([pattern]) => pattern.test(text))?.[1]
  const isToken = (run: string) => !ADDRESS.test(run) && /[0-9]/.test(run) && /[A-Za-z]/.test(run)
  const why = found ?? ((text.match(RUN) ?? []).some(isToken) ? 'what looks like a token' : undefined)
  return why === undefined ? undefined : `must not hold ${why}`
}
