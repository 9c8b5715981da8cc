import * as z from 'zod'
import { InputError } from '../errors/index.js'
import { fits, MAGNITUDE_BITS, parseDecimal } from '../field/index.js'
import { parseJsonAs } from '../schema/index.js'
import { decimalsOf, MAX_POSITIONS, type MarginRule, type Portfolio } from './rule.js'

const portfolioFile = z.strictObject({
  schema: z.literal('plimsoll/portfolio/1'),
  cash: z.unknown().optional(),
  positions: z.record(z.string(), z.unknown()),
})

/** Errors that would repeat words of the file. */
const JSON_CODES = ['JSON_DUPLICATE_KEY', 'JSON_FORBIDDEN_KEY', 'JSON_SCHEMA']

/**
 * The cash and positions that a portfolio file's text holds. Messages count positions and never name or show
 * one.
 *
 * @param where the file's name, for messages
 * @throws {InputError} `PORTFOLIO_FORM`, `PORTFOLIO_CASH` when the rule has no cash, `PORTFOLIO_INSTRUMENT`
 * for a symbol that the rule does not have, `PORTFOLIO_RANGE` from 2^64 smallest units on, `PORTFOLIO_SIZE`,
 * and what `parseJsonAs` and `parseDecimal` throw
 * @example
 * const text = JSON.stringify({ schema: 'plimsoll/portfolio/1', positions: { BTC: '0.5', USDT: '-1000' } })
 * const figures = marginFigures(rule, parsePortfolio(text, rule, 'portfolio.json'))
 */
export function parsePortfolio(text: string, rule: MarginRule, where: string): Portfolio {
  const { cash, positions } = parseForm(text, where)
  return {
    cash: cash === undefined ? 0n : cashOf(cash, rule, `${where}: cash`),
    positions: positionsOf(Object.entries(positions), rule, where),
  }
}

function parseForm(text: string, where: string): z.output<typeof portfolioFile> {
  try {
    return parseJsonAs(text, portfolioFile, where)
  } catch (error) {
    if (!(error instanceof InputError && JSON_CODES.includes(error.code))) throw error
    throw new InputError('PORTFOLIO_FORM', 'not a portfolio file, or a name in it is given twice', {
      where,
      hint: 'Write { "schema": "plimsoll/portfolio/1", "cash": "1000.5", "positions": { "SYMBOL": "-1.5" } }.',
    })
  }
}

function cashOf(text: unknown, rule: MarginRule, where: string): bigint {
  if (rule.cash !== undefined) return readQuantity(text, decimalsOf(rule)(rule.cash), where)
  throw new InputError('PORTFOLIO_CASH', 'the margin rule does not say what cash is', {
    where,
    hint: 'Give money as a position of the instrument that it is held in.',
  })
}

/**
 * Positions in smallest units, from symbols and decimal numbers of whole units; zeros are left out.
 *
 * @param where the file's name, for messages
 * @throws {InputError} `PORTFOLIO_INSTRUMENT`, `PORTFOLIO_RANGE`, `PORTFOLIO_SIZE`, and what `parseDecimal`
 * throws
 */
export function positionsOf(
  entries: readonly (readonly [symbol: string, quantity: unknown])[],
  rule: MarginRule,
  where: string,
): { symbol: string; quantity: bigint }[] {
  if (entries.length > MAX_POSITIONS) {
    throw new InputError('PORTFOLIO_SIZE', `more than ${MAX_POSITIONS} positions`, { where })
  }
  const known = new Set(rule.instruments.map(({ symbol }) => symbol))
  const decimals = decimalsOf(rule)
  const positions = entries.map(([symbol, text], index) => {
    const here = `${where}: position ${index + 1}`
    if (!known.has(symbol)) {
      throw new InputError('PORTFOLIO_INSTRUMENT', 'the instrument is not in the margin rule', {
        where: here,
        hint: 'A rule judges only accounts whose every instrument it knows: build one that has it.',
      })
    }
    return { symbol, quantity: readQuantity(text, decimals(symbol), here) }
  })
  return positions.filter(({ quantity }) => quantity !== 0n)
}

function readQuantity(text: unknown, decimals: number, where: string): bigint {
  const value = parseDecimal(text, { decimals, signed: true, where })
  if (!fits(value, MAGNITUDE_BITS)) {
    throw new InputError(
      'PORTFOLIO_RANGE',
      `a magnitude must stay below 2^${MAGNITUDE_BITS} smallest units`,
      {
        where,
        hint: 'Build the margin rule with fewer decimals for the instrument.',
      },
    )
  }
  return value
}
