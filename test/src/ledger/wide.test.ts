import { describe, expect, test } from 'vitest'
import { accountsOf, failure, readText, spot, table } from '../../helpers/ledger-files.js'

const columns = (asset: string): string[] => [
  `e_${asset}`,
  `d_${asset}`,
  asset,
  `vl_${asset}`,
  `m_${asset}`,
  `pm_${asset}`,
]
const header = (...assets: string[]): string =>
  ['rn', 'id', ...assets.flatMap(columns), 'total_net_balance_usdt'].join(',')
/** A row from the equity and debt of each asset; what is not read yet gets numbers of its own. */
const row = (rn: number, id: string, ...assets: [equity: string, debt: string][]): string =>
  [rn, id, ...assets.flatMap(([e, d]) => [e, d, '0.30000000000000004', '1.1', '2.2', '3.3']), '-99.5'].join(
    ',',
  )
const file = (...lines: string[]): string => `${lines.join('\n')}\n`

const SAMPLE = file(
  header('btc', 'ETH', 'Usdt'),
  row(1, '07f1', ['1.50000000', '0.0'], ['0.0', '0.25'], ['0', '0']),
  row(2, '9ac2', ['2', '0.5'], ['0.0', '0.0'], ['10.000000', '0.000001']),
  row(3, '00e3', ['0', '0'], ['0', '0'], ['0', '0.00000000000000000000']),
)

