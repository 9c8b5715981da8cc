import { readFile } from 'node:fs/promises'
import { InputError } from '../../errors/index.js'
import { symbolFault } from '../../field/index.js'
import { fileError, statFile } from '../../files/index.js'

const MAX_BYTES = 256 * 1024 * 1024
const DAY = 86_400_000
const DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/
const INSTANT = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/
const DAY_LENGTH = 10
const NUMBER = /^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$/

/** The prices of one asset, oldest first. */
export interface PriceSeries {
  asset: string
  /** YYYY-MM-DD, or instants where they are allowed; increasing. */
  dates: string[]
  /** Above zero. */
  closes: number[]
  /** Units traded on each day, when the file says so. */
  volumes?: number[]
}

/** A file of prices; `asset` names what it is about when it has no column of that name. */
export interface HistorySource {
  path: string
  asset?: string
}

export interface HistoryRules {
  /**
   * Days from one price to the next: 1 for a market that never closes, 5 for one that closes on weekends and
   * holidays.
   */
  maxGapDays: number
  /** First and last day to use, YYYY-MM-DD, both included. */
  from?: string
  to?: string
  /** Whether a date may be an instant, 2025-03-01T12:30:00Z, for prices closer than a day (default: not). */
  instants?: boolean
}

/**
 * Reads daily prices from CSV files with a header: `date,close` of one asset, or `date,asset,close` of many,
 * and optionally `volume`; other columns are not used. Dates are YYYY-MM-DD, increasing for each asset.
 *
 * @example
 * const series = await readHistory([{ path: 'prices.csv' }], { maxGapDays: 1, from: '2025-01-01' })
 *
 * @throws {InputError} that names file and line: `HISTORY_SYNTAX`, `HISTORY_HEADER`, `HISTORY_ASSET`,
 * `HISTORY_DATE`, `HISTORY_ORDER`, `HISTORY_DUPLICATE`, `HISTORY_GAP`, `HISTORY_PRICE`, `HISTORY_VOLUME`,
 * `HISTORY_SIZE`, `FILE_ACCESS`
 */
export async function readHistory(
  sources: readonly HistorySource[],
  rules: HistoryRules,
): Promise<PriceSeries[]> {
  for (const name of ['from', 'to'] as const) {
    if (rules[name] !== undefined) readDate(rules[name], name)
  }
  const all = new Map<string, PriceSeries>()
  for (const source of sources) {
    for (const [asset, series] of parse(await text(source.path), source, rules)) {
      if (all.has(asset)) {
        throw new InputError('HISTORY_DUPLICATE', `${asset} is in another file too`, { where: source.path })
      }
      all.set(asset, series)
    }
  }
  return [...all.values()].sort((a, b) => (a.asset < b.asset ? -1 : 1))
}

async function text(path: string): Promise<string> {
  const { size } = await statFile(path)
  if (size > BigInt(MAX_BYTES)) {
    throw new InputError('HISTORY_SIZE', `larger than the ${MAX_BYTES} bytes allowed`, { where: path })
  }
  const bytes = await readFile(path).catch((error: unknown) => {
    throw fileError(path, error)
  })
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new InputError('HISTORY_SYNTAX', 'not valid UTF-8', { where: path })
  }
}

function parse(content: string, source: HistorySource, rules: HistoryRules): Map<string, PriceSeries> {
  const lines = content.split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  const columns = readHeader(lines[0] ?? '', source)
  const all = new Map<string, PriceSeries>()
  for (const [index, line] of lines.entries()) {
    if (index === 0) continue
    const where = `${source.path}:${index + 1}`
    const cells = line.split(',')
    if (line.includes('"') || cells.length !== columns.count) {
      throw new InputError(
        'HISTORY_SYNTAX',
        line.includes('"') ? 'a quoted cell' : `${cells.length} cells, the header has ${columns.count}`,
        { where, hint: 'Write plain cells with a comma between them, a row on each line.' },
      )
    }
    const asset = columns.asset === undefined ? source.asset! : cells[columns.asset]!
    const fault = symbolFault(asset)
    if (fault !== undefined) throw new InputError('HISTORY_ASSET', `the name of an asset ${fault}`, { where })
    const date = readDate(cells[columns.date]!, where, rules.instants)
    const day = date.slice(0, DAY_LENGTH)
    if ((rules.from !== undefined && day < rules.from) || (rules.to !== undefined && day > rules.to)) continue
    const series = all.get(asset) ?? {
      asset,
      dates: [],
      closes: [],
      ...(columns.volume === undefined ? {} : { volumes: [] }),
    }
    all.set(asset, series)
    assertFollows(series.dates.at(-1), date, asset, where, rules.maxGapDays)
    series.dates.push(date)
    series.closes.push(
      readNumber(
        cells[columns.close]!,
        (price) => price > 0,
        'HISTORY_PRICE',
        'a price is a number above zero',
        where,
      ),
    )
    if (columns.volume !== undefined) {
      series.volumes!.push(
        readNumber(
          cells[columns.volume]!,
          (v) => v >= 0,
          'HISTORY_VOLUME',
          'a volume is a number not below zero',
          where,
        ),
      )
    }
  }
  return all
}

