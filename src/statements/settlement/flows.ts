import { FIELD_ORDER, invertAll, toField } from '../../field/index.js'
import { sponge } from '../../hash/index.js'
import { FLOW_GROUPS, flowPole } from '../weigh/reasons.js'

/**
 * What flowed between two epochs, by place of a spot instrument in the table, padded with zeros to the sizes
 * of the instance. Smallest units.
 */
export interface Flows extends ExternalFlows {
  /** What interest and funding gave accounts less what they took: at most zero. */
  accruals: readonly bigint[]
  /** What liquidations and takers gave accounts less what they took: above zero, the fund paid for it. */
  closing: readonly bigint[]
}

/** The flows between a venue and its customers: the ones that a venue may publish. Smallest units. */
export interface ExternalFlows {
  /** Deposits. */
  in: readonly bigint[]
  /** Withdrawals, as magnitudes. */
  out: readonly bigint[]
  /** What accounts were given less what was taken from them: below zero where the venue earned fees. */
  fees: readonly bigint[]
}

/**
 * `sponge(external: blind, then of every spot instrument what came in, what went out, and fees)`
 *
 * @param flows padded with zeros to the sizes of the instance: another number of them is another commitment
 */
export function externalCommitment(flows: ExternalFlows, blind: bigint): bigint {
  return sponge('external', [
    blind,
    ...flows.in.flatMap((amount, i) => [amount, flows.out[i]!, toField(flows.fees[i]!)]),
  ])
}

/** `sponge(flows: blind, external, then of every spot instrument accruals and closing)` */
export function flowsDigest(
  flows: Pick<Flows, 'accruals' | 'closing'> & { external: bigint },
  blind: bigint,
): bigint {
  const { external, accruals, closing } = flows
  return sponge('flows', [
    blind,
    external,
    ...accruals.flatMap((amount, i) => [toField(amount), toField(closing[i]!)]),
  ])
}

/**
 * The right side of the identity of flows at a point: what the rows of all activity have to come to, group by
 * group and instrument by instrument. Trades, and derivatives of every group, have no part in it: they come
 * to nothing.
 *
 * @throws {RangeError} where the point is a pole, which happens to nobody
 */
export function flowSumOf(flows: Flows, flowPoint: bigint): bigint {
  const { transfers, fees, accruals, liquidations } = FLOW_GROUPS
  const terms = flows.in.flatMap((amount, i): [amount: bigint, pole: bigint][] => [
    [amount, flowPole(transfers!, i)],
    [flows.out[i]!, flowPole(transfers!, i, true)],
    [flows.fees[i]!, flowPole(fees!, i)],
    [flows.accruals[i]!, flowPole(accruals!, i)],
    [flows.closing[i]!, flowPole(liquidations!, i)],
  ])
  const inverses = invertAll(terms.map(([, pole]) => flowPoint - pole))
  return terms.reduce((sum, [amount], at) => (sum + toField(amount) * inverses[at]!) % FIELD_ORDER, 0n)
}
