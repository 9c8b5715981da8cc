import type { Curve } from 'ffjavascript'

let single: Promise<Curve> | undefined

/** BN254 on this thread alone: it starts no worker, so nothing has to be ended. */
export function curveEngine(): Promise<Curve> {
  single ??= import('ffjavascript').then(({ buildBn128 }) => buildBn128(true))
  return single
}
