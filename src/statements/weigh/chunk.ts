import { fits, INSTRUMENT_BITS, MAGNITUDE_BITS, type Slot } from '../../field/index.js'
import { EMPTY_LEAF, holderCommitment, leafHash, poseidon, ROLES, TREE_ARITY } from '../../hash/index.js'

/** Sizes of a `weigh` instance. */
export interface WeighSizes {
  /** Places of a chunk that an account can stand at; the others are empty. */
  leaves: number
  /** Levels of the tree below a chunk: it has 16^level places. */
  level: number
  /** Slots of each account, padding included. */
  slots: number
  /** Whether it weighs rows of reasons, or else accounts of the two epochs. */
  activity: boolean
}

/** An account whose leaf is opened, or the rows that one customer has of one reason. Private. */
export interface WeighedAccount {
  /** Digest of the customer's identifier: see `accountIdDigest`. */
  accountId: bigint
  /** Commitment to the owner's secret; 0n for none, and in rows. */
  owner: bigint
  salt: bigint
  /** As its leaf has them, an instrument by its number. */
  slots: readonly Slot[]
}

/** The leaf behind the accounts of a stressed batch, which is of none of them. */
export interface OpaqueLeaf {
  /** What it is the hash of: see `equitiesLeaf`. */
  opaque: bigint
}

/** What stands at a place of a chunk: an account, the leaf that is of none, or nothing. */
export type WeighPlace = WeighedAccount | OpaqueLeaf | undefined

/** Whether an account stands at a place. */
export function isAccount(place: WeighPlace): place is WeighedAccount {
  return place !== undefined && 'accountId' in place
}

/** What the leaves of no account are hashes of. */
export function opaquesOf(places: readonly WeighPlace[]): bigint[] {
  return places.flatMap((place) => (place === undefined || isAccount(place) ? [] : [place.opaque]))
}

/** Places of a tree that a chunk of this level covers. */
export function chunkPlaces(level: number): number {
  return TREE_ARITY ** level
}

/** The leaf of a place. */
export function placeLeaf(place: WeighPlace): bigint {
  if (place === undefined) return EMPTY_LEAF
  if (!isAccount(place)) return poseidon([place.opaque], ROLES.equities.tag)
  return leafHash(holderCommitment(place), place.slots)
}

/**
 * Places of a chunk at which anything can stand: behind the accounts of an epoch there is one more, for the
 * leaf that is of none.
 */
export function chunkWidth({ leaves, level, activity }: WeighSizes): number {
  return !activity && leaves < chunkPlaces(level) ? leaves + 1 : leaves
}

/** What keeps places from being those of a chunk: nothing when they are. */
export function brokenChunk(sizes: WeighSizes, places: readonly WeighPlace[]): string[] {
  const accounts = places.filter(isAccount)
  if (
    places.length > chunkPlaces(sizes.level) ||
    places.slice(chunkWidth(sizes)).some((place) => place !== undefined) ||
    places.slice(sizes.leaves).some(isAccount)
  ) {
    return ['the chunk has more places than its instance']
  }
  if (accounts.some(({ slots }) => slots.length !== sizes.slots)) {
    return ['the slots of an account are not as many as the instance has']
  }
  const opaques = opaquesOf(places)
  if (opaques.length > 0 && sizes.activity) return ['a place of rows holds the leaf of no account']
  if (new Set(opaques).size > 1) return ['two places hold different leaves of no account']
  return accounts
    .flatMap(({ slots }) => slots)
    .flatMap(({ instrument, quantity }) =>
      fits(quantity, MAGNITUDE_BITS) && instrument >= 0 && instrument < 2 ** INSTRUMENT_BITS
        ? []
        : ['a slot is out of range'],
    )
}
