import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { InputError } from '../../../src/errors/index.js'
import { readJsonFile } from '../../../src/files/index.js'
import { parseJson, parseJsonAs } from '../../../src/schema/index.js'

const codeOf = (text: string): string => {
  try {
    parseJson(text, 'f')
  } catch (error) {
    if (error instanceof InputError) return `${error.code} ${error.where}`
    throw error
  }
  return 'accepted'
}

describe('strict JSON (cli.7)', () => {
  test('reads every value that JSON.stringify writes, laid out in any way, as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent)
        fc.pre(!text.includes('__proto__'))
        expect(parseJson(text, 'f')).toEqual(JSON.parse(text))
      }),
      { numRuns: 500 },
    )
  })

  test('refuses what JSON.parse refuses', () => {
    fc.assert(
      fc.property(
        fc.jsonValue().map((value) => JSON.stringify(value)),
        fc.nat(),
        fc.constantFrom('', '"', '{', ']', ',', ':', '\\', '0', '-', '.', 'e', 'x', '\u0001', '\u00a0', '\n'),
        (text, place, change) => {
          const at = place % (text.length + 1)
          const mutated = text.slice(0, at) + change + text.slice(at + 1)
          let valid = true
          try {
            JSON.parse(mutated)
          } catch {
            valid = false
          }
          if (!valid) expect(codeOf(mutated)).not.toBe('accepted')
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('F02: refuses a key given twice, however it is spelt, and says where', () => {
    expect(codeOf('{"a":1,\n "a":2}')).toBe('JSON_DUPLICATE_KEY f:2:2')
    expect(codeOf('{"a":1,"\\u0061":2}')).toBe('JSON_DUPLICATE_KEY f:1:8')
    expect(codeOf('[{"x":{"b":1,"c":2,"b":3}}]')).toBe('JSON_DUPLICATE_KEY f:1:20')
    expect(codeOf('{"a":{"a":1},"b":{"a":1}}')).toBe('accepted')
    expect(codeOf('{"toString":1,"constructor":2}')).toBe('accepted')
  })

  test('F02: refuses the key __proto__, however it is spelt', () => {
    expect(codeOf('{"__proto__":{"admin":true}}')).toBe('JSON_FORBIDDEN_KEY f:1:2')
    expect(codeOf('{"\\u005f_proto__":1}')).toBe('JSON_FORBIDDEN_KEY f:1:2')
  })

  test('F02: refuses nesting deeper than 64, without overflowing the stack on a bomb', () => {
    expect(codeOf('['.repeat(64) + ']'.repeat(64))).toBe('accepted')
    expect(codeOf('['.repeat(65) + ']'.repeat(65))).toBe('JSON_DEPTH f:1:65')
    expect(codeOf('[{"a":'.repeat(1_000_000))).toMatch(/^JSON_DEPTH/)
  })

  test('refuses more values than a table can have before it says what is wrong with each', () => {
    const list = (values: number) => `[${'0,'.repeat(values - 1)}0]`
    expect(parseJson(list(2 ** 20 - 1), 'x.json')).toHaveLength(2 ** 20 - 1)
    expect(() => parseJson(list(2 ** 20), 'x.json')).toThrow(expect.objectContaining({ code: 'JSON_SIZE' }))
    expect(parseJson('[1,2,3]', 'x.json', 4)).toEqual([1, 2, 3])
    expect(() => parseJson('[1,2,3]', 'x.json', 3)).toThrow('more than the 3 values allowed')
  })

  test('reads strings of many megabytes', () => {
    const long = 'a\\"'.repeat(2_000_000)
    expect((parseJson(`["${long}"]`, 'f') as string[])[0]).toHaveLength(4_000_000)
  })

  test.each(['9007199254740993', '1767225600.00000000001', '1e400', '-0', '1.0', '0.1000'])(
    'refuses the number %s, which would be read as another or written otherwise',
    (number) => {
      expect(codeOf(`{"a": ${number}}`)).toBe('JSON_NUMBER f:1:7')
    },
  )

  test('skips a byte order mark', () => {
    expect(parseJson('\ufeff{"a":1}', 'f')).toEqual({ a: 1 })
  })
})

describe('JSON files (cli.5, cli.7)', () => {
  const schema = z.strictObject({ rows: z.array(z.strictObject({ amount: z.string(), count: z.int() })) })
  let folder: string
  const write = async (content: string | Uint8Array): Promise<string> => {
    const path = join(folder, 'file.json')
    await writeFile(path, content)
    return path
  }
  const failure = async (content: string | Uint8Array, maxBytes?: number): Promise<InputError> => {
    const path = await write(content)
    const error = await readJsonFile(path, schema, maxBytes === undefined ? {} : { maxBytes }).catch((e) => e)
    expect(error).toBeInstanceOf(InputError)
    return error
  }
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plimsoll-test-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  test('returns what the schema makes of them', async () => {
    const path = await write('{"rows":[{"amount":"1","count":2}]}')
    await expect(readJsonFile(path, schema)).resolves.toEqual({ rows: [{ amount: '1', count: 2 }] })
  })

  test('name file and field of what does not fit, and never the value (privacy.7)', async () => {
    const error = await failure('{"rows":[{"amount":"1","count":1},{"amount":770077,"count":"880088"}]}')
    expect(error.code).toBe('JSON_SCHEMA')
    expect(error.where).toBe(`${join(folder, 'file.json')}: rows[1].amount`)
    expect(error.message).toContain('and 1 more')
    expect(JSON.stringify(error)).not.toMatch(/770077|880088/)
  })

  test('are refused with missing or unknown fields', async () => {
    expect((await failure('{"rows":[{"amount":"1"}]}')).where).toMatch(/rows\[0\]\.count$/)
    expect((await failure('{"rows":[],"extra":1}')).code).toBe('JSON_SCHEMA')
  })

  test('F10: are refused above the size limit, before they are read', async () => {
    expect((await failure('{"rows":[]}', 10)).code).toBe('JSON_SIZE')
  })

  test('are refused when they are not UTF-8', async () => {
    expect((await failure(Uint8Array.from([0x22, 0xff, 0x22]))).code).toBe('JSON_ENCODING')
  })

  test('never quote the text of a syntax error (privacy.7)', async () => {
    const error = await failure('{"rows": 990099 990099}')
    expect(error.code).toBe('JSON_SYNTAX')
    expect(JSON.stringify(error)).not.toContain('990099')
  })

  test('never repeat a number that stands in the place of a name (privacy.7)', () => {
    const said = (text: string): string => {
      try {
        parseJsonAs(text, schema, 'f')
      } catch (error) {
        if (error instanceof InputError) return JSON.stringify(error)
      }
      throw new Error('it is accepted')
    }
    for (const number of ['990099', '-990099.5', '990,099', '0x990099', '990099e2']) {
      expect(said(`{"rows":[],"${number}":1}`)).toMatch(/^(?!.*990).*JSON_SCHEMA/)
      expect(said(`{"${number}":1,"${number}":1}`)).toMatch(/^(?!.*990).*JSON_DUPLICATE_KEY/)
    }
    expect(said('{"T990099":1,"T990099":1}'), 'a name is repeated').toContain('T990099')
  })

  test('are refused when missing or a folder', async () => {
    await expect(readJsonFile(join(folder, 'none.json'), schema)).rejects.toMatchObject({
      code: 'FILE_ACCESS',
    })
    await expect(readJsonFile(folder, schema)).rejects.toMatchObject({ code: 'FILE_ACCESS', exitCode: 2 })
  })
})
