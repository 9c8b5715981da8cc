import { readFile as readBytes } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { exampleFiles, exampleOwnerSecret } from '../../../scripts/make-example.js'
import { ownerCommitment } from '../../../src/hash/index.js'
import { readReserves } from '../../../src/reserves/index.js'
import { isDerivative, readRiskTable } from '../../../src/risk/index.js'
import { readFile, SEED } from './support.js'

const VENUE = 'examples/venue'

describe('the example venue', async () => {
  it.each(Object.entries(await exampleFiles()))('has %s as the generator writes it', async (name, text) => {
    expect(await readBytes(`${VENUE}/${name}`, 'utf8')).toBe(text)
  })

  const table = await readRiskTable(`${VENUE}/risk.json`)
  const ledger = () => readFile(`${VENUE}/accounts.csv`, { spotOnly: false }, SEED, table)

  it('has 150 accounts of one to four instruments, two of them with an owner', async () => {
    const { accounts, count, slotCounts } = await ledger()
    expect(count).toBe(150)
    expect([...slotCounts.keys()].sort()).toEqual([1, 2, 3, 4])
    const owned = accounts.filter(({ owner }) => owner !== 0n)
    expect(owned.map(({ id }) => id).sort()).toEqual(['desk-000001', 'desk-000002'])
    for (const { id, owner } of owned) expect(owner).toBe(ownerCommitment(exampleOwnerSecret(id)))
  })

  it('nets every derivative to zero, lends, and holds what it owes of every spot instrument', async () => {
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
