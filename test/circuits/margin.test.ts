import { beforeAll, describe, expect, test } from 'vitest'
import { Circuit } from '../../scripts/soundness/bench/circuit.js'
import { tampered } from '../../scripts/soundness/bench/tamper.js'
import { looseWires } from '../../scripts/soundness/perturbation/alternatives.js'
import { MARGIN_PUBLIC, type witnessOf } from '../../scripts/soundness/samples/margin-account.js'
import {
  changed,
  HAND_MARGIN,
  HAND_MARGIN_MAIN,
  HAND_RULE,
  HELD,
  handWitness,
  heldWith,
} from '../../scripts/soundness/samples/margin-rule.js'
import { FIELD_ORDER, type Slot } from '../../src/field/index.js'
import { FACTOR_ONE, type MarginRule } from '../../src/rules/index.js'
import { MARGIN_SIGNALS, marginInputs, openedLeafSlots } from '../../src/statements/index.js'

let circuit: Circuit
beforeAll(async () => {
  circuit = await Circuit.compile({ include: 'margin.circom', main: HAND_MARGIN_MAIN, public: MARGIN_PUBLIC })
})

type Parts = NonNullable<Parameters<typeof witnessOf>[2]>
const UNIT = FACTOR_ONE ** 3n

const accepts = (slots: readonly Slot[], rule = HAND_RULE, parts: Parts = {}) =>
  circuit.accepts(marginInputs(handWitness(slots, { rule, ...parts })))

/** The threshold that leaves less than a unit is met, and a unit more is not. */
async function expectExact(
  slots: readonly Slot[],
  rule = HAND_RULE,
  requirement = 'initial',
  parts: Parts = {},
) {
  const { slack } = handWitness(slots, { rule, requirement, ...parts })
  const left = slack / UNIT - (slack < 0n && slack % UNIT !== 0n ? 1n : 0n)
  for (const more of [0n, 1n]) {
    const other = changed((copy) => {
      copy.requirements.find(({ name }) => name === requirement)!.threshold += left + more
    }, rule)
    expect(await accepts(slots, other, { requirement, ...parts })).toBe(more === 0n)
  }
}

