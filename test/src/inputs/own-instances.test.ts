import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readOwnInstances } from '../../../src/inputs/index.js'
import { temporaryFolder } from '../../helpers/cli.js'

const file = join(temporaryFolder(), 'plimsoll.instances.json')
const PARAMS = { ACCOUNTS: 20, SLOTS: 16, SCENARIOS: 1, PLEDGED: 9 }
const NAME = 'ledger-own-20-16-1-9'
const OWN = { statement: 'ledger', params: PARAMS }
const read = (content: unknown) => {
  writeFileSync(file, JSON.stringify(content))
  return readOwnInstances(file)
}

describe("a file of a project's own sizes (key.11)", () => {
  test('is read with the circuit, template and signals of each statement', async () => {
    const solvency = { SPOTS: 3, DERIVATIVES: 0, TIERS: 4, SCENARIOS: 1 }
    const own = await read({
      [NAME]: OWN,
      'solvency-own-3-0-4-1': { statement: 'solvency', params: solvency },
    })
    expect(own.map(({ name, file, params }) => [name, file, params])).toEqual([
      [NAME, 'ledger.circom', PARAMS],
      ['solvency-own-3-0-4-1', 'solvency.circom', solvency],
    ])
    expect(await read({})).toEqual([])
  })

  test.each([
    [
      'a size beyond a bound',
      { [NAME]: { ...OWN, params: { ...PARAMS, SLOTS: 12 } } },
      'INSTANCE_SIZE',
      `: ${NAME}: params.SLOTS`,
      /one of 4, 16, 64, 256, 1024/,
    ],
    [
      'a size that is missing',
      { [NAME]: { ...OWN, params: { ACCOUNTS: 20 } } },
      'INSTANCE_SIZE',
      `: ${NAME}: params.SLOTS`,
      /is missing/,
    ],
    [
      'a size of another statement',
      { [NAME]: { ...OWN, params: { ...PARAMS, SPOTS: 4 } } },
      'INSTANCE_SIZE',
      `: ${NAME}: params.SPOTS`,
      /no size of ledger/,
    ],
    [
      'a name that says more than its sizes',
      { 'ledger-own-40-16-1-9': OWN },
      'INSTANCE_NAME',
      ': ledger-own-40-16-1-9',
      /not the name of its sizes/,
    ],
    [
      'the name of a shipped instance',
      { 'ledger-16-16': OWN },
      'INSTANCE_NAME',
      ': ledger-16-16',
      /not the name of its sizes/,
    ],
    [
      'a name of another statement',
      { 'margin-own-20-16-1-9': OWN },
      'INSTANCE_NAME',
      ': margin-own-20-16-1-9',
      /not the name/,
    ],
    [
      'an unknown statement',
      { [NAME]: { ...OWN, statement: 'reserves' } },
      'JSON_SCHEMA',
      `: ${NAME}.statement`,
      /ledger/,
    ],
    [
      'a circuit of its own',
      { [NAME]: { ...OWN, file: 'evil.circom' } },
      'JSON_SCHEMA',
      `: ${NAME}.file`,
      /no field/,
    ],
    [
      'a template of its own',
      { [NAME]: { ...OWN, template: 'Evil' } },
      'JSON_SCHEMA',
      `: ${NAME}.template`,
      /no field/,
    ],
    [
      'a size in quotes',
      { [NAME]: { ...OWN, params: { ...PARAMS, ACCOUNTS: '20' } } },
      'JSON_SCHEMA',
      `: ${NAME}.params.ACCOUNTS`,
      /number|whole/,
    ],
    [
      'a negative size',
      { [NAME]: { ...OWN, params: { ...PARAMS, ACCOUNTS: -20 } } },
      'JSON_SCHEMA',
      `: ${NAME}.params.ACCOUNTS`,
      /./,
    ],
    ['a list', [OWN], 'JSON_SCHEMA', '', /./],
  ])('%s is refused where it stands', async (_, content, code, place, says) => {
    await expect(read(content)).rejects.toMatchObject({
      ...{ code, exitCode: 2, where: `${file}${place}` },
      what: expect.stringMatching(says),
    })
  })

  test('the same instance twice is refused with its line', async () => {
    writeFileSync(file, `{\n"${NAME}": ${JSON.stringify(OWN)},\n"${NAME}": ${JSON.stringify(OWN)}}`)
    await expect(readOwnInstances(file)).rejects.toMatchObject({ code: 'JSON_DUPLICATE_KEY', exitCode: 2 })
  })
})
