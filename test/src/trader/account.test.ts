import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../../src/errors/index.js'
import { exactRule } from '../../../src/models/index.js'
import type { RiskTable } from '../../../src/risk/index.js'
import { roundRule } from '../../../src/rules/index.js'
import { portfolioSlots, readAccount, readAccountAndLeaf } from '../../../src/trader/index.js'
import { temporaryFolder } from '../../helpers/cli.js'
import { inclusionFile } from '../../helpers/inclusion.js'
import { head } from '../../helpers/margin.js'

const rule = roundRule(
  exactRule('lending', {
    ...head('lending'),
    assets: ['BTC', 'USDC'].map((symbol) => ({
      symbol,
      decimals: 6,
      price: '1',
      loanToValue: '0.5',
      liquidationThreshold: '0.6',
    })),
  }),
)
const folder = temporaryFolder()

async function read(file: object) {
  const path = join(folder, 'account.json')
  await writeFile(path, JSON.stringify(file))
  return readAccount(path, rule)
}

describe("an account's file for a margin rule (margin.14)", () => {
  test('may be an inclusion file: its slots without the padding, an instrument once for each slot', async () => {
    const file = inclusionFile([
      ['USDC', '12.5'],
      ['BTC', '-0.000001'],
      ['USDC', '-3'],
    ])
    expect(await read(file)).toEqual({
      cash: 0n,
      positions: [
        { symbol: 'USDC', quantity: 12_500_000n },
        { symbol: 'BTC', quantity: -1n },
        { symbol: 'USDC', quantity: -3_000_000n },
      ],
    })
  })

  test('has the slots of a ledger: long and short apart, by the numbers of the table, with the leaf it names (margin.20)', async () => {
    const path = join(folder, 'slots.json')
    const row = { decimals: 6, mark: 1n }
    const table: RiskTable = {
      timestamp: rule.timestamp,
      quote: rule.quote,
      valueDecimals: rule.valueDecimals,
      // A perp before them, which has a number of its own kind.
      instruments: [
        { symbol: 'PERP', kind: 'perp', ...row },
        { symbol: 'USDC', kind: 'stablecoin', ...row },
        { symbol: 'BTC', kind: 'spot', ...row },
      ],
      scenarios: [],
      margin: { ...rule, cash: 'USDC' },
    }
    const file = inclusionFile([
      ['USDC', '12.5'],
      ['BTC', '-0.000001'],
      ['USDC', '-3'],
      ['BTC', '-0.000002'],
    ])
    await writeFile(path, JSON.stringify(file))
    const { portfolio, leafSlots } = await readAccountAndLeaf(path, table.margin!)
    expect(leafSlots).toBe(5)
    expect(portfolioSlots(portfolio, table)).toEqual([
      { instrument: 0, quantity: 12_500_000n },
      { instrument: 1, quantity: -3n },
      { instrument: 0, quantity: -3_000_000n },
    ])
    const cash = { cash: 1_000_000n, positions: [{ symbol: 'USDC', quantity: 4n }] }
    expect(portfolioSlots(cash, table)).toEqual([{ instrument: 0, quantity: 1_000_004n }])
    expect(portfolioSlots({ cash: 0n, positions: [] }, table)).toEqual([])
    const stranger = { cash: 0n, positions: [{ symbol: 'ETH', quantity: 1n }] }
    expect(() => portfolioSlots(stranger, table)).toThrow(RangeError)
  })

  test('may be a portfolio file', async () => {
    const file = { schema: 'plimsoll/portfolio/1', cash: '1', positions: { BTC: '2' } }
    expect(await read(file)).toEqual({
      cash: 1_000_000n,
      positions: [{ symbol: 'BTC', quantity: 2_000_000n }],
    })
  })

  test.each([
    [
      'an instrument that the rule does not have',
      inclusionFile([['SECRET', '4711']]),
      'PORTFOLIO_INSTRUMENT',
    ],
    ['a quantity finer than the rule counts', inclusionFile([['BTC', '0.00004711']]), 'DECIMAL_PRECISION'],
    ['more than 2^64 smallest units', inclusionFile([['BTC', '18446744073709.551616']]), 'PORTFOLIO_RANGE'],
    ['no schema', { SECRET: '4711' }, 'PORTFOLIO_FORM'],
  ])('is refused with %s, and nothing of it is repeated', async (_, file, code) => {
    const error = await read(file).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(InputError)
    expect((error as InputError).code).toBe(code)
    for (const secret of ['SECRET', '4711', 'alice', '551616']) {
      expect(JSON.stringify(error)).not.toContain(secret)
    }
  })
})