describe('margin (margin.4)', () => {
  test('its public signals are in the documented order (privacy.2)', async () => {
    const witness = handWitness()
    const made = await circuit.witness(marginInputs(witness))
    expect(circuit.satisfied(made)).toBe(true)
    expect(made.slice(1, 7)).toEqual(MARGIN_SIGNALS.map((name) => witness.signals[name]))
    expect(MARGIN_PUBLIC).toEqual([...MARGIN_SIGNALS])
  })

  test('an account that has what is required, worked out by hand, meets it, and one of a unit less does not', async () => {
    expect(handWitness().slack).toBe(0n)
    expect(await accepts(HELD)).toBe(true)
    expect(await accepts(heldWith(3, 0n))).toBe(false)
    expect(await accepts(heldWith(3, 2n))).toBe(true)
  })

  test('a unit of threshold, the smallest part of a factor or a slope, and a unit of a cap decide', async () => {
    const demanding: ((rule: MarginRule) => void)[] = [
      (rule) => {
        rule.requirements[0]!.threshold += 1n
      },
      (rule) => {
        rule.requirements[0]!.worst!.factor += 1n
      },
      (rule) => {
        rule.requirements[0]!.charges[0]!.factor += 1n
      },
      (rule) => {
        rule.scan!.groups[1]!.loss += 1n
      },
      (rule) => {
        rule.scan!.groups[2]!.gain -= 1n
      },
      (rule) => {
        rule.scan!.scenarios[0]!.gain -= 1n
      },
      (rule) => {
        rule.limits[0]!.cap -= 1n
      },
    ]
    for (const change of demanding) expect(await accepts(HELD, changed(change)), `${change}`).toBe(false)
    const lenient = changed((rule) => {
      rule.limits[0]!.cap += 1n
      rule.requirements[0]!.threshold -= 1n
    })
    expect(await accepts(HELD, lenient)).toBe(true)
  })

  test('one and a half times a requirement: 1.5 · 233 and 1.5 · 100 (margin.5)', async () => {
    const times = (3n * FACTOR_ONE) / 2n
    expect(await accepts(heldWith(3, 168n), HAND_RULE, { times })).toBe(true)
    expect(await accepts(heldWith(3, 167n), HAND_RULE, { times })).toBe(false)
  })

  test('slopes, dampings and factors of 5, 10 and 1,099, as published portfolios have them (margin.8)', async () => {
    const steep = changed(({ exposures, limits, requirements, scan }) => {
      scan!.groups.shift()
      exposures.length = 1
      limits.length = 0
      for (const scenario of scan!.scenarios) scenario.loss = 5n * FACTOR_ONE
      scan!.groups[0]!.loss = 10n * FACTOR_ONE
      requirements.length = 1
      requirements[0]!.worst!.factor = 10n * FACTOR_ONE
      requirements[0]!.charges = [{ sum: 't', factor: (1n << 40n) - 1n }]
    })
    const { worst } = handWitness(HELD, { rule: steep })
    expect(worst).toBe((5n * 10n * 70n * FACTOR_ONE - (12n * FACTOR_ONE) / 4n) * FACTOR_ONE)
    await expectExact(heldWith(3, 40_000n), steep)
    const times = FACTOR_ONE / 2n
    const least = 40_000n - handWitness(heldWith(3, 40_000n), { rule: steep, times }).slack / UNIT
    expect(await accepts(heldWith(3, least), steep, { times })).toBe(true)
    expect(await accepts(heldWith(3, least - 1n), steep, { times })).toBe(false)
  })

  test('C26: a requirement that asks for less, beside the rows that are under the honest root (margin.17)', async () => {
    const { risk, signals } = handWitness()
    for (const change of [
      (rule: MarginRule) => {
        rule.requirements[0]!.threshold = -1_000_000n
        rule.requirements[0]!.worst!.factor = 0n
        for (const charge of rule.requirements[0]!.charges) charge.factor = 0n
      },
      (rule: MarginRule) => {
        rule.requirements[0]!.threshold -= 1n
      },
    ]) {
      const other = handWitness(heldWith(3, 0n), { rule: changed(change) })
      expect(other.met).toBe(true)
      expect(await circuit.accepts(marginInputs(other))).toBe(true)
      const beside = { ...other, risk, signals: { ...other.signals, riskRoot: signals.riskRoot } }
      expect(await circuit.accepts(marginInputs(beside))).toBe(false)
    }
  })

  test('what decides elsewhere: another requirement, a bound, a sum, the other branch', async () => {
    await expectExact(HELD, HAND_RULE, 'maintenance')
    const bounded = heldWith(2, 5n).with(0, { instrument: 0, quantity: 8n })
    expect(handWitness(bounded).groups[0]).toMatchObject({ own: 52n, charge: 100n })
    await expectExact(bounded)
    const summed = changed((rule) => {
      rule.requirements[0]!.worst!.sums = ['s', 't']
    })
    expect(handWitness(HELD, { rule: summed }).worst).toBe(82n * FACTOR_ONE ** 2n)
    await expectExact(HELD, summed)
    const other = heldWith(1, -1n).with(0, { instrument: 0, quantity: 5n })
    expect(handWitness(other).lines.map(({ branch }) => branch)).toContain(0)
    await expectExact(other)
  })

  test('C21: of the inputs and of every other wire, none can change alone but the branch of a choice with no branches (margin.10)', async () => {
    const made = await circuit.witness(marginInputs(handWitness()))
    // Minus a context has the same square, and plays no part in any rule.
    expect(circuit.names(looseWires(circuit.r1cs, made))).toEqual(['context', 'lineBranch[5]'])
  })

  test('an input that is the same number in the field, but no canonical one (margin.10)', async () => {
    const inputs = marginInputs(handWitness())
    expect(await circuit.accepts({ ...inputs, worst: (inputs.worst as bigint) + FIELD_ORDER })).toBe(false)
  })

  test('V10, N10: a context is part of the statement, and no other fits the witness (margin.11)', async () => {
    const made = await circuit.witness(marginInputs(handWitness()))
    for (const context of [0n, 65n, 67n]) {
      expect(circuit.satisfied(circuit.edit(made, { context })), `${context}`).toBe(false)
    }
  })
})