interface Columns {
  count: number
  date: number
  close: number
  asset: number | undefined
  volume: number | undefined
}

function readHeader(line: string, source: HistorySource): Columns {
  const names = line.split(',').map((name) => name.trim().toLowerCase())
  const fail = (message: string) =>
    new InputError('HISTORY_HEADER', message, {
      where: `${source.path}:1`,
      hint: 'The first line names the columns: date,close or date,asset,close, and volume if there is one.',
    })
  const at = (name: string): number | undefined => {
    const found = names.indexOf(name)
    if (found !== names.lastIndexOf(name)) throw fail(`two columns named ${name}`)
    return found === -1 ? undefined : found
  }
  const [date, close, asset, volume] = [at('date'), at('close'), at('asset'), at('volume')]
  if (date === undefined || close === undefined) throw fail('no column date, or no column close')
  if ((asset === undefined) === (source.asset === undefined)) {
    throw new InputError(
      'HISTORY_ASSET',
      asset === undefined ? 'no column asset, and no name given' : 'a column asset, and a name given too',
      {
        where: source.path,
        hint: 'A file of one asset without such a column is given as NAME=FILE, others as FILE.',
      },
    )
  }
  return { count: names.length, date, close, asset, volume }
}

/** A day of the calendar, or an instant in it, as a number of days since 1970-01-01. */
export function dayNumber(date: string): number {
  return Date.parse(date.length === DAY_LENGTH ? `${date}T00:00:00Z` : date) / DAY
}

function readDate(cell: string, where: string, instants = false): string {
  if (instants && INSTANT.test(cell)) {
    readDate(cell.slice(0, DAY_LENGTH), where)
    if (!Number.isNaN(Date.parse(cell))) return cell
    throw new InputError('HISTORY_DATE', 'not a time of the day', {
      where,
      hint: 'Write 2025-03-01T12:30:00Z.',
    })
  }
  const time = DATE.test(cell) ? Date.parse(`${cell}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== cell) {
    throw new InputError('HISTORY_DATE', 'not a day of the calendar', { where, hint: 'Write 2025-03-01.' })
  }
  return cell
}

function assertFollows(
  before: string | undefined,
  date: string,
  asset: string,
  where: string,
  maxGapDays: number,
): void {
  if (before === undefined) return
  if (date === before)
    throw new InputError('HISTORY_DUPLICATE', `${asset} has two prices for ${date}`, { where })
  if (date < before) {
    throw new InputError('HISTORY_ORDER', `${date} comes after ${before}`, {
      where,
      hint: `Sort the rows of ${asset} by date.`,
    })
  }
  const gap = dayNumber(date) - dayNumber(before)
  if (gap > maxGapDays) {
    throw new InputError(
      'HISTORY_GAP',
      `${gap} days from ${before} to ${date} of ${asset}, ${maxGapDays} allowed`,
      {
        where,
        hint: 'Fill the gap with real prices; for a market that closes on some days allow its longest break (--max-gap).',
      },
    )
  }
}

function readNumber(
  cell: string,
  fits: (value: number) => boolean,
  code: string,
  message: string,
  where: string,
): number {
  const value = NUMBER.test(cell) ? Number(cell) : Number.NaN
  if (!Number.isFinite(value) || !fits(value)) throw new InputError(code, message, { where })
  return value
}
