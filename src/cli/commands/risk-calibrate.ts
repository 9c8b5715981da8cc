import { type Command, Option } from 'commander'
import { command } from '../command.js'
import { fromOption, historyOption, historySource, maxGapOption, toOption } from '../history-options.js'
import { forceOption, outOption } from '../options.js'
import { createUi } from '../terminal/ui.js'
import { writeResult } from '../write-result.js'

interface CalibrateOptions {
  history: string[]
  out: string
  previous?: string
  from?: string
  to?: string
  /** Days. */
  maxGap: number
  confidence: string[]
  decay: string
  tail: string
  band: string
  participation: string
  sizes: string[]
  correlation: string
  force?: boolean
  json?: boolean
}

export function riskCalibrateCommand(): Command {
  return command('calibrate', {
    description:
      'Estimate haircuts, mark-ups and liquidity add-ons from daily prices, and show where each comes from.',
    options: [
      historyOption().makeOptionMandatory(),
      outOption('the parameters'),
      new Option('--previous <file>', 'parameters of an earlier window: shows what changed'),
      fromOption(),
      toOption(),
      maxGapOption(),
      list('--confidence <list>', 'shares of days on which a loss must not exceed a figure').default(
        ['0.99', '0.995', '0.999'],
        '0.99,0.995,0.999',
      ),
      new Option('--decay <share>', 'weight of the day before in the volatility').default('0.94'),
      new Option('--tail <share>', 'share of days whose losses make up the tail').default('0.1'),
      new Option('--band <share>', 'confidence of the bands').default('0.95'),
      new Option('--participation <share>', "largest share of a day's volume to liquidate").default('0.1'),
      list('--sizes <list>', "positions for add-ons, in days' volumes").default(
        ['0.1', '0.5', '1', '2'],
        '0.1,0.5,1,2',
      ),
      new Option('--correlation <share>', 'how far to move correlations to one and to zero').default('0.5'),
      forceOption(),
    ],
    examples: [
      'plimsoll risk calibrate --history examples/stress/prices.csv --to 2025-11-30 --out november.json',
      'plimsoll risk calibrate --history examples/stress/prices.csv --previous november.json --out december.json',
    ],
  }).action(async (options: CalibrateOptions) => {
    const { calibrationView } = await import('../views/calibration.js')
    const { calibrate, calibrationChanges, formatCalibration, readCalibration, readHistory } = await import(
      '../../models/index.js'
    )
    const ui = createUi(options)
    const { maxGap: maxGapDays, from, to } = options
    const previous = options.previous === undefined ? undefined : await readCalibration(options.previous)
    const history = await ui.step('reading the prices', () =>
      readHistory(options.history.map(historySource), {
        maxGapDays,
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      }),
    )
    const calibration = await ui.step('estimating the parameters', async () =>
      calibrate(history, {
        confidences: options.confidence,
        decay: options.decay,
        tailShare: options.tail,
        bandLevel: options.band,
        participation: options.participation,
        positionSizes: options.sizes,
        correlationWeight: options.correlation,
        maxGapDays,
      }),
    )
    await writeResult(options.out, formatCalibration(calibration), options.force)
    const changes = previous === undefined ? undefined : calibrationChanges(previous, calibration)
    ui.result({ parameters: options.out, calibration, ...(changes === undefined ? {} : { changes }) }, () =>
      calibrationView(calibration, changes, options.out),
    )
  })
}

/** Values with commas between them. */
function list(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text) => text.split(','))
}
