import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readRiskTable } from '../../../src/inputs/index.js'
import { MARGIN_MODELS, type MarginModelName, withRule } from '../../../src/models/index.js'
import { formatRiskTable, withMargin } from '../../../src/risk/index.js'
import type { MarginRule } from '../../../src/rules/index.js'
import { marginFigures } from '../../../src/statements/index.js'
import { temporaryFolder } from '../../helpers/cli.js'
import { agreeing, tableEquity } from '../../helpers/models.js'

const MODELS = Object.keys(MARGIN_MODELS) as MarginModelName[]
const RUNS = { numRuns: 15 }
type Position = { symbol: string; quantity: bigint }

/**
 * A model's rule in a table, its cash the instrument CASH, and an account that holds something of everything.
 */
function held(model: MarginModelName) {
  const quantity = fc
    .tuple(fc.integer({ min: 0, max: 44 }), fc.bigInt({ min: -1n << 44n, max: 1n << 44n }))
    .map(([bits, q]) => q / (1n << BigInt(bits)))
  return fc
    .tuple(agreeing(model), fc.array(quantity, { minLength: 12, maxLength: 12 }))
    .map(([{ rule, table, params }, quantities]) => {
      const built = withRule(table, rule, 'CASH')
      const positions = table.instruments.map(({ symbol }, i) => ({ symbol, quantity: quantities[i]! }))
      return { params: params as Params, table: built, margin: built.margin!, positions }
    })
}

const figuresOf = (margin: MarginRule, positions: readonly Position[]) =>
  marginFigures(margin, { cash: 0n, positions })
describe('rule and table cannot disagree (margin.15)', () => {
  test.each(MODELS)('%s: what the rule has an account at is at most what the table has it at', (model) => {
    fc.assert(
      fc.property(held(model), ({ table, margin, positions }) => {
        const { equity, decimals } = figuresOf(margin, positions)
        const inTable = tableEquity(table, positions) * 10n ** BigInt(decimals)
        expect(equity * 10n ** BigInt(table.valueDecimals) <= inTable).toBe(true)
      }),
      RUNS,
    )
  })

  test.each(MODELS)('%s: an instrument of another kind is refused by name', (model) => {
    fc.assert(
      fc.property(agreeing(model), fc.nat(), ({ rule, table }, pick) => {
        const rows = rule.instruments.filter(({ symbol }) => symbol !== rule.cash)
        const { symbol, kinds } = rows[pick % rows.length]!
        const kind = (['spot', 'perp', 'option'] as const).find((k) => !kinds.includes(k))!
        const instruments = table.instruments.map((row) => (row.symbol === symbol ? { ...row, kind } : row))
        expect(() => withRule({ ...table, instruments }, rule, 'CASH')).toThrow(
          expect.objectContaining({ code: 'MARGIN_KIND', message: expect.stringContaining(symbol) }),
        )
      }),
      RUNS,
    )
  })

  test.each(MODELS)('%s: a mark that is not the price in the parameters is refused with both', (model) => {
    fc.assert(
      fc.property(agreeing(model), fc.nat(), fc.boolean(), ({ rule, table }, pick, up) => {
        const priced = rule.instruments.filter((row) => row.symbol !== rule.cash && row.price !== undefined)
        const { symbol, price } = priced[pick % priced.length]!
        const instruments = table.instruments.map((row) => {
          if (row.symbol !== symbol) return row
          const unit = 10n ** BigInt(table.valueDecimals - row.decimals)
          const ticks = (value: { numerator: bigint; denominator: bigint }) =>
            (value.numerator * unit) / value.denominator
          const off = ticks(price!.within) + 2n
          return { ...row, mark: ticks(price!.value) + (up ? off : -off) }
        })
        expect(() => withRule({ ...table, instruments }, rule, 'CASH')).toThrow(
          expect.objectContaining({
            code: 'MARGIN_PRICE',
            message: expect.stringMatching(
              new RegExp(`^.*${symbol} is at [0-9.e-]+ in .* its mark .* is -?[0-9.e-]+$`),
            ),
          }),
        )
      }),
      RUNS,
    )
  })

  test.each(MODELS)(
    'N25: %s: a rule in a file that has a unit one last place too high is refused',
    async (model) => {
      const folder = temporaryFolder()
      await fc.assert(
        fc.asyncProperty(held(model), fc.nat(), fc.boolean(), async ({ table, margin }, pick, long) => {
          const path = join(folder, 'risk.json')
          await writeFile(path, formatRiskTable(table))
          expect((await readRiskTable(path)).margin).toEqual(margin)
          const row = structuredClone(margin.instruments[pick % margin.instruments.length]!)
          const { kind, mark } = table.instruments.find(({ symbol }) => symbol === row.symbol)!
          const worth = kind === 'perp' || kind === 'future' ? 0n : mark
          const scaled = (up: boolean) => {
            const [a, b] = [worth * 10n ** BigInt(margin.valueDecimals), 10n ** BigInt(table.valueDecimals)]
            return up ? a / b + 1n : -(-a / b) - 1n
          }
          row.value = long ? { ...row.value, long: scaled(true) } : { ...row.value, short: scaled(false) }
          const instruments = margin.instruments.map((other) => (other.symbol === row.symbol ? row : other))
          await writeFile(path, formatRiskTable({ ...table, margin: { ...margin, instruments } }))
          await expect(readRiskTable(path)).rejects.toMatchObject({
            code: 'MARGIN_VALUE',
            message: expect.stringContaining(row.symbol),
            where: path,
          })
        }),
        { numRuns: 5 },
      )
    },
  )
})

