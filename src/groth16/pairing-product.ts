import type { Curve } from 'ffjavascript'

/** A point of G1 and one of G2, both affine: e(p, q) is a factor of a product. */
export interface Pair {
  p: Uint8Array
  q: Uint8Array
}

/** 6x + 2 in bits behind its first one: the loop of the optimal ate pairing. */
const LOOP = (6n * 4965661367192848881n + 2n).toString(2).slice(1)
/** Pairs whose loops run together; more would not fit the memory of the engine. */
const TOGETHER = 32
/** Sizes in bytes. */
const [F1, F2, F12] = [32, 64, 384]
const LINE = 3 * F2

/**
 * Whether the product of pairings is one. All pairs share the squarings of one loop and the final
 * exponentiation, so that a pair costs its lines alone.
 */
export function isProductOne({ tm, preQSize }: Curve, pairs: readonly Pair[]): boolean {
  const call = tm.instance.exports as Record<(typeof USED)[number], (...values: number[]) => number>
  tm.startSyncOp()
  try {
    const [product, loop, scaledY, scaledX, point] = [F12, F12, F2, F2, 3 * F2].map((size) => tm.alloc(size))
    const room = Array.from({ length: Math.min(TOGETHER, pairs.length) }, () => ({
      p: tm.alloc(2 * F1),
      q: tm.alloc(preQSize),
    }))
    call.ftm_one(product!)
    for (let from = 0; from < pairs.length; from += TOGETHER) {
      const some = pairs.slice(from, from + TOGETHER)
      for (const [i, { p, q }] of some.entries()) {
        tm.u8.set(p, room[i]!.p)
        tm.u8.set(q, point!)
        call.f2m_one(point! + 2 * F2)
        call.bn128_prepareG2(point!, room[i]!.q)
      }
      call.ftm_one(loop!)
      let line = LINE
      const multiply = () => {
        for (const { p, q } of room.slice(0, some.length)) {
          call.f2m_mul1(q + line + F2, p + F1, scaledY!)
          call.f2m_mul1(q + line + 2 * F2, p, scaledX!)
          call.bn128__mulBy024(q + line, scaledY!, scaledX!, loop!)
        }
        line += LINE
      }
      for (const bit of LOOP) {
        call.ftm_square(loop!, loop!)
        multiply()
        if (bit === '1') multiply()
      }
      // The lines through ψ(Q) and −ψ²(Q).
      multiply()
      multiply()
      call.ftm_mul(product!, loop!, product!)
    }
    call.bn128_finalExponentiation(product!, product!)
    return call.ftm_isOne(product!) === 1
  } finally {
    tm.endSyncOp()
  }
}

/** What is called of the engine's code. */
const USED = [
  'f2m_one',
  'f2m_mul1',
  'ftm_one',
  'ftm_mul',
  'ftm_square',
  'ftm_isOne',
  'bn128_prepareG2',
  'bn128__mulBy024',
  'bn128_finalExponentiation',
] as const
