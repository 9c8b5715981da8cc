import type * as z from 'zod'
import { toldName } from './told.js'

type Issue = z.core.$ZodIssue
type RawIssue = z.core.$ZodRawIssue

/** The fault of a value in plain words that repeat no part of the value. */
export interface SchemaFault {
  /** As `instruments[0].mark`; empty for the whole. */
  field: string
  message: string
  hint?: string
}

/** Placeholder message of an issue whose inner issues say more. */
const DEEPER = 'has none of the forms that are allowed here'
/** The most alternatives that a message lists. */
const LISTED = 12

/**
 * A value by a schema, or what is wrong with it first. A schema's own words are kept; where it has none, the
 * fault says what to write.
 *
 * @example
 * const read = bySchema(z.strictObject({ ratio: z.string() }), { ratio: 1 })
 * // { fault: { field: 'ratio', message: 'has to be text in quotes, not a number' } }
 */
export function bySchema<S extends z.ZodType>(
  schema: S,
  value: unknown,
): { data: z.output<S>; fault?: never } | { fault: SchemaFault } {
  const result = schema.safeParse(value, { error: words })
  if (result.success) return { data: result.data }
  const issues = closest(result.error.issues)
  // A file of another kind has every fault there can be: its kind is the one to speak of.
  const kind = issues.find(({ path }) => path.length === 1 && path[0] === 'schema')
  const { path, message } = kind ?? issues[0]!
  const more = kind === undefined && issues.length > 1 ? ` (and ${issues.length - 1} more)` : ''
  return {
    fault: {
      field: fieldPath(path),
      message: message + more,
      ...(kind === undefined ? {} : { hint: kindHint(kind, value) }),
    },
  }
}

function kindHint({ message }: Issue, value: unknown): string {
  const family = /"([^"]*\/)[^"/]*"/.exec(message)?.[1]
  const { schema } = value as { schema?: unknown }
  return family !== undefined && typeof schema === 'string' && schema.startsWith(family)
    ? 'The file is of the right kind, but of a version that this program does not read: make it again.'
    : 'This is another kind of file: look at which one the command asks for here.'
}

/**
 * Issues with those of the alternative that comes closest in the place of every union, and of what stands in
 * a key or an element.
 */
function closest(issues: readonly Issue[], before: readonly PropertyKey[] = []): Issue[] {
  return issues.flatMap((issue) => {
    const path = [...before, ...issue.path]
    if (issue.code === 'unrecognized_keys') return [{ ...issue, path: [...path, issue.keys[0]!] }]
    if (issue.message !== DEEPER) return [{ ...issue, path }]
    if (issue.code === 'invalid_key' || issue.code === 'invalid_element') return closest(issue.issues, path)
    if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ ...issue, path }]
    const alternatives = issue.errors.map((errors) => closest(errors))
    const rooted = alternatives.every((all) => all.some(isOther))
    if (rooted) {
      const forms = new Set(alternatives.map((all) => formOf(all.find(isOther)!)))
      return [{ ...issue, path, message: `has to be ${either([...forms])}` }]
    }
    const distances = alternatives.map(distance)
    const nearest = alternatives[distances.indexOf(Math.min(...distances))]!
    return nearest.map((each) => ({ ...each, path: [...path, ...each.path] }))
  })
}

/** Whether an issue says that a value is of another type altogether. */
function isOther({ path, code }: Issue): boolean {
  return path.length === 0 && (code === 'invalid_type' || code === 'invalid_value')
}

/**
 * How far a value is from an alternative: of another type altogether, then with another name where
 * alternatives are told apart, then without its fields or with others, then with faults inside of them.
 */
function distance(issues: readonly Issue[]): number {
  if (issues.some(isOther)) return Number.MAX_SAFE_INTEGER
  const far = ({ code, path }: Issue) => (path.length > 1 ? 1 : code === 'invalid_value' ? 10_000 : 100)
  return issues.reduce((sum, issue) => sum + far(issue), 0)
}

