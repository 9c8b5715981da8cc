import { describe, expect, test } from 'vitest'
import { decimalSchema } from '../../../src/schema/index.js'

describe('plain decimal numbers (cli.6)', () => {
  const takes = (options: Parameters<typeof decimalSchema>[0], text: unknown) =>
    decimalSchema(options).safeParse(text).success

  test('keep to their digits', () => {
    const options = { whole: 2, fraction: 3 }
    for (const text of ['0', '7', '99', '0.5', '99.999']) expect(takes(options, text), text).toBe(true)
    for (const text of ['100', '0.0001', '1.', '.5', '01', '1e2', '+1', ' 1', '1\n', '', '-1'])
      expect(takes(options, text), text).toBe(false)
    expect(takes(options, 1)).toBe(false)
  })

  test('have a sign only where it is allowed', () => {
    expect(takes({ whole: 2, fraction: 3, signed: true }, '-1.5')).toBe(true)
    expect(takes({ whole: 2, fraction: 3, signed: true }, '--1.5')).toBe(false)
  })

  test('are of any length without a limit', () => {
    const long = `${'9'.repeat(50)}.${'1'.repeat(50)}`
    expect(takes({}, long)).toBe(true)
    expect(takes({ whole: 49 }, long)).toBe(false)
    expect(takes({ fraction: 49 }, long)).toBe(false)
  })
})
