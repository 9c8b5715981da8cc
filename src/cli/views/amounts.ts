/**
 * An exact decimal for people: rounded down, with thousands separated and at least two decimals. `--json`
 * prints it exactly.
 *
 * @param amount a plain decimal, such as `-1234.5`
 * @param most decimals that are shown at most, two or more
 *
 * @example
 * shownAmount('1234567.899') // '1,234,567.89'
 * shownAmount('-0.501') // '-0.51'
 */
export function shownAmount(amount: string, most = 2): string {
  const [, sign = '', whole = '0', part = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(amount) ?? []
  const kept = BigInt(whole + part.slice(0, most).padEnd(most, '0'))
  const isCut = /[1-9]/.test(part.slice(most))
  const magnitude = sign !== '' && isCut ? kept + 1n : kept
  const digits = `${magnitude}`.padStart(most + 1, '0')
  const units = BigInt(digits.slice(0, -most)).toLocaleString('en-US')
  const decimals = digits.slice(-most).replace(/0+$/, '').padEnd(2, '0')
  return `${magnitude === 0n ? '' : sign}${units}.${decimals}`
}

/**
 * A share as a percentage.
 *
 * @param share a plain decimal, such as `0.125`
 * @param decimals as many as are shown; without them one at most
 *
 * @example
 * shownPercent('0.125') // '12.5 %'
 * shownPercent('0.125', 2) // '12.50 %'
 */
export function shownPercent(share: string, decimals?: number): string {
  const value = Number(share) * 100
  return decimals === undefined ? `${Number(value.toFixed(1))} %` : `${value.toFixed(decimals)} %`
}

/** The same for a change, with its sign: `+10 %`. */
export function shownMove(share: string): string {
  return `${Number(share) > 0 ? '+' : ''}${shownPercent(share)}`
}
