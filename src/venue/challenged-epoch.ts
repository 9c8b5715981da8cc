import { readPublishedTable } from '../bundle/index.js'
import { EPOCH_PATHS, readManifest } from '../epoch/index.js'
import { InputError } from '../errors/index.js'
import { folderSource } from '../inputs/index.js'
import { readPrivate } from './private-record.js'

/** What a challenge names of an epoch. */
export interface ChallengedEpoch {
  venue: string
  epoch: string
  /** Root of the ledger's accounts, decimal. */
  accountsRoot: string
  /** Seconds since 1970-01-01 UTC that the risk table is of. */
  timestamp: number
}

/**
 * Reads what a challenge names of an epoch whose ledger is proven. Its root of accounts is still in the
 * private folder: the proof of solvency publishes it.
 *
 * @throws {InputError} `EPOCH_UNFINISHED`, and what `readManifest` and `readPrivate` throw
 */
export async function readChallengedEpoch(folder: string, privateFolder: string): Promise<ChallengedEpoch> {
  const source = folderSource(folder)
  const { venue, epoch } = await readManifest(source)
  const { opening } = await readPrivate(privateFolder)
  if (opening === null) {
    throw new InputError('EPOCH_UNFINISHED', 'its ledger is not proven to the end', {
      where: folder,
      hint: 'Run `plimsoll ledger prove` again with the same files: it goes on where it stopped.',
    })
  }
  const { value: table } = await readPublishedTable(source, EPOCH_PATHS.risk)
  return { venue, epoch, accountsRoot: opening.accountsRoot, timestamp: table.timestamp }
}
