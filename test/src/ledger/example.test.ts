import { readFile as readBytes } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { exampleFiles, exampleOwnerSecret } from '../../../scripts/make-example.js'
import { exchangeFiles } from '../../../scripts/make-exchange.js'
import { ownerCommitment } from '../../../src/hash/index.js'
import { readReserves, readRiskTable, readTierTable } from '../../../src/inputs/index.js'
import { checkLedger } from '../../../src/ledger/index.js'
import { readStressRequest, stressScenarios } from '../../../src/models/index.js'
import { tierRiskTable, withScenarios } from '../../../src/risk/index.js'
import { isDerivative } from '../../../src/rules/index.js'
import { FULL_RESERVES } from '../../../src/statements/index.js'
import { checkSolvency } from '../../../src/venue/index.js'
import { readFile, SEED } from '../../helpers/ledger-files.js'

const VENUE = 'examples/venue'

describe('the example venue (cli.11)', async () => {
  test.each(Object.entries(await exampleFiles()))('has %s as the generator writes it', async (name, text) => {
    expect(await readBytes(`${VENUE}/${name}`, 'utf8')).toBe(text)
  })

  const table = await readRiskTable(`${VENUE}/risk.json`)
  const ledger = () => readFile(`${VENUE}/accounts.csv`, {}, SEED, table)

  test('has 150 accounts of one to four instruments, two of them with an owner', async () => {
    const { accounts, count, slotCounts } = await ledger()
    expect(count).toBe(150)
    expect([...slotCounts.keys()].sort()).toEqual([1, 2, 3, 4])
    const owned = accounts.filter(({ owner }) => owner !== 0n)
    expect(owned.map(({ id }) => id).sort()).toEqual(['desk-000001', 'desk-000002'])
    for (const { id, owner } of owned) expect(owner).toBe(ownerCommitment(exampleOwnerSecret(id)))
  })

  test('nets every derivative to zero, lends, and holds what it owes of every spot instrument', async () => {
    const { accounts } = await ledger()
    const { reserves } = await readReserves(`${VENUE}/reserves.json`, table)
    const longs = table.instruments.map(() => 0n)
    const shorts = table.instruments.map(() => 0n)
    for (const { instrument, quantity } of accounts.flatMap(({ slots }) => slots)) {
      if (quantity > 0n) longs[instrument]! += quantity
      else shorts[instrument]! -= quantity
    }
    for (const [i, { symbol, kind }] of table.instruments.entries()) {
      expect(longs[i], symbol).toBeGreaterThan(0n)
      if (isDerivative(kind)) expect(longs[i], symbol).toBe(shorts[i])
      else expect(reserves[i]! * 1000n, symbol).toBeGreaterThanOrEqual(longs[i]! * 1005n)
    }
    expect(shorts[table.instruments.findIndex(({ symbol }) => symbol === 'USDT')]).toBeGreaterThan(0n)
  })
})

describe('the example exchange (cli.11)', async () => {
  const EXCHANGE = 'examples/exchange'
  test.each(Object.entries(exchangeFiles()))('has %s as the generator writes it', async (name, text) => {
    expect(await readBytes(`${EXCHANGE}/${name}`, 'utf8')).toBe(text)
  })

  const tiers = await readTierTable(`${EXCHANGE}/tiers.csv`)
  const table = tierRiskTable(tiers, { timestamp: 1_767_225_600 })
  const accounts = `${EXCHANGE}/accounts.csv`

  test('has six assets in 29 rows, and 39 accounts of at most eight slots, some beyond all tiers of a list', async () => {
    expect(tiers.notes).toEqual([])
    expect(table.instruments).toHaveLength(29)
    const { accounts: read, count, maxSlots } = await readFile(accounts, {}, SEED, table)
    expect(count).toBe(39)
    expect(maxSlots).toBeLessThanOrEqual(8)
    const held = read.flatMap(({ slots }) => slots)
    expect(held.filter(({ quantity }) => quantity < 0n).length).toBeGreaterThan(10)
    const full = held.filter(
      ({ instrument, quantity }) => quantity === table.instruments[instrument]!.tier?.width,
    )
    const symbols = new Set(full.map(({ instrument }) => table.instruments[instrument]!.symbol))
    expect([...symbols]).toEqual(expect.arrayContaining(['btc:loan:1', 'eth:loan:3', 'bnb:loan:2']))
  })

  test('is covered account by account', async () => {
    expect(await checkLedger(accounts, table)).toMatchObject({ accounts: 39, valid: true, findings: [] })
  })

  test('holds, and under stress with the fund that its scenarios ask for', async () => {
    const check = async (file: string, risk: typeof table) =>
      checkSolvency({
        accounts,
        table: risk,
        reserves: await readReserves(`${EXCHANGE}/${file}`, risk),
        policy: FULL_RESERVES,
      })
    expect(await check('reserves.json', table)).toMatchObject({ valid: true, scenarios: [] })
    const request = await readStressRequest(`${EXCHANGE}/stress.json`)
    const stressed = withScenarios(table, stressScenarios(table, request))
    const insured = await check('reserves-insured.json', stressed)
    expect(insured).toMatchObject({ valid: true, accounts: { invalid: 0 } })
    expect(insured.accounts.underwater).toBeGreaterThan(0)
    expect(insured.instruments.map(({ symbol }) => symbol)).toEqual([
      'usdt',
      'btc',
      'eth',
      'bnb',
      'sol',
      'doge',
    ])
    expect(await check('reserves.json', stressed)).toMatchObject({ valid: false })
  })
})
