import { type Command, Option } from 'commander'
import { InputError } from '../../errors/index.js'
import type { InclusionArchive, Recipient } from '../../inclusion/index.js'
import { command } from '../command.js'
import { required } from '../options.js'
import { createUi } from '../terminal/ui.js'

interface OpenOptions {
  owner?: string
  passphrase?: string
  account?: string
  out: string
  json?: boolean
}

export function inclusionOpenCommand(): Command {
  return command('open', {
    description:
      'Take your inclusion file out of the archive that a venue published, with no word to the venue.',
    args: [['<archive>', 'the archive: a folder, a ZIP archive or an https address']],
    options: [
      new Option('--owner <file>', 'your owner file, whose key the venue has'),
      new Option('--passphrase <file>', 'a file with the passphrase that the venue gave you, and --account'),
      new Option('--account <id>', 'your identifier at the venue'),
      required('--out <file>', 'write your inclusion file to this file, which must not exist yet'),
    ],
    notes: [
      'Of an archive at an address, one whole bucket is fetched: whoever serves it sees which one, and not whose file was in it if the archive is an honest one.',
    ],
    examples: [
      'plimsoll inclusion open archive --owner examples/venue/owner-desk-1.json --out my-inclusion.json',
    ],
  }).action(async (place: string, options: OpenOptions) => {
    if ((options.owner === undefined) === (options.passphrase === undefined)) {
      throw new InputError('USAGE', 'give --owner or --passphrase, one of them')
    }
    if ((options.passphrase === undefined) !== (options.account === undefined)) {
      throw new InputError('USAGE', 'give --passphrase and --account together')
    }
    const { inclusionOpenedView } = await import('../views/inclusion.js')
    const { openInclusion, readArchive } = await import('../../inclusion/index.js')
    const { openSource } = await import('../../inputs/index.js')
    const { writeNewPrivate } = await import('../../files/index.js')
    const ui = createUi(options)
    const source = await openSource(place)
    const archive = await readArchive(source)
    const recipient = await readRecipient(options, archive)
    const inclusion = await ui.step('trying every entry of the bucket', () =>
      openInclusion(source, archive, recipient),
    )
    await writeNewPrivate(options.out, inclusion)
    const { venue, epoch, covered } = archive
    const result = { inclusion: options.out, venue, epoch, covered }
    ui.result(result, () => inclusionOpenedView(result))
  })
}

async function readRecipient(options: OpenOptions, archive: InclusionArchive): Promise<Recipient> {
  const { ownerRecipient, passphraseRecipient } = await import('../../inclusion/index.js')
  if (options.owner !== undefined) {
    const { readOwner } = await import('../../trader/index.js')
    return ownerRecipient(await readOwner(options.owner))
  }
  const { readTextFile } = await import('../../files/index.js')
  const passphrase = (await readTextFile(options.passphrase!)).replace(/\r?\n$/, '')
  return passphraseRecipient(passphrase, options.account!, archive.id)
}
