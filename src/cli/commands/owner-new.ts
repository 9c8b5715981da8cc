import { type Command, Option } from 'commander'
import { command } from '../command.js'
import { createUi } from '../terminal/ui.js'

export function ownerNewCommand(): Command {
  return command('new', {
    description:
      'Create the secret that binds an account to you, in a private file, and print the commitment to it, which a venue may know.',
    options: [
      new Option('--out <file>', 'write the secret to this file, which must not exist yet').default(
        'owner.json',
      ),
    ],
    examples: ['plimsoll owner new --out owner.json'],
  }).action(async (options: { out: string; json?: boolean }) => {
    const { ownerView } = await import('../views/proven.js')
    const { createOwner } = await import('../../trader/index.js')
    const ui = createUi(options)
    const result = { owner: options.out, commitment: (await createOwner(options.out)).toString() }
    ui.result(result, () => ownerView(result))
  })
}
