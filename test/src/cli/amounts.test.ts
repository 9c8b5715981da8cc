import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { shownAmount, shownMove, shownPercent } from '../../../src/cli/views/amounts.js'
import { formatDecimal, parseDecimal } from '../../../src/field/index.js'

const DECIMALS = 12

describe('amounts for people (cli.28)', () => {
  test.each([
    ['0', '0.00'],
    ['1234567.899', '1,234,567.89'],
    ['-0.5', '-0.50'],
    ['-0.501', '-0.51'],
    ['-1234.5', '-1,234.50'],
    ['0.009', '0.00'],
    ['-0.009', '-0.01'],
  ])('%s is shown as %s', (exact, shown) => {
    expect(shownAmount(exact)).toBe(shown)
  })

  test('no amount is shown as more than it is, or as a smallest shown unit less', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
        fc.integer({ min: 2, max: 9 }),
        (value, most) => {
          const shown = shownAmount(formatDecimal(value, DECIMALS), most)
          expect(shown).toMatch(/^-?\d{1,3}(,\d{3})*\.\d{2,}$/)
          const back = parseDecimal(trimmed(shown.replaceAll(',', '')), { decimals: DECIMALS, signed: true })
          expect(back).toBeLessThanOrEqual(value)
          expect(value - back).toBeLessThan(10n ** BigInt(DECIMALS - most))
        },
      ),
      { seed: 28, numRuns: 500 },
    )
  })

  test('shares are percentages, and changes have their sign', () => {
    expect(shownPercent('0.125')).toBe('12.5 %')
    expect(shownPercent('0.125', 2)).toBe('12.50 %')
    expect(shownMove('-0.444')).toBe('-44.4 %')
    expect(shownMove('0.1')).toBe('+10 %')
    expect(shownMove('0')).toBe('0 %')
  })
})

/** Without zeros at the end, as decimals are written in files. */
function trimmed(text: string): string {
  return text.replace(/0+$/, '').replace(/\.$/, '')
}
