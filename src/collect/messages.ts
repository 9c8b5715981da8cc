import { join } from 'node:path'
import { InputError } from '../errors/index.js'
import { writeFileAtomic, writeNewFolder } from '../files/index.js'
import {
  type AddressEntry,
  type Addresses,
  type ReadChallenge,
  reservesMessage,
  reservesTypedData,
} from '../reserves/index.js'
import { formatJson } from '../schema/index.js'

/** File of a folder of texts that gets the signatures. */
export const SIGNATURES_FILE = 'signatures.csv'
export const SIGNATURE_COLUMNS = ['account', 'control', 'file', 'signature', 'script'] as const

/**
 * Writes what each account has to sign into a new folder: a file of exactly the bytes, and a list with a
 * column for what comes back. Accounts that nobody signs for are left out.
 *
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
): Promise<number> {
  const signing = accounts.filter(({ control }) => control !== 'attested')
  if (signing.length === 0) {
    throw new InputError('RESERVES_CELL', 'no account of the list has anything to sign', { where: folder })
  }
  const width = `${signing.length}`.length
  const lines = [SIGNATURE_COLUMNS.join()]
  await writeNewFolder(folder, async (made) => {
    for (const [i, entry] of signing.entries()) {
      const isData = entry.control === 'eip712'
      const file = `${`${i + 1}`.padStart(width, '0')}.${isData ? 'json' : 'txt'}`
      await writeFileAtomic(join(made, file), isData ? typedData(read, entry) : textOf(read, entry))
      lines.push([entry.account, entry.control, file, '', ''].join())
    }
    await writeFileAtomic(join(made, SIGNATURES_FILE), `${lines.join('\n')}\n`)
  })
  return signing.length
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
