/** Bits of a scalar below the field's order. */
const SCALAR_BITS = 254
const WORDS = 8

/** Windows of `bits` bits that cover a scalar with its digits' offset. */
export function windowsOf(bits: number): number {
  return Math.ceil((SCALAR_BITS + 1) / bits)
}

/**
 * What is added to a scalar so that each window of it, less half a window, is a signed digit: half a window
 * in each but the highest, which has no sign. The sum stays below 2^256: the offset is below 2^254.
 */
export function digitOffset(bits: number): bigint {
  let offset = 0n
  for (let window = 0; window < windowsOf(bits) - 1; window++)
    offset |= 1n << BigInt(bits * window + bits - 1)
  return offset
}

/** The offset as 32-bit words: what a scalar of zero becomes. */
export function offsetWords(bits: number): Uint32Array {
  const offset = digitOffset(bits)
  return Uint32Array.from({ length: WORDS }, (_, i) => Number((offset >> BigInt(32 * i)) & 0xffffffffn))
}

/** Adds the offset to `count` scalars of 32 bytes. */
export function addOffset(memory: Uint32Array, at: number, count: number, bits: number): void {
  const offset = offsetWords(bits)
  const end = at / 4 + WORDS * count
  for (let scalar = at / 4; scalar < end; scalar += WORDS) {
    let carry = 0
    for (let word = 0; word < WORDS; word++) {
      const sum = memory[scalar + word]! + offset[word]! + carry
      memory[scalar + word] = sum
      carry = sum > 0xffffffff ? 1 : 0
    }
  }
}
