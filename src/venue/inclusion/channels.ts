import { createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto'
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
  const keys = new Set<string>()
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
      const fault = faultOf({ account, key, passphrase }, channels, keys)
      if (fault !== undefined) throw new InputError('CHANNELS_ROW', fault, { where: `${path}:${line}` })
      channels.set(account, key === '' ? { passphrase } : { key })
      if (key !== '') keys.add(key)
    },
  })
  return channels
}

function faultOf(
  { account, key, passphrase }: Record<'account' | 'key' | 'passphrase', string>,
  channels: ReadonlyMap<string, Channel>,
  keys: ReadonlySet<string>,
): string | undefined {
  if (account === '') return 'there is no account'
  if (channels.has(account)) return 'the account has a channel on a line above'
  if ((key === '') === (passphrase === '')) return 'give a key or a passphrase, one of them'
  if (key !== '' && !/^[0-9a-f]{64}$/.test(key)) {
    return 'the key is not 64 hexadecimal digits in lower case, as `plimsoll owner new` prints it'
  }
  // Whoever opens an archive takes the first file that is sealed to them.
  if (keys.has(key)) return 'the key is on a line above: it opens the file of one account'
  if (key !== '' && !isSealable(key)) return 'the key is one that nothing can be sealed to'
  if (passphrase !== '' && passphrase.length < LEAST_PASSPHRASE) {
    return `the passphrase is shorter than ${LEAST_PASSPHRASE} characters`
  }
  return undefined
}

/** Whether a key is a point that a secret can be agreed with: those of small order give everyone the same. */
function isSealable(key: string): boolean {
  const { privateKey } = generateKeyPairSync('x25519')
  const publicKey = createPublicKey({
    key: { kty: 'OKP', crv: 'X25519', x: Buffer.from(key, 'hex').toString('base64url') },
    format: 'jwk',
  })
  try {
    diffieHellman({ privateKey, publicKey })
    return true
  } catch {
    return false
  }
}
