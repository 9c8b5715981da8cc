import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../../src/errors/index.js'
import { readMarginRule, readPortfolio, readRiskTable } from '../../../src/inputs/index.js'
import { buildRiskTable, exactRule } from '../../../src/models/index.js'
import {
  assertRule,
  fileOfRule,
  formatMarginRule,
  type MarginRule,
  type MarginRuleFile,
  roundRule,
} from '../../../src/rules/index.js'
import { temporaryFolder } from '../../helpers/cli.js'
import { pmrmParams } from '../../helpers/derive.js'
import { head } from '../../helpers/margin.js'
import { countVisits } from '../../helpers/visits.js'

const folder = temporaryFolder()
const rule = roundRule(exactRule('derive-pmrm', pmrmParams()))
const spanParams = {
  ...head('span16'),
  commodities: [
    {
      name: 'index',
      spreadCharge: '7',
      shortOptionMinimum: '9',
      limits: { netDelta: '10' },
      instruments: [
        { kind: 'future', symbol: 'F', decimals: 0, array: Array(16).fill('1.25') },
        { kind: 'option', symbol: 'C', decimals: 2, array: Array(16).fill('-0.5'), value: '5', delta: '0.6' },
      ],
    },
  ],
}
const changed = (change: (copy: MarginRule) => void): MarginRule => {
  const copy = structuredClone(rule)
  change(copy)
  return copy
}
const codeOf = async (work: () => unknown): Promise<string> => {
  try {
    await work()
  } catch (error) {
    if (error instanceof InputError) return error.code
    throw error
  }
  return 'nothing thrown'
}

