import { InputError } from '../../errors/index.js'
import { formatDecimal } from '../../field/index.js'
import { readTextFile, sha256File } from '../../files/index.js'
import { editable, formatJson, parseJson, parseJsonAs, sha256Text } from '../../schema/index.js'
import { calibrate } from '../calibrate/calibrate.js'
import type { Calibration } from '../calibrate/file.js'
import type { HistorySource, PriceSeries } from '../calibrate/history.js'
import { type CalibrationSettings, parseSettings } from '../calibrate/settings.js'
import { lossesOf, shareOfPrice } from '../detect/side.js'
import { stressRequestSchema } from '../scenarios/request.js'
import { bandOf, outside, PARAMETERS, type Parameter, type RiskBounds } from './bounds.js'
import { floored, longVolatility, stressedQuantile } from './floor.js'
import type { Proposal, ProposedChange } from './proposal.js'

const DECIMALS = 6

/** The parameters in force: those of a stress request, by instrument. */
export interface InForce {
  /** SHA-256 of the file, in lower-case hex. */
  sha256: string
  instruments: ReadonlyMap<string, { asset: string; haircut: string; markup: string; isOption: boolean }>
  /** The file as it was read, for `withChanges`. */
  document: unknown
}

/**
 * Reads the parameters in force from a stress request.
 *
 * @throws {InputError} what `readStressRequest` throws for the file's form
 */
export async function readInForce(path: string): Promise<InForce> {
  const text = await readTextFile(path)
  const { instruments } = parseJsonAs(text, editable(stressRequestSchema), path)
  const document = parseJson(text, path) as {
    instruments: Record<string, Partial<Record<Parameter, string>>>
  }
  const rows = Object.entries(instruments).map(([symbol, { asset, option }]) => {
    const { haircut = '0', markup = '0' } = document.instruments[symbol]!
    return [symbol, { asset, haircut, markup, isOption: option !== undefined }] as const
  })
  return { sha256: sha256Text(text), instruments: new Map(rows), document }
}

/**
 * The settings of `risk calibrate` that proposals are made with: its defaults, at one confidence and without
 * add-ons.
 *
 * @throws {InputError} `CALIBRATE_SETTINGS`
 */
export function proposalCalibration(confidence: string, maxGapDays: number): CalibrationSettings {
  return parseSettings({
    confidences: [confidence],
    decay: '0.94',
    tailShare: '0.1',
    bandLevel: '0.95',
    participation: '0.1',
    positionSizes: [],
    correlationWeight: '0.5',
    maxGapDays,
  })
}

/** What a proposal is made of. */
export interface ProposalParts {
  /** Daily prices, whole: the settings say how many of the last are taken. */
  series: readonly PriceSeries[]
  history: Proposal['history']
  inForce: InForce
  bounds: RiskBounds
  settings: Proposal['settings']
  /** Seconds since 1970-01-01 UTC. */
  madeAt: number
}

/**
 * Proposes haircuts and mark-ups by the prices of the last days: the figure of `risk calibrate` at the last
 * of its confidences, with a floor, rounded up. An instrument whose asset has no history is left as it is,
 * and so is an option, whose asset's tail is not its own.
 *
 * @throws {InputError} `PROPOSAL_HISTORY` when no instrument has a history, and what `calibrate` throws
 */
