import { Option } from 'commander'
import type { SettledReserves, SettlementFiles } from '../venue/index.js'
import { accountsOption, bySymbol, epochOption, ManyOption, privateOption, required } from './options.js'

/** What names both epochs of a settlement and what moved between them on the command line. */
export interface SettlingOptions {
  epoch: string
  previous: string
  accounts: string
  previousAccounts: string
  activity: string
  recovered?: string[]
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
    new ManyOption(
      '--recovered <symbol=units>',
      'what of the step of an index gives back a loss, in units a share, as `risk accrue --recovery` prints it; can be repeated',
    ),
    privateOption(),
    new Option(
      '--previous-private <folder>',
      'the private folder of the epoch before (default: its folder with .private at the end)',
    ),
  ]
}

/** The files of a settlement. */
export async function settledFiles(options: SettlingOptions): Promise<SettlementFiles> {
  const { defaultPrivateFolder } = await import('../venue/index.js')
  const { parseDecimal } = await import('../field/index.js')
  const { INDEX_DECIMALS } = await import('../risk/index.js')
  const { epoch, previous, accounts, previousAccounts, activity } = options
  const recovered = bySymbol(options.recovered, '--recovered', (_, text) =>
    parseDecimal(text, { decimals: INDEX_DECIMALS, where: '--recovered' }),
  )
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
    ...{ activity, recovered },
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
