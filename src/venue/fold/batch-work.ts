import { ELEMENT_BYTES, type Slot, writeLittleEndian } from '../../field/index.js'
import { accountIdDigest, BATCH_DEPTH, holderCommitment, TREE_ARITY, WideTree } from '../../hash/index.js'
import type { Account } from '../../ledger/index.js'
import { leafSlots, type RiskColumns } from '../../risk/index.js'
import {
  addTotals,
  addWeightedTotals,
  arrangeSlots,
  type BatchSums,
  batchLeaves,
  batchRoot,
  batchSums,
  chunkSums,
  equitiesDigest,
  type LedgerBatch,
  type LedgerSizes,
  ledgerBatch,
  noTotals,
  type WeighedAccount,
  type WeighedLedger,
  type WeighPoints,
  type WeighSums,
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
  leaves: object
  fix: object
  weigh: { accountPoint: bigint }
  sum: { points: WeighedLedger['points'] }
  chunks: { tree: number; points: WeighPoints; level: number }
}

/** What each pass of a fold computes of a batch. */
export interface PassAnswers {
  /** Every leaf, 32 bytes each, the lowest byte first; that of the equities is the last. */
  leaves: { root: bigint; leaves: Uint8Array }
  fix: { root: bigint; totals: Entries }
  weigh: Entries
  sum: BatchSums
  /** Of each chunk, in their order; that of a stressed batch's last leaf among them. */
  chunks: WeighSums[]
}

export type Pass = keyof PassInputs

/** What is asked of one batch. */
export type BatchJob = { [P in Pass]: { pass: P; members: BatchMembers } & PassInputs[P] }[Pass]

/** A batch with its accounts at their places; `undefined` stands for padding. Private. */
export interface PlacedBatch {
  accounts: (Account | undefined)[]
  batch: LedgerBatch
}

/** An account of a batch, with the slots that its leaf has. Private. */
export interface SeatedAccount {
  account: Account
  slots: readonly Slot[]
}

/** What opens a leaf, and whose it is; `undefined` for padding. Private. */
export interface OpenedLeaf extends WeighedAccount {
  account: Account | undefined
}

/** Identifiers whose digests are kept, at most: about 50 MB. */
const KEPT_DIGESTS = 2 ** 18

/**
 * Digests of account identifiers. Every pass asks for that of each account again, and so does every fold of
 * another epoch: what costs most is hashed once.
 */
export class IdDigests {
  private readonly kept = new Map<string, bigint>()

  of(id: string): bigint {
    const known = this.kept.get(id)
    if (known !== undefined) return known
    const digest = accountIdDigest(id)
    if (this.kept.size < KEPT_DIGESTS) this.kept.set(id, digest)
    return digest
  }
}

/** Makes batches of a ledger, and computes what a fold needs of each: the same wherever it runs. */
export class BatchWork {
  private readonly secret: EpochSecret

  /** @param digests shared by all that compute in one place */
  constructor(
    private readonly context: FoldContext,
    private readonly digests = new IdDigests(),
  ) {
    this.secret = EpochSecret.fromHex(context.seed)
  }

  /** The answer to a job. */
  do(job: BatchJob): PassAnswers[Pass] {
    const { sizes } = this.context.columns
    const { index } = job.members
    if (job.pass === 'leaves' || job.pass === 'fix') {
      const { batch } = this.place(job.members)
      if (job.pass === 'leaves') return treeOf(batchLeaves(batch))
      const totals = noTotals(sizes)
      addTotals(totals, batch, sizes)
      return { root: batchRoot(batch), totals: entriesOf(totals) }
    }
    if (job.pass === 'chunks') return this.chunks(job)
    // Sums are over slots and equities, whoever holds them.
    const { batch } = this.place(job.members, { holders: false })
    if (job.pass === 'sum') return batchSums(batch, index, job.points)
    const totals = noTotals(sizes)
    addWeightedTotals(totals, batch, index, sizes, job)
    return entriesOf(totals)
  }

  /** These accounts at their places, each with the slots of its leaf; `undefined` stands for padding. */
  seats({ index, instance, accounts }: BatchMembers): (SeatedAccount | undefined)[] {
    const members = Array.from({ length: instance.sizes.accounts }, (_, i) => accounts[i])
    return this.secret
      .permute(index, members)
      .map((account) => account && { account, slots: this.slotsOf(account, instance.sizes) })
  }

  /** The batch of these accounts, filled up with padding, each at its secret place. */
  place({ index, instance, accounts }: BatchMembers, { holders = true } = {}): PlacedBatch {
    const { sizes } = instance
    const members = Array.from({ length: sizes.accounts }, (_, i) => ({ i, account: accounts[i] }))
    const placed = this.secret.permute(index, members)
    const leaves = placed.map(({ i, account }) => ({
      holder: holders ? this.holderOf(account, index, i) : 0n,
      slots: this.slotsOf(account, sizes),
    }))
    return {
      accounts: placed.map(({ account }) => account),
      batch: ledgerBatch(sizes, leaves, this.context.columns, this.secret.equitiesBlind(index)),
    }
  }

  /** What opens each leaf of an account in the batch, padding included, in their order. */
  opened({ index, instance, accounts }: BatchMembers): OpenedLeaf[] {
    const members = Array.from({ length: instance.sizes.accounts }, (_, i) => ({ i, account: accounts[i] }))
    return this.secret.permute(index, members).map(({ i, account }) => ({
      account,
      ...this.openingOf(account, index, i),
      slots: this.slotsOf(account, instance.sizes),
    }))
  }

  /** What the leaf behind the accounts of a stressed batch is the hash of. */
  opaque(members: BatchMembers): bigint | undefined {
    if (members.instance.sizes.scenarios === 0) return undefined
    return equitiesDigest(this.place(members, { holders: false }).batch)
  }

  private chunks({ members, tree, points, level }: Extract<BatchJob, { pass: 'chunks' }>): WeighSums[] {
    const { accounts, scenarios } = members.instance.sizes
    const places = TREE_ARITY ** level
    const opened = this.opened(members)
    const leaves = accounts + (scenarios > 0 ? 1 : 0)
    return Array.from({ length: Math.ceil(leaves / places) }, (_, chunk) =>
      chunkSums(opened.slice(chunk * places, (chunk + 1) * places), tree, points),
    )
  }

  private slotsOf(account: Account | undefined, sizes: LedgerSizes): Slot[] {
    return arrangeSlots(leafSlots(account?.slots ?? [], this.context.numbers), sizes)
  }

  private holderOf(account: Account | undefined, index: number, i: number): bigint {
    return holderCommitment(this.openingOf(account, index, i))
  }

  private openingOf(
    account: Account | undefined,
    index: number,
    i: number,
  ): Pick<WeighedAccount, 'accountId' | 'owner' | 'salt'> {
    if (account === undefined) return { ...this.secret.padding(index, i), owner: 0n }
    const { id, owner } = account
    return { accountId: this.digests.of(id), owner, salt: this.secret.salt(id) }
  }
}

function treeOf(leaves: readonly bigint[]): PassAnswers['leaves'] {
  const bytes = new Uint8Array(leaves.length * ELEMENT_BYTES)
  for (const [i, leaf] of leaves.entries()) writeLittleEndian(leaf, bytes, i * ELEMENT_BYTES)
  return { root: new WideTree(BATCH_DEPTH, leaves).root, leaves: bytes }
}

function entriesOf(list: readonly bigint[]): Entries {
  const entries: Entries = []
  for (const [key, value] of list.entries()) if (value !== 0n) entries.push([key, value])
  return entries
}
