import * as z from 'zod'
import { InputError } from '../../errors/index.js'
import { bySchema, decimalSchema } from '../../schema/index.js'

const number = (what: string, { above, below }: { above: number; below: number }) =>
  decimalSchema({ whole: 6, fraction: 9 })
    .refine(
      (text) => Number(text) > above && Number(text) < below,
      `must be above ${above} and below ${below}`,
    )
    .transform(Number)
    .describe(what)
const share = (what: string) => number(what, { above: 0, below: 1 })

/** Periods that a day and a second apart fit alike: a day of seconds, and some. */
const MOST_PERIODS = 100_000
const periods = (what: string, least: number) => z.int().min(least).max(MOST_PERIODS).describe(what)

const increasing = (list: readonly number[]): boolean =>
  list.every((value, i) => i === 0 || list[i - 1]! < value)

/** How prices are watched; a period is a row of a history, or a bar of a feed. */
export const detectorSettingsSchema = z
  .strictObject({
    decay: share('Weight of the period before in the volatility just now').prefault('0.94'),
    usualDecay: share('The same in the volatility that is usual').prefault('0.995'),
    warmUp: periods('Periods before the first alarm', 20).default(250),
    volatilityRatio: number('Alarm: volatility is so many times the usual one', {
      above: 1,
      below: 1000,
    }).prefault('1.5'),
    jumps: z
      .strictObject({
        allowance: number('What of a move is ordinary, in volatilities', { above: 0, below: 100 }).prefault(
          '0.25',
        ),
        limit: number('Alarm: so many volatilities beyond it in one direction, added up', {
          above: 0,
          below: 1000,
        }).prefault('4'),
      })
      .prefault({}),
    speed: z
      .strictObject({
        points: periods('Periods that the speed of a deviation is taken over', 2).default(4),
        ahead: periods('Periods that it is foretold for', 1).default(3),
        bound: share('Alarm: a price is as far from its mark by then').prefault('0.07'),
      })
      .prefault({}),
    tail: z
      .strictObject({
        window: periods('Periods that a tail is fitted to', 100).default(1000),
        share: share('Share of them that make it up')
          .refine((value) => value <= 0.25, 'must not be above 0.25')
          .prefault('0.1'),
        every: periods('Periods from one fit to the next', 1).default(21),
        confidences: z
          .array(share('Share of periods in which a move must not exceed a figure'))
          .min(1)
          .max(10)
          .refine(increasing, 'must increase')
          .prefault(['0.99', '0.995', '0.999']),
        bandLevel: share('Confidence of bands').prefault('0.95'),
      })
      .refine(({ window, share: part }) => window * part >= 25, {
        path: ['window'],
        message: 'must have 25 periods in its tail',
      })
      .refine(
        ({ confidences, share: part }) => confidences[0]! > 1 - part && confidences.at(-1)! <= 0.99999,
        {
          path: ['confidences'],
          message: 'must lie in the tail, and not be above 0.99999',
        },
      )
      .prefault({}),
  })
  .refine(({ decay, usualDecay }) => decay < usualDecay, {
    path: ['usualDecay'],
    message: 'must be above decay',
  })

/**
 * How prices are watched.
 *
 * @useDeclaredType
 */
export type DetectorSettings = z.output<typeof detectorSettingsSchema>

/**
 * Settings, with what is usual where nothing is said.
 *
 * @throws {InputError} `DETECTOR_SETTINGS`
 * @example
 * const settings = detectorSettings({ volatilityRatio: '2' })
 */
export function detectorSettings(given: z.input<typeof detectorSettingsSchema> = {}): DetectorSettings {
  const read = bySchema(detectorSettingsSchema, given)
  if (read.fault === undefined) return read.data
  throw new InputError('DETECTOR_SETTINGS', read.fault.message, { where: read.fault.field })
}
