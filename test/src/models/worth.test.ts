import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { formatDecimal, Rational } from '../../../src/field/index.js'
import { readRiskTable } from '../../../src/inputs/index.js'
import { buildRiskTable, exactRule, type MarginModelName } from '../../../src/models/index.js'
import { formatRiskTable, type RiskTable, withMargin } from '../../../src/risk/index.js'
import { type InstrumentKind, roundRule } from '../../../src/rules/index.js'
import { marginFigures, marginModel } from '../../../src/statements/index.js'
import { temporaryFolder } from '../../helpers/cli.js'
import { pmrmParams, standardParams } from '../../helpers/derive.js'
import { head, portfolio } from '../../helpers/margin.js'

type Rows = [symbol: string, kind: InstrumentKind, decimals: number, mark: string][]

const tableOf = (...rows: Rows): RiskTable => ({
  timestamp: 1_767_225_600,
  quote: 'USD',
  valueDecimals: 18,
  instruments: rows.map(([symbol, kind, decimals, mark]) => ({
    symbol,
    kind,
    decimals,
    mark: BigInt(Math.round(Number(mark) * 1e6)) * 10n ** BigInt(12 - decimals),
  })),
  scenarios: [],
})
const rates = [{ from: '0', rate: '0.1' }]
const perp = (price = '2000', kind = 'perp') => ({
  kind,
  symbol: 'PERP',
  decimals: 6,
  price,
  initial: rates,
  maintenance: rates,
})
const eth = (more: object = {}) => ({
  kind: 'spot',
  symbol: 'ETH',
  decimals: 6,
  price: '2000',
  collateral: { initial: '0.8', maintenance: '0.9' },
  ...more,
})
const cross = (...instruments: object[]) => ({ ...head('cross'), instruments })
const MARKET: Rows = [
  ['USDC', 'stablecoin', 6, '1'],
  ['ETH', 'spot', 6, '2000'],
  ['PERP', 'perp', 6, '2000'],
  ['OPT', 'option', 6, '30'],
  ['USD', 'spot', 2, '1'],
]
const marked = (symbol: string, mark: string, kind?: InstrumentKind): RiskTable =>
  tableOf(
    ...MARKET.map(([s, k, d, m]): Rows[number] => (s === symbol ? [s, kind ?? k, d, mark] : [s, k, d, m])),
  )

/** What a rule in a table says of an account, which holds cash as an instrument. */
function held(table: RiskTable, positions: Record<string, string>) {
  const margin = table.margin!
  const account = portfolio(margin, positions)
  const figures = marginFigures(margin, account)
  const number = (value: bigint) => Number(formatDecimal(value, figures.decimals))
  return {
    equity: number(figures.equity),
    required: figures.requirements.map(({ required }) => number(required)),
    valid: figures.requirements.map(({ name }) => marginModel(margin, account, name).valid),
    met: figures.requirements.map(({ met }) => met),
  }
}

