/** Bytes of a field element. */
export const ELEMENT_BYTES = 32

/** The integer in the 32 little-endian bytes at `at`. */
export function readLittleEndian(bytes: Uint8Array, at = 0): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, ELEMENT_BYTES)
  const [a, b] = [view.getBigUint64(0, true), view.getBigUint64(8, true)]
  const [c, d] = [view.getBigUint64(16, true), view.getBigUint64(24, true)]
  return (((((d << 64n) | c) << 64n) | b) << 64n) | a
}

/** Writes an integer below 2^256 as 32 little-endian bytes at `at`. */
export function writeLittleEndian(value: bigint, bytes: Uint8Array, at = 0): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, ELEMENT_BYTES)
  for (let i = 0; i < 4; i++) view.setBigUint64(8 * i, BigInt.asUintN(64, value >> BigInt(64 * i)), true)
}
