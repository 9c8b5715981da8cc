import type { Curve } from 'ffjavascript'

/** Runs work with BN254 on every core, and ends the threads unless somebody else uses them. */
export async function withThreads<T>(work: (curve: Curve) => Promise<T>): Promise<T> {
  const { buildBn128 } = await import('ffjavascript')
  // Whoever proves shares the engine that there was.
  const before = globalThis.curve_bn128
  const curve = await buildBn128()
  try {
    return await work(curve)
  } finally {
    if (!before) await curve.terminate()
  }
}
