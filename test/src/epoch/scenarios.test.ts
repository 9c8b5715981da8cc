import { describe, expect, test } from 'vitest'
import { Checks, fail } from '../../../src/bundle/index.js'
import { tableMisfit } from '../../../src/epoch/index.js'
import { verifyScenarios } from '../../../src/epoch/verify/scenarios.js'
import { parseRiskTable } from '../../../src/risk/index.js'
import { FULL_RESERVES, type PolicyFile, resolvePolicy } from '../../../src/statements/index.js'

const BTC = { symbol: 'BTC', kind: 'spot', decimals: 0, mark: '100' }
const values = { BTC: { long: '90', short: '120' } }
const TABLE = parseRiskTable(
  JSON.stringify({
    schema: 'plimsoll/risk-table/1',
    timestamp: 0,
    quote: 'USD',
    valueDecimals: 2,
    instruments: [BTC],
    scenarios: [
      { name: 'crash', values },
      { name: 'initial', requirement: true, values },
    ],
  }),
  'risk.json',
)

/** What a report says of the scenarios under some bounds: its checks, then what is no check. */
async function said(limits: PolicyFile['limits'], broken = false) {
  const checks = new Checks(undefined)
  if (broken) await checks.run('chain', () => fail('is broken'))
  const policy = limits && resolvePolicy({ ...FULL_RESERVES, limits }, TABLE)
  const notes = await verifyScenarios({ checks } as never, TABLE, policy)
  return {
    crash: checks.list.find(({ id }) => id === 'scenario:crash'),
    initial: checks.list.find(({ id }) => id === 'scenario:initial'),
    notes,
  }
}

const MOVES = 'BTC -10 %'

describe('a report says of a scenario what was proven, and no more (epoch.18)', () => {
  test('a requirement that no policy bounds is no check: nothing is proven of it', async () => {
    const { crash, initial, notes } = await said({})
    expect(crash?.detail).toBe(
      `covered, no account's shortfall left out; no bound on accounts below zero; ${MOVES}`,
    )
    expect(initial).toBeUndefined()
    expect(notes).toEqual([
      'of the scenario initial nothing is proven: it is a requirement, and the policy has no bound',
    ])
  })

  test.each([
    [{ accounts: 0 }, 'no account is below it'],
    [{ shortfall: '0' }, 'no account is below it'],
    [{ accounts: 3 }, 'at most 3 accounts are below it, no bound on what they lack'],
    [{ shortfall: '7.5' }, 'no bound on how many accounts are below it, they lack at most 7.5 USD in all'],
    [{ accounts: 1, shortfall: '7' }, 'at most 1 accounts are below it, they lack at most 7 USD in all'],
  ])('the bounds of a policy in words: %j', async (limit, words) => {
    const { crash, initial, notes } = await said({ initial: limit, crash: limit })
    expect(initial).toMatchObject({
      valid: true,
      detail: `a requirement, which nothing has to cover: ${words}; longs ${MOVES}; shorts BTC 20 %`,
    })
    const below = words.replaceAll('below it', 'below zero')
    expect(crash?.detail).toBe(`covered, no account's shortfall left out; ${below}; ${MOVES}`)
    expect(notes).toEqual([])
  })

  test('none of it where a check fails, or the policy cannot be read (epoch.6)', async () => {
    for (const { crash, initial } of [
      await said({ initial: { accounts: 0 } }, true),
      await said(undefined),
    ]) {
      for (const check of [crash, initial]) {
        expect(check).toMatchObject({ valid: false, detail: 'not proven: a check above fails' })
      }
    }
  })
})

test('a table is provable at sizes that have room for it, and scenarios and tiers where it has some (epoch.16)', () => {
  const sizes = { spots: 1, derivatives: 0, tiers: 0, scenarios: 2 }
  expect(tableMisfit(TABLE, sizes)).toBeUndefined()
  expect(tableMisfit(TABLE, { ...sizes, spots: 4, derivatives: 2, scenarios: 16 })).toBeUndefined()
  expect(tableMisfit(TABLE, { ...sizes, spots: 0 })).toContain('1 spot instruments of 0')
  expect(tableMisfit(TABLE, { ...sizes, scenarios: 1 })).toContain('2 scenarios of 1')
  expect(tableMisfit(TABLE, { ...sizes, scenarios: 0 })).toContain('sizes are for tables without')
  expect(tableMisfit(TABLE, { ...sizes, tiers: 4 })).toContain('has no tiers')
  expect(tableMisfit({ ...TABLE, scenarios: [] }, sizes)).toContain('has no scenarios')
  const tiered = {
    ...TABLE,
    instruments: [
      ...TABLE.instruments,
      { ...TABLE.instruments[0]!, tier: { list: 'loan', width: 1n } as const },
    ],
  }
  expect(tableMisfit(tiered, sizes)).toContain('has tiers')
  expect(tableMisfit(tiered, { ...sizes, tiers: 4 })).toBeUndefined()
})
