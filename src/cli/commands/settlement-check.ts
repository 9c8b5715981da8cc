import { type Command, Option } from 'commander'
import { EXIT, InputError } from '../../errors/index.js'
import { command } from '../command.js'
import { limitOption } from '../options.js'
import {
  type SettlingOptions,
  settledFiles,
  settledReserves,
  settlingOptions,
} from '../settlement-options.js'
import { createUi } from '../terminal/ui.js'

interface CheckOptions extends SettlingOptions {
  reserves?: string
  previousReserves?: string
  limit?: number
  json?: boolean
}

export function settlementCheckCommand(): Command {
  return command('check', {
    description:
      "Check whether an epoch follows from the one before it, without proving anything: the venue's own, private check. It prints accounts and amounts.",
    options: [
      ...settlingOptions(),
      new Option('--reserves <file>', 'reserves of the epoch, where a fund pays or a loss is shared (JSON)'),
      new Option('--previous-reserves <file>', 'reserves of the epoch before (JSON)'),
      limitOption(),
    ],
    notes: [
      'Exit code 1 when the rows are not what changed, for one account and instrument or more; when trades or derivatives do not net to zero, accruals give more than they take, liquidations and takers more than left the insurance fund; or when customers share a loss while the fund is worth more than the policy lets.',
    ],
    examples: [
      'plimsoll settlement check --previous epoch --previous-accounts examples/venue/accounts.csv --epoch epoch-2 --accounts examples/settlement/accounts.csv --activity examples/settlement/activity',
    ],
  }).action(async (options: CheckOptions) => {
    const { settlementCheckView } = await import('../views/settlement-check.js')
    const { checkSettlement } = await import('../../venue/index.js')
    const ui = createUi(options)
    const { reserves, previousReserves, limit } = options
    if ((reserves === undefined) !== (previousReserves === undefined)) {
      throw new InputError('USAGE', 'give --reserves and --previous-reserves together, or neither')
    }
    const files = await settledFiles(options)
    const held =
      reserves === undefined ? {} : { reserves: await settledReserves(reserves, previousReserves!) }
    const report = await ui.step('checking the settlement', () =>
      checkSettlement({ ...files, ...held, ...(limit === undefined ? {} : { limit }) }),
    )
    ui.notes(report.notes)
    ui.result(report, () => settlementCheckView(report))
    process.exitCode = report.valid ? EXIT.ok : EXIT.invalid
  })
}
