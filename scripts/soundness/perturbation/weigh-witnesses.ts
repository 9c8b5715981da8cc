import type { CircuitInputs } from '../../../src/field/index.js'
import { type WeighSizes, weighInputs, weighSizes } from '../../../src/statements/index.js'
import {
  type Holding,
  type SampleSettlement,
  type SampleTree,
  weighed,
  weighSample,
} from '../samples/weigh.js'

const TOP = (1n << 64n) - 1n

/** Honest chunks at the edges of what a `weigh` instance takes, by what is special about them. */
export function weighWitnesses(params: Record<string, number>): Map<string, CircuitInputs> {
  const sizes = weighSizes({ params })
  const { leaves, slots } = sizes
  const chunk = (held: (slot: number, account: number) => Holding) =>
    Array.from({ length: leaves }, (_, u) =>
      weighed(
        u,
        Array.from({ length: slots }, (_, s) => held(s, u)),
        { slots },
      ),
    )
  const one = [weighed(1, [[3, 1n]], { slots })]
  const trees: Record<string, SampleTree> = {
    'nothing at all': [[]],
    'one account with one unit': [[...one]],
    'every slot full, long, at the first of many places': [chunk((s) => [s, TOP]), one],
    'every slot full, of mixed signs, the last batch of another node of the tree': [
      ...Array.from({ length: 16 }, () => one),
      chunk((s, u) => [65_535 - s, (s + u) % 2 === 0 ? TOP : -TOP]),
    ],
    ...(sizes.activity
      ? {}
      : {
          'accounts and the leaf of none behind them': [
            [...chunk((s) => [s, 1n]), { opaque: 5n }].slice(-leaves),
          ],
        }),
  }
  return new Map(
    Object.entries(trees).map(([name, tree], i) => [name, weighInputs(chunkOf(sizes, tree, one, i))]),
  )
}

/** The last chunk of a tree that stands at one of the places for it. */
function chunkOf(sizes: WeighSizes, tree: SampleTree, other: SampleTree[number], i: number) {
  const settlement: SampleSettlement = sizes.activity
    ? {
        before: [other],
        after: [other],
        rows: i % 2 === 0 ? { transfers: tree } : { takers: tree, allocations: [other] },
      }
    : { before: i % 2 === 0 ? tree : [other], after: i % 2 === 0 ? [other] : tree }
  const number = sizes.activity ? (i % 2 === 0 ? 2 : 7) : i % 2
  return weighSample(settlement, sizes).witnesses.findLast(({ before }) => before.tree === number)!
}
