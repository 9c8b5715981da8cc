import { InputError } from '../errors/index.js'
import { toldName } from './told.js'

const MAX_DEPTH = 64
/** Values of one document: more than any table has that can be proven, few enough to say what is wrong. */
const MAX_VALUES = 2 ** 20
const SPACE = /[\t\n\r ]*/y
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const WORD = /true|false|null/y

/**
 * Parses JSON and refuses what `JSON.parse` takes in silence: a key given twice in one object (it keeps the
 * last), the key `__proto__`, nesting deeper than 64, more values than are allowed, and a number that would
 * be read as another number. A leading byte order mark is skipped. Messages give line and column and never
 * quote the text.
 *
 * @param where the file's name, for messages
 * @param maxValues values of the document at most (default: 2^20)
 * @throws {InputError} `JSON_SYNTAX`, `JSON_DUPLICATE_KEY`, `JSON_FORBIDDEN_KEY`, `JSON_DEPTH`, `JSON_SIZE`,
 * `JSON_NUMBER`
 */
export function parseJson(text: string, where: string, maxValues = MAX_VALUES): unknown {
  let at = text.startsWith('\ufeff') ? 1 : 0

  const fail = (code: string, message: string, hint?: string): never => {
    const before = text.slice(0, at)
    const line = before.split('\n').length
    const column = at - before.lastIndexOf('\n')
    throw new InputError(code, message, { where: `${where}:${line}:${column}`, ...(hint ? { hint } : {}) })
  }
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0]
    at += found?.length ?? 0
    return found
  }
  const next = (): string => {
    take(SPACE)
    return text.charAt(at)
  }
  const expect = (mark: string): void => {
    if (next() !== mark) fail('JSON_SYNTAX', `not valid JSON: "${mark}" expected here`)
    at++
  }
  const string = (): string => {
    if (next() !== '"') return fail('JSON_SYNTAX', 'not valid JSON: a string expected here')
    let end = at
    do end = text.indexOf('"', end + 1)
    while (end !== -1 && isEscaped(text, end))
    try {
      const parsed = JSON.parse(end === -1 ? '' : text.slice(at, end + 1)) as string
      at = end + 1
      return parsed
    } catch {
      return fail('JSON_SYNTAX', 'not valid JSON: a malformed string')
    }
  }
  const number = (): number => {
    const start = at
    const literal = take(NUMBER)
    if (literal === undefined) return fail('JSON_SYNTAX', 'not valid JSON: a value expected here')
    const value = Number(literal)
    if (String(value) !== literal) {
      at = start
      fail(
        'JSON_NUMBER',
        'a number that would not be read as it is written',
        'Write amounts as decimal strings in quotes, and counts as plain integers.',
      )
    }
    return value
  }
  /** The members between two brackets, `member` reading one. */
  const members = (close: string, depth: number, member: () => void): void => {
    if (depth > MAX_DEPTH) fail('JSON_DEPTH', `nested deeper than ${MAX_DEPTH}`)
    at++
    if (next() === close) {
      at++
      return
    }
    for (;;) {
      member()
      if (next() !== ',') break
      at++
    }
    expect(close)
  }
  let values = 0
  const value = (depth: number): unknown => {
    const mark = next()
    if (++values > maxValues) fail('JSON_SIZE', `more than the ${maxValues} values allowed`)
    if (mark === '"') return string()
    if (mark === '[') {
      const list: unknown[] = []
      members(']', depth, () => list.push(value(depth + 1)))
      return list
    }
    if (mark === '{') {
      const object: Record<string, unknown> = {}
      members('}', depth, () => {
        next()
        const start = at
        const key = string()
        const refused = key === '__proto__' ? 'JSON_FORBIDDEN_KEY' : 'JSON_DUPLICATE_KEY'
        if (key === '__proto__' || Object.hasOwn(object, key)) {
          at = start
          fail(
            refused,
            `the key ${JSON.stringify(toldName(key))} is ${key === '__proto__' ? 'not allowed' : 'given twice'}`,
          )
        }
        expect(':')
        object[key] = value(depth + 1)
      })
      return object
    }
    const word = take(WORD)
    return word === undefined ? number() : (JSON.parse(word) as unknown)
  }

  const parsed = value(1)
  if (next() !== '') fail('JSON_SYNTAX', 'not valid JSON: more text after its end')
  return parsed
}

/** Whether an odd number of backslashes stands before a position. */
function isEscaped(text: string, position: number): boolean {
  let first = position
  while (text[first - 1] === '\\') first--
  return (position - first) % 2 === 1
}
