import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hidden } from '../../../../scripts/soundness/samples/disclosure.js'
import { TIER_TABLE } from '../../../../scripts/soundness/samples/ledger.js'
import { RATIO_BITS } from '../../../../src/field/index.js'
import type { Instrument, RiskTable, ShareIndex } from '../../../../src/risk/index.js'
import {
  disclosureModel,
  indexSteps,
  interestShown,
  paysInterest,
  shownDigest,
} from '../../../../src/statements/index.js'

const ONE = 10n ** 12n
const row = (symbol: string, index?: ShareIndex): Instrument => ({
  ...{ symbol, kind: 'spot', decimals: 6, mark: 1n },
  ...(index && { index }),
})
const tableOf = (...instruments: Instrument[]): Pick<RiskTable, 'instruments'> => ({ instruments })
const before = tableOf(row('COIN'), row('CASH', { long: ONE, short: ONE }))
const stepped = (long: bigint, short: bigint) =>
  tableOf(row('COIN'), row('CASH', { long: ONE + long, short: ONE + short }))
const { columns } = TIER_TABLE

/** What is owed of cash in the sample, and what is lent. */
const [OWED, LENT] = [70_000n, 1_000n]

function isProvable(long: bigint, short: bigint): boolean {
  const steps = indexSteps(before, stepped(long, short), columns.sizes)
  const witness = hidden({
    held: undefined,
    reservesOf: steps.paid.map((_, i) => i),
    ratios: steps.paid,
    loanFactors: steps.charged,
  })
  // A reader makes the digest from both tables alone.
  expect(witness.signals.shown).toBe(shownDigest(interestShown(steps, columns)))
  return disclosureModel(witness).valid
}

describe('interest of a settlement by indices (settlement.64)', () => {
  test('T10: is provable up to what is charged, and not one unit above', () => {
    expect(isProvable(1_000n, 70_000n)).toBe(true)
    expect(isProvable(1_001n, 70_000n)).toBe(false)
    expect(isProvable(1_000n, 69_999n)).toBe(false)
    expect(isProvable(1n, 0n)).toBe(false)
  })

  test('of steps of any size, no proof is of more than is charged', () => {
    const step = fc.bigInt({ min: 1n, max: 2n ** 47n })
    fc.assert(
      fc.property(step, step, (long, short) => {
        if (isProvable(long, short)) expect(long * OWED <= short * LENT).toBe(true)
        const { paid, charged } = indexSteps(before, stepped(long, short), columns.sizes)
        expect([...paid, ...charged].every((each) => each >> BigInt(RATIO_BITS) === 0n)).toBe(true)
        expect(paid[1]! > 0n).toBe(true)
      }),
      { numRuns: 30 },
    )
  })

  test('what is rounded up to a power of two keeps to its width', () => {
    const { paid } = indexSteps(before, stepped(2n ** 32n * 10n - 1n, 0n), columns.sizes)
    expect(paid[1]).toBe((2n ** 32n * 10n + 98n) / 100n)
  })

  test('nothing paid needs no proof; a cut and what is let off are told apart', () => {
    const steps = (long: bigint, short: bigint) => indexSteps(before, stepped(long, short), columns.sizes)
    expect(paysInterest(steps(0n, 5n))).toBe(false)
    expect(paysInterest(steps(1n, 5n))).toBe(true)
    expect(steps(0n, 0n)).toMatchObject({ moved: [], cut: [], letOff: [] })
    expect(steps(0n, 5n)).toMatchObject({ moved: ['CASH'], cut: [], letOff: [] })
    expect(steps(-1n, 5n)).toMatchObject({ cut: ['CASH'], letOff: [] })
    expect(steps(-1n, -1n)).toMatchObject({ cut: ['CASH'], letOff: ['CASH'] })
  })

  test('an index that begins is a step from one unit; one that ends goes back to it; a new row begins', () => {
    const begun = indexSteps(tableOf(row('COIN'), row('CASH')), stepped(7n, 8n), columns.sizes)
    expect([begun.paid[1], begun.charged[1]]).toEqual([7n, 8n])
    expect(indexSteps(stepped(7n, 8n), tableOf(row('COIN'), row('CASH')), columns.sizes)).toMatchObject({
      cut: ['CASH'],
      letOff: ['CASH'],
    })
    expect(paysInterest(indexSteps(tableOf(row('COIN')), stepped(7n, 8n), columns.sizes))).toBe(false)
  })
})
