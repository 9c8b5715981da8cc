import { InputError } from '../errors/index.js'
import { joinBytes, tooLarge } from '../schema/index.js'
import { foldersOf } from './bytes-source.js'
import type { Source } from './source.js'
import { zipSource } from './zip-source.js'

export interface UrlSourceOptions {
  /** The fetch function (default: the platform's). */
  fetch?: typeof globalThis.fetch
}

/** HTTP status codes of a missing file. */
const NOT_FOUND = new Set([404, 410])

/**
 * A source that fetches files: all below one address, or each from its own address. Below one address other
 * files may lie, which cannot be listed.
 *
 * @param from the address that all paths are under, or addresses by path
 * @throws {InputError} `SOURCE_ADDRESS` for an address that is neither http nor https, and for one with a
 * query or a fragment that all paths are to be under
 * @example
 * const report = await verifyEpoch(urlSource('https://venue.example/epochs/2026-01/'), { pins })
 */
export function urlSource(
  from: string | Readonly<Record<string, string>>,
  options: UrlSourceOptions = {},
): Source {
  const { fetch = globalThis.fetch } = options
  if (typeof from === 'string') {
    const base = folderAddressOf(from)
    return { name: base.href, read: (path, maxBytes) => load(new URL(path, base), maxBytes, fetch) }
  }
  const addresses = new Map(Object.entries(from).map(([path, address]) => [path, addressOf(address)]))
  const folders = foldersOf(addresses.keys(), 'addresses')
  return {
    name: '',
    async read(path, maxBytes) {
      const address = addresses.get(path)
      return address && load(address, maxBytes, fetch)
    },
    list: async (folder) => folders.get(folder),
  }
}

/** Largest archive that is fetched, in bytes: 1 GiB. */
const MAX_ARCHIVE = 1024 * 1024 * 1024

/**
 * A source of the files in a ZIP archive at an address, which is fetched once and whole.
 *
 * @throws {InputError} `SOURCE_ADDRESS` for an address that is neither http nor https, `FILE_ACCESS`, and
 * what `zipSource` throws
 * @example
 * const report = await verifyEpoch(await archiveSource('https://venue.example/2026-01.zip'), { pins })
 */
export async function archiveSource(address: string, options: UrlSourceOptions = {}): Promise<Source> {
  const { fetch = globalThis.fetch } = options
  const url = addressOf(address)
  const where = shownAddress(url)
  const archive = await load(url, MAX_ARCHIVE, fetch)
  if (archive === undefined) throw new InputError('FILE_ACCESS', 'no such file', { where })
  return zipSource(archive, where)
}

function addressOf(text: string): URL {
  const address = URL.canParse(text) ? new URL(text) : undefined
  if (address?.protocol === 'https:' || address?.protocol === 'http:') {
    if (address.username === '' && address.password === '') return address
    throw new InputError('SOURCE_ADDRESS', 'an address with a user name or a password is not fetched', {
      where: shownAddress(address),
      hint: 'Leave them out, or download the epoch.',
    })
  }
  throw new InputError('SOURCE_ADDRESS', 'not an address of http or https', {
    where: text,
    hint: 'Write an address that starts with http or https.',
  })
}

/** An address as messages repeat it: what gives access, a password or a signature, is no part of it. */
function shownAddress({ origin, pathname }: URL): string {
  return `${origin}${pathname}`
}

/** An address that paths are resolved against: a query or a fragment would replace its last part. */
function folderAddressOf(text: string): URL {
  const address = addressOf(text.endsWith('/') ? text : `${text}/`)
  if (!/[?#]/.test(text)) return address
  throw new InputError('SOURCE_ADDRESS', 'the address of an epoch has no query and no fragment', {
    where: shownAddress(address),
    hint: 'Name the folder of the epoch alone, or download it.',
  })
}

/** The bytes behind an address, no more of them than `maxBytes`. */
async function load(
  address: URL,
  maxBytes: number,
  fetch: typeof globalThis.fetch,
): Promise<Uint8Array | undefined> {
  const where = shownAddress(address)
  const failed = (why: string, cause?: unknown) =>
    new InputError('FILE_ACCESS', why, {
      where,
      cause,
      hint: 'Try again, or take the epoch as a folder.',
    })
  const answer = await fetch(address.href).catch((cause: unknown) => {
    throw failed('cannot be fetched', cause)
  })
  if (NOT_FOUND.has(answer.status)) return undefined
  if (!answer.ok || answer.body === null) throw failed(`the server answers with status ${answer.status}`)
  const reader = answer.body.getReader()
  const parts: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw failed('is not fetched to its end', cause)
    })
    if (done) return joinBytes(parts)
    parts.push(value)
    length += value.length
    if (length > maxBytes) {
      await reader.cancel().catch(() => {})
      throw tooLarge(maxBytes, where)
    }
  }
}
