import { type Command, Option } from 'commander'
import { InputError } from '../../errors/index.js'
import { type PowersOptions, powersOptions, software } from '../ceremony.js'
import { command } from '../command.js'
import { required } from '../options.js'
import { createUi } from '../terminal/ui.js'

interface InitOptions extends PowersOptions {
  out: string
  name: string
  coordinator: string
  minContributions?: number
  json?: boolean
}

export function ceremonyInitCommand(): Command {
  return command('init', {
    description: 'Begin a ceremony for the keys of some instances, from known powers of tau.',
    args: [['<instances...>', 'instances; `plimsoll setup --list` names them']],
    options: [
      ...powersOptions(),
      required('--out <folder>', 'write the ceremony to this folder, which must not exist yet'),
      required('--name <text>', 'name of the ceremony'),
      required('--coordinator <text>', 'who runs it'),
      new Option(
        '--min-contributions <n>',
        'contributions without which no key of it counts (default: 3)',
      ).argParser(readCount),
    ],
    notes: [
      'Publish ceremony.json before anyone contributes. Everyone can make the initial keys again from the circuits and the powers of tau.',
    ],
    examples: [
      'plimsoll ceremony init solvency-tiny --ptau powers.ptau --name "Example keys" --coordinator "Example Venue" --out ceremony',
    ],
  }).action(async (names: string[], options: InitOptions) => {
    const { initCeremony } = await import('../../proving/index.js')
    const { ceremonyView } = await import('../views/ceremony.js')
    const ui = createUi(options)
    const { ptau, trustPtau, minContributions, out, name, coordinator } = options
    const file = await ui.step('beginning the ceremony', (update) =>
      initCeremony(out, {
        instances: names,
        powers: ptau,
        ...(trustPtau === undefined ? {} : { trustPowers: trustPtau }),
        ...(minContributions === undefined ? {} : { minContributions }),
        name,
        coordinator,
        software: software(),
        onProgress: update,
      }),
    )
    ui.result({ folder: out, ...file }, () => ceremonyView(out, file))
  })
}

function readCount(text: string): number {
  if (/^([2-9]|[1-9][0-9]{1,2})$/.test(text)) return Number(text)
  throw new InputError('USAGE', 'not a number of contributions', {
    where: '--min-contributions',
    hint: 'Write a whole number from 2 to 999, such as 3: what one person makes is no ceremony.',
  })
}
