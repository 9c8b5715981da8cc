import type { Slot } from '../../../src/field/index.js'
import {
  ACCOUNTS_DEPTH,
  BATCH_DEPTH,
  BATCH_PLACES,
  poseidon,
  TREE_ARITY,
  WideTree,
} from '../../../src/hash/index.js'
import {
  byReason,
  chunkPath,
  chunkPlaces,
  chunkSums,
  placeLeaf,
  REASONS,
  type Reason,
  treeOf,
  WeighChain,
  type WeighedAccount,
  type WeighedTrees,
  type WeighPlace,
  type WeighSizes,
  type WeighWitness,
} from '../../../src/statements/index.js'

export const WEIGH_PUBLIC = ['stateBefore', 'stateAfter']

/** The sizes of the tiny instances. */
export const TINY_WEIGH: WeighSizes = { leaves: 4, level: 1, slots: 4, activity: false }
export const TINY_ROWS: WeighSizes = { ...TINY_WEIGH, activity: true }

/** The main component of these sizes. */
export function weighMain({ leaves, level, slots, activity }: WeighSizes): string {
  return `Weigh(${leaves}, ${level}, ${slots}, ${activity ? 1 : 0})`
}

/** A holding, or a row. */
export type Holding = readonly [instrument: number, quantity: bigint]

/** An account of customer `id` in 4 slots, or in as many as are named. */
export function weighed(id: number, held: readonly Holding[], { slots = 4, salt = 7n } = {}): WeighedAccount {
  return {
    accountId: BigInt(1_000 + id),
    owner: BigInt(id % 3),
    salt: salt + BigInt(id),
    slots: Array.from({ length: slots }, (_, s): Slot => {
      const [instrument, quantity] = held[s] ?? [0, 0n]
      return { instrument, quantity }
    }),
  }
}

/** Batches of one tree: what stands at each place, from the left. */
export type SampleTree = readonly (readonly WeighPlace[])[]

export interface SampleSettlement {
  before: SampleTree
  after: SampleTree
  rows?: Partial<Record<Reason, SampleTree>>
  flowsDigest?: bigint
}

/** What a cheat claims in place of the truth. */
export interface WeighClaims {
  /** Of the trees that the transcript is made of. */
  trees?: (honest: WeighedTrees) => WeighedTrees
}

/** A settlement weighed whole, in memory. */
export interface WeighedSample {
  witnesses: WeighWitness[]
  chain: WeighChain
}

/** Weighs trees chunk by chunk in instances like these. Blinds are fixed. */
export function weighSample(
  { before, after, rows = {}, flowsDigest = 77n }: SampleSettlement,
  { leaves, level, slots }: WeighSizes = TINY_WEIGH,
  claims: WeighClaims = {},
): WeighedSample {
  const trees = [before, after, ...REASONS.map((reason) => rows[reason] ?? [])].map((batches) => {
    const roots = batches.map((places) => new WideTree(BATCH_DEPTH, places.map(placeLeaf)))
    return {
      batches,
      roots,
      tree: new WideTree(
        ACCOUNTS_DEPTH,
        roots.map(({ root }) => root),
      ),
    }
  })
  const rootOf = (tree: number) => (trees[tree]!.batches.length === 0 ? 0n : trees[tree]!.tree.root)
  const honest: WeighedTrees = {
    accountsBefore: rootOf(0),
    accountsAfter: rootOf(1),
    roots: byReason((reason) => rootOf(treeOf(reason))),
    flowsDigest,
  }
  const chain = new WeighChain(claims.trees?.(honest) ?? honest)
  const witnesses: WeighWitness[] = []
  const size = chunkPlaces(level)
  for (const [number, { batches, roots, tree }] of trees.entries()) {
    for (const [b, places] of batches.entries()) {
      const chunks = Math.max(1, Math.ceil(places.length / size))
      for (let c = 0; c < chunks; c++) {
        const next = b * BATCH_PLACES + c * size
        const batchEnd = c === chunks - 1
        const own = places.slice(c * size, (c + 1) * size)
        const chunk = {
          sizes: { leaves, level, slots, activity: number >= 2 },
          places: own,
          children: chunkPath(roots[b]!, tree, next, level),
          batchEnd,
          treeEnd: batchEnd && b === batches.length - 1,
        }
        witnesses.push(
          chain.step(chunk, chunkSums(own, number, chain.points), 9_000n + BigInt(witnesses.length)),
        )
      }
    }
  }
  return { witnesses, chain }
}

/** The path of a chunk, and its root, as they are with other leaves in it. */
export function rehashed(
  { before, children, sizes }: Pick<WeighWitness, 'before' | 'children' | 'sizes'>,
  leaves: readonly bigint[],
): { children: bigint[][]; root: bigint } {
  let node = new WideTree(sizes.level, leaves).root
  const path = children.map((nodes, d) => {
    const own = nodes.with(Math.floor(before.next / TREE_ARITY ** (sizes.level + d)) % TREE_ARITY, node)
    node = poseidon(own)
    return own
  })
  return { children: path, root: node }
}
