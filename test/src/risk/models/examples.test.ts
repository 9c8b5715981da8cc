import { describe, expect, it } from 'vitest'
import {
  compileRequirement,
  MARGIN_MODELS,
  type MarginModelName,
  readMarginParams,
  roundRule,
} from '../../../../src/risk/index.js'

const EXAMPLES: Record<MarginModelName, string> = {
  cross: 'examples/margin/cross.json',
  span16: 'examples/margin/span16.json',
  matrix: 'examples/venue/margin.json',
  lending: 'examples/margin/lending.json',
  'derive-pmrm': 'examples/margin/derive-pmrm.json',
  'derive-standard': 'examples/margin/derive-standard.json',
}

describe('the example parameters of each model (cli.11)', () => {
  it.each(Object.keys(MARGIN_MODELS) as MarginModelName[])(
    'make a rule of %s whose requirements can be proven',
    async (model) => {
      const rule = roundRule(await readMarginParams(model, EXAMPLES[model]))
      expect(rule.requirements.map(({ name }) => name).sort()).toEqual(['initial', 'maintenance'])
      for (const { name } of rule.requirements) {
        expect(compileRequirement(rule, name).rows.size).toBe(rule.instruments.length)
      }
    },
  )
})
