import { type Command, Option } from 'commander'
import { command } from '../command.js'
import { createUi } from '../terminal/ui.js'
import { epochPackCommand } from './epoch-pack.js'
import { epochRetargetCommand } from './epoch-retarget.js'
import { epochSignCommand } from './epoch-sign.js'

interface EpochOptions {
  config: string
  name?: string
  previous?: string
  json?: boolean
}

export function epochCommand(): Command {
  const made = command('epoch', {
    description:
      'Make an epoch from the books to its archive, as plimsoll.json says: check, plan, prove, sign, verify, write the inclusion files of all customers, and pack. Run again, it goes on where it stopped.',
    options: [
      new Option('--config <file>', "the venue's configuration, as `plimsoll init` writes it").default(
        'plimsoll.json',
      ),
      new Option('--name <id>', 'name of the epoch (default: as the configuration says)'),
      new Option(
        '--previous <place>',
        'the epoch that was published before this one (default: the last one in the public folder)',
      ),
    ],
    notes: [
      'Exit code 1 when the books do not hold: nothing is proven then. A finished epoch is never overwritten. The public folder is to be published, the private one never.',
    ],
    examples: ['plimsoll epoch --config venue/plimsoll.json'],
  }).action(async (options: EpochOptions) => {
    const { runEpoch } = await import('../epoch/run.js')
    await runEpoch(createUi(options), options)
  })
  return made.addCommand(epochSignCommand()).addCommand(epochPackCommand()).addCommand(epochRetargetCommand())
}
