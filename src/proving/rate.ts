import type { Curve } from 'ffjavascript'

/** Points of the multiplication that is timed. */
const POINTS = 2 ** 13
/** Different ones among them: the rest repeat these. */
const DIFFERENT = 64
const RUNS = 3
/** Rows of the proof system that take as long as the multiplication: measured on circuits of this version. */
const ROWS = 4_400

/**
 * Seconds that this machine takes for a row of the proof system (see `proofRows`), from one multiplication of
 * many points by the library that proves, on every core, the best of some: about a second.
 *
 * @example
 * const seconds = (await measureProving()) * proofRows(findInstance('ledger-4-18'))
 */
export async function measureProving(): Promise<number> {
  const { buildBn128 } = await import('ffjavascript')
  const before = globalThis.curve_bn128
  const curve = await buildBn128()
  try {
    const points = somePoints(curve)
    const scalars = someScalars()
    let best = Number.POSITIVE_INFINITY
    for (let run = 0; run < RUNS; run++) {
      const started = performance.now()
      await curve.G1.multiExpAffine(points, scalars)
      best = Math.min(best, (performance.now() - started) / 1000)
    }
    return best / ROWS
  } finally {
    // Whoever proves shares the engine that there was.
    if (!before) await curve.terminate()
  }
}

function somePoints({ G1 }: Curve): Uint8Array {
  const bytes = new Uint8Array(POINTS * 64)
  let point = G1.g
  for (let i = 0; i < DIFFERENT; i++) {
    bytes.set(G1.toAffine(point), 64 * i)
    point = G1.add(G1.add(point, point), point)
  }
  for (let i = DIFFERENT; i < POINTS; i += DIFFERENT) bytes.copyWithin(64 * i, 0, 64 * DIFFERENT)
  return bytes
}

/** Below the field's order, and as dense as random ones; the same in every run. */
function someScalars(): Uint8Array {
  const words = new Uint32Array(POINTS * 8)
  let state = 1
  for (let i = 0; i < words.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    words[i] = i % 8 === 7 ? state >>> 3 : state
  }
  return new Uint8Array(words.buffer)
}
