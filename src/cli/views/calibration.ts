import { parseDecimal } from '../../field/index.js'
import type { Calibration, CalibrationChange, SideCalibration } from '../../models/index.js'
import { bars } from '../terminal/bars.js'
import { apart, type Text } from '../terminal/layout.js'
import { table } from '../terminal/table.js'
import { shownPercent } from './amounts.js'

type AssetCalibration = Calibration['assets'][number]
type Figure = SideCalibration['figures'][number]
/** A figure of one side, and on which side of the middle its bar stands. */
type SideFigure = { name: string; sign: bigint; figure: Figure }

const ESTIMATORS = ['historical', 'tail', 'volatility'] as const

/**
 * Parameters that were estimated, with where each comes from.
 *
 * @param changes what differs from earlier parameters, where there are some
 * @param file where the parameters were written
 */
export function calibrationView(
  { assets, correlation, settings }: Calibration,
  changes: readonly CalibrationChange[] | undefined,
  file: string,
): Text {
  return apart([
    ...assets.map(assetView),
    ...(correlation === undefined ? [] : [correlationView(correlation)]),
    ...(changes === undefined ? [] : [changesView(changes)]),
    [
      `Brackets hold ${shownPercent(settings.bandLevel)} bands for independent days. Volatility clusters, so the true bands are wider.`,
      `Parameters written to ${file}.`,
    ],
  ])
}

function assetView(asset: AssetCalibration): Text {
  const sides = [
    { name: 'haircut', sign: -1n, side: asset.haircut },
    { name: 'mark-up', sign: 1n, side: asset.markup },
  ]
  const figures = sides.flatMap(({ name, sign, side }) =>
    side.figures.map((figure) => ({ name, sign, figure })),
  )
  return [
    `${asset.asset} · ${asset.returns} returns, ${asset.from} to ${asset.to} · volatility ${percent(asset.volatility)} a day`,
    ...sides.map(
      ({ name, side: { fit } }) =>
        `  tail of the ${name}: ${fit.exceedances} days above a log loss of ${fit.threshold}, shape ${fit.shape}, scale ${fit.scale}`,
    ),
    asset.liquidity === undefined
      ? '  no volumes, so no add-ons'
      : `  ${asset.liquidity.dailyValue} traded a day, median of the last ${asset.liquidity.days}`,
    table(
      ['figure', 'confidence', 'value', 'decided by', ...ESTIMATORS],
      figures.map(({ name, figure }) => [
        name,
        figure.confidence,
        percent(figure.value),
        figure.basis,
        ...ESTIMATORS.map((estimator) => estimate(figure, estimator)),
      ]),
    ),
    estimatesPlot(figures, asset.haircut.figures.at(-1)!.confidence),
    ...(figures[0]!.figure.addOns.length === 0 ? [] : [addOnsTable(figures)]),
  ]
}

/** The estimates of both sides at one confidence; a star marks those that decide. */
function estimatesPlot(figures: readonly SideFigure[], confidence: string): Text {
  return bars(
    figures
      .filter(({ figure }) => figure.confidence === confidence)
      .flatMap(({ name, sign, figure }) =>
        ESTIMATORS.map((estimator) => ({
          name: `${name} ${figure.confidence} ${estimator}${estimator === figure.basis ? ' *' : ''}`,
          value: sign * parseDecimal(figure.estimates[estimator].value, { decimals: 6 }),
          text: estimate(figure, estimator),
        })),
      ),
  )
}

function addOnsTable(figures: readonly SideFigure[]): Text {
  const sizes = figures[0]!.figure.addOns.map(({ size, days }) => `${size} (${days} days)`)
  return table(
    ["add-on for days' volume", ...sizes],
    figures.map(({ name, figure }) => [
      `${name} ${figure.confidence}`,
      ...figure.addOns.map(({ addOn }) => percent(addOn)),
    ]),
  )
}

function estimate({ estimates }: Figure, estimator: keyof Figure['estimates']): string {
  const { value, low, high } = estimates[estimator]
  return `${percent(value)} [${percent(low)}, ${high === null ? 'no bound' : percent(high)}]`
}

function correlationView(correlation: NonNullable<Calibration['correlation']>): Text {
  const { assets, estimated, toOne, toZero, returns, from, to } = correlation
  const rows = assets.flatMap((a, i) =>
    assets.slice(0, i).map((b, j) => [`${b} ${a}`, estimated[i]![j]!, toOne[i]![j]!, toZero[i]![j]!]),
  )
  return [
    `correlations over ${returns} common returns, ${from} to ${to}`,
    table(['pair', 'estimated', 'moved to one', 'moved to zero'], rows),
  ]
}

/** Add-ons follow their figures: only `--json` lists their changes. */
function changesView(changes: readonly CalibrationChange[]): Text {
  if (changes.length === 0) return 'nothing changed'
  const shown = changes.filter(({ size }) => size === undefined)
  return table(
    ['asset', 'changed', 'before', 'after'],
    shown.map(({ asset, figure, confidence, before, after }) => {
      const isShare = asset !== undefined && figure !== 'window'
      const text = (value: string | null) => (value === null ? 'none' : isShare ? percent(value) : value)
      return [asset ?? 'settings', `${figure} ${confidence ?? ''}`.trim(), text(before), text(after)]
    }),
  )
}

function percent(share: string): string {
  return shownPercent(share, 2)
}
