import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkRule } from '../../../../src/risk/index.js'
import { marginFigures } from '../../../../src/statements/index.js'
import { TINY_MARGIN, witnessOf } from '../../../helpers/margin-account.js'
import { accounts, rules, SYMBOLS } from '../../../helpers/margin-arbitrary.js'

describe('a margin witness', () => {
  it('has the slack of the plain model, on 2,000 random accounts', () => {
    const sizes = { ...TINY_MARGIN, lines: 9 }
    let [met, missed] = [0, 0]
    fc.assert(
      fc.property(rules, fc.array(accounts, { minLength: 8, maxLength: 8 }), (rule, list) => {
        checkRule(rule)
        for (const held of list) {
          const positions = held.map(({ instrument, quantity }) => ({
            symbol: SYMBOLS[instrument]!,
            quantity,
          }))
          const [figure] = marginFigures(rule, { cash: 0n, positions }).requirements
          const { slack } = witnessOf(rule, held, { sizes })
          expect(slack).toBe(figure!.slack)
          if (slack < 0n) missed++
          else met++
        }
      }),
      { numRuns: 250 },
    )
    expect(Math.min(met, missed)).toBeGreaterThan(300)
  }, 300_000)
})
