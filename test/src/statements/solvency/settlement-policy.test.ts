import { describe, expect, test } from 'vitest'
import { policyWords } from '../../../../src/audit/policy-words.js'
import type { RiskTable } from '../../../../src/risk/index.js'
import {
  FULL_RESERVES,
  formatPolicy,
  policySchema,
  resolveDust,
  resolvePolicy,
  weakerLoss,
} from '../../../../src/statements/index.js'

const table: RiskTable = {
  timestamp: 0,
  quote: 'USD',
  valueDecimals: 4,
  instruments: [{ symbol: 'BTC', kind: 'spot', decimals: 8, mark: 1n }],
  scenarios: [],
}
const withDust = (dust: string) => policySchema.parse({ ...FULL_RESERVES, settlement: { dust } })

describe('what a policy says of losses that customers bear (settlement.40)', () => {
  test('is an amount of the quote currency in units of value, and nothing where nothing is said', () => {
    expect(resolveDust(withDust('100.25'), table)).toBe(1_002_500n)
    expect(resolveDust(FULL_RESERVES, table)).toBe(0n)
  })

  test.each([
    ['-1', /sign|negative/],
    ['0.00001', /finer than the 4 decimals/],
    ['1e3', /plain decimal/],
    ['9'.repeat(40), /beyond what all layers/],
  ])('is refused as %s, also by whoever reads the policy alone', (dust, message) => {
    expect(() => resolveDust(withDust(dust), table)).toThrow(message)
    expect(() => resolvePolicy(withDust(dust), table)).toThrow(message)
  })

  test('is weaker where layers may be worth more, and nowhere else', () => {
    const weak = (own: string, least: string) => weakerLoss(withDust(own), withDust(least), table)
    expect(weak('100.01', '100')).toEqual(['losses that customers bear: layers may be worth 100.01 USD then'])
    expect(weakerLoss(withDust('1'), FULL_RESERVES, table)).toHaveLength(1)
    expect([...weak('100', '100.0'), ...weak('99', '100')]).toEqual([])
    expect(weakerLoss(FULL_RESERVES, withDust('1'), table)).toEqual([])
  })

  test('changes no threshold, is in the text that the context binds, and has words', () => {
    const policy = withDust('100')
    expect(resolvePolicy(policy, table)).toEqual(resolvePolicy(FULL_RESERVES, table))
    expect(formatPolicy(policy)).not.toBe(formatPolicy(FULL_RESERVES))
    const words = (file: typeof policy) => policyWords(file, resolvePolicy(file, table), table).join(' ')
    expect(words(policy)).toContain('worth at most 100 USD at mark')
    expect(words(FULL_RESERVES)).not.toContain('bear a loss')
    for (const settlement of [{}, { dust: 100 }, { dust: '1', more: '' }])
      expect(policySchema.safeParse({ ...FULL_RESERVES, settlement }).success).toBe(false)
  })
})
