import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { signatureOf } from '../../src/watch/alerts/webhook.js'

export const SECRET = 'a secret of tests, of more than 24 bytes'

/** A message as it came in. */
export interface Delivered {
  id: string
  timestamp: number
  status: 'firing' | 'resolved'
  alerts: {
    labels: Record<string, string>
    annotations: Record<string, string>
    fingerprint: string
    startsAt: string
  }[]
  body: string
}

/** What a receiver does with a message that it was sent: its answer, or none. */
type Behaviour = (delivered: Delivered, answer: (status: number) => void) => void

/** A receiver that checks signatures, and keeps what it took and what it has seen. */
export class AlertReceiver {
  readonly seen: Delivered[] = []
  /** What it answered with 200. */
  readonly taken: Delivered[] = []
  behave: Behaviour = (_, answer) => answer(200)
  private constructor(private readonly server: Server) {}

  static async start(): Promise<AlertReceiver> {
    const server = createServer()
    const receiver = new AlertReceiver(server)
    server.on('request', async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      const header = (name: string) => `${request.headers[name]}`
      const [id, timestamp] = [header('webhook-id'), header('webhook-timestamp')]
      const expected = signatureOf(Buffer.from(SECRET), { id, timestamp, body })
      if (header('webhook-signature') !== expected) return response.writeHead(401).end()
      const delivered = { id, timestamp: Number(timestamp), ...JSON.parse(body), body }
      receiver.seen.push(delivered)
      return receiver.behave(delivered, (status) => {
        if (status === 200) receiver.taken.push(delivered)
        response.writeHead(status).end('x'.repeat(1000))
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return receiver
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook/9aa3d95b3bc440fa88ea12ee`
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    this.server.close()
    await once(this.server, 'close')
  }
}
