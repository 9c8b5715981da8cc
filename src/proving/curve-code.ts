import { curveEngine } from '../groth16/index.js'
import type { CurveCode } from './curve-memory.js'

export async function curveCode(): Promise<CurveCode> {
  const { tm } = await curveEngine()
  const module = await WebAssembly.compile(tm.code)
  return { module, generators: { g1: tm.pG1gen, g2: tm.pG2gen } }
}
