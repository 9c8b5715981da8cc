import { z } from 'zod'
import { type DecimalRules, formatDecimal, parseDecimal } from '../../field/index.js'
import { readJsonFile } from '../../files/index.js'
import { MAX_TIMESTAMP, symbolSchema } from '../file.js'
import { checkRule } from './check.js'
import { mapRule } from './map.js'
import { FACTOR_DECIMALS, type MarginRule } from './rule.js'

const SCHEMA = 'plimsoll/margin-rule/1'

const name = z.string().min(1).max(100)
const number = z.string()
const form = z.strictObject({
  constant: number,
  terms: z.array(z.strictObject({ symbol: symbolSchema, long: number, short: number })),
})

/** Numbers are for one whole unit of an instrument, in the quote currency. */
const marginRuleFile = z.strictObject({
  schema: z.literal(SCHEMA),
  model: name,
  timestamp: z.int().min(0).max(MAX_TIMESTAMP),
  quote: symbolSchema,
  valueDecimals: z.int().min(0).max(36),
  cashDecimals: z.int().min(0).max(18),
  instruments: z.array(
    z.strictObject({
      symbol: symbolSchema,
      decimals: z.int().min(0).max(18),
      value: z.strictObject({ long: number, short: number }),
    }),
  ),
  exposures: z.array(z.strictObject({ name, forms: z.array(form) })),
  scans: z.array(
    z.strictObject({
      name,
      scenarios: z.array(name),
      groups: z.array(
        z.strictObject({
          name,
          members: z.array(z.strictObject({ symbol: symbolSchema, changes: z.array(number) })),
          gain: z.array(number),
          loss: z.array(number),
        }),
      ),
    }),
  ),
  combinations: z.array(
    z.strictObject({ name, pick: z.enum(['max', 'min']), of: z.array(z.array(name)).min(1) }),
  ),
  requirements: z.array(
    z.strictObject({
      name,
      threshold: number,
      charges: z.array(z.strictObject({ of: name, factor: number })),
    }),
  ),
  limits: z.array(z.strictObject({ of: name, cap: number })),
})

/**
 * Reads a margin rule file.
 *
 * @example
 * const rule = await readMarginRule('margin.json')
 *
 * @throws {InputError} what `readJsonFile`, `parseDecimal` and `checkRule` throw
 */
export async function readMarginRule(path: string): Promise<MarginRule> {
  const { schema: _, ...file } = await readJsonFile(path, marginRuleFile)
  const decimals = new Map(file.instruments.map((i) => [i.symbol, i.decimals]))
  const read = (text: string, digits: number): bigint => {
    const rules: DecimalRules = { decimals: Math.max(digits, 0), signed: true, where: path }
    return parseDecimal(text, rules)
  }
  const rule: MarginRule = {
    ...mapRule(file, {
      unit: (symbol, text) => read(text, file.valueDecimals - (decimals.get(symbol) ?? 0)),
      whole: (text) => read(text, file.valueDecimals),
      factor: (text) => read(text, FACTOR_DECIMALS),
    }),
    valueDecimals: file.valueDecimals,
  }
  checkRule(rule, path)
  return rule
}

/** The canonical text of a margin rule's file: equal rules give equal text, and reading it gives the rule back. */
export function formatMarginRule(rule: MarginRule): string {
  const decimals = new Map(rule.instruments.map((i) => [i.symbol, i.decimals]))
  const { model, timestamp, quote, cashDecimals, ...rest } = mapRule(rule, {
    unit: (symbol, value) => formatDecimal(value, rule.valueDecimals - (decimals.get(symbol) ?? 0)),
    whole: (value) => formatDecimal(value, rule.valueDecimals),
    factor: (value) => formatDecimal(value, FACTOR_DECIMALS),
  })
  const { valueDecimals } = rule
  const file: z.input<typeof marginRuleFile> = {
    schema: SCHEMA,
    model,
    timestamp,
    quote,
    valueDecimals,
    cashDecimals,
    ...rest,
  }
  return `${JSON.stringify(file, null, 1)}\n`
}
