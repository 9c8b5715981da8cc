import { createHmac } from 'node:crypto'
import { InputError } from '../../errors/index.js'
import { readTextFile } from '../../files/index.js'
import type { AlertsConfig, Hidden } from './config.js'
import { type Alert, fingerprintOf, type Notice } from './records.js'

/** Bytes of a secret, at least. */
const SHORTEST_SECRET = 24
/** What Alertmanager writes for an alert that is not over. */
const NO_END = '0001-01-01T00:00:00Z'

/** Where messages go, and what they are signed with. */
export interface Receiver {
  name: string
  /** It may hold a token, and stands in no message. */
  url: string
  secret: Uint8Array
  /** Seconds. */
  timeout: number
}

/** How an attempt to deliver ended. */
export interface Attempt {
  /** The HTTP status; absent when there was no answer. */
  status?: number
  /** Seconds for which the receiver asks to be left alone. */
  retryAfter?: number
}

/**
 * The receiver of a configuration, with what the environment and files hold of it.
 *
 * @param at makes a path of the configuration absolute
 * @throws {InputError} `ALERT_SECRET`, `ALERT_URL`, and what `readTextFile` throws; none repeats a secret
 */
export async function receiverOf(
  { name, url, secret, timeout }: NonNullable<AlertsConfig['webhook']>,
  at: (path: string) => string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Receiver> {
  const reveal = async (hidden: Hidden): Promise<string> => {
    if ('file' in hidden) return (await readTextFile(at(hidden.file), { maxBytes: 4096 })).trim()
    const value = environment[hidden.env]
    if (value !== undefined && value !== '') return value.trim()
    throw new InputError('ALERT_SECRET', `the variable ${hidden.env} is not set`, {
      where: 'alerts.webhook',
      hint: 'Set it where the watch is started, or name a file.',
    })
  }
  const address = typeof url === 'string' ? url : await reveal(url)
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    throw new InputError('ALERT_URL', 'not an address of http or https', {
      where: 'alerts.webhook.url',
      hint: 'Write the whole address of the receiver.',
    })
  }
  const { username, password } = new URL(address)
  if (username !== '' || password !== '') {
    throw new InputError('ALERT_URL', 'an address with a name or a password in it is never sent to', {
      where: 'alerts.webhook.url',
      hint: 'Messages are signed with the secret: leave out what stands before the @.',
    })
  }
  return { name, url: address, secret: secretBytes(await reveal(secret)), timeout }
}

/** A secret as Standard Webhooks have it, `whsec_` and base64, or any other text as it is. */
function secretBytes(text: string): Uint8Array {
  const bytes = text.startsWith('whsec_') ? Buffer.from(text.slice(6), 'base64') : Buffer.from(text)
  if (bytes.length >= SHORTEST_SECRET) return bytes
  throw new InputError('ALERT_SECRET', `a secret of less than ${SHORTEST_SECRET} bytes`, {
    where: 'alerts.webhook.secret',
    hint: 'Make one of 32 random bytes: openssl rand -base64 32.',
  })
}

/** The text of a message, as the webhooks of Alertmanager have it (version 4). */
export function messageOf({ name }: Pick<Receiver, 'name'>, notice: Notice): string {
  const { status, rule, severity, alerts } = notice
  const groupLabels = { alertname: rule }
  return JSON.stringify({
    ...{ version: '4', groupKey: `{}:{alertname=${JSON.stringify(rule)}}`, truncatedAlerts: 0 },
    ...{ status, receiver: name, groupLabels },
    commonLabels: { ...groupLabels, severity },
    commonAnnotations: common(alerts.map(({ annotations }) => annotations)),
    externalURL: '',
    alerts: alerts.map((alert) => ({
      ...{ status, labels: { ...alert.labels, ...groupLabels, severity }, annotations: alert.annotations },
      startsAt: time(alert.startsAt),
      endsAt: alert.endsAt === undefined ? NO_END : time(alert.endsAt),
      ...{ generatorURL: '', fingerprint: fingerprintOf(alert) },
    })),
  })
}

/**
 * Sends a message once. Its id is the same in every attempt, and its signature covers id, time and text, as
 * Standard Webhooks have it: a receiver refuses what is older than some minutes, and what it has by its id.
 *
 * @param now seconds since 1970-01-01 UTC
 */
export async function send(receiver: Receiver, id: string, body: string, now: number): Promise<Attempt> {
  const timestamp = `${Math.floor(now)}`
  const signature = signatureOf(receiver.secret, { id, timestamp, body })
  try {
    const response = await fetch(receiver.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': signature,
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(receiver.timeout * 1000),
    })
    // What it says besides is of no use, however long it is.
    await response.body?.cancel().catch(() => {})
    const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
    return { status: response.status, ...(retryAfter > 0 ? { retryAfter } : {}) }
  } catch {
    return {}
  }
}

/** The header `webhook-signature`: version 1, HMAC-SHA256 over id, time and text. */
export function signatureOf(
  secret: Uint8Array,
  { id, timestamp, body }: { id: string; timestamp: string; body: string },
): string {
  const mac = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')
  return `v1,${mac}`
}

/** What all of them have. */
function common(all: readonly Alert['annotations'][]): Alert['annotations'] {
  const [first = {}, ...others] = all
  return Object.fromEntries(
    Object.entries(first).filter(([name, text]) => others.every((other) => other[name] === text)),
  )
}

function time(seconds: number): string {
  return new Date(seconds * 1000).toISOString()
}
