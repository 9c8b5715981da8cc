import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Reading, readFile } from './support.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledger-test-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Writes a query's rows as Parquet and reads the file as a ledger. */
async function readQuery(sql: string): Promise<Reading> {
  const path = join(folder, 'accounts.parquet')
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`COPY (${sql}) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`)
  connection.closeSync()
  instance.closeSync()
  return readFile(path)
}
const rows = (values: string): string =>
  `SELECT * FROM (VALUES ${values}) t(quantity, account_id, instrument)`

describe('a Parquet ledger (cli.9)', () => {
  it('reads as the CSV of the same rows would', async () => {
    const reading = await readQuery(rows("('1.5','a','BTC'), ('-2','b','ETH'), ('7','a','USDT')"))
    expect(reading).toMatchObject({ format: 'tidy', count: 2, maxSlots: 2 })
    expect(Object.fromEntries(reading.accounts.map(({ id, slots }) => [id, slots]))).toEqual({
      a: [
        { instrument: 0, quantity: 150_000_000n },
        { instrument: 2, quantity: 7_000_000n },
      ],
      b: [{ instrument: 1, quantity: -200_000_000n }],
    })
  })

  it('has its faults named by row, across row groups', async () => {
    const sql = `SELECT 'a' || i AS account_id, 'BTC' AS instrument, CASE WHEN i = 4999 THEN '1e3' ELSE '1' END AS quantity
      FROM range(6000) t(i) ORDER BY i`
    await expect(readQuery(sql)).rejects.toMatchObject({
      code: 'DECIMAL_SYNTAX',
      where: `${join(folder, 'accounts.parquet')}: row 5000, column quantity`,
    })
  })

  it.each(['DOUBLE', 'DECIMAL(18, 8)', 'BIGINT'])('is refused with quantities of type %s', async (type) => {
    await expect(readQuery(rows(`('1'::${type},'a','BTC')`))).rejects.toMatchObject({
      code: 'LEDGER_COLUMN_TYPE',
      hint: expect.stringContaining('decimal strings'),
    })
  })

  it.each([
    ['a missing quantity', "(NULL::VARCHAR,'a','BTC')", 'DECIMAL_SYNTAX'],
    ['a missing account', "('1',NULL::VARCHAR,'BTC')", 'LEDGER_ACCOUNT_ID'],
    ['a NUL in an account id', "('1','a' || chr(0),'BTC')", 'LEDGER_ACCOUNT_ID'],
    ['a line feed in an account id', "('1','a' || chr(10) || 'b','BTC')", 'LEDGER_ACCOUNT_ID'],
    ['an unknown instrument', "('1','a','DOGE')", 'LEDGER_INSTRUMENT'],
    ['a duplicate', "('1','a','BTC'), ('1','a','BTC')", 'LEDGER_DUPLICATE_ACCOUNT'],
  ])('is refused with %s', async (_, values, code) => {
    await expect(readQuery(rows(values))).rejects.toMatchObject({ code })
  })

  it('is refused with no rows or a column too many', async () => {
    await expect(readQuery(`${rows("('1','a','BTC')")} WHERE false`)).rejects.toMatchObject({
      code: 'LEDGER_EMPTY',
    })
    await expect(
      readQuery(`SELECT *, 'x' AS "no""te" FROM (${rows("('1','a','BTC')")})`),
    ).rejects.toMatchObject({
      code: 'LEDGER_HEADER',
    })
  })

  it('is refused when it is no Parquet at all, without quoting it', async () => {
    const path = join(folder, 'text.parquet')
    await writeFile(path, 'account_id,instrument,quantity\na,BTC,424242\n')
    const error = await readFile(path).catch((e: unknown) => e)
    expect(error).toMatchObject({ code: 'LEDGER_READ', where: path })
    expect(JSON.stringify(error)).not.toContain('424242')
  })
})