interface Params {
  instruments?: Row[]
  units?: { instruments: Row[] }[]
  assets?: Row[]
  cashBorrowing?: object
  borrowingEnabled?: boolean
}
interface Row {
  symbol: string
  kind?: string
  borrowing?: object
  borrowable?: boolean
}

/** Symbols that the source of a model lets nobody owe. */
function forbidden(model: MarginModelName, params: Params): string[] {
  const { instruments = [], units = [], assets = [] } = params
  const inKind = [...instruments, ...units.flatMap((unit) => unit.instruments), ...assets]
    .filter(({ kind = 'spot' }) => kind === 'spot' || kind === 'stablecoin')
    .filter(({ borrowing, borrowable = borrowing !== undefined }) => !borrowable)
    .map(({ symbol }) => symbol)
  const ofDerive = { 'derive-pmrm': ['WETH', 'USDT'], 'derive-standard': ['WETH'] }
  const free = {
    'derive-standard': params.borrowingEnabled,
    span16: true,
    lending: true,
    'derive-pmrm': true,
  }
  const cash = { ...free, cross: params.cashBorrowing, matrix: params.cashBorrowing }[model]
  return [
    ...(model in ofDerive ? ofDerive[model as keyof typeof ofDerive] : inKind),
    ...(cash ? [] : ['CASH']),
  ]
}

