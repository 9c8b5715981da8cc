import { InputError } from '../errors/index.js'
import { symbolFault } from '../field/index.js'
import { scanCsv } from '../files/index.js'
import {
  type AddressEntry,
  type Addresses,
  addressesSchema,
  HOLDS_FOR,
  type HoldsFor,
  parseAccount,
  parseAsset,
} from '../reserves/index.js'
import { bySchema } from '../schema/index.js'

const NEEDED = ['account', 'asset', 'instrument', 'control'] as const
const OPTIONAL = ['holds_for', 'decimals', 'private'] as const

type Column = (typeof NEEDED)[number] | (typeof OPTIONAL)[number]

/**
 * Reads a venue's list of accounts: one row for each asset of an account. Accounts may be spelled as other
 * programs do; they come back in their one spelling and in order.
 *
 * @throws {InputError} with file and line: `RESERVES_HEADER`, `RESERVES_CELL`, `RESERVES_TWICE`,
 * `RESERVES_CHAIN`, `RESERVES_ACCOUNT`, `RESERVES_ASSET`, and what `scanCsv` throws with `RESERVES_`
 * @example
 * const { accounts } = await readAccountsCsv('reserve-accounts.csv')
 */
export async function readAccountsCsv(path: string): Promise<Addresses> {
  const entries = new Map<string, AddressEntry>()
  let columns: readonly string[] = []
  await scanCsv(path, {
    codes: 'RESERVES',
    header(names) {
      columns = names
      assertHeader(names, path)
      return { columns: names.length, emptyCells: 'allow' }
    },
    row(cells, line) {
      const where = `${path}:${line}`
      addRow(entries, (column) => cells[columns.indexOf(column)] ?? '', where)
    },
  })
  const accounts = [...entries.values()].sort((a, b) => (a.account < b.account ? -1 : 1))
  for (const { assets } of accounts) assets.sort((a, b) => (a.asset < b.asset ? -1 : 1))
  const read = bySchema(addressesSchema, { schema: 'plimsoll/reserves-addresses/1', accounts })
  if (read.fault === undefined) return read.data
  throw new InputError('RESERVES_CELL', `the list ${read.fault.message}`, { where: path })
}

function assertHeader(names: readonly string[], path: string): void {
  const known: readonly string[] = [...NEEDED, ...OPTIONAL]
  const isSound =
    NEEDED.every((name) => names.includes(name)) &&
    names.every((name, i) => known.includes(name) && names.indexOf(name) === i)
  if (isSound) return
  throw new InputError('RESERVES_HEADER', 'not the columns of a list of accounts', {
    where: `${path}:1`,
    hint: `The first line has ${NEEDED.join(',')} in any order, and may have ${OPTIONAL.join(',')}.`,
  })
}

function addRow(entries: Map<string, AddressEntry>, cell: (column: Column) => string, where: string): void {
  const refuse = (column: Column, what: string) =>
    new InputError('RESERVES_CELL', what, { where: `${where}, column ${column}` })
  const { id: account } = parseAccount(cell('account'), `${where}, column account`)
  const { id: asset } = parseAsset(cell('asset'), `${where}, column asset`)
  const instrument = cell('instrument')
  const fault = symbolFault(instrument)
  if (fault !== undefined) throw refuse('instrument', fault)
  const holdsFor = HOLDS_FOR.find((each) => each === (cell('holds_for') || 'customers'))
  if (holdsFor === undefined) throw refuse('holds_for', `must be ${HOLDS_FOR.join(', ')} or empty`)
  const decimals = cell('decimals')
  if (!/^(?:[0-9]|[1-7][0-9])?$/.test(decimals))
    throw refuse('decimals', 'must be a whole number up to 77, or empty')
  if (!/^(?:yes)?$/.test(cell('private'))) throw refuse('private', 'must be yes or empty')
  const entry = entryOf({ account, holdsFor, control: cell('control'), isPrivate: cell('private') === 'yes' })
  const known = entries.get(account) ?? entry
  for (const field of ['holdsFor', 'control', 'private'] as const) {
    if (known[field] !== entry[field]) {
      throw new InputError('RESERVES_TWICE', 'the account stands above with another use, control or mark', {
        where,
      })
    }
  }
  if (known.assets.some((each) => each.asset === asset)) {
    throw new InputError('RESERVES_TWICE', 'the account stands above with the same asset', { where })
  }
  known.assets.push({ asset, instrument, ...(decimals === '' ? {} : { decimals: Number(decimals) }) })
  entries.set(account, known)
}

function entryOf({
  account,
  holdsFor,
  control,
  isPrivate,
}: {
  account: string
  holdsFor: HoldsFor
  control: string
  isPrivate: boolean
}): AddressEntry {
  return { account, holdsFor, control, assets: [], ...(isPrivate && { private: true as const }) }
}
