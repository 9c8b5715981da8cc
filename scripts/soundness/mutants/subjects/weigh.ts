import { type CircuitInputs, invertField, toBits, toField } from '../../../../src/field/index.js'
import { ACCOUNTS_DEPTH, BATCH_DEPTH, poseidon, TREE_ARITY, WideTree } from '../../../../src/hash/index.js'
import { chunkPath, placeLeaf, type WeighWitness, weighInputs } from '../../../../src/statements/index.js'
import { tampered } from '../../bench/tamper.js'
import { weighChallenges } from '../../samples/transcript.js'
import {
  rehashed,
  type SampleSettlement,
  TINY_ROWS,
  TINY_WEIGH,
  WEIGH_PUBLIC,
  weighed,
  weighMain,
  weighSample,
} from '../../samples/weigh.js'
import type { Case, Subject } from '../search.js'
import { alone, numbers, POSEIDON } from './lib.js'

/** Chunks of accounts and of rows: every forgery states its states as they have to be. */
export function weighSubjects(): Subject[] {
  return [accounts(), rows(), ...weighParts()]
}

// Enough batches and leaves that no way through the tree is the first one at every level.
const BEHIND = Array.from({ length: 17 }, () => [weighed(8, [[2, 1n]])])
const FIRST = new Array<undefined>(32).fill(undefined)
const LARGE = [
  ...FIRST,
  weighed(1, [
    [0, 5n],
    [1, -3n],
  ]),
  weighed(2, [[3, 7n]]),
]
const SETTLEMENT: SampleSettlement = {
  before: [...BEHIND, [...LARGE, undefined, undefined, { opaque: 55n }]],
  after: [
    ...BEHIND,
    [
      ...LARGE,
      undefined,
      undefined,
      { opaque: 56n },
      ...new Array<undefined>(11).fill(undefined),
      weighed(3, []),
    ],
  ],
  rows: {
    fees: [...BEHIND, LARGE],
    transfers: [
      [
        weighed(1, [
          [0, 5n],
          [1, -3n],
        ]),
      ],
    ],
    liquidations: [
      [
        weighed(1, [
          [0, 5n],
          [1, -3n],
        ]),
      ],
    ],
  },
}
const { witnesses } = weighSample(SETTLEMENT)
const chunkOf = (tree: number, next: number) =>
  witnesses.find(({ before }) => before.tree === tree && before.next === next)!
const AT = 17 * 4_096 + 32

function accounts(): Subject {
  const [last, going] = [chunkOf(0, AT), chunkOf(1, AT)]
  const [honest, on] = [weighInputs(last), weighInputs(going)]
  return {
    ...common('weigh', weighMain(TINY_WEIGH), [last, going]),
    forged: cases({
      ...ofBoth(honest),
      'a batch that ends with a leaf behind': tampered(on, { batchEnd: 1n }),
      'a tree that ends with a leaf behind': tampered(on, { batchEnd: 1n, treeEnd: 1n }),
      'a tree that ends within its batch': tampered(honest, { batchEnd: 0n }),
      'a batch that ends in part': tampered(honest, { batchEnd: 2n, treeEnd: 0n }),
      'a tree that ends in part': tampered(honest, { treeEnd: 2n }),
      'a tree that is weighed again': tampered(honest, { 'later[1]': 0n, 'later[0]': 1n }),
      'a tree left out': tampered(honest, { 'later[1]': 0n, 'later[2]': 1n }),
      'two later trees': tampered(honest, { 'later[9]': 1n }),
      'no later tree': tampered(honest, { 'later[1]': 0n }),
      'an account that is none': tampered(honest, { 'accounts[0]': 0n }),
      'an account in place of the leaf of none': tampered(honest, { 'opaques[2]': 1n }),
      'both trees at once': tampered(honest, { 'tree[1]': 1n }),
      'another leaf of none': tampered(honest, { 'opaque[0]': 5n }),
      'an account and the leaf of none at one place': both(last),
      'an account that is a multiple of the leaf of none': multiple(last),
      'a leaf of none twice over': tampered(honest, { 'opaques[4]': 2n }),
    }),
    challenges: () => weighChallenges(last),
  }
}

function rows(): Subject {
  const [fees, transfers, closing] = [chunkOf(3, AT), chunkOf(2, 0), chunkOf(6, 0)]
  const honest = weighInputs(fees)
  return {
    ...common('weigh of rows', weighMain(TINY_ROWS), [fees, transfers, closing]),
    forged: cases({
      ...ofBoth(honest),
      'rows of another reason': tampered(honest, { 'tree[1]': 0n, 'tree[3]': 1n }),
      'rows of a reason made of others': tampered(honest, { 'tree[2]': 1n, 'tree[3]': -1n }),
      'rows of two reasons': tampered(weighInputs(closing), { 'tree[5]': 1n }),
      'a reason left out': tampered(honest, { 'later[6]': 0n, 'later[9]': 1n }),
      'a later reason made of others': tampered(honest, { 'later[7]': 1n, 'later[8]': -1n }),
    }),
    challenges: () => weighChallenges(fees),
  }
}

