import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request as a node gets it. */
export interface RpcRequest {
  id: number
  method: string
  params: unknown[]
}

/** What a server answers: a result, or anything else with its status. */
export type RpcAnswer = { result: unknown } | { status?: number; body: string | Buffer }

/** Starts a server of JSON-RPC on a free port, which answers as it is told. */
export async function startRpcServer(
  answer: (request: RpcRequest, http: IncomingMessage) => RpcAnswer | Promise<RpcAnswer>,
): Promise<{ url: string; stop(): void }> {
  const server = createServer(async (http, response) => {
    const pieces: Buffer[] = []
    for await (const piece of http) pieces.push(piece as Buffer)
    const request = JSON.parse(Buffer.concat(pieces).toString()) as RpcRequest
    const given = await answer(request, http)
    if ('result' in given) {
      response.end(JSON.stringify({ jsonrpc: '2.0', id: request.id, result: given.result }))
    } else {
      response.writeHead(given.status ?? 200).end(given.body)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

/**
 * Starts a node that passes on what another one says, but for what it lies about.
 *
 * @param lie makes the answer to a request of the true one, which is `undefined` for an error that is passed on
 * as it is when this makes `undefined` of it
 */
export function startLyingNode(
  url: string,
  lie: (method: string, truth: unknown, params: readonly unknown[]) => unknown,
): Promise<{ url: string; stop(): void }> {
  return startRpcServer(async ({ id, method, params }) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id, method, params })
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    })
    const said = (await response.json()) as { result?: unknown }
    const result = lie(method, said.result, params)
    return result === undefined ? { body: JSON.stringify(said) } : { result }
  })
}
