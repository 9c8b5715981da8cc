import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isClutter } from '../../epoch/index.js'
import { InputError } from '../../errors/index.js'
import { fileError } from '../../files/index.js'
import {
  type Activity,
  type PlacedFault,
  type ReadActivityOptions,
  readActivity,
} from '../../ledger/index.js'
import type { RiskTable } from '../../risk/index.js'
import { toldName } from '../../schema/index.js'
import { REASONS, type Reason } from '../../statements/index.js'

/** Reasons whose rows come in files: those of liquidations come from their proofs alone. */
export type FileReason = Exclude<Reason, 'liquidations'>

const FILE_REASONS = REASONS.filter((reason): reason is FileReason => reason !== 'liquidations')
/** What a file of rows is called behind its reason. */
const ENDINGS = ['.csv', '.csv.gz', '.parquet'] as const
/** Reasons that only spot instruments move by: they are what `external` commits to. */
const SPOT_REASONS: readonly Reason[] = ['transfers', 'fees']

/** The rows of one reason. */
export interface ReasonRows {
  path: string
  activity: Activity
}

/** All rows of activity that come in files. */
export type ActivityFiles = ReadonlyMap<FileReason, ReasonRows>

export interface OpenActivityOptions extends Pick<ReadActivityOptions, 'memoryLimit' | 'threads' | 'misfit'> {
  /** Gets what is wrong; default: the first fault is thrown. */
  onFault?: (path: string, account: string, fault: PlacedFault) => void
}

/**
 * Reads a folder of activity: one file for each reason that moved anything. The caller closes them.
 *
 * @param table the instruments of both epochs: see `joinedInstruments`
 * @throws {InputError} `ACTIVITY_FILE` for a file of no reason, or a second one of a reason, `FILE_ACCESS`,
 * and what `readActivity` throws
 */
export async function openActivity(
  folder: string,
  table: RiskTable,
  { onFault, ...options }: OpenActivityOptions = {},
): Promise<ActivityFiles> {
  const opened = new Map<FileReason, ReasonRows>()
  try {
    for (const [reason, path] of await activityFiles(folder)) {
      const activity = await readActivity(path, table, {
        ...options,
        derivatives: !SPOT_REASONS.includes(reason),
        apart: reason === 'transfers',
        ...(onFault && { onFault: (account, fault) => onFault(path, account, fault) }),
      })
      opened.set(reason, { path, activity })
    }
    return opened
  } catch (error) {
    await closeActivity(opened)
    throw error
  }
}

/** Closes what `openActivity` opened. */
export async function closeActivity(files: ActivityFiles): Promise<void> {
  for (const { activity } of files.values()) await activity.close()
}

async function activityFiles(folder: string): Promise<[FileReason, string][]> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw fileError(folder, error)
  })
  const found = new Map<FileReason, string>()
  for (const name of names.sort()) {
    if (isClutter(name)) continue
    const reason = FILE_REASONS.find((known) => ENDINGS.some((ending) => name === `${known}${ending}`))
    if (reason === undefined) {
      throw new InputError('ACTIVITY_FILE', `holds ${toldName(name)}, which is no file of activity`, {
        where: folder,
        hint: `Rows are in ${FILE_REASONS.map((known) => `${known}.csv`).join(', ')}; those of liquidations come from the private folder of the earlier epoch.`,
      })
    }
    if (found.has(reason)) {
      throw new InputError('ACTIVITY_FILE', `holds two files of ${reason}`, {
        where: folder,
        hint: 'Keep one of them: rows of one reason are in one file.',
      })
    }
    found.set(reason, join(folder, name))
  }
  return FILE_REASONS.flatMap((reason) => (found.has(reason) ? [[reason, found.get(reason)!]] : []))
}
