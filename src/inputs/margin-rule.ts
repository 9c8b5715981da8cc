import * as z from 'zod'
import { InputError } from '../errors/index.js'
import { readJsonFile } from '../files/index.js'
import type { RiskTable } from '../risk/index.js'
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
  return (await readRuleAndTable(path)).rule
}

/**
 * Reads the margin rule of a file, and the risk table that it is of, where it is a table's.
 *
 * @throws {InputError} what `readMarginRule` throws
 */
export async function readRuleAndTable(path: string): Promise<{ rule: MarginRule; table?: RiskTable }> {
  const { schema } = await readJsonFile(path, either)
  if (schema === MARGIN_RULE_SCHEMA) {
    return { rule: ruleOfFile(await readJsonFile(path, marginRuleSchema), path) }
  }
  const table = await readRiskTable(path)
  if (table.margin !== undefined) return { rule: table.margin, table }
  throw new InputError('RULE_MISSING', 'the risk table has no margin rule', {
    where: path,
    hint: 'Build one with `plimsoll risk build`.',
  })
}
