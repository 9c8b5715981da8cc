import { parseDecimal } from './decimal.js'
import { magnitudeOf } from './key.js'

/** More decimals than any parameter can have. */
const DECIMALS = 60

/**
 * An exact fraction in lowest terms, its denominator positive. Immutable.
 *
 * @example
 * Rational.parse('0.1').add(Rational.of(1n, 3n)).floor() // 0n
 */
export class Rational {
  static readonly ZERO = new Rational(0n, 1n)
  static readonly ONE = new Rational(1n, 1n)

  private constructor(
    readonly numerator: bigint,
    readonly denominator: bigint,
  ) {}

  /** @throws {RangeError} when the denominator is zero. */
  static of(numerator: bigint, denominator = 1n): Rational {
    if (denominator === 0n) throw new RangeError('a denominator is zero')
    const sign = denominator < 0n ? -1n : 1n
    const divisor = gcd(numerator, denominator) * sign
    return new Rational(numerator / divisor, denominator / divisor)
  }

  /**
   * A plain decimal string, exactly.
   *
   * @throws {InputError} the codes of `parseDecimal`
   */
  static parse(text: string, where?: string): Rational {
    const rules = { decimals: DECIMALS, signed: true, ...(where === undefined ? {} : { where }) }
    return Rational.of(parseDecimal(text, rules), 10n ** BigInt(DECIMALS))
  }

  /** The exact value of a double. @throws {RangeError} when it is not finite. */
  static fromNumber(value: number): Rational {
    if (!Number.isFinite(value)) throw new RangeError('not a finite number')
    let exponent = 0n
    let mantissa = value
    while (!Number.isInteger(mantissa)) {
      mantissa *= 2
      exponent++
    }
    return Rational.of(BigInt(mantissa), 1n << exponent)
  }

  add(other: Rational): Rational {
    return Rational.of(
      this.numerator * other.denominator + other.numerator * this.denominator,
      this.denominator * other.denominator,
    )
  }

  sub(other: Rational): Rational {
    return this.add(other.neg())
  }

  mul(other: Rational): Rational {
    return Rational.of(this.numerator * other.numerator, this.denominator * other.denominator)
  }

  /** @throws {RangeError} when `other` is zero. */
  div(other: Rational): Rational {
    return Rational.of(this.numerator * other.denominator, this.denominator * other.numerator)
  }

  neg(): Rational {
    return new Rational(-this.numerator, this.denominator)
  }

  abs(): Rational {
    return this.numerator < 0n ? this.neg() : this
  }

  /** Negative, zero or positive, as `this` is below, equal to or above `other`. */
  compare(other: Rational): number {
    const difference = this.numerator * other.denominator - other.numerator * this.denominator
    return difference < 0n ? -1 : difference > 0n ? 1 : 0
  }

  min(other: Rational): Rational {
    return this.compare(other) <= 0 ? this : other
  }

  max(other: Rational): Rational {
    return this.compare(other) >= 0 ? this : other
  }

  /** The largest integer that is not above it. */
  floor(): bigint {
    const quotient = this.numerator / this.denominator
    return this.numerator < 0n && quotient * this.denominator !== this.numerator ? quotient - 1n : quotient
  }

  /** The smallest integer that is not below it. */
  ceil(): bigint {
    return -this.neg().floor()
  }

  /**
   * A double within two units of its last place, the nearest one when both parts fit a double; for option
   * models.
   */
  toNumber(): number {
    const fits = (part: bigint): boolean => Number.isFinite(Number(part)) && BigInt(Number(part)) === part
    if (fits(this.numerator) && fits(this.denominator))
      return Number(this.numerator) / Number(this.denominator)
    const scale = 10n ** 30n
    return Number((this.numerator * scale) / this.denominator) / 1e30
  }
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [magnitudeOf(a), magnitudeOf(b)]
  while (y !== 0n) [x, y] = [y, x % y]
  return x === 0n ? 1n : x
}
