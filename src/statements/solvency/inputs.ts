import type { CircuitInputs } from '../../field/index.js'
import type { SolvencyWitness } from './witness.js'

/** Inputs of the `solvency` circuit for a witness. */
export function solvencyInputs(witness: SolvencyWitness): CircuitInputs {
  const { policy, state } = witness
  return {
    ...witness.signals,
    batchCount: BigInt(state.batchIndex),
    totals: [...state.totals],
    blind: state.blind,
    reserves: [...witness.reserves],
    reservesBlind: witness.reservesBlind,
    marks: [...witness.marks],
    rowsRoot: witness.rowsRoot,
    timestamp: witness.timestamp,
    derivative: policy.instruments.map((i) => (i.derivative ? 1n : 0n)),
    minimumRatios: policy.instruments.map((i) => i.minimumRatio),
    loanFactors: policy.instruments.map((i) => i.loanFactor),
    valueRatio: policy.valueRatio,
  }
}