describe('a margin rule (risk.10)', () => {
  test('round-trips through its canonical file', async () => {
    const path = join(folder, 'rule.json')
    await writeFile(path, formatMarginRule(rule))
    const again = await readMarginRule(path)
    expect(again).toEqual(rule)
    expect(formatMarginRule(again)).toBe(formatMarginRule(rule))
  })

  test('round-trips with groups of its own, choices, floors and limits', async () => {
    const span = roundRule(exactRule('span16', spanParams))
    expect(span.exposures.map(({ adds }) => adds)).toEqual([{ raises: 'index' }, { bounds: 'index' }])
    const path = join(folder, 'span.json')
    await writeFile(path, formatMarginRule(span))
    expect(await readMarginRule(path)).toEqual(span)
  })

  test.each<[string, (file: MarginRuleFile) => object]>([
    ['a field of its own', (file) => ({ ...file, note: 'x' })],
    [
      'an exposure that adds to two places',
      (file) => ({
        ...file,
        exposures: [{ name: 'x', lines: [], adds: { sum: 'a', raises: 'b' } }],
      }),
    ],
    [
      'a third branch',
      (file) => ({
        ...file,
        limits: [{ name: 'x', cap: '1', lines: [{ constant: '0', terms: [], branch: 2 }] }],
      }),
    ],
    ['another schema', (file) => ({ ...file, schema: 'plimsoll/margin-rule/1' })],
  ])('is refused as a file with %s', async (_, change) => {
    const path = join(folder, 'wrong.json')
    await writeFile(path, JSON.stringify(change(fileOfRule(rule))))
    expect(await codeOf(() => readMarginRule(path))).toBe('JSON_SCHEMA')
  })

  test('may be part of a risk table, and is missing from one that has none', async () => {
    const { margin } = await readRiskTable('examples/venue/risk.json')
    expect(await readMarginRule('examples/venue/risk.json')).toEqual(margin)
    const { margin: _, ...rest } = JSON.parse(await readFile('examples/venue/risk.json', 'utf8'))
    const bare = join(folder, 'bare.json')
    await writeFile(bare, JSON.stringify(rest))
    expect(await codeOf(() => readMarginRule(bare))).toBe('RULE_MISSING')
  })

  const group = (r: MarginRule) => r.scan!.groups[0]!
  test.each<[string, string, (copy: MarginRule) => void]>([
    ['an instrument twice', 'RULE_DUPLICATE', (r) => r.instruments.push(r.instruments[0]!)],
    ['a scenario twice', 'RULE_DUPLICATE', (r) => r.scan!.scenarios.push(r.scan!.scenarios[0]!)],
    [
      'an exposure named as a group',
      'RULE_DUPLICATE',
      (r) => {
        r.exposures[0]!.name = group(r).name
      },
    ],
    [
      'an exposure named as a sum',
      'RULE_DUPLICATE',
      (r) => {
        r.exposures[0]!.name = 'basis'
      },
    ],
    ['a requirement twice', 'RULE_DUPLICATE', (r) => r.requirements.push(r.requirements[0]!)],
    [
      'a limit twice',
      'RULE_DUPLICATE',
      (r) => {
        const limit = { name: 'x', cap: 0n, lines: [] }
        r.limits.push(limit, limit)
      },
    ],
    [
      'an instrument twice in a line',
      'RULE_DUPLICATE',
      (r) => {
        const [line] = r.exposures[0]!.lines
        line!.terms.push(line!.terms[0]!)
      },
    ],
    [
      'a member of two groups',
      'RULE_DUPLICATE',
      (r) => {
        group(r).members.push(r.scan!.groups[1]!.members[0]!)
      },
    ],
    [
      'a flat member of two groups',
      'RULE_DUPLICATE',
      (r) => {
        r.scan!.groups[1]!.flat.push(group(r).flat[0]!)
      },
    ],
    [
      'a sum charged twice',
      'RULE_DUPLICATE',
      (r) => {
        const [charge] = r.requirements[0]!.charges
        r.requirements[0]!.charges.push(charge!)
      },
    ],
    [
      'a member that is no instrument',
      'RULE_UNKNOWN',
      (r) => {
        group(r).members[0]!.symbol = 'X'
      },
    ],
    [
      'a flat member that is no instrument',
      'RULE_UNKNOWN',
      (r) => {
        group(r).flat[0]!.symbol = 'X'
      },
    ],
    [
      'a term that is no instrument',
      'RULE_UNKNOWN',
      (r) => {
        r.limits.push({
          name: 'x',
          cap: 0n,
          lines: [{ constant: 0n, terms: [{ symbol: 'X', long: 0n, short: 0n }] }],
        })
      },
    ],
    [
      'a charge of nothing',
      'RULE_UNKNOWN',
      (r) => {
        r.requirements[0]!.charges[0]!.sum = 'X'
      },
    ],
    ['a worst of nothing', 'RULE_UNKNOWN', (r) => r.requirements[0]!.worst!.sums.push('X')],
    [
      'an exposure that raises a netted group',
      'RULE_UNKNOWN',
      (r) => {
        r.exposures[0]!.adds = { raises: group(r).name }
      },
    ],
    [
      'an exposure that is the floor of a sum',
      'RULE_UNKNOWN',
      (r) => {
        r.exposures[0]!.adds = { bounds: 'basis' }
      },
    ],
    ['a change too few', 'RULE_SCENARIOS', (r) => group(r).members[0]!.changes.pop()],
    ['a scenario more', 'RULE_SCENARIOS', (r) => r.scan!.scenarios.push({ name: 'x', gain: 0n, loss: 0n })],
    [
      'a slope below zero',
      'RULE_RANGE',
      (r) => {
        group(r).loss = -1n
      },
    ],
    [
      'a damping of 2^40',
      'RULE_RANGE',
      (r) => {
        r.scan!.scenarios[0]!.gain = 2n ** 40n
      },
    ],
    [
      'a change of 2^63',
      'RULE_RANGE',
      (r) => {
        group(r).members[0]!.changes[0] = 2n ** 63n
      },
    ],
    [
      'a flat change of -2^63',
      'RULE_RANGE',
      (r) => {
        group(r).flat[0]!.change = -(2n ** 63n)
      },
    ],
    [
      'a factor of 2^40',
      'RULE_RANGE',
      (r) => {
        r.requirements[0]!.charges[0]!.factor = 2n ** 40n
      },
    ],
    [
      'a factor of the worst below zero',
      'RULE_RANGE',
      (r) => {
        r.requirements[0]!.worst!.factor = -1n
      },
    ],
    [
      'a threshold of 2^127',
      'RULE_RANGE',
      (r) => {
        r.requirements[0]!.threshold = 2n ** 127n
      },
    ],
    ['a cap below zero', 'RULE_RANGE', (r) => r.limits.push({ name: 'x', cap: -1n, lines: [] })],
    [
      'a constant above zero',
      'RULE_CONSTANT',
      (r) => {
        r.exposures[0]!.lines[0]!.constant = 1n
      },
    ],
    [
      'a constant above zero in a limit',
      'RULE_CONSTANT',
      (r) => {
        r.limits.push({ name: 'x', cap: 1n, lines: [{ constant: 1n, terms: [] }] })
      },
    ],
    [
      'slopes in a group of its own',
      'RULE_SLOPE',
      (r) => {
        r.scan!.groups[1]!.sum = 'basis'
      },
    ],
    [
      'damped losses beside a group of its own',
      'RULE_SLOPE',
      (r) => {
        group(r).sum = 'basis'
      },
    ],
    [
      'a branch without a choice',
      'RULE_BRANCH',
      (r) => {
        r.exposures[0]!.lines[0]!.branch = 1
      },
    ],
    [
      'a branch in a limit',
      'RULE_BRANCH',
      (r) => {
        r.limits.push({ name: 'x', cap: 1n, lines: [{ constant: 0n, terms: [], branch: 0 }] })
      },
    ],
    [
      'a choice that adds to two places',
      'RULE_CHOICE',
      (r) => {
        const [basis, skew] = [r.exposures[0]!, r.exposures.find(({ name }) => name.startsWith('skew'))!]
        basis.choice = skew.choice!
      },
    ],
    [
      'no requirement',
      'RULE_EMPTY',
      (r) => {
        r.requirements = []
      },
    ],
    [
      'no scenario',
      'RULE_EMPTY',
      (r) => {
        r.scan!.scenarios = []
      },
    ],
    ...(['gain', 'loss'] as const).map((side): [string, string, (copy: MarginRule) => void] => [
      `a slope and a damping that make a ${side} of 2^212`,
      'RULE_WIDTH',
      ({ scan }) => {
        scan!.groups.find(({ sum }) => sum === undefined)![side] = 2n ** 38n
        scan!.scenarios[1]![side] = 2n ** 38n
      },
    ]),
  ])('is refused with %s', async (_, code, change) => {
    expect(await codeOf(() => assertRule(changed(change)))).toBe(code)
  })

  test('is checked with work in proportion to its size, however many groups and scenarios it has', async () => {
    const one = 10n ** 9n
    const work = (size: number): Promise<number> => {
      const named = (prefix: string) =>
        Array.from({ length: size }, (_, i) => ({ name: `${prefix}${i}`, gain: one, loss: one }))
      const groups = named('g').map((group, i) => ({
        ...group,
        members: [],
        flat: [],
        ...(i % 2 === 0 ? {} : { sum: `sum ${i}` }),
      }))
      const scan = { name: 'wide', scenarios: named('s'), groups }
      const [first] = rule.requirements
      const requirements = [{ name: first!.name, threshold: 0n, charges: [] }]
      return countVisits(() => assertRule({ ...rule, scan, requirements, exposures: [], limits: [] }))
    }
    expect(await work(800)).toBeLessThan(5 * (await work(200)))
  })

  test('may have slopes, dampings and factors as large as published ones: 5, 10, and more', () => {
    const large = changed(({ scan, requirements }) => {
      const netted = scan!.groups.find(({ sum }) => sum === undefined)!
      Object.assign(netted, { gain: 2n ** 38n - 1n, loss: 10n * 10n ** 9n })
      Object.assign(scan!.scenarios[0]!, { gain: 2n ** 38n, loss: 5n * 10n ** 9n })
      for (const { worst, charges } of requirements) {
        if (worst) worst.factor = 2n ** 40n - 1n
        for (const charge of charges) charge.factor = 2n ** 40n - 1n
      }
    })
    expect(() => assertRule(large)).not.toThrow()
  })

  test('may have exposures that no requirement asks for', () => {
    const more = changed((r) => r.exposures.push({ name: 'x', lines: [], adds: { sum: 'unasked' } }))
    expect(() => assertRule(more)).not.toThrow()
  })

  test('is scaled as finely as its largest number allows', () => {
    const build = (price: string, decimals: number) =>
      roundRule(
        exactRule('lending', {
          ...head('lending'),
          assets: [{ symbol: 'X', decimals, price, loanToValue: '0.5', liquidationThreshold: '0.5' }],
        }),
      )
    expect(build('9', 0).valueDecimals).toBe(18)
    expect(build('10', 0).valueDecimals).toBe(17)
    expect(build('97000', 8).valueDecimals).toBe(21)
    expect(() => build('100000000000000000000', 6)).toThrow(expect.objectContaining({ code: 'RULE_SCALE' }))
  })

  test.each([
    ['0.3172', 8, 24],
    ['0.00000845', 0, 24],
    ['0.00000845', 18, 24],
  ])('of a perp at %s with %d decimals fits the cash that joins it as well', (price, decimals, scale) => {
    const perp = { kind: 'perp', symbol: 'PERP', decimals, price, initial: [{ from: '0', rate: '0.5' }] }
    const { margin } = buildRiskTable(
      {
        timestamp: 1767225600,
        quote: 'USD',
        valueDecimals: 26,
        instruments: [
          { symbol: 'USDC', kind: 'stablecoin', decimals: 6, mark: 10n ** 20n },
          {
            symbol: 'PERP',
            kind: 'perp',
            decimals,
            mark: (BigInt(Math.round(Number(price) * 1e8)) * 10n ** 18n) / 10n ** BigInt(decimals),
          },
        ],
        scenarios: [],
      },
      {
        model: 'cross',
        cash: 'USDC',
        params: { ...head('cross'), instruments: [{ ...perp, maintenance: perp.initial }] },
      },
    )
    expect(margin!.valueDecimals).toBe(scale)
    const unit = 10n ** BigInt(scale - 6)
    expect(margin!.instruments.find(({ symbol }) => symbol === 'USDC')!.value).toEqual({
      long: unit,
      short: unit,
    })
  })
})

