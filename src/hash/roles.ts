/**
 * The one table of Poseidon's uses. Every role but the tree node starts with its tag as first input, and
 * arity 16 belongs to tree nodes alone, so no two roles can hash the same inputs to the same value by design.
 * `circuits/lib/tags.circom` states the same tags; a test holds the two files together.
 *
 * `arity` counts the tag. `'sponge'` absorbs any number of elements, their count bound in (see `sponge`).
 */
export const ROLES = {
  /** Continues a sponge: (tag, previous, up to 13 elements). Never a first block. */
  sponge: { tag: 1n, arity: 'sponge' },
  /** (tag, byte length, bytes packed 31 to an element): the customer's own identifier. */
  accountId: { tag: 2n, arity: 'sponge' },
  /** (tag, ownerSecret) */
  owner: { tag: 3n, arity: 2 },
  /** (tag, accountId, owner, salt) */
  holder: { tag: 4n, arity: 4 },
  /** (tag, holder, packed slots): one permutation, its arity the number of packed elements plus two. */
  leaf: { tag: 5n, arity: 'slots' },
  /** (tag, holder, packed slots) for a leaf of more than 13 packed elements. */
  longLeaf: { tag: 6n, arity: 'sponge' },
  /** (tag, batchIndex, accountsRoot, totalsDigest, shortfallsDigest, blind) */
  state: { tag: 7n, arity: 6 },
  /** (tag, long and short total of every instrument, in turn) */
  totals: { tag: 8n, arity: 'sponge' },
  /** (tag, shortfall sum of every scenario) */
  shortfalls: { tag: 9n, arity: 'sponge' },
  /** (tag, valuesDigest, rowsDigest, timestamp) */
  risk: { tag: 10n, arity: 4 },
  /** (tag, mark of every instrument, then value of every key in every scenario) */
  values: { tag: 11n, arity: 'sponge' },
  /** The same of a table with tiers: (tag, …, then the width of every instrument). */
  tieredValues: { tag: 24n, arity: 'sponge' },
  /** (tag, what a row of the risk table says of one instrument) */
  row: { tag: 12n, arity: 'sponge' },
  /** (tag, blind, reserve of every instrument) */
  reserves: { tag: 13n, arity: 'sponge' },
  /** (tag, every threshold of a solvency policy) */
  policy: { tag: 14n, arity: 'sponge' },
  /** (tag, what a Fiat–Shamir transcript absorbs) */
  transcript: { tag: 15n, arity: 'sponge' },
  /** (tag, transcript, which challenge) */
  challenge: { tag: 16n, arity: 3 },
  /** (tag, rowsRoot, the margin rows' root of each of four requirements) */
  rows: { tag: 17n, arity: 6 },
  /** (tag, what a margin requirement says of one instrument) */
  marginRow: { tag: 18n, arity: 'sponge' },
  /** (tag, previous, four lines of a margin row): a chain that starts at 0 */
  marginLines: { tag: 19n, arity: 14 },
  /** (tag, every parameter of a margin requirement that is not a row, as its rule states it) */
  requirement: { tag: 20n, arity: 'sponge' },
  /** (tag, root over a requirement's rows, digest of the requirement) */
  marginRoot: { tag: 22n, arity: 3 },
  /** (tag, digest of a requirement, the multiple of it that is asked in billionths) */
  multiple: { tag: 25n, arity: 3 },
  /** (tag, what the numbers of a rule and the order of its sums and scenarios mean) */
  marginShape: { tag: 23n, arity: 'sponge' },
  /** (tag, ownerSecret, accountId, domain) */
  handle: { tag: 21n, arity: 4 },
} as const satisfies Record<string, { tag: bigint; arity: number | 'sponge' | 'slots' }>

export type Role = keyof typeof ROLES
