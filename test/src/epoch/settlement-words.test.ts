import { describe, expect, test } from 'vitest'
import { type SettledFacts, settlementWords } from '../../../src/epoch/settlement/words.js'
import type { Instrument, RiskTable } from '../../../src/risk/index.js'
import { indexSteps } from '../../../src/statements/index.js'

const ONE = 10n ** 12n
const row = (symbol: string, long?: bigint): Instrument => ({
  ...{ symbol, kind: 'spot', decimals: 2, mark: 3n },
  ...(long !== undefined && { index: { long, short: 2n * ONE } }),
})
const tableOf = (...instruments: Instrument[]): RiskTable => ({
  ...{ timestamp: 0, quote: 'USD', valueDecimals: 4, instruments, scenarios: [] },
})

/** What is said where these tables follow one another, and no row allocates a loss. */
function words(before: RiskTable, after: RiskTable, facts: Partial<SettledFacts> = {}): string {
  const steps = indexSteps(before, after, { spots: 4 })
  return settlementWords(
    {
      ...{ epoch: 'E2', previous: 'E1', liquidations: 0, loss: steps.cut.length > 0, allocated: false },
      ...{ steps, recovered: new Map(), dust: 50_000n, listed: true, ...facts },
    },
    after,
    before,
  ).join(' ')
}

describe('what a settlement that holds is said to show (settlement.42)', () => {
  test('names instruments in shares by either table, and no other (settlement.64)', () => {
    const plain = tableOf(row('BTC'), row('ETH'))
    const shared = tableOf(row('BTC'), row('ETH', ONE))
    const said = 'Rows, deposits and withdrawals of ETH are in shares'
    expect(words(plain, plain)).not.toContain('shares')
    expect(words(shared, shared)).toContain(said)
    // The later table has it no more: its rows are still in shares.
    expect(words(shared, tableOf(row('BTC')))).toContain(said)
    expect(words(shared, plain)).toContain(said)
  })

  test('calls a loss what is one, and what is none no more than that', () => {
    const [one, half] = [tableOf(row('ETH', ONE)), tableOf(row('ETH', ONE / 2n))]
    expect(words(one, one)).toContain('No row allocates a loss to customers, and no index falls.')
    const cut = words(one, half)
    expect(cut).toContain(
      'Customers bear a loss: the layers of the waterfall are worth at most 5 USD at mark',
    )
    expect(cut).toContain('Holders of ETH share it by the index, each the same part.')
    expect(cut).not.toContain('How its rows divide it')
    const both = words(one, half, { allocated: true })
    expect(both).toContain('How its rows divide it is not proven to be fair. Holders of ETH share it')
    expect(both).not.toContain('No row allocates')
  })
})
