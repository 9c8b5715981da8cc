declare module 'circomlibjs' {
  interface PoseidonField {
    toObject(element: Uint8Array): bigint
  }
  interface Poseidon {
    (inputs: bigint[]): Uint8Array
    F: PoseidonField
  }
  /** Poseidon over BN254 with circomlib's constants, computed in WebAssembly. */
  export function buildPoseidon(): Promise<Poseidon>
}