describe('what is worth something in a table is worth that in its rule (margin.15)', () => {
  test('N25: 5,000 of a stablecoin marked 0.87 count for 4,350, and a debt of them for as much', () => {
    const params = { ...cross(perp()), cashBorrowing: { initial: '0.1', maintenance: '0.02' } }
    const table = buildRiskTable(marked('USDC', '0.87'), { model: 'cross', params, cash: 'USDC' })
    expect(held(table, { USDC: '5000' })).toMatchObject({ equity: 4350, required: [0, 0] })
    const debt = held(table, { USDC: '-5000' })
    expect(debt.equity).toBe(-4350)
    expect(debt.required).toEqual([expect.closeTo(435, 6), expect.closeTo(87, 6)])
  })

  test.each<[string, RiskTable, string]>([
    ['a perp', marked('USDC', '1'), 'PERP'],
    ['an option', marked('USDC', '1'), 'OPT'],
    ['a coin whose price moves', marked('USDC', '1'), 'ETH'],
    ['what is marked at zero', marked('USDC', '0'), 'USDC'],
    ['a quote currency that is not worth one of itself', marked('USD', '0.99'), 'USD'],
    ['what the table does not have', marked('USDC', '1'), 'DAI'],
  ])('N25: %s is refused as cash, by name', (_, table, cash) => {
    const build = () => buildRiskTable(table, { model: 'cross', params: cross(perp()), cash })
    expect(build).toThrow(
      expect.objectContaining({ code: 'MARGIN_CASH', message: expect.stringContaining(cash) }),
    )
  })

  test('the quote currency itself is cash worth one', () => {
    const table = buildRiskTable(marked('USDC', '1'), { model: 'cross', params: cross(perp()), cash: 'USD' })
    expect(held(table, { USD: '12.34' }).equity).toBe(12.34)
  })

  test('cash of a model whose values are counted in a stablecoin has a mark of one', () => {
    const params = { ...standardParams(), stablePrice: '1' }
    const rows: Rows = [
      ['PERP', 'perp', 6, '2004'],
      ['WETH', 'spot', 6, '2000'],
      ['C1', 'option', 6, '90'],
      ['C2', 'option', 6, '50'],
      ['P1', 'option', 6, '45'],
    ]
    const build = (mark: string) =>
      buildRiskTable(tableOf(['USDC', 'stablecoin', 6, mark], ...rows), {
        model: 'derive-standard',
        params,
        cash: 'USDC',
      })
    expect(held(build('1'), { USDC: '7', C1: '1' }).equity).toBe(97)
    expect(() => build('0.97')).toThrow(
      expect.objectContaining({
        code: 'MARGIN_PRICE',
        message: 'USDC is at 1 in the parameters of derive-standard, its mark in the risk table is 0.97',
      }),
    )
  })

  test('a perp is settled in cash at its mark: long or short, it adds nothing to equity and pays on its magnitude', () => {
    const table = buildRiskTable(marked('USDC', '1'), { model: 'cross', params: cross(perp()), cash: 'USDC' })
    for (const PERP of ['3', '-3']) {
      expect(held(table, { USDC: '100', PERP })).toMatchObject({
        equity: 100,
        required: [expect.closeTo(600, 6), expect.closeTo(600, 6)],
        valid: [false, false],
      })
    }
  })

  test('N25: a perp that is spot in the table, or the other way round, is refused by name', () => {
    const build = (table: RiskTable, row: object) => () =>
      buildRiskTable(table, { model: 'cross', params: cross(row), cash: 'USDC' })
    expect(build(marked('PERP', '2000', 'spot'), perp())).toThrow(
      expect.objectContaining({
        code: 'MARGIN_KIND',
        message: 'PERP is of kind spot in the risk table, and perp or future in the parameters of cross',
      }),
    )
    expect(build(marked('ETH', '2000', 'perp'), eth())).toThrow(/ETH is of kind perp/)
  })

  test('N25: a price that is not the mark is refused with both numbers', () => {
    const build = () =>
      buildRiskTable(marked('ETH', '1999.5'), { model: 'cross', params: cross(eth()), cash: 'USDC' })
    expect(build).toThrow(
      expect.objectContaining({
        code: 'MARGIN_PRICE',
        message: 'ETH is at 2000 in the parameters of cross, its mark in the risk table is 1999.5',
        hint: 'Both are of one moment: give the mark in both.',
      }),
    )
  })

  test('N25: an option that is worth next to nothing, and marked at something, is refused in words', () => {
    const terms = { right: 'put', strike: '1', forward: '2000', secondsToExpiry: 86400, volatility: '3.98' }
    const instruments = [{ kind: 'option', symbol: 'OPT', decimals: 6, terms }]
    const scan = { priceRange: '100', volatilityRange: '0.1', extremeMultiple: '3', extremeCovered: '0.3' }
    const params = { ...head('span16'), commodities: [{ name: 'ETH', scan, instruments }] }
    const build = () => buildRiskTable(marked('USDC', '1'), { model: 'span16', params })
    expect(Rational.fromNumber(2 ** -1070).toNumber()).toBe(0)
    expect(build).toThrow(
      expect.objectContaining({
        code: 'MARGIN_PRICE',
        message: expect.stringMatching(
          /^OPT is at [0-9.e-]+ in the parameters of span16, its mark .* is 30$/,
        ),
        hint: 'They may differ by 20: check price, size, volatility and time.',
      }),
    )
  })

  test('the quote currency is cash, and not another instrument beside it', () => {
    const usd = { ...eth(), symbol: 'USD', price: '1' }
    expect(() => exactRule('cross', cross(usd))).toThrow(
      expect.objectContaining({ code: 'PARAMS_CASH', message: expect.stringContaining('USD') }),
    )
  })

  test('the quote currency of a table is worth one of itself', async () => {
    const path = join(temporaryFolder(), 'risk.json')
    await writeFile(path, formatRiskTable(marked('USD', '1')))
    expect((await readRiskTable(path)).instruments).toHaveLength(5)
    await writeFile(path, formatRiskTable(marked('USD', '0.5')))
    await expect(readRiskTable(path)).rejects.toMatchObject({
      code: 'RISK_QUOTE',
      where: `${path}: instruments[4].mark`,
    })
  })

  test('without cash, a rule says nothing of the quote currency, and a portfolio has none', () => {
    const { margin } = buildRiskTable(marked('USDC', '1'), { model: 'cross', params: cross(eth()) })
    expect(margin!.cash).toBeUndefined()
    expect(margin!.instruments.map(({ symbol }) => symbol)).toEqual(['ETH'])
    expect(() => marginFigures(margin!, { cash: 1n, positions: [] })).toThrow(
      expect.objectContaining({ code: 'PORTFOLIO_CASH' }),
    )
  })

  test('the cash of a rule that was built without a table is refused where the table has none such', () => {
    const rule = roundRule(exactRule('cross', cross(eth())))
    expect(() => withMargin(tableOf(['ETH', 'spot', 6, '2000']), rule)).toThrow(/has no USD/)
  })
})

