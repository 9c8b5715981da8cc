import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Circuit } from '../../scripts/soundness/bench/circuit.js'
import { MARGIN_PUBLIC, TINY_MARGIN_MAIN, witnessOf } from '../../scripts/soundness/samples/margin-account.js'
import { StatementError } from '../../src/errors/index.js'
import { assertRule } from '../../src/rules/index.js'
import { marginFigures, marginInputs } from '../../src/statements/index.js'
import { accounts, rules, SYMBOLS } from '../helpers/margin-arbitrary.js'
import { cases } from '../helpers/sweep.js'

test('C25: the circuit takes a random account under a random rule exactly when the plain model says that it meets it (margin.9)', async () => {
  const circuit = await Circuit.compile({
    include: 'margin.circom',
    main: TINY_MARGIN_MAIN,
    public: MARGIN_PUBLIC,
  })
  let [met, missed] = [0, 0]
  await fc.assert(
    fc.asyncProperty(rules, accounts, async (rule, held) => {
      assertRule(rule)
      const figures = marginFigures(rule, {
        cash: 0n,
        positions: held.map(({ instrument, quantity }) => ({ symbol: SYMBOLS[instrument]!, quantity })),
      })
      const expected = figures.requirements[0]!.met && figures.limits.every((limit) => limit.met)
      let witness: ReturnType<typeof witnessOf>
      try {
        witness = witnessOf(rule, held)
      } catch (error) {
        if ((error as { code?: string }).code === 'MARGIN_SIZE') return fc.pre(false)
        throw error
      }
      const made = await circuit.witness(marginInputs(witness)).catch((error: unknown) => {
        if (error instanceof StatementError) return undefined
        throw error
      })
      expect(made !== undefined).toBe(expected)
      if (made === undefined) missed++
      // The generator checks each constraint as it goes; that it leaves none out is checked now and then.
      else if (met++ % 10 === 0) expect(circuit.satisfied(made)).toBe(true)
    }),
    { numRuns: cases(60, 1_000) },
  )
  expect(Math.min(met, missed)).toBeGreaterThan(8)
})
