import * as z from 'zod'
import { InputError } from '../../errors/index.js'
import { Rational } from '../../field/index.js'
import { bySchema, decimalSchema, symbolSchema } from '../../schema/index.js'

/** A relative move as a plain decimal string: "-0.25" is a fall by a quarter, "-1" a fall to zero. */
export const moveSchema = decimalSchema({ whole: 6, fraction: 18, signed: true })
  .refine((text) => !/^-0(\.0*)?$/.test(text), 'must not be a zero with a sign')
  .refine((text) => !text.startsWith('-') || Number(text) >= -1, 'must not be below -1')

const isZero = (move: string): boolean => !/[1-9]/.test(move)

/**
 * One joint state of the market: how far every asset moves, all at the same time. Moves are relative to the
 * mark, and the same for a long and for a short: what one side of a contract loses is what the other side
 * wins.
 */
export const stressScenarioSchema = z
  .strictObject({
    /** The scenario's name in a risk table. */
    name: symbolSchema,
    title: z.string().min(1).max(120),
    /** The day it happened, YYYY-MM-DD; left out for a generated scenario. */
    date: z.iso.date().optional(),
    /** The period over which moves are measured, e.g. "1 day, previous close to low". */
    window: z.string().min(1).max(120).optional(),
    venue: z.string().min(1).max(120).optional(),
    source: z.string().min(1).max(400),
    caveat: z.string().min(1).max(600),
    /** By asset. */
    moves: z.record(symbolSchema, moveSchema),
    /** By instrument, for one that does not follow its asset any more. */
    instrumentMoves: z.record(symbolSchema, moveSchema).default({}),
    /** The move of an asset that is not named. */
    fallback: z.strictObject({ asset: moveSchema, stablecoin: moveSchema }),
    /** Relative move of every implied volatility: "0.5" makes 60 % into 90 %. */
    volatility: moveSchema,
  })
  .superRefine(({ moves, instrumentMoves, fallback }, context) => {
    const moving = [...Object.values(moves), ...Object.values(instrumentMoves), ...Object.values(fallback)]
    if (!moving.every(isZero) && Object.values(fallback).some(isZero)) {
      context.addIssue({
        code: 'custom',
        path: ['fallback'],
        message: 'must not be zero: an asset that is not named would count as untouched',
      })
    }
  })

/**
 * How prices move together in one scenario.
 *
 * @useDeclaredType
 */
export type StressScenario = z.output<typeof stressScenarioSchema>

/**
 * Checks a scenario made in code.
 *
 * @throws {InputError} `SCENARIO_SCHEMA`
 */
export function parseScenario(scenario: z.input<typeof stressScenarioSchema>): StressScenario {
  const read = bySchema(stressScenarioSchema, scenario)
  if (read.fault === undefined) return read.data
  const { field, message } = read.fault
  throw new InputError('SCENARIO_SCHEMA', message, { where: `scenario ${scenario.name}: ${field}` })
}

/** The move of an asset: its own where the scenario names it, else a fallback. */
export function moveOf(
  { moves, fallback }: StressScenario,
  asset: string,
  kind: keyof StressScenario['fallback'],
): Rational {
  return Rational.parse(Object.hasOwn(moves, asset) ? moves[asset]! : fallback[kind])
}
