import type { Command } from 'commander'
import { command } from '../command.js'
import { accountsOption, epochOption, privateOption, required } from '../options.js'
import { createUi } from '../terminal/ui.js'

interface ExportOptions {
  epoch: string
  account: string
  accounts: string
  out: string
  private?: string
  json?: boolean
}

export function inclusionExportCommand(): Command {
  return command('export', {
    description: "Write one customer's inclusion file, for that customer only.",
    options: [
      epochOption(),
      required('--account <id>', "the customer's identifier, as the accounts file has it"),
      accountsOption(),
      required('--out <file>', 'write the inclusion file to this file, which must not exist yet'),
      privateOption(),
    ],
    notes: ['The accounts must be those that the epoch was made from.'],
    examples: [
      'plimsoll inclusion export --epoch epoch --account desk-000001 --accounts examples/venue/accounts.csv --out inclusion.json',
    ],
  }).action(async (options: ExportOptions) => {
    const { inclusionExportView } = await import('../views/inclusion.js')
    const { defaultPrivateFolder, epochLayout, exportInclusion } = await import('../../venue/index.js')
    const { readLedger } = await import('../../ledger/index.js')
    const { readRiskTable } = await import('../../inputs/index.js')
    const ui = createUi(options)
    const table = await readRiskTable(epochLayout(options.epoch).risk)
    const ledger = await ui.step('reading the accounts', () => readLedger(options.accounts, table))
    try {
      await ui.step('folding the ledger again', () =>
        exportInclusion({
          folder: options.epoch,
          privateFolder: options.private ?? defaultPrivateFolder(options.epoch),
          table,
          ledger,
          accountId: options.account,
          out: options.out,
        }),
      )
    } finally {
      await ledger.close()
    }
    const result = { inclusion: options.out, epoch: options.epoch }
    ui.result(result, () => inclusionExportView(result))
  })
}
