import { InputError } from '../errors/index.js'

/** What an answer may take. */
export interface FetchLimits {
  /** Until it is whole. */
  seconds: number
  /** Of the body, after it is unpacked. */
  bytes: number
}

/** Of a feed: it answers with a few numbers. */
export const FEED_LIMITS: FetchLimits = { seconds: 10, bytes: 1024 * 1024 }
const MAX_REDIRECTS = 3
const REDIRECTS = new Set([301, 302, 303, 307, 308])

/**
 * A `fetch` that goes to no host but those that are named, however a server redirects it, never from https to
 * http, and for no longer than a time.
 *
 * @param hosts as in addresses, with a port where it is not the usual one
 */
export function guardedFetch(
  hosts: ReadonlySet<string>,
  seconds: number,
  signal?: AbortSignal,
): typeof globalThis.fetch {
  return async (input) => {
    let at = new URL(`${input}`)
    const ended = AbortSignal.timeout(seconds * 1000)
    const either = signal === undefined ? ended : AbortSignal.any([ended, signal])
    for (let hops = 0; ; hops++) {
      if (!hosts.has(at.host)) {
        throw refused(at, 'is redirected to a host that the configuration does not name')
      }
      const answer = await fetch(at, {
        redirect: 'manual',
        signal: either,
        headers: { accept: 'application/json, */*' },
      }).catch((cause: unknown) => {
        throw refused(
          at,
          ended.aborted ? `has not answered in ${seconds} seconds` : 'cannot be reached',
          cause,
        )
      })
      if (!REDIRECTS.has(answer.status)) return answer
      await answer.body?.cancel().catch(() => {})
      const next = answer.headers.get('location')
      if (hops === MAX_REDIRECTS) throw refused(at, `is redirected more than ${MAX_REDIRECTS} times`)
      if (next === null || !URL.canParse(next, at.href)) throw refused(at, 'is redirected to nowhere')
      const to = new URL(next, at)
      if (to.protocol !== 'https:' && to.protocol !== at.protocol) {
        throw refused(at, 'is redirected from https to another protocol')
      }
      at = to
    }
  }
}

/**
 * The text behind an address, no more of it than is allowed.
 *
 * @throws {InputError} `WATCH_FETCH`
 */
export async function fetchText(
  address: string,
  hosts: ReadonlySet<string>,
  { seconds, bytes }: FetchLimits,
  signal: AbortSignal,
): Promise<string> {
  const at = new URL(address)
  const answer = await guardedFetch(hosts, seconds, signal)(at.href)
  if (!answer.ok || answer.body === null) {
    await answer.body?.cancel().catch(() => {})
    throw refused(at, `answers with the status ${answer.status}`)
  }
  const reader = answer.body.getReader()
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let [text, length] = ['', 0]
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return text + decoder.decode()
      length += value.length
      if (length > bytes) throw refused(at, `answers with more than ${bytes} bytes`)
      text += decoder.decode(value, { stream: true })
    }
  } catch (error) {
    await reader.cancel().catch(() => {})
    if (error instanceof InputError) throw error
    const why =
      error instanceof TypeError ? 'does not answer with text' : `is not whole after ${seconds} seconds`
    throw refused(at, why, error)
  }
}

/** The error for an address, which is shown without what may give access. */
function refused({ protocol, host }: URL, why: string, cause?: unknown): InputError {
  return new InputError('WATCH_FETCH', why, { where: `${protocol}//${host}`, cause })
}
