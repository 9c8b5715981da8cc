import { describe, expect, test } from 'vitest'
import type { InputError } from '../../../../src/errors/index.js'
import { sha256Text } from '../../../../src/schema/index.js'
import {
  FULL_RESERVES,
  formatPolicy,
  type PolicyFile,
  policySchema,
  resolveWaterfall,
  solvencyContext,
} from '../../../../src/statements/index.js'

const table = { valueDecimals: 4 }
const withWaterfall = (waterfall: unknown) => policySchema.parse({ ...FULL_RESERVES, waterfall })
const failure = (policy: PolicyFile): InputError => {
  try {
    resolveWaterfall(policy, table)
  } catch (error) {
    return error as InputError
  }
  throw new Error('nothing was refused')
}

describe('the waterfall of a policy (solvency.13)', () => {
  test('is the insurance fund alone, to cover two accounts, when none is named', () => {
    expect(resolveWaterfall(FULL_RESERVES, table)).toEqual({ layers: [{ layer: 'insurance' }], cover: 2 })
  })

  test('has layers in order, caps in units of value, and how many accounts it covers', () => {
    const policy = withWaterfall({ order: ['capital', 'insurance'], caps: { capital: '250.5' }, cover: 3 })
    expect(resolveWaterfall(policy, table)).toEqual({
      layers: [{ layer: 'capital', cap: 2_505_000n }, { layer: 'insurance' }],
      cover: 3,
    })
  })

  test.each([
    ['a layer twice', { order: ['capital', 'capital'] }],
    ['a layer that there is none of', { order: ['treasury'] }],
    ['a cap on such a layer', { order: ['capital'], caps: { treasury: '1' } }],
    ['a number for a cap', { order: ['capital'], caps: { capital: 1 } }],
    ['no order', { cover: 2 }],
    ['no account to cover', { order: ['capital'], cover: 0 }],
    ['a part of an account to cover', { order: ['capital'], cover: 1.5 }],
    ['an unknown field', { order: ['capital'], first: 'capital' }],
  ])('is refused with %s', (_, waterfall) => {
    expect(policySchema.safeParse({ ...FULL_RESERVES, waterfall }).success).toBe(false)
  })

  test.each([
    ['a cap on a layer that does not count', { caps: { mutual: '1' } }, 'POLICY_WATERFALL', 'mutual'],
    ['a negative cap', { caps: { capital: '-1' } }, 'DECIMAL_SIGN', 'capital'],
    ['a cap finer than any value', { caps: { capital: '0.00001' } }, 'DECIMAL_PRECISION', 'capital'],
    ['a cap with an exponent', { caps: { capital: '1e9' } }, 'DECIMAL_SYNTAX', 'capital'],
  ])('is refused with %s, and the field is named', (_, more, code, layer) => {
    const policy = withWaterfall({ order: ['insurance', 'capital'], ...more })
    expect(failure(policy)).toMatchObject({ code, where: `policy: waterfall.caps.${layer}` })
  })

  test('is bound whole into the context of the proof: order, caps and cover (solvency.8)', () => {
    const policies = [
      FULL_RESERVES,
      withWaterfall({ order: [] }),
      withWaterfall({ order: ['insurance', 'capital'] }),
      withWaterfall({ order: ['capital', 'insurance'] }),
      withWaterfall({ order: ['insurance', 'capital'], caps: { capital: '5' } }),
      withWaterfall({ order: ['insurance', 'capital'], caps: { insurance: '5' } }),
      withWaterfall({ order: ['insurance', 'capital'], cover: 1 }),
    ]
    const riskTable = '0'.repeat(64)
    const contexts = policies.map((policy) =>
      solvencyContext({
        venue: 'Test Venue',
        epoch: '1',
        policy: sha256Text(formatPolicy(policy)),
        riskTable,
      }),
    )
    expect(new Set(contexts).size).toBe(policies.length)
  })
})
