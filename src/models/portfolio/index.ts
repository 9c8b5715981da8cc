import type * as z from 'zod'
import { InputError } from '../../errors/index.js'
import { readJsonFile } from '../../files/index.js'
import type { ModelRule } from '../../rules/index.js'
import { bySchema } from '../../schema/index.js'
import { buildCross, crossParams } from './cross.js'
import { buildDerivePmrm, derivePmrmParams } from './derive-pmrm.js'
import { buildDeriveStandard, deriveStandardParams } from './derive-standard.js'
import { buildLending, lendingParams } from './lending.js'
import { buildMatrix, matrixParams } from './matrix.js'
import { buildSpan16, span16Params } from './span16.js'

/** The portfolio models that rules are built from: a schema of parameters that gives the exact rule. */
export const MARGIN_MODELS = {
  cross: crossParams.transform(buildCross),
  span16: span16Params.transform(buildSpan16),
  matrix: matrixParams.transform(buildMatrix),
  lending: lendingParams.transform(buildLending),
  'derive-pmrm': derivePmrmParams.transform(buildDerivePmrm),
  'derive-standard': deriveStandardParams.transform(buildDeriveStandard),
} as const satisfies Record<string, z.ZodType<ModelRule>>

/**
 * The name of a portfolio model.
 *
 * @useDeclaredType
 */
export type MarginModelName = keyof typeof MARGIN_MODELS

/**
 * The rule of a model for some parameters, exact; `roundRule` makes integers of it.
 *
 * @example
 * import { readFile } from 'node:fs/promises'
 *
 * const rule = roundRule(exactRule('lending', JSON.parse(await readFile('lending.json', 'utf8'))))
 *
 * @throws {InputError} `PARAMS_SCHEMA`, `PARAMS_CASH` when the quote currency is given as an instrument,
 * `PARAMS_RANGE` when a formula leaves the range of numbers
 */
export function exactRule(model: MarginModelName, params: unknown): ModelRule {
  try {
    const read = bySchema<z.ZodType<ModelRule>>(MARGIN_MODELS[model], params)
    if (read.fault === undefined) return withOneCash(read.data, model)
    const { field, message } = read.fault
    throw new InputError('PARAMS_SCHEMA', message, { where: field ? `${model}: ${field}` : model })
  } catch (error) {
    throw outOfRange(error, model)
  }
}

/**
 * Reads a parameter file and builds the exact rule of a model.
 *
 * @throws {InputError} what `readJsonFile` throws, `PARAMS_CASH`, `PARAMS_RANGE`, as `exactRule`
 */
export async function readMarginParams(model: MarginModelName, path: string): Promise<ModelRule> {
  try {
    return withOneCash(await readJsonFile<z.ZodType<ModelRule>>(path, MARGIN_MODELS[model]), path)
  } catch (error) {
    throw outOfRange(error, path)
  }
}

/** Cash is the one instrument of the quote currency. */
function withOneCash(rule: ModelRule, where: string): ModelRule {
  if (rule.instruments.filter(({ symbol }) => symbol === rule.cash).length === 1) return rule
  throw new InputError('PARAMS_CASH', `${rule.cash} is the quote currency and cannot be an instrument`, {
    where,
    hint: 'Cash is held in it already: leave it out, or name another quote currency.',
  })
}

function outOfRange(error: unknown, where: string): unknown {
  if (!(error instanceof RangeError)) return error
  return new InputError('PARAMS_RANGE', 'a formula leaves the range of numbers', {
    where,
    cause: error,
    hint: 'Look for a rate, a volatility or a time that is far too large, or a price of zero.',
  })
}
