import { InputError } from '../../errors/index.js'
import {
  EQUITY_BITS,
  fits,
  keyOf,
  MAGNITUDE_BITS,
  magnitudeOf,
  packCounts,
  type Slot,
  toBits,
} from '../../field/index.js'
import { BATCH_DEPTH, leafHash, poseidon, ROLES, sponge, WideTree } from '../../hash/index.js'
import { DERIVATIVE_NUMBERS, type RiskColumns, TIER_NUMBERS } from '../../risk/index.js'
import { equitiesOf } from './equity.js'
import type { LedgerSizes } from './signals.js'

/** An account as a batch has it. */
export interface LedgerAccount {
  /** Holder commitment: see `holderCommitment`. */
  holder: bigint
  /**
   * As its leaf has them, an instrument by its number: as many as the batch's instance has, see
   * `arrangeSlots`.
   */
  slots: readonly Slot[]
}

/** Accounts at their places in a batch, and what its proof claims of them. Private. */
export interface LedgerBatch {
  sizes: LedgerSizes
  accounts: readonly LedgerAccount[]
  /** Of every account in every scenario; none in a plain batch. */
  equities: readonly (readonly bigint[])[]
  /** Of every pledged slot, the part of its tier's width that it leaves. */
  spares: readonly (readonly bigint[])[]
  /** Random, fresh: hides equities and spares in their leaf. */
  equitiesBlind: bigint
}

const EMPTY_SLOT: Slot = { instrument: 0, quantity: 0n }
/** Bits that one element takes. */
const PACKED_BITS = 253

/** Whether a slot holds a tier. */
function isTierSlot({ instrument, quantity }: Slot): boolean {
  return quantity !== 0n && instrument >= TIER_NUMBERS && instrument < DERIVATIVE_NUMBERS
}

/**
 * Slots in the order in which an instance has them: tiers first, by rising number, filled up to the pledged
 * slots; then everything else, filled up to all slots.
 *
 * @param slots what an account holds, an instrument by its number, no more than once on a side
 * @throws {InputError} `LEDGER_BATCH` when they do not fit
 */
export function arrangeSlots(slots: readonly Slot[], sizes: Pick<LedgerSizes, 'slots' | 'pledged'>): Slot[] {
  const tiers = slots.filter(isTierSlot).sort((a, b) => a.instrument - b.instrument)
  const others = slots.filter((slot) => slot.quantity !== 0n && !isTierSlot(slot))
  if (tiers.length > sizes.pledged || others.length > sizes.slots - sizes.pledged) {
    throw new InputError('LEDGER_BATCH', 'the batch does not fit its instance')
  }
  const fill = (count: number) => new Array<Slot>(count).fill(EMPTY_SLOT)
  return [
    ...tiers,
    ...fill(sizes.pledged - tiers.length),
    ...others,
    ...fill(sizes.slots - sizes.pledged - others.length),
  ]
}

/** The batch of these accounts, with what is true of them. */
export function ledgerBatch(
  sizes: LedgerSizes,
  accounts: readonly LedgerAccount[],
  columns: RiskColumns,
  equitiesBlind: bigint,
): LedgerBatch {
  return {
    sizes,
    accounts,
    equities: sizes.scenarios === 0 ? [] : accounts.map(({ slots }) => equitiesOf(slots, columns)),
    spares: accounts.map(({ slots }) =>
      slots.slice(0, sizes.pledged).map((slot) => spareOf(slot, columns.tiers)),
    ),
    equitiesBlind,
  }
}

/**
 * The part of its tier's width that a slot leaves; 0n where it is above, where it is of no tier, or empty.
 */
export function spareOf({ instrument, quantity }: Slot, tiers: RiskColumns['tiers']): bigint {
  if (quantity === 0n) return 0n
  const spare = (tiers[instrument - TIER_NUMBERS]?.width ?? 0n) - magnitudeOf(quantity)
  return spare < 0n ? 0n : spare
}

/**
 * The leaves of a batch: its accounts', and in a stressed one the leaf that fixes what is claimed of them.
 */
export function batchLeaves(batch: LedgerBatch): bigint[] {
  const leaves = batch.accounts.map(({ holder, slots }) => leafHash(holder, slots))
  return batch.sizes.scenarios === 0 ? leaves : [...leaves, equitiesLeaf(batch)]
}