describe('a wide ledger (cli.9)', () => {
  test('is told by its header; equity is positive, debt negative, both may stand side by side', async () => {
    expect((await readText(SAMPLE)).format).toBe('wide')
    expect(await accountsOf(SAMPLE)).toEqual({
      '07f1': {
        id: '07f1',
        owner: 0n,
        slots: [
          { instrument: 0, quantity: 150_000_000n },
          { instrument: 1, quantity: -25_000_000n },
        ],
      },
      '9ac2': {
        id: '9ac2',
        owner: 0n,
        slots: [
          { instrument: 0, quantity: 200_000_000n },
          { instrument: 0, quantity: -50_000_000n },
          { instrument: 2, quantity: 10_000_000n },
          { instrument: 2, quantity: -1n },
        ],
      },
      '00e3': { id: '00e3', owner: 0n, slots: [] },
    })
  })

  test('counts slots and names what it does not use', async () => {
    const { count, maxSlots, slotCounts, notes } = await readText(SAMPLE)
    expect([count, maxSlots, [...slotCounts]]).toEqual([
      3,
      4,
      [
        [0, 1],
        [2, 1],
        [4, 1],
      ],
    ])
    expect(notes).toHaveLength(1)
    for (const name of ['rn', 'total_net_balance_usdt', 'vl_X', 'm_X', 'pm_X'])
      expect(notes[0]).toContain(name)
  })

  test('may have its assets in any order', async () => {
    const one = file(header('BTC', 'ETH'), row(1, 'a', ['1', '2'], ['3', '4']))
    const other = file(header('ETH', 'BTC'), row(1, 'a', ['3', '4'], ['1', '2']))
    expect(await accountsOf(one)).toEqual(await accountsOf(other))
  })

  test('may have hundreds of assets', async () => {
    const symbols = Array.from({ length: 300 }, (_, i) => `T${i}`)
    const risk = {
      ...table,
      instruments: symbols.map((symbol) => ({ symbol, kind: 'spot' as const, decimals: 2, mark: 1n })),
      scenarios: [{ name: 'calm', values: symbols.map(() => ({ long: 1n, short: 1n })) }],
    }
    const assets = symbols.map((_, i): [string, string] => [
      i % 100 === 7 ? `${i}.25` : '0.0',
      i === 299 ? '1' : '0',
    ])
    const error = await failure(
      file(header(...symbols), row(1, 'a', ...assets), row(2, 'b', ...assets.slice(1), ['x', '0'])),
      {},
      risk,
    )
    expect(error).toMatchObject({ code: 'DECIMAL_SYNTAX', where: 'accounts.csv:3, column e_T299' })
  })

  test('may have amounts with an exponent, exactly', async () => {
    const accounts = await accountsOf(
      file(
        header('BTC', 'ETH'),
        row(1, 'a', ['1.76e-06', '0'], ['1.5E+3', '2e0']),
        row(2, 'b', ['0e-8', '0'], ['0', '0E5']),
      ),
    )
    expect(accounts.a!.slots).toEqual([
      { instrument: 0, quantity: 176n },
      { instrument: 1, quantity: 150_000_000_000n },
      { instrument: 1, quantity: -200_000_000n },
    ])
    expect(accounts.b!.slots).toEqual([])
  })

  test('have amounts cut off at the decimals of their instrument, never rounded up, and say how many (cli.6)', async () => {
    const text = file(
      header('BTC', 'USDT'),
      row(1, 'a', ['1.765e-06', '0.999999999'], ['297.74787099000003', '0']),
      row(2, 'b', ['4.9e-324', '1e-8'], ['1.5000000000000000', '0']),
      row(3, 'c', ['1.765e-06', '0'], ['0', '1.9999999']),
    )
    const { accounts, notes } = await readText(text)
    expect(Object.fromEntries(accounts.map(({ id, slots }) => [id, slots]))).toEqual({
      a: [
        { instrument: 0, quantity: 176n },
        { instrument: 0, quantity: -99_999_999n },
        { instrument: 2, quantity: 297_747_870n },
      ],
      b: [
        { instrument: 0, quantity: -1n },
        { instrument: 2, quantity: 1_500_000n },
      ],
      c: [
        { instrument: 0, quantity: 176n },
        { instrument: 2, quantity: -1_999_999n },
      ],
    })
    expect(notes.at(-1)).toBe('Amounts with more decimals than their asset has, cut off there: 6.')
    const exact = await readText(file(header('BTC'), row(1, 'a', ['1.7600000000e-06', '0e-9'])))
    expect(exact.notes.filter((note) => note.includes('cut off'))).toEqual([])
  })

  test.each([
    ['malformed', '1e-', 'DECIMAL_SYNTAX'],
    ['of a four-digit exponent', '1e-1000', 'DECIMAL_SYNTAX'],
    ['negative', '-1', 'DECIMAL_SIGN'],
    ['too large', '184467440737.09551616', 'LEDGER_RANGE'],
    ['a zero with a leading zero', '00', 'DECIMAL_SYNTAX'],
    ['a zero with two points', '0.0.0', 'DECIMAL_SYNTAX'],
    ['a zero with a sign', '-0.0', 'DECIMAL_SIGN'],
    ['a lone point', '.', 'DECIMAL_SYNTAX'],
    ['a space', ' ', 'DECIMAL_SYNTAX'],
  ])('refuses an amount that is %s, in equity and in debt', async (_, text, code) => {
    const lines = [header('BTC', 'ETH'), row(1, 'a', ['1', '0'], ['1', '0'])]
    expect(await failure(file(...lines, row(2, 'b', ['1', '0'], [text, '0'])))).toMatchObject({
      code,
      where: 'accounts.csv:3, column e_ETH',
    })
    expect(await failure(file(...lines, row(2, 'b', ['1', text], ['1', '0'])))).toMatchObject({
      code,
      where: 'accounts.csv:3, column d_BTC',
    })
  })

  test.each([0, 1, 2, 3, 4, 5, 7, 8])(
    'refuses an empty cell in column %i, bare or quoted',
    async (column) => {
      for (const empty of ['', '""']) {
        const cells = row(1, 'a', ['1', '0']).split(',')
        cells[column] = empty
        const error = await failure(file(header('BTC'), row(0, 'z', ['1', '0']), cells.join(',')))
        expect(error).toMatchObject({ code: 'LEDGER_ROW', where: 'accounts.csv:3' })
        expect(error.message).toContain(`cell ${column + 1} is empty`)
      }
    },
  )

  test('refuses debt when only spot holdings are allowed', async () => {
    const text = file(header('BTC', 'ETH'), row(1, 'a', ['1', '0'], ['1', '0.5']))
    expect(await failure(text, {}, spot)).toMatchObject({
      code: 'LEDGER_NEGATIVE',
      where: 'accounts.csv:2, column d_ETH',
    })
  })

  test('C09: refuses an account twice, even one that holds nothing, and names both lines', async () => {
    const text = file(
      header('BTC'),
      row(1, 'a', ['0', '0']),
      row(2, 'b', ['1', '0']),
      row(3, 'a', ['0', '0']),
    )
    expect(await failure(text)).toMatchObject({
      code: 'LEDGER_DUPLICATE_ACCOUNT',
      where: 'accounts.csv:2 and accounts.csv:4',
    })
  })

  test.each([
    ['an asset that is not in the risk table', header('BTC', 'DOGE'), /"DOGE" is not in the risk table/],
    ['an asset twice in different case', header('BTC', 'btc'), /duplicate columns for the asset "btc"/],
    ['a missing column', header('BTC').replace(',m_BTC', ''), /column 7 is "pm_BTC" where "m_BTC"/],
    ['a missing debt', header('BTC', 'ETH').replace(',d_ETH', ''), /column 10 is "ETH" where "d_ETH"/],
    ['pledges of some assets alone', `rn,id,e_BTC,d_BTC,BTC,${columns('ETH')},total`, /column 9 is "vl_ETH"/],
    ['no pledges of one asset', `rn,id,${columns('ETH')},e_BTC,d_BTC,BTC,total`, /column 12 is "total"/],
    ['columns out of place', header('BTC').replace('e_BTC,d_BTC', 'd_BTC,e_BTC'), /column 3, the e_X of/],
    ['a column of something else', 'rn,id,e_BTC,d_BTC,BTC,note,total', /column 6 is "note" where e_X/],
    ['no asset', 'rn,id,total', /column 3, the e_X of/],
    ['no account', 'rn,,e_BTC,d_BTC,BTC,total', /the second column, the account id, has no name/],
    ['no total', 'rn,id,e_BTC,d_BTC,BTC', /the total is missing/],
    ['half an asset at its end', 'rn,id,e_BTC,d_BTC', /the header ends where "BTC" belongs/],
    ['prices and no total', 'rn,id,e_BTC,d_BTC,BTC,BTC_usdt_price', /the total is missing/],
    [
      'a price missing',
      'rn,id,e_BTC,d_BTC,BTC,e_ETH,d_ETH,ETH,BTC_usdt_price,total',
      /the price of the asset "eth" is missing/,
    ],
    [
      'a price twice',
      'rn,id,e_BTC,d_BTC,BTC,BTC_usdt_price,btc_udst_price,total',
      /column 7, "btc_udst_price", is a second price/,
    ],
    [
      'the price of an asset that nobody has',
      'rn,id,e_BTC,d_BTC,BTC,BTC_usdt_price,ETH_usdt_price,total',
      /column 7 is "ETH_usdt_price" where/,
    ],
    ['no name for the total', header('BTC').replace('total_net_balance_usdt', ''), /no name/],
  ])('refuses a header with %s', async (_, text, message) => {
    const error = await failure(file(text, row(1, 'a', ['1', '0'])))
    expect(error).toMatchObject({ code: 'LEDGER_HEADER', where: 'accounts.csv:1' })
    expect(error.message).toMatch(message)
  })

  test('refuses an asset that fits two symbols of the risk table', async () => {
    const risk = {
      ...table,
      instruments: [...table.instruments, { ...table.instruments[0]!, symbol: 'btc' }],
    }
    const error = await failure(file(header('BTC'), row(1, 'a', ['1', '0'])), {}, risk)
    expect(error.message).toMatch(/"BTC" fits several symbols/)
  })
})

