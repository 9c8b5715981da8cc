import { FIELD_ORDER, invertAll, keyOf, magnitudeOf, powField, toField } from '../../field/index.js'
import { BATCH_PLACES } from '../../hash/index.js'
import type { TableSizes } from '../../risk/index.js'
import type { LedgerBatch } from './batch.js'
import { type Shortfall, shortfallSums, slotKey } from './equity.js'
import type { FirstTranscript, SecondTranscript } from './transcript.js'

/** What a batch adds to a state. */
export interface BatchSums {
  keySum: bigint
  equitySum: bigint
  /** Of every scenario; none in a plain batch. */
  shortfalls: Shortfall[]
}

/** `accountPoint^position` of every account of batch `index`. */
function weightsOf(accountPoint: bigint, index: number, accounts: number): bigint[] {
  let weight = powField(accountPoint, BigInt(index) * BigInt(BATCH_PLACES))
  return Array.from({ length: accounts }, () => {
    const own = weight
    weight = (weight * accountPoint) % FIELD_ORDER
    return own
  })
}

/**
 * Adds to the weighted totals by key what batch `index` holds, in field elements. A plain batch adds none.
 */
export function addWeightedTotals(
  weightedTotals: bigint[],
  batch: LedgerBatch,
  index: number,
  sizes: TableSizes,
  { accountPoint }: Pick<FirstTranscript, 'accountPoint'>,
): void {
  if (batch.sizes.scenarios === 0) return
  const weights = weightsOf(accountPoint, index, batch.accounts.length)
  for (const [u, { slots }] of batch.accounts.entries()) {
    for (const slot of slots) {
      if (slot.quantity === 0n) continue
      const key = slotKey(sizes, slot)
      if (key === undefined) continue
      weightedTotals[key] = (weightedTotals[key]! + weights[u]! * magnitudeOf(slot.quantity)) % FIELD_ORDER
    }
  }
}

/**
 * What a plain batch adds to a state: `Σ total/(challenge − key)`, as no slot of it is weighed or pledged.
 *
 * @param totals magnitudes of all its slots, by key
 * @throws {RangeError} where the challenge is a pole, which happens to nobody
 */
export function plainSums(
  totals: Iterable<readonly [key: number, total: bigint]>,
  { challenge }: Pick<SecondTranscript, 'challenge'>,
): BatchSums {
  const held = [...totals]
  const inverses = invertAll(held.map(([key]) => challenge - BigInt(key)))
  const keySum = held.reduce((sum, [, total], i) => (sum + total * inverses[i]!) % FIELD_ORDER, 0n)
  return { keySum, equitySum: 0n, shortfalls: [] }
}

/** The magnitudes of a batch's slots by key: see `keyOf`. */
function heldByKey({ accounts }: LedgerBatch): Map<number, bigint> {
  const held = new Map<number, bigint>()
  for (const slot of accounts.flatMap(({ slots }) => slots)) {
    if (slot.quantity === 0n) continue
    held.set(keyOf(slot), (held.get(keyOf(slot)) ?? 0n) + magnitudeOf(slot.quantity))
  }
  return held
}

/**
 * What batch `index` adds to both identities and to the shortfalls: see "Soundness of a ledger" in
 * circuits/README.md.
 *
 * @throws {RangeError} where the challenge is a pole, which happens to nobody
 */
export function batchSums(
  batch: LedgerBatch,
  index: number,
  points: FirstTranscript & SecondTranscript,
): BatchSums {
  const { sizes, accounts, equities, spares } = batch
  if (sizes.scenarios === 0) return plainSums(heldByKey(batch), points)
  const { challenge, mix, limitPoint, accountPoint, scenarioPoint } = points
  const weights = weightsOf(accountPoint, index, accounts.length)
  const magnitudes: bigint[] = []
  const distances: bigint[] = []
  const owners: number[] = []
  for (const [u, { slots }] of accounts.entries()) {
    for (const [s, slot] of slots.entries()) {
      if (slot.quantity === 0n) continue
      const magnitude = magnitudeOf(slot.quantity)
      const limit = s < sizes.pledged ? limitPoint * (magnitude + spares[u]![s]! + 1n) : 0n
      magnitudes.push(magnitude)
      distances.push(toField(challenge - BigInt(keyOf(slot)) - limit))
      owners.push(u)
    }
  }
  let keySum = 0n
  for (const [i, inverse] of invertAll(distances).entries()) {
    const weight = 1n + ((mix * weights[owners[i]!]!) % FIELD_ORDER)
    keySum = (keySum + weight * ((magnitudes[i]! * inverse) % FIELD_ORDER)) % FIELD_ORDER
  }
  let equitySum = 0n
  for (const [u, account] of equities.entries()) {
    const worth = account.reduceRight((sum, equity) => (sum * scenarioPoint + equity) % FIELD_ORDER, 0n)
    equitySum = (equitySum + weights[u]! * worth) % FIELD_ORDER
  }
  return { keySum, equitySum: toField(equitySum), shortfalls: shortfallSums(equities, sizes.scenarios) }
}
