declare module 'circomlibjs' {
  interface PoseidonField {
    toObject(element: Uint8Array): bigint
  }
  interface Poseidon {
    (inputs: bigint[], initialState?: bigint): Uint8Array
    F: PoseidonField
  }
  /** Poseidon over BN254 as circomlibjs has it for use. */
  export function buildPoseidon(): Promise<Poseidon>
  /** Poseidon over BN254 as its paper states it: plain rounds, dense matrices, no constant moved. */
  export function buildPoseidonReference(): Promise<Poseidon>
}
