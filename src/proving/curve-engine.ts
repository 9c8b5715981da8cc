import type { Curve } from 'ffjavascript'
import type { CurveCode } from './curve-memory.js'

let single: Promise<Curve> | undefined

/** BN254 on this thread alone: it starts no worker, so nothing has to be ended. */
export function curveEngine(): Promise<Curve> {
  single ??= import('ffjavascript').then(({ buildBn128 }) => buildBn128(true))
  return single
}

export async function curveCode(): Promise<CurveCode> {
  const { tm } = await curveEngine()
  const module = await WebAssembly.compile(tm.code)
  return { module, generators: { g1: tm.pG1gen, g2: tm.pG2gen } }
}
