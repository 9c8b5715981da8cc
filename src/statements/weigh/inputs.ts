import { type CircuitInputs, encodeSlot, SLOT_BITS, type Slot, toBits } from '../../field/index.js'
import { ACCOUNTS_DEPTH, BATCH_DEPTH } from '../../hash/index.js'
import { chunkPlaces, chunkWidth, isAccount, opaquesOf } from './chunk.js'
import { REASONS, TREES } from './reasons.js'
import type { WeighWitness } from './witness.js'

const EMPTY_SLOT: Slot = { instrument: 0, quantity: 0n }

/**
 * Inputs of the `weigh` circuit for a witness.
 *
 * @throws {InputError} `SLOT_RANGE` when a slot does not fit its bits.
 */
export function weighInputs(witness: WeighWitness): CircuitInputs {
  const { sizes, before, places } = witness
  const { leaves, level, slots, activity } = sizes
  const accounts = Array.from({ length: leaves }, (_, u) => {
    const place = places[u]
    return isAccount(place) ? place : undefined
  })
  const opaques = Array.from({ length: chunkWidth(sizes) }, (_, u) => {
    const place = places[u]
    return place === undefined || isAccount(place) ? 0n : 1n
  })
  const empty = new Array<Slot>(slots).fill(EMPTY_SLOT)
  return {
    ...witness.signals,
    accounts: accounts.map((account) => (account === undefined ? 0n : 1n)),
    accountIds: accounts.map((account) => account?.accountId ?? 0n),
    owners: accounts.map((account) => account?.owner ?? 0n),
    salts: accounts.map((account) => account?.salt ?? 0n),
    slots: accounts.map((account) =>
      (account?.slots ?? empty).map((slot) => toBits(encodeSlot(slot), SLOT_BITS)),
    ),
    ...(activity ? {} : { opaques, opaque: [opaquesOf(places)[0] ?? 0n] }),
    indexBits: toBits(BigInt(before.next / chunkPlaces(level)), 4 * (BATCH_DEPTH + ACCOUNTS_DEPTH - level)),
    children: witness.children.map((nodes) => [...nodes]),
    batchEnd: witness.batchEnd ? 1n : 0n,
    treeEnd: witness.treeEnd ? 1n : 0n,
    tree: oneHot(before.tree - (activity ? 2 : 0), activity ? REASONS.length : 2),
    later: oneHot(witness.later, TREES + 1),
    accountsBefore: witness.accountsBefore,
    accountsAfter: witness.accountsAfter,
    roots: REASONS.map((reason) => witness.roots[reason]),
    flowsDigest: witness.flowsDigest,
    sumBefore: before.sum,
    flowSumBefore: before.flowSum,
    blindBefore: before.blind,
    blindAfter: witness.blindAfter,
  }
}

function oneHot(index: number, length: number): bigint[] {
  return Array.from({ length }, (_, i) => (i === index ? 1n : 0n))
}
