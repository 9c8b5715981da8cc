declare module 'ffjavascript' {
  /** A point: affine (two coordinates) or Jacobian (three), little-endian Montgomery form. */
  type Point = Uint8Array
  interface Field<T> {
    n8: number
    toObject(element: Uint8Array): T
    fromObject(value: T): Uint8Array
    fromRng(rng: ChaCha): Uint8Array
    add(a: Uint8Array, b: Uint8Array): Uint8Array
    mul(a: Uint8Array, b: Uint8Array): Uint8Array
    neg(a: Uint8Array): Uint8Array
    square(a: Uint8Array): Uint8Array
    exp(a: Uint8Array, exponent: bigint): Uint8Array
    inv(a: Uint8Array): Uint8Array
    one: Uint8Array
    isZero(a: Uint8Array): boolean
    /** Of many elements, one after the other. */
    batchToMontgomery(elements: Uint8Array): Promise<Uint8Array>
    batchFromMontgomery(elements: Uint8Array): Promise<Uint8Array>
    /** Coefficients of the polynomial with these values on the roots of unity; both in Montgomery form. */
    ifft(values: Uint8Array): Promise<Uint8Array>
  }
  interface Group<T> {
    F: Field<T>
    g: Point
    /** The curve is y² = x³ + b. */
    b: Uint8Array
    zeroAffine: Point
    add(a: Point, b: Point): Point
    neg(a: Point): Point
    eq(a: Point, b: Point): boolean
    isZero(a: Point): boolean
    isValid(a: Point): boolean
    toAffine(a: Point): Point
    timesScalar(a: Point, scalar: bigint): Point
    toObject(a: Point): [T, T, T]
    fromObject(a: readonly [T, T]): Point
    multiExpAffine(points: Uint8Array, scalars: Uint8Array): Promise<Point>
    /** The point at infinity, in Jacobian form. */
    zero: Point
    fromRng(rng: ChaCha): Point
    /** @param scalar an element of the scalar field in Montgomery form */
    timesFr(a: Point, scalar: Uint8Array): Point
    /** Affine coordinates, big-endian, the imaginary part first. */
    toUncompressed(a: Point): Uint8Array
    batchLEMtoU(points: Uint8Array): Promise<Uint8Array>
    /** Multiplies the points by first, first·ratio, first·ratio², …: all by `first` with one as the ratio. */
    batchApplyKey(points: Uint8Array, first: Uint8Array, ratio: Uint8Array): Promise<Uint8Array>
  }
  interface ThreadManager {
    /** The curve's WebAssembly, only on a single-threaded engine. */
    code: Uint8Array
    terminate(): Promise<void>
  }
  export interface Curve {
    q: bigint
    r: bigint
    tm: ThreadManager
    Fr: Field<bigint>
    F1: Field<bigint>
    F2: Field<[bigint, bigint]>
    G1: Group<bigint>
    G2: Group<[bigint, bigint]>
    Gt: { one: Uint8Array; eq(a: Uint8Array, b: Uint8Array): boolean }
    /** Of 12 coordinates, those of 1, v, v², w, vw and v²w, each over 1 and u. */
    finalExponentiation(value: Uint8Array): Uint8Array
    /** Whether the product of the pairings of (a1, b1), (a2, b2), … is one. */
    pairingEq(...points: Point[]): Promise<boolean>
    terminate(): Promise<void>
  }
  export class ChaCha {
    constructor(seed: number[])
  }
  /** BN254 (also called bn128). With `singleThread`, a new engine that starts no worker. */
  export function buildBn128(singleThread?: boolean): Promise<Curve>
}

/** The engine with worker threads that snarkjs shares, once it has one. */
declare var curve_bn128: { terminate(): Promise<void> } | null | undefined
