import { describe, expect, test } from 'vitest'
import { settlementShown } from '../../../src/audit/settlement-shown.js'
import type { VerifiedSettlement } from '../../../src/epoch/index.js'
import type { Instrument, RiskTable } from '../../../src/risk/index.js'
import { REASONS, type Reason } from '../../../src/statements/index.js'

const ONE = 10n ** 12n
const row = (symbol: string, more: Partial<Instrument> = {}): Instrument => ({
  ...{ symbol, kind: 'spot', decimals: 2, mark: 3n },
  ...more,
})
const tableOf = (instruments: Instrument[]): RiskTable => ({
  ...{ timestamp: 0, quote: 'USD', valueDecimals: 4, instruments, scenarios: [] },
})
const settlement = {
  file: { epoch: '2026-02', previous: { epoch: '2026-01' } },
  sha256: 'ab'.repeat(32),
  roots: Object.fromEntries(REASONS.map((reason) => [reason, 1n])) as Record<Reason, bigint>,
  ...{ loss: false, cut: [], words: [] },
} as unknown as VerifiedSettlement

describe('a settlement in the report of an audit (settlement.42)', () => {
  const proven = (table: RiskTable, before = table) =>
    Object.fromEntries(
      settlementShown(settlement, table, before, undefined).reasons.map((each) => [each.reason, each.proven]),
    ) as Record<Reason, string>

  test('says of derivatives no more than that they net to nothing, and of layers what they fell by', () => {
    const { transfers, fees, accruals, liquidations, takers } = proven(tableOf([row('BTC')]))
    expect(transfers).toContain('none is of a derivative')
    for (const words of [fees, accruals, liquidations, takers]) {
      expect(words).toContain('derivatives come to nothing')
      expect(words).not.toContain('no derivative')
    }
    for (const words of [liquidations, takers]) expect(words).toContain('fell by, whatever they fell for')
  })

  test('says that rows count shares, where an instrument of either table has an index, and nowhere else', () => {
    const index = { long: ONE, short: ONE }
    const [plain, shared] = [tableOf([row('BTC'), row('ETH')]), tableOf([row('BTC'), row('ETH', { index })])]
    for (const words of Object.values(proven(plain))) expect(words).not.toContain('shares')
    for (const tables of [[shared, shared] as const, [shared, plain] as const, [plain, shared] as const]) {
      for (const words of Object.values(proven(...tables))) expect(words).toMatch(/; ETH in shares$/)
    }
  })

  test('values what flowed at the later epoch’s marks, and not what that has no mark of (settlement.45)', () => {
    const [before, after] = [tableOf([row('BTC', { mark: 9n }), row('ETH')]), tableOf([row('BTC')])]
    const flows = { in: [200n, 0n], out: [0n, 500n], fees: [0n, 0n] }
    expect(settlementShown(settlement, after, before, flows).flows).toEqual([
      {
        ...{ symbol: 'BTC', deposits: '2', withdrawals: '0', fees: '0' },
        value: { deposits: '0.06', withdrawals: '0' },
      },
      { symbol: 'ETH', deposits: '0', withdrawals: '5', fees: '0' },
    ])
  })
})
