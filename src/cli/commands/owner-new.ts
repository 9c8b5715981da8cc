import { type Command, Option } from 'commander'
import { command } from '../command.js'
import { createUi } from '../terminal/ui.js'

export function ownerNewCommand(): Command {
  return command('new', {
    description:
      'Create the secret that binds an account to you, in a private file, and print what a venue may know of it: the commitment to it, and a key.',
    options: [
      new Option('--out <file>', 'write the secret to this file, which must not exist yet').default(
        'owner.json',
      ),
    ],
    examples: ['plimsoll owner new --out owner.json'],
  }).action(async (options: { out: string; json?: boolean }) => {
    const { ownerView } = await import('../views/proven.js')
    const { createOwner, readOwner } = await import('../../trader/index.js')
    const { ownerRecipient } = await import('../../inclusion/index.js')
    const ui = createUi(options)
    const commitment = (await createOwner(options.out)).toString()
    const { publicKey: key } = await ownerRecipient(await readOwner(options.out))
    const result = { owner: options.out, commitment, key }
    ui.result(result, () => ownerView(result))
  })
}
