import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cutDecimal, formatDecimal, parseDecimal, parseFieldElement } from '../../../src/field/index.js'
import { FIELD_ORDER } from '../../../src/field/scalar.js'

describe('cutDecimal (cli.6)', () => {
  test.each<[string, number, bigint, boolean]>([
    ['1.76e-06', 8, 176n, false],
    ['1.76E+2', 0, 176n, false],
    ['1.765e2', 1, 1765n, false],
    ['5e0', 0, 5n, false],
    ['0e-8', 8, 0n, false],
    ['0.00012e2', 3, 12n, false],
    ['-3e-1', 1, -3n, false],
    ['1.5e-7', 8, 15n, false],
    ['1.5e-7', 7, 1n, true],
    ['1.5e-7', 6, 0n, true],
    ['-1.5e-7', 7, -1n, true],
    ['297.74787028000003', 8, 29_774_787_028n, true],
    ['1.9999999999', 8, 199_999_999n, true],
    ['1.5000000000000000', 1, 15n, false],
    ['4.9e-324', 18, 0n, true],
    ['1e-999', 0, 0n, true],
  ])('reads %s at %i decimals', (text, decimals, value, isCut) => {
    expect(cutDecimal(text, { decimals, signed: true })).toEqual({ value, isCut })
  })

  test('never goes above the number, and stays within one smallest unit of it', () => {
    fc.assert(
      fc.property(
        fc.bigInt(0n, 1n << 64n),
        fc.nat(20),
        fc.integer({ min: -30, max: 30 }),
        fc.nat(20),
        (number, written, shift, decimals) => {
          const { value, isCut } = cutDecimal(`${formatDecimal(number, written)}e${shift}`, { decimals })
          // Both sides in 10^-70.
          const exact = number * 10n ** BigInt(70 - written + shift)
          const unit = 10n ** BigInt(70 - decimals)
          expect(value).toBe(exact / unit)
          expect(isCut).toBe(exact % unit !== 0n)
        },
      ),
    )
  })

  test.each(['1e', 'e5', '1e5.5', '01e5', '.5e1', '1e1000', 'x', '', '1e+-5', '+1e5', ' 1', '1.', '0x1'])(
    'F01: refuses "%s"',
    (text) => {
      expect(() => cutDecimal(text, { decimals: 8, where: 'a.csv:7' })).toThrow(/^a\.csv:7: .*decimal number/)
    },
  )

  test('F01: refuses a sign where none belongs, and one of zero', () => {
    expect(() => cutDecimal('-1e-9', { decimals: 8 })).toThrow(/negative/)
    expect(() => cutDecimal('-0e5', { decimals: 8, signed: true })).toThrow(/zero has no sign/)
  })
})

describe('parseDecimal (cli.6)', () => {
  test('is exact, and formatDecimal undoes it', () => {
    fc.assert(
      fc.property(fc.bigInt(-(1n << 100n), 1n << 100n), fc.nat(30), (value, decimals) => {
        const text = formatDecimal(value, decimals)
        expect(parseDecimal(text, { decimals, signed: true })).toBe(value)
        expect(text).not.toMatch(/^-0$|\.$|\.\d*0$/)
      }),
    )
  })

  test.each<[string, number, bigint]>([
    ['1', 8, 100_000_000n],
    ['0', 8, 0n],
    ['0.0', 0, 0n],
    ['1.50000000000', 8, 150_000_000n],
    ['0.00000001', 8, 1n],
    ['18446744073709551615', 0, (1n << 64n) - 1n],
  ])('reads %s at %i decimals', (text, decimals, value) => {
    expect(parseDecimal(text, { decimals })).toBe(value)
  })

  test.each([
    '',
    ' ',
    '1e3',
    '1E3',
    '0x10',
    '0b1',
    '0o7',
    '+5',
    '-0',
    '--1',
    '1.',
    '.5',
    '1,000',
    '1_000',
    '١',
    '１',
    'NaN',
    'Infinity',
    ' 1',
    '1 ',
    '1\n',
    '00',
    '01',
    '1.2.3',
    '9'.repeat(101),
    'true',
    'null',
    '−1',
    '1e-1',
  ])('F01: refuses %j', (text) => {
    expect(() => parseDecimal(text, { decimals: 8, signed: true })).toThrow(/decimal number|no sign/)
  })

  test('F01: refuses what is no text', () => {
    for (const value of [1, true, null, undefined, ['1'], {}, 1n]) {
      expect(() => parseDecimal(value, { decimals: 8 })).toThrow(/decimal number/)
    }
  })

  test('refuses a digit too many, and a sign where none belongs, with where and code', () => {
    expect(() => parseDecimal('1.000000001', { decimals: 8, where: 'a.csv:7' })).toThrow(
      /^a\.csv:7: finer than the 8 decimals/,
    )
    expect(() => parseDecimal('-1', { decimals: 8 })).toThrow(/negative/)
    expect(() => parseDecimal('-0.00', { decimals: 8, signed: true })).toThrow(/zero has no sign/)
  })

  test('no message repeats the amount (privacy.7)', () => {
    for (const text of ['123456789e5', '987654321.123456789', '-55555']) {
      try {
        parseDecimal(text, { decimals: 2 })
        expect.fail('accepted')
      } catch (error) {
        expect((error as Error).message).not.toContain(text.slice(0, 5))
      }
    }
  })
})

describe('parseFieldElement (cli.6)', () => {
  test('takes what is canonical and nothing else', () => {
    expect(parseFieldElement('0')).toBe(0n)
    expect(parseFieldElement((FIELD_ORDER - 1n).toString())).toBe(FIELD_ORDER - 1n)
    const bad = [
      '',
      '-1',
      '+1',
      '01',
      '0x1',
      ' 1',
      FIELD_ORDER.toString(),
      (FIELD_ORDER + 7n).toString(),
      '1.0',
      7,
      7n,
      true,
      null,
      [[7]],
    ]
    for (const value of bad) expect(() => parseFieldElement(value)).toThrow(/canonical field element/)
  })
})
