import { type Command, Option } from 'commander'
import { InputError } from '../../errors/index.js'
import { senderOption } from '../chain-options.js'
import { command } from '../command.js'
import { createUi } from '../terminal/ui.js'
import { watchReplayCommand } from './watch-replay.js'

interface WatchCommandOptions {
  once?: boolean
  ledger?: string
  act?: boolean
  sender?: string
  json?: boolean
}

export function watchCommand(): Command {
  const made = command('watch', {
    description:
      'Follow epochs, chains, price feeds and books: verify every new epoch, serve metrics and a live page, and tell of trouble before it comes.',
    args: [['[config]', 'what is watched (JSON)']],
    options: [
      new Option('--once', 'read everything once, print what is found, and end'),
      new Option(
        '--ledger <file>',
        "the venue's own accounts (CSV or Parquet): their quantiles and sums are served too, to this machine alone",
      ),
      new Option(
        '--act',
        'also call what anyone may call of a breaker and a risk register, within the limits of the configuration',
      ),
      senderOption(),
    ],
    notes: [
      'With --once, exit code 1 when an epoch is not valid, two epochs have one name, or an alert fires; 2 when something could not be read.',
      'Epochs are verified here. What feeds and nodes say is believed, and each metric says so.',
    ],
    examples: ['plimsoll watch examples/watch/watch.json --once'],
  }).action(async (config: string | undefined, options: WatchCommandOptions) => {
    if (config === undefined) throw new InputError('USAGE', 'give a configuration, or `watch replay`')
    const { runWatch } = await import('../watch/run.js')
    await runWatch(createUi(options), config, options)
  })
  return made.addCommand(watchReplayCommand())
}
