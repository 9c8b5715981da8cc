import { type CircuitInputs, toField } from '../../field/index.js'
import { REASONS } from '../weigh/reasons.js'
import type { SettlementWitness } from './witness.js'

/** Inputs of the `settlement` circuit for a witness. */
export function settlementInputs(witness: SettlementWitness): CircuitInputs {
  const { roots, flows, before, after, terms } = witness
  return {
    ...witness.signals,
    roots: REASONS.map((reason) => roots[reason]),
    transfersIn: [...flows.in],
    transfersOut: [...flows.out],
    fees: flows.fees.map(toField),
    externalBlind: witness.externalBlind,
    accruals: flows.accruals.map(toField),
    closing: flows.closing.map(toField),
    flowsBlind: witness.flowsBlind,
    blind: witness.blind,
    heldBefore: [...before.reserves],
    insuranceBefore: [...before.insurance],
    blindBefore: before.blind,
    heldAfter: [...after.reserves],
    insuranceAfter: [...after.insurance],
    blindAfter: after.blind,
    fundPays: witness.fundPays.map((pays) => (pays ? 1n : 0n)),
    dust: terms.dust,
    marks: [...terms.marks],
  }
}
