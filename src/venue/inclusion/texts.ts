import { ELEMENT_BYTES, formatDecimal, readLittleEndian } from '../../field/index.js'
import { BATCH_DEPTH, TREE_ARITY, type TreePath, WideTree } from '../../hash/index.js'
import { type Inclusion, withoutWay } from '../../inclusion/index.js'
import type { Account } from '../../ledger/index.js'
import { instrumentNumbers } from '../../risk/index.js'
import { type SeatedBatch, seatedBatches } from '../fold-ledger.js'
import type { FoldedBooks } from './books.js'

/** The unsigned inclusion file of one account. Private. */
export interface InclusionText {
  account: Account
  /** Its place among all places of the ledger, batch after batch. */
  place: number
  /** JSON without white space, its fields in the order of the schema. */
  text: string
}

/**
 * The unsigned inclusion files of a ledger, batch by batch. What files have in common is written once: a
 * batch's path, and the nodes of each level.
 *
 * @param only the one account that is wanted; default all
 */
export async function* inclusionTexts(
  books: FoldedBooks,
  only?: string,
): AsyncGenerator<InclusionText, void, undefined> {
  const writer = new InclusionWriter(books)
  const starts = placeStarts(books)
  for await (const batch of seatedBatches(books.fold)) {
    const wanted = (seat: SeatedBatch['seats'][number]) =>
      seat !== undefined && (only === undefined || seat.account.id === only)
    if (!batch.seats.some(wanted)) continue
    const write = writer.batch(batch)
    for (const [position, seat] of batch.seats.entries()) {
      if (seat === undefined || !wanted(seat)) continue
      yield { account: seat.account, place: starts[batch.index]! + position, text: write(position, seat) }
    }
  }
}

/** The first place of each batch, and at last how many places there are. */
export function placeStarts({ fold: { plan } }: FoldedBooks): number[] {
  const starts = [0]
  for (const { instance, batches } of plan.runs) {
    for (let i = 0; i < batches; i++) starts.push(starts.at(-1)! + instance.sizes.accounts)
  }
  return starts
}

class InclusionWriter {
  private readonly head: string
  /** By the number that a leaf has. */
  private readonly instruments: Map<number, { json: string; decimals: number }>
  private readonly emptySlot: string

  constructor(private readonly books: FoldedBooks) {
    const { manifest, table, accountsRoot } = books
    const { venue, epoch, riskRoot, sizes, parts } = manifest
    const { spots, derivatives, tiers, scenarios } = sizes
    const head: Partial<Inclusion> = {
      schema: 'plimsoll/inclusion/3',
      ...{ venue, epoch, riskRoot, sizes: { spots, derivatives, tiers, scenarios } },
      state: parts.ledger.state,
      accountsRoot: accountsRoot.toString(),
    }
    this.head = JSON.stringify(head).slice(0, -1)
    const numbers = instrumentNumbers(table)
    const rows = table.instruments.map(({ symbol, decimals }, instrument) => {
      const number = numbers[instrument]!
      const json = JSON.stringify({ instrument, number, symbol, decimals }).slice(0, -1)
      return [number, { json, decimals }] as const
    })
    this.instruments = new Map(rows)
    this.emptySlot = `${rows[0]![1].json},"quantity":"0"}`
  }

  /** What writes the file of each account of a batch. */
  batch({ index, instance }: SeatedBatch) {
    const { tree, secret } = this.books
    const { batchPath, count } = this.batchPaths(tree.leaves[index]!)
    const accountsPath = pathJson(tree.roots.path(index))
    const instanceJson = JSON.stringify(instance.name)
    return (position: number, { account, slots }: NonNullable<SeatedBatch['seats'][number]>): string => {
      if (position >= count) throw new RangeError('a batch has more accounts than leaves')
      const { id, owner } = account
      const parts = [
        `"account":${JSON.stringify(id)}`,
        `"owner":"${owner}"`,
        `"salt":"${secret.salt(id)}"`,
        `"instance":${instanceJson}`,
        `"slots":[${slots.map((slot) => this.slotJson(slot)).join()}]`,
        `"batchPath":${batchPath(position)}`,
        `"accountsPath":${accountsPath}`,
      ]
      return `${this.head},${parts.join()}}`
    }
  }

  private slotJson({ instrument: number, quantity }: { instrument: number; quantity: bigint }): string {
    if (quantity === 0n) return this.emptySlot
    const { json, decimals } = this.instruments.get(number)!
    return `${json},"quantity":"${formatDecimal(quantity, decimals)}"}`
  }

  /** The paths of a batch's leaves as JSON. The nodes above a group of leaves are written once. */
  private batchPaths(bytes: Uint8Array): { batchPath: (position: number) => string; count: number } {
    const count = bytes.length / ELEMENT_BYTES
    const leaves = Array.from({ length: count }, (_, i) => readLittleEndian(bytes, i * ELEMENT_BYTES))
    const tree = new WideTree(BATCH_DEPTH, leaves)
    let group = -1
    let children: string[] = []
    let above = ''
    return {
      count,
      batchPath(position) {
        const within = position % TREE_ARITY
        if (position - within !== group) {
          group = position - within
          const path = tree.path(group)
          children = path.levels[0]!.map((child) => `"${child}"`)
          above = withoutWay(path)
            .siblings.slice(1)
            .map((level) => `,${JSON.stringify(level)}`)
            .join('')
        }
        return `{"index":${position},"siblings":[[${children.toSpliced(within, 1).join()}]${above}]}`
      },
    }
  }
}

function pathJson(path: TreePath): string {
  const { index, siblings } = withoutWay(path)
  return JSON.stringify({ index, siblings })
}
