/** The largest integer that is not above a quotient. @param divisor above zero */
export function floorDiv(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor
  return value % divisor < 0n ? quotient - 1n : quotient
}

/** The smallest integer that is not below a quotient. @param divisor above zero */
export function ceilDiv(value: bigint, divisor: bigint): bigint {
  return -floorDiv(-value, divisor)
}
