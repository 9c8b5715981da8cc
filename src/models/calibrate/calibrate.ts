import { InputError } from '../../errors/index.js'
import { formatDecimal } from '../../field/index.js'
import { correlationMatrix, stressCorrelation } from './correlation.js'
import type { TailEstimate } from './estimate.js'
import { ewmaTail, ewmaVolatility } from './ewma.js'
import { type Calibration, ESTIMATORS, type SideCalibration } from './file.js'
import { historicalTail } from './historical.js'
import type { PriceSeries } from './history.js'
import { liquidationGrowth, medianTradedValue } from './liquidity.js'
import { fitTail, paretoTail } from './pareto.js'
import { type CalibrationSettings, parseSettings } from './settings.js'

/** Fewer returns say too little about a tail. */
const MIN_RETURNS = 250
const MIN_EXCEEDANCES = 25
/** Days that the traded value is a median of. */
const LIQUIDITY_DAYS = 30
const DECIMALS = 6
const CORRELATION_DECIMALS = 9

/**
 * Haircuts for longs, mark-ups for shorts and liquidity add-ons from daily prices, each with where it comes
 * from. A figure is the largest of three estimates of one tail quantile, so that it is never below what has
 * happened (historical), what the shape of the tail foretells (tail), or what the market does just now
 * (volatility).
 *
 * Bands take days as independent; volatility comes in clusters, so the true ones are wider.
 *
 * @example
 * const calibration = calibrate(await readHistory([{ path: 'prices.csv' }], { maxGapDays: 1 }), {
 *   confidences: ['0.99'],
 *   decay: '0.97',
 *   tailShare: '0.1',
 *   bandLevel: '0.9',
 *   participation: '0.1',
 *   positionSizes: ['0.5', '1'],
 *   correlationWeight: '0.5',
 *   maxGapDays: 1,
 * })
 *
 * @throws {InputError} `CALIBRATE_SETTINGS`, `CALIBRATE_EMPTY`, `CALIBRATE_SHORT` with too few prices,
 * `CALIBRATE_TAIL` when the largest moves are all the same, `CALIBRATE_VOLUME` when next to nothing is
 * traded, `CALIBRATE_OVERLAP` when assets share too few days, `CALIBRATE_RANGE` when a figure is not a finite
 * number
 */
export function calibrate(series: readonly PriceSeries[], settings: CalibrationSettings): Calibration {
  const checked = parseSettings(settings)
  if (series.length === 0)
    throw new InputError('CALIBRATE_EMPTY', 'no prices in the window', {
      hint: 'Take a longer window, or another file.',
    })
  const assets = series.map((one) => calibrateAsset(one, checked))
  const correlation = series.length > 1 ? correlate(series, checked) : undefined
  return {
    schema: 'plimsoll/calibration/1',
    settings: checked,
    assets,
    ...(correlation === undefined ? {} : { correlation }),
  }
}

/** `ln(after/before)` from each price to the next. */
function logReturns(closes: readonly number[]): number[] {
  return closes.slice(1).map((close, i) => Math.log(close / closes[i]!))
}

function calibrateAsset(series: PriceSeries, settings: CalibrationSettings): Calibration['assets'][number] {
  const { asset, dates, closes, volumes } = series
  const returns = logReturns(closes)
  const needed = Math.max(MIN_RETURNS, Math.ceil(MIN_EXCEEDANCES / Number(settings.tailShare)))
  if (returns.length < needed) {
    throw new InputError(
      'CALIBRATE_SHORT',
      `${asset} has ${closes.length} prices, at least ${needed + 1} are needed`,
      {
        hint: 'Take a longer window, or a larger share of days as the tail.',
      },
    )
  }
  const volatility = ewmaVolatility(returns, Number(settings.decay))
  let liquidity: { dailyValue: string; days: number } | undefined
  if (volumes !== undefined) {
    const traded = medianTradedValue(closes, volumes, LIQUIDITY_DAYS)
    if (!(traded >= 0.01)) {
      throw new InputError(
        'CALIBRATE_VOLUME',
        `less than 0.01 of ${asset} was traded on most of the last ${LIQUIDITY_DAYS} days`,
        { hint: 'Leave out its volumes: its haircut is then estimated without add-ons.' },
      )
    }
    liquidity = { dailyValue: decimal(traded, 'down', 2), days: LIQUIDITY_DAYS }
  }
  const sideOf = (sign: 1 | -1) =>
    calibrateSide({
      asset,
      losses: returns.map((r) => -sign * r),
      sign,
      volatility,
      traded: liquidity !== undefined,
      settings,
    })
  return {
    asset,
    from: dates[0]!,
    to: dates.at(-1)!,
    returns: returns.length,
    volatility: decimal(volatility, 'up'),
    ...(liquidity === undefined ? {} : { liquidity }),
    haircut: sideOf(1),
    markup: sideOf(-1),
  }
}

