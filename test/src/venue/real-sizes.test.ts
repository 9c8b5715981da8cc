import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LEDGERS } from '../../../scripts/make-ledger.js'
import { isTierTableFile, readRiskTable, readTierTable } from '../../../src/inputs/index.js'
import { readLedger } from '../../../src/ledger/index.js'
import { loadInstances } from '../../../src/proving/index.js'
import { tierRiskTable } from '../../../src/risk/index.js'
import { checkAccounts } from '../../../src/venue/index.js'
import { planLedger } from '../../../src/venue/plan-ledger.js'

const TIMESTAMP = 1_767_225_600
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-sizes-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('ledgers of real size (ledger.18)', () => {
  test.each([
    { kind: 'debts', accounts: 2000, widest: 12, instruments: 12, solvency: 'solvency-16-s4' },
    { kind: 'pledges', accounts: 120, widest: 82, instruments: 4000, solvency: 'solvency-21-s4-tiers' },
    { kind: 'wide', accounts: 301, widest: 1024, instruments: 1024, solvency: 'solvency-20' },
  ])('$kind: valid, and every account has a place in a shipped instance', async (expected) => {
    const files = LEDGERS[expected.kind]!()
    const at = (name: string) => join(folder, `${expected.kind}-${name}`)
    for (const [name, text] of Object.entries(files)) await writeFile(at(name), text)
    const risk = at(files['tiers.csv'] ? 'tiers.csv' : 'risk.json')
    const table = (await isTierTableFile(risk))
      ? tierRiskTable(await readTierTable(risk), { timestamp: TIMESTAMP })
      : await readRiskTable(risk)

    const report = await checkAccounts(at('accounts.csv'), table)
    expect(report).toMatchObject({ valid: true, accounts: expected.accounts })

    const ledger = await readLedger(at('accounts.csv'), table)
    try {
      expect(Math.max(...ledger.slotCounts.keys())).toBeGreaterThanOrEqual(expected.widest)
      expect(table.instruments.length / expected.instruments).toBeCloseTo(1, 0)

      const plan = planLedger(loadInstances(), table, ledger.shapes)
      expect(plan.solvency.name).toBe(expected.solvency)
      const places = plan.runs.map(({ instance, batches }) => instance.sizes.accounts * batches)
      expect(places.reduce((sum, n) => sum + n)).toBeGreaterThanOrEqual(expected.accounts)
    } finally {
      await ledger.close()
    }
  })
})
