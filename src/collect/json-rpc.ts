import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import * as z from 'zod'
import { InputError } from '../errors/index.js'
import { bySchema, decodeText } from '../schema/index.js'

/** What an answer may take: bytes that are read of it, and milliseconds until it is whole. */
export interface AnswerLimits {
  bytes: number
  milliseconds: number
}

const LIMITS: AnswerLimits = { bytes: 32 * 1024 * 1024, milliseconds: 60_000 }
/** Waits before each further attempt at a request, in milliseconds. */
const WAITS_MS = [250, 1000, 4000]
/** Statuses of servers that may answer another time, whatever they say with it. */
const TRY_AGAIN = new Set([408, 425, 429, 502, 503, 504])
/** The longest text of a node that is repeated. */
const MAX_WORDS = 300

const answerSchema = z.object({
  id: z.union([z.int(), z.string(), z.null()]),
  result: z.unknown().optional(),
  error: z.object({ code: z.number(), message: z.string() }).nullish(),
})

/** A node that is asked by JSON-RPC. Whatever it answers is read with a limit and checked for its form. */
export interface JsonRpc {
  /** As messages call it: its URL may hold a key. */
  readonly name: string
  /**
   * Asks, again where the node did not answer, and gives what it answers in the form that a schema says.
   *
   * @throws {InputError} `RPC_UNREACHABLE`, `RPC_REFUSED` with the node's words, `RPC_ANSWER`
   */
  ask<S extends z.ZodType>(
    method: string,
    params: readonly unknown[],
    schema: S,
    limits?: AnswerLimits,
  ): Promise<z.output<S>>
  /**
   * Asks several times at once, and gives the answers in order.
   *
   * @throws {InputError} as `ask` does, for the first request that has no such answer
   */
  askAll<S extends z.ZodType>(
    method: string,
    params: readonly (readonly unknown[])[],
    schema: S,
  ): Promise<z.output<S>[]>
}

/**
 * A node to ask by JSON-RPC over HTTP; a name and a password in the URL are sent as a header.
 *
 * @param name as messages call the node, such as `eip155:1, node 2`
 * @param waits milliseconds before each further attempt
 * @throws {InputError} `RPC_URL`
 * @example
 * import * as z from 'zod'
 *
 * const node = jsonRpc('http://127.0.0.1:8545', 'eip155:31337, node 1')
 * const version = await node.ask('web3_clientVersion', [], z.string())
 */
export function jsonRpc(url: string, name: string, waits: readonly number[] = WAITS_MS): JsonRpc {
  const { place, headers } = placeOf(url, name)
  let last = 0
  const exchange = async (method: string, requests: unknown, limits: AnswerLimits): Promise<unknown> => {
    const text = await post({ place, headers, body: JSON.stringify(requests), name, limits }, waits)
    try {
      // Nodes write amounts with zeros at their end, which the strict parser of files refuses.
      return JSON.parse(text)
    } catch {
      throw answerError(name, method, 'it is not valid JSON')
    }
  }
  const resultOf = <S extends z.ZodType>(method: string, id: number, given: unknown, schema: S) => {
    const refuse = (why: string) => answerError(name, method, why)
    const answer = bySchema(answerSchema, given)
    if (answer.fault !== undefined) throw refuse('it is no answer of JSON-RPC')
    const { error, result } = answer.data
    if (error) {
      const words = error.message.slice(0, MAX_WORDS)
      throw new InputError('RPC_REFUSED', `the node refuses ${method}: ${words} (${error.code})`, {
        where: name,
      })
    }
    if (answer.data.id !== id) throw refuse('it answers another request')
    const read = bySchema(schema, result)
    if (read.fault === undefined) return read.data
    const { field, message } = read.fault
    throw refuse(field === '' ? message : `${field} ${message}`)
  }
  return {
    name,
    async ask(method, params, schema, limits = LIMITS) {
      const id = ++last
      const answer = await exchange(method, { jsonrpc: '2.0', id, method, params }, limits)
      return resultOf(method, id, answer, schema)
    },
    async askAll(method, all, schema) {
      if (all.length === 0) return []
      const first = last + 1
      last += all.length
      const requests = all.map((params, i) => ({ jsonrpc: '2.0', id: first + i, method, params }))
      const answers = await exchange(method, requests, LIMITS)
      if (!Array.isArray(answers)) {
        // A node that takes no lists may say so in one answer.
        resultOf(method, first, answers, z.unknown())
        throw answerError(name, method, 'it is no list of answers')
      }
      const byId = new Map(answers.map((answer: { id?: unknown } | null) => [answer?.id, answer]))
      return requests.map(({ id }) => resultOf(method, id, byId.get(id), schema))
    },
  }
}

/** The error for a node's answer that cannot be right. */
export function answerError(name: string, method: string, why: string): InputError {
  return new InputError('RPC_ANSWER', `what the node answers to ${method} cannot be right: ${why}`, {
    where: name,
    hint: 'Ask another node.',
  })
}

function placeOf(url: string, name: string): { place: URL; headers: Record<string, string> } {
  const place = URL.canParse(url) ? new URL(url) : undefined
  if (place === undefined || !/^https?:$/.test(place.protocol)) {
    throw new InputError('RPC_URL', 'not an http or https URL', { where: name })
  }
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  if (place.username !== '' || place.password !== '') {
    const pair = `${decodeURIComponent(place.username)}:${decodeURIComponent(place.password)}`
    headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`
    place.username = ''
    place.password = ''
  }
  return { place, headers }
}

interface Post {
  place: URL
  headers: Record<string, string>
  body: string
  name: string
  limits: AnswerLimits
}

/** The text of an answer, after as many attempts as there are waits. */
async function post(asked: Post, waits: readonly number[]): Promise<string> {
  const unreachable = (why: string) =>
    new InputError('RPC_UNREACHABLE', `the node ${why}`, {
      where: asked.name,
      hint: 'Check the URL, and that the node is running.',
    })
  for (let attempt = 0; ; attempt++) {
    let failure: InputError
    try {
      const { status, text } = await send(asked)
      // Some nodes give an error of their own another status, and say why in the usual form.
      if (status === 200 || (text.startsWith('{') && !TRY_AGAIN.has(status))) return text
      failure = unreachable(`answers with HTTP status ${status}`)
      if (status < 500 && !TRY_AGAIN.has(status)) throw failure
    } catch (error) {
      if (error instanceof InputError) throw error
      failure = unreachable('does not answer')
    }
    const wait = waits[attempt]
    if (wait === undefined) throw failure
    await new Promise((resolve) => setTimeout(resolve, wait))
  }
}

/** Sends a request and reads its answer; `fetch` gives up on nodes that take minutes to start theirs. */
function send({ place, headers, body, name, limits }: Post): Promise<{ status: number; text: string }> {
  const request = place.protocol === 'https:' ? requestHttps : requestHttp
  const signal = AbortSignal.timeout(limits.milliseconds)
  return new Promise((resolve, reject) => {
    const sent = request(place, { method: 'POST', headers, signal }, async (response) => {
      try {
        const pieces: Uint8Array[] = []
        let length = 0
        for await (const piece of response) {
          length += (piece as Uint8Array).length
          if (length > limits.bytes) {
            throw new InputError('RPC_ANSWER', `the node answers with more than ${limits.bytes} bytes`, {
              where: name,
              hint: 'Ask another node.',
            })
          }
          pieces.push(piece as Uint8Array)
        }
        resolve({ status: response.statusCode ?? 0, text: decodeText(Buffer.concat(pieces), name) })
      } catch (error) {
        response.destroy()
        reject(error)
      }
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
