import type { Command } from 'commander'
import { command } from '../command.js'
import { createUi } from '../terminal/ui.js'

export function ownerShowCommand(): Command {
  return command('show', {
    description: 'Print what a venue may know of an owner file: its commitment, and its key.',
    args: [['<file>', 'the owner file']],
    examples: ['plimsoll owner show owner.json'],
  }).action(async (owner: string, options: { json?: boolean }) => {
    const { ownerView } = await import('../views/proven.js')
    const { ownerCommitment } = await import('../../hash/index.js')
    const { ownerRecipient } = await import('../../inclusion/index.js')
    const { readOwner } = await import('../../trader/index.js')
    const ui = createUi(options)
    const secret = await readOwner(owner)
    const { publicKey: key } = await ownerRecipient(secret)
    const result = { owner, commitment: ownerCommitment(secret).toString(), key }
    ui.result(result, () => ownerView(result))
  })
}