function common(
  name: string,
  main: string,
  honest: readonly WeighWitness[],
): Omit<Subject, 'forged' | 'challenges'> {
  return {
    name,
    source: { include: 'weigh.circom', main, public: WEIGH_PUBLIC },
    whole: ['weigh.circom', 'weighed-place.circom', 'fenced-path.circom', 'subtree-root.circom'],
    untouched: POSEIDON,
    honest: honest.map((witness, i) => ({ label: `an honest chunk ${i + 1}`, inputs: weighInputs(witness) })),
    openings: [
      ['stateBefore', 'before.out'],
      ['stateAfter', 'after.out'],
    ],
  }
}

/** An account, and beside it at its place the leaf of none, in a tree whose leaf is the sum of both. */
function both(witness: WeighWitness): CircuitInputs {
  const leaves = witness.places.map(placeLeaf)
  const { children, root } = rehashed(witness, leaves.with(0, toField(leaves[0]! + leaves[4]!)))
  return tampered(weighInputs({ ...witness, children, accountsBefore: root }), { 'opaques[0]': 1n })
}

/** The leaf of an account, as a multiple of the one that is of none. */
function multiple(witness: WeighWitness): CircuitInputs {
  const leaves = witness.places.map(placeLeaf)
  const inputs = weighInputs({ ...witness, places: witness.places.with(0, undefined) })
  return tampered(inputs, { 'opaques[0]': toField(leaves[0]! * invertField(leaves[4]!)) })
}

function ofBoth(honest: CircuitInputs): Record<string, CircuitInputs> {
  return {
    'bits of 3 and −1 in place of 1 and 0': tampered(honest, { 'slots[0][0][0]': 3n, 'slots[0][0][1]': -1n }),
    'another account than stands there': tampered(honest, { 'slots[0][0][0]': 0n }),
    'another customer than stands there': tampered(honest, { 'accountIds[0]': 5n }),
    'another way through the tree': tampered(honest, { 'indexBits[4]': 1n }),
    'a bit of a place that is none': tampered(honest, { 'indexBits[0]': 2n }),
    'holdings where nothing stands': tampered(honest, { 'slots[2][0][0]': 1n }),
    'an account of two': tampered(honest, { 'accounts[0]': 2n }),
    'another root': tampered(honest, { accountsAfter: 5n, accountsBefore: 5n, 'roots[1]': 5n }),
  }
}

const cases = (forged: Record<string, CircuitInputs>) =>
  Object.entries(forged).map(([label, inputs]): Case => ({ label, inputs }))

/** The parts by themselves. */
function weighParts(): Subject[] {
  const leaves = numbers(3)
  const [empty, full] = [0, 1].map((last) => {
    const batch = new WideTree(BATCH_DEPTH, [
      ...new Array<bigint>(18).fill(9n),
      ...(last ? numbers(300) : []),
    ])
    return fenced(batch, new WideTree(ACCOUNTS_DEPTH, [5n, batch.root, ...(last ? [7n] : [])]))
  }) as [CircuitInputs, CircuitInputs]
  const ended = { batchEnd: 1n, treeEnd: 1n }
  return [
    alone('SubtreeRoot(3, 1)', 'subtree-root.circom', { leaves }),
    alone('SubtreeRoot(18, 2)', 'subtree-root.circom', { leaves: numbers(18) }),
    alone(
      'FencedPath(1)',
      'fenced-path.circom',
      [
        { ...empty, ...ended },
        { ...full, batchEnd: 0n, treeEnd: 0n },
      ],
      {
        'a batch with a leaf behind': { ...full, batchEnd: 1n, treeEnd: 0n },
        'a tree with a batch behind': { ...full, batchEnd: 0n, treeEnd: 1n },
        'another node': { ...empty, ...ended, node: 5n },
        'a bit that is none': tampered({ ...empty, ...ended }, { 'indexBits[0]': -1n, 'indexBits[1]': 1n }),
      },
    ),
    place(0),
    place(1),
  ]
}

/** The second chunk of the second batch. */
function fenced(batch: WideTree, tree: WideTree): CircuitInputs {
  const next = 4_096 + 16
  return {
    node: poseidon(batch.path(16).levels[0]!),
    indexBits: toBits(BigInt(next / TREE_ARITY), 28),
    children: chunkPath(batch, tree, next, 1),
  }
}

function place(activity: 0 | 1): Subject {
  const { slots } = weighInputs(chunkOf(0, AT))
  const honest = {
    ...{ account: 1n, accountId: 7n, owner: 5n, salt: 3n, slots: (slots as CircuitInputs[string][])[0]! },
    ...{ idPoint: 1n << 40n, instrumentPoint: 1n << 41n, flowPoint: 1n << 42n, group: 3n, apart: 1n },
  }
  const empty = { ...honest, account: 0n, slots: (slots as CircuitInputs[string][])[2]! }
  return alone(`WeighedPlace(4, ${activity})`, 'weighed-place.circom', [honest, empty], {
    'holdings of nobody': { ...honest, account: 0n },
    'an account of two, without holdings': { ...empty, account: 2n },
    'a customer at the point': { ...honest, accountId: 1n << 40n },
    'bits of 3 and −1': tampered(honest, { 'slots[0][0]': 3n, 'slots[0][1]': -1n }),
  })
}
