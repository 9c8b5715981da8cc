import { createUi } from './terminal/ui.js'
import { writeResult } from './write-result.js'

/** What commands take that show amounts of an epoch with what opens their commitments. */
export interface DiscloseCommandOptions {
  epoch: string
  private?: string
  totals?: boolean
  reserves?: string
  out: string
  force?: boolean
  json?: boolean
}

/** Writes what is shown, for its owner alone to read, and says what that is. */
export async function disclose(options: DiscloseCommandOptions): Promise<void> {
  const { defaultPrivateFolder, discloseSolvency } = await import('../venue/index.js')
  const { readReserves } = await import('../inputs/index.js')
  const { formatJson } = await import('../schema/index.js')
  const ui = createUi(options)
  const { reserves } = options
  const disclosure = await discloseSolvency({
    folder: options.epoch,
    privateFolder: options.private ?? defaultPrivateFolder(options.epoch),
    totals: options.totals ?? false,
    ...(reserves !== undefined && { reserves: (table) => readReserves(reserves, table) }),
  })
  await writeResult(options.out, formatJson(disclosure), options.force, 0o600)
  const { venue, epoch, shown, hidden } = disclosure
  ui.result({ venue, epoch, shown, hidden, out: options.out }, () => [
    `shown: ${shown.join(', ')}`,
    `hidden: ${hidden.join(', ')}`,
    `${options.out}: whoever gets it sees the amounts; until then it is yours alone to read`,
  ])
}
