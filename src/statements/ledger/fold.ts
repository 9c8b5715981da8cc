import { InputError } from '../../errors/index.js'
import { keyOf, magnitudeOf, type Slot } from '../../field/index.js'
import {
  ACCOUNTS_DEPTH,
  BATCH_DEPTH,
  leafHash,
  TREE_ARITY,
  type TreePath,
  WideTree,
} from '../../hash/index.js'
import { equitiesOf, shortfallSums } from './equity.js'
import type { LedgerSizes } from './signals.js'
import { firstState, type LedgerState, stateCommitment } from './state.js'
import type { LedgerTable, LedgerWitness } from './witness.js'

/** An account as the ledger's leaf sees it. */
export interface LedgerAccount {
  /** Holder commitment: see `holderCommitment`. */
  holder: bigint
  /** At most the instance's slots; what is missing is padded with empty slots. */
  slots: readonly Slot[]
}

const EMPTY_SLOT: Slot = { instrument: 0, quantity: 0n }

/** Slots of an account, filled up to `count` with empty ones. */
export function padSlots(slots: readonly Slot[], count: number): Slot[] {
  return [...slots, ...new Array<Slot>(Math.max(0, count - slots.length)).fill(EMPTY_SLOT)]
}

/**
 * Folds batches into a ledger, one after the other, and yields what proves each: the states are one quick
 * pass, and the proofs can then be made in any order.
 */
export class LedgerFold {
  private readonly tree = new WideTree(ACCOUNTS_DEPTH)
  private current: LedgerState

  /**
   * @param sizes of every instance that will prove a batch of this ledger.
   * @param table the risk table at these sizes.
   */
  constructor(
    sizes: Pick<LedgerSizes, 'instruments' | 'scenarios'>,
    private readonly table: LedgerTable,
  ) {
    this.current = firstState(sizes)
  }

  /** The state after the batches folded so far. Private: it holds the totals. */
  get state(): LedgerState {
    return this.current
  }

  /** The path of a folded batch in the accounts tree as it stands now. */
  batchPath(batchIndex: number): TreePath {
    return this.tree.path(batchIndex)
  }

  /**
   * @param sizes of the instance that will prove this batch; its instruments and scenarios are the table's.
   * @param accounts at most `sizes.accounts`, exactly that many once padding accounts are added by the
   * caller.
   * @param blind random, fresh.
   * @throws {InputError} `LEDGER_BATCH` when the batch does not fit its instance, or the tree is full.
   */
  fold(sizes: LedgerSizes, accounts: readonly LedgerAccount[], blind: bigint): LedgerWitness {
    const before = this.current
    if (accounts.length !== sizes.accounts || accounts.some((a) => a.slots.length > sizes.slots)) {
      throw new InputError('LEDGER_BATCH', 'the batch does not fit its instance')
    }
    if (before.batchIndex >= TREE_ARITY ** ACCOUNTS_DEPTH) {
      throw new InputError('LEDGER_BATCH', `a ledger has at most ${TREE_ARITY ** ACCOUNTS_DEPTH} batches`, {
        hint: 'Use an instance with more accounts.',
      })
    }
    const slots = accounts.map((account) => padSlots(account.slots, sizes.slots))
    const totals = [...before.totals]
    for (const slot of slots.flat()) totals[keyOf(slot)]! += magnitudeOf(slot.quantity)
    const equities = slots.map((s) => equitiesOf(s, this.table.columns.scenarios))
    const lacking = shortfallSums(equities, sizes.scenarios)
    const children = this.tree.path(before.batchIndex).levels
    const leaves = slots.map((s, u) => leafHash(accounts[u]!.holder, s))
    this.tree.append(new WideTree(BATCH_DEPTH, leaves).root)
    const after: LedgerState = {
      batchIndex: before.batchIndex + 1,
      accountsRoot: this.tree.root,
      totals,
      shortfalls: before.shortfalls.map((sum, s) => sum + lacking[s]!),
      blind,
    }
    this.current = after
    return {
      sizes,
      signals: {
        stateBefore: stateCommitment(before),
        stateAfter: stateCommitment(after),
        riskRoot: this.table.riskRoot,
      },
      holders: accounts.map((a) => a.holder),
      slots,
      batchIndex: before.batchIndex,
      children,
      totalsBefore: before.totals,
      totalsAfter: totals,
      equities,
      shortfallsBefore: before.shortfalls,
      shortfallsAfter: after.shortfalls,
      table: this.table,
      blindBefore: before.blind,
      blindAfter: blind,
    }
  }
}
