import { arch, platform } from 'node:os'
import { type Command, Option } from 'commander'
import { InputError } from '../../errors/index.js'
import { readEntropy, software } from '../ceremony.js'
import { command } from '../command.js'
import { createUi } from '../terminal/ui.js'

interface ContributeOptions {
  name?: string
  signer?: string
  out?: string
  entropyFile?: string
  machine?: string
  export?: string
  made?: string
  json?: boolean
}

export function ceremonyContributeCommand(): Command {
  return command('contribute', {
    description: 'Contribute to every key of a ceremony, and forget the secret.',
    args: [['<folder>', "the ceremony's folder, as the coordinator passed it on; it is only read"]],
    options: [
      new Option('--name <text>', 'your name, as it is to stand in the transcript'),
      new Option(
        '--signer <key>',
        'what you sign with: an Ethereum address, the fingerprint of an SSH key (SHA256:…), or a public key of minisign (RW…)',
      ),
      new Option('--out <folder>', 'write the contribution to this folder, which must not exist yet'),
      new Option(
        '--entropy-file <file>',
        'mix in the bytes of this file (default: what you type at the terminal)',
      ),
      new Option('--machine <text>', 'in words, the computer that it is made on (default: its system)'),
      new Option('--export <folder>', 'write the latest keys for snarkjs instead, and contribute nothing'),
      new Option('--made <folder>', 'attest to keys that snarkjs made of those of --export'),
    ],
    notes: [
      'Then sign attestation.txt into attestation.txt.sig: `ssh-keygen -Y sign -n plimsoll-ceremony -f KEY attestation.txt` with an Ed25519 key, `minisign -Sm attestation.txt -x attestation.txt.sig`, or personal_sign with an Ethereum account. Hand the folder in, and publish the hash.',
    ],
    examples: [
      'plimsoll ceremony contribute ceremony --name Alice --signer 0xaf27af25eb4b3219d4c4cc48aa83607eb96de0ab --entropy-file dice.txt --out alice',
      'plimsoll ceremony contribute ceremony --export keys',
    ],
  }).action(async (folder: string, options: ContributeOptions) => {
    const { importContribution, contribute, exportKeys } = await import('../../proving/index.js')
    const { contributionView, exportedView } = await import('../views/ceremony.js')
    const ui = createUi(options)
    const { export: keys, made } = options
    if (keys !== undefined) {
      const given = (['name', 'signer', 'out', 'entropyFile', 'machine', 'made'] as const).some(
        (option) => options[option] !== undefined,
      )
      if (given) throw new InputError('USAGE', 'give --export alone: nothing is contributed with it')
      await ui.step('writing the latest keys', () => exportKeys(folder, keys))
      ui.result({ keys }, () => exportedView(keys))
      return
    }
    const name = given(options.name, '--name')
    const signer = given(options.signer, '--signer')
    const out = given(options.out, '--out')
    const entropy = made === undefined ? await readEntropy(options.entropyFile) : undefined
    const contributor = {
      name,
      signer: signer.startsWith('0x') ? signer.toLowerCase() : signer,
      machine: options.machine ?? `${platform()} ${arch()}`,
      entropy:
        entropy === undefined
          ? 'of the other tool'
          : `Web Crypto and ${options.entropyFile === undefined ? 'typed text' : 'a file'}`,
      software: entropy === undefined ? `made with another tool, attested with ${software()}` : software(),
    }
    const attestation = await ui.step('contributing', (update) =>
      entropy === undefined
        ? importContribution(folder, contributor, made!, out)
        : contribute(folder, contributor, entropy, out, update),
    )
    entropy?.fill(0)
    ui.result({ out, ...attestation }, () => contributionView(out, attestation))
  })
}

function given(value: string | undefined, option: string): string {
  if (value !== undefined) return value
  throw new InputError('USAGE', 'is needed to contribute', { where: option })
}
