import { type ProvenManifest, readPublishedManifest } from '../../epoch/index.js'
import { InputError } from '../../errors/index.js'
import { folderSource } from '../../inputs/index.js'
import { type Ledger, type LedgerOptions, readLedger } from '../../ledger/index.js'
import { joinedInstruments, type RiskTable } from '../../risk/index.js'
import { assertPrivate, type EpochPrivate, readPrivate } from '../private-record.js'
import { readOwnTable } from '../prove-solvency.js'
import { provenSolvency } from '../proven-solvency.js'
import { openLastState } from '../state-opening.js'

/** Where an epoch lies, and the accounts file that it was made of. */
export interface EpochFiles {
  folder: string
  privateFolder: string
  accounts: string
}

/** The epochs that a settlement stands between, and how their accounts are read. */
export interface SettledFiles extends Pick<LedgerOptions, 'memoryLimit' | 'threads'> {
  /** The earlier epoch. */
  before: EpochFiles
  /** The later epoch, which names the earlier as the one before it. */
  after: EpochFiles
}

/** An epoch with its accounts, read again. Private. */
export interface EpochBooks {
  folder: string
  privateFolder: string
  manifest: ProvenManifest
  manifestSha256: string
  record: EpochPrivate
  table: RiskTable
  ledger: Ledger
}

/** Both epochs of a settlement. Private. */
export interface SettledEpochs {
  before: EpochBooks
  after: EpochBooks
  /** The instruments of both, without scenarios; marks are the later epoch's where it has the instrument. */
  table: RiskTable
  close(): Promise<void>
}

/**
 * Opens the epochs of a settlement.
 *
 * @throws {InputError} `SETTLEMENT_EPOCHS` when the later does not follow on the earlier, or their solvency
 * instances have other numbers of spot instruments, `SETTLEMENT_TIERS`, `SETTLEMENT_NUMBERS`,
 * `EPOCH_OTHER_RUN` for another accounts file, `EPOCH_UNFINISHED`, `EPOCH_PRIVATE`, and what `readLedger`
 * throws
 */
export async function openEpochs({ before, after, ...options }: SettledFiles): Promise<SettledEpochs> {
  const [one, other] = [await readEpoch(before), await readEpoch(after)]
  assertAdjacent(one, other)
  const table = joinedTable(one.table, other.table)
  const earlier = await readAccounts(one, before.accounts, options)
  try {
    const later = await readAccounts(other, after.accounts, options)
    return {
      before: { ...one, ledger: earlier },
      after: { ...other, ledger: later },
      table,
      async close() {
        await earlier.close()
        await later.close()
      },
    }
  } catch (error) {
    await earlier.close()
    throw error
  }
}

/**
 * The instruments of two epochs in one table, by the later epoch's rows where it has them.
 *
 * @throws {InputError} `SETTLEMENT_TIERS`, `SETTLEMENT_NUMBERS`
 */
export function joinedTable(before: RiskTable, after: RiskTable): RiskTable {
  const rows = new Map(after.instruments.map((row) => [row.symbol, row]))
  const instruments = joinedInstruments(before, after).map((row) => rows.get(row.symbol) ?? row)
  const { margin: _, ...table } = after
  return { ...table, instruments, scenarios: [] }
}

type ReadEpoch = Omit<EpochBooks, 'ledger'>

async function readEpoch({ folder, privateFolder }: EpochFiles): Promise<ReadEpoch> {
  assertPrivate(privateFolder)
  const record = await readPrivate(privateFolder)
  const { value: manifest, sha256: manifestSha256 } = await readPublishedManifest(folderSource(folder))
  provenSolvency(manifest, folder)
  openLastState(manifest, record, folder)
  const table = await readOwnTable(folder, manifest)
  return { folder, privateFolder, manifest: manifest as ProvenManifest, manifestSha256, record, table }
}

function assertAdjacent(before: ReadEpoch, after: ReadEpoch): void {
  const fault =
    after.manifest.previous === undefined
      ? 'names no epoch before it'
      : after.manifest.previous !== before.manifestSha256
        ? 'names another epoch as the one before it'
        : after.manifest.venue !== before.manifest.venue
          ? 'is of another venue than the epoch before it'
          : undefined
  if (fault !== undefined) {
    throw new InputError('SETTLEMENT_EPOCHS', fault, {
      where: after.folder,
      hint: 'Name with --previous the epoch that the later one was made after: plimsoll ledger prove --previous binds them.',
    })
  }
  const [one, other] = [before.manifest.sizes.spots, after.manifest.sizes.spots]
  if (one === other) return
  throw new InputError(
    'SETTLEMENT_EPOCHS',
    `its solvency was proven by an instance with ${other} spot instruments, and that of the epoch before it by one with ${one}`,
    {
      where: after.folder,
      hint: 'Prove the solvency of both epochs by instances with as many spot instruments: name them with --instance.',
    },
  )
}

async function readAccounts(
  { folder, table, record }: ReadEpoch,
  path: string,
  options: Pick<LedgerOptions, 'memoryLimit' | 'threads'>,
): Promise<Ledger> {
  const ledger = await readLedger(path, table, options)
  if (ledger.sha256 === record.accountsSha256) return ledger
  await ledger.close()
  throw otherAccounts(folder)
}

/** The error for accounts that are not those of an epoch. */
export function otherAccounts(folder: string): InputError {
  return new InputError('EPOCH_OTHER_RUN', 'was made with another accounts file', {
    where: folder,
    hint: 'Name the very files that each epoch was made of: --accounts for the later, --previous-accounts for the earlier.',
  })
}