export function makeProposal({
  series,
  history,
  inForce,
  bounds,
  settings,
  madeAt,
}: ProposalParts): Proposal {
  const assets = new Map(series.map((one) => [one.asset, one]))
  const rows = [...inForce.instruments].filter(([, { asset, isOption }]) => !isOption && assets.has(asset))
  if (rows.length === 0) {
    throw new InputError('PROPOSAL_HISTORY', 'the history has no asset of an instrument of the request', {
      hint: 'Name the assets of the history as the request does.',
    })
  }
  const figures = new Map(
    [...new Set(rows.map(([, { asset }]) => asset))].map((asset) => {
      const one = assets.get(asset)!
      return [
        asset,
        { one, row: calibrate([lastOf(one, settings.window + 1)], settings.calibration).assets[0]! },
      ]
    }),
  )
  const changes = rows.flatMap(([instrument, row]) =>
    PARAMETERS.flatMap((parameter): ProposedChange[] => {
      const { one, row: figure } = figures.get(row.asset)!
      const { after, origin } = proposed(one, figure, parameter, row[parameter], settings)
      if (Number(after) === Number(row[parameter])) return []
      const band = bandOf(bounds, instrument, parameter)
      const change = { instrument, parameter, before: row[parameter], after, origin, bounds: band }
      return [{ ...change, outside: outside(band, change) }]
    }),
  )
  return {
    schema: 'plimsoll/proposal/1',
    madeAt,
    request: inForce.sha256,
    bounds: bounds.sha256,
    history,
    settings,
    changes,
  }
}

/** The last prices of a series, as many as there are at most. */
function lastOf(series: PriceSeries, prices: number): PriceSeries {
  const { asset, dates, closes, volumes } = series
  return {
    asset,
    dates: dates.slice(-prices),
    closes: closes.slice(-prices),
    ...(volumes === undefined ? {} : { volumes: volumes.slice(-prices) }),
  }
}

function proposed(
  { closes }: PriceSeries,
  row: Calibration['assets'][number],
  parameter: Parameter,
  before: string,
  { floor }: Proposal['settings'],
): { after: string; origin: ProposedChange['origin'] } {
  const side = parameter === 'haircut' ? 'down' : 'up'
  const figure = row[parameter].figures.at(-1)!
  const returns = closes.slice(1).map((close, i) => Math.log(close / closes[i]!))
  const value = floored(Number(figure.value), floor, {
    // What was never set is no figure in force.
    before: Number(before) === 0 ? undefined : Number(before),
    confidence: Number(figure.confidence),
    shareOf: (loss) => shareOfPrice(side, loss),
    ...(floor.kind === 'long-window' && { longVolatility: longVolatility(returns, floor.periods) }),
    ...(floor.kind === 'stressed' && {
      stressedLoss: stressedQuantile(lossesOf(side, returns), floor, Number(figure.confidence)),
    }),
  })
  const { low, high } = figure.estimates[figure.basis]!
  return {
    after: upTo6(side === 'down' ? Math.min(1, value) : value),
    origin: {
      asset: row.asset,
      from: row.from,
      to: row.to,
      returns: row.returns,
      detector: figure.basis,
      calculated: figure.value,
      low,
      high,
    },
  }
}

/** Rounded up to six decimals; a value that has no more stays as it is, whatever its binary form adds. */
function upTo6(value: number): string {
  return formatDecimal(BigInt(Math.ceil(value * 10 ** DECIMALS - 1e-6)), DECIMALS)
}

/**
 * The stress request with the new values of a proposal, and nothing else changed.
 *
 * @throws {InputError} `PROPOSAL_REQUEST` for a proposal that was made for another request
 */
export function withChanges(inForce: InForce, proposal: Proposal, where: string): string {
  if (proposal.request !== inForce.sha256) {
    throw new InputError(
      'PROPOSAL_REQUEST',
      'the proposal is made for another stress request than this one',
      {
        where,
        hint: 'Give the file that the proposal was made with, byte for byte.',
      },
    )
  }
  const document = structuredClone(inForce.document) as {
    instruments: Record<string, Partial<Record<Parameter, string>>>
  }
  for (const { instrument, parameter, after } of proposal.changes)
    document.instruments[instrument]![parameter] = after
  return formatJson(document)
}

/** Names and hashes of the files of a history, by which a proposal says what it was made of. */
export async function digestHistory(sources: readonly HistorySource[]): Promise<Proposal['history']> {
  return Promise.all(
    sources.map(async ({ path }) => ({ name: path.split(/[\\/]/).at(-1)!, sha256: await sha256File(path) })),
  )
}
