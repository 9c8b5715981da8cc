import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { PlimsollError } from '../../../../src/errors/index.js'
import {
  exactRule,
  MARGIN_MODELS,
  type MarginModelName,
  readMarginParams,
} from '../../../../src/models/index.js'
import { compileRequirement, roundRule } from '../../../../src/rules/index.js'

const EXAMPLES: Record<MarginModelName, string> = {
  cross: 'examples/margin/cross.json',
  span16: 'examples/margin/span16.json',
  matrix: 'examples/venue/margin.json',
  lending: 'examples/margin/lending.json',
  'derive-pmrm': 'examples/margin/derive-pmrm.json',
  'derive-standard': 'examples/margin/derive-standard.json',
}

describe('the example parameters of each model (cli.11)', () => {
  test.each(Object.keys(MARGIN_MODELS) as MarginModelName[])(
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

describe('a number that is none, anywhere in the parameters (cli.5)', () => {
  test.each(Object.keys(MARGIN_MODELS) as MarginModelName[])('of %s is refused at its field', (model) => {
    const text = readFileSync(EXAMPLES[model], 'utf8')
    const numbers = text.match(/"-?[0-9.]+"/g)!
    expect(numbers.length).toBeGreaterThan(5)
    let at = 0
    for (const number of numbers) {
      at = text.indexOf(number, at)
      const params = JSON.parse(`${text.slice(0, at)}"x"${text.slice(at + number.length)}`)
      at += number.length
      try {
        exactRule(model, params)
        expect.unreachable(`${number} at ${at}`)
      } catch (error) {
        expect(error, `${number} at ${at}: ${error}`).toBeInstanceOf(PlimsollError)
      }
    }
  })
})
