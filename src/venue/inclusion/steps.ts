import { formatDecimal, type Slot } from '../../field/index.js'
import { Spool } from '../../files/index.js'
import { BATCH_PLACES } from '../../hash/index.js'
import { type Inclusion, type OpenedLeaf, type Step, withoutWay } from '../../inclusion/index.js'
import { instrumentNumbers, type RiskTable } from '../../risk/index.js'
import { REASONS } from '../../statements/index.js'
import { type SettledRow, settledRows } from '../settle/settled-rows.js'
import { AccountTexts } from './account-texts.js'
import { type EpochBefore, type FoldedBooks, foldBooks } from './books.js'
import { inclusionTexts } from './texts.js'

/** Settlements of accounts, from the first of some epochs up to the one that files are made of. Private. */
export class AccountSteps {
  private constructor(
    private readonly epochs: readonly Pick<Step, 'previous' | 'epoch'>[],
    private readonly spool: Spool,
    private readonly texts: AccountTexts,
  ) {}

  /**
   * Reads again what was settled, of all accounts or of one. It has to come to the published roots.
   *
   * @param before the epochs before, the oldest first
   * @throws {InputError} what `foldBooks` and `settledRows` throw
   */
  static async open(
    books: FoldedBooks,
    before: readonly EpochBefore[],
    only?: string,
  ): Promise<AccountSteps> {
    const spool = Spool.open(books.privateFolder)
    try {
      const texts = new AccountTexts(spool)
      const labels: string[] = []
      for (const [step, previous] of before.entries()) {
        const after = before[step + 1] ?? books
        const folded = await foldBooks(previous)
        labels.push(folded.manifest.epoch)
        for await (const { account, text } of inclusionTexts(folded, only)) {
          texts.add(account.id, told({ step, leaf: openedOf(JSON.parse(text)) }))
        }
        const rowOf = rowWriter(after.table, previous.table)
        const { activity } = previous
        for await (const row of settledRows({ ...after, previous, activity })) {
          if (only === undefined || row.account === only)
            texts.add(row.account, told({ step, row: rowOf(row) }))
        }
      }
      labels.push(books.manifest.epoch)
      const epochs = before.map((_, i) => ({ previous: labels[i]!, epoch: labels[i + 1]! }))
      return new AccountSteps(epochs, spool, texts)
    } catch (error) {
      spool.close()
      throw error
    }
  }

  /** The steps of an account, the oldest first. */
  of(account: string): Step[] {
    const steps = this.epochs.map((epochs): Step => ({ ...epochs, before: null, rows: [] }))
    for (const text of this.texts.of(account)) {
      const { step, leaf, row } = JSON.parse(text) as Told
      if (leaf !== undefined) steps[step]!.before = leaf
      if (row !== undefined) steps[step]!.rows.push(row)
    }
    for (const { rows } of steps) rows.sort(byPlace)
    return steps
  }

  close(): void {
    this.spool.close()
  }
}

/** The text of a file, its last field the settlements of the account. */
export function withSteps(text: string, steps: Step[] | undefined): string {
  return steps === undefined ? text : `${text.slice(0, -1)},"settlements":${JSON.stringify(steps)}}`
}

/** One thing that is known of an account, and in which step. */
interface Told {
  step: number
  leaf?: OpenedLeaf
  row?: Step['rows'][number]
}

const told = (what: Told): string => JSON.stringify(what)

/** The leaf that an inclusion file opens, with one path in the place of two. */
function openedOf({ owner, salt, slots, batchPath, accountsPath }: Inclusion): OpenedLeaf {
  const index = accountsPath.index * BATCH_PLACES + batchPath.index
  return { owner, salt, slots, path: { index, siblings: [...batchPath.siblings, ...accountsPath.siblings] } }
}

/** What makes a movement's row of a file. Instruments are named by the later table, where it has them. */
function rowWriter(...tables: readonly RiskTable[]): (row: SettledRow) => Step['rows'][number] {
  const rows = new Map<number, Omit<Step['rows'][number]['slots'][number], 'quantity'>>()
  for (const table of tables) {
    for (const [instrument, number] of instrumentNumbers(table).entries()) {
      const { symbol, decimals } = table.instruments[instrument]!
      if (!rows.has(number)) rows.set(number, { instrument, number, symbol, decimals })
    }
  }
  // A slot that holds nothing is the empty slot in a leaf, whatever it names.
  const [first] = rows.values()
  const slotOf = ({ instrument: number, quantity }: Slot) => {
    const named = quantity === 0n ? first! : rows.get(number)!
    return { ...named, quantity: formatDecimal(quantity, named.decimals) }
  }
  return ({ reason, owner, salt, slots, path }) => ({
    ...{ reason, owner: owner.toString(), salt: salt.toString() },
    slots: slots.map(slotOf),
    path: withoutWay(path),
  })
}

function byPlace(a: Step['rows'][number], b: Step['rows'][number]): number {
  return REASONS.indexOf(a.reason) - REASONS.indexOf(b.reason) || a.path.index - b.path.index
}
