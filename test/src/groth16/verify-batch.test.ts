import { createHash } from 'node:crypto'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  cancellingPair,
  malleated,
  weightedBatchAccepts,
  wrongPoints,
  wrongSignals,
} from '../../../scripts/contract-fixtures/mutations.js'
import { fromG1, g1 } from '../../../scripts/contract-fixtures/points.js'
import { simulatedKey } from '../../../scripts/simulated-proofs.js'
import { FIELD_ORDER, invertField, toField } from '../../../src/field/index.js'
import {
  curveEngine,
  type Proven,
  type VerificationKey,
  verifyProof,
  verifyProofs,
} from '../../../src/groth16/index.js'
import { readClaim } from '../../../src/groth16/verify.js'
import { holdTogether } from '../../../src/groth16/verify-batch.js'

let drawn = 0
const draw = () => toField(BigInt(`0x${createHash('sha256').update(`${drawn++}`).digest('hex')}`))
const { verificationKey: key, prove } = simulatedKey([draw(), draw(), draw()], draw)
const valid = Array.from({ length: 70 }, () => prove([draw(), draw()]))
const curve = await curveEngine()
const { G1 } = curve

afterEach(() => vi.unstubAllGlobals())

const alone = ({ publicSignals, proof }: Proven) => verifyProof(key, publicSignals, proof)
const proven = ({ proof, signals }: { proof: Proven['proof']; signals: bigint[] }): Proven => ({
  proof,
  publicSignals: signals,
})
const weighted = (batch: readonly Proven[], coefficients: readonly bigint[]) =>
  holdTogether(
    curve,
    key,
    batch.map((each) => readClaim(curve, key, each)!),
    coefficients,
  )
/** Randomness that is the same number everywhere: no number is anyone's own. */
const stubRandomness = (number: bigint) => {
  const getRandomValues = vi.fn((words: BigUint64Array) => {
    for (let i = 0; i < words.length; i += 2) words[i + 1] = number
    return words
  })
  vi.stubGlobal('crypto', { getRandomValues })
  return getRandomValues
}

describe('proofs that are verified together (proof.16)', () => {
  test('are valid when each is, however many', async () => {
    expect(await verifyProofs(key, [])).toEqual([])
    for (const count of [1, 2, 64, 65, 70])
      expect(await verifyProofs(key, valid.slice(0, count))).toEqual(Array(count).fill(true))
    expect(await verifyProofs(key, [valid[0]!, valid[0]!])).toEqual([true, true])
    const other = malleated(valid[0]!, key, 5n).map(proven)
    expect(await verifyProofs(key, other)).toEqual(other.map(() => true))
  })

  test('get the verdict that each gets by itself: a bad one is named, and no other', async () => {
    const bad = [...wrongPoints(valid[0]!, valid[1]!.proof), ...wrongSignals(valid[0]!)]
    let refused = 0
    for (const each of bad) {
      const batch = [valid[2]!, proven(each), valid[3]!]
      const verdict = await alone(batch[1]!).catch(({ code }) => code)
      const together = await verifyProofs(key, batch).catch(({ code }) => code)
      if (verdict === 'PROOF_SHAPE') expect(together, each.name).toBe('PROOF_SHAPE')
      else expect(together, each.name).toEqual([true, false, true])
      if (verdict === false) refused++
    }
    expect(refused).toBeGreaterThan(20)
  })

  test('several bad ones are named, in any place, and all', async () => {
    const bad = (i: number) => ({ ...valid[i]!, publicSignals: valid[i]!.publicSignals.toReversed() })
    const places = new Set([0, 5, 63, 64, 69])
    expect(
      await verifyProofs(
        key,
        valid.map((each, i) => (places.has(i) ? bad(i) : each)),
      ),
    ).toEqual(valid.map((_, i) => !places.has(i)))
    expect(await verifyProofs(key, [0, 1, 2].map(bad))).toEqual([false, false, false])
    expect(await verifyProofs(key, [{ ...valid[0]!, publicSignals: [] }, valid[1]!])).toEqual([false, true])
  })

  test('hold also where the points of the key for their signals add up to infinity', async () => {
    const infinite = simulatedKey([5n, FIELD_ORDER - 5n, 3n], draw)
    const batch = [infinite.prove([1n, 0n]), infinite.prove([1n, 0n])]
    for (const { publicSignals, proof } of batch)
      expect(await verifyProof(infinite.verificationKey, publicSignals, proof)).toBe(true)
    expect(await verifyProofs(infinite.verificationKey, batch)).toEqual([true, true])
    expect(await verifyProofs(infinite.verificationKey, [batch[0]!, valid[0]!])).toEqual([true, false])
  })
})

