import { type Command, Option } from 'commander'
import { InputError } from '../../errors/index.js'
import { command } from '../command.js'
import {
  type FloorOptions,
  floorOptions,
  fromOption,
  historyOption,
  historySource,
  maxGapOption,
  readFloor,
  toOption,
  wholeNumber,
} from '../history-options.js'
import { forceOption } from '../options.js'
import { createUi } from '../terminal/ui.js'
import { packageVersion } from '../version.js'
import { writeResult } from '../write-result.js'

interface ReplayOptions extends FloorOptions {
  history: string[]
  from?: string
  to?: string
  maxGap: number
  move: number
  within: number
  window: number
  tableEvery: number
  settings?: string
  page?: string
  force?: boolean
  json?: boolean
}

export function watchReplayCommand(): Command {
  return command('replay', {
    description:
      'Run the detectors and the requirements over a price history as a watch would have: lead times, false alarms, coverage and breaches, with the tests of Kupiec and Christoffersen.',
    options: [
      historyOption().makeOptionMandatory(),
      fromOption('first day to judge; what comes before settles the detectors'),
      toOption(),
      maxGapOption(),
      new Option('--move <share>', 'a large move, which alarms have to foretell')
        .argParser(readMove)
        .default(0.05),
      new Option('--within <periods>', 'periods within which it happens')
        .argParser(wholeNumber('--within', { least: 1, most: 10_000 }))
        .default(5),
      new Option('--window <periods>', 'periods that tails are fitted to')
        .argParser(wholeNumber('--window', { least: 100, most: 100_000 }))
        .default(1000),
      new Option('--table-every <periods>', 'periods from one risk table to the next')
        .argParser(wholeNumber('--table-every', { least: 1, most: 10_000 }))
        .default(5),
      new Option('--settings <file>', 'settings of the detectors (JSON, as in the configuration of a watch)'),
      ...floorOptions(),
      new Option('--page <file>', 'write it with plots as one HTML page'),
      forceOption(),
    ],
    notes: [
      'A row of the history is a period; its date is a day, or an instant such as 2025-03-01T12:30:00Z. Nothing is used before it was known. docs/detectors.md says what each figure means.',
    ],
    examples: ['plimsoll watch replay --history examples/stress/prices.csv --window 250 --page replay.html'],
  }).action(async (options: ReplayOptions) => {
    const { replayView } = await import('../views/replay.js')
    const models = await import('../../models/index.js')
    const ui = createUi(options)
    const { from, to, maxGap: maxGapDays, window, page, force } = options
    const detectors = await readSettings(options.settings, window)
    const floor = await readFloor(options)
    const sources = options.history.map(historySource)
    const rules = { maxGapDays, instants: true, ...(to === undefined ? {} : { to }) }
    const series = await ui.step('reading the prices', () => models.readHistory(sources, rules))
    const assets = await ui.step('replaying them', async () =>
      models.replay(series, {
        detectors,
        floor,
        rule: { move: options.move, horizon: options.within },
        tableEvery: options.tableEvery,
        ...(from === undefined ? {} : { from }),
      }),
    )
    const histories = await models.digestHistory(sources)
    if (page !== undefined) {
      const { replayPage } = await import('../../watch/index.js')
      await writeResult(page, replayPage(assets, { version: packageVersion(), histories }), force)
    }
    const settings = {
      detectors,
      floor,
      move: options.move,
      within: options.within,
      tableEvery: options.tableEvery,
    }
    const told = assets.map(({ prices: _prices, proposed: _proposed, ...rest }) => rest)
    ui.result({ histories, settings, assets: told }, () => replayView(assets, page))
  })
}

function readMove(text: string): number {
  const value = /^0?\.[0-9]{1,6}$/.test(text) ? Number(text) : Number.NaN
  if (value > 0) return value
  throw new InputError('USAGE', 'not a share of a price between 0 and 1', {
    where: '--move',
    hint: 'Write 0.05 for five percent.',
  })
}

async function readSettings(file: string | undefined, window: number) {
  const { detectorSettings, detectorSettingsSchema } = await import('../../models/index.js')
  if (file === undefined) return detectorSettings({ tail: { window } })
  const { readJsonFile } = await import('../../files/index.js')
  return readJsonFile(file, detectorSettingsSchema)
}
