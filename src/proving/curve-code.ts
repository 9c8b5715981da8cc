import { curveEngine } from '../groth16/index.js'

/** BN254's code, to run over another memory. */
export async function curveCode(): Promise<WebAssembly.Module> {
  const { tm } = await curveEngine()
  return WebAssembly.compile(tm.code)
}