describe('debts are charged or refused (margin.16)', () => {
  const build = (model: MarginModelName, params: object) =>
    buildRiskTable(marked('USDC', '1'), { model, params, cash: 'USDC' })

  test('N26: cross lets nobody owe collateral, whatever backs it, unless the parameters say what that pays', () => {
    expect(held(build('cross', cross(eth())), { USDC: '999999', ETH: '-1' }).valid).toEqual([false, false])
    const lending = build('cross', cross(eth({ borrowing: { initial: '0.2', maintenance: '0.1' } })))
    expect(held(lending, { USDC: '2400', ETH: '-1' })).toMatchObject({
      equity: 400,
      required: [expect.closeTo(400, 9), expect.closeTo(200, 9)],
      valid: [true, true],
    })
    expect(held(lending, { USDC: '2399.999999', ETH: '-1' }).valid).toEqual([false, true])
  })

  test('N26: cross lets nobody owe cash against collateral, unless the parameters say what that pays', () => {
    expect(held(build('cross', cross(eth())), { USDC: '-1', ETH: '10' }).valid).toEqual([false, false])
    const cashBorrowing = { initial: '0.1', maintenance: '0.05' }
    const lending = build('cross', { ...cross(eth()), cashBorrowing })
    expect(held(lending, { USDC: '-1000', ETH: '1' }).required).toEqual([
      expect.closeTo(400 + 100, 6),
      expect.closeTo(200 + 50, 6),
    ])
    expect(() =>
      build('cross', { ...cross(eth()), cashBorrowing: { initial: '0', maintenance: '0' } }),
    ).toThrow(/must be above zero/)
  })

  const lending = (healthFactor: string, more: object = {}) => ({
    ...head('lending'),
    healthFactor,
    assets: [
      {
        symbol: 'ETH',
        decimals: 6,
        price: '2000',
        loanToValue: '0.8',
        liquidationThreshold: '0.825',
        ...more,
      },
    ],
  })

  test("N26: a debt of cash pays the health factor too, of a rule's own cash and of the table's", () => {
    const own = (healthFactor: string) => {
      const rule = roundRule(exactRule('lending', lending(healthFactor)))
      return marginModel(rule, portfolio(rule, { ETH: '1' }, '-1650'), 'maintenance').valid
    }
    const inTable = (healthFactor: string) =>
      held(build('lending', lending(healthFactor)), { ETH: '1', USDC: '-1650' }).valid[1]
    expect([own('1'), inTable('1')]).toEqual([true, true])
    expect([own('1.00000001'), inTable('1.00000001')]).toEqual([false, false])
    expect([own('1.65000001'), inTable('1.65000001')]).toEqual([false, false])
  })

  test('N26: what is priced at zero cannot be borrowed, as a debt of it would be free', () => {
    const borrowing = { initial: '0.2', maintenance: '0.1' }
    expect(() => exactRule('cross', cross(eth({ price: '0', borrowing })))).toThrow(
      /instruments\[0\]\.price: must be above zero/,
    )
    expect(() => exactRule('lending', lending('1.5', { price: '0', borrowable: true }))).toThrow(
      /assets\[0\]\.price: must be above zero/,
    )
    for (const [model, params] of [
      ['cross', cross(eth({ price: '0' }))],
      ['lending', lending('1.5', { price: '0' })],
    ] as const) {
      const table = buildRiskTable(marked('ETH', '0'), { model, params, cash: 'USDC' })
      expect(held(table, { ETH: '-1', USDC: '999999' }).valid).toEqual([false, false])
    }
  })

  test('N26: a health factor below one, and collateral that counts in full, are refused', () => {
    expect(() => exactRule('lending', lending('0.5'))).toThrow(/healthFactor: must be 1 or more/)
    expect(() => exactRule('lending', lending('1', { liquidationThreshold: '1' }))).toThrow(/must be below 1/)
  })

  test('N26: lending lets nobody owe what cannot be borrowed, and supplied cash backs what the parameters say', () => {
    const debt = { USDC: '3000', ETH: '-1' }
    expect(held(build('lending', lending('1')), debt).valid).toEqual([false, false])
    const borrowable = lending('1', { borrowable: true })
    expect(held(build('lending', borrowable), debt).valid).toEqual([false, false])
    const cash = { loanToValue: '0.7', liquidationThreshold: '0.75' }
    expect(held(build('lending', { ...borrowable, cash }), debt).valid).toEqual([true, true])
    expect(held(build('lending', { ...borrowable, cash }), { USDC: '2700', ETH: '-1' }).valid).toEqual([
      false,
      true,
    ])
  })

  test('a requirement is not called met when a limit does not hold, though there is equity enough', () => {
    const said = held(build('cross', cross(eth())), { USDC: '999999', ETH: '-1' })
    expect(said.equity).toBeGreaterThan(said.required[0]!)
    expect(said.met).toEqual([false, false])
  })
})

