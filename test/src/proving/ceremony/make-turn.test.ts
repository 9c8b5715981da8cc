import { expect, test } from 'vitest'
import { g2, twistPointOutsideGroup } from '../../../../scripts/contract-fixtures/points.js'
import { BASE_FIELD_ORDER } from '../../../../src/field/index.js'
import { curveEngine } from '../../../../src/groth16/index.js'
import { contributionsBytes, deriveKey } from '../../../../src/proving/ceremony/contributions.js'
import { makeTurn } from '../../../../src/proving/ceremony/make-turn.js'
import { HEADER_BYTES, type HeaderPoints } from '../../../../src/proving/ceremony/turn-format.js'

const curve = await curveEngine()
const { Fr, G1, G2 } = curve
const contributions = contributionsBytes({ circuitHash: new Uint8Array(64), records: [] })
const header = new Uint8Array(HEADER_BYTES)
const key = () => deriveKey(curve, new Uint8Array(32).fill(7))
const [one, twist] = [G1.toAffine(G1.g), G2.toAffine(G2.g)]
/** Points of y² = x³, where x/y of a multiple is as many times x/y of the point. */
const CUSP = {
  g1: G1.fromObject([1n, 1n]),
  g2: G2.fromObject([
    [1n, 0n],
    [1n, 0n],
  ]),
}
const refused = { code: 'CEREMONY_TURN', exitCode: 3, where: 'here' }

function turnAfter(points: Partial<HeaderPoints> = {}) {
  const before = { delta1: one, delta2: twist, ...points } as HeaderPoints
  return makeTurn(curve, { header, points: before, contributions }, 'here', key(), { name: 'Alice' })
}

test('no secret is multiplied by a point of K or H that is none of the curve; the control is that its multiple tells it (ceremony.15)', async () => {
  const { factor } = key()
  const [x, y] = G1.toObject(await G1.batchApplyKey(CUSP.g1, Fr.inv(factor), Fr.one))
  expect((Fr.toObject(Fr.inv(factor)) * y - x) % BASE_FIELD_ORDER, 'the control').toBe(0n)

  const beyond = one.slice()
  beyond.fill(0xff, 0, 32)
  for (const point of [CUSP.g1, beyond]) {
    const points = new Uint8Array([...one, ...G1.zeroAffine, ...point])
    await expect(turnAfter().scaled(points)).rejects.toMatchObject(refused)
  }
  const scaled = await turnAfter().scaled(new Uint8Array([...one, ...G1.zeroAffine]))
  expect(G1.eq(scaled.slice(0, 64), G1.timesFr(one, Fr.inv(factor))), 'the control').toBe(true)
  expect(G1.isZero(scaled.slice(64))).toBe(true)
})

test('nor by a δ that is none of its group, or infinity (ceremony.15)', () => {
  for (const points of [
    { delta1: CUSP.g1 },
    { delta1: G1.zeroAffine },
    { delta2: CUSP.g2 },
    { delta2: G2.zeroAffine },
    { delta2: G2.toAffine(g2(twistPointOutsideGroup())) },
  ]) {
    expect(() => turnAfter(points)).toThrow(expect.objectContaining(refused))
  }
  expect(G1.eq(turnAfter().record.deltaAfter, G1.timesFr(one, key().factor)), 'the control').toBe(true)
})
