import { accountIdDigest, holderCommitment } from '../../hash/index.js'
import type { Account } from '../../ledger/index.js'
import { leafSlots, type RiskColumns } from '../../risk/index.js'
import {
  addTotals,
  addWeightedTotals,
  arrangeSlots,
  type BatchSums,
  batchRoot,
  batchSums,
  type LedgerBatch,
  ledgerBatch,
  noTotals,
  type WeighedLedger,
} from '../../statements/index.js'
import { EpochSecret } from '../epoch-secret.js'
import type { BatchMembers } from './batches.js'

/** What all batches of a ledger are made with. Private. */
export interface FoldContext {
  /** The epoch's secret: see `EpochSecret.toHex`. */
  seed: string
  columns: RiskColumns
  /** Of the table's rows: see `instrumentNumbers`. */
  numbers: readonly number[]
}

/** Entries of a list by key that are not zero. */
export type Entries = [key: number, value: bigint][]

/** What each pass of a fold needs beside the batch. */
export interface PassInputs {
  fix: object
  weigh: { accountPoint: bigint }
  sum: { points: WeighedLedger['points'] }
}

/** What each pass of a fold computes of a batch. */
export interface PassAnswers {
  fix: { root: bigint; totals: Entries }
  weigh: Entries
  sum: BatchSums
}

export type Pass = keyof PassInputs

/** What is asked of one batch. */
export type BatchJob = { [P in Pass]: { pass: P; members: BatchMembers } & PassInputs[P] }[Pass]

/** A batch with its accounts at their places; `undefined` stands for padding. Private. */
export interface PlacedBatch {
  accounts: (Account | undefined)[]
  batch: LedgerBatch
}

/** Makes batches of a ledger, and computes what a fold needs of each: the same wherever it runs. */
export class BatchWork {
  private readonly secret: EpochSecret

  constructor(private readonly context: FoldContext) {
    this.secret = EpochSecret.fromHex(context.seed)
  }

  /** The answer to a job. */
  do(job: BatchJob): PassAnswers[Pass] {
    const { sizes } = this.context.columns
    const { index } = job.members
    if (job.pass === 'fix') {
      const { batch } = this.place(job.members)
      const totals = noTotals(sizes)
      addTotals(totals, batch, sizes)
      return { root: batchRoot(batch), totals: entriesOf(totals) }
    }
    // Sums are over slots and equities, whoever holds them.
    const { batch } = this.place(job.members, { holders: false })
    if (job.pass === 'sum') return batchSums(batch, index, job.points)
    const totals = noTotals(sizes)
    addWeightedTotals(totals, batch, index, sizes, job)
    return entriesOf(totals)
  }

  /** The batch of these accounts, filled up with padding, each at its secret place. */
  place({ index, instance, accounts }: BatchMembers, { holders = true } = {}): PlacedBatch {
    const { sizes } = instance
    const members = Array.from({ length: sizes.accounts }, (_, i) => ({ i, account: accounts[i] }))
    const placed = this.secret.permute(index, members)
    const leaves = placed.map(({ i, account }) => ({
      holder: holders ? this.holderOf(account, index, i) : 0n,
      slots: arrangeSlots(leafSlots(account?.slots ?? [], this.context.numbers), sizes),
    }))
    return {
      accounts: placed.map(({ account }) => account),
      batch: ledgerBatch(sizes, leaves, this.context.columns, this.secret.equitiesBlind(index)),
    }
  }

  private holderOf(account: Account | undefined, index: number, i: number): bigint {
    if (account === undefined) return holderCommitment({ ...this.secret.padding(index, i), owner: 0n })
    const { id, owner } = account
    return holderCommitment({ accountId: accountIdDigest(id), owner, salt: this.secret.salt(id) })
  }
}

function entriesOf(list: readonly bigint[]): Entries {
  const entries: Entries = []
  for (const [key, value] of list.entries()) if (value !== 0n) entries.push([key, value])
  return entries
}
