import type { CircuitInputs } from '../../field/index.js'
import type { BackingWitness } from './witness.js'

/** Inputs of the `backing` circuit for a witness. */
export function backingInputs(witness: BackingWitness): CircuitInputs {
  return {
    ...witness.signals,
    reserves: [...witness.reserves],
    insurance: [...witness.insurance],
    reservesBlind: witness.reservesBlind,
    shown: [...witness.shown],
  }
}
