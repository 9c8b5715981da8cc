import { type Command, Option } from 'commander'
import { command } from '../command.js'
import { required } from '../options.js'
import { createUi } from '../terminal/ui.js'

interface Options {
  out: string
  kind?: string
  psbt?: boolean
  json?: boolean
}

export function reservesMessageCommand(): Command {
  return command('message', {
    description:
      'Write the text that each account signs, for wallets, signing devices and people at cold storage.',
    args: [['<challenge>', 'the folder that `reserves challenge` made']],
    options: [
      required('--out <folder>', 'make this folder, with one file a text and signatures.csv'),
      new Option('--kind <kind>', 'for accounts of this kind of control alone, such as movement'),
      new Option('--psbt', 'beside each text of BIP-322, the PSBT that signs it'),
    ],
    notes: [
      'Each file holds exactly the bytes to sign. Fill in the column signature of signatures.csv, several signatures with a space between them; a signed PSBT, or the name of its file in this folder, does for a signature of BIP-322. docs/reserves.md says how, wallet by wallet.',
    ],
    examples: ['plimsoll reserves message challenge --out to-sign'],
  }).action(async (folder: string, options: Options) => {
    const { readChallengeFolder, SIGNATURES_FILE, writeMessages } = await import('../../collect/index.js')
    const { messagesView } = await import('../views/reserves.js')
    const ui = createUi(options)
    const { read, addresses } = await readChallengeFolder(folder)
    const { out, kind, psbt = false } = options
    const accounts = await writeMessages(out, read, addresses, { psbt, ...(kind !== undefined && { kind }) })
    const result = { folder: options.out, texts: accounts, signatures: `${options.out}/${SIGNATURES_FILE}` }
    ui.result(result, () => messagesView(result))
  })
}
