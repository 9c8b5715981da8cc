declare module 'snarkjs' {
  interface MemoryFile {
    type: 'mem'
    data?: Uint8Array
  }
  type FileLike = string | MemoryFile
  interface SnarkjsProof {
    pi_a: [string, string, string]
    pi_b: [[string, string], [string, string], [string, string]]
    pi_c: [string, string, string]
    protocol: string
    curve: string
  }
  export const groth16: {
    prove(zkey: FileLike, witness: FileLike): Promise<{ proof: SnarkjsProof; publicSignals: string[] }>
    verify(key: unknown, publicSignals: string[], proof: unknown): Promise<boolean>
  }
  export const zKey: {
    newZKey(r1cs: FileLike, ptau: FileLike, zkey: FileLike): Promise<Uint8Array>
    exportVerificationKey(zkey: FileLike): Promise<unknown>
    contribute(from: FileLike, to: FileLike, name: string, entropy: string): Promise<Uint8Array>
    beacon(
      from: FileLike,
      to: FileLike,
      name: string,
      beacon: string,
      iterationsExp: number,
    ): Promise<Uint8Array>
    verifyFromInit(initial: FileLike, powers: FileLike, zkey: FileLike): Promise<boolean>
    verifyFromR1cs(r1cs: FileLike, powers: FileLike, zkey: FileLike): Promise<boolean>
  }
  export const powersOfTau: {
    newAccumulator(curve: unknown, power: number, file: FileLike): Promise<Uint8Array>
    beacon(
      from: FileLike,
      to: FileLike,
      name: string,
      beacon: string,
      iterationsExp: number,
    ): Promise<Uint8Array>
    preparePhase2(from: FileLike, to: FileLike): Promise<void>
  }
}
