import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { proofFileSchema } from '../../../src/bundle/schema.js'
import { manifestSchema } from '../../../src/epoch/manifest-schema.js'
import { marginPurposeSchema } from '../../../src/margin/purpose.js'
import { bySchema } from '../../../src/schema/index.js'
import { policySchema } from '../../../src/statements/index.js'

const SRC = fileURLToPath(new URL('../../../src', import.meta.url))
const told = (schema: z.ZodType, value: unknown): string => {
  const { fault } = bySchema(schema, value)
  return fault === undefined ? 'accepted' : `${fault.field}: ${fault.message}`
}

/** By code of zod: a schema, a value that it refuses, and what a person is told. */
const FAULTS: [code: string, schema: z.ZodType, value: unknown, told: string][] = [
  ['invalid_type', z.string(), 4711, ': has to be text in quotes, not a number'],
  ['invalid_type', z.int(), 1.5, ': has to be a whole number, not a number with a fraction'],
  [
    'invalid_type',
    z.strictObject({ a: z.array(z.number()) }),
    {},
    'a: is missing, and has to be a list in square brackets',
  ],
  ['invalid_type', z.object({ a: z.boolean() }), { a: 'secret' }, 'a: has to be true or false, not text'],
  ['invalid_value', z.enum(['long', 'short']), 'secret', ': has to be "long" or "short"'],
  ['invalid_value', z.strictObject({ a: z.literal(true) }), {}, 'a: is missing, and has to be true'],
  ['too_big', z.number().max(18), 19, ': has to be at most 18'],
  ['too_big', z.number().lt(18), 18, ': has to be less than 18'],
  ['too_big', z.string().max(3), 'secret', ': has to have at most 3 characters'],
  ['too_small', z.array(z.string()).min(1), [], ': has to have at least one entry'],
  ['too_small', z.string().length(2), 'x', ': has to have exactly 2 characters'],
  ['not_multiple_of', z.number().multipleOf(5), 7, ': has to be a multiple of 5'],
  ['invalid_format', z.url(), 'secret', ': is not of the form "url"'],
  ['invalid_format', z.string().regex(/^a$/), 'secret', ': has to be written as /^a$/ says'],
  ['invalid_format', z.string().regex(/^a$/, 'has to be an a'), 'secret', ': has to be an a'],
  [
    'unrecognized_keys',
    z.strictObject({}),
    { b: 1 },
    'b: is no field that is known here: correct its name, or remove it',
  ],
  [
    'unrecognized_keys',
    z.strictObject({}),
    { b: 1, c: 2 },
    'b: is no field that is known here, as 1 more: correct its name, or remove it',
  ],
  [
    'invalid_key',
    z.record(z.string().max(1), z.number()),
    { long: 1 },
    'long: has to have at most one character',
  ],
  [
    'invalid_element',
    z.map(z.any(), z.array(z.string())),
    new Map([[{}, [7]]]),
    '[0]: has to be text in quotes, not a number',
  ],
  ['invalid_union', z.union([z.string(), z.number()]), true, ': has to be text in quotes or a number'],
  ['invalid_union', z.strictObject({ a: z.union([z.string(), z.null()]) }), {}, 'a: is missing'],
  [
    'invalid_union',
    z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') })]),
    { kind: 'secret' },
    'kind: has to be "a"',
  ],
  ['custom', z.string().refine(() => false), 'secret', ': is not valid here'],
  ['custom', z.string().refine(() => false, 'must be increasing'), 'secret', ': must be increasing'],
]

describe('a file that a schema refuses is told in plain words (cli.5)', () => {
  test.each(FAULTS)('%s, case %#', (code, schema, value, words) => {
    expect(schema.safeParse(value).error!.issues[0]!.code).toBe(code)
    expect(told(schema, value)).toBe(words)
  })

  test('every code that there is has words', () => {
    const text = readFileSync(join(SRC, '../node_modules/zod/v4/core/errors.d.ts'), 'utf8')
    const codes = [...text.matchAll(/readonly code: "(\w+)"/g)].map(([, code]) => code!)
    expect(codes.length).toBeGreaterThan(8)
    expect(codes.filter((code) => !FAULTS.some(([known]) => known === code))).toEqual([])
  })

  test('of alternatives the one that comes closest is spoken of', () => {
    const schema = 'plimsoll/margin-purpose/1'
    const reader = { name: 'Desk', purpose: 'line' }
    expect(told(marginPurposeSchema, { schema, reader: { name: 'Desk' } })).toMatch(
      /^reader\.purpose: is missing/,
    )
    expect(told(marginPurposeSchema, { schema, reader, extra: 1 })).toMatch(/^extra: is no field/)
    expect(told(marginPurposeSchema, { schema, gate: { chainId: 1 } })).toMatch(/^gate\.chainId: /)
  })

  test('a file of another kind is told apart from one of another version', () => {
    const kind = bySchema(marginPurposeSchema, { schema: 'plimsoll/policy/1', instruments: {} }).fault
    expect(kind).toMatchObject({ field: 'schema', hint: expect.stringContaining('another kind of file') })
    expect(kind!.message).toContain('"plimsoll/margin-purpose/1"')
    const version = bySchema(marginPurposeSchema, { schema: 'plimsoll/margin-purpose/0' }).fault
    expect(version).toMatchObject({ field: 'schema', hint: expect.stringContaining('make it again') })
  })

  test('a name that is no plain word stands in quotes', () => {
    expect(told(z.record(z.string(), z.string()), { 'a.b\nVALID': 1 })).toMatch(/^\["a\.b\\nVALID"\]: /)
  })

  test('no value is ever repeated (privacy.7)', () => {
    const schemas = [
      marginPurposeSchema,
      manifestSchema,
      proofFileSchema,
      policySchema,
      ...FAULTS.map(([, schema]) => schema),
    ]
    const marked = fc.oneof(fc.constant('MARK4711'), fc.constant(4711471147), fc.constant('0x4711471147'))
    const value = fc.letrec((tie) => ({
      any: fc.oneof(marked, fc.array(tie('any'), { maxLength: 3 }), tie('object')),
      object: fc.dictionary(fc.constantFrom('schema', 'gate', 'reader', 'name', 'kind', 'a'), tie('any')),
    })).any
    fc.assert(
      fc.property(fc.constantFrom(...schemas), value, (schema, value) => {
        expect(JSON.stringify(bySchema(schema, value).fault ?? '')).not.toContain('4711')
      }),
      { seed: 5, numRuns: 500 },
    )
  })

  test('a name of any length is told by its beginning, and one that is a number by none of its digits', () => {
    const faultOf = (name: string) => bySchema(z.record(z.string(), z.string()), { [name]: 1 }).fault!.field
    expect(faultOf('x'.repeat(201))).toBe(`["${'x'.repeat(40)}…"]`)
    expect(faultOf('7'.repeat(201))).toBe('["…"]')
    expect(faultOf('x'.repeat(200))).toBe('x'.repeat(200))
  })

  test('every pattern of a schema says in words what to write', () => {
    const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    )
    const silent = files.filter((file) =>
      /\.regex\(\s*(?:\/[^\n]*\/u?|\w+)\s*\)/.test(readFileSync(join(SRC, file), 'utf8')),
    )
    expect(silent).toEqual([])
  })
})
