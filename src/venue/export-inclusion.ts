import { riskTableHash } from '../bundle/index.js'
import { readManifest } from '../epoch/index.js'
import { InputError } from '../errors/index.js'
import { formatDecimal } from '../field/index.js'
import { writeNewPrivate } from '../files/index.js'
import { BATCH_DEPTH, WideTree } from '../hash/index.js'
import { type Inclusion, withoutWay } from '../inclusion/index.js'
import { folderSource } from '../inputs/index.js'
import type { Ledger } from '../ledger/index.js'
import { type RiskTable, riskDigests, rowOfNumber } from '../risk/index.js'
import { batchLeaves } from '../statements/index.js'
import { EpochSecret } from './epoch-secret.js'
import { batchOf, foldRoots } from './fold-ledger.js'
import { liesIn } from './folders.js'
import { batchesOfRecord, readPrivate, recordedPlan } from './private-record.js'
import { openLastState } from './state-opening.js'

export interface ExportInclusionOptions {
  /** The epoch: its ledger must be proven. */
  folder: string
  privateFolder: string
  /** The epoch's own risk table. */
  table: RiskTable
  /** The accounts that the epoch was made of, read again. */
  ledger: Ledger
  accountId: string
  /** The file to write, for its owner alone to read. */
  out: string
}

/**
 * Writes one customer's inclusion file. The whole ledger is folded again, and nothing is written unless it
 * comes to the `accountsRoot` that the epoch's last state commits to.
 *
 * @throws {InputError} `INCLUSION_ACCOUNT` when the ledger has no such account, `EPOCH_OTHER_RUN` when the
 * accounts are not those of the epoch, `EPOCH_UNFINISHED`, `EPOCH_FOLDERS` when the file would be published,
 * `FILE_EXISTS`
 * @example
 * const table = await readRiskTable('risk.json')
 * const ledger = await readLedger('accounts.csv', table)
 * try {
 *   await exportInclusion({
 *     folder: 'epoch',
 *     privateFolder: 'private',
 *     table,
 *     ledger,
 *     accountId: 'alice@example.com',
 *     out: 'inclusion.json',
 *   })
 * } finally {
 *   await ledger.close()
 * }
 */
export async function exportInclusion(options: ExportInclusionOptions): Promise<Inclusion> {
  const { folder, table, ledger, accountId } = options
  if (liesIn(folder, options.out)) {
    throw new InputError('EPOCH_FOLDERS', 'an inclusion file must not lie in the public folder', {
      where: options.out,
      hint: 'Name a file outside the epoch with --out.',
    })
  }
  const record = await readPrivate(options.privateFolder)
  const manifest = await readManifest(folderSource(folder), batchesOfRecord(record))
  const { accountsRoot } = openLastState(manifest, record, folder)
  if (ledger.sha256 !== record.accountsSha256) throw otherRun(folder, 'was made with another accounts file')
  const digests = riskDigests(table, manifest.sizes)
  if (riskTableHash(table) !== manifest.riskTable || digests.riskRoot.toString() !== manifest.riskRoot)
    throw otherRun(folder, 'was made with another risk table')

  const plan = recordedPlan(record)
  const secret = EpochSecret.fromHex(record.seed)
  const fold = { plan, table, digests, ledger, secret }
  const tree = await foldRoots(fold)
  if (tree.root !== accountsRoot) {
    throw otherRun(folder, 'was made of other accounts than its private folder and the accounts file give')
  }
  const found = await batchOf(fold, accountId)
  if (!found) {
    throw new InputError('INCLUSION_ACCOUNT', 'the account is not in the ledger', {
      hint: 'Write its id as the accounts file does, upper and lower case included.',
    })
  }

  const { accounts, batch, index, instance } = found
  const position = accounts.findIndex((account) => account?.id === accountId)
  const inclusion: Inclusion = {
    schema: 'plimsoll/inclusion/2',
    venue: manifest.venue,
    epoch: manifest.epoch,
    riskRoot: manifest.riskRoot,
    sizes: manifest.sizes,
    state: manifest.parts.ledger.state,
    accountsRoot: accountsRoot.toString(),
    account: accountId,
    owner: accounts[position]!.owner.toString(),
    salt: secret.salt(accountId).toString(),
    instance: instance.name,
    slots: batch.accounts[position]!.slots.map(({ instrument: number, quantity }) => {
      const instrument = quantity === 0n ? 0 : rowOfNumber(table, number)!
      const { symbol, decimals } = table.instruments[instrument]!
      return { instrument, symbol, quantity: formatDecimal(quantity, decimals) }
    }),
    batchPath: withoutWay(new WideTree(BATCH_DEPTH, batchLeaves(batch)).path(position)),
    accountsPath: withoutWay(tree.path(index)),
  }
  await writeNewPrivate(options.out, inclusion)
  return inclusion
}

function otherRun(folder: string, message: string): InputError {
  return new InputError('EPOCH_OTHER_RUN', message, {
    where: folder,
    hint: 'Export with the very files that the epoch was made of.',
  })
}
