import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FIELD_ORDER, invertField, toField } from '../../../../src/field/index.js'
import { holderCommitment, leafHash, poseidon } from '../../../../src/hash/index.js'
import {
  activityDigest,
  chunkPlaces,
  chunkSums,
  FIRST_WEIGH_STATE,
  FLOW_GROUPS,
  flowPole,
  isAccount,
  nextWeighState,
  placeLeaf,
  REASONS,
  type SettlementTranscriptParts,
  settlementTranscript,
  signOf,
  TREES,
  treeOf,
  type WeighPlace,
  weighCommitment,
} from '../../../../src/statements/index.js'

const POINTS = { idPoint: 1_000_003n, instrumentPoint: 1_000_033n, flowPoint: FIELD_ORDER - 5n }

describe('a settlement absorbs all that its identities range over (settlement.1)', () => {
  const roots = {
    transfers: 1n,
    fees: 2n,
    trades: 3n,
    accruals: 4n,
    liquidations: 5n,
    takers: 6n,
    allocations: 7n,
  }
  const parts = { accountsBefore: 8n, accountsAfter: 9n, activity: activityDigest(roots), flowsDigest: 10n }

  test('the root of each reason at its place, under a tag of its own', () => {
    expect(activityDigest(roots)).toBe(poseidon([1n, 2n, 3n, 4n, 5n, 6n, 7n], 34n))
    expect(REASONS.map(treeOf)).toEqual([2, 3, 4, 5, 6, 7, 8])
    expect(TREES).toBe(9)
  })

  test('both epochs, the rows and the flows, and three points of it', () => {
    const all = settlementTranscript(parts)
    expect(all.transcript).toBe(poseidon([8n, 9n, parts.activity, 10n], 37n))
    expect([all.idPoint, all.instrumentPoint, all.flowPoint]).toEqual(
      [18n, 19n, 20n].map((label) => poseidon([all.transcript, label], 16n)),
    )
    const other = (Object.keys(parts) as (keyof SettlementTranscriptParts)[]).map(
      (part) => settlementTranscript({ ...parts, [part]: 11n }).transcript,
    )
    expect(new Set([all.transcript, ...other]).size).toBe(5)
  })

  test('a state has every part of it, and begins with nothing', () => {
    const state = { tree: 3, next: 4_096, blind: 5n, sum: 6n, flowSum: 7n }
    expect(weighCommitment(2n, state)).toBe(poseidon([2n, 3n, 4_096n, 5n, 6n, 7n], 38n))
    expect(weighCommitment(2n, FIRST_WEIGH_STATE)).toBe(poseidon([2n, 0n, 0n, 0n, 0n, 0n], 38n))
    const after = nextWeighState(state, { sum: -8n, flowSum: -7n }, { tree: 4, next: 0, blind: 1n })
    expect(after).toEqual({ tree: 4, next: 0, blind: 1n, sum: FIELD_ORDER - 2n, flowSum: 0n })
  })
})

describe('what a chunk adds (settlement.2)', () => {
  const amount = fc.bigInt({ min: -(1n << 64n) + 1n, max: (1n << 64n) - 1n })
  const account = fc.record({
    accountId: fc.bigInt(0n, FIELD_ORDER - 1n),
    owner: fc.constant(0n),
    salt: fc.bigInt(0n, 9n),
    slots: fc.array(fc.record({ instrument: fc.integer({ min: 0, max: 65_535 }), quantity: amount }), {
      maxLength: 4,
    }),
  })
  const places = fc.array(fc.option(account, { nil: undefined }), { maxLength: 8 })
  const inverse = (x: bigint) => invertField(toField(x))

  test('is every slot over its customer and its instrument, with the sign of its tree', () => {
    fc.assert(
      fc.property(places, fc.integer({ min: 0, max: 8 }), (chunk, tree) => {
        let sum = 0n
        let flowSum = 0n
        for (const { accountId, slots } of chunk.filter((place) => place !== undefined)) {
          for (const { instrument, quantity } of slots) {
            const id = inverse(POINTS.idPoint - accountId)
            sum += quantity * id * inverse(POINTS.instrumentPoint - BigInt(instrument))
            const group = [undefined, undefined, 0, 1, 2, 3, 4, 4, undefined][tree]
            if (group === undefined) continue
            const out = tree === 2 && quantity < 0n
            const pole = 131_072n * BigInt(group) + 2n * BigInt(instrument) + (out ? 1n : 0n)
            flowSum += (out ? -quantity : quantity) * inverse(POINTS.flowPoint - pole)
          }
        }
        const sign = tree === 1 ? 1n : -1n
        expect(chunkSums(chunk, tree, POINTS)).toEqual({
          sum: toField(sign * sum),
          flowSum: toField(flowSum),
        })
        expect(signOf(tree)).toBe(sign)
      }),
      { numRuns: 60, seed: 61 },
    )
  })

  test('no pole is that of another group, instrument or side', () => {
    const groups = [...new Set(Object.values(FLOW_GROUPS).filter((group) => group !== undefined))]
    const poles = groups.flatMap((group) =>
      [0, 1, 32_768, 65_535].flatMap((number) => [flowPole(group, number), flowPole(group, number, true)]),
    )
    expect(new Set(poles).size).toBe(40)
    expect(flowPole(4, 3)).toBe(4n * 131_072n + 6n)
  })

  test('a leaf is that of the ledger; what is of no account, and what is empty, has its own', () => {
    const held = { accountId: 1n, owner: 2n, salt: 3n, slots: [{ instrument: 0, quantity: -5n }] }
    const chunk: WeighPlace[] = [held, { opaque: 4n }, undefined]
    expect(chunk.map(placeLeaf)).toEqual([
      leafHash(holderCommitment(held), held.slots),
      poseidon([4n], 26n),
      0n,
    ])
    expect(chunk.map(isAccount)).toEqual([true, false, false])
    expect([0, 1, 2].map(chunkPlaces)).toEqual([1, 16, 256])
  })
})
