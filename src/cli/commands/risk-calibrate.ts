import { Command, Option } from 'commander'
import { z } from 'zod'
import { InputError } from '../../errors/index.js'
import { parseDecimal } from '../../field/index.js'
import type { Calibration, CalibrationChange, HistorySource, SideCalibration } from '../../models/index.js'
import { forceOption, writeResult } from '../output.js'
import { bars } from '../terminal/bars.js'
import { apart, type Text } from '../terminal/layout.js'
import { createUi, table } from '../terminal/ui.js'

interface CalibrateOptions {
  history: string[]
  out: string
  previous?: string
  from?: string
  to?: string
  maxGap: string
  confidence: string
  decay: string
  tail: string
  band: string
  participation: string
  sizes: string
  correlation: string
  force?: boolean
  json?: boolean
}

export function riskCalibrateCommand(): Command {
  return new Command('calibrate')
    .description(
      'Estimate haircuts, mark-ups and liquidity add-ons from daily prices, and say where each comes from.',
    )
    .addOption(
      new Option(
        '--history <file>',
        'CSV of date,asset,close[,volume], or NAME=FILE for date,close[,volume] of one asset; may be given many times',
      )
        .argParser((file: string, files: string[] = []) => [...files, file])
        .makeOptionMandatory(),
    )
    .requiredOption('--out <file>', 'where to write the parameters')
    .option('--previous <file>', 'parameters of an earlier window: shows what changed')
    .option('--from <date>', 'first day to use')
    .option('--to <date>', 'last day to use')
    .option(
      '--max-gap <days>',
      'days allowed from one price to the next; 5 for markets that close on weekends',
      '1',
    )
    .option(
      '--confidence <list>',
      'shares of days on which a loss must not exceed a figure',
      '0.99,0.995,0.999',
    )
    .option('--decay <share>', 'weight of the day before in the volatility', '0.94')
    .option('--tail <share>', 'share of days whose losses make up the tail', '0.1')
    .option('--band <share>', 'confidence of the bands', '0.95')
    .option('--participation <share>', "share of a day's volume that a liquidation may be", '0.1')
    .option('--sizes <list>', "positions for add-ons, in days' volumes", '0.1,0.5,1,2')
    .option('--correlation <share>', 'how far correlations are moved to one and to zero', '0.5')
    .addOption(forceOption())
    .option('--json', 'one JSON object on standard output')
    .addHelpText(
      'after',
      `
Examples:
  plimsoll risk calibrate --history examples/stress/prices.csv --to 2025-11-30 --out november.json
  plimsoll risk calibrate --history examples/stress/prices.csv --previous november.json --out december.json`,
    )
    .action(async (options: CalibrateOptions) => {
      const { calibrate, calibrationChanges, formatCalibration, readCalibration, readHistory } = await import(
        '../../models/index.js'
      )
      const ui = createUi(options.json ?? false)
      const previous = options.previous === undefined ? undefined : await readCalibration(options.previous)
      const maxGapDays = days(options.maxGap)
      const history = await readHistory(options.history.map(source), {
        maxGapDays,
        ...window('from', options.from),
        ...window('to', options.to),
      })
      const calibration = calibrate(history, {
        confidences: options.confidence.split(','),
        decay: options.decay,
        tailShare: options.tail,
        bandLevel: options.band,
        participation: options.participation,
        positionSizes: options.sizes.split(','),
        correlationWeight: options.correlation,
        maxGapDays,
      })
      await writeResult(options.out, formatCalibration(calibration), options.force)
      const changes = previous === undefined ? undefined : calibrationChanges(previous, calibration)
      ui.result({ parameters: options.out, calibration, ...(changes === undefined ? {} : { changes }) }, () =>
        apart([
          ...calibration.assets.map((asset) => describeAsset(asset)),
          ...(calibration.correlation === undefined ? [] : [describeCorrelation(calibration.correlation)]),
          ...(changes === undefined ? [] : [describeChanges(changes)]),
          [
            `${calibration.settings.bandLevel} bands in brackets, for independent days: volatility comes in clusters, so the true ones are wider.`,
            `Parameters written to ${options.out}.`,
          ],
        ]),
      )
    })
}

/** `NAME=FILE` or `FILE`. */
function source(text: string): HistorySource {
  const at = text.indexOf('=')
  return at === -1 ? { path: text } : { asset: text.slice(0, at), path: text.slice(at + 1) }
}

function days(text: string): number {
  if (/^[1-9][0-9]?$/.test(text)) return Number(text)
  throw new InputError('USAGE', 'not a number of days', { where: '--max-gap' })
}