function formOf(issue: Issue): string {
  if (issue.code === 'invalid_type') return typeName(issue.expected)
  return issue.code === 'invalid_value' ? either(issue.values.map(literal)) : 'something else'
}

/** Default message of a schema for a value. */
function words(issue: RawIssue): string {
  const missing = issue.input === undefined ? 'is missing, and ' : ''
  switch (issue.code) {
    case 'invalid_type':
      return missing === ''
        ? `has to be ${typeName(issue.expected)}, not ${typeOf(issue.input)}`
        : `${missing}has to be ${typeName(issue.expected)}`
    case 'invalid_value':
      return `${missing}has to be ${either(issue.values.map(literal))}`
    case 'too_big':
      return `has to ${amount(issue.origin, issue.maximum, issue.exact ? 'exactly' : issue.inclusive === false ? 'less than' : 'at most')}`
    case 'too_small':
      return `has to ${amount(issue.origin, issue.minimum, issue.exact ? 'exactly' : issue.inclusive === false ? 'more than' : 'at least')}`
    case 'not_multiple_of':
      return `has to be a multiple of ${issue.divisor}`
    case 'invalid_format':
      return issue.format === 'regex'
        ? `has to be written as ${issue.pattern} says`
        : `is not of the form "${issue.format}"`
    case 'unrecognized_keys':
      return `is no field that is known here${issue.keys.length > 1 ? `, as ${issue.keys.length - 1} more` : ''}: correct its name, or remove it`
    case 'invalid_union':
      if (missing !== '') return 'is missing'
      return Array.isArray(issue.options) ? `has to be ${either(issue.options.map(literal))}` : DEEPER
    case 'invalid_key':
    case 'invalid_element':
      return DEEPER
    default:
      return `${missing}is not valid here`
  }
}

const TYPES: Record<string, string> = {
  string: 'text in quotes',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list in square brackets',
  tuple: 'a list in square brackets',
  object: 'an object in braces',
  record: 'an object in braces',
  null: 'null',
  never: 'left out',
}

function typeName(expected: string): string {
  return TYPES[expected] ?? `a ${expected}`
}

/** The kind of a value, never the value. */
function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'number') return Number.isInteger(value) ? 'a number' : 'a number with a fraction'
  return { string: 'text', boolean: 'true or false', object: 'an object' }[typeof value as string] ?? 'this'
}

function amount(origin: string, limit: number | bigint, comparison: string): string {
  if (origin === 'string') return `have ${comparison} ${count(limit, 'character')}`
  if (origin === 'array' || origin === 'set' || origin === 'map')
    return `have ${comparison} ${count(limit, 'entry')}`
  if (origin === 'object') return `have ${comparison} ${count(limit, 'field')}`
  return `be ${comparison} ${limit}`
}

function count(limit: number | bigint, noun: 'character' | 'entry' | 'field'): string {
  if (Number(limit) === 1) return `one ${noun}`
  return `${limit} ${noun === 'entry' ? 'entries' : `${noun}s`}`
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : String(value)
}

function either(forms: readonly string[]): string {
  if (forms.length > LISTED)
    return `one of ${forms.slice(0, LISTED).join(', ')} and ${forms.length - LISTED} more`
  return forms.length < 2 ? (forms[0] ?? 'left out') : `${forms.slice(0, -1).join(', ')} or ${forms.at(-1)}`
}

/**
 * `['instruments', 0, 'mark']` as `instruments[0].mark`; a name that is no plain word stands in quotes, one
 * that is a number for `…`.
 */
function fieldPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((sum, part) => {
    if (typeof part === 'number') return `${sum}[${part}]`
    const name = toldName(String(part))
    if (!/^[\w$-]+$/.test(name)) return `${sum}[${JSON.stringify(name)}]`
    return sum ? `${sum}.${name}` : name
  }, '')
}