describe("an account's portfolio file (margin.14)", () => {
  const read = async (text: string) => {
    const path = join(folder, 'account.json')
    await writeFile(path, text)
    return readPortfolio(path, rule)
  }
  const file = (positions: object, more: object = {}) =>
    JSON.stringify({ schema: 'plimsoll/portfolio/1', positions, ...more })

  test('gives smallest units, without zeros', async () => {
    const { cash, positions } = await read(file({ PERP: '-1.5', C1: '2', P1: '0' }, { cash: '1000.5' }))
    expect(cash).toBe(1_000_500_000n)
    expect(positions).toEqual([
      { symbol: 'PERP', quantity: -1_500_000n },
      { symbol: 'C1', quantity: 2_000_000n },
    ])
    expect((await read(file({}))).cash).toBe(0n)
  })

  test('takes the largest magnitude and refuses the next', async () => {
    const largest = (2n ** 64n - 1n).toString()
    const decimal = `${largest.slice(0, -6)}.${largest.slice(-6)}`
    expect((await read(file({ PERP: `-${decimal}` }))).positions[0]!.quantity).toBe(-(2n ** 64n) + 1n)
    expect(await codeOf(() => read(file({ PERP: '18446744073709.551616' })))).toBe('PORTFOLIO_RANGE')
  })

  test.each([
    ['an instrument that the rule does not have', file({ C1: '1', SECRET: '4711' }), 'PORTFOLIO_INSTRUMENT'],
    ['a number for a quantity', file({ C1: 4711 }), 'DECIMAL_SYNTAX'],
    ['a quantity that is too fine', file({ C1: '4.7114711' }), 'DECIMAL_PRECISION'],
    ['cash that is no decimal', file({}, { cash: '4711 SECRET' }), 'DECIMAL_SYNTAX'],
    ['a field of its own', file({}, { SECRET: '4711' }), 'PORTFOLIO_FORM'],
    ['another schema', JSON.stringify({ schema: 'SECRET4711', positions: {} }), 'PORTFOLIO_FORM'],
    [
      'a position given twice',
      '{"schema":"plimsoll/portfolio/1","positions":{"SECRET":"4711","SECRET":"1"}}',
      'PORTFOLIO_FORM',
    ],
    ['a list for positions', file(['SECRET', '4711']), 'PORTFOLIO_FORM'],
  ])('is refused with %s, and nothing of it is repeated', async (_, text, code) => {
    const error = await read(text).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(InputError)
    expect((error as InputError).code).toBe(code)
    // The folder's name is random, and may have any two characters in it.
    const said = JSON.stringify(error).replaceAll(folder, '')
    for (const secret of ['SECRET', '4711', 'C1']) expect(said).not.toContain(secret)
  })

  test('is refused with more positions than an account can have', async () => {
    const many = Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`S${i}`, '1']))
    expect(await codeOf(() => read(file(many)))).toBe('PORTFOLIO_SIZE')
  })
})

describe('parameters (risk.10)', () => {
  test('may write zero with a sign', () => {
    const params = pmrmParams()
    params.skewShockParams.absCBase = '-0.0'
    expect(exactRule('derive-pmrm', params).model).toBe('derive-pmrm')
  })

  test('are refused with the field that is wrong', () => {
    const wrong = { ...pmrmParams(), spotPrice: '-1' }
    expect(() => exactRule('derive-pmrm', wrong)).toThrow(/spotPrice: must be above zero/)
  })

  test('are refused when a formula leaves the range of numbers', () => {
    const params = pmrmParams()
    params.marginParams.shortRateAddScale = '999999'
    params.expiries[0]!.secToExpiry = 10 ** 9
    expect(() => exactRule('derive-pmrm', params)).not.toThrow()
    params.expiries[0]!.rate = `1${'0'.repeat(29)}`
    params.marginParams.longRateMultScale = `1${'0'.repeat(29)}`
    params.marginParams.shortBaseStaticDiscount = '0'
    expect(() => exactRule('derive-pmrm', params)).toThrow(expect.objectContaining({ code: 'PARAMS_RANGE' }))
  })
})
