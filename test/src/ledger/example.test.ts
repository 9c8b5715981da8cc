import { readFile as readBytes } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { exampleFiles, exampleOwnerSecret } from '../../../scripts/make-example.js'
import { ownerCommitment } from '../../../src/hash/index.js'
import { readReserves } from '../../../src/reserves/index.js'
import { readRiskTable } from '../../../src/risk/index.js'
import { readFile, SEED } from './support.js'

const VENUE = 'examples/venue'

describe('the example venue', () => {
  it.each(Object.entries(exampleFiles()))('has %s as the generator writes it', async (name, text) => {
    expect(await readBytes(`${VENUE}/${name}`, 'utf8')).toBe(text)
  })

  it('is a spot ledger of 300 accounts of one to four instruments, some with an owner', async () => {
    const table = await readRiskTable(`${VENUE}/risk.json`)
    const { accounts, count, slotCounts } = await readFile(
      `${VENUE}/accounts.csv`,
      { spotOnly: true },
      SEED,
      table,
    )
    expect(count).toBe(300)
    expect([...slotCounts.keys()]).toEqual([1, 2, 3, 4])
    const owned = accounts.filter(({ owner }) => owner !== 0n)
    expect(owned).toHaveLength(12)
    for (const { id, owner } of owned) {
      expect(owner).toBe(ownerCommitment(exampleOwnerSecret(Number(id.replace('cust-', '')))))
    }
  })

  it('holds in reserve half a percent to six percent more than it owes, of every instrument', async () => {
    const table = await readRiskTable(`${VENUE}/risk.json`)
    const reserves = await readReserves(`${VENUE}/reserves.json`, table)
    const totals = table.instruments.map(() => 0n)
    const { accounts } = await readFile(`${VENUE}/accounts.csv`, {}, SEED, table)
    for (const { slots } of accounts) {
      for (const { instrument, quantity } of slots) totals[instrument]! += quantity
    }
    totals.forEach((total, index) => {
      expect(total).toBeGreaterThan(0n)
      expect(reserves[index]! * 1000n).toBeGreaterThanOrEqual(total * 1005n)
      expect(reserves[index]! * 1000n).toBeLessThanOrEqual(total * 1060n)
    })
  })
})
