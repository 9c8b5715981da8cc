import { type Prover, snarkjsProver, wasmProver } from '../../src/proving/index.js'

/** The provers that come with the package, under their names: what holds for one has to hold for both. */
export const PROVERS: readonly (readonly [name: string, prover: Prover])[] = [wasmProver, snarkjsProver].map(
  (prover) => [prover.name, prover],
)
