import type { Command } from 'commander'
import { command } from '../command.js'
import { createUi } from '../terminal/ui.js'

export function ceremonyAcceptCommand(): Command {
  return command('accept', {
    description: 'Check a contribution that was handed in, and take it into the ceremony.',
    args: [
      ['<folder>', "the ceremony's folder"],
      ['<turn>', 'the folder that was handed in, with its signature'],
    ],
    notes: ['Anyone who watches a ceremony can accept the same contributions into a copy of the folder.'],
    examples: ['plimsoll ceremony accept ceremony alice'],
  }).action(async (folder: string, handedIn: string, options: { json?: boolean }) => {
    const { acceptContribution } = await import('../../proving/index.js')
    const { acceptedView } = await import('../views/ceremony.js')
    const ui = createUi(options)
    const attestation = await ui.step('checking the contribution', (update) =>
      acceptContribution(folder, handedIn, update),
    )
    ui.result(attestation, () => acceptedView(attestation))
  })
}