describe('debts are charged or refused (margin.16)', () => {
  test.each(MODELS)('N26: %s: who owes what its source lets nobody owe meets nothing', (model) => {
    fc.assert(
      fc.property(held(model), ({ params, margin, positions }) => {
        const rich = positions.map(({ symbol, quantity }) => ({
          symbol,
          quantity: (quantity < 0n ? -quantity : quantity) + (1n << 50n),
        }))
        for (const symbol of forbidden(model, params)) {
          const owing = rich.map((row) => (row.symbol === symbol ? { symbol, quantity: -1n } : row))
          expect(
            figuresOf(margin, owing).requirements.map(({ met }) => met),
            symbol,
          ).toEqual([false, false])
        }
        const { limits } = figuresOf(margin, rich)
        expect(limits.find(({ name }) => name === 'borrowing')?.met ?? true).toBe(true)
      }),
      RUNS,
    )
  })

  test.each(MODELS)(
    'N26: %s: no debt of cash or in kind is met by what is worth as much and no more',
    (model) => {
      fc.assert(
        fc.property(held(model), fc.nat(), fc.nat(), ({ table, margin }, first, second) => {
          const owned = table.instruments.filter(({ kind }) => kind === 'spot' || kind === 'stablecoin')
          const debt = owned[first % owned.length]!
          const rest = table.instruments.filter(
            (row) => row !== debt && !['perp', 'future'].includes(row.kind),
          )
          const collateral = rest[second % rest.length]
          if (collateral === undefined || collateral.mark === 0n || debt.mark === 0n) return
          // So much that the last unit of either is far below what the smallest haircut or rate comes to.
          const worth = 10n ** BigInt(table.valueDecimals) * 10n ** 8n
          const positions = [
            { symbol: collateral.symbol, quantity: worth / collateral.mark + 1n },
            { symbol: debt.symbol, quantity: -(worth / debt.mark) },
          ]
          // Of an option that is all but worthless, no account can hold so much.
          if (positions.some(({ quantity }) => quantity >> 64n > 0n)) return
          expect(tableEquity(table, positions) >= 0n).toBe(true)
          expect(figuresOf(margin, positions).requirements.map(({ met }) => met)).toEqual([false, false])
        }),
        RUNS,
      )
    },
  )

  test.each(MODELS)('%s: no slack rises as cash or collateral falls or a debt of it grows', (model) => {
    fc.assert(
      fc.property(
        held(model),
        fc.nat(),
        fc.bigInt({ min: 1n, max: 1n << 40n }),
        ({ table, margin, positions }, pick, less) => {
          const owned = table.instruments.filter(({ kind }) => kind === 'spot' || kind === 'stablecoin')
          const { symbol, mark } = owned[pick % owned.length]!
          const fewer = positions.map((row) =>
            row.symbol === symbol ? { symbol, quantity: row.quantity - less } : row,
          )
          const [before, after] = [figuresOf(margin, positions), figuresOf(margin, fewer)]
          for (const [i, { slack, met }] of after.requirements.entries()) {
            expect(slack <= before.requirements[i]!.slack).toBe(true)
            if (symbol === 'CASH') {
              const lost = less * mark * 10n ** BigInt(before.decimals - table.valueDecimals)
              const unit = less * 10n ** BigInt(before.decimals - margin.valueDecimals)
              if (positions.find((row) => row.symbol === symbol)!.quantity <= 0n) {
                expect(before.requirements[i]!.slack - slack + unit >= lost).toBe(true)
              }
            }
            expect(met && !before.requirements[i]!.met).toBe(false)
          }
        },
      ),
      RUNS,
    )
  })

  test.each(MODELS)('%s: to open asks for at least what to keep asks for', (model) => {
    fc.assert(
      fc.property(held(model), ({ margin, positions }) => {
        const { requirements } = figuresOf(margin, positions)
        const slack = (name: string) => requirements.find((r) => r.name === name)!.slack
        expect(slack('initial') <= slack('maintenance')).toBe(true)
      }),
      RUNS,
    )
  })

  test.each(MODELS)('%s: twice the account needs at least twice as much', (model) => {
    fc.assert(
      fc.property(held(model), ({ margin, positions }) => {
        const twice = positions.map(({ symbol, quantity }) => ({ symbol, quantity: 2n * quantity }))
        const [one, two] = [figuresOf(margin, positions), figuresOf(margin, twice)]
        for (const [i, { required }] of two.requirements.entries()) {
          expect(required >= 2n * one.requirements[i]!.required).toBe(true)
        }
      }),
      RUNS,
    )
  })
})

describe('who meets a requirement is not below zero in the table (margin.18)', () => {
  test.each(MODELS)('%s: at the marks of the table', (model) => {
    fc.assert(
      fc.property(held(model), ({ table, margin, positions }) => {
        const met = figuresOf(margin, positions).requirements.some((requirement) => requirement.met)
        expect(met && tableEquity(table, positions) < 0n).toBe(false)
      }),
      RUNS,
    )
  })

  test('a threshold below zero is refused by name, when a rule is joined and when it is read', async () => {
    const { table, margin } = fc.sample(held('cross'), { numRuns: 1, seed: 1 })[0]!
    const path = join(temporaryFolder(), 'risk.json')
    const requirements = margin.requirements.map((row) => ({ ...row, threshold: -1n }))
    const below = { ...margin, requirements }
    const refusal = { code: 'MARGIN_THRESHOLD', message: expect.stringContaining(requirements[0]!.name) }
    expect(() => withMargin(table, below)).toThrow(expect.objectContaining(refusal))
    await writeFile(path, formatRiskTable({ ...table, margin: below }))
    await expect(readRiskTable(path)).rejects.toMatchObject({ ...refusal, where: path })
  })
})

describe('what a reader of a rule is shown (cli.16)', () => {
  test.each([
    ['an invisible character', 'maintenance\u200b'],
    ['a bidirectional one', '\u202emaintenance'],
    ['an escape sequence', '\u001b[2Jmaintenance'],
    ['a space at its end', 'maintenance '],
  ])('a requirement whose name has %s is refused, as another might be taken for it', async (_, name) => {
    const { table, margin } = fc.sample(held('cross'), { numRuns: 1, seed: 1 })[0]!
    const requirements = margin.requirements.map((row, i) => (i === 0 ? { ...row, name } : row))
    const path = join(temporaryFolder(), 'risk.json')
    await writeFile(path, formatRiskTable({ ...table, margin: { ...margin, requirements } }))
    await expect(readRiskTable(path)).rejects.toMatchObject({
      code: 'JSON_SCHEMA',
      where: expect.stringContaining('margin.requirements[0].name'),
    })
  })
})