/** Marks of the risk table as prices: BTC 9.7e-9, ETH 3.3e-9, both held with ten decimals. */
const PRICES = { BTC: '0.0000000097', ETH: '3.3e-09' }

describe('variants of a wide ledger (cli.31)', () => {
  const HELD = [
    ['07f1', ['1.5', '0.0'], ['0.0', '0.25']],
    ['9ac2', ['2', '0.5'], ['0', '1e-8']],
    ['00e3', ['0', '0'], ['0.0', '0']],
  ] as const
  const variant = ({ id = 'id', pledged = false, price = '' }) => {
    const names = (x: string) => columns(x).slice(0, pledged ? 6 : 3)
    const prices = price === '' ? [] : ['BTC', 'ETH']
    return file(
      ['rn', id, ...names('BTC'), ...names('eth'), ...prices.map((x) => x + price), 'total'].join(','),
      ...HELD.map(([account, ...assets], rn) => {
        const cells = assets.flatMap(([e, d]) => [e, d, '0.1', ...(pledged ? ['1', '2', '3'] : [])])
        return [rn, account, ...cells, ...(price === '' ? [] : Object.values(PRICES)), '-1.5'].join(',')
      }),
    )
  }

  test('all read the same: with and without pledges, with and without prices, whatever the id is called', async () => {
    const wanted = await accountsOf(variant({}))
    expect(wanted['9ac2']!.slots).toEqual([
      { instrument: 0, quantity: 200_000_000n },
      { instrument: 0, quantity: -50_000_000n },
      { instrument: 1, quantity: -1n },
    ])
    expect(wanted['00e3']!.slots).toEqual([])
    for (const pledged of [false, true]) {
      for (const price of ['', '_usdt_price', '_udst_price', '_USDT_PRICE']) {
        for (const id of ['id', 'main_uid_hashed']) {
          expect(await accountsOf(variant({ id, pledged, price })), `${id} ${pledged} ${price}`).toEqual(
            wanted,
          )
        }
      }
    }
  })

  test('name columns as their header does', async () => {
    const text = variant({ id: 'main_uid_hashed' }).replace('9ac2', '9ac2\u200b')
    expect(await failure(text)).toMatchObject({
      code: 'LEDGER_ACCOUNT_ID',
      where: 'accounts.csv:3, column main_uid_hashed',
    })
    const unread = variant({ price: '_udst_price' }).replace('0.25', 'x')
    expect((await failure(unread)).where).toBe('accounts.csv:2, column d_eth')
  })

  test('are not told by the header of the first column alone', async () => {
    expect(await failure(file('no,id,e_BTC,d_BTC,BTC,total', '1,a,1,0,1,0'))).toMatchObject({
      code: 'LEDGER_HEADER',
      hint: expect.stringContaining('X_usdt_price'),
    })
  })
})

