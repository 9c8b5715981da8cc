import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Database } from '../../../src/ledger/database.js'
import { type Reading, readFile } from '../../helpers/ledger-files.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledger-test-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Writes a query's rows as Parquet and reads the file as a ledger. */
async function readQuery(sql: string, name = 'accounts.parquet'): Promise<Reading> {
  const path = join(folder, name)
  await mkdir(dirname(path), { recursive: true })
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(
    `COPY (${sql}) TO '${path.replaceAll("'", "''")}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`,
  )
  connection.closeSync()
  instance.closeSync()
  return readFile(path)
}
const rows = (values: string): string =>
  `SELECT * FROM (VALUES ${values}) t(quantity, account_id, instrument)`

describe('a Parquet ledger (cli.9)', () => {
  test('reads as the CSV of the same rows would', async () => {
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

  test('has its faults named by row, across row groups', async () => {
    const sql = `SELECT 'a' || i AS account_id, 'BTC' AS instrument, CASE WHEN i = 4999 THEN '1e3' ELSE '1' END AS quantity
      FROM range(6000) t(i) ORDER BY i`
    await expect(readQuery(sql)).rejects.toMatchObject({
      code: 'DECIMAL_SYNTAX',
      where: `${join(folder, 'accounts.parquet')}: row 5000, column quantity`,
    })
  })

  test.each([
    ['DECIMAL(18, 8)', '1.50000000', 150_000_000n],
    ['DECIMAL(8, 8)', '-0.05000000', -5_000_000n],
    ['DECIMAL(38, 20)', '1.5', 150_000_000n],
    ['BIGINT', '-2', -200_000_000n],
    ['UTINYINT', '255', 25_500_000_000n],
    ['UBIGINT', '170000000000', 17_000_000_000_000_000_000n],
  ])('takes quantities of type %s, exactly', async (type, text, quantity) => {
    const { accounts } = await readQuery(rows(`('${text}'::${type},'a','BTC')`))
    expect(accounts[0]!.slots).toEqual([{ instrument: 0, quantity }])
  })

  test('takes a quantity of DECIMAL that is zero for no slot, and one too fine for an error', async () => {
    const { accounts } = await readQuery(rows("('0'::DECIMAL(18, 18),'a','BTC')"))
    expect(accounts).toEqual([{ id: 'a', owner: 0n, slots: [] }])
    await expect(readQuery(rows("('0.000000001'::DECIMAL(18, 9),'a','BTC')"))).rejects.toMatchObject({
      code: 'DECIMAL_PRECISION',
    })
  })

  test.each([
    ['UUID', 'AE7C6002-43fd-4e83-8c5c-cf7c1f117c11', 'ae7c6002-43fd-4e83-8c5c-cf7c1f117c11'],
    ['BIGINT', '10069', '10069'],
    ['DECIMAL(38, 0)', '99999999999999999999', '99999999999999999999'],
  ])('takes account ids of type %s', async (type, text, id) => {
    const { accounts } = await readQuery(rows(`('1','${text}'::${type},'BTC')`))
    expect(accounts.map((account) => account.id)).toEqual([id])
  })

  test.each([
    ['quantity', 'of type DOUBLE', "'1'::DOUBLE,'a','BTC'"],
    ['quantity', 'of type FLOAT', "'1'::FLOAT,'a','BTC'"],
    ['quantity', 'a list', "['1'],'a','BTC'"],
    ['quantity', 'a list', "[1],'a','BTC'"],
    ['quantity', 'a list', "[[1]]::INTEGER[1][1],'a','BTC'"],
    ['quantity', 'of type STRUCT', "{'value': 1},'a','BTC'"],
    ['account_id', 'of type TIMESTAMP', "'1','2026-01-01'::TIMESTAMP,'BTC'"],
    ['account_id', 'of type DECIMAL', "'1','1.5'::DECIMAL(4, 1),'BTC'"],
    ['account_id', 'of type BLOB', "'1','a'::BLOB,'BTC'"],
    ['instrument', 'of type INTEGER', "'1','a',7"],
  ])('is refused with a column %s that is %s, by name', async (column, type, values) => {
    const error = await readQuery(rows(`(${values})`)).catch((e: unknown) => e)
    expect(error).toMatchObject({ code: 'LEDGER_COLUMN_TYPE', hint: expect.stringMatching(/^Store /) })
    expect((error as Error).message).toContain(`the column ${column} is ${type}`)
  })

  test('may be wide, its amounts DECIMAL, integers or text, and what is not used of any type (cli.31)', async () => {
    const wide = (btc: string, price = "'9.7e-9'") => `
      SELECT 1.5::DOUBLE AS rn, 7 AS uid, ${btc} AS "e_BTC", 0.25::DECIMAL(9, 2) AS d_btc, 'none' AS btc,
        3 AS e_ETH, '1e-8' AS d_ETH, NULL AS ETH, ${price} AS btc_usdt_price, 3.3e-9::DECIMAL(18, 18) AS eth_usdt_price,
        [1] AS "a ""total"""`
    const { accounts, format } = await readQuery(wide('1.5::DECIMAL(18, 8)'))
    expect(format).toBe('wide')
    expect(accounts).toEqual([
      {
        id: '7',
        owner: 0n,
        slots: [
          { instrument: 0, quantity: 150_000_000n },
          { instrument: 0, quantity: -25_000_000n },
          { instrument: 1, quantity: 300_000_000n },
          { instrument: 1, quantity: -1n },
        ],
      },
    ])
    const place = (column: string) => `${join(folder, 'accounts.parquet')}: row 1, column ${column}`
    await expect(readQuery(wide("'x'"))).rejects.toMatchObject({ where: place('e_BTC') })
    await expect(readQuery(wide('NULL::VARCHAR'))).rejects.toMatchObject({ where: place('e_BTC') })
    await expect(readQuery(wide('1', "'9.6e-9'"))).rejects.toMatchObject({
      code: 'LEDGER_PRICE',
      where: place('btc_usdt_price'),
    })
    await expect(readQuery(wide('1', '9.7e-9::DOUBLE'))).rejects.toMatchObject({
      code: 'LEDGER_COLUMN_TYPE',
      message: expect.stringContaining('the column btc_usdt_price is of type DOUBLE'),
    })
  })

  test.each([
    ['a partition', 'date=2026-01-01/region=eu/accounts.parquet'],
    ['a partition of a column of its own', 'quantity=5/accounts.parquet'],
    ['characters of a pattern', 'a[b]c*?/acc[1]*.parquet'],
    ['a backslash and a pattern', 'back\\slash/acc[1]*.parquet'],
    ['quotes, spaces and braces', `q'uo te/{a,b}"$path.parquet`],
    ['another ending', 'accounts.pq'],
  ])('is read as the one file that its path names: %s', async (_, name) => {
    const { accounts } = await readQuery(rows("('1','a','BTC'), ('2','b','ETH')"), name)
    expect(accounts.map(({ id }) => id).sort()).toEqual(['a', 'b'])
  })

  test.each([
    ['a missing quantity', "(NULL::VARCHAR,'a','BTC')", 'DECIMAL_SYNTAX'],
    ['a missing account', "('1',NULL::VARCHAR,'BTC')", 'LEDGER_ACCOUNT_ID'],
    ['a NUL in an account id', "('1','a' || chr(0),'BTC')", 'LEDGER_ACCOUNT_ID'],
    ['a line feed in an account id', "('1','a' || chr(10) || 'b','BTC')", 'LEDGER_ACCOUNT_ID'],
    ['an unknown instrument', "('1','a','DOGE')", 'LEDGER_INSTRUMENT'],
    ['a duplicate', "('1','a','BTC'), ('1','a','BTC')", 'LEDGER_DUPLICATE_ACCOUNT'],
  ])('is refused with %s', async (_, values, code) => {
    await expect(readQuery(rows(values))).rejects.toMatchObject({ code })
  })

  test('is all that the database reads, and no setting opens more', async () => {
    const [file, other] = [join(folder, 'one.csv'), join(folder, 'other.csv')]
    for (const path of [file, other]) await writeFile(path, 'a,b\n1,2\n')
    const db = await Database.open('one.csv', {})
    try {
      await symlink(file, db.input)
      await db.lock()
      const read = (path: string) => db.rows('SELECT count(*) FROM read_csv($path)', { path })
      expect(await read(db.inputPattern)).toEqual([[1n]])
      await expect(read(other)).rejects.toMatchObject({ code: 'LEDGER_READ' })
      await expect(db.run('SET enable_external_access = true')).rejects.toMatchObject({ code: 'LEDGER_READ' })
      await expect(db.run(`COPY (SELECT 1) TO '${other}'`)).rejects.toMatchObject({ code: 'LEDGER_READ' })
    } finally {
      await db.close()
    }
  })

  test('is refused with no rows or a column too many', async () => {
    await expect(readQuery(`${rows("('1','a','BTC')")} WHERE false`)).rejects.toMatchObject({
      code: 'LEDGER_EMPTY',
    })
    for (const name of ['no""te', 'file_row_number', 'filename']) {
      await expect(
        readQuery(`SELECT *, 'x' AS "${name}" FROM (${rows("('1','a','BTC')")})`),
      ).rejects.toMatchObject({
        code: 'LEDGER_HEADER',
      })
    }
  })

  test('is refused when it is no Parquet at all, without quoting it', async () => {
    const path = join(folder, 'text.parquet')
    await writeFile(path, 'account_id,instrument,quantity\na,BTC,424242\n')
    const error = await readFile(path).catch((e: unknown) => e)
    expect(error).toMatchObject({ code: 'LEDGER_READ', where: path })
    expect(JSON.stringify(error)).not.toContain('424242')
  })
})
