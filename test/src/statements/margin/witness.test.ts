import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TINY_MARGIN, witnessOf } from '../../../../scripts/soundness/samples/margin-account.js'
import {
  HAND_MARGIN,
  HAND_RULE,
  HELD,
  handWitness,
} from '../../../../scripts/soundness/samples/margin-rule.js'
import { assertRule } from '../../../../src/rules/index.js'
import { LEAF_SLOTS, marginFigures, openedLeafSlots } from '../../../../src/statements/index.js'
import { accounts, rules, SYMBOLS } from '../../../helpers/margin-arbitrary.js'
import { cases } from '../../../helpers/sweep.js'

describe('a margin witness (margin.9)', () => {
  test('has the slack of the plain model, on random accounts of random rules', () => {
    const sizes = { ...TINY_MARGIN, lines: 9, links: 3 }
    let [met, missed] = [0, 0]
    fc.assert(
      fc.property(rules, fc.array(accounts, { minLength: 8, maxLength: 8 }), (rule, list) => {
        assertRule(rule)
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
      { numRuns: cases(60, 250) },
    )
    expect(Math.min(met, missed)).toBeGreaterThan(60)
  })
})

describe('an account that fills an instance to the last place has a witness, one that needs a place more has none: (margin.8)', () => {
  for (const part of ['slots', 'scenarios', 'groups', 'lines', 'links'] as const) {
    test(part, () => {
      expect(() => handWitness()).not.toThrow()
      const sizes = { ...HAND_MARGIN, [part]: HAND_MARGIN[part] - 1 }
      expect(() => handWitness(HELD, { sizes })).toThrow(expect.objectContaining({ code: 'MARGIN_SIZE' }))
    })
  }

  test('levels', () => {
    const of = (count: number) => ({
      ...HAND_RULE,
      instruments: Array.from(
        { length: count },
        (_, i) =>
          HAND_RULE.instruments[i] ?? {
            symbol: `X${i}`,
            decimals: 0,
            value: { long: 1n, short: 1n },
          },
      ),
    })
    expect(() => handWitness(HELD, { rule: of(4) })).not.toThrow()
    expect(() => handWitness(HELD, { rule: of(5) })).toThrow(expect.objectContaining({ code: 'MARGIN_SIZE' }))
    const sizes = { ...HAND_MARGIN, levels: 2 }
    expect(() => handWitness(HELD, { rule: of(64), sizes })).not.toThrow()
    expect(() => handWitness(HELD, { rule: of(65), sizes })).toThrow(
      expect.objectContaining({ code: 'MARGIN_SIZE' }),
    )
  })

  test('a slot that is empty and names an instrument, where the instance has no such slot', () => {
    const far = [...HELD, { instrument: 7, quantity: 0n }]
    const leafSlots = openedLeafSlots(HELD.length).at(-1)!
    expect(() => handWitness(far, { leafSlots })).toThrow(expect.objectContaining({ code: 'MARGIN_SIZE' }))
  })

  test('a leaf of one step more than holds its slots, and no wider one', () => {
    const opened = openedLeafSlots(HELD.length)
    const holding = LEAF_SLOTS.findIndex((count) => count >= HELD.length)
    expect(opened).toEqual(LEAF_SLOTS.slice(0, holding + 2))
    for (const leafSlots of opened.filter((count) => count >= HELD.length))
      expect(() => handWitness(HELD, { leafSlots })).not.toThrow()
    const wider = LEAF_SLOTS[holding + 2]!
    expect(() => handWitness(HELD, { leafSlots: wider })).toThrow(
      expect.objectContaining({
        code: 'MARGIN_SIZE',
        message: `the account needs a leaf of ${wider} slots, the instance has room for a leaf of ${opened.at(-1)} slots`,
      }),
    )
    expect(openedLeafSlots(LEAF_SLOTS.at(-1)! + 1)).toEqual(LEAF_SLOTS)
    expect(openedLeafSlots(LEAF_SLOTS.at(-1)!)).toEqual(LEAF_SLOTS)
  })

  test('an instrument that is not in the table', () => {
    expect(() => handWitness([{ instrument: 4, quantity: 1n }])).toThrow(
      expect.objectContaining({ code: 'MARGIN_INSTRUMENT' }),
    )
  })

  test('a leaf of as many slots as no ledger makes', () => {
    expect(() => handWitness(HELD, { leafSlots: 5 })).toThrow(
      expect.objectContaining({ code: 'MARGIN_SIZE' }),
    )
  })
})