function calibrateSide(parts: {
  asset: string
  /** Log losses of the side. */
  losses: number[]
  /** 1 for longs, −1 for shorts. */
  sign: 1 | -1
  volatility: number
  traded: boolean
  settings: CalibrationSettings
}): SideCalibration {
  const { asset, sign, volatility, traded, settings } = parts
  const sorted = parts.losses.toSorted((a, b) => b - a)
  const fit = fitTail(sorted, Number(settings.tailShare))
  if (fit === undefined) {
    throw new InputError(
      'CALIBRATE_TAIL',
      `the largest ${sign === 1 ? 'falls' : 'rises'} of ${asset} are all the same`,
      {
        hint: 'Prices that hardly move, such as a peg, tell nothing about a tail: set a haircut by hand.',
      },
    )
  }
  /** A log loss as a share of the price: at most all of it for a long, without bound for a short. */
  const shareOf = (loss: number): number => Math.max(0, sign * -Math.expm1(-sign * loss))
  const level = Number(settings.bandLevel)
  const figures = settings.confidences.map((confidenceText) => {
    const confidence = Number(confidenceText)
    const estimates: Record<(typeof ESTIMATORS)[number], TailEstimate> = {
      historical: historicalTail(sorted, { confidence, level }),
      tail: paretoTail(fit, { confidence, level }),
      volatility: ewmaTail(volatility, { confidence, decay: Number(settings.decay), level }),
    }
    const basis = ESTIMATORS.reduce((a, b) => (estimates[b].value > estimates[a].value ? b : a))
    const loss = Math.max(0, estimates[basis].value)
    return {
      confidence: confidenceText,
      value: decimal(shareOf(loss), 'up'),
      basis,
      estimates: {
        historical: shown(estimates.historical, shareOf),
        tail: shown(estimates.tail, shareOf),
        volatility: shown(estimates.volatility, shareOf),
      },
      addOns: (traded ? settings.positionSizes : []).map((size) => {
        const days = Number(size) / Number(settings.participation)
        const grown = shareOf(loss * liquidationGrowth(days))
        return { size, days: decimal(days, 'up'), addOn: decimal(grown - shareOf(loss), 'up') }
      }),
    }
  })
  return {
    fit: {
      threshold: decimal(fit.threshold, 'nearest'),
      exceedances: fit.exceedances,
      shape: decimal(fit.shape, 'nearest'),
      scale: decimal(fit.scale, 'nearest'),
    },
    figures,
  }
}

function shown({ value, low, high }: TailEstimate, shareOf: (loss: number) => number) {
  return {
    value: decimal(shareOf(value), 'up'),
    low: decimal(shareOf(low), 'down'),
    high: high === null ? null : decimal(shareOf(high), 'up'),
  }
}

function correlate(
  series: readonly PriceSeries[],
  settings: CalibrationSettings,
): Calibration['correlation'] {
  const byDate = series.map(({ dates, closes }) => new Map(dates.map((date, i) => [date, closes[i]!])))
  const common = series[0]!.dates.filter((date) => byDate.every((prices) => prices.has(date)))
  const returns = byDate.map((prices) => logReturns(common.map((date) => prices.get(date)!)))
  if (common.length <= MIN_RETURNS || returns.some((list) => list.every((r) => r === list[0]))) {
    throw new InputError(
      'CALIBRATE_OVERLAP',
      `the assets share ${common.length} days, at least ${MIN_RETURNS + 1} with moving prices are needed`,
      { hint: 'Give every asset the same window, or calibrate those apart that have too short a history.' },
    )
  }
  const estimated = correlationMatrix(returns)
  const weight = Number(settings.correlationWeight)
  const text = (matrix: number[][]) =>
    matrix.map((row) => row.map((value) => decimal(value, 'nearest', CORRELATION_DECIMALS)))
  return {
    from: common[0]!,
    to: common.at(-1)!,
    returns: common.length - 1,
    assets: series.map(({ asset }) => asset),
    estimated: text(estimated),
    toOne: text(stressCorrelation(estimated, 'one', weight)),
    toZero: text(stressCorrelation(estimated, 'zero', weight)),
  }
}

const ROUND = { up: Math.ceil, down: Math.floor, nearest: Math.round } as const

function decimal(value: number, rounding: keyof typeof ROUND, decimals = DECIMALS): string {
  const scaled = ROUND[rounding](value * 10 ** decimals)
  if (!Number.isFinite(scaled)) {
    throw new InputError('CALIBRATE_RANGE', 'a figure leaves the range of numbers', {
      hint: 'Look for prices that are too far apart from one day to the next.',
    })
  }
  return formatDecimal(BigInt(scaled), decimals)
}
