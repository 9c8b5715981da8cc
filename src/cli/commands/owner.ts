import { Command } from 'commander'
import { createUi, table } from '../terminal/ui.js'

export function ownerCommand(): Command {
  const create = new Command('new')
    .description("Make an owner's secret in a private file, and print the commitment that a venue may know.")
    .option('--out <file>', 'the file to write; it must not exist yet', 'owner.json')
    .option('--json', 'one JSON object on standard output')
    .addHelpText('after', '\nExample:\n  plimsoll owner new --out owner.json')
    .action(async (options: { out: string; json?: boolean }) => {
      const { createOwner } = await import('../../trader/index.js')
      const ui = createUi(options.json ?? false)
      const commitment = (await createOwner(options.out)).toString()
      ui.result({ owner: options.out, commitment }, () =>
        table(
          ['what', 'how it came out'],
          [
            ['commitment, for the venue', commitment],
            ['secret, for nobody', options.out],
          ],
        ),
      )
    })
  return new Command('owner').description('What shows that an account is your own.').addCommand(create)
}
