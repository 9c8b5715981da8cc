import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { PrivateKeyAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { askAgain, evidenceFolder, type JsonRpc } from '../../src/collect/index.js'
import { evidenceIn } from '../../src/epoch/index.js'
import { InputError } from '../../src/errors/index.js'
import { openSource } from '../../src/inputs/index.js'
import { checkReserves } from '../../src/reserves/index.js'
import { plimsoll, start, temporaryFolder, until } from '../helpers/cli.js'
import { keyOf, type ReservesChain, startReservesChain } from '../helpers/reserves-chain.js'

/**
 * The work of a venue with ether, two tokens of different layouts, a Safe and an account that holds nothing.
 */
const folder = temporaryFolder()
const file = (name: string) => join(folder, name)
const epoch = file('epoch')
const evidence = join(epoch, 'reserves')
const INSTANCES = ['ledger-tiny', 'solvency-tiny']

/** An account that signs nothing but transactions. */
const mover = keyOf('mover')

/** A contract wallet that takes every signature: its code returns what says so, whatever it is asked. */
const CONTRACT = '0x00000000000000000000000000000000000012c1'
const TAKES_ANY = '0x631626ba7e60e01b5f5260205ff3'

let chain: ReservesChain
let node: Stub

/** A node that stands before the chain's own, and can hold back answers. */
interface Stub {
  url: string
  /** Methods that were asked for. */
  asked: string[]
  /** Accounts whose proofs were asked for, in lower case. */
  proofsOf: string[]
  /** Accounts whose proofs it does not give as long as they are here. */
  held: Set<string>
  server: Server
}

async function startStub(target: string): Promise<Stub> {
  const stub: Stub = { url: '', asked: [], proofsOf: [], held: new Set(), server: createServer() }
  stub.server.on('request', async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const body = Buffer.concat(parts).toString()
    const { method, params } = JSON.parse(body) as { method: string; params: unknown[] }
    stub.asked.push(method)
    if (method === 'eth_getProof') {
      const account = `${params[0]}`.toLowerCase()
      stub.proofsOf.push(account)
      await until(() => !stub.held.has(account))
    }
    const answer = await fetch(target, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    response.setHeader('content-type', 'application/json')
    response.end(await answer.text())
  })
  await new Promise<void>((resolve) => stub.server.listen(0, '127.0.0.1', resolve))
  stub.url = `http://127.0.0.1:${(stub.server.address() as AddressInfo).port}`
  return stub
}

const done = async (...args: string[]) => {
  const run = await plimsoll(...args)
  expect(run.code, run.stdout + run.stderr).toBe(0)
  return run
}

beforeAll(async () => {
  chain = await startReservesChain()
  node = await startStub(chain.url)
  await chain.ask('anvil_setCode', [CONTRACT, TAKES_ANY])
  await chain.send({ to: mover.address, value: 10n ** 18n })
  const moment = (await chain.moment()) - 30
  const coin = `${chain.chain}/slip44:60`
  const token = (name: 'zeppelin' | 'slot6') => `${chain.chain}/erc20:${chain.tokens[name]}`
  const rows = [
    [chain.holder.address, coin, 'ETH', 'eip191', ''],
    [chain.holder.address, token('zeppelin'), 'TOK', 'eip191', ''],
    [chain.holder.address, token('slot6'), 'TOK', 'eip191', ''],
    [chain.safes['1.4.1'], coin, 'ETH', 'safe', ''],
    [chain.nobody.address, coin, 'ETH', 'eip712', 'yes'],
    [mover.address, coin, 'ETH', 'movement', ''],
    [CONTRACT, coin, 'ETH', 'eip1271', ''],
  ]
  const text = rows.map(([address, ...rest]) => [`${chain.chain}:${address}`, ...rest].join())
  writeFileSync(
    file('reserve-accounts.csv'),
    `account,asset,instrument,control,private\n${text.join('\n')}\n`,
  )
  const spot = (symbol: string, mark: string) => ({ symbol, kind: 'spot', decimals: 8, mark })
  const risk = {
    ...{ schema: 'plimsoll/risk-table/1', timestamp: moment, quote: 'USD', valueDecimals: 18 },
    ...{ instruments: [spot('TOK', '1'), spot('ETH', '3000')], scenarios: [] },
  }
  writeFileSync(file('risk.json'), JSON.stringify(risk))
  writeFileSync(file('accounts.csv'), 'account_id,instrument,quantity\nann,ETH,2\nbob,ETH,3.5\n')
  await done('setup', ...INSTANCES, 'backing-tiny', '--pins', file('pins.json'))
  await done(
    ...['ledger', 'prove', '--accounts', file('accounts.csv'), '--risk', file('risk.json'), '--out', epoch],
    ...['--venue', 'Example', '--epoch', '2026-09', '--instance', ...INSTANCES],
  )
  const list = ['--accounts', file('reserve-accounts.csv')]
  await done('reserves', 'challenge', '--epoch', epoch, ...list, '--out', file('challenge'))
})
afterAll(() => {
  node.server.close()
  return chain.stop()
})

const signers = () =>
  new Map<string, readonly PrivateKeyAccount[]>([
    [chain.holder.address.toLowerCase(), [chain.holder]],
    [chain.safes['1.4.1'], [chain.owners[0], chain.owners[2]]],
    [chain.nobody.address.toLowerCase(), [chain.nobody]],
    [mover.address.toLowerCase(), [mover]],
    [CONTRACT, []],
  ])

test('each account gets its own text, and what signs or sends fills in a list (reserves.13, reserves.29)', async () => {
  const { code, stderr } = await plimsoll('reserves', 'message', file('challenge'), '--out', file('to-sign'))
  expect(code, stderr).toBe(0)
  const [head, ...rows] = readFileSync(file('to-sign/signatures.csv'), 'utf8').trimEnd().split('\n')
  expect(rows).toHaveLength(5)
  const signed = rows.map(async (row) => {
    const [account, kind, name] = row.split(',') as [string, string, string]
    const text = readFileSync(file(`to-sign/${name}`), 'utf8')
    const keys = signers().get(account.split(':')[2]!)!
    if (kind === 'eip1271') return [account, kind, name, '0x01', ''].join()
    if (kind === 'movement') {
      const { to, data } = JSON.parse(text)
      expect(to).toBe(mover.address.toLowerCase())
      return [account, kind, name, await chain.sendAs(mover, { to, data }), ''].join()
    }
    if (kind === 'eip712') {
      const { types, ...data } = JSON.parse(text)
      delete types.EIP712Domain
      data.domain.chainId = BigInt(data.domain.chainId)
      return [account, kind, name, await keys[0]!.signTypedData({ types, ...data }), ''].join()
    }
    expect(text).toMatch(/^Plimsoll reserves 1\nvenue: Example\nepoch: 2026-09\naccount: /)
    expect(text).toContain(account)
    expect(text.endsWith('\n')).toBe(false)
    const signatures = await Promise.all(keys.map((key) => key.signMessage({ message: text })))
    return [account, kind, name, signatures.join(' '), ''].join()
  })
  writeFileSync(file('signatures.csv'), `${[head, ...(await Promise.all(signed))].join('\n')}\n`)
})

const collecting = () => [
  ...['reserves', 'collect', file('challenge'), '--signatures', file('signatures.csv'), '--out', evidence],
  ...['--rpc', `${chain.chain}=${node.url}`, '--rpc', `${chain.chain}=${chain.url}`],
]

test('collecting that was killed goes on where it was, and nothing is there before it is done (reserves.14)', async () => {
  // Several accounts are asked for at once, and written in their order.
  const [first, last] = [0, -1].map((at) => [...signers().keys()].sort().at(at)!) as [string, string]
  node.held = new Set([first, last])
  const { child, ended } = start(collecting())
  const journal = () => {
    const work = `${evidence}.collecting`
    const name = existsSync(work) && readdirSync(work).find((each) => each.endsWith('-0.jsonl'))
    return name ? readFileSync(join(work, name), 'utf8') : ''
  }
  const lines = () => journal().split('\n').length - 1
  await until(() => node.proofsOf.includes(last))
  expect(lines()).toBe(0)
  node.held.delete(first)
  await until(() => lines() === 4)
  child.kill('SIGKILL')
  await ended
  expect(existsSync(evidence)).toBe(false)
  // A line that was cut short is written anew.
  const work = `${evidence}.collecting`
  const name = readdirSync(work).find((each) => each.endsWith('-0.jsonl'))!
  expect(lines()).toBe(4)
  writeFileSync(join(work, name), `${journal()}{"account":"cut sho`)

  const other = file('other')
  cpSync(file('challenge'), other, { recursive: true })
  const text = readFileSync(join(other, 'challenge.json'), 'utf8')
  writeFileSync(join(other, 'challenge.json'), text.replace('"expires": ', '"expires": 1'))
  const changed = await plimsoll(...collecting().with(2, other))
  expect([changed.code, changed.stderr]).toEqual([2, expect.stringMatching(/COLLECT_(CONTROL|CHANGED)/)])

  node.held.clear()
  node.proofsOf.length = 0
  const { code, stdout, stderr } = await plimsoll(...collecting(), '--json')
  expect(code, stderr).toBe(0)
  const report = JSON.parse(stdout)
  expect(node.proofsOf).toContain(last)
  expect(node.proofsOf).not.toContain(first)
  expect(report).toMatchObject({
    verdict: "on the venue's word",
    leftOut: 0,
    // One of them holds nothing.
    accounts: { listed: 5, counted: 3 },
  })
  expect(report.foundTokens).toHaveLength(2)
  expect(existsSync(work)).toBe(false)
  expect(stdout + stderr).not.toContain(chain.nobody.address.slice(2, 12))
  const none = { observed: '0', attested: '0', holdsFor: 'customers' }
  expect(report.shown[0]).toEqual({ instrument: 'ETH', proven: '7', ...none })
  expect(report.shown[1]).toMatchObject({ instrument: 'TOK', ...none })
})

test('anyone checks it without a network, and knows the block by a pin or by two nodes (reserves.2)', async () => {
  const known = [
    ...['--asset', `ETH=${chain.chain}/slip44:60`, '--tokens', join(evidence, 'tokens.json')],
    ...['--asset', `TOK=${chain.chain}/erc20:${chain.tokens.zeppelin}`],
    ...['--asset', `TOK=${chain.chain}/erc20:${chain.tokens.slot6}`],
  ]
  const check = (...more: string[]) => plimsoll('reserves', 'check', evidence, ...known, ...more, '--json')
  const { code, stdout } = await check()
  expect(code).toBe(0)
  const { blocks, words } = JSON.parse(stdout)
  expect(words).toHaveLength(2)
  const rpc = ['--rpc', `${chain.chain}=${chain.url}`]
  for (const how of [
    ['--block', `${chain.chain}=${blocks[0].hash}`],
    [...rpc, ...rpc],
  ]) {
    expect(JSON.parse((await check(...how)).stdout).words.join()).not.toContain('block')
  }
  const wrong = await check('--block', `${chain.chain}=0x${'00'.repeat(32)}`)
  expect([wrong.code, JSON.parse(wrong.stdout).verdict]).toEqual([1, 'refused'])
  expect((await check('--challenge', 'ab'.repeat(32))).code).toBe(1)
  expect((await check('--challenge', 'AB')).code).toBe(2)
  const text = await plimsoll('reserves', 'check', evidence, ...known)
  expect(text.stdout).toMatch(/ON THE VENUE'S WORD$/m)
})

test('a reader asks nodes of their own again what nodes have answered (reserves.69)', async () => {
  const names = ['zeppelin', 'slot6'].map(
    (name) => `TOK=${chain.chain}/erc20:${chain.tokens[name as 'slot6']}`,
  )
  const known = [...names, `ETH=${chain.chain}/slip44:60`].flatMap((one) => ['--asset', one])
  const rpc = ['--rpc', `${chain.chain}=${chain.url}`]
  const check = async (...more: string[]) => {
    const run = await plimsoll('reserves', 'check', evidence, ...known, ...more, '--json')
    expect(run.code, run.stderr).toBe(0)
    return JSON.parse(run.stdout)
  }
  const layouts = (words: string[]) => words.filter((word) => word.startsWith('the layout'))
  const [one, two] = [await check(...rpc), await check(...rpc, ...rpc)]
  expect([layouts(one.words), layouts(two.words)]).toEqual([expect.objectContaining({ length: 2 }), []])
  expect(two.asked).toEqual([
    ...names.map(() => expect.stringMatching(/^2 of your nodes find/)),
    'what contract wallets say of 2 signatures is the same now',
  ])

  /** A node whose answers are changed, or that refuses some. */
  const through = (
    change: (method: string, params: readonly unknown[], result: unknown) => unknown,
  ): JsonRpc => {
    const ask: JsonRpc['ask'] = async (method, params, schema) =>
      schema.parse(change(method, params, await chain.ask(method, [...params]))) as never
    return {
      name: 'a node',
      ask,
      askAll: (method, all, schema) => Promise.all(all.map((each) => ask(method, each, schema))),
    }
  }
  const again = async (nodes: JsonRpc[]) => {
    const { report } = await checkReserves(evidenceFolder(evidence), {
      again: askAgain(new Map([[chain.chain, nodes]])),
    })
    return {
      failed: report.checks.find(({ valid }) => !valid)?.detail,
      asked: report.asked,
      words: report.words,
    }
  }
  const honest = through((_, __, result) => result)
  expect(await again([honest, honest])).toMatchObject({ failed: undefined, asked: { unspent: { asked: 0 } } })
  const decimals = through((method, params, result) =>
    method === 'eth_call' && (params[0] as { data: string }).data === '0x313ce567'
      ? `0x${'6'.padStart(64, '0')}`
      : result,
  )
  expect((await again([decimals])).failed).toMatch(/another layout, other decimals or other code/)
  const wallet = through((method, params, result) =>
    method === 'eth_call' && (params[0] as { to: string }).to === CONTRACT ? '0x' : result,
  )
  expect((await again([wallet])).failed).toMatch(/another answer of a contract wallet/)
  const pruned = through((method, _, result) => {
    if (method !== 'eth_call' && method !== 'eth_createAccessList' && method !== 'eth_getProof') return result
    throw new InputError('RPC_REFUSED', 'the node refuses: missing trie node')
  })
  const open = await again([pruned, pruned])
  expect(open).toMatchObject({
    failed: undefined,
    asked: { notes: [expect.stringContaining('keeps old states')] },
  })
  expect(layouts(open.words)).toHaveLength(2)
})

test('R34: what is committed to is no more than is shown, and the epoch proves it (reserves.15, reserves.70)', async () => {
  const commit = (...more: string[]) =>
    plimsoll(
      'reserves',
      'commit',
      evidence,
      '--risk',
      file('risk.json'),
      '--out',
      file('shown.json'),
      ...more,
    )
  const above = { schema: 'plimsoll/reserves/1', reserves: { ETH: '7.00000001' } }
  writeFileSync(file('above.json'), JSON.stringify(above))
  const refused = await commit('--reserves', file('above.json'))
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('RESERVES_ABOVE')])
  const other = await commit('--class', 'observed')
  expect([other.code, readFileSync(file('shown.json'), 'utf8')]).toEqual([
    0,
    expect.not.stringContaining('ETH'),
  ])
  const said = await commit('--force')
  expect(said.code, said.stderr).toBe(0)
  expect(JSON.parse(readFileSync(file('shown.json'), 'utf8')).reserves.ETH).toBe('7')

  await done('solvency', 'prove', '--epoch', epoch, '--reserves', file('shown.json'))
  await done('reserves', 'prove', '--epoch', epoch, '--reserves', file('shown.json'), '--force')
  const { stdout } = await done('verify', epoch, '--pins', file('pins.json'), '--json')
  expect(JSON.parse(stdout)).toMatchObject({ valid: true, backing: { classes: ['proven'] } })

  // Who verifies or audits the epoch asks nodes too (reserves.69).
  const rpc = ['--rpc', `${chain.chain}=${chain.url}`, '--rpc', `${chain.chain}=${chain.url}`]
  const asked = [expect.stringMatching(/2 of your nodes find/), expect.stringMatching(/2 of your nodes find/)]
  const verified = JSON.parse(
    (await done('verify', epoch, '--pins', file('pins.json'), ...rpc, '--json')).stdout,
  )
  expect(verified.backing).toMatchObject({ asked: expect.arrayContaining(asked) })
  expect(verified.backing.words.join()).not.toMatch(/layout|block/)
  const pins = ['--pins', file('pins.json'), '--development']
  const audited = JSON.parse((await done('audit', epoch, ...pins, ...rpc, '--json')).stdout)
  expect(JSON.stringify(audited)).toContain('2 of your nodes find')

  // Evidence checks where its epoch lies, in an archive too (reserves.70).
  await done('epoch', 'pack', epoch, '--out', file('epoch.zip'))
  const [inFolder, inEpoch, inArchive] = await Promise.all(
    [evidence, epoch, file('epoch.zip')].map(async (place) => {
      const { report } = await checkReserves(await evidenceIn(await openSource(place)), {})
      return report
    }),
  )
  expect(inFolder!.verdict).toBe("on the venue's word")
  expect([inEpoch, inArchive]).toEqual([inFolder, inFolder])
  const command = await done('reserves', 'check', file('epoch.zip'), '--json')
  expect(JSON.parse(command.stdout).evidenceHash).toBe(inFolder!.evidenceHash)
})

