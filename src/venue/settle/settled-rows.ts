import { isDeepStrictEqual } from 'node:util'
import { parseSettlement } from '../../epoch/index.js'
import { InputError } from '../../errors/index.js'
import type { Slot } from '../../field/index.js'
import { readTextFile } from '../../files/index.js'
import { BATCH_PLACES, type TreePath, type WideTree } from '../../hash/index.js'
import type { RiskTable } from '../../risk/index.js'
import { isAccount, type Reason, reasonOf } from '../../statements/index.js'
import { EpochSecret } from '../epoch-secret.js'
import { epochLayout } from '../folders.js'
import { closeActivity, openActivity } from './activity-files.js'
import { activityHashes } from './check-settlement.js'
import { joinedTable } from './epochs.js'
import { readLiquidationRows } from './liquidation-rows.js'
import { readSettlementPrivate, recordedSettlementPlan } from './settlement-record.js'
import { batchTree, rowTrees, withTreeThreads } from './weigh-trees.js'

/** A leaf of a customer's rows, and the way to the root of its reason. Private. */
export interface SettledRow {
  account: string
  reason: Reason
  owner: bigint
  salt: bigint
  /** As the leaf has them, an instrument by its number. */
  slots: readonly Slot[]
  path: TreePath
}

/** An epoch whose rows are opened. */
interface OpenedEpochRows {
  folder: string
  privateFolder: string
  table: RiskTable
}

/**
 * The rows of every customer in the settlement of an epoch, each with the way to its root, made anew.
 *
 * @param given the settled epoch, the one before it, and the folder of activity that it was settled with
 * @throws {InputError} `EPOCH_OTHER_RUN` unless rows and liquidations come to the published roots,
 * `SETTLEMENT_PRIVATE`, and what `openActivity` and `readLiquidationRows` throw
 */
export async function* settledRows(
  given: OpenedEpochRows & { previous: OpenedEpochRows; activity: string },
): AsyncGenerator<SettledRow, void, undefined> {
  const { folder, privateFolder, previous } = given
  const record = await readSettlementPrivate(privateFolder)
  const { settlementFile } = epochLayout(folder)
  const { roots: published } = parseSettlement(await readTextFile(settlementFile), settlementFile)
  const table = joinedTable(previous.table, given.table)
  const liquidations = await readLiquidationRows(previous)
  const activity = await openActivity(given.activity, table)
  try {
    const books = { activity, liquidations, table }
    const nullifiers = liquidations.map(({ nullifier }) => nullifier.toString())
    if (!isDeepStrictEqual(record.activity, activityHashes(books)))
      throw otherRows(folder, 'rows of activity')
    if (!isDeepStrictEqual(record.liquidations, nullifiers)) throw otherRows(folder, 'liquidations')
    const trees = rowTrees({
      ...{ books, plan: recordedSettlementPlan(record) },
      secret: EpochSecret.fromHex(record.seed),
    })
    const found = await withTreeThreads(trees, undefined, async (threads) => {
      const all: WideTree[] = []
      for (const each of trees) all.push(await each.roots(threads, () => {}))
      return all
    })
    for (const [at, each] of trees.entries()) {
      const reason = reasonOf(each.tree)!
      const roots = found[at]!
      if (roots.root.toString() !== published[reason]) throw otherRows(folder, `rows of ${reason}`)
      for await (const { index, places, ids } of each.batches()) {
        const own = batchTree(places)
        const above = roots.path(index).levels
        for (const [i, place] of places.entries()) {
          const account = ids[i]
          if (account === undefined || !isAccount(place)) continue
          const { owner, salt, slots } = place
          const path = { index: index * BATCH_PLACES + i, levels: [...own.path(i).levels, ...above] }
          yield { account, reason, owner, salt, slots, path }
        }
      }
    }
  } finally {
    await closeActivity(activity)
  }
}

function otherRows(folder: string, what: string): InputError {
  return new InputError('EPOCH_OTHER_RUN', `was settled with other ${what}`, {
    where: folder,
    hint: 'Name the folder of activity that the settlement was proven with, and the private folders of both epochs.',
  })
}
