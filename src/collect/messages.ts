import { join } from 'node:path'
import { base64 } from '@scure/base'
import { InputError } from '../errors/index.js'
import { writeFileAtomic, writeNewFolder } from '../files/index.js'
import {
  type AddressEntry,
  type Addresses,
  bip322Psbt,
  movementAmount,
  movementDigest,
  parseAccount,
  type ReadChallenge,
  reservesMessage,
  reservesTypedData,
} from '../reserves/index.js'
import { formatJson } from '../schema/index.js'

/** File of a folder of texts that gets the signatures. */
export const SIGNATURES_FILE = 'signatures.csv'
export const SIGNATURE_COLUMNS = ['account', 'control', 'file', 'signature', 'script'] as const

/**
 * Writes what each account has to sign, or to send, into a new folder: a file of exactly the bytes, and a
 * list with a column for what comes back. Accounts that nobody signs for are left out.
 *
 * @param options.kind writes for accounts of this kind of control alone
 * @param options.psbt writes a PSBT beside each text of BIP-322, in base64
 * @returns how many there are
 * @throws {InputError} `FILE_EXISTS`, `FILE_ACCESS`, `RESERVES_CELL` where nobody has anything to sign
 * @example
 * const addresses = await readAccountsCsv('reserve-accounts.csv')
 * const moment = Date.UTC(2026, 8, 30) / 1000
 * const read = await makeChallenge('challenge', { venue: 'Example', epoch: '2026-09', moment, addresses })
 * const texts = await writeMessages('to-sign', read, addresses)
 */
export async function writeMessages(
  folder: string,
  read: ReadChallenge,
  { accounts }: Addresses,
  options: { kind?: string; psbt?: boolean } = {},
): Promise<number> {
  const { kind, psbt = false } = options
  const signing = accounts.filter(({ control }) => control !== 'attested' && control === (kind ?? control))
  if (signing.length === 0) {
    throw new InputError('RESERVES_CELL', 'no account of the list has anything to sign', { where: folder })
  }
  const width = `${signing.length}`.length
  const lines = [SIGNATURE_COLUMNS.join()]
  await writeNewFolder(folder, async (made) => {
    for (const [i, entry] of signing.entries()) {
      const [ending, content] = fileOf(read, entry)
      const file = `${`${i + 1}`.padStart(width, '0')}.${ending}`
      await writeFileAtomic(join(made, file), content)
      const unsigned = psbt && entry.control === 'bip322' && psbtOf(read, entry)
      if (unsigned) await writeFileAtomic(join(made, file.replace(/txt$/, 'psbt')), unsigned)
      lines.push([entry.account, entry.control, file, '', ''].join())
    }
    await writeFileAtomic(join(made, SIGNATURES_FILE), `${lines.join('\n')}\n`)
  })
  return signing.length
}

/** What an account gets, by the kind of its control: the ending of the file's name, and what it holds. */
function fileOf(read: ReadChallenge, entry: AddressEntry): [ending: string, content: string] {
  if (entry.control === 'eip712') return ['json', typedData(read, entry)]
  if (entry.control === 'movement') return ['json', movement(textOf(read, entry), entry)]
  return ['txt', textOf(read, entry)]
}

/** The PSBT that signs an account's text, in base64, where its address is of a form that is read here. */
function psbtOf(read: ReadChallenge, entry: AddressEntry): string | undefined {
  const bytes = bip322Psbt(parseAccount(entry.account, ''), textOf(read, entry))
  return bytes && base64.encode(bytes)
}

/** What an account has to send to itself, and the text that this follows from. */
function movement(text: string, { account }: AddressEntry): string {
  const { chain, address } = parseAccount(account, '')
  const digest = movementDigest(text)
  const what =
    chain.namespace === 'bip122'
      ? { opReturn: digest }
      : { data: `0x${digest}`, orAmountInSmallestUnits: `${movementAmount(text)}` }
  return formatJson({ chain: chain.id, from: address, to: address, ...what, text })
}

const statementOf = ({ challenge, hash }: ReadChallenge, { account, holdsFor }: AddressEntry) => ({
  venue: challenge.venue,
  epoch: challenge.epoch,
  account,
  holdsFor,
  challenge: hash,
})

/** The text that an account signs, whatever signs it. */
export function textOf(read: ReadChallenge, entry: AddressEntry): string {
  return reservesMessage(statementOf(read, entry))
}

/** The same as typed data, in the form that wallets and `eth_signTypedData_v4` take. */
function typedData(read: ReadChallenge, entry: AddressEntry): string {
  const { domain, types, ...rest } = reservesTypedData(statementOf(read, entry))
  const domainTypes = [
    { name: 'name', type: 'string' },
    { name: 'version', type: 'string' },
    { name: 'chainId', type: 'uint256' },
  ]
  return formatJson({
    types: { EIP712Domain: domainTypes, ...types },
    domain: { ...domain, chainId: `${domain.chainId}` },
    ...rest,
  })
}