test('each byte of what was collected that is changed is refused, or changes nothing (reserves.12)', async () => {
  const whole = evidenceFolder(evidence)
  const files = new Map<string, Uint8Array>()
  for (const path of await whole.list()) files.set(path, new Uint8Array(readFileSync(join(evidence, path))))
  const memory = {
    name: '',
    list: async () => [...files.keys()],
    open: async (path: string) => {
      const bytes = files.get(path)
      return (
        bytes &&
        (async function* () {
          yield bytes
        })()
      )
    },
  }
  const shows = async () => {
    const { report } = await checkReserves(memory, {
      blocks: new Map([[chain.chain, [block]]]),
    })
    return [report.verdict, report.words, report.shown, report.uncounted]
  }
  const { report } = await checkReserves(memory, {})
  const block = report.blocks[0]!.hash
  const sound = await shows()
  expect(sound[0]).toBe("on the venue's word")
  // Every byte of what chains have, and a sample of what is text: its syntax refuses most.
  for (const [path, bytes] of files) {
    const step = path.endsWith('.bin') ? 11 : 67
    for (let at = 0; at < bytes.length; at += step) {
      files.set(path, bytes.with(at, bytes[at]! ^ (1 << (at % 8))))
      const shown = await shows()
      if (shown[0] !== 'refused') expect(shown, `${path}, byte ${at}`).toEqual(sound)
    }
    files.set(path, bytes)
  }
})