describe('parameters that contradict themselves (risk.10)', () => {
  const beyond = /must not be below zero|beyond 40 years|must be a whole number/
  test.each([
    ['a time of the calendar', 1_767_225_600],
    ['milliseconds', 30 * 86_400_000],
    ['a second of the past', -1],
    ['a fraction', 0.5],
  ])('%s is no time to expiry, of an option, a contract or an expiry', (_, seconds) => {
    const pmrm = pmrmParams()
    pmrm.expiries[0]!.secToExpiry = seconds
    expect(() => exactRule('derive-pmrm', pmrm)).toThrow(beyond)
    for (const kind of ['linear', 'option']) {
      const matrix = JSON.parse(readFileSync('examples/venue/margin.json', 'utf8'))
      const row = matrix.units[0].instruments.find((one: { kind: string }) => one.kind === kind)
      Object.assign(kind === 'option' ? row.terms : row, { secondsToExpiry: seconds })
      expect(() => exactRule('matrix', matrix), kind).toThrow(beyond)
    }
  })

  const [market] = standardParams().markets
  test.each<[string, MarginModelName, object, RegExp]>([
    [
      'an initial requirement below maintenance',
      'cross',
      cross({ ...perp(), maintenance: [{ from: '0', rate: '0.2' }] }),
      /must not ask for less than maintenance/,
    ],
    [
      'a tier that asks for more to keep than to open',
      'cross',
      cross({
        ...perp(),
        maintenance: [
          { from: '0', rate: '0.1' },
          { from: '9', rate: '0.11' },
        ],
      }),
      /must not ask for less than maintenance/,
    ],
    [
      'collateral that counts for more to open than to keep',
      'cross',
      cross(eth({ collateral: { initial: '0.9', maintenance: '0.8' } })),
      /must not ask for less/,
    ],
    [
      'a perp far from the spot price',
      'derive-pmrm',
      { ...pmrmParams(), spotPrice: '20' },
      /perp\.price: is not within half/,
    ],
    [
      'a forward far from the spot price',
      'derive-pmrm',
      { ...pmrmParams(), perp: undefined, spotPrice: '20' },
      /expiries.*is not within half/,
    ],
    [
      'a forward far from the spot price',
      'derive-standard',
      { ...standardParams(), markets: [{ ...market, perp: undefined, spot: '20' }] },
      /is not within half/,
    ],
  ])('are refused: %s in %s', (_, model, params, says) => {
    expect(() => exactRule(model, params)).toThrow(says)
  })
})
