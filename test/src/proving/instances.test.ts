import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeInstance, findInstance, loadInstances, takeSnapshot } from '../../../src/proving/index.js'
import { domainSizeOf } from '../../../src/statements/index.js'
import { COUNT, INSTANCE, temporaryFolder, writeCircuits } from '../../helpers/proving-circuits.js'

describe('instances (key.6)', () => {
  let circuitsDir: string
  beforeAll(async () => {
    circuitsDir = await writeCircuits(await temporaryFolder())
  })
  afterAll(() => rm(circuitsDir, { recursive: true }))

  test('are read with their names and the order of their parameters', () => {
    expect(loadInstances({ circuitsDir })).toEqual([{ name: 'product-tiny', ...INSTANCE }])
    expect(Object.keys(findInstance('product-tiny', { circuitsDir }).params)).toEqual(['FACTORS', 'OFFSET'])
  })

  test('an unknown name is an input error that names the known ones', () => {
    expect(() => findInstance('ledger-huge', { circuitsDir })).toThrow(
      expect.objectContaining({
        code: 'INSTANCE_UNKNOWN',
        exitCode: 2,
        hint: 'Known instances: product-tiny.',
      }),
    )
  })

  test('a malformed file is an artifact error that names the field', async () => {
    const broken = await writeCircuits(await temporaryFolder())
    const instance = { ...INSTANCE, template: 'Product(3); component evil = Evil' }
    await writeFile(join(broken, 'instances.json'), JSON.stringify({ 'product-tiny': instance }))
    expect(() => loadInstances({ circuitsDir: broken })).toThrow(
      expect.objectContaining({
        code: 'INSTANCES_FILE',
        exitCode: 3,
        message: expect.stringContaining('template'),
      }),
    )
    await rm(broken, { recursive: true })
  })

  test('are described from the snapshot: 9 constraints, 2 public signals and the one fill 12 of 16 rows', () => {
    expect(describeInstance('product-tiny', { circuitsDir })).toMatchObject({
      constraints: { nonLinear: 5, linear: 4 },
      public: ['product', 'sum'],
      domainSize: 16,
      fill: 12 / 16,
    })
  })

  test('compiling counts what circom says: linear and non-linear apart', async () => {
    expect(await takeSnapshot('product-tiny', { circuitsDir })).toMatchObject(COUNT)
  })

  test.each([
    [13, 2, 16],
    [14, 2, 32],
    [0, 0, 2],
    [65_533, 2, 65_536],
  ])('%i constraints and %i public signals need a domain of %i', (constraints, signals, domain) => {
    expect(domainSizeOf(constraints, signals)).toBe(domain)
  })
})
