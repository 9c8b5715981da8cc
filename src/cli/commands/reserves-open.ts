import type { Command } from 'commander'
import { command } from '../command.js'
import { epochOption, forceOption, outOption, privateOption, reservesOption } from '../options.js'
import { createUi } from '../terminal/ui.js'
import { writeResult } from '../write-result.js'

interface OpenOptions {
  epoch: string
  private?: string
  reserves: string
  out: string
  force?: boolean
  json?: boolean
}

export function reservesOpenCommand(): Command {
  return command('open', {
    description: 'Show the reserves of an epoch, all of them, and what opens their commitment.',
    options: [epochOption(), reservesOption(), privateOption(), outOption('what is shown'), forceOption()],
    notes: [
      'The same as `plimsoll solvency disclose --reserves`: of every instrument or not at all. With `reserves prove`, reserves stay hidden.',
      '`plimsoll audit --openings FILE` compares them with what was proven, and with what addresses show.',
    ],
    examples: [
      'plimsoll reserves open --epoch epoch --reserves examples/venue/reserves.json --out opening.json',
    ],
  }).action(async (options: OpenOptions) => {
    const { defaultPrivateFolder, discloseSolvency } = await import('../../venue/index.js')
    const { readReserves } = await import('../../inputs/index.js')
    const { formatJson } = await import('../../schema/index.js')
    const ui = createUi(options)
    const disclosure = await discloseSolvency({
      folder: options.epoch,
      privateFolder: options.private ?? defaultPrivateFolder(options.epoch),
      reserves: (table) => readReserves(options.reserves, table),
    })
    await writeResult(options.out, formatJson(disclosure), options.force, 0o600)
    const { venue, epoch, shown, hidden } = disclosure
    ui.result({ venue, epoch, shown, hidden, out: options.out }, () => [
      `shown: ${shown.join(', ')}`,
      `hidden: ${hidden.join(', ')}`,
      `${options.out}: whoever gets it sees the amounts`,
    ])
  })
}
