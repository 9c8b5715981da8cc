import { Option } from 'commander'
import { InputError } from '../errors/index.js'
import type { HistorySource } from '../models/index.js'
import { ManyOption } from './options.js'

/** Price histories of a command. */
export function historyOption(): Option {
  return new ManyOption(
    '--history <file>',
    'CSV of date,asset,close[,volume], or NAME=FILE for the date,close[,volume] of one asset; can be repeated',
  )
}

export function maxGapOption(): Option {
  return new Option(
    '--max-gap <days>',
    'most days from one price to the next; 5 for markets that close on weekends',
  )
    .argParser(readMaxGap)
    .default(1)
}

export function fromOption(about = 'first day to use'): Option {
  return new Option('--from <date>', about).argParser(dayOf('--from'))
}

export function toOption(): Option {
  return new Option('--to <date>', 'last day to use').argParser(dayOf('--to'))
}

/** `NAME=FILE` or `FILE`. */
export function historySource(text: string): HistorySource {
  const at = text.indexOf('=')
  return at === -1 ? { path: text } : { asset: text.slice(0, at), path: text.slice(at + 1) }
}

/** A whole number that an option was given. */
export function wholeNumber(where: string, { least, most }: { least: number; most: number }) {
  return (text: string): number => {
    const value = /^[0-9]{1,12}$/.test(text) ? Number(text) : Number.NaN
    if (value >= least && value <= most) return value
    throw new InputError('USAGE', `not a whole number from ${least} to ${most}`, { where })
  }
}

/** Ten years of trading days, and one of them. */
const [LOOKED_AT, STRESSED] = [2520, 252]

/** The buffer, the long window or the weight that keeps a requirement from following the market down. */
export interface FloorOptions {
  buffer: string
  longWindow?: number
  stressedWeight?: string
  floor: boolean
}

export function floorOptions(): Option[] {
  return [
    new Option(
      '--buffer <share>',
      'share of a figure that is added in calm times and used up when it rises, 0.25 or more',
    ).default('0.25'),
    new Option(
      '--long-window <periods>',
      'instead: never below what the volatility of so many periods asks; 2520 is ten years of trading days',
    ).argParser(wholeNumber('--long-window', { least: 250, most: 100_000 })),
    new Option(
      '--stressed-weight <share>',
      `instead: never below the quantile of ${LOOKED_AT} periods in which the ${STRESSED} worst in a row weigh as much, 0.25 or more`,
    ).conflicts('longWindow'),
    new Option('--no-floor', 'none of them'),
  ]
}

/** @throws {InputError} `USAGE` */
export async function readFloor({ buffer, longWindow, stressedWeight, floor }: FloorOptions) {
  const { floorSchema } = await import('../models/index.js')
  const given = () => {
    if (!floor) return { kind: 'none' }
    if (longWindow !== undefined) return { kind: 'long-window', periods: longWindow }
    if (stressedWeight === undefined) return { kind: 'buffer', share: buffer }
    return { kind: 'stressed', weight: stressedWeight, periods: LOOKED_AT, stressed: STRESSED }
  }
  const read = floorSchema.safeParse(given())
  if (read.success) return read.data
  const where = stressedWeight === undefined ? '--buffer' : '--stressed-weight'
  throw new InputError('USAGE', read.error.issues[0]!.message, { where })
}

function readMaxGap(text: string): number {
  if (/^[1-9][0-9]?$/.test(text)) return Number(text)
  throw new InputError('USAGE', 'not a number of days', { where: '--max-gap' })
}

function dayOf(where: string): (text: string) => string {
  return (text) => {
    const isDay = /^\d{4}-\d\d-\d\d$/.test(text)
    const time = isDay ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
    if (!Number.isNaN(time) && new Date(time).toISOString().startsWith(text)) return text
    throw new InputError('USAGE', 'not a day of the calendar', { where, hint: 'Write 2025-03-01.' })
  }
}
