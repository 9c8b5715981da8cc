import { Option } from 'commander'
import type { SettledFiles, SettledReserves } from '../venue/index.js'
import { accountsOption, epochOption, privateOption, required } from './options.js'

/** What names both epochs of a settlement and what moved between them on the command line. */
export interface SettlingOptions {
  epoch: string
  previous: string
  accounts: string
  previousAccounts: string
  activity: string
  private?: string
  previousPrivate?: string
}

export function settlingOptions(): Option[] {
  return [
    epochOption(),
    required('--previous <folder>', 'the public epoch before it'),
    accountsOption(),
    required('--previous-accounts <file>', 'accounts of the epoch before'),
    required('--activity <folder>', 'what moved: a CSV file for each reason, such as transfers.csv'),
    privateOption(),
    new Option(
      '--previous-private <folder>',
      'the private folder of the epoch before (default: its folder with .private at the end)',
    ),
  ]
}

/** The files of a settlement. */
export async function settledFiles(options: SettlingOptions): Promise<SettledFiles & { activity: string }> {
  const { defaultPrivateFolder } = await import('../venue/index.js')
  const { epoch, previous, accounts, previousAccounts, activity } = options
  return {
    before: {
      folder: previous,
      privateFolder: options.previousPrivate ?? defaultPrivateFolder(previous),
      accounts: previousAccounts,
    },
    after: {
      folder: epoch,
      privateFolder: options.private ?? defaultPrivateFolder(epoch),
      accounts,
    },
    activity,
  }
}

/** What reads the reserves of both epochs. */
export async function settledReserves(after: string, before: string): Promise<SettledReserves> {
  const { readReserves } = await import('../inputs/index.js')
  return {
    before: (table) => readReserves(before, table),
    after: (table) => readReserves(after, table),
  }
}
