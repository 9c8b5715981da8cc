import { InputError } from '../errors/index.js'

/** Order of the BN254 scalar field: every signal is an integer in [0, FIELD_ORDER). */
export const FIELD_ORDER = 21888242871839275222246405745257275088548364400416034343698204186575808495617n

/** Order of the field that BN254's coordinates are in. */
export const BASE_FIELD_ORDER = 21888242871839275222246405745257275088696311157297823662689037894645226208583n

/** The representative of `x` in [0, FIELD_ORDER). */
export function toField(x: bigint): bigint {
  const r = x % FIELD_ORDER
  return r < 0n ? r + FIELD_ORDER : r
}

/** Whether `x` is already a canonical field element. */
export function isFieldElement(x: bigint): boolean {
  return x >= 0n && x < FIELD_ORDER
}

const CANONICAL = /^(0|[1-9][0-9]{0,76})$/

/**
 * Whether a text is the one decimal spelling of an integer in [0, `order`). Never throws, whatever the text.
 */
export function isCanonical(text: string, order: bigint = FIELD_ORDER): boolean {
  return CANONICAL.test(text) && BigInt(text) < order
}

/**
 * Reads a canonical field element: decimal digits, no sign, no leading zero, below the field's order.
 *
 * @throws {InputError} `FIELD_ELEMENT` for anything that `BigInt()` or a witness calculator would silently
 * take.
 */
export function parseFieldElement(text: unknown, where?: string): bigint {
  if (typeof text === 'string' && isCanonical(text)) return BigInt(text)
  throw new InputError('FIELD_ELEMENT', 'not a canonical field element', {
    ...(where === undefined ? {} : { where }),
    hint: 'Write a decimal string of digits only, with no leading zero, below the BN254 scalar order.',
  })
}

/** base^exponent in the field. */
export function powField(base: bigint, exponent: bigint): bigint {
  let result = 1n
  let b = toField(base)
  for (let e = exponent; e > 0n; e >>= 1n) {
    if (e & 1n) result = (result * b) % FIELD_ORDER
    b = (b * b) % FIELD_ORDER
  }
  return result
}

/**
 * The inverse of `x` in the field (extended Euclid).
 *
 * @throws {RangeError} when `x` is zero in the field.
 */
export function invertField(x: bigint): bigint {
  let [r0, r1] = [FIELD_ORDER, toField(x)]
  let [s0, s1] = [0n, 1n]
  while (r1 !== 0n) {
    const q = r0 / r1
    ;[r0, r1] = [r1, r0 - q * r1]
    ;[s0, s1] = [s1, s0 - q * s1]
  }
  if (r0 !== 1n) throw new RangeError('zero has no inverse')
  return toField(s0)
}

/**
 * The inverses of many elements, at three multiplications each and one inversion (Montgomery's trick).
 *
 * @throws {RangeError} when one of them is zero in the field.
 */
export function invertAll(values: readonly bigint[]): bigint[] {
  const products: bigint[] = [1n]
  for (const [i, value] of values.entries()) products.push((products[i]! * toField(value)) % FIELD_ORDER)
  let inverse = values.length === 0 ? 1n : invertField(products[values.length]!)
  const inverses = new Array<bigint>(values.length)
  for (let i = values.length - 1; i >= 0; i--) {
    inverses[i] = (inverse * products[i]!) % FIELD_ORDER
    inverse = (inverse * toField(values[i]!)) % FIELD_ORDER
  }
  return inverses
}
