import * as z from 'zod'
import { formatDecimal, parseDecimal, textFault, textSchema } from '../field/index.js'
import { symbolSchema, timestampSchema } from '../schema/index.js'
import { assertRule } from './assert-rule.js'
import { mapRule } from './map.js'
import { decimalsOf, FACTOR_DECIMALS, type MarginRule } from './rule.js'

export const MARGIN_RULE_SCHEMA = 'plimsoll/margin-rule/2'

/** A name that shows as it is stored: whoever reads of a requirement tells it from others by its name. */
const name = textSchema((text) => textFault(text, 400)).max(100)
const number = z.string()
const slopes = { gain: number, loss: number }
const line = z.strictObject({
  constant: number,
  terms: z.array(z.strictObject({ symbol: symbolSchema, long: number, short: number })),
  branch: z.literal([0, 1]).exactOptional(),
})
const adds = z.union([
  z.strictObject({ sum: name }),
  z.strictObject({ raises: name }),
  z.strictObject({ bounds: name }),
])

/** A margin rule as files hold it. Numbers are for one whole unit of an instrument, in the quote currency. */
export const marginRuleSchema = z.strictObject({
  schema: z.literal(
    MARGIN_RULE_SCHEMA,
    `must be ${MARGIN_RULE_SCHEMA}: build the rule again with \`plimsoll risk build\``,
  ),
  model: name,
  timestamp: timestampSchema,
  quote: symbolSchema,
  valueDecimals: z.int().min(0).max(36),
  /** The instrument that a portfolio's cash is a quantity of. */
  cash: symbolSchema.exactOptional(),
  instruments: z.array(
    z.strictObject({
      symbol: symbolSchema,
      decimals: z.int().min(0).max(18),
      value: z.strictObject({ long: number, short: number }),
    }),
  ),
  scan: z
    .strictObject({
      name,
      scenarios: z.array(z.strictObject({ name, ...slopes })),
      groups: z.array(
        z.strictObject({
          name,
          sum: name.exactOptional(),
          ...slopes,
          members: z.array(z.strictObject({ symbol: symbolSchema, changes: z.array(number) })),
          flat: z.array(z.strictObject({ symbol: symbolSchema, change: number })),
        }),
      ),
    })
    .exactOptional(),
  exposures: z.array(z.strictObject({ name, choice: name.exactOptional(), adds, lines: z.array(line) })),
  requirements: z.array(
    z.strictObject({
      name,
      threshold: number,
      worst: z.strictObject({ factor: number, sums: z.array(name) }).exactOptional(),
      charges: z.array(z.strictObject({ sum: name, factor: number })),
    }),
  ),
  limits: z.array(z.strictObject({ name, cap: number, lines: z.array(line) })),
})

export type MarginRuleFile = z.output<typeof marginRuleSchema>

/**
 * The rule that a file holds.
 *
 * @param where the file's name, for messages
 * @throws {InputError} what `parseDecimal` and `assertRule` throw
 */
export function ruleOfFile(file: MarginRuleFile, where: string): MarginRule {
  const { valueDecimals } = file
  const decimals = decimalsOf(file)
  const read = (text: string, digits: number): bigint =>
    parseDecimal(text, { decimals: Math.max(digits, 0), signed: true, where })
  const rule: MarginRule = {
    ...mapRule(file, {
      unit: (symbol, text) => read(text, valueDecimals - decimals(symbol)),
      whole: (text) => read(text, valueDecimals),
      factor: (text) => read(text, FACTOR_DECIMALS),
    }),
    valueDecimals,
  }
  assertRule(rule, where)
  return rule
}

/** The file form of a rule; `ruleOfFile` gives the rule back. */
export function fileOfRule(rule: MarginRule): MarginRuleFile {
  const { valueDecimals } = rule
  const decimals = decimalsOf(rule)
  const { model, timestamp, quote, ...rest } = mapRule(rule, {
    unit: (symbol, value) => formatDecimal(value, valueDecimals - decimals(symbol)),
    whole: (value) => formatDecimal(value, valueDecimals),
    factor: (value) => formatDecimal(value, FACTOR_DECIMALS),
  })
  return { schema: MARGIN_RULE_SCHEMA, model, timestamp, quote, valueDecimals, ...rest }
}

/**
 * The canonical text of a margin rule's file: equal rules give equal text, and reading it gives the rule
 * back.
 *
 * @example
 * import { writeFile } from 'node:fs/promises'
 *
 * await writeFile('rule.json', formatMarginRule(rule))
 */
export function formatMarginRule(rule: MarginRule): string {
  return `${JSON.stringify(fileOfRule(rule), null, 1)}\n`
}