describe('errors that cancel in a product of equations (proof.16)', () => {
  test('C + P and C′ − P pass under equal coefficients, and not under fresh ones', async () => {
    const pair = cancellingPair(valid[0]!, valid[1]!)
    const batch = pair.map(proven)
    expect(await weightedBatchAccepts(key, pair, [1n, 1n])).toBe(true)
    expect(weighted(batch, [1n, 1n])).toBe(true)
    expect(weighted(batch, [1n, 2n])).toBe(false)
    expect(await verifyProofs(key, batch)).toEqual([false, false])
    const many = valid.with(3, batch[0]!).with(60, batch[1]!)
    expect(
      weighted(
        many,
        many.map(() => 7n),
      ),
    ).toBe(true)
    expect(await verifyProofs(key, many)).toEqual(many.map((_, i) => i !== 3 && i !== 60))
  })

  test('whoever knows the coefficients makes errors that cancel under them: they have to be fresh', async () => {
    const [one, two] = [draw() >> 126n, draw() >> 126n]
    const batch = [one, -two].map((weight, i) => {
      const { proof, publicSignals } = valid[i]!
      const error = G1.timesScalar(G1.g, invertField(toField(weight)))
      return { publicSignals, proof: { ...proof, c: fromG1(G1.add(g1(proof.c), error)) } }
    })
    expect(weighted(batch, [one, two])).toBe(true)
    expect(weighted(batch, [one, two + 1n])).toBe(false)
    expect(await verifyProofs(key, batch)).toEqual([false, false])
  })

  test('coefficients are numbers of Web Crypto, 128 bits for each proof, drawn once all are read', async () => {
    const batch = cancellingPair(valid[0]!, valid[1]!).map(proven)
    const drawing = stubRandomness(1n)
    // With the one weak source there is, the batch passes: there is no other.
    expect(await verifyProofs(key, batch)).toEqual([true, true])
    expect(drawing.mock.calls.map(([words]) => words.byteLength)).toEqual([2 * 16])
    await verifyProofs(key, valid)
    expect(drawing.mock.calls.map(([words]) => words.byteLength)).toEqual([2 * 16, 64 * 16, 6 * 16])
    let read = false
    const late = {
      ...batch[1]!,
      get proof() {
        read = true
        return batch[1]!.proof
      },
    }
    drawing.mockImplementation((words) => {
      expect(read).toBe(true)
      return words
    })
    await verifyProofs(key, [batch[0]!, late])
    expect(drawing).toHaveBeenCalledTimes(4)
  })

  test('without Web Crypto each proof is verified by itself', async () => {
    const batch = cancellingPair(valid[0]!, valid[1]!).map(proven)
    vi.stubGlobal('crypto', undefined)
    expect(await verifyProofs(key, batch)).toEqual([false, false])
    expect(await verifyProofs(key, valid.slice(0, 3))).toEqual([true, true, true])
  })
})

test('a key under which anyone can forge is refused before any proof is looked at (key.4)', async () => {
  const unsound: VerificationKey = { ...key, delta: key.gamma }
  await expect(verifyProofs(unsound, valid.slice(0, 2))).rejects.toMatchObject({ code: 'KEY_UNSOUND' })
})
