import { proofFile, readPublishedPolicy } from '../bundle/index.js'
import {
  type DisclosedChosen,
  type Disclosure,
  disclosureOf,
  EPOCH_PATHS,
  type Manifest,
  needsReserves,
  readManifest,
  shownFigures,
} from '../epoch/index.js'
import { InputError } from '../errors/index.js'
import { parseDecimal } from '../field/index.js'
import { sha256File } from '../files/index.js'
import { folderSource } from '../inputs/index.js'
import { type Artifacts, type Prover, proveSignals } from '../proving/index.js'
import type { Reserves } from '../reserves/index.js'
import { type RiskTable, riskDigests, rowsByKind, type TableSizes } from '../risk/index.js'
import { toldName } from '../schema/index.js'
import {
  disclosureContext,
  disclosureInputs,
  disclosureInstance,
  disclosureWitness,
  highestRatios,
  padPolicy,
  resolvePolicy,
  type ShownReserves,
  type ShownTotals,
  type SolvencyLedger,
  showing,
  shownOf,
  totalsByRow,
  weightedTotalsDigest,
} from '../statements/index.js'
import { type CommittedReserves, committedReserves, heldBySpot } from './committed-reserves.js'
import { epochLayout } from './folders.js'
import { assertPrivate, readPrivate } from './private-record.js'
import { readOwnTable } from './prove-solvency.js'
import { provenSolvency } from './proven-solvency.js'
import { openLastState } from './state-opening.js'

export interface DiscloseOptions {
  folder: string
  privateFolder: string
  /** Whether to show totals: of every instrument, or of those that `chosen` names. */
  totals?: boolean
  /** Shows these reserves, which have to be the committed ones: as `totals`. */
  reserves?: (table: RiskTable) => Promise<Reserves>
  /** What is proven instead of opened. */
  chosen?: ChosenOptions
}

/** What is proven of an epoch beside its solvency, while what it is about stays hidden. */
export interface ChosenOptions {
  /** Symbols of the instruments to show (default: all, of which totals and reserves are opened whole). */
  instruments?: readonly string[]
  /**
   * Shows how much of these reserves, which have to be the committed ones, is held per unit owed: of each
   * instrument that is named, or of all together at mark.
   */
  ratio?: (table: RiskTable) => Promise<Reserves>
  /** Ratios are rounded down to a multiple of it, an exact decimal (default: 0.01). */
  step?: string
  artifacts: (instance: string) => Promise<Artifacts>
  prover: Prover
}

/** What a venue has of an epoch to show. Private. */
interface Books {
  manifest: Manifest
  manifestSha256: string
  table: RiskTable
  ledger: SolvencyLedger
  /** Where reserves take part. */
  held?: CommittedReserves | undefined
  source: ReturnType<typeof folderSource>
}

/**
 * Opens the totals or the reserves of an epoch, or both, for a disclosure: neither opens the other, and none
 * opens an account, a weighted total or a shortfall. Or proves those of chosen instruments, and ratios, while
 * every other number stays hidden.
 *
 * @throws {InputError} `DISCLOSE_NOTHING` when nothing is to be shown, `DISCLOSE_INSTRUMENT` for an
 * instrument that has nothing to show, `DISCLOSE_RATIO` where there is no ratio to show, `EPOCH_UNFINISHED`
 * when solvency is not proven yet, `DISCLOSE_RESERVES` when the reserves are not the committed ones, and what
 * `proveSolvency` throws of folders
 * @example
 * import { writeFile } from 'node:fs/promises'
 *
 * const disclosure = await discloseSolvency({ folder: 'epoch', privateFolder: 'private', totals: true })
 * await writeFile('disclosure.json', JSON.stringify(disclosure))
 */
export async function discloseSolvency(options: DiscloseOptions): Promise<Disclosure> {
  const { folder, privateFolder, chosen } = options
  const asked = options.totals || options.reserves || chosen?.ratio
  if (!asked || chosen?.instruments?.length === 0) {
    throw new InputError('DISCLOSE_NOTHING', 'there is nothing to show', {
      hint: 'Say --totals, --reserves, --ratio or several of them.',
    })
  }
  assertPrivate(privateFolder)
  const record = await readPrivate(privateFolder)
  const source = folderSource(folder)
  const manifest = await readManifest(source)
  provenSolvency(manifest, folder)
  const ledger = openLastState(manifest, record, folder)
  const table = await readOwnTable(folder, manifest)
  const opening = async (read: DiscloseOptions['reserves']) =>
    read && (await committedReserves(source, { manifest, record, table }, await read(table)))
  const reserves = await opening(options.reserves)
  const books: Books = {
    ...{ manifest, table, ledger, source },
    manifestSha256: await sha256File(epochLayout(folder).manifest),
    held: (await opening(chosen?.ratio)) ?? reserves,
  }
  const isWhole = chosen?.instruments === undefined
  return disclosureOf(manifest, books.manifestSha256, table, {
    ...(options.totals && isWhole && { totals: openTotals(books) }),
    ...(reserves && isWhole && { reserves: { blind: reserves.blind, rows: heldByRow(books, reserves) } }),
    ...(chosen && (!isWhole || chosen.ratio) && { chosen: await proveChosen(books, options, chosen) }),
  })
}

