import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { InputError } from '../errors/index.js'
import type { WatchPart } from './loop.js'
import { METRICS_TYPE, metricsText } from './metrics.js'
import type { Sample } from './samples.js'

/** Pages that are followed at once. */
const MAX_FOLLOWERS = 32
const HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
}
const LOOPBACK = /^(?:127(?:\.[0-9]{1,3}){3}|::1|localhost)$/

/** Whether a host is this machine's alone. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host)
}

/** Serves the samples of the last tick: as a page at `/`, as events at `/events`, as text at `/metrics`. */
export class WatchServer implements WatchPart {
  readonly name = 'server'
  private last: { samples: readonly Sample[]; now: number } | undefined
  /** Open pages, and whether they have read all that was sent to them. */
  private readonly followers = new Map<ServerResponse, { isReady: boolean }>()
  private readonly server = createServer({ maxHeaderSize: 8192 }, (request, response) =>
    this.answer(request, response),
  )

  private constructor(
    private readonly host: string,
    private readonly page: string,
  ) {}

  /**
   * Listens.
   *
   * @param at port 0 takes a free one
   * @param page HTML
   * @throws {InputError} `WATCH_LISTEN`
   */
  static async listen(at: { host: string; port: number }, page: string): Promise<WatchServer> {
    const made = new WatchServer(at.host, page)
    made.server.listen(at.port, at.host)
    await once(made.server, 'listening').catch((cause: unknown) => {
      throw new InputError('WATCH_LISTEN', 'the address cannot be listened on', {
        where: `${at.host}:${at.port}`,
        hint: 'Name another host or port in `listen`, or end the process that has it.',
        cause,
      })
    })
    return made
  }

  /** Where it is. */
  get address(): string {
    const host = this.host.includes(':') ? `[${this.host}]` : this.host
    return `http://${host}:${(this.server.address() as AddressInfo).port}`
  }

  onSamples(samples: readonly Sample[], now: number): readonly Sample[] {
    this.last = { samples, now }
    if (this.followers.size > 0) {
      const event = this.event()
      // A page that does not read is sent nothing until it has: nothing is kept for it.
      for (const [response, state] of this.followers) if (state.isReady) send(response, state, event)
    }
    return []
  }

  async close(): Promise<void> {
    for (const response of this.followers.keys()) response.end()
    this.server.close()
    this.server.closeAllConnections()
  }

  private event(): string {
    return `data: ${JSON.stringify({ now: this.last!.now, samples: this.last!.samples })}\n\n`
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const refuse = (status: number, why: string) =>
      response.writeHead(status, { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' }).end(`${why}\n`)
    if (!this.isNamedWell(request)) return void refuse(403, 'another host is asked for')
    if (request.method !== 'GET') return void refuse(405, 'only GET is answered')
    switch (request.url) {
      case '/':
        response.writeHead(200, { ...HEADERS, 'content-type': 'text/html; charset=utf-8' }).end(this.page)
        return
      case '/metrics':
        if (this.last === undefined) return void refuse(503, 'nothing is known yet')
        metricsText(this.last.samples).then(
          (text) => response.writeHead(200, { ...HEADERS, 'content-type': METRICS_TYPE }).end(text),
          () => refuse(500, 'the metrics cannot be written'),
        )
        return
      case '/events':
        if (this.followers.size >= MAX_FOLLOWERS) return void refuse(503, 'too many pages are open')
        this.follow(response)
        return
      default:
        refuse(404, 'there is /, /metrics and /events')
    }
  }

  /**
   * A page of another site may have its own name lead to this machine, and read what is answered: only names
   * of this machine are answered where nobody else is meant to read.
   */
  private isNamedWell({ headers }: IncomingMessage): boolean {
    if (!isLoopback(this.host)) return true
    const name = /^(?:\[([0-9a-f:]+)\]|([^:]+))(?::[0-9]+)?$/i.exec(headers.host ?? '')
    return name !== null && isLoopback((name[1] ?? name[2])!.toLowerCase())
  }

  private follow(response: ServerResponse): void {
    const state = { isReady: true }
    response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream; charset=utf-8' })
    response.flushHeaders()
    this.followers.set(response, state)
    response.on('close', () => this.followers.delete(response))
    response.on('drain', () => {
      state.isReady = true
    })
    if (this.last !== undefined) send(response, state, this.event())
  }
}

function send(response: ServerResponse, state: { isReady: boolean }, event: string): void {
  state.isReady = response.write(event)
}
