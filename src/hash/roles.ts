/**
 * The one table of Poseidon's uses. A role's tag is the initial capacity element of its permutation, where no
 * input reaches; the tree node has the tag 0. So two roles never permute the same state by design.
 * `circuits/lib/tags.circom` and, of statements that came later, their own files state the same tags; a test
 * holds the files together.
 *
 * `arity` counts the inputs. `'sponge'` absorbs any number of elements, their count bound in (see `sponge`).
 */
export const ROLES = {
  /** Continues a sponge: (previous, up to 15 elements). Never a first block. */
  sponge: { tag: 1n, arity: 'sponge' },
  /** (byte length, bytes packed 31 to an element): the customer's own identifier. */
  accountId: { tag: 2n, arity: 'sponge' },
  /** (ownerSecret) */
  owner: { tag: 3n, arity: 1 },
  /** (accountId, owner, salt) */
  holder: { tag: 4n, arity: 3 },
  /** (holder, packed slots): one permutation, its arity the number of packed elements plus one. */
  leaf: { tag: 5n, arity: 'slots' },
  /** (holder, packed slots) for a leaf of more than 15 packed elements. */
  longLeaf: { tag: 6n, arity: 'sponge' },
  /** (second, count, blind, keySum, equitySum, shortfallsDigest) */
  state: { tag: 7n, arity: 6 },
  /** (blind, total of every key, what is pledged of every instrument) */
  totals: { tag: 8n, arity: 'sponge' },
  /** (for every scenario, shortfall sum and number of accounts below zero in one element) */
  shortfalls: { tag: 9n, arity: 'scenarios' },
  /** (valuesDigest, rowsDigest, timestamp) */
  risk: { tag: 10n, arity: 3 },
  /** (layout, marks, value of every key in every scenario, width and owner of every tier) */
  values: { tag: 11n, arity: 'sponge' },
  /** (what a row of the risk table says of one instrument) */
  row: { tag: 12n, arity: 'sponge' },
  /** (blind, reserve and insurance fund of every instrument in one element) */
  reserves: { tag: 13n, arity: 'sponge' },
  /** (every threshold of a solvency policy) */
  policy: { tag: 14n, arity: 'sponge' },
  /** (what a Fiat–Shamir transcript absorbs) */
  transcript: { tag: 15n, arity: 'sponge' },
  /** (transcript, which challenge) */
  challenge: { tag: 16n, arity: 2 },
  /** (rowsRoot, the margin rows' root of each of four requirements) */
  rows: { tag: 17n, arity: 5 },
  /** (what a margin requirement says of one instrument) */
  marginRow: { tag: 18n, arity: 'sponge' },
  /** (previous, four lines of a margin row): a chain that starts at 0 */
  marginLines: { tag: 19n, arity: 13 },
  /** (every parameter of a margin requirement that is not a row, as its rule states it) */
  requirement: { tag: 20n, arity: 'sponge' },
  /** (root over a requirement's rows, digest of the requirement, digest of the rule's text) */
  marginRoot: { tag: 22n, arity: 3 },
  /** (digest of a requirement, the multiple of it that is asked in billionths) */
  multiple: { tag: 25n, arity: 2 },
  /** (what the numbers of a rule and the order of its sums and scenarios mean) */
  marginShape: { tag: 23n, arity: 'sponge' },
  /** (blind, sizes of the batch, bits of equities and spares): then once more under this tag */
  equities: { tag: 26n, arity: 'sponge' },
  /** (accountsRoot, riskRoot, totalsDigest, scenarios) */
  first: { tag: 27n, arity: 4 },
  /** (first, weightedTotalsDigest) */
  second: { tag: 28n, arity: 2 },
  /** (blind, weighted total of every key) */
  weightedTotals: { tag: 29n, arity: 'sponge' },
  /** (ownerSecret, accountId, domain) */
  handle: { tag: 21n, arity: 3 },
  /** (the amount that addresses show of every instrument) */
  evidence: { tag: 30n, arity: 'sponge' },
  /** (ratio at mark, then what a disclosure shows of every instrument) */
  disclosed: { tag: 31n, arity: 'sponge' },
  /** (salt of an account's leaf, accountId): one for each leaf that is liquidated */
  liquidated: { tag: 32n, arity: 2 },
  /** (every number of a policy of liquidation) */
  liquidationPolicy: { tag: 33n, arity: 'sponge' },
  /** (root over the rows of each reason, 0 where it has none) */
  activity: { tag: 34n, arity: 7 },
  /** (blind, then of every spot instrument what came in, what went out and net fees) */
  external: { tag: 35n, arity: 'sponge' },
  /** (blind, external, then of every spot instrument net accruals and what liquidations net to) */
  flows: { tag: 36n, arity: 'sponge' },
  /** (accountsRoot of both epochs, activity, flowsDigest) */
  settled: { tag: 37n, arity: 4 },
  /** (transcript, tree, next, blind, sum, flowSum) */
  weighed: { tag: 38n, arity: 6 },
  /** (dust, mark of every spot instrument) */
  terms: { tag: 39n, arity: 'sponge' },
} as const satisfies Record<string, { tag: bigint; arity: number | 'sponge' | 'slots' | 'scenarios' }>

export type Role = keyof typeof ROLES
