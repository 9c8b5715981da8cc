import { InputError } from '../../errors/index.js'
import { scanCsv } from '../../files/index.js'

/** How a customer's file reaches the customer: sealed to a key, or to a passphrase. Private. */
export type Channel = { key: string } | { passphrase: string }

/** A passphrase that is tried offline has to be longer than what people choose. */
const LEAST_PASSPHRASE = 12
const COLUMNS = ['account_id', 'key', 'passphrase']

/**
 * Reads which customers get their files, and how: CSV with the columns `account_id`, and `key`, `passphrase`
 * or both, in any order. Each row has one of the two.
 *
 * @throws {InputError} `CHANNELS_HEADER`, `CHANNELS_ROW`, which name the line and repeat nothing of it, and
 * what `scanCsv` throws
 */
export async function readChannels(path: string): Promise<Map<string, Channel>> {
  const channels = new Map<string, Channel>()
  let columns: string[] = []
  await scanCsv(path, {
    codes: 'CHANNELS',
    header(names) {
      columns = names
      const known = new Set(names).size === names.length && names.every((name) => COLUMNS.includes(name))
      if (!known || !names.includes('account_id') || names.length < 2) {
        throw new InputError('CHANNELS_HEADER', 'the columns are not those of channels', {
          where: path,
          hint: 'Name the columns account_id, and key, passphrase or both.',
        })
      }
      return { columns: names.length, emptyCells: 'allow' }
    },
    row(cells, line) {
      const cell = (name: string) => cells[columns.indexOf(name)] ?? ''
      const [account, key, passphrase] = [cell('account_id'), cell('key'), cell('passphrase')]
      const fault = faultOf(account, key, passphrase, channels)
      if (fault !== undefined) throw new InputError('CHANNELS_ROW', fault, { where: `${path}:${line}` })
      channels.set(account, key === '' ? { passphrase } : { key })
    },
  })
  return channels
}

function faultOf(
  account: string,
  key: string,
  passphrase: string,
  channels: ReadonlyMap<string, Channel>,
): string | undefined {
  if (account === '') return 'there is no account'
  if (channels.has(account)) return 'the account has a channel on a line above'
  if ((key === '') === (passphrase === '')) return 'give a key or a passphrase, one of them'
  if (key !== '' && !/^[0-9a-f]{64}$/.test(key)) {
    return 'the key is not 64 hexadecimal digits in lower case, as `plimsoll owner new` prints it'
  }
  if (passphrase !== '' && passphrase.length < LEAST_PASSPHRASE) {
    return `the passphrase is shorter than ${LEAST_PASSPHRASE} characters`
  }
  return undefined
}
