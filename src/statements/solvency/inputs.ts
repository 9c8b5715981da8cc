import { type CircuitInputs, toField } from '../../field/index.js'
import type { SolvencyWitness } from './witness.js'

/** Inputs of the `solvency` circuit for a witness. */
export function solvencyInputs(witness: SolvencyWitness): CircuitInputs {
  const { policy, state, table } = witness
  const { marks, scenarios, widths } = table.columns
  return {
    ...witness.signals,
    batchCount: BigInt(state.batchIndex),
    totals: [...state.totals],
    blind: state.blind,
    reserves: [...witness.reserves],
    reservesBlind: witness.reservesBlind,
    marks: marks.map(toField),
    rowsDigest: table.rowsDigest,
    timestamp: table.timestamp,
    derivative: policy.instruments.map((i) => (i.derivative ? 1n : 0n)),
    minimumRatios: policy.instruments.map((i) => i.minimumRatio),
    loanFactors: policy.instruments.map((i) => i.loanFactor),
    valueRatio: policy.valueRatio,
    ...(scenarios.length === 0
      ? {}
      : {
          shortfalls: [...state.shortfalls],
          insurance: [...witness.insurance],
          names: scenarios.map(({ name }) => name),
          values: scenarios.map(({ values }) => values.map(toField)),
        }),
    ...(widths === undefined ? {} : { widths: [...widths] }),
  }
}
