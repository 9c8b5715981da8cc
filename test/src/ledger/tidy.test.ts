import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { accountsOf, failure, readFile, readText, SEED, spot, withFile } from '../../helpers/ledger-files.js'

const HEADER = 'account_id,instrument,quantity\n'
const tidy = (...rows: string[]): string => `${HEADER}${rows.map((row) => `${row}\n`).join('')}`

describe('a tidy ledger (cli.9)', () => {
  test('gathers the scattered rows of an account, slots by instrument', async () => {
    const accounts = await accountsOf(tidy('a,USDT,5', 'b,BTC,1', 'a,BTC,0.5', 'b,JPY,7', 'a,ETH,-2.25'))
    expect(accounts).toEqual({
      a: {
        id: 'a',
        owner: 0n,
        slots: [
          { instrument: 0, quantity: 50_000_000n },
          { instrument: 1, quantity: -225_000_000n },
          { instrument: 2, quantity: 5_000_000n },
        ],
      },
      b: {
        id: 'b',
        owner: 0n,
        slots: [
          { instrument: 0, quantity: 100_000_000n },
          { instrument: 3, quantity: 7n },
        ],
      },
    })
  })

  test('drops a zero quantity and keeps its account', async () => {
    const { accounts, slotCounts, maxSlots, count } = await readText(
      tidy('a,BTC,0', 'a,ETH,0.00', 'b,BTC,1', 'b,ETH,0.0'),
    )
    expect(accounts.map(({ id, slots }) => [id, slots.length]).sort()).toEqual([
      ['a', 0],
      ['b', 1],
    ])
    expect([...slotCounts]).toEqual([
      [0, 1],
      [1, 1],
    ])
    expect([count, maxSlots]).toEqual([2, 1])
  })

  test('takes its columns in any order', async () => {
    expect(await accountsOf('quantity,owner,account_id,instrument\n1.5,,a,USDT\n')).toEqual(
      await accountsOf(tidy('a,USDT,1.5')),
    )
  })

  test('keeps the owner of an account, blank and 0 being none', async () => {
    const accounts = await accountsOf(
      'account_id,instrument,quantity,owner\na,BTC,1,123\na,ETH,1,123\nb,BTC,1,0\nb,ETH,1,\nc,BTC,1,""\n',
    )
    expect(
      Object.values(accounts)
        .map(({ id, owner }) => [id, owner])
        .sort(),
    ).toEqual([
      ['a', 123n],
      ['b', 0n],
      ['c', 0n],
    ])
  })

  test('gives the SHA-256 of the file as it is, byte order mark included', async () => {
    const text = `\ufeff${tidy('a,BTC,1')}`
    expect((await readText(text)).sha256).toBe(createHash('sha256').update(text).digest('hex'))
  })

  test('takes the largest magnitude below 2^64 and refuses the next, either sign', async () => {
    const largest = 2n ** 64n - 1n
    const { accounts } = await readText(tidy(`a,JPY,${largest}`, `b,JPY,-${largest}`))
    expect(accounts.map(({ slots }) => slots[0]!.quantity).sort()).toEqual([-largest, largest])
    for (const text of [`${largest + 1n}`, `-${largest + 1n}`]) {
      expect(await failure(tidy('a,JPY,1', `b,JPY,${text}`))).toMatchObject({
        code: 'LEDGER_RANGE',
        where: 'accounts.csv:3, column quantity',
      })
    }
  })

  test('takes trailing zeros beyond the decimals and refuses any other digit there (cli.6)', async () => {
    expect((await accountsOf(tidy('a,USDT,1.500000000'))).a!.slots[0]!.quantity).toBe(1_500_000n)
    expect(await failure(tidy('a,USDT,1.5000001'))).toMatchObject({
      code: 'DECIMAL_PRECISION',
      where: 'accounts.csv:2, column quantity',
    })
  })

  test.each([
    ['', 'DECIMAL_SYNTAX'],
    ['""', 'DECIMAL_SYNTAX'],
    [' ', 'DECIMAL_SYNTAX'],
    [' 424242', 'DECIMAL_SYNTAX'],
    ['424242 ', 'DECIMAL_SYNTAX'],
    ['424242e3', 'DECIMAL_SYNTAX'],
    ['0x424242', 'DECIMAL_SYNTAX'],
    ['+424242', 'DECIMAL_SYNTAX'],
    ['--424242', 'DECIMAL_SYNTAX'],
    ['(424242)', 'DECIMAL_SYNTAX'],
    ['00424242', 'DECIMAL_SYNTAX'],
    ['.424242', 'DECIMAL_SYNTAX'],
    ['424242.', 'DECIMAL_SYNTAX'],
    ['"1,424242"', 'DECIMAL_SYNTAX'],
    ['1_424242', 'DECIMAL_SYNTAX'],
    ['٤٢٤٢٤٢', 'DECIMAL_SYNTAX'],
    ['４２４２４２', 'DECIMAL_SYNTAX'],
    ['−424242', 'DECIMAL_SYNTAX'],
    ['NaN', 'DECIMAL_SYNTAX'],
    ['Infinity', 'DECIMAL_SYNTAX'],
    ['NULL', 'DECIMAL_SYNTAX'],
    ['424242'.repeat(20), 'DECIMAL_SYNTAX'],
    ['-0', 'DECIMAL_SIGN'],
    ['-0.00', 'DECIMAL_SIGN'],
  ])('F01: refuses the quantity "%s" at its line and never repeats it', async (text, code) => {
    const error = await failure(tidy('a,BTC,1', `b,BTC,${text}`, 'c,BTC,1'))
    expect(error).toMatchObject({ code, where: 'accounts.csv:3, column quantity' })
    expect(error.hint ?? '').not.toContain('undefined')
    expect(error.all).not.toMatch(/424242|٤٢|４２/)
  })

  test.each(['DOGE', 'btc', 'BTC ', '', 'NULL'])(
    'refuses the instrument "%s", not in the risk table',
    async (symbol) => {
      expect(await failure(tidy('a,BTC,1', `b,${symbol},1`))).toMatchObject({
        code: 'LEDGER_INSTRUMENT',
        where: 'accounts.csv:3, column instrument',
      })
    },
  )

  test('refuses a loan or short by a table that has no scenario to judge it by', async () => {
    const text = tidy('a,BTC,1', 'b,BTC,-1')
    expect(await failure(text, {}, spot)).toMatchObject({
      code: 'LEDGER_NEGATIVE',
      where: 'accounts.csv:3, column quantity',
    })
    const zero = tidy('a,BTC,1', 'b,BTC,0')
    expect((await withFile(zero, (path) => readFile(path, {}, SEED, spot))).count).toBe(2)
  })

  test('C09: refuses the same account and instrument twice, also with the same quantity, and names both lines', async () => {
    expect(await failure(tidy('a,BTC,1', 'b,BTC,2', 'a,ETH,1', 'c,ETH,1', 'b,BTC,2'))).toMatchObject({
      code: 'LEDGER_DUPLICATE_ACCOUNT',
      where: 'accounts.csv:3 and accounts.csv:6',
    })
  })

  test('refuses a duplicate that hides behind a zero quantity', async () => {
    expect((await failure(tidy('a,BTC,1', 'a,BTC,0'))).code).toBe('LEDGER_DUPLICATE_ACCOUNT')
  })

  test.each([
    ['two owners', 'a,BTC,1,5', 'a,ETH,1,6'],
    ['an owner on one row only', 'a,BTC,1,5', 'a,ETH,1,'],
  ])('refuses %s for one account and names both lines', async (_, first, second) => {
    expect(
      await failure(`account_id,instrument,quantity,owner\n${first}\nz,BTC,1,\n${second}\n`),
    ).toMatchObject({
      code: 'LEDGER_OWNER_CONFLICT',
      where: 'accounts.csv:2 and accounts.csv:4',
    })
  })

  test.each([
    '0x5',
    '-5',
    '05',
    ' 5',
    '1.0',
    '21888242871839275222246405745257275088548364400416034343698204186575808495617',
  ])('refuses the owner "%s", not a canonical field element', async (owner) => {
    expect(await failure(`account_id,instrument,quantity,owner\na,BTC,1,\nb,BTC,1,${owner}\n`)).toMatchObject(
      {
        code: 'LEDGER_OWNER',
        where: 'accounts.csv:3, column owner',
      },
    )
  })

  test.each([
    ['empty', ''],
    ['empty in quotes', '""'],
    ['longer than 256 bytes', 'x'.repeat(257)],
    ['longer than 256 bytes in few characters', 'é'.repeat(129)],
    ['led by a space', ' a'],
    ['trailed by a space', 'a '],
    ['led by a no-break space', '\u00a0a'],
    ['decomposed, not NFC', 'e\u0301'],
    ['with a control character', 'a\u0085b'],
    ['with a delete character', 'a\u007fb'],
  ])('refuses an account id that is %s', async (_, id) => {
    expect(await failure(tidy('a,BTC,1', `${id},BTC,1`))).toMatchObject({
      code: 'LEDGER_ACCOUNT_ID',
      where: 'accounts.csv:3, column account_id',
    })
  })

  test('keeps account ids byte for byte', async () => {
    const ids = [
      'x'.repeat(256),
      'é'.repeat(128),
      'a b',
      'A',
      'a',
      '007',
      '7',
      '7.0',
      'NULL',
      '#1',
      "o'x",
      '\\N',
      '客户-1',
      '😀',
      'true',
    ]
    const accounts = await accountsOf(tidy(...ids.map((id) => `${id},BTC,1`)))
    expect(Object.keys(accounts).sort()).toEqual([...ids].sort())
  })

  test('names the first line at fault, whatever the faults are', async () => {
    expect((await failure(tidy('a,BTC,1', ' b,BTC,1', 'c,BTC,x', 'd,DOGE,1'))).where).toContain(
      ':3, column account_id',
    )
    expect((await failure(tidy('a,BTC,1', 'c,BTC,x', ' b,BTC,1', 'd,DOGE,1'))).where).toContain(
      ':3, column quantity',
    )
    expect((await failure(tidy('a,BTC,1', 'd,DOGE,1', ' b,BTC,1', 'c,BTC,x'))).where).toContain(
      ':3, column instrument',
    )
  })
})
