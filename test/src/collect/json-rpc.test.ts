import { afterEach, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { jsonRpc } from '../../../src/collect/index.js'
import { type RpcAnswer, startRpcServer } from '../../helpers/rpc-server.js'

const stops: (() => void)[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

/** Asks a server that gives these answers, one after another, and then the last again. */
async function asked(answers: RpcAnswer[], schema: z.ZodType = z.string()) {
  const seen: { authorization?: string; method: string }[] = []
  const { url, stop } = await startRpcServer(({ method }, { headers: { authorization } }) => {
    seen.push({ method, ...(authorization === undefined ? {} : { authorization }) })
    return answers[Math.min(seen.length, answers.length) - 1]!
  })
  stops.push(stop)
  const node = jsonRpc(url.replace('//', '//reader:p%40ss@'), 'node 1', [1, 1])
  return { answer: node.ask('eth_chainId', [], schema), seen }
}

describe('a node is asked by JSON-RPC (reserves.42)', () => {
  test('and its answer taken in the form that it has to have', async () => {
    const { answer, seen } = await asked([{ result: '0x1' }])
    expect(await answer).toBe('0x1')
    const authorization = `Basic ${Buffer.from('reader:p@ss').toString('base64')}`
    expect(seen).toEqual([{ method: 'eth_chainId', authorization }])
  })

  test('again where it has no time, and not for ever', async () => {
    const busy = { status: 429, body: '{"error":{"code":1,"message":"slow down"}}' }
    const { answer, seen } = await asked([busy, { status: 500, body: 'oops' }, { result: 'late' }])
    expect(await answer).toBe('late')
    expect(seen).toHaveLength(3)
    const never = await asked([busy])
    await expect(never.answer).rejects.toMatchObject({ code: 'RPC_UNREACHABLE', where: 'node 1' })
    expect(never.seen).toHaveLength(3)
  })

  test.each<[string, RpcAnswer, string, string]>([
    [
      'an error',
      { body: '{"id":1,"error":{"code":-32601,"message":"no such method"}}' },
      'RPC_REFUSED',
      'no such method',
    ],
    [
      'an error with its status',
      { status: 500, body: '{"id":1,"result":null,"error":{"code":-5,"message":"none"}}' },
      'RPC_REFUSED',
      'none (-5)',
    ],
    ['another form', { result: 7 }, 'RPC_ANSWER', 'has to be text in quotes'],
    ['the answer to another request', { body: '{"id":2,"result":"0x1"}' }, 'RPC_ANSWER', 'another request'],
    ['a page', { body: '<html>' }, 'RPC_ANSWER', 'not valid JSON'],
    ['a list', { body: '[]' }, 'RPC_ANSWER', 'no answer of JSON-RPC'],
    ['more than is read', { body: Buffer.alloc(33 * 1024 * 1024) }, 'RPC_ANSWER', 'more than'],
    ['a refusal of the server', { status: 401, body: 'who are you' }, 'RPC_UNREACHABLE', 'HTTP status 401'],
  ])('which refuses %s', async (_, given, code, why) => {
    const { answer } = await asked([given])
    await expect(answer).rejects.toMatchObject({ code, message: expect.stringContaining(why) })
  })

  test('and no message repeats its URL', async () => {
    expect(() => jsonRpc('ftp://secret.example', 'node 1')).toThrow('node 1: not an http or https URL')
    const none = jsonRpc('http://127.0.0.1:1/secret-key', 'node 1', [])
    const error: unknown = await none.ask('eth_chainId', [], z.string()).catch((error: unknown) => error)
    expect(JSON.stringify(error)).not.toContain('secret')
    expect(error).toMatchObject({ code: 'RPC_UNREACHABLE' })
  })
})