describe('margin leaves a prover free (margin.4)', () => {
  /** A and cash: one group, four lines, two empty slots. */
  const slots = [HELD[0]!, { instrument: 3, quantity: 5_000n }]
  const rule = changed((copy) => {
    copy.limits = []
  })
  const inputs = marginInputs(handWitness(slots, { rule }))

  test('to overstate losses, values and charges', async () => {
    expect(await circuit.accepts(inputs)).toBe(true)
    const { worst, lineValue } = inputs as { worst: bigint; lineValue: bigint[] }
    for (const changes of [
      { worst: worst + 1n },
      { 'lineValue[0]': lineValue[0]! + 1n, 'lineValue[1]': lineValue[0]! + 1n },
      { 'groupCharge[0]': 1n },
      { 'groupOwn[0]': 1n, 'groupCharge[0]': 1n },
    ]) {
      expect(await circuit.accepts(tampered(inputs, changes))).toBe(true)
    }
  })

  test('to say what it likes of empty slots, of groups and lines that nothing is in, and of choices with no branches', async () => {
    for (const changes of [
      { 'rowValue[2][0]': 5n, 'rowGroup[2]': 5n, 'rowFlat[2]': 5n, 'rowChanges[2][1]': 5n },
      { 'rowLinks[2][0]': 0n, 'rowLinks[2][1]': 1n, 'rowLines[2][0][0]': 5n, 'rowLines[2][0][1]': 5n },
      { 'groupIds[2]': 60_500n, 'groupGain[2]': 5n, 'groupInto[2][1]': 1n },
      { 'groupNegative[2][0]': 1n },
      { 'lineChoice[7]': 60_500n, 'lineExposure[7]': 5n, 'line[7]': 5n, 'lineDeduction[7]': 5n },
      { 'lineOnly[7][1]': 1n, 'lineInto[7][0]': 0n, 'lineInto[7][6]': 1n },
      { 'lineBranch[0]': 1n, 'lineBranch[1]': 1n },
    ]) {
      expect(await circuit.accepts(tampered(inputs, changes)), Object.keys(changes)[0]!).toBe(true)
    }
  })

  test('but with no line on an empty slot that would help (margin.6)', async () => {
    const held = tampered(inputs, {
      ...{ 'rowLinks[2][0]': 0n, 'rowLinks[2][1]': 1n },
      ...{ 'rowLines[2][0][0]': (inputs.rowLines as bigint[][][])[0]![0]![0]!, 'rowLines[2][0][1]': -5n },
    })
    expect(await circuit.accepts(held)).toBe(true)
    const { lineTotal, lineValue } = inputs as { lineTotal: bigint[]; lineValue: bigint[] }
    expect(await circuit.accepts(tampered(held, { 'lineTotal[0]': lineTotal[0]! - 5n }))).toBe(false)
    expect(lineValue[0]).toBe(25n)
  })
})

describe('margin judges to the unit (margin.4)', () => {
  const position = (instrument: number, quantity: bigint): Slot => ({ instrument, quantity })
  const free = changed((rule) => {
    rule.limits = []
  })

  test('an empty account', async () => {
    await expectExact([], free)
    await expectExact([])
  })
  test('an instrument held long in one slot and short in another', async () => {
    await expectExact([position(0, 10n), position(0, -4n), position(2, -3n), position(3, 50n)], free)
    await expectExact([position(1, -6n), position(1, 6n)], free)
  })
  test('an account that is nothing but short', async () => {
    await expectExact([position(0, -10n), position(1, -6n), position(2, -4n), position(3, -1n)], free)
  })
  test('prices of zero', async () => {
    const worthless = changed((rule) => {
      for (const { value } of rule.instruments) Object.assign(value, { long: 0n, short: 0n })
    })
    await expectExact(HELD, worthless)
  })
  test('leaves of every shape that the instance opens (margin.1)', async () => {
    const two = [position(0, 10n), position(3, 50n)]
    for (const leafSlots of openedLeafSlots(HAND_MARGIN.slots))
      await expectExact(two, free, 'initial', { leafSlots })
  })
  test('a slot that is empty and names an instrument, before one that is held', async () => {
    await expectExact([position(65_535, 0n), position(0, 10n), position(3, 5n)], free)
  })
  test('a rule with no scan, one with no netted group, and one with a single scenario', async () => {
    const withoutScan = changed((rule) => {
      delete rule.scan
      rule.exposures = rule.exposures.slice(0, 1)
      for (const requirement of rule.requirements) {
        delete requirement.worst
        requirement.charges = requirement.charges.filter(({ sum }) => sum === 't')
      }
    })
    await expectExact(HELD, withoutScan)
    const own = changed((rule) => {
      rule.scan!.groups.length = 1
    })
    await expectExact(HELD, own)
    const single = changed(({ scan }) => {
      scan!.scenarios.length = 1
      for (const { members } of scan!.groups) for (const { changes } of members) changes.length = 1
    })
    await expectExact(HELD, single)
  })
  test('the first to the fourth requirement of a rule (margin.3)', async () => {
    const four = changed(({ requirements }) => {
      const [initial, maintenance] = requirements
      requirements.push({ ...initial!, name: 'third' }, { ...maintenance!, name: 'fourth', threshold: 5n })
    })
    for (const { name } of four.requirements) await expectExact(HELD, four, name)
  })
})
