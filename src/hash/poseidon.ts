import { buildPoseidon } from 'circomlibjs'

const engine = await buildPoseidon()

/**
 * Poseidon over BN254 with circomlib's constants: `inputs.length` is its arity, 1 to 16.
 * Call it through the roles of this room; only tests have a reason to call it bare.
 */
export function poseidon(inputs: readonly bigint[]): bigint {
  return engine.F.toObject(engine(inputs as bigint[]))
}
