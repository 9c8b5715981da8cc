import { type Command, Option } from 'commander'
import { InputError } from '../../errors/index.js'
import type { SignedTerms } from '../../venue/index.js'
import { command } from '../command.js'
import { forceOption } from '../options.js'
import { createUi, type Ui } from '../terminal/ui.js'

interface SignOptions {
  key?: string
  newKey?: string
  contract?: string
  typedData?: string
  signature?: string
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
      new Option('--contract <account>', 'a contract of yours that signs, such as eip155:1:0x…'),
      new Option(
        '--typed-data <file>',
        'with --contract: write what its wallet has to sign (EIP-712, JSON); sign nothing',
      ),
      new Option(
        '--signature <file>',
        'with --contract: take its signature from this file, 0x and hexadecimal digits',
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
      'A contract signs in two steps, with the same --uri and --deadline in both: write the typed data, and take the signature that its wallet makes. Readers ask the chain: `plimsoll verify EPOCH --venue ADDRESS --rpc eip155:1=URL`.',
    ],
    examples: [
      'plimsoll epoch sign --new-key venue-key.json',
      'plimsoll epoch sign epoch --key venue-key.json',
      'plimsoll epoch sign epoch --contract eip155:1:0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed --typed-data to-sign.json',
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
    if (folder === undefined || (key === undefined) === (options.contract === undefined)) {
      throw new InputError('USAGE', 'give an epoch, and --key or --contract, or --new-key')
    }
    const terms = {
      folder,
      ...(uri === undefined ? {} : { uri }),
      ...(deadline === undefined ? {} : { deadline }),
    }
    if (options.contract !== undefined) {
      return signByContract(ui, terms, { ...options, contract: options.contract })
    }
    const { manifest, signer } = await signEpoch({ ...terms, key: await readSigningKey(key!), force })
    const result = { epoch: folder, manifest, signer }
    ui.result(result, () => signatureView(result))
  })
}

/** Writes what a contract has to sign, or takes what it signed. */
async function signByContract(
  ui: Ui,
  terms: SignedTerms,
  { contract, typedData, signature, force = false }: SignOptions & { contract: string },
): Promise<void> {
  const { signatureView, typedDataView } = await import('../views/epoch.js')
  const { readTextFile } = await import('../../files/index.js')
  const { parseAccount } = await import('../../reserves/index.js')
  const { formatJson } = await import('../../schema/index.js')
  const { epochTypedData, signEpochByContract } = await import('../../venue/index.js')
  const { writeResult } = await import('../write-result.js')
  if ((typedData === undefined) === (signature === undefined)) {
    throw new InputError('USAGE', 'give --typed-data or --signature with --contract, one of them')
  }
  const { chain, address } = parseAccount(contract, '--contract')
  if (chain.namespace !== 'eip155') {
    throw new InputError('USAGE', 'not a contract of an EVM chain', { where: '--contract' })
  }
  const signer = { chainId: chain.reference, address }
  if (typedData !== undefined) {
    await writeResult(typedData, formatJson(await epochTypedData(terms)), force)
    const result = { epoch: terms.folder, typedData, contract: `${chain.id}:${address}` }
    return ui.result(result, () => typedDataView(result))
  }
  const bytes = (await readTextFile(signature!)).trim().toLowerCase()
  const { manifest } = await signEpochByContract({ ...terms, signer, signature: bytes, force })
  const result = { epoch: terms.folder, manifest, signer: address, chainId: chain.reference }
  ui.result(result, () => signatureView(result))
}

function readDeadline(text: string): number {
  if (/^[1-9][0-9]{0,14}$/.test(text)) return Number(text)
  throw new InputError('USAGE', 'not a whole number of seconds since 1970-01-01 UTC', { where: '--deadline' })
}