describe('prices in a wide ledger (cli.31)', () => {
  const priced = (...rows: { BTC?: string; ETH?: string }[]) =>
    file(
      'rn,id,e_BTC,d_BTC,BTC,e_ETH,d_ETH,ETH,ETH_usdt_price,BTC_usdt_price,total',
      ...rows.map((row, i) => {
        const { BTC, ETH } = { ...PRICES, ...row }
        return `${i},a${i},1,0,1,1,0,1,${ETH},${BTC},0`
      }),
    )

  test.each([
    ['with an exponent', '9.7e-9'],
    ['with more zeros', '0.000000009700000'],
    ['finer than the table holds, cut off there', '9.7999999e-09'],
  ])('may be written %s, in one row or in all', async (_, BTC) => {
    expect((await readText(priced({ BTC }, {}))).count).toBe(2)
    expect((await readText(priced({}, {}, { BTC }))).count).toBe(3)
  })

  test.each([
    ['higher', '0.0000000098'],
    ['lower', '0.0000000096'],
    ['a little lower than the table holds', '9.69999999999e-09'],
    ['zero', '0'],
    ['negative', '-0.0000000097'],
  ])('that are %s than the marks are refused at their line and column, first or last', async (_, BTC) => {
    const wrong = {
      code: 'LEDGER_PRICE',
      message: expect.stringMatching(/mark of BTC .*, which is 0\.0000000097$/),
    }
    const place = (line: number) => `accounts.csv:${line}, column BTC_usdt_price`
    expect(await failure(priced({ BTC }, {}))).toMatchObject({ ...wrong, where: place(2) })
    expect(await failure(priced({}, {}, { BTC }, { BTC }))).toMatchObject({ ...wrong, where: place(4) })
    expect((await failure(priced({ BTC }))).hint).toMatch(/cut off at 10 decimals/)
  })

  test('are refused far below the first line as well, and before any account is', async () => {
    const rows = Array.from({ length: 5000 }, (_, i) => (i === 4321 ? { ETH: '3.4e-9' } : {}))
    const text = priced(...rows).replace('4999,a4999,1,', '4999,a4999,x,')
    expect(await failure(text)).toMatchObject({
      code: 'LEDGER_PRICE',
      where: 'accounts.csv:4323, column ETH_usdt_price',
    })
  })

  test('are refused when they are no numbers, and no message repeats them (privacy.7)', async () => {
    for (const [BTC, code] of [
      ['424242x', 'DECIMAL_SYNTAX'],
      ['424242', 'LEDGER_PRICE'],
    ]) {
      const error = await failure(priced({}, { BTC: BTC! }))
      expect(error).toMatchObject({ code, where: 'accounts.csv:3, column BTC_usdt_price' })
      expect(error.all).not.toContain('424242')
    }
    expect(await failure(priced({}, { BTC: '' }))).toMatchObject({
      code: 'LEDGER_ROW',
      where: 'accounts.csv:3',
    })
  })
})
