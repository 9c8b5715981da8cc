import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from 'vitest'
import type { Account } from '../../../../src/ledger/index.js'
import type { RiskTable } from '../../../../src/risk/index.js'
import { closeActivity, openActivity } from '../../../../src/venue/settle/activity-files.js'
import { temporaryFolder } from '../../../helpers/cli.js'

const row = (symbol: string, kind: 'spot' | 'perp') => ({ symbol, kind, decimals: 6, mark: 100n })
const TABLE: RiskTable = {
  ...{ timestamp: 1, quote: 'USD', valueDecimals: 2, scenarios: [] },
  instruments: [row('BTC', 'spot'), row('USDC', 'spot'), row('BTC-PERP', 'perp')],
}
const ROWS = [
  ['bob', 'USDC', '-4.5'],
  ['alice', 'BTC', '1'],
  ['bob', 'USDC', '2'],
  ['alice', 'BTC-PERP', '-3'],
  ['carol', 'BTC', '1'],
  ['carol', 'BTC', '-1'],
]
const TEXT = `account_id,instrument,quantity\n${ROWS.map((cells) => `${cells.join()}\n`).join('')}`

/** Writes the rows of trades in each form a file may have. */
const WRITE: Record<string, (path: string) => Promise<void>> = {
  csv: async (path) => writeFileSync(path, TEXT),
  'csv.gz': async (path) => writeFileSync(path, gzipSync(TEXT)),
  parquet: async (path) => {
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    const values = ROWS.map((cells) => `(${cells.map((cell) => `'${cell}'`).join()})`).join()
    const query = `SELECT * FROM (VALUES ${values}) t(account_id, instrument, quantity)`
    await connection.run(`COPY (${query}) TO '${path.replaceAll("'", "''")}' (FORMAT parquet)`)
    connection.closeSync()
    instance.closeSync()
  },
}

test.each(Object.keys(WRITE))(
  'rows of a .%s file are netted for each customer (settlement.31)',
  async (form) => {
    const folder = temporaryFolder()
    await WRITE[form]!(join(folder, `trades.${form}`))
    const files = await openActivity(folder, TABLE)
    try {
      const { activity, path } = files.get('trades')!
      expect(path.endsWith(form)).toBe(true)
      const accounts: Account[] = []
      for await (const account of activity.sorted()) accounts.push(account)
      expect(accounts.map(({ id, slots }) => [id, slots.filter(({ quantity }) => quantity !== 0n)])).toEqual([
        [
          'alice',
          [
            { instrument: 0, quantity: 1_000_000n },
            { instrument: 2, quantity: -3_000_000n },
          ],
        ],
        ['bob', [{ instrument: 1, quantity: -2_500_000n }]],
      ])
      expect(activity.count).toBe(2)
    } finally {
      await closeActivity(files)
    }
  },
)
