import { InputError } from '../errors/index.js'
import { magnitudeOf } from './key.js'

const DECIMAL = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?$/
const WITH_EXPONENT = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]{1,3}))?$/
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
  const { value, isCut } = read(text, DECIMAL, rules)
  if (isCut) {
    throw new InputError('DECIMAL_PRECISION', `finer than the ${rules.decimals} decimals allowed here`, {
      ...placeOf(rules),
      hint: 'Nothing is rounded: round it yourself, or raise the decimals of the instrument.',
    })
  }
  return value
}

/**
 * The same for files of tooling that writes numbers as they come: `1.76e-06` is taken, and what is finer than
 * a smallest unit is cut off, towards zero.
 *
 * @returns the smallest units, and whether anything but zeros was cut off
 * @throws {InputError} `DECIMAL_SYNTAX`, `DECIMAL_SIGN`
 * @example
 * cutDecimal('1.769e-06', { decimals: 8 }) // { value: 176n, isCut: true }
 */
export function cutDecimal(text: unknown, rules: DecimalRules): { value: bigint; isCut: boolean } {
  return read(text, WITH_EXPONENT, rules)
}

function read(text: unknown, syntax: RegExp, rules: DecimalRules): { value: bigint; isCut: boolean } {
  const at = placeOf(rules)
  const match = typeof text === 'string' && text.length <= MAX_LENGTH ? syntax.exec(text) : null
  if (!match) {
    throw new InputError('DECIMAL_SYNTAX', 'not a plain decimal number', {
      ...at,
      hint:
        syntax === DECIMAL
          ? 'Write digits with at most one point, such as 1250.75: no exponent, separator, plus sign, space or leading zero.'
          : 'Write digits with at most one point, such as 1250.75 or 1.5e-7: no separator, plus sign, space or leading zero.',
    })
  }
  const [, minus, whole, fraction = '', exponent = '0'] = match
  if (minus && !rules.signed) {
    throw new InputError('DECIMAL_SIGN', 'a negative number is not allowed here', at)
  }
  const digits = whole! + fraction
  if (minus && !/[1-9]/.test(digits)) {
    throw new InputError('DECIMAL_SIGN', 'zero has no sign', at)
  }
  const kept = Math.max(0, whole!.length + Number(exponent) + rules.decimals)
  const value = BigInt(digits.slice(0, kept).padEnd(kept, '0'))
  return { value: minus ? -value : value, isCut: /[1-9]/.test(digits.slice(kept)) }
}

function placeOf({ where }: DecimalRules): { where?: string } {
  return where === undefined ? {} : { where }
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
