import { InputError } from '../../errors/index.js'
import { Rational, VALUE_BITS } from '../../field/index.js'
import { COLLATERAL, type Instrument, type RiskTable, type Scenario } from '../../risk/index.js'
import { isSettledAtMark } from '../../rules/index.js'
import { black76 } from '../options/black76.js'
import { MARK_TOLERANCE, optionTerms } from '../portfolio/option-terms.js'
import type { StressInstrument, StressRequest } from './request.js'
import { requirementScenario } from './requirement.js'
import { moveOf, type StressScenario } from './scenario.js'

/** What scenarios are made for. */
export type Priced = Pick<RiskTable, 'quote' | 'valueDecimals' | 'instruments' | 'margin'>

/**
 * The scenarios of a request as columns of a risk table; one with tiers has its collateral column before
 * them.
 *
 * @example
 * const stressed = withScenarios(table, stressScenarios(table, await readStressRequest('stress.json')))
 *
 * @throws {InputError} `STRESS_DUPLICATE` for a name given twice, `STRESS_NAME` for that of the collateral
 * column, and what `stressScenario` and `requirementScenario` throw
 */
export function stressScenarios(table: Priced, request: StressRequest): Scenario[] {
  const names = new Set<string>()
  for (const { name } of request.scenarios) {
    if (names.has(name))
      throw new InputError('STRESS_DUPLICATE', `two scenarios are named ${name}`, {
        hint: 'Give each a name of its own: a proof names the scenarios that it holds in.',
      })
    names.add(name)
    if (name === COLLATERAL) {
      throw new InputError('STRESS_NAME', `${COLLATERAL} is no scenario that could happen`, {
        hint: 'Rename it: a table with tiers says so of what each unit counts for.',
      })
    }
  }
  return request.scenarios.map((scenario) =>
    'requirement' in scenario
      ? requirementScenario(table, scenario)
      : stressScenario(table, request.instruments, scenario),
  )
}

/**
 * What one smallest unit of every instrument is worth if a scenario happens, rounded against the account: a
 * long down, a short up.
 *
 * A spot unit is worth its mark, moved. A perp or future is settled at its mark, so a unit is worth what the
 * moved mark is above or below it; a move is a share of the mark's magnitude, so that it leads down or up
 * whatever the sign of the mark. An option is worth its mark plus what Black's formula says that forward and
 * volatility change, not below zero and not above the discounted forward (call) or strike (put). A haircut or
 * mark-up is a share of the moved price. An instrument of the quote currency does not move. A tier has the
 * value of its instrument. Where the table has an index, a unit is a share, and a short one costs as much
 * more than a long one as its index is higher.
 *
 * @throws {InputError} `STRESS_INSTRUMENT` when the request does not say what an instrument stands for, or
 * names one that is not in the table or is a tier, `STRESS_OPTION` when an option has no terms, or terms that
 * do not give its mark, or something else has terms, `STRESS_QUOTE` when the scenario moves the quote
 * currency, `STRESS_VALUE_TOO_LARGE`
 */
