import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { jsonSchemas } from '../../../scripts/make-schemas.js'
import { bytesSource, readPublishedTable } from '../../../src/bundle/index.js'
import { parseReserves } from '../../../src/reserves/index.js'
import { formatRiskTable, parseRiskTable } from '../../../src/risk/index.js'

const START = new URL('../../../examples/start/', import.meta.url)
const text = (name: string) => readFileSync(new URL(name, START), 'utf8')

test('a file may name the schema that an editor checks it by, and it changes nothing (cli.34)', () => {
  const table = parseRiskTable(text('risk.json'), 'risk.json')
  expect(formatRiskTable(table)).not.toContain('$schema')
  const { $schema, ...bare } = JSON.parse(text('risk.json'))
  expect($schema).toBe('./schemas/risk-table.schema.json')
  expect(parseRiskTable(JSON.stringify(bare), 'risk.json')).toEqual(table)
  expect(parseReserves(text('reserves.json'), table, 'reserves.json').reserves[0]).toBe(200_000_000n)
  const wrong = JSON.stringify({ ...bare, $schema: 7 })
  expect(() => parseRiskTable(wrong, 'risk.json')).toThrow(expect.objectContaining({ code: 'JSON_SCHEMA' }))
})

test('no file that is published has it (cli.34, epoch.4)', async () => {
  const table = formatRiskTable(parseRiskTable(text('risk.json'), 'risk.json'))
  const named = JSON.stringify({ $schema: 'x', ...JSON.parse(table) }, null, 2)
  await expect(
    readPublishedTable(bytesSource({ 'risk.json': `${named}\n` }), 'risk.json'),
  ).rejects.toMatchObject({
    code: 'FILE_CANONICAL',
  })
})

test('every file that init writes names a schema that ships (cli.34)', () => {
  for (const name of ['risk.json', 'reserves.json', 'policy.json', 'stress.json']) {
    const { $schema } = JSON.parse(text(name))
    expect(
      Object.keys(jsonSchemas()).map((file) => `./schemas/${file}`),
      name,
    ).toContain($schema)
  }
})
