import { expect, test } from 'vitest'
import * as z from 'zod'
import { jsonSchemas } from '../../../scripts/make-schemas.js'
import { checkReserves, summaryFrom } from '../../../src/reserves/index.js'
import { madeUpEvidence } from '../../helpers/evidence.js'

const schemas = jsonSchemas()

/** A file's JSON, read by the schema that ships for it, as another program would. */
function readBy(name: string, value: unknown): z.ZodSafeParseResult<unknown> {
  return z.fromJSONSchema(JSON.parse(schemas[`reserves-${name}.schema.json`]!)).safeParse(value)
}

test('the schemas that ship take the files of evidence, and neither one with a field too few nor too many (reserves.16)', async () => {
  const { folder } = await madeUpEvidence()
  const table = { sha256: 'ab'.repeat(32), instruments: [{ symbol: 'ETH', decimals: 8 }] }
  const files: [name: string, value: object][] = [
    ...(['addresses', 'challenge', 'tokens'] as const).map((name): [string, object] => [
      name,
      JSON.parse(folder.text(`${name}.json`)),
    ]),
    ...folder
      .text('evidence.jsonl')
      .trimEnd()
      .split('\n')
      .map((line): [string, object] => ['evidence-line', JSON.parse(line)]),
    ['summary', summaryFrom(await checkReserves(folder), table, ['proven'])],
  ]
  expect(files.length).toBeGreaterThan(6)
  for (const [name, value] of files) {
    expect(readBy(name, value).error, name).toBeUndefined()
    expect(readBy(name, { ...value, more: 1 }).success, name).toBe(false)
    for (const field of Object.keys(value).filter((each) => each !== 'accountsRoot')) {
      expect(readBy(name, { ...value, [field]: undefined }).success, `${name} without ${field}`).toBe(false)
    }
  }
})
