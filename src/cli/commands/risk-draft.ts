import { type Command, Option } from 'commander'
import { command } from '../command.js'
import {
  type FloorOptions,
  floorOptions,
  historyOption,
  historySource,
  maxGapOption,
  readFloor,
  toOption,
  wholeNumber,
} from '../history-options.js'
import { forceOption, outOption, required } from '../options.js'
import { createUi } from '../terminal/ui.js'
import { writeResult } from '../write-result.js'

interface DraftOptions extends FloorOptions {
  history: string[]
  stress: string
  bounds: string
  out: string
  stressOut?: string
  confidence: string
  window: number
  to?: string
  maxGap: number
  timestamp?: number
  force?: boolean
  json?: boolean
}

export function riskDraftCommand(): Command {
  return command('draft', {
    description:
      "Draft a proposal of haircuts and mark-ups by the prices of the last days: old, new, where each comes from, and whether it lies within a steward's bounds. Nothing changes by it.",
    options: [
      historyOption().makeOptionMandatory(),
      required('--stress <file>', 'the stress request with the values in force (JSON)'),
      required('--bounds <file>', "the steward's bounds (JSON)"),
      outOption('the proposal'),
      new Option('--stress-out <file>', 'write the stress request with the new values to this file, too'),
      new Option('--confidence <share>', 'share of days on which a loss must not exceed a value').default(
        '0.999',
      ),
      new Option('--window <days>', 'returns that it is estimated from, at most')
        .argParser(wholeNumber('--window', { least: 250, most: 100_000 }))
        .default(1000),
      ...floorOptions(),
      toOption(),
      maxGapOption(),
      new Option(
        '--timestamp <seconds>',
        'when it is made, in seconds since 1970-01-01 UTC (default: now)',
      ).argParser(wholeNumber('--timestamp', { least: 0, most: 999_999_999_999 })),
      forceOption(),
    ],
    notes: [
      'A value is the figure of `risk calibrate` with a floor against procyclicality. docs/detectors.md has the figures of a backtest. `risk propose` signs a proposal.',
    ],
    examples: [
      'plimsoll risk draft --history examples/stress/prices.csv --stress examples/venue/stress.json --bounds examples/venue/bounds.json --timestamp 1767225600 --out proposal.json --stress-out stress-proposed.json',
    ],
  }).action(async (options: DraftOptions) => {
    const { proposalView } = await import('../views/proposal.js')
    const models = await import('../../models/index.js')
    const { sha256File } = await import('../../files/index.js')
    const ui = createUi(options)
    const { stress, bounds, out, stressOut, window, to, maxGap: maxGapDays, force } = options
    const floor = await readFloor(options)
    const sources = options.history.map(historySource)
    const calibration = models.proposalCalibration(options.confidence, maxGapDays)
    const inForce = await models.readInForce(stress)
    const proposal = await ui.step('estimating the values', async () =>
      models.makeProposal({
        series: await models.readHistory(sources, { maxGapDays, ...(to === undefined ? {} : { to }) }),
        history: await models.digestHistory(sources),
        inForce,
        bounds: await models.readRiskBounds(bounds),
        settings: { calibration, window, floor },
        madeAt: options.timestamp ?? Math.floor(Date.now() / 1000),
      }),
    )
    await writeResult(out, models.formatProposal(proposal), force)
    if (stressOut !== undefined) {
      await writeResult(stressOut, models.withChanges(inForce, proposal, stress), force)
    }
    const result = { proposal: out, sha256: await sha256File(out), ...proposal }
    ui.result(result, () => proposalView(proposal, { file: out, stressOut }))
  })
}