export function stressScenario(
  table: Priced,
  instruments: StressRequest['instruments'],
  scenario: StressScenario,
): Scenario {
  const whole = table.instruments.filter(({ tier }) => tier === undefined)
  const known = new Set(whole.map(({ symbol }) => symbol))
  for (const symbol of [...Object.keys(instruments), ...Object.keys(scenario.instrumentMoves)]) {
    if (known.has(symbol)) continue
    const isTier = table.instruments.some((row) => row.symbol === symbol)
    throw new InputError(
      'STRESS_INSTRUMENT',
      `${symbol} is ${isTier ? 'a tier' : 'not in the risk table'}`,
      isTier ? { hint: 'Name the instrument: its tiers are worth what it is.' } : {},
    )
  }
  if (Object.hasOwn(scenario.moves, table.quote)) {
    throw new InputError(
      'STRESS_QUOTE',
      `${scenario.name} moves ${table.quote}, which values are counted in`,
      {
        hint: 'Use a risk table with another quote currency for this scenario.',
      },
    )
  }
  const terms = whole.map(({ symbol }) => {
    if (Object.hasOwn(instruments, symbol)) return instruments[symbol]!
    throw new InputError('STRESS_INSTRUMENT', `the asset of ${symbol} is not given`, {
      hint: 'Name every instrument of the risk table; nothing is guessed from a symbol.',
    })
  })
  const stablecoins = new Set(
    whole.flatMap(({ kind }, i) => (kind === 'stablecoin' ? [terms[i]!.asset] : [])),
  )
  const values = whole.map((row, i) => {
    const { asset, fallback, haircut, markup } = terms[i]!
    const kind = fallback ?? (stablecoins.has(asset) ? 'stablecoin' : 'asset')
    const move = asset === table.quote ? Rational.ZERO : moveOf(scenario, asset, kind)
    const price = unitPrice(table, row, terms[i]!, scenario, move)
    const settled = Rational.of(isSettledAtMark(row.kind) ? row.mark : 0n)
    const size = price.abs()
    const long = price.sub(size.mul(haircut)).sub(settled).floor()
    // The mark is that of a long share.
    const owed = row.index === undefined ? Rational.ONE : Rational.of(row.index.short, row.index.long)
    const short = price.add(size.mul(markup)).mul(owed).sub(settled).ceil()
    if ([-long, short].some((value) => value >> BigInt(VALUE_BITS) > 0n)) {
      throw new InputError(
        'STRESS_VALUE_TOO_LARGE',
        `${row.symbol} in ${scenario.name} does not stay within ±2^${VALUE_BITS}`,
        { hint: 'Lower valueDecimals, or give the instrument more decimals.' },
      )
    }
    return { long, short }
  })
  let own = -1
  return {
    name: scenario.name,
    values: table.instruments.map(({ tier }) => {
      if (tier === undefined) own++
      return { ...values[own]! }
    }),
  }
}

/** Price of one smallest unit in 10^-valueDecimals of the quote currency, before haircut and rounding. */
function unitPrice(
  table: Priced,
  row: Instrument,
  terms: StressInstrument,
  scenario: StressScenario,
  move: Rational,
): Rational {
  if ((row.kind === 'option') !== (terms.option !== undefined)) {
    throw new InputError(
      'STRESS_OPTION',
      row.kind === 'option'
        ? `the terms of option ${row.symbol} are not given`
        : `${row.symbol} is no option`,
      {
        hint:
          row.kind === 'option'
            ? 'Give its type, strike, expiry, rate and volatility under `option`.'
            : 'Leave out its `option`, or give it the kind `option` in the risk table.',
      },
    )
  }
  const mark = Rational.of(row.mark)
  if (Object.hasOwn(scenario.instrumentMoves, row.symbol)) {
    return moved(mark, Rational.parse(scenario.instrumentMoves[row.symbol]!))
  }
  if (terms.option === undefined) return moved(mark, move)
  const unit = Rational.of(10n ** BigInt(table.valueDecimals), 10n ** BigInt(row.decimals)).mul(
    terms.contractSize,
  )
  try {
    return optionPrice(row.symbol, terms.option, mark.div(unit), move, scenario.volatility).mul(unit)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new InputError('STRESS_OPTION', `the terms of ${row.symbol} leave the range of numbers`, {
      cause: error,
      hint: 'Look for a rate, a volatility or a time that is far too large.',
    })
  }
}

/** A price after a move, down or up by a share of its magnitude. */
function moved(price: Rational, move: Rational): Rational {
  return price.add(price.abs().mul(move))
}

/** Price of an option on one unit of its asset, after a move of the forward and of the volatility. */
function optionPrice(
  symbol: string,
  option: NonNullable<StressInstrument['option']>,
  mark: Rational,
  move: Rational,
  volatilityMove: string,
): Rational {
  const terms = optionTerms(option)
  const before = Rational.fromNumber(black76(terms).value)
  if (mark.sub(before).abs().compare(option.forward.mul(MARK_TOLERANCE)) > 0) {
    throw new InputError('STRESS_OPTION', `the terms of ${symbol} do not give its mark`, {
      hint: 'Mark and formula may differ by 1 % of the forward: check forward, strike, expiry, volatility (0.6 is 60 %) and contractSize.',
    })
  }
  const forward = option.forward.mul(Rational.ONE.add(move))
  const volatility = option.volatility.mul(Rational.ONE.add(Rational.parse(volatilityMove)))
  const then = { ...terms, forward: forward.toNumber(), volatility: volatility.toNumber() }
  const after = mark.add(Rational.fromNumber(black76(then).value)).sub(before)
  const ceiling = Rational.fromNumber(terms.discount).mul(option.right === 'call' ? forward : option.strike)
  return after.max(Rational.ZERO).min(ceiling)
}
