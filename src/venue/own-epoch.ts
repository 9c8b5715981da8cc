import { isDeepStrictEqual } from 'node:util'
import { policyHash, readPublishedPolicy } from '../bundle/index.js'
import { EPOCH_PATHS, type Manifest, readManifest } from '../epoch/index.js'
import { InputError } from '../errors/index.js'
import { folderSource } from '../inputs/index.js'
import { hashAccounts } from '../ledger/index.js'
import type { Reserves } from '../reserves/index.js'
import type { RiskTable } from '../risk/index.js'
import type { PolicyFile } from '../statements/index.js'
import { committedReserves } from './committed-reserves.js'
import { readPrivate } from './private-record.js'
import { readOwnTable } from './prove-solvency.js'

/** What an epoch has to be of, and how messages call it. */
const FIELDS = {
  venue: 'venue',
  epoch: 'name',
  target: 'chain or contract',
  riskTable: 'risk table',
} as const satisfies Partial<Record<keyof Manifest, string>>

/**
 * Makes sure that a finished epoch is the one that is meant: nothing of another one is signed, or told as
 * made.
 *
 * @param folder for messages
 * @throws {InputError} `EPOCH_OTHER_RUN`
 */
export function assertOwnEpoch(
  manifest: Pick<Manifest, keyof typeof FIELDS>,
  wanted: Pick<Manifest, keyof typeof FIELDS>,
  folder: string,
): void {
  for (const field of Object.keys(FIELDS) as (keyof typeof FIELDS)[]) {
    if (isDeepStrictEqual(manifest[field], wanted[field])) continue
    throw otherRun(`holds a finished epoch of another ${FIELDS[field]}`, folder)
  }
}

/** What a venue makes an epoch of, beside its risk table. */
interface VenueBooks {
  /** Accounts file. */
  accounts: string
  policy: PolicyFile
  reserves: (table: RiskTable) => Promise<Reserves>
}

/**
 * Makes sure that a finished epoch was made of these very books: of an accounts file with the same bytes, of
 * the same policy, and of reserves with the same amounts.
 *
 * @throws {InputError} `EPOCH_OTHER_RUN` that names what differs, `EPOCH_PRIVATE`, and what reading the files
 * throws
 */
export async function assertOwnBooks(
  folder: string,
  privateFolder: string,
  { accounts, policy, reserves }: VenueBooks,
): Promise<void> {
  const record = await readPrivate(privateFolder)
  if ((await hashAccounts(accounts)) !== record.accountsSha256) {
    throw otherRun('holds a finished epoch of another accounts file', folder)
  }
  const source = folderSource(folder)
  if ((await readPublishedPolicy(source, EPOCH_PATHS.policy)).sha256 !== policyHash(policy)) {
    throw otherRun('holds a finished epoch of another policy', folder)
  }
  const manifest = await readManifest(source)
  const table = await readOwnTable(folder, manifest)
  await committedReserves(source, { manifest, record, table }, await reserves(table)).catch((error) => {
    if (!(error instanceof InputError) || error.code !== 'DISCLOSE_RESERVES') throw error
    throw otherRun('holds a finished epoch of other reserves', folder)
  })
}

function otherRun(message: string, folder: string): InputError {
  return new InputError('EPOCH_OTHER_RUN', message, {
    where: folder,
    hint: 'Name the epoch otherwise with --name, or run it with what the finished one was made of.',
  })
}
