import { riskTableHash } from '../../bundle/index.js'
import { type Manifest, readManifest } from '../../epoch/index.js'
import { InputError } from '../../errors/index.js'
import { folderSource } from '../../inputs/index.js'
import type { Ledger } from '../../ledger/index.js'
import { type RiskTable, riskDigests } from '../../risk/index.js'
import { EpochSecret } from '../epoch-secret.js'
import { type FoldOptions, foldTree, type LedgerTree } from '../fold-ledger.js'
import { batchesOfRecord, readPrivate, recordedPlan } from '../private-record.js'
import type { SigningKey } from '../signing-key.js'
import { openLastState } from '../state-opening.js'

/** An epoch before the one whose inclusion files are made, and what moved from it to the next. Private. */
export interface EpochBefore {
  folder: string
  privateFolder: string
  /** The epoch's own risk table. */
  table: RiskTable
  /** The accounts that it was made of, read again. */
  ledger: Ledger
  /** The folder of what moved up to the epoch after it, as its settlement was proven with. */
  activity: string
}

/** What inclusion files are made of. */
export interface BooksOfEpoch {
  /** The epoch: its ledger must be proven. */
  folder: string
  privateFolder: string
  /** The epoch's own risk table. */
  table: RiskTable
  /** The accounts that the epoch was made of, read again. */
  ledger: Ledger
  /** Signs the files; default: nobody does. */
  key?: SigningKey
  /**
   * The epochs before, the oldest first, each with what moved up to the next: every file gets the statement
   * of its account since the first of them. The epoch and each of them but the first must be settled.
   */
  before?: readonly EpochBefore[]
  /** Threads that fold; default: as `foldLedger` takes them. */
  threads?: number
  /** Gets how many batches are folded again, of how many. */
  onFold?: (done: number, of: number) => void
}

/** The books of an epoch, folded again. Private. */
export interface FoldedBooks {
  folder: string
  privateFolder: string
  manifest: Manifest
  accountsRoot: bigint
  table: RiskTable
  secret: EpochSecret
  fold: FoldOptions
  tree: LedgerTree
}

/**
 * Folds an epoch's ledger again.
 *
 * @throws {InputError} `EPOCH_OTHER_RUN` unless it comes to the `accountsRoot` that the epoch's last state
 * commits to, `EPOCH_UNFINISHED`, `EPOCH_PRIVATE`
 */
export async function foldBooks(books: BooksOfEpoch): Promise<FoldedBooks> {
  const { folder, privateFolder, table, ledger, onFold } = books
  const record = await readPrivate(privateFolder)
  const manifest = await readManifest(folderSource(folder), batchesOfRecord(record))
  const { accountsRoot } = openLastState(manifest, record, folder)
  if (ledger.sha256 !== record.accountsSha256) throw otherRun(folder, 'was made with another accounts file')
  const digests = riskDigests(table, manifest.sizes)
  if (riskTableHash(table) !== manifest.riskTable || digests.riskRoot.toString() !== manifest.riskRoot)
    throw otherRun(folder, 'was made with another risk table')

  const plan = recordedPlan(record)
  const secret = EpochSecret.fromHex(record.seed)
  const progress = ({ done, of }: { done: number; of: number }) => onFold?.(done, of)
  const threads = books.threads === undefined ? {} : { threads: books.threads }
  const fold: FoldOptions = { plan, table, digests, ledger, secret, progress, ...threads }
  const tree = await foldTree(fold)
  if (tree.roots.root !== accountsRoot) {
    throw otherRun(folder, 'was made of other accounts than its private folder and the accounts file give')
  }
  return { folder, privateFolder, manifest, accountsRoot, table, secret, fold, tree }
}

function otherRun(folder: string, message: string): InputError {
  return new InputError('EPOCH_OTHER_RUN', message, {
    where: folder,
    hint: 'Export with the very files that the epoch was made of.',
  })
}
