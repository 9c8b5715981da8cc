import { invertField, toField } from '../src/field/index.js'
import type { Proven, VerificationKey } from '../src/groth16/index.js'
import { curve, fromG1, fromG2 } from './contract-fixtures/points.js'

/**
 * A key whose secrets are known, and valid proofs under it of any signals: no circuit is behind them.
 *
 * @param ic the scalars of the points for the one and for each public signal
 * @param draw gives numbers, each time another one
 */
export function simulatedKey(ic: readonly bigint[], draw: () => bigint) {
  const { G1, G2 } = curve
  const one = (scalar: bigint) => fromG1(G1.timesScalar(G1.g, scalar))
  const two = (scalar: bigint) => fromG2(G2.timesScalar(G2.g, scalar))
  const [alpha, beta, gamma, delta] = [draw(), draw(), draw(), draw()]
  const verificationKey: VerificationKey = {
    alpha: one(alpha),
    beta: two(beta),
    gamma: two(gamma),
    delta: two(delta),
    ic: ic.map(one),
  }
  const prove = (publicSignals: bigint[]): Proven => {
    const [a, b] = [draw(), draw()]
    const sum = publicSignals.reduce((total, signal, i) => total + signal * ic[i + 1]!, ic[0]!)
    const c = toField((a * b - alpha * beta - sum * gamma) * invertField(delta))
    return { publicSignals, proof: { a: one(a), b: two(b), c: one(c) } }
  }
  return { verificationKey, prove }
}
