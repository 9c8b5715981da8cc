import type { AssetReplay, DetectorResult, RequirementResult } from '../../models/index.js'
import { bars } from '../terminal/bars.js'
import { apart, type Text } from '../terminal/layout.js'
import { table } from '../terminal/table.js'

/** What is shown on a terminal; `--json` and the page have every method. */
const SHOWN = ['proposed', 'largest', 'filtered']

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`
const sideWords = { down: 'falls', up: 'rises' } as const

/** The result of `watch replay`. */
export function replayView(assets: readonly AssetReplay[], page: string | undefined): Text {
  return apart([
    ...assets.map(assetView),
    [
      'A detector is carried when moves follow its alarms more often than chance has it, in each half.',
      ...(page === undefined ? [] : [`Plots written to ${page}.`]),
    ],
  ])
}

function assetView({ asset, from, to, periods, requirements, detectors, library }: AssetReplay): Text {
  return apart([
    [`${asset} · ${periods} periods, ${from} to ${to}`],
    table(
      [
        'requirement for',
        'confidence',
        'exceeded',
        'expected',
        'Kupiec p',
        'independence p',
        'verdict',
        'mean',
      ],
      requirements.filter(({ method }) => SHOWN.includes(method)).map(requirementRow),
    ),
    table(
      [
        'detector',
        'alarms',
        'followed',
        'by chance',
        'p',
        'lead',
        'warned of',
        'false in 30 days',
        'carried',
      ],
      detectors.map(detectorRow),
    ),
    bars(
      detectors.map(({ detector, side, alarms, followed, baseRate }) => {
        const share = alarms === 0 ? 0 : followed / alarms
        return {
          name: `${detector}, ${sideWords[side]}`,
          value: BigInt(Math.round(1e4 * (share - baseRate))),
          text: `${percent(share)}, by chance ${percent(baseRate)}`,
        }
      }),
    ),
    ...(library.length === 0
      ? []
      : [
          library.map(({ scenario, at, move, warned, required }) => {
            const leads = Object.entries(warned).map(([detector, lead]) => `${detector} ${lead} before`)
            const beyond = required.filter(({ isExceeded }) => isExceeded).map(({ confidence }) => confidence)
            return `${at} ${scenario}: ${percent(move)}; ${leads.length === 0 ? 'no alarm before' : leads.join(', ')}; ${beyond.length === 0 ? 'within the requirements' : `beyond those at ${beyond.join(', ')}`}`
          }),
        ]),
  ])
}

function requirementRow(row: RequirementResult): string[] {
  const {
    side,
    method,
    confidence,
    breaches,
    expected,
    frequency,
    independence,
    verdict,
    isClustered,
    mean,
  } = row
  return [
    `${sideWords[side]}, ${method}`,
    `${confidence}`,
    `${breaches}`,
    expected.toFixed(1),
    frequency.probability.toFixed(3),
    independence.probability.toFixed(3),
    `${verdict}${isClustered ? ', in clusters' : ''}`,
    percent(mean),
  ]
}

function detectorRow(row: DetectorResult): string[] {
  const { detector, side, alarms, followed, baseRate, chance, leads, warned, moves, isCarried } = row
  return [
    `${detector}, ${sideWords[side]}`,
    `${alarms}`,
    `${followed}`,
    (alarms * baseRate).toFixed(1),
    chance.toPrecision(2),
    leads.length === 0 ? '–' : `${leads[leads.length >> 1]}`,
    `${warned.length} of ${moves}`,
    row.falsePer30Days.toFixed(2),
    isCarried ? 'yes' : 'no',
  ]
}
