import * as z from 'zod'
import { InputError } from '../errors/index.js'
import { readJsonFile } from '../files/index.js'
import type { MarginRule } from '../rules/index.js'
import { MARGIN_RULE_SCHEMA, marginRuleSchema, ruleOfFile } from '../rules/index.js'
import { readRiskTable } from './risk-table.js'

const either = z.looseObject({ schema: z.literal([MARGIN_RULE_SCHEMA, 'plimsoll/risk-table/1']) })

/**
 * Reads the margin rule of a file: a rule's own, or that of a risk table which has one.
 *
 * @example
 * const rule = await readMarginRule('risk.json')
 *
 * @throws {InputError} `RULE_MISSING` for a risk table without a rule, and what `readJsonFile`, `ruleOfFile`
 * and `readRiskTable` throw
 */
export async function readMarginRule(path: string): Promise<MarginRule> {
  const { schema } = await readJsonFile(path, either)
  if (schema === MARGIN_RULE_SCHEMA) return ruleOfFile(await readJsonFile(path, marginRuleSchema), path)
  const { margin } = await readRiskTable(path)
  if (margin !== undefined) return margin
  throw new InputError('RULE_MISSING', 'the risk table has no margin rule', {
    where: path,
    hint: 'Build one with `plimsoll risk build`.',
  })
}