function openTotals({ ledger, table, manifest: { sizes } }: Books) {
  const byRow = totalsByRow(ledger.totals, table, sizes)
  return {
    blind: ledger.totalsBlind,
    weightedTotalsDigest: weightedTotalsDigest(ledger.weightedTotals, sizes, ledger.weightedTotalsBlind),
    rows: table.instruments.map(
      (_, row): ShownTotals => ({ long: byRow[2 * row]!, short: byRow[2 * row + 1]! }),
    ),
  }
}

function heldByRow({ table, manifest: { sizes } }: Books, held: CommittedReserves): ShownReserves[] {
  return table.instruments.map((_, row) => ({
    reserves: held.reserves[row]!,
    insurance: sizes.scenarios > 0 ? held.insurance[row]! : 0n,
  }))
}

/** Proves what is shown of chosen instruments. */
async function proveChosen(books: Books, asked: DiscloseOptions, options: ChosenOptions) {
  const { ratio, step = '0.01', artifacts, prover } = options
  const { manifest, table, ledger, source } = books
  const { sizes } = manifest
  const { riskRoot, columns } = riskDigests(table, sizes)
  const { value: policy } = await readPublishedPolicy(source, EPOCH_PATHS.policy)
  const thresholds = resolvePolicy(policy, table)
  const { blind, weightedTotalsDigest: weighted } = openTotals(books)
  const held = books.held && heldBySpot(books, books.held)
  const everything = disclosureWitness({
    accountsRoot: ledger.accountsRoot,
    ...{ riskRoot, columns },
    totals: ledger.totals,
    totalsBlind: blind,
    weightedTotalsDigest: weighted,
    ...(held && { held }),
    showsTotals: new Array<boolean>(sizes.spots + sizes.derivatives).fill(true),
    showsReserves: new Array<boolean>(sizes.spots).fill(true),
    ratios: new Array<bigint>(sizes.spots).fill(0n),
    valueRatio: 0n,
    loanFactors: padPolicy(thresholds, sizes).instruments.map(({ loanFactor }) => loanFactor),
    context: disclosureContext(books.manifestSha256),
  })
  const [all, highest] = [shownOf(everything), highestRatios(everything)]
  const least = readStep(step)
  /** Rounded down, so that it holds. */
  const stated = (value: bigint | undefined, of: string): bigint => {
    const down = value === undefined ? 0n : value - (value % least)
    if (down > 0n) return down
    throw new InputError('DISCLOSE_RATIO', `there is no ratio to show of ${of}`, {
      hint: 'Leave it out, or name a smaller --step.',
    })
  }
  const chosen = chosenPlaces(table, sizes, asked, options)
  const pick = <T>(isShown: unknown, of: (place: number, row: number) => T): Map<number, T> =>
    new Map(isShown ? [...chosen].map(([row, place]) => [row, of(place, row)]) : [])
  const shown: DisclosedChosen = {
    totals: pick(asked.totals, (place) => all.totals[place]!),
    reserves: pick(asked.reserves, (place) => all.reserves[place]!),
    ratios: pick(ratio, (place, row) => stated(highest.ratios[place], table.instruments[row]!.symbol)),
    ...(ratio && !options.instruments && { ratio: stated(highest.valueRatio, 'all instruments at mark') }),
  }
  const witness = showing(
    everything,
    shownFigures(shown, { table, columns }, thresholds),
    needsReserves(shown),
  )
  const made = await artifacts(disclosureInstance(sizes))
  const proof = await proveSignals(prover, made, disclosureInputs(witness), witness.signals)
  return { shown, key: made.verificationKey, proof: proofFile(made, proof) }
}

/**
 * The instruments that are named, in the table's order: rows, and their places in the instance.
 *
 * @throws {InputError} `DISCLOSE_INSTRUMENT`
 */
function chosenPlaces(
  table: RiskTable,
  sizes: TableSizes,
  { reserves }: DiscloseOptions,
  { instruments = [], ratio }: ChosenOptions,
): Map<number, number> {
  const { spots, derivatives } = rowsByKind(table)
  const rows = instruments.map((symbol) => {
    const row = table.instruments.findIndex((instrument) => instrument.symbol === symbol)
    const where = toldName(symbol)
    if (row < 0) {
      throw new InputError('DISCLOSE_INSTRUMENT', 'is not in the risk table', {
        ...{ where, hint: 'Write symbols as the risk table does.' },
      })
    }
    if (table.instruments[row]!.tier !== undefined) {
      throw new InputError('DISCLOSE_INSTRUMENT', 'is a tier', {
        ...{ where, hint: 'Name the instrument: what is shown of it is over all its rows.' },
      })
    }
    if (derivatives.includes(row) && (reserves || ratio)) {
      throw new InputError('DISCLOSE_INSTRUMENT', 'nothing is held in reserve for a derivative', {
        ...{ where, hint: 'Show its totals in a file of their own.' },
      })
    }
    return row
  })
  const places = [
    ...spots.map((row, i) => [row, i] as const),
    ...derivatives.map((row, i) => [row, sizes.spots + i] as const),
  ]
  return new Map(places.filter(([row]) => rows.includes(row)))
}

/** @throws {InputError} `DISCLOSE_RATIO`, and the codes of `parseDecimal` */
function readStep(step: string): bigint {
  const value = parseDecimal(step, { decimals: 6, where: '--step' })
  if (value > 0n) return value
  throw new InputError('DISCLOSE_RATIO', 'nothing can be rounded to a multiple of zero', {
    where: '--step',
    hint: 'Write a share such as 0.01.',
  })
}
