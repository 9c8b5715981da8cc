/** Bits of a limb: nine products of two limbs, added up, stay below 2^62. */
export const LIMB_BITS = 29
/** Limbs of a prime field's element. */
export const LIMBS = 9
/** Bytes of a prime field's element: a limb takes 32 bits, the lowest limb comes first. */
export const LIMB_BYTES = 4
export const ELEMENT_BYTES = LIMB_BYTES * LIMBS
export const LIMB_MASK = (1n << BigInt(LIMB_BITS)) - 1n
/** Elements stand in Montgomery form: `x` as `x · 2^261 mod p`. */
export const MONTGOMERY_BITS = BigInt(LIMBS * LIMB_BITS)

/** The limbs of an integer in [0, 2^261). */
export function limbsOf(value: bigint): bigint[] {
  return Array.from({ length: LIMBS }, (_, i) => (value >> BigInt(LIMB_BITS * i)) & LIMB_MASK)
}

/** The Montgomery form of `value`, in [0, p). */
export function toMontgomery(value: bigint, p: bigint): bigint {
  const form = (value << MONTGOMERY_BITS) % p
  return form < 0n ? form + p : form
}

/** Writes the limbs of an integer in [0, 2^261) to an address, which is a multiple of four. */
export function writeLimbs(memory: Uint32Array, at: number, value: bigint): void {
  for (const [i, limb] of limbsOf(value).entries()) memory[at / LIMB_BYTES + i] = Number(limb)
}

/** The integer whose limbs stand at an address. */
export function readLimbs(memory: Uint32Array, at: number): bigint {
  let value = 0n
  for (let i = LIMBS - 1; i >= 0; i--) {
    value = (value << BigInt(LIMB_BITS)) | BigInt(memory[at / LIMB_BYTES + i]!)
  }
  return value
}
