import { describe, expect, test } from 'vitest'
import type { Slot } from '../../../../src/field/index.js'
import { exactRule } from '../../../../src/models/index.js'
import { instrumentNumbers, type RiskTable } from '../../../../src/risk/index.js'
import { type MarginRule, roundRule } from '../../../../src/rules/index.js'
import {
  cheapestMarginInstance,
  describeMarginNeeds,
  LEAF_SLOTS,
  marginInstances,
  marginNeeds,
  marginSizes,
  openedLeafSlots,
  shippedSnapshot,
} from '../../../../src/statements/index.js'
import { pmrmParams } from '../../../helpers/derive.js'

/**
 * A made-up book of options: so many at one strike each, spread over expiries, beside a perp and collateral.
 */
interface Book {
  options: number
  expiries: number
  collaterals?: number
  perp?: boolean
}

/** 33 scenarios, 31 of which move price and volatility; every option takes 12 lines of `initial`. */
function params({ options, expiries, collaterals = 0, perp = false }: Book) {
  const own = pmrmParams()
  const [grid] = own.scenarios
  const [expiry] = own.expiries
  const [option] = expiry!.options
  const skews = own.scenarios.filter(({ volShock }) => volShock === 'Linear' || volShock === 'Abs')
  const shocks = Array.from({ length: 31 }, (_, s) => ({ ...grid!, spotShock: `${0.7 + s / 50}` }))
  return {
    ...own,
    ...(perp ? {} : { perp: undefined }),
    minConfidence: '0.5',
    collaterals: Array.from({ length: collaterals }, (_, i) => ({
      ...own.collaterals[0]!,
      symbol: `COLL${i}`,
    })),
    expiries: Array.from({ length: expiries }, (_, e) => ({
      ...expiry!,
      name: `E${e}`,
      minConfidence: '0.5',
      options: Array.from({ length: options }, (_, i) => i)
        .filter((i) => i % expiries === e)
        .map((i) => ({ ...option!, symbol: `O${i}`, strike: `${1500 + 20 * i}` })),
    })),
    scenarios: [...shocks, ...skews],
    otherContParams: { ...own.otherContParams, confThreshold: '0.9', confMargin: '0.5' },
  }
}

function tableOf(rule: MarginRule): RiskTable {
  return {
    timestamp: rule.timestamp,
    quote: rule.quote,
    valueDecimals: rule.valueDecimals,
    instruments: rule.instruments.map(({ symbol, decimals }) => ({
      symbol,
      kind: symbol.startsWith('O') ? 'option' : symbol === 'PERP' ? 'perp' : 'spot',
      decimals,
      mark: 1n,
    })),
    scenarios: [],
    margin: rule,
  }
}

/** What a book takes that holds all of it short, with cash. */
function needsOf(book: Book) {
  const table = tableOf(roundRule(exactRule('derive-pmrm', params(book))))
  const slots: Slot[] = instrumentNumbers(table).map((instrument) => ({
    instrument,
    quantity: instrument < 2 ** 15 ? 5_000_000n : -1_000_000n,
  }))
  return marginNeeds(table, 'initial', slots)
}

describe('the cheapest instance that an account fits (margin.20)', () => {
  for (const [book, name, lines] of [
    [{ options: 2, expiries: 1 }, 'margin-4', 13],
    [{ options: 6, expiries: 2, perp: true }, 'margin-8', 28],
    [{ options: 13, expiries: 7, collaterals: 1, perp: true }, 'margin-16-wide', 85],
    [{ options: 30, expiries: 7, collaterals: 4, perp: true }, 'margin-40', 102],
    [{ options: 39, expiries: 7, collaterals: 4, perp: true }, 'margin-64', 111],
    [{ options: 56, expiries: 7, collaterals: 4, perp: true }, 'margin-64', 128],
  ] as const) {
    test(`${book.options} options in ${book.expiries} expiries: ${name}`, () => {
      const needs = needsOf(book)
      expect(needs).toMatchObject({ links: 3, groups: book.expiries + 1, lines })
      expect(cheapestMarginInstance(needs)?.name).toBe(name)
    })
  }

  test('none for a book that is wider than every instance, with all that it takes said', () => {
    const needs = needsOf({ options: 63, expiries: 7, perp: true, collaterals: 1 })
    expect(cheapestMarginInstance(needs)).toBeUndefined()
    expect(describeMarginNeeds({ ...needs, leafSlots: 64 })).toBe(
      '66 slots, 31 scenarios, 8 groups of the scan, 135 lines, 12 lines in the row of an instrument, 64 instruments of a kind, a leaf of 64 slots',
    )
  })

  test('is never dearer than another that the account fits, and a size more in any part is another instance', () => {
    const cost = (name: string) => shippedSnapshot(name)!.nonLinear
    const all = marginInstances()
    expect(all.map(({ name }) => cost(name))).toEqual(all.map(({ name }) => cost(name)).sort((a, b) => a - b))
    for (const instance of all) {
      const sizes = marginSizes(instance)
      const chosen = cheapestMarginInstance(sizes)!
      expect(cost(chosen.name)).toBeLessThanOrEqual(cost(instance.name))
      for (const part of Object.keys(sizes) as (keyof typeof sizes)[]) {
        const more = cheapestMarginInstance({ ...sizes, [part]: sizes[part] + 1 })
        expect(more?.name).not.toBe(instance.name)
        if (more !== undefined) expect(marginSizes(more)[part]).toBeGreaterThan(sizes[part])
      }
      const leafSlots = openedLeafSlots(sizes.slots).at(-1)!
      expect(cheapestMarginInstance({ ...sizes, leafSlots })?.name).toBe(chosen.name)
      const wider = LEAF_SLOTS[LEAF_SLOTS.indexOf(leafSlots) + 1]
      if (wider === undefined) continue
      const other = cheapestMarginInstance({ ...sizes, leafSlots: wider })
      if (other !== undefined) expect(openedLeafSlots(marginSizes(other).slots)).toContain(wider)
    }
  })
})
