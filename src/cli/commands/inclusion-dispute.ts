import type { Command } from 'commander'
import { command } from '../command.js'
import { readAddress, venueOption } from '../options.js'
import { createUi } from '../terminal/ui.js'

interface DisputeOptions {
  venue: string
  json?: boolean
}

export function inclusionDisputeCommand(): Command {
  return command('dispute', {
    description:
      'Tell whether a venue contradicts itself: by an inclusion file that it signed, and an epoch. Shows no balance.',
    args: [
      ['<file>', 'the inclusion file, as the venue signed it'],
      ['<epoch>', 'the public epoch: a folder, a ZIP archive or an https address'],
    ],
    options: [venueOption().makeOptionMandatory()],
    notes: [
      "Take the address from a source that whoever brings the dispute did not choose. A file that the venue did not sign as it is shows nothing, and an epoch that it did not sign is anyone's.",
      'Exit code 1: the venue contradicts itself. 0: it does not. 2: the file is not signed, or nobody can tell.',
    ],
    examples: [
      'plimsoll inclusion dispute inclusion.json epoch --venue 0x70997970c51812dc3a010c7d01b50e0d17dc79c8',
    ],
  }).action(async (file: string, epoch: string, options: DisputeOptions) => {
    const { disputeView } = await import('../views/inclusion.js')
    const { verifyDispute, readDisputedEpoch } = await import('../../inclusion/index.js')
    const { openSource, readInclusion } = await import('../../inputs/index.js')
    const ui = createUi(options)
    const address = await readAddress(options.venue, '--venue')
    const { exitCode, ...report } = await ui.step('reading the file and the epoch', async () => {
      const inclusion = await readInclusion(file)
      return verifyDispute(inclusion, await readDisputedEpoch(await openSource(epoch)), address)
    })
    ui.result(report, () => disputeView(report))
    process.exitCode = exitCode
  })
}