/** The root over the leaves of a batch. */
export function batchRoot(batch: LedgerBatch): bigint {
  return new WideTree(BATCH_DEPTH, batchLeaves(batch)).root
}

/**
 * `P(equities; sponge(equities: blind, sizes, bits))`: accounts, slots, pledged and scenarios, 16 bits each;
 * the bits of every equity plus 2^EQUITY_BITS, scenario by scenario, then of every spare, account by account,
 * 253 to an element.
 */
export function equitiesLeaf(batch: LedgerBatch): bigint {
  return poseidon([equitiesDigest(batch)], ROLES.equities.tag)
}

/** What that leaf is the hash of. */
export function equitiesDigest({ sizes, equities, spares, equitiesBlind }: LedgerBatch): bigint {
  const bits = new BitPacker()
  for (let s = 0; s < sizes.scenarios; s++) {
    for (const account of equities) bits.add(account[s]! + (1n << BigInt(EQUITY_BITS)), EQUITY_BITS + 1)
  }
  for (const spare of spares.flat()) bits.add(spare, MAGNITUDE_BITS)
  const shape = packCounts([sizes.accounts, sizes.slots, sizes.pledged, sizes.scenarios])
  return sponge('equities', [equitiesBlind, shape, ...bits.elements()])
}

/** Integers one after the other, lowest bit first, cut into elements of 253 bits. */
class BitPacker {
  private readonly full: bigint[] = []
  private rest = 0n
  private used = 0

  add(value: bigint, width: number): void {
    this.rest |= value << BigInt(this.used)
    this.used += width
    while (this.used >= PACKED_BITS) {
      this.full.push(BigInt.asUintN(PACKED_BITS, this.rest))
      this.rest >>= BigInt(PACKED_BITS)
      this.used -= PACKED_BITS
    }
  }

  elements(): bigint[] {
    return this.used === 0 ? this.full : [...this.full, this.rest]
  }
}

/** Bits of an equity plus 2^EQUITY_BITS, lowest first. */
export function equityBitsOf(equity: bigint): bigint[] {
  return toBits(equity + (1n << BigInt(EQUITY_BITS)), EQUITY_BITS + 1)
}

/** What keeps a batch from being one of its instance: nothing when it is. */
export function brokenShape({ sizes, accounts, equities, spares }: LedgerBatch): string[] {
  const stressed = sizes.scenarios > 0
  if (accounts.length !== sizes.accounts || accounts.some(({ slots }) => slots.length !== sizes.slots)) {
    return ['the accounts or their slots are not as many as the instance has']
  }
  if (
    equities.length !== (stressed ? sizes.accounts : 0) ||
    equities.some((account) => account.length !== sizes.scenarios)
  ) {
    return ['the equities are not as many as the instance has']
  }
  if (spares.length !== sizes.accounts || spares.some((account) => account.length !== sizes.pledged)) {
    return ['the spares are not as many as the instance has']
  }
  const reasons: string[] = []
  for (const [u, { slots }] of accounts.entries()) {
    for (const [s, { instrument, quantity }] of slots.entries()) {
      if (!fits(quantity, MAGNITUDE_BITS))
        reasons.push(`account ${u}, slot ${s}: the magnitude is out of range`)
      if (!stressed && (quantity < 0n || instrument >= DERIVATIVE_NUMBERS)) {
        reasons.push(`account ${u}, slot ${s}: a short position or a derivative in a plain batch`)
      }
    }
    let last = -1
    let ended = false
    for (const [s, slot] of slots.slice(0, sizes.pledged).entries()) {
      if (slot.quantity === 0n) {
        ended = true
        continue
      }
      if (ended || keyOf(slot) <= last) reasons.push(`account ${u}, slot ${s}: the keys do not rise`)
      last = keyOf(slot)
    }
  }
  if (
    !equities.flat().every((equity) => fits(equity, EQUITY_BITS) || equity === -(1n << BigInt(EQUITY_BITS)))
  ) {
    reasons.push('an equity is out of range')
  }
  if (!spares.flat().every((spare) => spare >= 0n && fits(spare, MAGNITUDE_BITS))) {
    reasons.push('a spare is out of range')
  }
  return reasons
}
