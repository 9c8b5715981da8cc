import { type Command, Option } from 'commander'
import { command } from '../command.js'
import { epochOption, forceOption, outOption, privateOption } from '../options.js'
import { createUi } from '../terminal/ui.js'
import { writeResult } from '../write-result.js'

interface DiscloseCommandOptions {
  epoch: string
  private?: string
  totals?: boolean
  reserves?: string
  out: string
  force?: boolean
  json?: boolean
}

export function solvencyDiscloseCommand(): Command {
  return command('disclose', {
    description:
      'Show the totals or the reserves of an epoch, and what opens their commitments, to whoever gets the file.',
    options: [
      epochOption(),
      privateOption(),
      new Option('--totals', 'show what all accounts together hold and owe, by instrument'),
      new Option('--reserves <file>', 'show these reserves, which solvency was proven with (JSON)'),
      outOption('what is shown'),
      forceOption(),
    ],
    notes: [
      'Totals and reserves are shown for every instrument or not at all, each without the other. No account is opened.',
      'The file is private until you give it away, and nobody else on this machine may read it.',
      '`plimsoll audit --openings FILE` compares the file with what the proofs are about.',
    ],
    examples: ['plimsoll solvency disclose --epoch epoch --totals --out disclosure.json'],
  }).action(async (options: DiscloseCommandOptions) => {
    const { defaultPrivateFolder, discloseSolvency } = await import('../../venue/index.js')
    const { readReserves } = await import('../../inputs/index.js')
    const { formatJson } = await import('../../schema/index.js')
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
  })
}