function window<K extends 'from' | 'to'>(name: K, date: string | undefined): { [key in K]?: string } {
  if (date === undefined) return {}
  if (!z.iso.date().safeParse(date).success) {
    throw new InputError('USAGE', 'not a day of the calendar', {
      where: `--${name}`,
      hint: 'Write 2025-03-01.',
    })
  }
  return { [name]: date } as { [key in K]?: string }
}

type AssetCalibration = Calibration['assets'][number]
type Figure = SideCalibration['figures'][number]

function describeAsset(asset: AssetCalibration): Text {
  const sides = [
    { name: 'haircut', sign: -1n, side: asset.haircut },
    { name: 'mark-up', sign: 1n, side: asset.markup },
  ]
  const figures = sides.flatMap(({ name, sign, side }) =>
    side.figures.map((figure) => ({ name, sign, figure })),
  )
  const last = figures.filter(({ figure }) => figure.confidence === asset.haircut.figures.at(-1)!.confidence)
  const parts: Text[] = [
    [
      `${asset.asset} · ${asset.returns} returns, ${asset.from} to ${asset.to} · volatility ${percent(asset.volatility)} a day`,
      ...sides.map(
        ({ name, side: { fit } }) =>
          `  tail of the ${name}: ${fit.exceedances} days above a log loss of ${fit.threshold}, shape ${fit.shape}, scale ${fit.scale}`,
      ),
      ...(asset.liquidity === undefined
        ? ['  no volumes, so no add-ons']
        : [`  ${asset.liquidity.dailyValue} traded a day, median of the last ${asset.liquidity.days}`]),
    ],
    table(
      ['figure', 'confidence', 'value', 'decided by', 'historical', 'tail', 'volatility'],
      figures.map(({ name, figure }) => [
        name,
        figure.confidence,
        percent(figure.value),
        figure.basis,
        ...(['historical', 'tail', 'volatility'] as const).map((estimator) => estimate(figure, estimator)),
      ]),
    ),
    bars(
      last.flatMap(({ name, sign, figure }) =>
        (['historical', 'tail', 'volatility'] as const).map((estimator) => ({
          name: `${name} ${figure.confidence} ${estimator}${estimator === figure.basis ? ' *' : ''}`,
          value: sign * parseDecimal(figure.estimates[estimator].value, { decimals: 6 }),
          text: estimate(figure, estimator),
        })),
      ),
    ),
  ]
  if (figures[0]!.figure.addOns.length > 0) {
    parts.push(
      table(
        [
          "add-on for days' volume",
          ...figures[0]!.figure.addOns.map(({ size, days }) => `${size} (${days} days)`),
        ],
        figures.map(({ name, figure }) => [
          `${name} ${figure.confidence}`,
          ...figure.addOns.map(({ addOn }) => percent(addOn)),
        ]),
      ),
    )
  }
  return parts
}

function estimate({ estimates }: Figure, estimator: keyof Figure['estimates']): string {
  const { value, low, high } = estimates[estimator]
  return `${percent(value)} [${percent(low)}, ${high === null ? 'no bound' : percent(high)}]`
}

function describeCorrelation(correlation: NonNullable<Calibration['correlation']>): Text {
  const { assets, estimated, toOne, toZero, returns, from, to } = correlation
  const rows = assets.flatMap((a, i) =>
    assets.slice(0, i).map((b, j) => [`${b} ${a}`, estimated[i]![j]!, toOne[i]![j]!, toZero[i]![j]!]),
  )
  return [
    `correlations over ${returns} common returns, ${from} to ${to}`,
    table(['pair', 'estimated', 'moved to one', 'moved to zero'], rows),
  ]
}

/** Add-ons follow their figures: `--json` has them. */
function describeChanges(changes: CalibrationChange[]): Text {
  const shown = changes.filter(({ size }) => size === undefined)
  if (changes.length === 0) return 'nothing changed'
  return table(
    ['asset', 'what changed', 'before', 'after'],
    shown.map(({ asset, figure, confidence, before, after }) => {
      const isShare = asset !== undefined && figure !== 'window'
      const text = (value: string | null) => (value === null ? 'none' : isShare ? percent(value) : value)
      return [asset ?? 'settings', `${figure} ${confidence ?? ''}`.trim(), text(before), text(after)]
    }),
  )
}

/** A share as per cent with two decimals. */
function percent(share: string): string {
  return `${(Number(share) * 100).toFixed(2)} %`
}
