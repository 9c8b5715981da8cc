import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { InputError } from '../../../../src/errors/index.js'
import {
  checkRule,
  exactRule,
  formatMarginRule,
  type MarginRule,
  readMarginRule,
  readPortfolio,
  roundRule,
} from '../../../../src/risk/index.js'
import { temporaryFolder } from '../../../helpers/cli.js'
import { pmrmParams } from '../../../helpers/derive.js'
import { head } from '../../../helpers/margin.js'

const folder = temporaryFolder()
const rule = roundRule(exactRule('derive-pmrm', pmrmParams()))
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

describe('a margin rule', () => {
  it('round-trips through its canonical file', async () => {
    const path = join(folder, 'rule.json')
    await writeFile(path, formatMarginRule(rule))
    const again = await readMarginRule(path)
    expect(again).toEqual(rule)
    expect(formatMarginRule(again)).toBe(formatMarginRule(rule))
  })

  it.each<[string, string, (copy: MarginRule) => void]>([
    ['an instrument twice', 'RULE_DUPLICATE', (r) => r.instruments.push(r.instruments[0]!)],
    ['a name for two things', 'RULE_DUPLICATE', (r) => r.exposures.push({ name: 'scenarios', forms: [] })],
    [
      'an instrument twice in a form',
      'RULE_DUPLICATE',
      (r) => r.exposures[0]!.forms[0]!.terms.push(r.exposures[0]!.forms[0]!.terms[0]!),
    ],
    [
      'a member that is no instrument',
      'RULE_UNKNOWN',
      (r) => {
        r.scans[0]!.groups[0]!.members[0]!.symbol = 'X'
      },
    ],
    [
      'a charge of nothing',
      'RULE_UNKNOWN',
      (r) => {
        r.requirements[0]!.charges[0]!.of = 'X'
      },
    ],
    [
      'a combination of itself',
      'RULE_UNKNOWN',
      (r) => {
        r.combinations[0]!.of.push([r.combinations[0]!.name])
      },
    ],
    [
      'a change too few',
      'RULE_SCENARIOS',
      (r) => {
        r.scans[0]!.groups[0]!.members[0]!.changes.pop()
      },
    ],
    [
      'a slope too many',
      'RULE_SCENARIOS',
      (r) => {
        r.scans[0]!.groups[0]!.gain.push(1n)
      },
    ],
    [
      'a scenario more',
      'RULE_SCENARIOS',
      (r) => {
        r.scans[0]!.scenarios.push('more')
      },
    ],
    [
      'a slope below zero',
      'RULE_RANGE',
      (r) => {
        r.scans[0]!.groups[0]!.loss[0] = -1n
      },
    ],
    [
      'a change of 2^63',
      'RULE_RANGE',
      (r) => {
        r.scans[0]!.groups[0]!.members[0]!.changes[0] = 2n ** 63n
      },
    ],
    [
      'a factor of 2^32',
      'RULE_RANGE',
      (r) => {
        r.requirements[0]!.charges[0]!.factor = 2n ** 32n
      },
    ],
    [
      'a threshold of 2^127',
      'RULE_RANGE',
      (r) => {
        r.requirements[0]!.threshold = 2n ** 127n
      },
    ],
    [
      'a cap below zero',
      'RULE_RANGE',
      (r) => {
        r.limits.push({ of: 'scenarios', cap: -1n })
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
      'an empty combination',
      'RULE_EMPTY',
      (r) => {
        r.combinations[0]!.of = []
      },
    ],
    [
      'combinations that double without end',
      'RULE_WIDTH',
      (r) => {
        for (let i = 0; i < 60; i++) {
          const name = i === 0 ? 'worst loss' : `double ${i - 1}`
          r.combinations.push({ name: `double ${i}`, pick: 'max', of: [[name, name]] })
        }
        r.requirements[0]!.charges.push({ of: 'double 59', factor: 1n })
      },
    ],
  ])('is refused with %s', async (_, code, change) => {
    expect(await codeOf(() => checkRule(changed(change)))).toBe(code)
  })

  it('is scaled as finely as its largest number allows', () => {
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
})

describe("an account's portfolio file", () => {
  const read = async (text: string) => {
    const path = join(folder, 'account.json')
    await writeFile(path, text)
    return readPortfolio(path, rule)
  }
  const file = (positions: object, more: object = {}) =>
    JSON.stringify({ schema: 'plimsoll/portfolio/1', positions, ...more })

  it('gives smallest units, without zeros', async () => {
    const { cash, positions } = await read(file({ PERP: '-1.5', C1: '2', P1: '0' }, { cash: '1000.5' }))
    expect(cash).toBe(1_000_500_000n)
    expect([...positions]).toEqual([
      ['PERP', -1_500_000n],
      ['C1', 2_000_000n],
    ])
    expect((await read(file({}))).cash).toBe(0n)
  })

  it('takes the largest magnitude and refuses the next', async () => {
    const largest = (2n ** 64n - 1n).toString()
    const decimal = `${largest.slice(0, -6)}.${largest.slice(-6)}`
    expect((await read(file({ PERP: `-${decimal}` }))).positions.get('PERP')).toBe(-(2n ** 64n) + 1n)
    expect(await codeOf(() => read(file({ PERP: '18446744073709.551616' })))).toBe('PORTFOLIO_RANGE')
  })

  it.each([
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
    const said = JSON.stringify(error)
    for (const secret of ['SECRET', '4711', 'C1']) expect(said).not.toContain(secret)
  })

  it('is refused with more positions than an account can have', async () => {
    const many = Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`S${i}`, '1']))
    expect(await codeOf(() => read(file(many)))).toBe('PORTFOLIO_SIZE')
  })
})

describe('parameters', () => {
  it('may write zero with a sign', () => {
    const params = pmrmParams()
    params.skewShockParams.absCBase = '-0.0'
    expect(exactRule('derive-pmrm', params).model).toBe('derive-pmrm')
  })

  it('are refused with the field that is wrong', () => {
    const wrong = { ...pmrmParams(), spotPrice: '-1' }
    expect(() => exactRule('derive-pmrm', wrong)).toThrow(/spotPrice: must be above zero/)
  })

  it('are refused when a formula leaves the range of numbers', () => {
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
