import * as z from 'zod'

/**
 * A plain decimal number in quotes: no exponent, no leading zero, no sign but a minus. Text of another form
 * ends the reading.
 *
 * @param digits limits on the digits before and after the point (default: none)
 *
 * @example
 * decimalSchema({ whole: 6, fraction: 18, signed: true }).parse('-0.25')
 */
export function decimalSchema(digits: { whole?: number; fraction?: number; signed?: boolean }) {
  const { whole, fraction, signed = false } = digits
  const most = (count: number | undefined) => count ?? ''
  const wholePart = `0|[1-9][0-9]{0,${whole === undefined ? '' : whole - 1}}`
  const form = new RegExp(`^${signed ? '-?' : ''}(?:${wholePart})(?:\\.[0-9]{1,${most(fraction)}})?$`)
  return z.string().regex(form, { error: 'must be a plain decimal number in quotes', abort: true })
}
