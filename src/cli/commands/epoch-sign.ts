import { type Command, Option } from 'commander'
import { InputError } from '../../errors/index.js'
import { command } from '../command.js'
import { forceOption } from '../options.js'
import { createUi } from '../terminal/ui.js'

interface SignOptions {
  key?: string
  newKey?: string
  uri?: string
  deadline?: number
  force?: boolean
  json?: boolean
}

export function epochSignCommand(): Command {
  return command('sign', {
    description: "Sign the manifest of a finished epoch with the venue's key, in signature.json beside it.",
    args: [['[epoch]', 'the public folder of the epoch']],
    options: [
      new Option('--key <file>', "the venue's key"),
      new Option(
        '--new-key <file>',
        'make a key in this file, which must not exist yet, and print its address; sign nothing',
      ),
      new Option('--uri <address>', 'where the epoch is published; it is signed with it'),
      new Option(
        '--deadline <seconds>',
        'until when a contract may take the signature: seconds since 1970-01-01 UTC (default: a week from now for an epoch that is meant for a contract)',
      ).argParser(readDeadline),
      forceOption(),
    ],
    notes: [
      'The signature is one of EIP-712, as wallets make it. Readers check it with `plimsoll verify EPOCH --venue ADDRESS`: make the address known elsewhere than beside your epochs. Whoever has the key file signs in your name.',
    ],
    examples: [
      'plimsoll epoch sign --new-key venue-key.json',
      'plimsoll epoch sign epoch --key venue-key.json',
    ],
  }).action(async (folder: string | undefined, options: SignOptions) => {
    const { signatureView, signingKeyView } = await import('../views/epoch.js')
    const { createSigningKey, readSigningKey, signEpoch } = await import('../../venue/index.js')
    const { key, newKey, uri, deadline, force = false } = options
    const ui = createUi(options)
    if (newKey !== undefined) {
      if (folder !== undefined || key !== undefined) throw new InputError('USAGE', 'give --new-key alone')
      const result = { key: newKey, address: await createSigningKey(newKey) }
      return ui.result(result, () => signingKeyView(result))
    }
    if (folder === undefined || key === undefined) {
      throw new InputError('USAGE', 'give an epoch and --key, or --new-key')
    }
    const { manifest, signer } = await signEpoch({
      folder,
      key: await readSigningKey(key),
      ...(uri === undefined ? {} : { uri }),
      ...(deadline === undefined ? {} : { deadline }),
      force,
    })
    const result = { epoch: folder, manifest, signer }
    ui.result(result, () => signatureView(result))
  })
}

function readDeadline(text: string): number {
  if (/^[1-9][0-9]{0,14}$/.test(text)) return Number(text)
  throw new InputError('USAGE', 'not a whole number of seconds since 1970-01-01 UTC', { where: '--deadline' })
}
