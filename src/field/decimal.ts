import { InputError } from '../errors/index.js'
import { magnitudeOf } from './key.js'

const DECIMAL = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?$/
/** More digits than any amount here can have: refused before `BigInt` sees them. */
const MAX_LENGTH = 100

export interface DecimalRules {
  /** Number of decimals: one smallest unit is 10^-decimals. */
  decimals: number
  /** Whether a minus sign may stand before it. */
  signed?: boolean
  /** File, line or field, for the message. */
  where?: string
}

/**
 * An exact decimal string to an integer of smallest units: `parseDecimal('1.5', { decimals: 8 })` is
 * 150000000n. Nothing is rounded: more digits than `decimals` are an error, trailing zeros excepted.
 *
 * @throws {InputError} `DECIMAL_SYNTAX`, `DECIMAL_SIGN`, `DECIMAL_PRECISION`
 * @example
 * parseDecimal('-1.5', { decimals: 8, signed: true }) // -150000000n
 */
export function parseDecimal(text: unknown, rules: DecimalRules): bigint {
  const where = rules.where === undefined ? {} : { where: rules.where }
  const match = typeof text === 'string' && text.length <= MAX_LENGTH ? DECIMAL.exec(text) : null
  if (!match) {
    throw new InputError('DECIMAL_SYNTAX', 'not a plain decimal number', {
      ...where,
      hint: 'Write digits with at most one point, such as 1250.75: no exponent, separator, plus sign, space or leading zero.',
    })
  }
  const [, minus, whole, fraction = ''] = match
  if (minus && !rules.signed) {
    throw new InputError('DECIMAL_SIGN', 'a negative number is not allowed here', where)
  }
  const kept = fraction.replace(/0+$/, '')
  if (kept.length > rules.decimals) {
    throw new InputError('DECIMAL_PRECISION', `finer than the ${rules.decimals} decimals allowed here`, {
      ...where,
      hint: 'Nothing is rounded: round it yourself, or raise the decimals of the instrument.',
    })
  }
  const value = BigInt(whole + kept.padEnd(rules.decimals, '0'))
  if (minus && value === 0n) {
    throw new InputError('DECIMAL_SIGN', 'zero has no sign', where)
  }
  return minus ? -value : value
}

const EXPONENT = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?[eE]([+-]?[0-9]{1,2})$/

/**
 * A decimal number with an exponent, such as `1.76e-06`, in plain notation with every digit kept; any other
 * text unchanged. For files of tooling that writes numbers so: nowhere else is an exponent taken.
 */
export function withoutExponent(text: string): string {
  const match = EXPONENT.exec(text)
  if (!match) return text
  const [, minus, whole, fraction = '', exponent] = match
  const digits = whole! + fraction
  const point = whole!.length + Number(exponent)
  const before =
    digits
      .slice(0, Math.max(0, point))
      .padEnd(point, '0')
      .replace(/^0+(?=[0-9])/, '') || '0'
  const after = point < 0 ? digits.padStart(digits.length - point, '0') : digits.slice(point)
  return `${minus}${before}${after === '' ? '' : `.${after}`}`
}

/**
 * An integer of smallest units as the shortest exact decimal string.
 *
 * @example
 * formatDecimal(-150_000_000n, 8) // '-1.5'
 */
export function formatDecimal(value: bigint, decimals: number): string {
  const digits = magnitudeOf(value)
    .toString()
    .padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals)
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '')
  return `${value < 0n ? '-' : ''}${whole}${fraction ? `.${fraction}` : ''}`
}
